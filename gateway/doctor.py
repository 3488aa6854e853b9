"""``denwaban doctor``: says what is missing on this machine and how to get it. Changes nothing."""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from gateway.errors import Complaint
from gateway.keys import master_key
from gateway.settings import Settings

SETUP = "run deploy/setup.sh"
ROOM = 2 << 30
"""Bytes that prompts, models and some days of records take."""


@dataclass(frozen=True, slots=True)
class Finding:
    """ok: well; warning: works, with less; missing: does not start or answer."""

    what: str
    state: Literal["ok", "warning", "missing"]
    detail: str = ""
    remedy: str = ""


def main(argv: Sequence[str], settings: Settings) -> int:
    parser = argparse.ArgumentParser(prog="denwaban doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(argv)
    findings = list(examine(settings))
    if options.json:
        print(json.dumps([asdict(f) for f in findings], ensure_ascii=False))
    else:
        for f in findings:
            print(f"{f.state:8} {f.what}" + (f": {f.detail}" if f.detail else ""))
            if f.state != "ok":
                print(f"{'':8}   -> {f.remedy}")
    return 1 if any(f.state == "missing" for f in findings) else 0


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, in the order in which a start needs them."""
    for check in (_machine, _python, _packages, _edge, _key, _room, _ports, _certificate, _ear, _mouth):
        yield from check(settings)


def _machine(settings: Settings) -> Iterator[Finding]:
    here = f"{platform.system()} {platform.machine()}"
    if here == "Linux x86_64":
        yield Finding("machine", "ok", here)
    else:
        yield Finding("machine", "missing", here, "the SIP engine comes for x86-64 Linux alone: use such a machine")


def _python(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] in ((3, 11), (3, 12)):
        yield Finding("python", "ok", version)
    else:
        yield Finding("python", "missing", version, "install Python 3.11 or 3.12 and make the environment with it")


def _packages(settings: Settings) -> Iterator[Finding]:
    for module in ("pjsua2", "webrtcvad", "ctranslate2", "vosk", "pyopenjtalk", "pyttsx3", "fastapi", "sqlmodel"):
        if importlib.util.find_spec(module) is not None:
            yield Finding(f"package {module}", "ok")
        else:
            yield Finding(f"package {module}", "missing", remedy="run make setup")


def _edge(settings: Settings) -> Iterator[Finding]:
    if settings.edge == "none":
        yield Finding(
            "edge", "warning", "none: one line, four calls, no protection", "for more than a trial: edge=kamailio"
        )
    elif path := shutil.which("kamailio", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"):
        yield Finding("edge", "ok", path)
    else:
        yield Finding("edge", "missing", "kamailio is not installed", f"{SETUP}, or start with DENWABAN_EDGE=none")


def _key(settings: Settings) -> Iterator[Finding]:
    if settings.master_key or settings.dev or (settings.data / "master.key").exists():
        try:
            if settings.master_key or (settings.data / "master.key").exists():
                master_key(settings.model_copy(update={"dev": True}))
            yield Finding("master key", "ok")
        except Complaint as complaint:
            yield Finding("master key", "missing", str(complaint), "openssl rand -base64 32")
    else:
        yield Finding("master key", "warning", "none yet", "make run makes one; otherwise set DENWABAN_MASTER_KEY")


def _room(settings: Settings) -> Iterator[Finding]:
    place = settings.data
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    state: Literal["ok", "warning"] = "ok" if free >= ROOM else "warning"
    yield Finding(
        "room on disk", state, f"{free / (1 << 30):.1f} GB free", "free some: recordings and models need 2 GB"
    )


def _ports(settings: Settings) -> Iterator[Finding]:
    wanted: list[tuple[str, int, int]] = [
        ("SIP", settings.sip_port, socket.SOCK_DGRAM),
        ("SIP over TCP", settings.sip_port, socket.SOCK_STREAM),
        ("web", settings.web_port, socket.SOCK_STREAM),
    ]
    for name, port, kind in wanted:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
                yield Finding(f"port {port} ({name})", "ok")
            except OSError as error:
                remedy = "fine if Denwaban is running; otherwise end what uses it or set another port"
                yield Finding(f"port {port} ({name})", "warning", str(error.strerror), remedy)


def _certificate(settings: Settings) -> Iterator[Finding]:
    path = settings.tls_certificate
    if path is None:
        return
    from datetime import UTC, datetime, timedelta

    from cryptography import x509

    try:
        until = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        yield Finding(
            "certificate", "missing", type(error).__name__, "tls_certificate names a PEM file that can be read"
        )
        return
    left = until - datetime.now(UTC)
    if left < timedelta(0):
        yield Finding("certificate", "missing", f"expired on {until:%Y-%m-%d}", "renew it")
    else:
        state: Literal["ok", "warning"] = "ok" if left > timedelta(days=14) else "warning"
        yield Finding("certificate", state, f"until {until:%Y-%m-%d}", "renew it in time")


def _ear(settings: Settings) -> Iterator[Finding]:
    from asr.errors import AsrError
    from gateway.ear import choose

    for language in ("ja", "en"):
        remedy = f"denwaban models install {language}, or install whisper; until then callers use keys"
        try:
            found = choose(language, settings)
        except AsrError as error:
            yield Finding(f"hearing {language}", "missing", str(error), remedy)
            continue
        if found is not None:
            yield Finding(f"hearing {language}", "ok", found.engine)
        else:
            yield Finding(f"hearing {language}", "warning", "no model", remedy)


def _mouth(settings: Settings) -> Iterator[Finding]:
    tools: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("speaking ja", lambda: importlib.util.find_spec("pyopenjtalk") is not None),
        ("speaking en", lambda: shutil.which("espeak-ng") is not None or settings.english_voice == "piper"),
    )
    for what, there in tools:
        yield Finding(what, "ok") if there() else Finding(what, "warning", "no voice", SETUP)
