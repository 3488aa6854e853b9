"""Around a real line worker: its process, the hub's end of its link, callers, and a telephone of bare datagrams."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from telephony import tones
from telephony.orders import Answered, Fact, Order, dump_order, load_fact
from wire.facts import FactPeer, serve_facts

RUN_LINE = (
    "import asyncio, sys; from gateway import line; from gateway.settings import Settings; "
    "asyncio.run(line.run(Settings(), 0))"
)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Worker:
    def __init__(self, folder: Path, **settings: object) -> None:
        self.run, self.port = folder / "run", free_port()
        self.run.mkdir(parents=True)
        self.socket = str(self.run / "hub.sock")
        rtp = 20_000 + self.port % 1000 * 20
        given = {"data": folder, "run": self.run, "edge": "none", "sip_port": self.port, "lines": 1}
        given |= {"rtp_low": rtp, "rtp_high": rtp + 99, "media_timeout": 60, **settings}
        environment = os.environ | {f"DENWABAN_{name.upper()}": str(value) for name, value in given.items()}
        self.process = subprocess.Popen([sys.executable, "-c", RUN_LINE], env=environment, cwd=folder)

    def stop(self) -> int:
        """Its exit status, after having been asked to drain."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Hub:
    """The hub's end of the link: keeps every fact once, acknowledges, and gives orders."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.facts: list[Fact] = []
        self.repeated = 0
        self.hellos: list[dict[str, Any]] = []
        self.acknowledges = True
        self._seen: set[tuple[str, int]] = set()
        self._news = asyncio.Condition()
        self._peer: FactPeer | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        Path(self._path).unlink(missing_ok=True)
        self._server = await serve_facts(self._path, self._handle)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        Path(self._path).unlink(missing_ok=True)
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._peer = None

    async def _handle(self, peer: FactPeer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        self._peer = peer
        self.hellos.append(peer.hello)
        async with self._news:
            self._news.notify_all()
        async for number, data in peer.facts():
            async with self._news:
                if (peer.origin, number) in self._seen:
                    self.repeated += 1
                else:
                    self._seen.add((peer.origin, number))
                    self.facts.append(load_fact(data))
                self._news.notify_all()
            if self.acknowledges:
                peer.ack(number)

    async def connected(self) -> None:
        async with asyncio.timeout(15), self._news:
            await self._news.wait_for(lambda: self._peer is not None)

    async def news(self) -> None:
        """Wait for the next fact."""
        async with self._news:
            await self._news.wait()

    def order(self, order: Order) -> None:
        assert self._peer is not None
        self._peer.order(dump_order(order))

    async def fact(self, kind: type[Any], call: str | None = None, within: float = 15.0, **like: object) -> Any:
        """The first such fact, waiting for it."""

        def find() -> Fact | None:
            for fact in self.facts:
                wanted = isinstance(fact, kind) and call in (None, fact.call)
                if wanted and all(getattr(fact, name) == value for name, value in like.items()):
                    return fact
            return None

        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: find() is not None)
        return find()

    async def answered(self, caller: str) -> str:
        """The id of the call from this number."""
        fact: Answered = await self.fact(Answered, caller=caller)
        return fact.call

    def of(self, call: str, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if fact.call == call and isinstance(fact, kind)]


class Caller:
    """``telephony.caller`` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def report(self, within: float = 30.0) -> dict[str, Any]:
        out, _ = await asyncio.wait_for(self._process.communicate(), within)
        report: dict[str, Any] = json.loads(out.splitlines()[-1])
        assert report["event"] == "report"
        return report


def pitch(pcm: bytes) -> float:
    """The strongest frequency, in Hz."""
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))) * 8000 / len(samples))


def strength(pcm: bytes, hertz: float) -> float:
    """How much of a sound is at this frequency, give or take 20 Hz."""
    spectrum = np.abs(np.fft.rfft(np.frombuffer(pcm, "<i2").astype(float)))
    at, width = round(hertz * len(pcm) / 16_000), round(20 * len(pcm) / 16_000)
    return float(np.sum(spectrum[at - width : at + width]))


def heard_between(path: Path, report: dict[str, Any], start: float, end: float) -> bytes:
    """Of a recording, what was heard between these seconds of the call."""
    pcm = tones.read_wav(path)
    spare = report["ended"] - len(pcm) / 16_000
    return pcm[round((start - spare) * 8000) * 2 : round((end - spare) * 8000) * 2]


class Datagrams:
    """A telephone of bare SIP datagrams, for what no proper telephone does."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(("127.0.0.1", port))
        self._socket.settimeout(5)
        self._port, self._mine = port, self._socket.getsockname()[1]
        self._id = f"{self._mine}-{time.monotonic_ns()}"
        self._sequence, self._tag = 0, ""
        self.number = f"039{self._mine:07}"

    def send(self, method: str, *headers: str, body: str = "", sequence: int | None = None, branch: str = "") -> None:
        self._sequence += sequence is None and method not in ("ACK", "CANCEL")
        number = sequence or self._sequence
        to = "<sip:100@127.0.0.1>" + (f";tag={self._tag}" if self._tag and method != "CANCEL" else "")
        lines = [
            f"{method} sip:100@127.0.0.1:{self._port} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._mine};branch=z9hG4bK{self._id}{branch or number}",
            f"From: <sip:{self.number}@127.0.0.1>;tag=a{self._id}",
            f"To: {to}",
            f"Call-ID: {self._id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{self.number}@127.0.0.1:{self._mine}>",
            "Max-Forwards: 70",
            *headers,
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self._socket.send(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    def receive(self, method: str) -> tuple[int, str]:
        """The next final response to a request of this method."""
        while True:
            text = self._socket.recv(65_536).decode()
            found = re.match(r"SIP/2\.0 (\d+)", text)
            if found is None or int(found[1]) < 200 or f" {method}" not in re.findall(r"(?m)^CSeq: (.*)$", text)[0]:
                continue
            tag = re.search(r"(?mi)^To:.*;tag=([^;\s]+)", text)
            self._tag = tag[1] if tag else self._tag
            return int(found[1]), text

    def sdp(self, *lines: str, profile: str = "RTP/AVP", direction: str = "sendrecv") -> str:
        every = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
        every += [f"m=audio {self._mine + 1 - self._mine % 2} {profile} 0", f"a={direction}", *lines]
        return "\r\n".join(every) + "\r\n"

    def close(self) -> None:
        self._socket.close()

    def talker(self, port: int, hertz: float) -> Talker:
        """Someone who sends RTP to that port."""
        return Talker(port, hertz)


class Talker:
    """RTP of one tone, mu-law, from a socket of its own."""

    def __init__(self, port: int, hertz: float) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._port, self._hertz, self._packets = port, hertz, 0
        self._source = self._socket.getsockname()[1]

    def follow(self, other: Talker, ahead: int) -> None:
        """Take the other's place: number packets as he does, a few ahead."""
        self._packets, self._source = other._packets + ahead, other._source

    async def talk(self, seconds: float, at_once: int = 1) -> None:
        """at_once: packets sent in a burst; the SIP library follows whoever sends ten in a row."""
        began = time.monotonic()
        for n in range(round(seconds / 0.02)):
            times = (np.arange(160) + 160 * self._packets) / 8000
            sound = (8000 * np.sin(2 * np.pi * self._hertz * times)).astype(int)
            head = struct.pack("!BBHII", 0x80, 0, self._packets & 0xFFFF, self._packets * 160, self._source)
            self._socket.sendto(head + mu_law(sound), ("127.0.0.1", self._port))
            self._packets += 1
            if (n + 1) % at_once == 0:
                await asyncio.sleep(max(0.0, began + (n + 1) * 0.02 - time.monotonic()))

    def close(self) -> None:
        self._socket.close()


def mu_law(samples: np.ndarray[Any, np.dtype[np.int_]]) -> bytes:
    """ITU-T G.711."""
    size = np.minimum(np.abs(samples), 32_635) + 132
    exponent = np.floor(np.log2(size)).astype(int) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    return bytes((~(((samples < 0) << 7) | (exponent << 4) | mantissa) & 0xFF).tolist())
