from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import DiskFull, NotKept
from conversation.keys import Cipher
from conversation.spool import Spool

CIPHER = Cipher(bytes(32))
ROOM = 64 << 10


def open_spool(path: Path, reserved: int = ROOM) -> Spool:
    return Spool(path, CIPHER, reserved=reserved)


def everything(spool: Spool) -> list[bytes]:
    return [batch for batch, _ in spool.read(0, 10**6)]


def test_what_was_appended_is_there_in_order_after_opening_again(tmp_path: Path) -> None:
    spool = open_spool(tmp_path / "spool")
    spool.append([b"one", b"two"])
    spool.append([b"three"])
    spool.close()
    again = open_spool(tmp_path / "spool")
    assert everything(again) == [b"one", b"two", b"three"]
    assert again.count == 3


def test_nothing_in_the_file_can_be_read_without_the_key(tmp_path: Path) -> None:
    open_spool(tmp_path / "spool").append([b"what the caller said"])
    assert b"caller" not in (tmp_path / "spool").read_bytes()


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(1, 30))
def test_a_torn_last_record_is_set_aside_and_the_rest_stays(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool"
    spool = open_spool(path)
    spool.append([b"one", b"two"])
    whole = spool.end
    spool.append([b"three"])
    torn = spool.end
    spool.close()
    with path.open("r+b") as file:  # the end of the record never reached the disk
        file.seek(max(whole + 8, torn - cut))
        file.write(bytes(cut))
    again = open_spool(path)
    assert everything(again) == [b"one", b"two"]
    assert path.with_suffix(".torn").stat().st_size > 0
    again.append([b"four"])
    again.close()
    assert everything(open_spool(path)) == [b"one", b"two", b"four"]


def test_reading_goes_on_from_a_position(tmp_path: Path) -> None:
    spool = open_spool(tmp_path / "spool")
    spool.append([b"one", b"two", b"three"])
    (first,) = spool.read(0, 1)
    assert [batch for batch, _ in spool.read(first[1], 10)] == [b"two", b"three"]


def test_clearing_forgets_only_when_nothing_came_after(tmp_path: Path) -> None:
    spool = open_spool(tmp_path / "spool")
    spool.append([b"one"])
    seen = spool.end
    spool.append([b"two"])
    assert not spool.clear(seen)
    assert everything(spool) == [b"one", b"two"]
    assert spool.clear(spool.end)
    spool.close()
    assert everything(open_spool(tmp_path / "spool")) == []


def test_a_full_spool_keeps_all_or_nothing_of_what_comes_and_what_it_has(tmp_path: Path) -> None:
    spool = open_spool(tmp_path / "spool", reserved=4096)
    spool.append([b"one"])
    with pytest.raises(NotKept):
        spool.append([b"two", b"x" * 5000])
    assert everything(spool) == [b"one"]
    spool.append([b"three"])
    spool.close()
    assert everything(open_spool(tmp_path / "spool", reserved=4096)) == [b"one", b"three"]


def test_a_spool_without_room_refuses_to_open(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="no room for the spool"):
        Spool(tmp_path / "spool", CIPHER, reserved=1 << 50)


def test_a_refused_batch_is_kept_beside_the_spool(tmp_path: Path) -> None:
    spool = open_spool(tmp_path / "spool")
    spool.set_aside(b"one")
    spool.set_aside(b"two")
    kept = tmp_path / "spool.refused"
    assert kept.stat().st_size > 2 * len(b"one")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o600
