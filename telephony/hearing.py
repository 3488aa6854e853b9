"""What the line asks of an ear, so that it need not know one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Began:
    """The caller began to speak ``ago`` seconds before now; the sound follows as Chunks, its onset included."""

    ago: float = 0.0


@dataclass(frozen=True, slots=True)
class Chunk:
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause that may be the end."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It was not the end."""


@dataclass(frozen=True, slots=True)
class Ceased:
    """The caller has finished; the voice itself ended ``ago`` seconds before now."""

    ago: float = 0.0


Edge = Began | Chunk | Paused | Resumed | Ceased


class Hearing(Protocol):
    """Finds speech in one call's sound."""

    def feed(self, pcm: bytes) -> Sequence[Edge]:
        """One frame of 20 ms."""

    def expect(self, hint: dict[str, Any]) -> None:
        """What is asked next, as the ear is told it: numbers are waited for longer."""

    def forget(self) -> None:
        """Drop what is going on."""

    def close(self) -> None:
        """The call is over."""


class Utterance(Protocol):
    """Speech on its way to a recogniser. Nothing here waits."""

    def feed(self, pcm: bytes) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    async def finish(self, patience: float, /) -> dict[str, Any] | None:
        """What was heard, or None when the ear is away or too slow."""

    def drop(self) -> None:
        """No one wants to know any more."""


class Ear(Protocol):
    def begin(self, hint: dict[str, Any]) -> Utterance: ...
