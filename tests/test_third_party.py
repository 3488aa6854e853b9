"""The list of third parties is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).parent.parent


def test_every_package_that_running_installs_is_listed_with_its_licence():
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==", (HERE / "requirements/run.txt").read_text(), re.M)
    listed = dict(re.findall(r"^\| ([A-Za-z0-9._-]+) \| (.+) \|$", (HERE / "THIRD_PARTY.md").read_text(), re.M))
    assert len(pinned) > 50
    assert {name for name in pinned if not listed.get(name, "").strip()} == set()


def test_requirements_name_no_index_and_pin_every_package_by_hash():
    for name in ("build.txt", "run.txt", "dev.txt"):
        text = (HERE / "requirements" / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        for block in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
            assert "--hash=sha256:" in block


def test_every_package_that_the_page_holds_is_listed_with_its_licence():
    packages = json.loads((HERE / "web/ui/package-lock.json").read_text())["packages"]
    held = {
        path.rpartition("node_modules/")[2] for path, package in packages.items() if path and not package.get("dev")
    }
    text = (HERE / "THIRD_PARTY.md").read_text()
    assert "svelte" in held
    assert {name for name in held if f"| {name} | " not in text} == set()


def test_the_page_locks_every_package_by_hash_and_names_no_index():
    packages = json.loads((HERE / "web/ui/package-lock.json").read_text())["packages"]
    assert all("integrity" in package and "resolved" not in package for path, package in packages.items() if path)
