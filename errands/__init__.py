"""The errands: webhooks, customers, callbacks and postal codes, as a tree orders them."""
