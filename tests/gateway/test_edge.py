"""The edge as a role of its own process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from phone import Phone

from gateway.edge import edge_of
from gateway.settings import Settings
from telephony.edge import BadEdge, alive

SAID = "0901234567"
"""The number that the test telephone calls from."""


@pytest.fixture
def role(tmp_path, free_port):
    """Starts ``denwaban edge``; gives (process, settings, folder)."""
    started = []

    def start(**changes: object):
        line_port = free_port()
        # The edge meets the lines one port below theirs.
        values = {"sip_port": free_port(), "line_port": line_port + 1, "lines": 2, "run": tmp_path / "run", **changes}
        environment = {f"DENWABAN_{key.upper()}": str(value) for key, value in values.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "edge"],
            env={**os.environ, **environment},
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, values

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def up(folder: Path) -> None:
    until = time.monotonic() + 10
    while not alive(folder):
        assert time.monotonic() < until, "the edge does not come up"
        time.sleep(0.05)


def free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_settings_say_where_the_edge_listens_and_who_is_behind_it():
    edge = edge_of(Settings(host="192.0.2.1", advertise="203.0.113.9", lines=3, line_port=16000, retry_after=12))
    assert (edge.host, edge.advertise, edge.retry_after) == ("192.0.2.1", "203.0.113.9", 12)
    assert edge.lines == (("127.0.0.1", 16000), ("127.0.0.1", 16001), ("127.0.0.1", 16002))
    assert edge.reserve == ("127.0.0.1", 16003)
    assert edge_of(Settings(reserve="503")).reserve is None


def test_an_address_to_advertise_is_asked_for_when_all_are_listened_on():
    with pytest.raises(BadEdge, match="advertise"):
        edge_of(Settings(host="0.0.0.0"))


@pytest.mark.real
def test_the_role_takes_calls_and_frees_its_port_when_told_to_end(role, tmp_path):
    process, values = role()
    up(tmp_path / "run" / "edge")
    with Phone(("127.0.0.1", values["sip_port"])) as phone:
        request = phone.request("OPTIONS")
        assert phone.wait(lambda m: m.header("Call-ID") == request).status == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert free(values["sip_port"])


@pytest.mark.real
def test_kamailio_dies_with_the_role_even_when_that_is_killed(role, tmp_path):
    process, values = role()
    up(tmp_path / "run" / "edge")
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while not free(values["sip_port"]):
        assert time.monotonic() < until, "Kamailio outlived its role"
        time.sleep(0.05)


@pytest.mark.real
def test_a_taken_port_is_named_with_what_to_do(role, free_port):
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        process, _ = role(sip_port=port)
        assert process.wait(15) == 1
    said = process.stderr.read()
    assert f"udp:127.0.0.1:{port} is taken" in said
    assert "DENWABAN_SIP_PORT" in said
    assert "Traceback" not in said


@pytest.mark.real
def test_the_log_is_one_json_object_a_line_without_anything_that_a_caller_sent(role, tmp_path):
    process, values = role()
    up(tmp_path / "run" / "edge")
    with Phone(("127.0.0.1", values["sip_port"]), agent="friendly-scanner") as scanner:
        scanner.call()
    with Phone(("127.0.0.1", values["sip_port"])) as phone:
        call = phone.call("0120111222")
        assert call.answer().status == 503
        phone.send(f"INVITE sip:{SAID} SIP/2.0\r\nFrom: <<<{SAID}\r\nTo: {SAID}\r\nVia: {SAID}\r\nCSeq: x\r\n\r\n")
        phone.send(f"NONSENSE {SAID}\r\n\r\n")
        request = phone.request("OPTIONS")
        assert phone.wait(lambda m: m.header("Call-ID") == request)
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    said = process.stderr.read()
    for secret in (SAID, "0120111222", call.id):
        assert secret not in said
    sentences = [json.loads(line)["what"] for line in said.splitlines()]
    assert "a scanner was not answered" in sentences
    assert "the edge takes calls" in sentences
