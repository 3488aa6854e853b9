"""The move: links and codes, senders, and the rules of when to offer the screen."""
