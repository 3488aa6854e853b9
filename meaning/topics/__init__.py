"""How callers of all kinds of centres put what they want, one file a language, and the vectors of these phrases."""
