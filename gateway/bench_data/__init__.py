"""Phrases that figures are taken on, and the examples they are taken with: data only."""
