"""In CI a skipped test is a failed one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
SKIPPING = """
import pytest
def test_one(): pytest.skip("no engine here")
@pytest.mark.skipif(True, reason="no browser here")
def test_two(): pass
def test_three(): pass
"""


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("1", 1)])
def test_a_skip_passes_at_home_and_fails_in_ci(tmp_path, ci, code):
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    environment = {**os.environ, "DENWABAN_CI": ci, "CI": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stdout
    # A skip by mark is found while setting up, which pytest calls an error.
    assert ("1 failed, 1 passed, 1 error" if ci else "1 passed, 2 skipped") in done.stdout


def test_free_ports_differ_and_are_free(free_port):
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert all(1024 <= port <= 65535 for port in ports)
