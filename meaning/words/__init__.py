"""The words of each language, as data: a further language is a further file."""
