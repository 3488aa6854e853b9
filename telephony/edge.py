"""The edge: Kamailio between the network and the lines, its configuration written from plain values.

The lines' SIP engine takes few calls and dies of some messages, so nothing reaches it but through here: the edge
refuses what is unsound, limits strangers, dials nobody, and gives each call to the line with the fewest calls.
``telephony/kamailio/kamailio.cfg.j2`` says how.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

import jinja2

from telephony.errors import LineError

CONFIGURATION, LINES, CONTROL = "kamailio.cfg", "lines.list", "control.sock"
"""Names of the files in the edge's folder."""
LONGEST_MESSAGE = 3500
"""Bytes. PJSIP reads 4000 (PJSIP_MAX_PKT_LEN), and Via and Record-Route are added on the way."""

_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_PLAIN_PATH = re.compile(r"[^\"'\\\x00-\x1f\x7f$#;]+")


class BadEdge(LineError):
    """A value that the edge cannot be set up with; the message names it."""


class EdgeMissing(LineError):
    """Kamailio is not installed."""


class EdgeRefused(LineError):
    """Kamailio does not take the configuration; the message is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What the edge must know.

    host: the IP address to listen on. advertise: IP address or name that callers are told, if it differs.
    lines, reserve: IP address and SIP port of each, all on one side of the house (loopback, or one inner network).
    inner: where the edge itself meets the lines; they take SIP from there only. reserve: takes calls when all
    lines are busy; None: 503. retry_after, longest_call, ack_within: seconds. trusted: networks (CIDR), a trunk's
    for instance, without limits per source. processes: for each UDP address; one keeps
    messages in order and carries some hundred calls a second. Raises BadEdge for values that make no sense.
    """

    host: str
    sip_port: int
    lines: tuple[tuple[str, int], ...]
    inner: tuple[str, int]
    advertise: str | None = None
    reserve: tuple[str, int] | None = None
    retry_after: int = 30
    calls_per_line: int = 3
    calls_of_reserve: int = 3
    longest_call: int = 3600
    ack_within: int = 8
    answer_within: float = 0.5
    trusted: tuple[str, ...] = ()
    requests_per_two_seconds: int = 120
    calls_per_source: int = 12
    unacked_per_source: int = 4
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_port: int = 5061
    processes: int = 1

    def __post_init__(self) -> None:
        for name, host in (("host", self.host), ("inner", self.inner[0])):
            _address(name, host)
        if self.advertise is not None and not _is_address(self.advertise) and not _HOST_NAME.fullmatch(self.advertise):
            raise BadEdge("advertise: neither an IP address nor a host name")
        if ip_address(self.host).is_unspecified and self.advertise is None:
            raise BadEdge("host: listening on every address needs advertise, the address that callers are told")
        if ip_address(self.inner[0]).is_unspecified:
            raise BadEdge("inner: must be one address")
        if not self.lines:
            raise BadEdge("lines: at least one")
        everyone = [*self.lines, *((self.reserve,) if self.reserve else ())]
        for host, _ in everyone:
            if _address("lines", host).version != ip_address(self.inner[0]).version:
                raise BadEdge("lines: not of the same IP version as inner")
        if len(set(everyone)) != len(everyone) or self.inner in everyone:
            raise BadEdge("lines: two of them share an address and port")
        ports = [self.sip_port, self.inner[1], self.tls_port, *(port for _, port in everyone)]
        if not all(type(port) is int and 0 < port < 65536 for port in ports):
            raise BadEdge("a port is not between 1 and 65535")
        if (self.host, self.sip_port) == self.inner:
            raise BadEdge("inner: the callers' port is not for the lines")
        numbers = (
            self.retry_after,
            self.calls_per_line,
            self.calls_of_reserve,
            self.longest_call,
            self.ack_within,
            self.requests_per_two_seconds,
            self.calls_per_source,
            self.unacked_per_source,
            self.processes,
        )
        if not all(type(number) is int and number > 0 for number in numbers) or not 0.05 <= self.answer_within <= 30:
            raise BadEdge("a limit is not a positive whole number")
        for network in self.trusted:
            _network(network)
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise BadEdge("tls_certificate and tls_key go together")
        for path in (self.tls_certificate, self.tls_key):
            if path is not None:
                _path(path)


def configuration(edge: Edge, folder: Path) -> str:
    """The text of the Kamailio configuration. folder: where its other files are."""
    template = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  not HTML; every value was checked when the Edge was made
    ).from_string(_template())
    told = f" advertise {_bracketed(edge.advertise)}:" if edge.advertise else ""
    tls = None
    if edge.tls_certificate and edge.tls_key:
        tls = {
            "address": _joined(edge.host, edge.tls_port),
            "advertised": f"{told}{edge.tls_port}" if told else "",
            "certificate": _path(edge.tls_certificate.resolve()),
            "key": _path(edge.tls_key.resolve()),
        }
    return template.render(
        children=edge.processes,
        outer=_joined(edge.host, edge.sip_port),
        advertised=f"{told}{edge.sip_port}" if told else "",
        inner=_joined(*edge.inner),
        inner_host=str(ip_address(edge.inner[0])),
        inner_uri=_uri(*edge.inner),
        inner_port=edge.inner[1],
        inner_v6=":" in edge.inner[0],
        tls=tls,
        lines=[_uri(*line) for line in edge.lines],
        reserve=_uri(*edge.reserve) if edge.reserve else None,
        retry_after=edge.retry_after,
        calls_per_line=edge.calls_per_line,
        calls_of_reserve=edge.calls_of_reserve,
        longest_call=edge.longest_call,
        ack_within=edge.ack_within,
        answer_within_ms=round(edge.answer_within * 1000),
        trusted=[str(_network(network)) for network in edge.trusted],
        requests_per_two_seconds=edge.requests_per_two_seconds,
        calls_per_source=edge.calls_per_source,
        unacked_per_source=edge.unacked_per_source,
        longest_message=LONGEST_MESSAGE,
        list=_path(folder.resolve() / LINES),
        control=CONTROL,
    )


def lines_list(edge: Edge) -> str:
    """The text of the dispatcher's list: set 1 are the lines, set 2 the reserve. Kamailio asks each every second."""
    rows = [f"1 {_uri(*line)}" for line in edge.lines]
    if edge.reserve:
        rows.append(f"2 {_uri(*edge.reserve)}")
    return "\n".join(rows) + "\n"


def write(edge: Edge, folder: Path) -> Path:
    """Write both files into ``folder`` (made if missing). Returns the path of the configuration."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / LINES).write_text(lines_list(edge))
    path = folder / CONFIGURATION
    path.write_text(configuration(edge, folder))
    return path


def program() -> str:
    """The path of Kamailio. Raises EdgeMissing."""
    found = shutil.which("kamailio", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin")))
    if found is None:
        raise EdgeMissing("Kamailio is not installed; run deploy/setup.sh as root")
    return found


def command(path: Path) -> list[str]:
    """How Kamailio is started with this configuration: in the foreground, logging to stderr, in ``path``'s folder, and
    ended when the thread that started it ends, however it does.
    """
    return [
        "setpriv",
        "--pdeathsig",
        "TERM",
        program(),
        "-DD",
        "-E",
        "-m",
        "64",
        "-M",
        "8",
        "-f",
        str(path.resolve()),
        "-w",
        str(path.resolve().parent),
    ]


def check(path: Path) -> None:
    """Have Kamailio read the configuration. Raises EdgeMissing, EdgeRefused."""
    done = subprocess.run(
        [program(), "-c", "-E", "-f", str(path.resolve())],
        cwd=path.parent,
        capture_output=True,
        text=True,
        timeout=20,
    )
    if done.returncode != 0:
        complaints = [line for line in done.stderr.splitlines() if "ERROR" in line or "CRITICAL" in line]
        raise EdgeRefused("; ".join(complaints[:3]) or f"exit code {done.returncode}")


def taken(edge: Edge) -> str | None:
    """The first address of the edge that another program has, as ``protocol:host:port``; None when all are free."""
    wanted = [(socket.SOCK_DGRAM, edge.host, edge.sip_port), (socket.SOCK_STREAM, edge.host, edge.sip_port)]
    wanted.append((socket.SOCK_DGRAM, *edge.inner))
    if edge.tls_certificate:
        wanted.append((socket.SOCK_STREAM, edge.host, edge.tls_port))
    for kind, host, port in wanted:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise BadEdge(f"{host} is no address of this machine") from None
                return f"{'tcp' if kind == socket.SOCK_STREAM else 'udp'}:{_joined(host, port)}"
    return None


def alive(folder: Path) -> bool:
    """Whether the Kamailio of this folder answers its control socket."""
    try:
        return bool(_ask(folder, "core.uptime"))
    except OSError:
        return False


def release(folder: Path, line: str, *, older_than: float = 0.0) -> int:
    """End the calls that the edge counts for ``line`` (``sip:host:port``), whose process is gone: their callers get BYE
    instead of silence, and the line that comes back has all its room. Returns how many.

    older_than: seconds; younger calls are left alone, as the new process may have them. Raises OSError when the edge
    does not answer.
    """
    calls = _ask(folder, "dlg.profile_list", "line", line)
    before = time.time() - older_than
    lost = [call for call in calls if call["init_ts"] <= before] if isinstance(calls, list) else []
    for call in lost:
        _ask(folder, "dlg.end_dlg", call["h_entry"], call["h_id"])
    _ask(folder, "htable.delete", "returned", line)
    return len(lost)


def _ask(folder: Path, method: str, *parameters: object) -> object:
    """A JSON-RPC question to Kamailio over its Unix datagram socket. Raises OSError."""
    question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
    with _control(folder) as door:
        door.send(json.dumps(question).encode())
        answer: dict[str, object] = json.loads(door.recv(1 << 18))
    return answer.get("result")


@contextlib.contextmanager
def _control(folder: Path) -> Iterator[socket.socket]:
    # By way of a descriptor: a socket's path may have 107 bytes only, a folder's more.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
            door.settimeout(2.0)
            door.bind("")  # the kernel picks an abstract name, to which the answer comes
            door.connect(f"/proc/self/fd/{descriptor}/{CONTROL}")
            yield door
    finally:
        os.close(descriptor)


def _template() -> str:
    return (resources.files("telephony.kamailio") / "kamailio.cfg.j2").read_text(encoding="utf-8")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _address(name: str, text: str) -> IPv4Address | IPv6Address:
    if not _is_address(text):
        raise BadEdge(f"{name}: not an IP address")
    return ip_address(text)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise BadEdge("trusted: not a network in CIDR form") from None


def _path(path: Path) -> str:
    if not _PLAIN_PATH.fullmatch(str(path)):
        raise BadEdge("a path with quotes, $, # or control characters cannot stand in Kamailio's configuration")
    return str(path)


def _bracketed(host: str) -> str:
    return f"[{ip_address(host)}]" if _is_address(host) and ip_address(host).version == 6 else host


def _joined(host: str, port: int) -> str:
    return f"{_bracketed(host)}:{port}"


def _uri(host: str, port: int) -> str:
    return f"sip:{_joined(host, port)}"
