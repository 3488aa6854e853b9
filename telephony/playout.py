"""Playing files to one call, in C, by the SIP engine's own players.

A player that nobody listens to keeps its position: pausing is to disconnect it, going on is to connect it again, also
after a re-INVITE, which may give the call a new place in the bridge.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

from telephony.stack import upcall

log = logging.getLogger(__name__)
FOR_EVER = 0


class _Player(pj.AudioMediaPlayer):  # type: ignore[misc]
    def __init__(self, ended: Callable[[_Player], None]) -> None:
        super().__init__()
        self._ended = ended

    @upcall
    def onEof2(self) -> None:  # noqa: N802
        self._ended(self)


class Playout:
    """Lives in the pj thread.

    media(): the call's side of the bridge now, or None. ended(play, complete): told once for each ``play``.
    later(job): runs it when the library's present upcall is over; players are freed only then.
    """

    def __init__(
        self,
        *,
        media: Callable[[], Any | None],
        ended: Callable[[int, bool], None],
        later: Callable[[Callable[[], object]], None],
        waiting: Path | None,
    ) -> None:
        self._media, self._ended, self._later, self._waiting_file = media, ended, later, waiting
        self._play: int | None = None
        self._files: list[str] = []
        self._player: _Player | None = None
        self._waiting: _Player | None = None
        self._dying: list[_Player] = []
        self._paused = self._intact = False

    def play(self, play: int, files: tuple[str, ...]) -> None:
        """Play these, at once, instead of what is playing."""
        self.hush()
        self._play, self._files = play, list(files)
        self._paused, self._intact = False, True
        self._next()

    def hush(self) -> None:
        """Stop and forget what is playing."""
        if self._play is not None:
            self._intact = False
            self._finish()

    def pause(self) -> None:
        self._paused = True
        self.connect()

    def resume(self) -> None:
        self._paused = False
        self.connect()

    def wait(self, on: bool) -> None:
        """The waiting sound, over and over, on or off."""
        if on and self._waiting is None and self._waiting_file is not None:
            self._waiting = self._open(str(self._waiting_file), FOR_EVER)
            self.connect()
        elif not on and self._waiting is not None:
            self._free(self._waiting)
            self._waiting = None

    def connect(self) -> None:
        """Connect players, or disconnect them, as things stand; again after every change of the call's media."""
        media = self._media()
        if media is None:
            return
        if self._waiting is not None:
            self._waiting.startTransmit(media)
        if self._player is None:
            return
        if self._paused:
            self._player.stopTransmit(media)
        else:
            self._player.startTransmit(media)

    def close(self) -> None:
        """The call is over."""
        self.hush()
        self.wait(False)

    def _next(self) -> None:
        while self._files:
            self._player = self._open(self._files.pop(0), pj.PJMEDIA_FILE_NO_LOOP)
            if self._player is not None:
                self.connect()
                return
        self._finish()

    def _open(self, file: str, options: int) -> _Player | None:
        player = _Player(self._at_end)
        try:
            player.createPlayer(file, options)
        except pj.Error:
            self._intact = False
            log.error("a sound file cannot be played", extra={"file": Path(file).name})
            return None
        return player

    def _at_end(self, player: _Player) -> None:
        self._later(lambda: self._go_on(player))

    def _go_on(self, player: _Player) -> None:
        if player is self._player:
            self._free(player)
            self._player = None
            self._next()

    def _finish(self) -> None:
        play, self._play, self._files = self._play, None, []
        if self._player is not None:
            self._free(self._player)
            self._player = None
        if play is not None:
            self._ended(play, self._intact)

    def _free(self, player: _Player) -> None:
        """Silence it now; it dies when the present upcall, which may be its own, is over."""
        media = self._media()
        if media is not None:
            player.stopTransmit(media)
        self._dying.append(player)
        self._later(self._dying.clear)
