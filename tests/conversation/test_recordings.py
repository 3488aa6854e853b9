from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest
from record import Clock, Place, Trees, called

from conversation.errors import BrokenRecording, UnknownConversation, UnknownRecording
from conversation.inbox import Inbox
from conversation.recordings import Recordings
from conversation.store import Store

SECOND = 16_000


def sound(wav: bytes) -> bytes:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return file.readframes(file.getnframes())


def piece(number: int) -> bytes:
    return bytes([number + 1]) * SECOND


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
async def recorded(store: Store, trees: Trees, clock: Clock, tmp_path: Path) -> Recordings:
    """Recording ``r`` of three seconds."""
    recordings = Recordings(tmp_path / "recordings", store)
    conversation = await called(Inbox(store, trees, clock), clock)
    for number in range(3):
        await recordings.append(conversation, "r", number, piece(number))
    await recordings.close("r", 3.0)
    return recordings


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "recordings").iterdir())


async def test_a_recording_is_heard_as_it_was_recorded_also_after_a_restart(
    recorded: Recordings, place: Place, tmp_path: Path
) -> None:
    whole = b"".join(map(piece, range(3)))
    assert sound(await recorded.wav("r")) == whole
    await place.close()
    assert sound(await Recordings(tmp_path / "recordings", place.open()).wav("r")) == whole


async def test_a_piece_that_comes_again_changes_nothing(recorded: Recordings, store: Store, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in files(tmp_path)}
    fresh = Recordings(tmp_path / "recordings", store)
    for recordings in (recorded, fresh):
        await recordings.append("whatever", "r", 1, b"other" * 10)
    assert {file: file.read_bytes() for file in files(tmp_path)} == before


async def test_files_tell_nothing_by_name_or_content_and_only_their_owner_reads_them(
    recorded: Recordings, tmp_path: Path
) -> None:
    assert len(files(tmp_path)) == 3
    for file in files(tmp_path):
        assert piece(0)[:64] not in file.read_bytes()
        assert len(file.name) == 40
        assert file.stat().st_mode & 0o777 == 0o600


async def test_a_missing_piece_is_named_and_the_rest_is_still_heard(recorded: Recordings, tmp_path: Path) -> None:
    (tmp_path / "recordings" / recorded._name("r", 1)).unlink()
    with pytest.raises(BrokenRecording) as error:
        await recorded.wav("r")
    assert error.value.pieces == (1,)
    assert sound(await recorded.wav("r", partial=True)) == piece(0) + bytes(SECOND) + piece(2)


async def test_a_changed_or_swapped_piece_is_noticed(recorded: Recordings, tmp_path: Path) -> None:
    first, last = (tmp_path / "recordings" / recorded._name("r", number) for number in (0, 2))
    first.write_bytes(last.read_bytes())
    last.write_bytes(last.read_bytes()[:-1] + b"\0")
    with pytest.raises(BrokenRecording) as error:
        await recorded.wav("r")
    assert error.value.pieces == (0, 2)


async def test_an_unknown_recording_or_conversation_is_said_to_be_unknown(store: Store, tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "recordings", store)
    with pytest.raises(UnknownRecording):
        await recordings.wav("nothing")
    with pytest.raises(UnknownConversation):
        await recordings.append("nothing", "r", 0, piece(0))


async def test_a_recording_is_of_the_conversation_that_it_began_in(
    recorded: Recordings, store: Store, trees: Trees, clock: Clock, tmp_path: Path
) -> None:
    other = await called(Inbox(store, trees, clock), clock)
    await Recordings(tmp_path / "recordings", store).append(other, "r", 3, piece(3))
    assert sound(await recorded.wav("r"))[: 3 * SECOND] == b"".join(map(piece, range(3)))
    assert len(sound(await Recordings(tmp_path / "recordings", store).wav("r"))) == 4 * SECOND
