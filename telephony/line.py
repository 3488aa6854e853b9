"""A line worker's calls: whose an order is, what callers hear while the hub is away, when the worker is done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from telephony.call import Call, Means
from telephony.identity import identify
from telephony.orders import Answered, Drain, dump_fact, load_order
from telephony.signals import AnySignal, CameIn, Gone, HeldChanged, KeyReported, PlayEnded, TransferEnded

log = logging.getLogger(__name__)

TICK = 0.02
AWAY_AFTER = 0.3
"""Seconds without the hub until callers hear the waiting sound."""
STUCK_AFTER = 1.0
"""Seconds that facts may wait for their acknowledgement until the hub counts as away."""
FIRST_ORDER_WITHIN = 1.5
"""Seconds that a call may hear nothing: after it was answered, and after the hub is back."""


class Line:
    """One a worker. Everything runs in one event loop.

    drain(): tells the SIP side to answer no more. pending(): facts that the hub has not acknowledged.
    recycle_after: calls after which the worker drains itself.
    """

    def __init__(
        self,
        means: Means,
        *,
        drain: Callable[[], None],
        pending: Callable[[], int],
        reserve: bool = False,
        recycle_after: int = 400,
    ) -> None:
        self._means, self._stop_answering, self._pending = means, drain, pending
        self._reserve, self._recycle_after = reserve, recycle_after
        self._calls: dict[str, Call] = {}
        self._waiting: set[str] = set()
        self._owed: dict[str, float] = {}
        """Call to the moment since which an order for it is owed."""
        self._answered = 0
        self._link_changed = self._acknowledged = time.monotonic()
        self._up = False
        self._busy = asyncio.Event()
        """Set while there are calls."""
        self.draining = False
        self.empty = asyncio.Event()
        """Set when the worker drains and its last call is over."""

    # -- the hub --------------------------------------------------------------------------------------------------

    def calls(self) -> list[dict[str, Any]]:
        """The live calls' Answered facts, for a hub that takes up with them."""
        return [dump_fact(call.answered) for call in self._calls.values()]

    def link(self, up: bool) -> None:
        """The hub came, or went away."""
        now = time.monotonic()
        self._up, self._link_changed = up, now
        if up:
            self._acknowledged = now
            self._owed = dict.fromkeys(self._waiting, now)

    def order(self, data: dict[str, Any]) -> None:
        """What is no order is refused and logged; an order for a call that has gone does nothing."""
        try:
            order = load_order(data)
        except ValidationError as error:
            log.error("the hub gave an order that is none", extra={"problems": error.error_count()})
            return
        if isinstance(order, Drain):
            self.drain()
            return
        call = self._calls.get(order.call)
        if call is not None:
            self._owed.pop(call.id, None)
            self._wait(call.id, False)
            call.order(order)

    def drain(self) -> None:
        """Take no more calls; ``empty`` is set when the last has ended."""
        if not self.draining:
            self.draining = True
            self._stop_answering()
        if not self._calls:
            self.empty.set()

    # -- the SIP engine -------------------------------------------------------------------------------------------

    def signal(self, signal: AnySignal) -> None:
        if isinstance(signal, CameIn):
            self._came_in(signal)
            return
        call = self._calls.get(signal.call)
        if call is None:
            if isinstance(signal, Gone):
                log.info("a caller left before the call was set up", extra={"reason": signal.reason})
            return
        match signal:
            case KeyReported():
                call.key(signal.digit, signal.method, signal.at, signal.clock)
            case PlayEnded():
                call.play_ended(signal.play, signal.complete, signal.at)
            case TransferEnded():
                self._wait(call.id, False)
                call.transfer_ended(signal.status, signal.at)
            case HeldChanged():
                log.debug("hold", extra={"call": signal.call, "held": signal.held})
            case Gone():
                del self._calls[call.id]
                if not self._calls:
                    self._busy.clear()
                self._owed.pop(call.id, None)
                self._waiting.discard(call.id)
                call.ended(signal.reason, signal.status, signal.quality, signal.at)
                if self.draining and not self._calls:
                    self.empty.set()

    def _came_in(self, signal: CameIn) -> None:
        if self._pending() == 0:
            self._acknowledged = time.monotonic()  # nobody looked while there was no call
        who = identify(signal.invite)
        answered = Answered(
            call=signal.call,
            at=signal.at,
            sip_call_id=who.sip_call_id,
            caller=who.caller,
            called=who.called,
            diverted=who.diverted,
            privacy=who.privacy,
            codec=signal.codec,
            reserve=self._reserve,
        )
        self._calls[signal.call] = Call(self._means, answered, signal.sound, keys_by_rtp=signal.keys_by_rtp)
        self._busy.set()
        self._owed[signal.call] = signal.clock
        self._means.tell(answered)
        self._answered += 1
        if self._answered >= self._recycle_after:
            self.drain()

    # -- the clock ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Attend to the sound of all calls every 20 ms while there are some, until cancelled."""
        due = time.monotonic()
        while True:
            await self._busy.wait()
            for call in list(self._calls.values()):
                call.tick()
            self.mind_silence(time.monotonic())
            due = max(due + TICK, time.monotonic() - TICK)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def mind_silence(self, now: float) -> None:
        """Start and stop the waiting sound, so that no caller is left in silence. now: monotonic seconds."""
        if self._pending() == 0:
            self._acknowledged = now
        away = (not self._up and now - self._link_changed > AWAY_AFTER) or now - self._acknowledged > STUCK_AFTER
        for call in self._calls.values():
            owed = self._owed.get(call.id)
            late = owed is not None and now - owed > FIRST_ORDER_WITHIN
            if call.audible:
                self._wait(call.id, False)
            elif away or late or call.transferring:
                self._wait(call.id, True)
            elif owed is None:
                self._wait(call.id, False)

    def _wait(self, call: str, on: bool) -> None:
        if on is (call in self._waiting):
            return
        (self._waiting.add if on else self._waiting.discard)(call)
        self._means.phone.wait(call, on)
