"""One call as a line worker attends to it: orders in, facts out, sound in between.

Nothing here knows SIP, the hub or a recogniser: it drives a ``Phone``, listens by a ``Hearing`` and an ``Ear``, and
tells facts. Times are given with what happens; the sound counts its own.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from telephony.goertzel import Goertzel
from telephony.hearing import Began, Ceased, Chunk, Ear, Hearing, Paused, Resumed, Utterance
from telephony.keys import Keys, Method
from telephony.orders import (
    Answered,
    Ended,
    Fact,
    HangUp,
    Heard,
    Hush,
    Keyed,
    Listen,
    Play,
    Played,
    Resume,
    Spare,
    SpeechBegan,
    TakeMessage,
    Taken,
    Took,
    Transfer,
    Transferred,
    Unlisten,
)
from telephony.ports import Sound
from telephony.recorder import Over, Piece, Recorder

TONE = -1
"""Number under which the tone before a recording plays; the hub's own numbers are not negative."""
END_KEY = "#"


class Phone(Protocol):
    """What the line can do to a call. Nothing waits; for a call that has gone nothing happens."""

    def play(self, call: str, play: int, files: tuple[str, ...]) -> None: ...

    def hush(self, call: str) -> None: ...

    def pause(self, call: str) -> None: ...

    def resume(self, call: str) -> None: ...

    def wait(self, call: str, on: bool) -> None: ...

    def transfer(self, call: str, to: str, conversation: str) -> None: ...

    def spare(self, call: str, seconds: float) -> None: ...

    def hang_up(self, call: str, reason: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every call of a worker shares. patience: seconds that the ear may take. tone: WAV before a recording."""

    phone: Phone
    hearing: Callable[[], Hearing]
    ear: Ear
    tone: Path
    patience: float
    tell: Callable[[Fact], object]


CallOrder = Play | Hush | Resume | Listen | Unlisten | TakeMessage | Transfer | Spare | HangUp


class Call:
    def __init__(self, means: Means, answered: Answered, sound: Sound, *, keys_by_rtp: bool) -> None:
        self.id, self.answered = answered.call, answered
        self._means, self._sound = means, sound
        self._hearing = means.hearing()
        self._keys = Keys()
        self._tones = None if keys_by_rtp else Goertzel()
        self._play: Play | None = None
        self._paused = False
        self._listen: Listen | None = None
        self._utterance: tuple[Listen, Utterance] | None = None
        self._message: TakeMessage | None = None
        self._recorder: Recorder | None = None
        self._speaking = self._hang_up_after = False
        self.transferring = False
        self._finishing: set[asyncio.Task[None]] = set()

    @property
    def audible(self) -> bool:
        """The caller hears us, or is being recorded: no waiting sound now."""
        return (self._play is not None and not self._paused) or self._message is not None

    # -- orders ---------------------------------------------------------------------------------------------------

    def order(self, order: CallOrder) -> None:
        phone = self._means.phone
        match order:
            case Play():
                self._play, self._paused = order, False
                phone.play(self.id, order.play, order.files)
            case Hush():
                phone.hush(self.id)
            case Resume():
                self._paused = False
                phone.resume(self.id)
            case Listen():
                if self._listen is None:
                    self._hearing.forget()
                self._hearing.expect(order.hint)
                self._listen = order
            case Unlisten():
                self._stop_listening()
            case TakeMessage():
                self._stop_listening()
                self._message = order
                phone.play(self.id, TONE, (str(self._means.tone),))
            case Transfer():
                self._stop_listening()
                if not self.transferring:
                    self.transferring = True
                    phone.transfer(self.id, order.to, order.conversation)
            case Spare():
                phone.spare(self.id, order.seconds)
            case HangUp(after_play=True) if self._play is not None and not self._paused:
                self._hang_up_after = True
            case HangUp():
                phone.hang_up(self.id, "ours")

    # -- what happens ---------------------------------------------------------------------------------------------

    def key(self, digit: str, method: Method, at: float, clock: float) -> None:
        pressed = self._keys.report(digit, method, clock)
        if pressed is None:
            return
        if self._recorder is not None and pressed == END_KEY:
            self._record(self._recorder.end("key"))
            return
        self._means.tell(Keyed(call=self.id, at=at, digit=pressed, method=method))
        if self._play is not None:
            self._means.phone.hush(self.id)

    def play_ended(self, play: int, complete: bool, at: float) -> None:
        if play == TONE:
            if self._message is not None:
                self._hearing.forget()
                self._speaking = False
                self._recorder = Recorder(self._message.longest, self._message.silence)
            return
        if self._play is not None and self._play.play == play:
            self._play, self._paused = None, False
        self._means.tell(Played(call=self.id, at=at, play=play, complete=complete))
        if self._hang_up_after and self._play is None:
            self._means.phone.hang_up(self.id, "ours")

    def transfer_ended(self, status: int, at: float) -> None:
        self.transferring = False
        self._means.tell(Transferred(call=self.id, at=at, status=status))

    def tick(self) -> None:
        """Attend to the sound that has come since the last time; every 20 ms."""
        for frame in self._sound.drain():
            if self._tones is not None and (digit := self._tones.feed(frame)) is not None:
                self.key(digit, "inband", time.time(), time.monotonic())
            if self._recorder is not None:
                self._hear_message(frame)
            elif self._listen is not None or self._utterance is not None:
                self._hear(frame)

    def ended(self, reason: str, status: int, quality: dict[str, float], at: float) -> None:
        if self._recorder is not None:
            self._record(self._recorder.end("hangup"))
        elif self._message is not None:
            self._took(Over(0.0, "hangup"))
        self._stop_listening()
        self._hearing.close()
        for task in self._finishing:
            task.cancel()
        self._means.tell(Ended(call=self.id, at=at, reason=reason, status=status, quality=quality))

    # -- speech ---------------------------------------------------------------------------------------------------

    def _hear(self, frame: bytes) -> None:
        for edge in self._hearing.feed(frame):
            match edge:
                case Began(ago):
                    self._began(ago)
                case Chunk(pcm) if self._utterance is not None:
                    self._utterance[1].feed(pcm)
                case Paused() if self._utterance is not None:
                    self._utterance[1].pause()
                case Resumed() if self._utterance is not None:
                    self._utterance[1].resume()
                case Ceased(ago) if self._utterance is not None:
                    self._finish(*self._utterance, until=time.time() - ago)
                    self._utterance = None

    def _stop_listening(self) -> None:
        self._listen = None
        if self._utterance is not None:
            self._utterance[1].drop()
            self._utterance = None

    def _began(self, ago: float) -> None:
        listen = self._listen
        if listen is None:
            return
        barged = self._play is not None and self._play.bargeable and not self._paused
        if barged:
            self._paused = True
            self._means.phone.pause(self.id)
        self._utterance = listen, self._means.ear.begin(listen.hint)
        self._means.tell(SpeechBegan(call=self.id, at=time.time() - ago, listen=listen.listen, barged=barged))

    def _finish(self, listen: Listen, utterance: Utterance, until: float) -> None:
        async def finish() -> None:
            result: dict[str, Any] | None = await utterance.finish(self._means.patience)
            self._means.tell(
                Heard(
                    call=self.id,
                    at=time.time(),
                    listen=listen.listen,
                    result=result,
                    spoken_until=until,
                    barged=self._paused and self._play is not None,
                )
            )

        task = asyncio.create_task(finish())
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    # -- messages -------------------------------------------------------------------------------------------------

    def _hear_message(self, frame: bytes) -> None:
        for edge in self._hearing.feed(frame):
            if isinstance(edge, Began):
                self._speaking = True
            elif isinstance(edge, Ceased):
                self._speaking = False
        if self._recorder is not None:
            self._record(self._recorder.feed(frame, self._speaking))

    def _record(self, outcome: list[Piece | Over]) -> None:
        for part in outcome:
            if isinstance(part, Over):
                self._took(part)
            elif self._message is not None:
                self._means.tell(
                    Taken(
                        call=self.id,
                        at=time.time(),
                        recording=self._message.recording,
                        piece=part.number,
                        pcm=base64.b64encode(part.pcm).decode(),
                    )
                )

    def _took(self, over: Over) -> None:
        if self._message is None:
            return
        recording = self._message.recording
        self._message = self._recorder = None
        self._means.tell(
            Took(call=self.id, at=time.time(), recording=recording, seconds=over.seconds, reason=over.reason)
        )
