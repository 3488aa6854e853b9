"""The SIP side of a line worker: answers at once, plays, tells what happens. Everything runs in the Stack's thread.

Asyncio calls the public methods; what happens comes back as ``telephony.signals``. Calls are named by ids that are new
with every call, so an order for a call that has gone does nothing.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pjsua2 as pj

from telephony.identity import identify
from telephony.leg import Leg
from telephony.playout import Playout
from telephony.signals import AnySignal, CameIn, Gone, HeldChanged, KeyReported, PlayEnded, TransferEnded
from telephony.stack import Stack, StackSettings, upcall

INBOUND = 3
"""Of the library's 4 calls a process one stays free, to say no with and for transfers."""
LOOK_EVERY = 1.0
LONGEST_HOLD = 900.0
"""Seconds that a call may be on hold; who holds us for ever would hold our lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """refusal: status for callers beyond ``INBOUND`` or while draining. Times in seconds."""

    stack: StackSettings
    media_timeout: float = 20.0
    longest_call: float = 3600.0
    refusal: Literal[486, 503] = 503
    retry_after: int = 5
    waiting: Path | None = None
    transfer_patience: float = 30.0


class _Account(pj.Account):  # type: ignore[misc]
    def __init__(self, came: Callable[[int, str], None]) -> None:
        super().__init__()
        self._came = came

    @upcall
    def onIncomingCall(self, parameters: Any) -> None:  # noqa: N802
        self._came(int(parameters.callId), str(parameters.rdata.wholeMsg))


@dataclass(slots=True)
class _Live:
    leg: Leg
    playout: Playout
    invite: str
    began: float
    told: bool = False
    packets: int = -1
    media_seen: float = 0.0
    spared_until: float = 0.0
    transfers: int = 0
    transferring: bool = False


class Engine:
    """Make it in a running loop, ``await start()``; signals arrive at ``listener`` in that loop."""

    def __init__(self, settings: EngineSettings, listener: Callable[[AnySignal], None]) -> None:
        self._settings, self._listener = settings, listener
        self._live: dict[str, _Live] = {}
        self._refused: dict[str, Leg] = {}
        self._closed = False
        self.stack = Stack(settings.stack, self._make_account)

    # -- from asyncio ---------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Raises CannotListen."""
        self.stack.start()
        await self.stack.ready
        self.stack.post(self._look)

    async def emptied(self) -> None:
        """Wait until no call is left, those being set up included."""
        while await self.stack.do(lambda: len(self._live)):  # noqa: ASYNC110 -- only the pj thread knows
            await asyncio.sleep(0.05)

    async def over(self) -> None:
        """Wait for the end of the library. Raises EngineBroken."""
        await asyncio.shield(self.stack.over)

    async def stop(self) -> None:
        """Hang up everything and end the library."""
        await self.stack.stop()

    def drain(self) -> None:
        """Answer no more calls."""
        self.stack.post(lambda: setattr(self, "_closed", True))

    def play(self, call: str, play: int, files: tuple[str, ...]) -> None:
        self._with(call, lambda live: live.playout.play(play, files))

    def hush(self, call: str) -> None:
        self._with(call, lambda live: live.playout.hush())

    def pause(self, call: str) -> None:
        self._with(call, lambda live: live.playout.pause())

    def resume(self, call: str) -> None:
        self._with(call, lambda live: live.playout.resume())

    def wait(self, call: str, on: bool) -> None:
        self._with(call, lambda live: live.playout.wait(on))

    def spare(self, call: str, seconds: float) -> None:
        """Dead media does not end the call within this time."""

        def run(live: _Live) -> None:
            live.spared_until = time.monotonic() + seconds

        self._with(call, run)

    def transfer(self, call: str, to: str, conversation: str) -> None:
        """to: a SIP address, or a number, which is called where the call came from. Ends in TransferEnded."""
        self._with(call, lambda live: self._transfer(live, to, conversation))

    def hang_up(self, call: str, reason: str) -> None:
        self._with(call, lambda live: live.leg.end(reason))

    def _with(self, call: str, job: Callable[[_Live], object]) -> None:
        def run() -> None:
            live = self._live.get(call)
            if live is not None:
                job(live)

        self.stack.post(run)

    # -- in the pj thread -----------------------------------------------------------------------------------------

    def _make_account(self, stack: Stack) -> Any:
        account = _Account(self._came)
        account.create(stack.account_settings())
        return account

    def _tell(self, signal: AnySignal) -> None:
        self.stack.tell(self._listener, signal)

    def _came(self, call_id: int, invite: str) -> None:
        name = uuid.uuid4().hex
        leg = Leg(self.stack, self, name, call_id)
        if self._closed or len(self._live) >= INBOUND:
            self._refused[name] = leg
            self._refuse(leg)
            return
        playout = Playout(
            media=leg.media,
            ended=lambda play, complete: self._tell(PlayEnded(call=name, play=play, complete=complete)),
            later=lambda job: self.stack.after(0, job),
            waiting=self._settings.waiting,
        )
        self._live[name] = _Live(leg, playout, invite, time.monotonic())
        operation = pj.CallOpParam(True)
        operation.statusCode = pj.PJSIP_SC_OK
        operation.opt.audioCount, operation.opt.videoCount = 1, 0
        leg.answer(operation)

    def _refuse(self, leg: Leg) -> None:
        operation = pj.CallOpParam(True)
        operation.statusCode = self._settings.refusal
        later = pj.SipHeader()
        later.hName, later.hValue = "Retry-After", str(self._settings.retry_after)
        operation.txOption.headers.append(later)
        leg.answer(operation)

    def confirmed(self, leg: Leg) -> None:
        self._tell_answered(leg)

    def _tell_answered(self, leg: Leg) -> None:
        """Once the call is confirmed *and* settled: with a late offer the answer comes in the ACK."""
        live = self._live.get(leg.name)
        if live is None or live.told or not leg.is_confirmed or not leg.is_settled:
            return
        live.told, live.media_seen = True, time.monotonic()
        agreed = leg.negotiated()
        self._tell(
            CameIn(
                call=leg.name,
                invite=live.invite,
                sound=leg.sound,
                codec=agreed.codec,
                keys_by_rtp=agreed.keys_by_rtp,
            )
        )

    def media_changed(self, leg: Leg) -> None:
        live = self._live.get(leg.name)
        if live is None:
            return
        live.playout.connect()
        live.media_seen = time.monotonic()
        if live.told:
            self._tell(HeldChanged(call=leg.name, held=leg.held))
        self._tell_answered(leg)

    def keyed(self, leg: Leg, digit: str, method: Literal["rfc4733", "info"]) -> None:
        if leg.name in self._live:
            self._tell(KeyReported(call=leg.name, digit=digit, method=method))

    def _transfer(self, live: _Live, to: str, conversation: str) -> None:
        if live.transferring:
            return
        live.transferring, live.transfers = True, live.transfers + 1
        name, number = live.leg.name, live.transfers
        host = identify(live.invite).host
        target = to if ":" in to else f"sip:{to}@{host}" if host else ""
        if not target or not live.leg.transfer(target, conversation):
            self._transfer_ended(live, 500)
            return

        def out_of_patience() -> None:
            # By name: what holds the leg until then would keep it beyond the call's end.
            waiting = self._live.get(name)
            if waiting is not None and waiting.transfers == number:
                self._transfer_ended(waiting, 408)

        self.stack.after(self._settings.transfer_patience, out_of_patience)

    def transfer_told(self, leg: Leg, status: int, final: bool) -> None:
        live = self._live.get(leg.name)
        if live is not None and (final or status >= 300):
            self._transfer_ended(live, status)

    def _transfer_ended(self, live: _Live, status: int) -> None:
        if live.transferring:
            live.transferring = False
            self._tell(TransferEnded(call=live.leg.name, status=status))

    def gone(self, leg: Leg, status: int) -> None:
        self._refused.pop(leg.name, None)
        live = self._live.pop(leg.name, None)
        if live is None:
            return
        live.playout.close()
        if leg.reason is not None:
            reason = leg.reason
        elif not leg.is_confirmed:
            reason = "no ack"
        else:
            reason = "hangup" if 200 <= status < 300 else "lost"
        self._tell(Gone(call=leg.name, reason=reason, status=status, quality=leg.quality(), confirmed=live.told))

    def _look(self) -> None:
        """Once a second: end what has lost its sound or lasts too long."""
        now = time.monotonic()
        for live in list(self._live.values()):
            packets = live.leg.count()
            live.leg.guard()
            if packets != live.packets or not live.told:
                live.packets, live.media_seen = packets, now
            patience = LONGEST_HOLD if live.leg.held else self._settings.media_timeout
            if now - live.began > self._settings.longest_call:
                live.leg.end("too long")
            elif live.told and now - live.media_seen > patience and now > live.spared_until:
                live.leg.end("media timeout")
        self.stack.after(LOOK_EVERY, self._look)
