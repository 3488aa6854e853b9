"""The sense: words to options and values, per language. Decides before the inbox, with its scores in the event."""
