"""Many real calls from one process, for measuring: plain SIP over UDP and G.711 over RTP, timed by the kernel.

Packets are stamped when they reach the socket (SO_TIMESTAMPNS, socket(7)), so a busy measuring process does not
blur what it measures. Each call sends 20 ms of silence or of a given sound all the time, as a telephone does.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import secrets
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.bench_sounds import FRAME, SILENCE, is_loud

GAP = 0.04
"""Seconds between two packets of 20 ms from which the second is late."""
_SO_TIMESTAMPNS = 35
_RTP = struct.Struct("!BBHII")
_STAMP = struct.Struct("@qq")


@dataclass(slots=True)
class Measured:
    """One call. Seconds on the wall clock, as the kernel stamped them; 0.0 where it never happened.

    packets, late, longest: packets since the last ``count_anew``, gaps between two of them over GAP, and the longest.
    said_from, said_until: the first and the last frame of what was said last had been sent. pressed: the first packet
    of the key pressed last. sounds: changes between silence and sound: (when, sound?).
    """

    invited: float = 0.0
    answered: float = 0.0
    first_packet: float = 0.0
    first_sound: float = 0.0
    packets: int = 0
    late: int = 0
    longest: float = 0.0
    status: int = 0
    previous: float = 0.0
    said_from: float = 0.0
    said_until: float = 0.0
    pressed: float = 0.0
    sounds: list[tuple[float, bool]] = field(default_factory=list)

    def count_anew(self) -> None:
        self.packets = self.late = 0
        self.longest = self.previous = 0.0

    def sound_after(self, moment: float) -> float:
        """When silence first turned to sound after this; 0.0 when it did not."""
        return next((when for when, loud in self.sounds if loud and when > moment), 0.0)

    def silence_after(self, moment: float) -> float:
        """When sound first turned to silence after this; 0.0 when it did not."""
        return next((when for when, loud in self.sounds if not loud and when > moment), 0.0)


class LoadCall:
    """One call to ``target``; ``say`` and ``press`` while it is on; ``measured`` fills itself.

    rest: mu-law that is sent while nothing is said, over and over. keep: remember what is heard, as (when, mu-law).
    """

    def __init__(
        self, host: str, target: tuple[str, int], number: str, *, rest: bytes = SILENCE, keep: bool = False
    ) -> None:
        self.host, self.target, self.number = host, target, number
        self.measured = Measured()
        self.heard: list[tuple[float, bytes]] = []
        self.dropped = False
        """The other side hung up."""
        self._rest, self._rested, self._keep = rest, 0, keep
        self._sip, self._rtp = self._socket(), self._socket()
        self._id, self._tag = secrets.token_hex(8), secrets.token_hex(4)
        self._branch = _branch()
        self._to = f"<sip:denwaban@{target[0]}:{target[1]}>"
        self._contact = ""
        self._routes: list[str] = []
        self._media: tuple[str, int] | None = None
        self._saying = bytearray()
        self._keys: deque[bytes | None] = deque()
        self._sequence, self._stamp, self._ssrc = random.getrandbits(15), random.getrandbits(31), random.getrandbits(32)
        self._key_stamp = 0
        loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[int] = loop.create_future()
        self._bye_taken: asyncio.Future[None] = loop.create_future()
        self._closed = False

    def _socket(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        made.bind((self.host, 0))
        made.setblocking(False)
        return made

    @property
    def on(self) -> bool:
        """Answered, and neither side has hung up."""
        return self._media is not None and not self.dropped and not self._closed

    # -- SIP --------------------------------------------------------------------------------------------------

    async def dial(self, within: float = 10.0) -> bool:
        """True when answered."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._sip, self._on_sip)
        loop.add_reader(self._rtp, self._on_rtp)
        port = self._rtp.getsockname()[1]
        sdp = (
            f"v=0\r\no=load 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
            "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
        )
        self.measured.invited = time.time()
        await self._until(self._answer, lambda: self._send("INVITE", 1, self._branch, body=sdp), within)
        return self._answer.done() and self._answer.result() == 200

    async def hang_up(self) -> None:
        if self._closed:
            return
        if self.on:
            branch = _branch()
            await self._until(self._bye_taken, lambda: self._send("BYE", 2, branch), 2.0)
        self._closed = True
        loop = asyncio.get_running_loop()
        for each in (self._sip, self._rtp):
            loop.remove_reader(each)
            each.close()

    async def _until(self, answered: asyncio.Future[Any], send: Callable[[], None], within: float) -> None:
        # RFC 3261 17.1.1.2: again after 0.5 s, 1 s, 2 s ... until there is an answer.
        pause, until = 0.5, time.monotonic() + within
        while not answered.done() and (left := until - time.monotonic()) > 0:
            send()
            await asyncio.wait({answered}, timeout=min(pause, left))
            pause *= 2

    def _send(self, method: str, cseq: int, branch: str, body: str = "") -> None:
        host, port = self._sip.getsockname()
        uri = self._contact or f"sip:denwaban@{self.target[0]}:{self.target[1]}"
        head = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch={branch};rport",
            "Max-Forwards: 70",
            *(f"Route: {route}" for route in self._routes),
            f"From: <sip:{self.number}@{host}>;tag={self._tag}",
            f"To: {self._to}",
            f"Call-ID: {self._id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:{self.number}@{host}:{port}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        with contextlib.suppress(OSError):
            self._sip.sendto(("\r\n".join(head) + "\r\n\r\n" + body).encode(), self.target)

    def _on_sip(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while not self._closed:
                data, when = _stamped(self._sip, 65535)
                self._take(data.decode("utf-8", "replace"), when)

    def _take(self, text: str, when: float) -> None:
        first, _, rest = text.partition("\r\n")
        if not first.startswith("SIP/2.0 "):
            self._on_request(first, rest)
            return
        status, method = int(first[8:11]), _header(rest, "CSeq").rpartition(" ")[2]
        if status < 200:
            return
        if method == "BYE" and not self._bye_taken.done():
            self._bye_taken.set_result(None)
        if method != "INVITE":
            return
        self.measured.status = status
        self._to = _header(rest, "To")
        if status == 200 and not self._contact:
            self.measured.answered = when
            self._take_up(rest)
        # RFC 3261 17.1.1.3: the ACK of a refusal belongs to the INVITE's transaction, that of a 200 does not.
        self._send("ACK", 1, _branch() if status == 200 else self._branch)
        if not self._answer.done():
            self._answer.set_result(status)

    def _take_up(self, answer: str) -> None:
        found = re.search(r"<([^>]+)>", _header(answer, "Contact"))
        self._contact = found.group(1) if found else ""
        routes = [line for line in answer.split("\r\n") if line.lower().startswith("record-route:")]
        self._routes = [line.split(":", 1)[1].strip() for line in reversed(routes)]
        # The address may stand before the medium or within it (RFC 8866, 5.7); there is but one medium.
        address, port = re.search(r"^c=IN IP4 (\S+)", answer, re.M), re.search(r"^m=audio (\d+)", answer, re.M)
        if address and port:
            self._media = (address.group(1), int(port.group(1)))

    def _on_request(self, first: str, rest: str) -> None:
        kept = [
            line
            for line in rest.split("\r\n\r\n")[0].split("\r\n")
            if line.split(":")[0].strip().lower() in ("via", "from", "to", "call-id", "cseq", "record-route")
        ]
        with contextlib.suppress(OSError):
            self._sip.sendto(
                ("SIP/2.0 200 OK\r\n" + "\r\n".join(kept) + "\r\nContent-Length: 0\r\n\r\n").encode(), self.target
            )
        if first.startswith("BYE"):
            self.dropped = True

    # -- RTP --------------------------------------------------------------------------------------------------

    def say(self, coded: bytes) -> None:
        """Speak this G.711 mu-law sound from the next frame on."""
        self.measured.said_from = self.measured.said_until = 0.0
        self._saying += coded

    def press(self, digits: str) -> None:
        """RFC 4733, 2.5: 100 ms each, the end packet three times; 80 ms between two keys."""
        for digit in digits:
            event = "0123456789*#".index(digit)
            self._keys.extend(struct.pack("!BBH", event, 10, i * FRAME) for i in range(1, 6))
            self._keys.extend([struct.pack("!BBH", event, 0x80 | 10, 5 * FRAME)] * 3)
            self._keys.extend([None] * 4)

    def tick(self) -> None:
        """Send what is due in this 20 ms."""
        if self._media is None or not self.on:
            return
        key = self._keys.popleft() if self._keys else None
        if key is not None:
            begins = struct.unpack("!BBH", key)[2] == FRAME
            if begins:
                self._key_stamp = self._stamp
            kind, stamp, payload = 101 | 0x80 * begins, self._key_stamp, key
        else:
            begins, kind, stamp, payload = False, 0, self._stamp, self._frame()
        with contextlib.suppress(OSError):
            self._rtp.sendto(_RTP.pack(0x80, kind, self._sequence, stamp, self._ssrc) + payload, self._media)
        if begins:
            self.measured.pressed = time.time()
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._stamp = (self._stamp + FRAME) & 0xFFFFFFFF

    def _frame(self) -> bytes:
        if not self._saying:
            frame = self._rest[self._rested : self._rested + FRAME]
            self._rested = (self._rested + FRAME) % len(self._rest)
            return frame
        frame = bytes(self._saying[:FRAME]).ljust(FRAME, b"\xff")
        del self._saying[:FRAME]
        now = time.time()
        self.measured.said_from = self.measured.said_from or now
        if not self._saying:
            self.measured.said_until = now
        return frame

    def _on_rtp(self) -> None:
        seen = self.measured
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while not self._closed:
                data, when = _stamped(self._rtp, 2048)
                if len(data) <= 12 or data[1] & 127 != 0:
                    continue
                if seen.previous:
                    gap = when - seen.previous
                    seen.late += gap > GAP
                    seen.longest = max(seen.longest, gap)
                seen.previous, seen.packets = when, seen.packets + 1
                seen.first_packet = seen.first_packet or when
                if self._keep:
                    self.heard.append((when, data[12:]))
                loud = is_loud(data[12:])
                if not seen.sounds or seen.sounds[-1][1] != loud:
                    seen.sounds.append((when, loud))
                if loud and not seen.first_sound:
                    seen.first_sound = when

    # -- waiting for what is heard ----------------------------------------------------------------------------

    async def until(self, claim: Callable[[], object], within: float) -> bool:
        """Whether it came true in so many seconds of a living call. Looks every 10 ms; times come from the kernel."""
        until = time.monotonic() + within
        while not claim():
            if time.monotonic() > until or not self.on:
                return False
            await asyncio.sleep(0.01)
        return True

    async def until_sound(self, within: float, after: float = 0.0) -> bool:
        """Until silence has turned to sound after this moment."""
        return await self.until(lambda: self.measured.sound_after(after), within)

    async def until_said(self, within: float = 20.0) -> bool:
        """Until what ``say`` was given is sent."""
        return await self.until(lambda: self.measured.said_until, within)

    async def until_quiet(self, seconds: float, within: float = 60.0) -> bool:
        """Until nothing has been heard for so long."""
        return await self.until(lambda: self._quiet_for() >= seconds, within)

    def _quiet_for(self) -> float:
        sounds = self.measured.sounds
        return time.time() - sounds[-1][0] if sounds and not sounds[-1][1] else 0.0


class Pulse:
    """One ticker for every call of the process, on the monotonic clock. Use ``async with``."""

    def __init__(self) -> None:
        self.calls: list[LoadCall] = []
        self._ticking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Pulse:
        self._ticking = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up every call that is on."""
        await asyncio.gather(*(call.hang_up() for call in self.calls))
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            for call in self.calls:
                call.tick()
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))


def _stamped(source: socket.socket, size: int) -> tuple[bytes, float]:
    data, extra, _, _ = source.recvmsg(size, 64)
    for level, kind, value in extra:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _STAMP.unpack(value[: _STAMP.size])
            return data, seconds + nanoseconds / 1e9
    return data, time.time()


def _branch() -> str:
    return f"z9hG4bK{secrets.token_hex(8)}"


def _header(text: str, name: str) -> str:
    for line in text.split("\r\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.split(":", 1)[1].strip()
    return ""
