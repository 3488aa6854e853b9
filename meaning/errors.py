"""What can go wrong in the sense.

MeaningError
└── UnknownLanguage   there are no words for this language in ``meaning/words``
"""

from __future__ import annotations


class MeaningError(Exception):
    """Anything that the sense could not do."""


class UnknownLanguage(MeaningError):
    """There are no words for this language."""
