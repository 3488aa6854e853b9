"""What can go wrong in the ear and the mouth.

AsrError
├── CannotHear     the sound could not be recognised: no model, engine gone or too slow
├── CannotSpeak    the text could not be said: nothing sayable, too long, engine gone or too slow
└── CannotInstall  a model could not be had, or is not what it should be

The text itself is never part of an error: it may hold what a customer said.
"""

from __future__ import annotations


class AsrError(Exception):
    """Anything that the ear or the mouth could not do."""


class CannotHear(AsrError):
    """The sound could not be recognised."""


class CannotSpeak(AsrError):
    """The text could not be said."""


class CannotInstall(AsrError):
    """A model could not be had, or is not what it should be."""
