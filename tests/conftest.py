"""What all tests share."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Doubles and drivers (relay, phone, sipp ...) are imported by name. Not the folder of the tests itself: its folders
# are named as the packages are, and would hide them.
sys.path.insert(0, str(Path(__file__).parent / "doubles"))

# In CI every real part is there; a test that is skipped has tested nothing.
_SKIPS_FAIL = os.environ.get("DENWABAN_CI", "") not in ("", "0") or os.environ.get("CI", "") == "true"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    outcome = yield
    report = outcome.get_result()
    if _SKIPS_FAIL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and here nothing may be: {call.excinfo and call.excinfo.value}"


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    outcome = yield
    report = outcome.get_result()
    if _SKIPS_FAIL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and here nothing may be"


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Makes port numbers of 127.0.0.1 that neither UDP nor TCP uses, outside the range that the kernel hands out."""
    return _free_port


_last = 30000 + (os.getpid() * 37) % 2500


def _free_port() -> int:
    global _last
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        _last = _last + 1 if _last + 1 < low else max(low - 5000, 1024)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind(("127.0.0.1", _last))
                tcp.bind(("127.0.0.1", _last))
            except OSError:
                continue
            return _last
