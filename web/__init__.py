"""The screens: the smartphone page and the console."""
