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
from collections.abc import Callable
from dataclasses import dataclass, field

FRAME = 160
SILENCE = b"\xff" * FRAME
_SO_TIMESTAMPNS = 35
_RTP = struct.Struct("!BBHII")
_STAMP = struct.Struct("@qq")
LOUD = frozenset(range(0x00, 0x60)) | frozenset(range(0x80, 0xE0))
"""mu-law codes of samples above about -40 dBov; a frame with some of them is not silence."""


@dataclass(slots=True)
class Measured:
    """One call. Seconds on the wall clock, as the kernel stamped them; 0.0 where it never happened."""

    invited: float = 0.0
    answered: float = 0.0
    first_sound: float = 0.0
    packets: int = 0
    late: int = 0
    status: int = 0
    previous: float = 0.0
    sounds: list[tuple[float, bool]] = field(default_factory=list)
    """Changes between silence and sound: (when, sound?)."""


def ulaw(pcm: bytes) -> bytes:
    """G.711 mu-law of s16le PCM."""
    import numpy as np

    samples = np.clip(np.frombuffer(pcm, "<i2").astype(np.int32), -32635, 32635)
    sign = np.where(samples < 0, 0x80, 0)
    magnitude = np.abs(samples) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    coded: bytes = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()
    return coded


class LoadCall:
    """One call to ``target``; ``say`` and ``press`` while it is on; ``measured`` fills itself."""

    GAP = 0.04

    def __init__(self, host: str, target: tuple[str, int], number: str) -> None:
        self.host, self.target, self.number = host, target, number
        self.measured = Measured()
        self._sip = self._socket()
        self._rtp = self._socket()
        self._id, self._tag = secrets.token_hex(8), secrets.token_hex(4)
        self._to = f"<sip:denwaban@{target[0]}:{target[1]}>"
        self._contact = ""
        self._routes: list[str] = []
        self._media: tuple[str, int] | None = None
        self._out = bytearray()
        self._sequence, self._stamp, self._ssrc = random.getrandbits(15), random.getrandbits(31), random.getrandbits(32)
        self._cseq = 1
        self._answer = asyncio.get_running_loop().create_future()
        self._dtmf: list[bytes] = []
        self.said_at = 0.0
        self.on_sound: Callable[[float], None] | None = None
        self.ended = False

    def _socket(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        made.bind((self.host, 0))
        made.setblocking(False)
        return made

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
        self._send("INVITE", 1, body=sdp)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._answer), within)
        return self._answer.done() and self._answer.result() == 200

    def hang_up(self) -> None:
        if not self.ended:
            self.ended = True
            if self._contact:
                self._cseq += 1
                self._send("BYE", self._cseq)
            loop = asyncio.get_running_loop()
            for each in (self._sip, self._rtp):
                loop.remove_reader(each)
                each.close()

    def _send(self, method: str, cseq: int, body: str = "") -> None:
        host, port = self._sip.getsockname()
        uri = self._contact or f"sip:denwaban@{self.target[0]}:{self.target[1]}"
        head = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(6)};rport",
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
        data, when = _stamped(self._sip, 65535)
        text = data.decode("utf-8", "replace")
        first, _, rest = text.partition("\r\n")
        if not first.startswith("SIP/2.0 "):
            self._on_request(first, rest)
            return
        status = int(first[8:11])
        if "INVITE" not in _header(rest, "CSeq") or status < 200:
            return
        self.measured.status = status
        self._to = _header(rest, "To")
        if status == 200 and not self._contact:
            self.measured.answered = when
            found = re.search(r"<([^>]+)>", _header(rest, "Contact"))
            self._contact = found.group(1) if found else ""
            self._routes = [line.split(":", 1)[1].strip() for line in rest.split("\r\n")
                            if line.lower().startswith("record-route:")][::-1]  # fmt: skip
            media = re.search(r"c=IN IP4 (\S+)[\s\S]*?m=audio (\d+)", rest)
            if media:
                self._media = (media.group(1), int(media.group(2)))
        self._send("ACK", 1)
        if not self._answer.done():
            self._answer.set_result(status)

    def _on_request(self, first: str, rest: str) -> None:
        kept = [line for line in rest.split("\r\n\r\n")[0].split("\r\n")
                if line.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")]  # fmt: skip
        with contextlib.suppress(OSError):
            self._sip.sendto(
                ("SIP/2.0 200 OK\r\n" + "\r\n".join(kept) + "\r\nContent-Length: 0\r\n\r\n").encode(), self.target
            )
        if first.startswith("BYE"):
            self.ended = True

    # -- RTP --------------------------------------------------------------------------------------------------

    def say(self, coded: bytes) -> None:
        """Speak this G.711 mu-law sound from the next frame on."""
        self._out += coded

    def press(self, digit: str) -> None:
        """RFC 4733: 100 ms, the end packet three times."""
        event = "0123456789*#".index(digit)
        for i in range(1, 6):
            self._dtmf.append(struct.pack("!BBH", event, 10, i * FRAME))
        self._dtmf += [struct.pack("!BBH", event, 0x80 | 10, 5 * FRAME)] * 3

    def tick(self) -> None:
        """Send what is due in this 20 ms."""
        if self._media is None or self.ended:
            return
        if self._dtmf:
            payload, kind = self._dtmf.pop(0), 101
        else:
            payload, kind = bytes(self._out[:FRAME]) or SILENCE, 0
            if self._out:
                del self._out[:FRAME]
                if not self._out:
                    self.said_at = time.time()
            payload = payload.ljust(FRAME, b"\xff")
        with contextlib.suppress(OSError):
            self._rtp.sendto(_RTP.pack(0x80, kind, self._sequence, self._stamp, self._ssrc) + payload, self._media)
        self._sequence = (self._sequence + 1) & 0xFFFF
        if kind == 0:
            self._stamp = (self._stamp + FRAME) & 0xFFFFFFFF

    def _on_rtp(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while not self.ended:
                data, when = _stamped(self._rtp, 2048)
                if len(data) <= 12 or data[1] & 127 != 0:
                    continue
                seen = self.measured
                if seen.previous and when - seen.previous > self.GAP:
                    seen.late += 1
                seen.previous, seen.packets = when, seen.packets + 1
                loud = sum(byte in LOUD for byte in data[12::8]) >= 3
                if not seen.sounds or seen.sounds[-1][1] != loud:
                    seen.sounds.append((when, loud))
                if loud and not seen.first_sound:
                    seen.first_sound = when


class Pulse:
    """One ticker for every call of the process, on the monotonic clock."""

    def __init__(self) -> None:
        self.calls: list[LoadCall] = []

    async def run(self) -> None:
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


def _header(text: str, name: str) -> str:
    for line in text.split("\r\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.split(":", 1)[1].strip()
    return ""
