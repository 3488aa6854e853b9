"""A line worker: the SIP engine, what hears for it, and its link to the hub, put together."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
import uuid
from collections.abc import Sequence
from typing import Any

from asr import listening
from asr.ear_client import EarClient
from asr.segmenter import pace
from asr.vad import Gate
from gateway.errors import Complaint
from gateway.settings import Settings
from telephony import hearing, tones
from telephony.call import Means
from telephony.engine import INBOUND, Engine, EngineSettings
from telephony.errors import CannotListen
from telephony.line import Line
from telephony.orders import dump_fact
from telephony.stack import StackSettings
from wire.facts import FactSource

log = logging.getLogger(__name__)

PORTS_EACH = 40
FAREWELL = 10.0
"""Seconds that a worker which has no calls left waits for the hub to take its last facts."""


class CallHearing:
    """asr's listening, spoken in the words of telephony, through a gate that comes back when the call is over."""

    def __init__(self, gates: list[Gate]) -> None:
        self._gates, self._gate = gates, gates.pop() if gates else Gate()
        self._listening = listening.Listening(self._gate)

    def feed(self, pcm: bytes) -> Sequence[hearing.Edge]:
        return [_translated(edge) for edge in self._listening.feed(pcm)]

    def expect(self, hint: dict[str, Any]) -> None:
        self._listening.expect(pace(hint.get("mode", "free"), slow=bool(hint.get("slow"))))

    def forget(self) -> None:
        self._listening.forget()

    def close(self) -> None:
        self._listening.forget()
        self._gates.append(self._gate)


def _translated(edge: listening.Heard) -> hearing.Edge:
    match edge:
        case listening.SpeechStarted(ago):
            return hearing.Began(ago)
        case listening.Chunk(pcm):
            return hearing.Chunk(pcm)
        case listening.Paused():
            return hearing.Paused()
        case listening.Resumed():
            return hearing.Resumed()
        case listening.SpeechEnded():
            return hearing.Ceased(edge.ago)


def engine_settings(settings: Settings, index: int) -> EngineSettings:
    """Behind the edge a worker listens on loopback; without one it is the door itself. Media never passes the edge."""
    behind = settings.edge == "kamailio"
    rtp_low = settings.rtp_low + (settings.rtp_low % 2) + PORTS_EACH * index
    return EngineSettings(
        stack=StackSettings(
            host="127.0.0.1" if behind else settings.host,
            media_host=settings.host,
            advertise=settings.advertise,
            advertise_sip=not behind,
            sip_port=settings.line_port + index if behind else settings.sip_port,
            rtp_low=rtp_low,
            rtp_ports=PORTS_EACH,
        ),
        media_timeout=settings.media_timeout,
        longest_call=settings.longest_call,
        retry_after=settings.retry_after,
        transfer_patience=settings.transfer_patience,
        waiting=tones.keep(settings.run / "sounds", "waiting", tones.waiting_sound()),
    )


async def run(settings: Settings, index: int, *, reserve: bool = False) -> None:
    """Until drained (SIGTERM, an order, or enough calls) and the last call is over.

    Raises Complaint when it cannot listen.

    index: 0 and up; the reserve worker's is ``settings.lines``.
    """
    loop = asyncio.get_running_loop()
    engine = Engine(engine_settings(settings, index), lambda signal: line.signal(signal))
    gates = [Gate() for _ in range(INBOUND)]  # a gate takes a tenth of a second to make: not while calls go on
    ear = EarClient(str(settings.ear_socket(index % max(1, settings.ears))))
    source = FactSource(
        str(settings.hub_socket),
        uuid.uuid4().hex,
        hello=lambda: {"index": index, "reserve": reserve, "pid": os.getpid(), "calls": line.calls()},
        on_order=lambda order: line.order(order),
        on_link=lambda up: line.link(up),
    )
    line = Line(
        Means(
            phone=engine,
            hearing=lambda: CallHearing(gates),
            ear=ear,
            tone=tones.keep(settings.run / "sounds", "record", tones.record_tone()),
            patience=settings.ear_patience,
            tell=lambda fact: source.tell(dump_fact(fact)),
        ),
        drain=engine.drain,
        pending=lambda: source.pending,
        reserve=reserve,
        recycle_after=settings.recycle_after,
    )
    try:
        await engine.start()
    except CannotListen as error:
        setting = "DENWABAN_LINE_PORT" if settings.edge == "kamailio" else "DENWABAN_SIP_PORT"
        raise Complaint(f"the line cannot listen: {error}; end what uses it, or set {setting}") from error
    loop.add_signal_handler(signal.SIGTERM, line.drain)
    log.info("the line listens", extra={"index": index, "port": engine.stack.sip_port})
    tasks = [asyncio.create_task(work) for work in (line.run(), source.run(), ear.run(), engine.over())]
    waiting = asyncio.create_task(line.empty.wait())
    try:
        done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        await engine.emptied()
        until = time.monotonic() + FAREWELL
        while source.pending and time.monotonic() < until:  # noqa: ASYNC110 -- counted, not signalled
            await asyncio.sleep(0.05)
    finally:
        for task in (*tasks, waiting):
            task.cancel()
        await asyncio.gather(*tasks, waiting, return_exceptions=True)
        await engine.stop()
