"""One call, bound to its conversation: facts of the line become events, actions become sound.

Everything about the call happens in one task, one thing after another; the line is never waited for. Patience is
counted here, from the end of a prompt, and not while the customer is busy on the screen.
"""

from __future__ import annotations

import asyncio
import logging
from base64 import b64decode
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from asr.errors import CannotSpeak
from asr.speech import Hypothesis, dump_hint, hypotheses
from channels import wording
from channels.answers import understood
from channels.hints import hint
from channels.transfers import Transfers
from channels.turns import Turn, turn
from channels.wording import Utterance
from conversation.inbox import Delivery, Inbox
from conversation.recordings import Recordings
from ivr import engine, events
from ivr.actions import Ask, Record, Transfer
from ivr.nodes import TransferNode
from meaning.sense import Meant, Sense, is_backchannel
from telephony import orders

log = logging.getLogger("denwaban.voice")

BETWEEN_KEYS = 4.0
"""Seconds between two keys of one number before it counts as all that was meant."""
LONGEST_MESSAGE = 120.0
"""Seconds of a message that is begun anew because its hub died."""
SPARED_FOR = 120.0
"""Seconds after something was done on the page in which a line without sound is not taken for dead."""
SLOW = 0.8
"""Speed of the voice for a caller who asked for it to go slowly."""
BUSY_ON_SCREEN = 30.0
"""Seconds after something was done on the page in which silence on the line is no silence."""


class Mouth(Protocol):
    async def file(self, text: str, language: str, *, keep: bool, speed: float = 1.0) -> Path: ...

    def forget(self, path: Path) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a call works with. sense: by tree digest. known: texts whose sound is kept. sounds: folder of a tree's
    recorded files, absolute. transfers: where calls may be put through to."""

    inbox: Inbox
    mouth: Mouth
    recordings: Recordings
    sense: Callable[[str], Sense]
    known: Callable[[Utterance], bool]
    chime: Path
    sounds: Path
    transcribe: Callable[[str, str, str], None]
    transfers: Transfers


class VoiceCall:
    """order: sends to the line. afresh: moves the call to a new conversation."""

    def __init__(
        self,
        call: str,
        means: Means,
        order: Callable[[orders.Order], None],
        afresh: Callable[[VoiceCall, events.Joined], Awaitable[None]],
    ) -> None:
        self.call, self.conversation = call, ""
        self._joined: events.Joined | None = None
        self._means, self._order, self._afresh = means, order, afresh
        self._work: asyncio.Queue[Callable[[], Awaitable[None]] | None] = asyncio.Queue()
        self._ask: Ask | None = None
        self._asked: dict[int, Ask] = {}
        self._play = self._listen = 0
        self._playing: Turn | None = None
        self._later: deque[Turn] = deque()
        self._recording: Record | None = None
        self._keyed_some = False
        self._timer: asyncio.TimerHandle | None = None
        self._busy_until = 0.0
        self._volatile: list[Path] = []
        self._stop_listening: Callable[[], None] = lambda: None
        self._last_words: list[Callable[[], Awaitable[None]]] = []

    # -- its task ---------------------------------------------------------------------------------------------

    def soon(self, what: Callable[[], Awaitable[None]]) -> None:
        """Do this when all before it is done."""
        self._work.put_nowait(what)

    async def run(self) -> None:
        """Until the call has ended."""
        try:
            while (what := await self._work.get()) is not None:
                await what()
            # What a line still told of a call that was over has to be acknowledged as well.
            while not self._work.empty():
                if (late := self._work.get_nowait()) is not None:
                    await late()
            for last in self._last_words:
                await last()
        finally:
            self._stop_listening()
            self._quiet()
            for path in self._volatile:
                self._means.mouth.forget(path)

    def at_end(self, what: Callable[[], Awaitable[None]]) -> None:
        """Do this when the call's last fact is in the record."""
        self._last_words.append(what)

    def hang_up(self) -> None:
        self._order(orders.HangUp(call=self.call))

    def belong_to(self, conversation: str) -> None:
        """What is told of the call goes into this conversation's record."""
        self._stop_listening()
        self.conversation = conversation
        self._stop_listening = self._means.inbox.subscribe(self._delivered, conversation)

    def use(self, order: Callable[[orders.Order], None]) -> None:
        """The line has connected anew."""
        self._order = order

    def _delivered(self, delivery: Delivery) -> None:
        if delivery.event.channel == "page":
            self._busy_until = asyncio.get_running_loop().time() + BUSY_ON_SCREEN
            self._order(orders.Spare(call=self.call, seconds=SPARED_FOR))
        if not delivery.repeated:
            made = turn(delivery.event, delivery.actions, slow=delivery.state.slow)
            self.soon(lambda: self._take(made))

    # -- facts of the line ------------------------------------------------------------------------------------

    async def on(self, fact: orders.Fact, key: str) -> None:
        if not self.conversation:
            log.error("a call is in no record; what is told of it is dropped", extra={"call": self.call})
            if isinstance(fact, orders.Ended):
                self._work.put_nowait(None)
            return
        match fact:
            case orders.Keyed():
                if self._recording is None:
                    self._quiet()
                    self._keyed_some = True
                    await self._post(events.Pressed(at=_at(fact.at), channel="voice", digit=fact.digit), key)
                    self._be_patient()
            case orders.Played():
                await self._played(fact)
            case orders.SpeechBegan():
                self._quiet()
            case orders.Heard():
                await self._heard(fact, key)
            case orders.Taken():
                await self._means.recordings.append(self.conversation, fact.recording, fact.piece, b64decode(fact.pcm))
            case orders.Took():
                await self._took(fact, key)
            case orders.Transferred():
                await self._transferred(fact.status, _at(fact.at), key)
            case orders.Ended():
                self._quiet()
                await self._post(events.Left(at=_at(fact.at), channel="voice", reason=fact.reason), key)
                self._work.put_nowait(None)
            case orders.Answered():
                pass  # it made this object

    async def _played(self, fact: orders.Played) -> None:
        if fact.play != self._play:
            return
        done, self._playing = self._playing, None
        if done is not None and done.record is not None:
            self._recording = done.record
            self._order(
                orders.TakeMessage(call=self.call, recording=f"{self.call}-{fact.play}", longest=done.record.longest)
            )
        elif done is not None and done.transfer is not None:
            await self._put_through(done.transfer, f"transfer:{self.call}:{fact.play}")
        elif self._later:
            await self._start(self._later.popleft())
        else:
            self._be_patient()

    async def _heard(self, fact: orders.Heard, key: str) -> None:
        asked = self._asked.get(fact.listen)
        if asked is None or self._ask is None or asked.node != self._ask.node or self._recording is not None:
            # An answer to a question that is no longer open; what it paused goes on.
            if fact.barged:
                self._order(orders.Resume(call=self.call))
            return
        language = asked.language
        if fact.result is None:
            spoke = events.Spoke(at=_at(fact.at), channel="voice", text="", engine="none")
            await self._spoken(spoke, fact, key)
            return
        hypothesis = hypotheses.validate_python(fact.result)
        tree, state = await self._means.inbox.tree(self.conversation), await self._means.inbox.state(self.conversation)
        noise = not hypothesis.text and not hypothesis.digits and not hypothesis.scores
        if noise or (fact.barged and asked.expects != "yesno" and is_backchannel(hypothesis.text, language)):
            self._go_on(fact)
            return
        at = _at(fact.at)
        meant = understood(
            self._means.sense(tree.digest),
            asked,
            hypothesis,
            earlier=engine.before(tree, state),
            today=at.astimezone(tree.zone).date(),
        )
        moment = datetime.now(UTC).timestamp()
        await self._spoken(_spoke(at, hypothesis, meant), fact, key)
        moments = {"spoken_until": fact.spoken_until, "known": fact.at, "understood": moment}
        recorded = datetime.now(UTC).timestamp()
        log.info("an answer was heard", extra={"call": self.call, "recorded": recorded, **moments})

    async def _spoken(self, spoke: events.Spoke, fact: orders.Heard, key: str) -> None:
        if not (await self._post(spoke, key)).actions:
            self._go_on(fact)  # words to nobody, while something is on its way

    def _go_on(self, fact: orders.Heard) -> None:
        """What was heard is no answer: the prompt that it paused goes on, or silence counts again."""
        if fact.barged:
            self._order(orders.Resume(call=self.call))
        else:
            self._be_patient()

    async def _took(self, fact: orders.Took, key: str) -> None:
        self._recording = None
        await self._means.recordings.close(fact.recording, fact.seconds)
        took = events.Recorded(at=_at(fact.at), channel="voice", recording=fact.recording, seconds=fact.seconds)
        await self._post(took, key)
        if fact.seconds > 0:
            language = (await self._means.inbox.state(self.conversation)).language
            self._means.transcribe(self.conversation, fact.recording, language)

    # -- being put through ------------------------------------------------------------------------------------

    async def _put_through(self, transfer: Transfer, key: str) -> None:
        tree = await self._means.inbox.tree(self.conversation)
        node = tree.nodes.get(transfer.node)
        written = isinstance(node, TransferNode) and node.to == transfer.to
        target = self._means.transfers.target(transfer.to) if written else None
        if target is None:
            log.warning("a tree puts calls through to where they may not go", extra={"node": transfer.node})
            await self._transferred(403, datetime.now(UTC), key)
            return
        self._order(orders.Transfer(call=self.call, to=target, conversation=self.conversation))

    async def _transferred(self, status: int, at: datetime, key: str) -> None:
        state = await self._means.inbox.state(self.conversation)
        if 200 <= status < 300:
            await self._post(events.Connected(at=at, channel="voice", node=state.node), key)
            return
        reason: Literal["busy", "failed"] = "busy" if status in (486, 600) else "failed"
        await self._post(events.NotConnected(at=at, channel="voice", node=state.node, reason=reason), key)

    # -- turns ------------------------------------------------------------------------------------------------

    async def begin(self, conversation: str, joined: events.Joined, key: str) -> None:
        """The call enters this conversation."""
        self._joined = joined
        self.belong_to(conversation)
        await self._post(joined, key)

    async def take_up(self, conversation: str, joined: events.Joined) -> None:
        """A new hub found this call alive: say where we are."""
        self._joined = joined
        self.belong_to(conversation)
        tree, state = await self._means.inbox.tree(self.conversation), await self._means.inbox.state(self.conversation)
        made = Turn(utterances=[wording.back_again(state.language)], finish=state.finished, slow=state.slow)
        node = tree.nodes.get(state.node)
        if state.stage == "transferring" and isinstance(node, TransferNode):
            # Perhaps the hub before had not ordered it yet; a line that is at it already lets this pass.
            made.utterances, made.transfer = [], Transfer(node=state.node, to=node.to)
        elif state.stage == "recording":
            made.record = Record(node=state.node, longest=LONGEST_MESSAGE, language=state.language)
        elif (asked := engine.present(tree, state)) is not None:
            made.utterances.extend(wording.ask(asked))
            made.ask = asked
        self._play, self._listen = 1_000_000, 1_000_000  # beyond any number of the hub before
        await self._start(made)

    async def _take(self, made: Turn) -> None:
        if made.afresh:
            if self._joined is not None:
                await self._afresh(self, self._joined)
            return
        if made.empty:
            return
        self._keyed_some = False
        self._later = deque(one for one in self._later if not one.waits)  # what it waits for has come
        if made.replaces or self._playing is None or not self._playing.heard_out:
            self._later.clear()
            first, *rest = made.parts()
            self._later.extend(rest)
            await self._start(first)
        else:
            self._later.extend(made.parts())

    async def _start(self, made: Turn) -> None:
        self._quiet()
        files = [await self._file(utterance, SLOW if made.slow else 1.0) for utterance in made.utterances]
        if made.ask is not None:
            self._ask = made.ask
            self._listen += 1
            self._asked[self._listen] = made.ask
            self._asked.pop(self._listen - 8, None)
            self._order(
                orders.Listen(call=self.call, listen=self._listen, hint=dump_hint(hint(made.ask, slow=made.slow)))
            )
        elif made.record is not None or made.transfer is not None or made.finish:
            self._ask = None
            self._order(orders.Unlisten(call=self.call))
        self._play += 1
        self._playing = made
        if files:
            self._order(orders.Play(call=self.call, play=self._play, files=tuple(map(str, files))))
        else:
            await self._played(
                orders.Played(call=self.call, at=datetime.now(UTC).timestamp(), play=self._play, complete=True)
            )
        if made.finish:
            self._order(orders.HangUp(call=self.call, after_play=True))

    async def _file(self, utterance: Utterance, speed: float) -> Path:
        if utterance.audio:
            recorded = (self._means.sounds / utterance.audio).resolve()
            if recorded.is_file() and recorded.is_relative_to(self._means.sounds):
                return recorded
            log.warning("a recorded prompt is missing; its words are spoken", extra={"file": utterance.audio})
        keep = utterance.keep or self._means.known(utterance)
        try:
            path = await self._means.mouth.file(utterance.text, utterance.language, keep=keep, speed=speed)
        except CannotSpeak:
            log.warning("a prompt could not be spoken; a chime stands for it", extra={"call": self.call})
            return self._means.chime
        if not keep:
            self._volatile.append(path)
        return path

    # -- patience ---------------------------------------------------------------------------------------------

    def _be_patient(self) -> None:
        self._quiet()
        if self._ask is None or self._playing is not None or self._recording is not None:
            return
        patience = BETWEEN_KEYS if self._keyed_some else self._ask.patience
        loop = asyncio.get_running_loop()
        when = max(loop.time() + patience, self._busy_until)
        self._timer = loop.call_at(when, self._out_of_patience, patience)

    def _out_of_patience(self, patience: float) -> None:
        if asyncio.get_running_loop().time() < self._busy_until:
            self._be_patient()
            return
        waited = events.Waited(at=datetime.now(UTC), channel="voice", seconds=patience)

        async def wait() -> None:
            await self._post(waited, None)

        self.soon(wait)

    def _quiet(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _post(self, event: events.Event, key: str | None) -> Delivery:
        return await self._means.inbox.post(self.conversation, event, key=key)


def _spoke(at: datetime, heard: Hypothesis, meant: Meant) -> events.Spoke:
    return events.Spoke(
        at=at,
        channel="voice",
        text=heard.text,
        confidence=heard.confidence,
        choice=meant.choice,
        value=meant.value,
        scores=meant.scores,
        close=meant.close,
        command=meant.command,
        values=meant.values,
        nearest=meant.nearest,
        engine=heard.engine,
    )


def _at(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
