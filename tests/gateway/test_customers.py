from __future__ import annotations

import asyncio
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conversation.customers import Customers
from conversation.store import Store
from gateway.cli import main as cli
from gateway.customers import main
from gateway.keys import master_key
from gateway.settings import Settings

LIST = "customer_id,name,number\nC1,山田 太郎,090-1234-5678\nC2,佐藤 花子,312345678\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, dev=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "list.csv"
    made.write_bytes(LIST.encode("cp932"))
    return made


def test_a_list_is_brought_in_and_what_was_refused_is_said(path: Path, settings: Settings, capsys: Any) -> None:
    assert main(["import", str(path)], settings) == 1
    out = capsys.readouterr().out
    assert "line 3: number: Not a telephone number" in out
    assert "1 added, 0 changed, 0 unchanged, 1 lines refused" in out
    assert "312345678" not in out
    assert main(["list"], settings) == 0
    out = capsys.readouterr().out
    assert out == "C1\t山***\t090-****-5678\t-\n1 of 1 customers\n"


def test_programs_read_json_and_a_list_comes_from_standard_input_too(
    settings: Settings, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"customer_id\nC1\n")))
    assert main(["import", "-", "--json"], settings) == 0
    assert json.loads(capsys.readouterr().out) == {"added": 1, "changed": 0, "same": 0, "refused": [], "refusals": 0}
    assert main(["list", "--json"], settings) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 1


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [(None, 2, "No such file"), (b"", 1, "The file is empty."), (b"name\nx\n", 1, "There is no column customer_id.")],
)
def test_a_file_that_cannot_be_used_changes_nothing_and_says_why(
    tmp_path: Path, settings: Settings, capsys: Any, data: bytes | None, code: int, said: str
) -> None:
    path = tmp_path / "x.csv"
    if data is not None:
        path.write_bytes(data)
    assert main(["import", str(path)], settings) == code
    assert said in capsys.readouterr().err


def test_without_a_key_it_says_what_to_do(path: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["import", str(path)], Settings(data=tmp_path)) == 1
    assert "DENWABAN_MASTER_KEY" in capsys.readouterr().err


def test_the_command_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli(["customers", "list", "--dev"]) == 0
    assert "0 of 0 customers" in capsys.readouterr().out


@pytest.mark.real
def test_a_list_comes_in_while_a_hub_has_the_record_open(path: Path, settings: Settings) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    async def beside() -> int:
        store = Store.open(settings.database_url, master_key(settings), spool=settings.data / "spool")
        assert await asyncio.to_thread(main, ["import", str(path)], settings) == 1
        await store.write()
        assert await store.settled(10)
        count = await Customers(store, now).count()
        await store.close()
        return count

    assert asyncio.run(beside()) == 1
