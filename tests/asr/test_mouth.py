from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from asr import mouth_worker
from asr.errors import CannotSpeak
from asr.mouth import Mouth
from asr.voice_process import VoiceProcess

pytestmark = pytest.mark.real


CODE = (
    "import asyncio, sys; from pathlib import Path; from asr.mouth_worker import serve;"
    " asyncio.run(serve(Path(sys.argv[1]), ['openjtalk', 'espeak']))"
)


class Worker:
    """A mouth worker in a process of its own, as in the product."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(sys.executable, "-c", CODE, str(self.path))

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[Worker]:
    worker = Worker(tmp_path / "m.sock")
    await worker.start()
    yield worker
    await worker.kill()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a worker for those who do not kill it."""
    path = tmp_path_factory.mktemp("shared") / "m.sock"
    process = subprocess.Popen([sys.executable, "-c", CODE, str(path)])
    yield path
    process.kill()
    process.wait()


@pytest.fixture
def speaking(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "m.sock").symlink_to(shared)


def mouth_of(tmp_path: Path, **more: float) -> Mouth:
    return Mouth(tmp_path / "m.sock", tmp_path / "cache", tmp_path / "volatile", **more)


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return file.getnframes() / 8000


async def test_texts_become_files_in_both_languages(speaking: None, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path)
    assert set(await mouth.ready(30)) == {"ja", "en"}
    assert seconds(await mouth.file("ご用件をお話しください。", "ja", keep=True)) > 1
    assert seconds(await mouth.file("How can I help you?", "en", keep=True)) > 0.7
    both = seconds(await mouth.file("9を押してください。For English, press 8.", "ja", keep=True))
    assert both > seconds(await mouth.file("9を押してください。", "ja", keep=True)) + 1


async def test_a_kept_text_is_made_once_and_played_without_the_mouth(worker: Worker, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    first = await mouth.file("少々お待ちください。", "ja", keep=True)
    made = first.stat().st_mtime_ns
    assert await mouth.file("少々お待ちください。", "ja", keep=True) == first
    assert await mouth.file("少々お待ちください。", "ja", keep=True, speed=0.8) != first
    await worker.kill()
    again = mouth_of(tmp_path, patience=0.5)
    assert await again.file("少々お待ちください。", "ja", keep=True) == first
    assert first.stat().st_mtime_ns == made


async def test_the_same_text_asked_for_at_once_is_made_once(speaking: None, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path, patience=10)
    await mouth.ready(30)
    files = await asyncio.gather(*(mouth.file("お待たせいたしました。", "ja", keep=True) for _ in range(20)))
    assert len(set(files)) == 1
    assert len(list((tmp_path / "cache").glob("*.wav"))) == 1
    assert not list((tmp_path / "cache").glob("*.part"))


async def test_a_callers_words_leave_no_trace_in_names_and_are_forgotten(speaking: None, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    said = [await mouth.file("090-1234-5678、でよろしいですか。", "ja", keep=False) for _ in range(2)]
    assert said[0] != said[1]
    assert all(path.parent == tmp_path / "volatile" and path.stat().st_mode & 0o077 == 0 for path in said)
    assert said[0].read_bytes() == said[1].read_bytes()
    mouth.forget(said[0])
    mouth.forget(said[0])
    assert not said[0].exists()
    mouth_of(tmp_path)  # the next start finds what a killed hub left
    assert not said[1].exists()
    assert not list((tmp_path / "cache").glob("*.wav"))


async def test_a_kept_file_is_not_forgotten(speaking: None, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    path = await mouth.file("はい。", "ja", keep=True)
    mouth.forget(path)
    assert path.exists()


async def test_a_mouth_that_is_away_is_told_in_bounded_time_and_found_when_it_comes(tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path, patience=0.3)
    for keep in (True, False):
        with pytest.raises(CannotSpeak):
            await asyncio.wait_for(mouth.file("はい。", "ja", keep=keep), 10)
    worker = Worker(tmp_path / "m.sock")
    await worker.start()
    try:
        await mouth.ready(30)
        assert seconds(await mouth.file("はい。", "ja", keep=False)) > 0.1
    finally:
        await worker.kill()


async def test_a_worker_killed_while_it_speaks_costs_that_text_only(worker: Worker, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path, patience=8)
    await mouth.ready(30)
    asked = asyncio.create_task(mouth.file("長い文章です。" * 60, "ja", keep=False))
    await asyncio.sleep(0)
    await worker.kill()
    with pytest.raises(CannotSpeak):
        await asyncio.wait_for(asked, 30)
    assert not list((tmp_path / "volatile").iterdir())
    await worker.start()
    await mouth.ready(30)
    assert seconds(await mouth.file("はい。", "ja", keep=False)) > 0.1


async def test_prompts_are_prepared_ahead_with_progress_also_for_a_mouth_that_is_just_starting(
    worker: Worker, tmp_path: Path
) -> None:
    mouth = mouth_of(tmp_path)
    seen: list[tuple[int, int]] = []
    texts = [("はい。", "ja"), ("Yes.", "en"), ("はい。", "ja"), ("😀", "ja"), ("いいえ。", "ja")]
    assert await mouth.prepare(texts, progress=lambda done, of: seen.append((done, of))) == 3
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    await worker.kill()
    assert await mouth_of(tmp_path, patience=0.2).prepare(texts, wait=0.2) == 3


@pytest.mark.parametrize("text", ["", "😀", "\ud800", "あ" * 10_000, "\x00"])
async def test_a_text_that_cannot_be_said_is_refused(speaking: None, tmp_path: Path, text: str) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    for keep in (True, False):
        with pytest.raises(CannotSpeak):
            await mouth.file(text, "ja", keep=keep)


async def test_a_language_without_a_voice_is_refused(speaking: None, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    for keep in (True, False):
        with pytest.raises(CannotSpeak):
            await mouth.file("Guten Tag", "de", keep=keep)


async def test_a_full_disk_is_told_and_leaves_nothing_half_written(speaking: None, tmp_path: Path) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    (tmp_path / "volatile").rmdir()
    with pytest.raises(CannotSpeak, match="no room"):
        await mouth.file("はい。", "ja", keep=False)


async def test_a_worker_that_gets_nonsense_drops_that_connection_and_serves_the_next(
    speaking: None, tmp_path: Path
) -> None:
    mouth = mouth_of(tmp_path)
    await mouth.ready(30)
    for garbage in (b"\xff" * 64, b"\x00\x00\x00\x03J{}", b"\x00\x00\x00\x05P\x00\x00\x00\x00"):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "m.sock")
        writer.write(garbage)
        await writer.drain()
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert seconds(await mouth.file("はい。", "ja", keep=False)) > 0.1


async def test_a_hung_engine_is_killed_and_speaks_again() -> None:
    voice = VoiceProcess("espeak", seconds=1.0)
    await voice.start()
    hung = voice.pid
    assert hung is not None
    try:
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(CannotSpeak, match="hung"):
            await asyncio.wait_for(voice.speak("Hello."), 30)
        with pytest.raises(ProcessLookupError):
            os.kill(hung, 0)
        assert len(await voice.speak("Hello.")) > 1000
        assert voice.pid not in (None, hung)
    finally:
        await voice.close()


async def test_an_engine_that_dies_between_texts_is_started_again() -> None:
    voice = VoiceProcess("espeak")
    await voice.start()
    try:
        assert voice.pid is not None
        os.kill(voice.pid, signal.SIGKILL)
        for _ in range(2):
            try:
                assert len(await voice.speak("Hello.")) > 1000
                break
            except CannotSpeak:
                continue
        else:
            pytest.fail("it did not come back")
    finally:
        await voice.close()


async def test_one_hung_engine_leaves_the_other_language_speaking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[VoiceProcess] = []

    class Noted(VoiceProcess):
        def __init__(self, kind: str) -> None:
            super().__init__(kind, seconds=2.0)
            started.append(self)

    monkeypatch.setattr(mouth_worker, "VoiceProcess", Noted)
    serving = asyncio.create_task(mouth_worker.serve(tmp_path / "m.sock", ["openjtalk", "espeak"]))
    mouth = mouth_of(tmp_path, patience=1.0)
    try:
        await mouth.ready(30)
        english = next(voice for voice in started if voice.language == "en")
        assert english.pid is not None
        os.kill(english.pid, signal.SIGSTOP)
        stuck = asyncio.create_task(mouth.file("Hello.", "en", keep=False))
        assert seconds(await mouth.file("はい。", "ja", keep=False)) > 0.1
        with pytest.raises(CannotSpeak):
            await asyncio.wait_for(stuck, 20)
        # Its time is up soon after; then English is there again for whoever is patient.
        patient = mouth_of(tmp_path, patience=20)
        assert seconds(await patient.file("Hello.", "en", keep=False)) > 0.1
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_no_engine_outlives_its_worker(worker: Worker, tmp_path: Path) -> None:
    await mouth_of(tmp_path).ready(30)
    assert worker.process is not None
    children = [
        int(pid) for pid in Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children").read_text().split()
    ]
    assert len(children) == 2
    os.kill(children[0], signal.SIGSTOP)
    await worker.kill()
    for _ in range(200):
        if not any(Path(f"/proc/{child}/exe").exists() for child in children):
            return
        await asyncio.sleep(0.05)
    pytest.fail("an engine is left")
