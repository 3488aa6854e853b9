"""Records on real databases."""

from record import clock, here, place, postgres, trees

__all__ = ["clock", "here", "place", "postgres", "trees"]
