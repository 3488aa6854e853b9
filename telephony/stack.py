"""The thread that owns the SIP library.

Everything of pjsua2 is made, used and destroyed in this one thread, which polls the library (``threadCnt=0``,
``mainThreadOnly``). Asyncio hands it jobs through a queue; it hands plain Python objects back. The garbage collector
runs only here, so that no wrapped C++ object ever dies in another thread, which would abort the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import gc
import heapq
import itertools
import logging
import queue
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pjsua2 as pj
import pjsua2._pjsua2 as library

from telephony.errors import CannotListen, EngineBroken
from telephony.frames import checked
from telephony.ports import RATE, Ports

log = logging.getLogger(__name__)
T = TypeVar("T")

POLL_MS, IDLE_POLL_MS = 10, 50
"""Longest wait for the network between two looks at the jobs, with calls and without. A packet ends it at once."""
COLLECT_EVERY = 5.0
T1_MS, T2_MS, T4_MS, TIMEOUT_MS = 500, 4000, 5000, 32_000
"""RFC 3261 17.1.1.1: the library's own defaults, by which its timer settings are recognised in memory."""
CODECS = ("PCMU/8000", "PCMA/8000", "G722/16000")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSettings:
    """host: address SIP listens on. media_host: address RTP is bound to. advertise: address callers are told
    for media, and with advertise_sip for SIP too.

    sip_port: 0 lets the system choose. rtp_low, rtp_ports: RTP and RTCP take ports from rtp_low upwards.
    give_up: seconds until a SIP message that gets no answer (a 200 that gets no ACK) is given up; RFC: 32.
    """

    host: str = "127.0.0.1"
    media_host: str = "127.0.0.1"
    advertise: str | None = None
    advertise_sip: bool = True
    sip_port: int = 0
    tcp: bool = True
    rtp_low: int = 20000
    rtp_ports: int = 40
    most_calls: int = 4
    give_up: float = 3.0
    codecs: tuple[str, ...] = CODECS
    srtp: str = "optional"
    log_level: int = 0


def shorten_timeouts(give_up: float) -> bool:
    """Have the library give up on unanswered messages after ``give_up`` seconds instead of 32. True if that worked.

    The binding has no such setting, but the library exports its configuration. Its timers are found there by the values
    of RFC 3261; when those are not there, nothing is touched.
    """
    try:
        words = (ctypes.c_uint32 * 64).in_dll(ctypes.CDLL(library.__file__), "pjsip_sip_cfg_var")
    except (OSError, ValueError):
        return False
    known, wanted = [T1_MS, T2_MS, T4_MS, TIMEOUT_MS], [T1_MS, T2_MS, T4_MS, round(give_up * 1000)]
    for at in range(60):
        found = list(words[at : at + 4])
        if found == wanted:
            return True
        if found == known:
            words[at + 3] = wanted[3]
            return True
    return False


Upcall = TypeVar("Upcall", bound=Callable[..., Any])


def upcall(method: Upcall) -> Upcall:
    """A method that the library calls: an exception that went back through its C code would end the process."""

    @functools.wraps(method)
    def guarded(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except Exception as error:
            log.error("the line stumbled over a call", extra={"reason": _reason(error), "where": method.__qualname__})
            return None

    return guarded  # type: ignore[return-value]


class Stack(threading.Thread):
    """Start it, ``await ready``, ``do`` things in it, ``stop`` it. ``account`` makes the pj.Account in the thread."""

    def __init__(self, settings: StackSettings, account: Callable[[Stack], Any]) -> None:
        super().__init__(name="pj", daemon=True)
        self.settings = settings
        self.account: Any = None
        self.endpoint: Any = None
        self.ports: Ports
        self.sip_port = settings.sip_port
        self.short_timeouts = False
        self._make_account = account
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._running = True
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self.over: asyncio.Future[None] = self._loop.create_future()

    # -- from asyncio ---------------------------------------------------------------------------------------------

    def do(self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Run a job in the thread; its result must be plain Python."""
        future: asyncio.Future[T] = self._loop.create_future()

        def run() -> None:
            try:
                result = job()
            except Exception as error:  # whatever it is belongs to who asked
                self.tell(_settle, future, None, RuntimeError(_reason(error)))
            else:
                self.tell(_settle, future, result, None)

        self._jobs.put(run)
        return future

    def post(self, job: Callable[[], object]) -> None:
        """Run a job in the thread; nobody waits for it."""
        self._jobs.put(job)

    async def stop(self) -> None:
        """Hang up what is left and end the thread."""
        self._running = False
        await asyncio.shield(self.over)

    # -- in the thread --------------------------------------------------------------------------------------------

    def tell(self, heard: Callable[..., object], *arguments: object) -> None:
        """Call ``heard`` in asyncio."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(heard, *arguments)

    def after(self, seconds: float, job: Callable[[], object]) -> None:
        """Run a job in the thread later; with 0, when the library's present upcall is over."""
        heapq.heappush(self._later, (time.monotonic() + seconds, next(self._order), job))

    def run(self) -> None:
        gc.disable()
        sys.setswitchinterval(0.0005)
        try:
            self._open()
        except Exception as error:  # told to whoever waits for ``ready``
            reason = _reason(error)
            del error  # it holds the frame that holds what must die here
            self._give_up()
            self.tell(_settle, self.ready, None, CannotListen(f"port {self.settings.sip_port}: {reason}"))
            self.tell(_settle, self.over, None, None)
            return
        # What is there now stays: a collection that looks at it all holds Python, and with it the sound, for long.
        gc.collect()
        gc.freeze()
        self.tell(_settle, self.ready, None, None)
        try:
            self._turn()
            self._close()
        except Exception as error:  # told to whoever waits for ``over``
            self.tell(_settle, self.over, None, EngineBroken(_reason(error)))
        else:
            self.tell(_settle, self.over, None, None)

    def _turn(self) -> None:
        collected = time.monotonic()
        while self._running:
            self.endpoint.libHandleEvents(IDLE_POLL_MS if self.ports.idle else POLL_MS)
            now = time.monotonic()
            self.ports.wake(now)
            self._work(now)
            if now - collected > COLLECT_EVERY:
                gc.collect()
                collected = now

    def _work(self, now: float) -> None:
        due = []
        while self._later and self._later[0][0] <= now:
            due.append(heapq.heappop(self._later)[2])
        while not self._jobs.empty():
            due.append(self._jobs.get())
        for job in due:
            try:
                job()
            except Exception as error:  # one call's trouble must not end the others
                log.warning("the SIP engine refused a job", extra={"reason": _reason(error)})

    def _open(self) -> None:
        settings = self.settings
        self.short_timeouts = shorten_timeouts(settings.give_up)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(library.__file__).pj_log_set_level(settings.log_level)  # libCreate logs before it is configured
        endpoint = self.endpoint = pj.Endpoint()
        endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly = 0, True
        config.uaConfig.maxCalls = settings.most_calls
        # New with every process, so that the edge notices when another one answers on this port.
        config.uaConfig.userAgent = f"Denwaban {secrets.token_hex(4)}"
        media = config.medConfig
        media.clockRate = media.sndClockRate = RATE
        media.audioFramePtime, media.ecTailLen, media.noVad = 20, 0, True
        media.threadCnt, media.hasIoqueue = 1, True
        media.sndAutoCloseTime = -1  # one clock thread for good, as ``ports.Settled`` expects
        config.logConfig.level = config.logConfig.consoleLevel = settings.log_level
        config.logConfig.msgLogging = 0
        endpoint.libInit(config)
        self._listen()
        endpoint.libStart()
        endpoint.audDevManager().setNullDev()
        for codec in endpoint.codecEnum2():
            rank = next((n for n, name in enumerate(settings.codecs) if codec.codecId.startswith(name)), None)
            endpoint.codecSetPriority(codec.codecId, 0 if rank is None else 250 - rank)
        self.account = self._make_account(self)
        self.ports = Ports(settings.most_calls * 4, checked())

    def _give_up(self) -> None:
        """Undo a half-made library, in its own thread."""
        endpoint, self.endpoint = self.endpoint, None
        if endpoint is not None:
            with contextlib.suppress(pj.Error):
                endpoint.libDestroy()
        del endpoint
        gc.collect()

    def _listen(self) -> None:
        transport = pj.TransportConfig()
        transport.boundAddress, transport.port = self.settings.host, self.settings.sip_port
        if self.settings.advertise and self.settings.advertise_sip:
            transport.publicAddress = self.settings.advertise
        udp = self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.sip_port = int(self.endpoint.transportGetInfo(udp).localName.rpartition(":")[2])
        if self.settings.tcp:
            transport.port = self.sip_port
            self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_TCP, transport)

    def account_settings(self, user: str = "") -> Any:
        """What every account of this program has in common."""
        settings, config = self.settings, pj.AccountConfig()
        config.idUri = user or f"sip:denwaban@{settings.host}:{self.sip_port}"
        config.natConfig.contactRewriteUse = config.natConfig.viaRewriteUse = config.natConfig.sdpNatRewriteUse = 0
        media = config.mediaConfig
        media.transportConfig.boundAddress = settings.media_host
        if settings.advertise:
            media.transportConfig.publicAddress = settings.advertise
        media.transportConfig.port, media.transportConfig.portRange = settings.rtp_low, settings.rtp_ports - 2
        media.srtpUse = {
            "off": pj.PJMEDIA_SRTP_DISABLED,
            "optional": pj.PJMEDIA_SRTP_OPTIONAL,
            "mandatory": pj.PJMEDIA_SRTP_MANDATORY,
        }[settings.srtp]
        media.srtpSecureSignaling = 0
        media.srtpOpt.keyings = pj.IntVector([pj.PJMEDIA_SRTP_KEYING_SDES])
        return config

    def _close(self) -> None:
        self.endpoint.hangupAllCalls()
        for _ in range(30):
            self.endpoint.libHandleEvents(POLL_MS)
            self._work(time.monotonic())
        self.account.shutdown()
        self.account = None
        self.endpoint.audDevManager().setNoDev()  # the clock thread ends before the ports are freed
        self.ports.clear()
        gc.unfreeze()  # nothing of the library may outlive it
        gc.collect()
        self.endpoint.libDestroy()
        self.endpoint = None


def _settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _reason(error: Exception) -> str:
    """One line; the library's own errors keep theirs in ``reason``."""
    lines = str(getattr(error, "reason", "") or error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
