"""A telephone for tests: speaks SIP byte by byte over a real socket, and can misbehave in every way asked for.

It is no SIP stack: it sends what a test says, keeps what comes, and answers BYE, so that a test reads like the ladder
diagram of a call. Media is not its business.
"""

from __future__ import annotations

import secrets
import select
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)


@dataclass
class Message:
    """A SIP message as it came."""

    start: str
    headers: list[tuple[str, str]]
    body: str

    @property
    def status(self) -> int:
        """0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.header("CSeq").split()[1]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str:
        return next(iter(self.all(name)), "")


def parse(raw: bytes) -> Message:
    head, _, body = raw.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    pairs = [line.partition(":") for line in lines]
    return Message(start, [(key.strip(), value.strip()) for key, _, value in pairs], body)


class Phone:
    """edge: where calls go. host, port: own address. transport: ``udp``, ``tcp`` or ``tls`` (nothing is verified)."""

    def __init__(
        self,
        edge: tuple[str, int],
        *,
        host: str = "127.0.0.1",
        transport: str = "udp",
        agent: str = "Test-Phone",
        port: int = 0,
    ) -> None:
        self.edge, self.host, self.transport, self.agent = edge, host, transport, agent
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
        self._socket.bind((host, port))
        self._socket.connect(edge)
        if transport == "tls":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self._socket = context.wrap_socket(self._socket)
        self.port = self._socket.getsockname()[1]
        self.polite = True
        """Answers BYE."""
        self.heard: list[Message] = []
        self._rest = b""

    def __enter__(self) -> Phone:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def send(self, text: str | bytes) -> None:
        self._socket.send(text.encode() if isinstance(text, str) else text)

    def call(self, to: str = "0312345678", **how: object) -> Call:
        """Send an INVITE."""
        call = Call(self, to)
        call.invite(**how)  # type: ignore[arg-type]
        return call

    def request(
        self, method: str, *, call_id: str | None = None, tag: str = "", headers: str = "", body: str = ""
    ) -> str:
        """A request outside any call; returns its Call-ID."""
        call = Call(self, "0312345678")
        call.id = call_id or call.id
        self.send(call.text(method, headers=headers, body=body, to_tag=tag))
        return call.id

    def wait(self, wanted: Callable[[Message], bool], seconds: float = 3.0) -> Message | None:
        """The first message that is ``wanted``, heard already or within ``seconds``; it is taken out of ``heard``."""
        until = time.monotonic() + seconds
        while True:
            for message in self.heard:
                if wanted(message):
                    self.heard.remove(message)
                    return message
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                return None
            self._read()

    def _read(self) -> None:
        try:
            data = self._socket.recv(65536)
        except ConnectionError:
            return
        if self.transport == "udp":
            self._take(data)
            return
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            head, _, after = self._rest.partition(b"\r\n\r\n")
            length = int(parse(head + b"\r\n\r\n").header("Content-Length") or 0)
            if len(after) < length:
                return
            self._take(head + b"\r\n\r\n" + after[:length])
            self._rest = after[length:]

    def _take(self, raw: bytes) -> None:
        message = parse(raw)
        self.heard.append(message)
        if self.polite and message.start.startswith("BYE"):
            copied = [f"{k}: {v}" for k, v in message.headers if k.lower() in ("via", "from", "to", "call-id", "cseq")]
            self.send("SIP/2.0 200 OK\r\n" + "\r\n".join(copied) + "\r\nContent-Length: 0\r\n\r\n")


@dataclass
class Call:
    phone: Phone
    to: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    seq: int = 1
    branch: str = ""
    route: list[str] = field(default_factory=list)
    to_header: str = ""
    target: str = ""

    def text(self, method: str, *, headers: str = "", body: str = "", to_tag: str = "", ruri: str = "") -> str:
        phone = self.phone
        scheme = (
            f"sip:{phone.edge[0]}:{phone.edge[1]}"
            if ":" not in phone.edge[0]
            else f"sip:[{phone.edge[0]}]:{phone.edge[1]}"
        )
        at = scheme.removeprefix("sip:")
        if method not in ("ACK", "CANCEL"):
            self.branch = "z9hG4bK" + secrets.token_hex(8)
        suffix = "" if phone.transport == "udp" else f";transport={phone.transport}"
        kind = "Content-Type: application/sdp\r\n" if body and "Content-Type" not in headers else ""
        return (
            f"{method} {ruri or f'sip:{self.to}@{at}'} SIP/2.0\r\n"
            f"Via: SIP/2.0/{phone.transport.upper()} {phone.address};branch={self.branch};rport\r\n"
            f"Max-Forwards: 70\r\n"
            f"From: <sip:0901234567@{phone.address}>;tag={self.tag}\r\n"
            f"To: {self.to_header or f'<sip:{self.to}@{at}>' + (f';tag={to_tag}' if to_tag else '')}\r\n"
            f"Call-ID: {self.id}\r\nCSeq: {self.seq} {method}\r\n"
            f"Contact: <sip:caller@{phone.address}{suffix}>\r\nUser-Agent: {phone.agent}\r\n"
            + "".join(f"Route: {hop}\r\n" for hop in self.route)
            + f"{headers}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    def invite(self, *, sdp: str | None = None, headers: str = "") -> None:
        body = SDP.format(host=self.phone.host) if sdp is None else sdp
        self.phone.send(self.text("INVITE", headers=headers, body=body))

    def answer(self, seconds: float = 3.0, *, ack: bool = True) -> Message | None:
        """The final answer to the INVITE, acknowledged unless told otherwise; None when none came."""
        mine = lambda m: m.header("Call-ID") == self.id and m.status >= 200 and m.method == "INVITE"  # noqa: E731
        final = self.phone.wait(mine, seconds)
        if final is None:
            return None
        self.to_header = final.header("To")
        if final.status < 300:
            self.route = [hop.strip() for line in final.all("Record-Route") for hop in line.split(",")][::-1]
            self.target = final.header("Contact").partition("<")[2].partition(">")[0]
        if ack:
            self.ack()
        return final

    def ack(self) -> None:
        if self.target:
            self.branch = "z9hG4bK" + secrets.token_hex(8)
        self.phone.send(self.text("ACK", ruri=self.target))

    def cancel(self) -> None:
        self.phone.send(self.text("CANCEL"))

    def within(self, method: str, seconds: float = 3.0, **parts: str) -> Message | None:
        """A request within the call and its final answer."""
        self.seq += 1
        self.phone.send(self.text(method, ruri=parts.pop("ruri", self.target), **parts))
        return self.phone.wait(
            lambda m: m.header("Call-ID") == self.id and m.status >= 200 and m.method == method, seconds
        )

    def bye(self, seconds: float = 3.0) -> Message | None:
        return self.within("BYE", seconds)

    def ended(self, seconds: float = 3.0) -> bool:
        """Whether the other side said BYE, now or within ``seconds``."""
        return (
            self.phone.wait(lambda m: m.header("Call-ID") == self.id and m.start.startswith("BYE"), seconds) is not None
        )
