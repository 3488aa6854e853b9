"""The voice channel: line workers connect, their calls are bound to conversations.

A fact is acknowledged to its line when everything that it caused is in the record, in order; a line that says it
again (after a break, or to the next hub) changes nothing, since its (origin, number) is the event's key.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import ValidationError

from channels.voice_call import Means, VoiceCall
from ivr import events
from ivr.tree import Tree
from meaning import phone
from telephony import orders
from wire.facts import FactPeer

log = logging.getLogger("denwaban.voice")

LOST_AFTER = 3.0
"""Seconds that a line whose link broke has to come back before its calls count as lost."""


class Ladder:
    """Which facts may be acknowledged: all up to the first that is still being worked on. Pure."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._last = 0

    def start(self, number: int) -> None:
        self._open.add(number)
        self._last = max(self._last, number)

    def done(self, number: int) -> int:
        """The number up to which everything is done."""
        self._open.discard(number)
        return min(self._open) - 1 if self._open else self._last


@dataclass
class Line:
    """A connected line worker, as the console and the figures show it."""

    index: int
    pid: int
    reserve: bool
    peer: FactPeer
    calls: set[str] = field(default_factory=set)

    def order(self, order: orders.Order) -> None:
        self.peer.order(orders.dump_order(order))


class VoiceChannel:
    """lines: who is connected, by origin. busy_tree: what callers hear when only the reserve line was free."""

    def __init__(
        self,
        means: Means,
        *,
        language: str,
        country: str,
        resume_within: timedelta,
        busy_tree: Callable[[], Tree],
    ) -> None:
        self._means, self._language, self._country = means, language, country
        self._resume_within, self._busy_tree = resume_within, busy_tree
        self._calls: dict[str, VoiceCall] = {}
        self._ended: deque[str] = deque(maxlen=1000)
        self._tasks: asyncio.TaskGroup | None = None
        self.lines: dict[str, Line] = {}

    @property
    def calls(self) -> int:
        return len(self._calls)

    async def run(self) -> None:
        """Until cancelled; every call's task lives in here."""
        async with asyncio.TaskGroup() as self._tasks:
            try:
                await asyncio.Event().wait()
            finally:
                self._tasks = None  # what comes now comes too late

    async def handle(self, peer: FactPeer) -> None:
        """Serve one line worker until its link breaks. Its calls live on for a while: it may come back."""
        hello = peer.hello
        line = Line(int(hello.get("index", 0)), int(hello.get("pid", 0)), bool(hello.get("reserve", False)), peer)
        self.lines[peer.origin] = line
        log.info("a line worker is here", extra={"line": line.index, "pid": line.pid})
        try:
            for data in hello.get("calls", ()):
                answered = orders.load_fact(data)
                call = self._calls.get(answered.call)
                if call is not None:
                    call.use(line.order)
                elif isinstance(answered, orders.Answered):
                    call = self._open(line, answered.call)
                    call.soon(partial(self._answer, call, answered, f"{peer.origin}:hello:{answered.call}"))
                line.calls.add(answered.call)
            ladder = Ladder()
            async for number, data in peer.facts():
                self._route(line, ladder, number, data, f"{peer.origin}:{number}")
        except ValidationError:
            log.error("a line worker does not speak as we do; it is let go", extra={"line": line.index})
        finally:
            if self.lines.get(peer.origin) is line:
                del self.lines[peer.origin]
            log.info("a line worker went away", extra={"line": line.index, "pid": line.pid})
            self._in_tasks(self._lose(peer.origin, line))

    def _route(self, line: Line, ladder: Ladder, number: int, data: dict[str, Any], key: str) -> None:
        fact = orders.load_fact(data)
        ladder.start(number)
        call = self._calls.get(fact.call)
        if call is None and isinstance(fact, orders.Answered):
            call = self._open(line, fact.call)
            call.soon(partial(self._answer, call, fact, key))
        elif fact.call in self._ended:
            line.peer.ack(ladder.done(number))
            return
        else:
            if call is None:  # it went on, and perhaps ended, while there was no hub
                call = self._open(line, fact.call)
                call.soon(partial(self._find, call))
            call.soon(partial(call.on, fact, key))

        async def acknowledge() -> None:
            line.peer.ack(ladder.done(number))

        if isinstance(fact, orders.Ended):
            line.calls.discard(fact.call)
            call.at_end(acknowledge)
        else:
            call.soon(acknowledge)

    def _open(self, line: Line, name: str) -> VoiceCall:
        call = VoiceCall(name, self._means, line.order, self._start_afresh)
        self._calls[name] = call
        line.calls.add(name)
        self._in_tasks(self._run(call))
        return call

    async def _run(self, call: VoiceCall) -> None:
        try:
            await call.run()
        except Exception:
            # The call cannot go on, the others can: the line hangs up and the record keeps what is in it.
            log.exception("a call could not be served on", extra={"call": call.call})
            call.hang_up()
        finally:
            self._calls.pop(call.call, None)
            self._ended.append(call.call)

    async def _lose(self, origin: str, line: Line) -> None:
        """The link of a line broke. Calls that no link claims soon are gone with their process."""
        await asyncio.sleep(LOST_AFTER)
        if origin in self.lines:
            return
        for name in line.calls:
            call = self._calls.get(name)
            if call is not None:
                ended = orders.Ended(call=name, at=datetime.now(UTC).timestamp(), reason="lost", status=0)
                call.soon(partial(call.on, ended, f"lost:{name}"))

    # -- how a call begins ------------------------------------------------------------------------------------

    async def _answer(self, call: VoiceCall, fact: orders.Answered, key: str) -> None:
        inbox = self._means.inbox
        caller = self.caller(fact)
        at = datetime.fromtimestamp(fact.at, UTC)
        if (known := await inbox.by_ref("call", fact.call)) is not None:  # alive before this hub was
            await call.take_up(known, events.Joined(at=at, channel="voice", caller=caller))
            return
        tree = self._busy_tree() if fact.reserve else None
        earlier = None
        if caller.number is not None and not fact.reserve:
            earlier = await inbox.recent_of(caller.number, self._resume_within)
            if any(other.conversation == earlier for other in self._calls.values()):
                earlier = None  # the number calls twice at once: a company's, or a spoofed one
        conversation = earlier or await inbox.open(language=self._language, number=caller.number, tree=tree)
        await inbox.bind(conversation, "call", fact.call)
        joined = events.Joined(at=at, channel="voice", caller=caller, resumed=earlier is not None)
        await call.begin(conversation, joined, key)

    async def _find(self, call: VoiceCall) -> None:
        conversation = await self._means.inbox.by_ref("call", call.call)
        if conversation is not None:
            call.belong_to(conversation)

    async def _start_afresh(self, call: VoiceCall, joined: events.Joined) -> None:
        inbox = self._means.inbox
        number = joined.caller.number if joined.caller else None
        conversation = await inbox.open(language=self._language, number=number)
        await inbox.bind(conversation, "call", call.call)
        await call.begin(conversation, replace(joined, at=datetime.now(UTC), resumed=False), f"afresh:{conversation}")

    def caller(self, fact: orders.Answered) -> events.Caller:
        """Who seems to be calling; nothing of it is proof."""
        if fact.privacy or not fact.caller:
            return events.Caller(number_class="withheld")
        number = phone.normalise(fact.caller, self._country)
        return events.Caller(number=number, number_class=phone.number_class(number) if number else "unknown")

    def _in_tasks(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            work.close()
        else:
            self._tasks.create_task(work)
