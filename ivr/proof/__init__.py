"""How ``ivr.check`` proves a tree: what is known on each path, and what follows for words, people, keys and hours."""
