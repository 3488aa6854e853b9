from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import spoken

from asr.ear import Ear
from asr.ear_client import EarClient
from asr.errors import CannotHear
from asr.speech import Hint, Hypothesis, dump_hint
from wire.frames import Sound, pack, read

WORD = spoken.japanese("住所変更")
HINT = dump_hint(Hint(language="ja"))


class Recogniser:
    """Tells how much it heard. ``hold`` lets a test decide when the work is done; the letters 'bad' break it."""

    language = "ja"

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.hold.set()
        self.working = threading.Semaphore(0)
        self.guesses = 0

    def begin(self, hint: Hint) -> Utterance:
        return Utterance(self, hint)


class Utterance:
    def __init__(self, engine: Recogniser, hint: Hint) -> None:
        self._engine, self._hint, self._heard = engine, hint, 0

    def feed(self, pcm: bytes) -> None:
        assert len(pcm) % 2 == 0
        self._heard += len(pcm)

    def guess(self) -> Hypothesis:
        self._engine.guesses += 1
        return self.finish()

    def finish(self) -> Hypothesis:
        self._engine.working.release()
        assert self._engine.hold.wait(20)
        if self._hint.prompt == "bad":
            raise RuntimeError("an engine choked")
        return Hypothesis(text=str(self._heard), confidence=1.0)


@pytest.fixture
def engine() -> Recogniser:
    return Recogniser()


@contextlib.asynccontextmanager
async def listening(path: Path, engine: Recogniser, **limits: int) -> AsyncIterator[EarClient]:
    ready = asyncio.Event()
    serving = asyncio.create_task(Ear({"ja": engine}, **limits).serve(path, on_ready=ready.set))
    client = EarClient(str(path))
    running = asyncio.create_task(client.run())
    try:
        await asyncio.wait_for(client.wait_up(), 10)
        yield client
    finally:
        engine.hold.set()
        for task in (running, serving):
            task.cancel()
        await asyncio.gather(running, serving, return_exceptions=True)


async def until(claim: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not claim():
            await asyncio.sleep(0.005)


async def working(engine: Recogniser) -> None:
    assert await asyncio.to_thread(engine.working.acquire, timeout=10)


async def test_an_utterance_is_fed_and_answered(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        utterance = client.begin(HINT)
        for frame in spoken.frames(WORD):
            utterance.feed(frame)
        heard = await utterance.finish(10)
        assert heard is not None
        assert int(heard["text"]) >= len(WORD)
        assert client.languages == {"ja": "Recogniser"}


async def test_utterances_of_many_calls_are_kept_apart(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine, queue=50) as client:
        utterances = [client.begin(HINT) for _ in range(12)]
        for number, utterance in enumerate(utterances):
            utterance.feed(WORD + bytes(2 * number))
        heard = await asyncio.gather(*(utterance.finish(10) for utterance in utterances))
        assert [int(h["text"]) for h in heard if h] == [len(WORD) + 2 * n for n in range(12)]


async def test_at_a_pause_it_guesses_before_it_is_asked(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        utterance = client.begin(HINT)
        utterance.feed(WORD)
        utterance.pause()
        await working(engine)
        assert engine.guesses == 1
        utterance.resume()
        utterance.feed(WORD)
        assert await utterance.finish(10) == {**(await _plain(client)), "text": str(2 * len(WORD))}


async def _plain(client: EarClient) -> dict[str, object]:
    utterance = client.begin(HINT)
    utterance.feed(WORD)
    return await utterance.finish(10) or {}


async def test_nobody_spoke_is_an_answer_without_words(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        for pcm in (b"", spoken.silence(3), spoken.noise(3, 3000)):
            utterance = client.begin(HINT)
            utterance.feed(pcm)
            heard = await utterance.finish(10)
            assert heard is not None
            assert (heard["text"], heard["confidence"]) == ("", 0.0)


async def test_more_than_it_can_do_is_answered_with_nothing_at_once(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine, workers=1, queue=2) as client:
        engine.hold.clear()
        first = asyncio.create_task(_finish(client))
        await working(engine)
        others = [asyncio.create_task(_finish(client)) for _ in range(2)]
        refused = await asyncio.gather(*(_finish(client) for _ in range(3)))
        assert refused == [None, None, None]
        assert not first.done()
        engine.hold.set()
        assert all(await asyncio.gather(first, *others))


async def _finish(client: EarClient, hint: dict[str, object] = HINT) -> dict[str, object] | None:
    utterance = client.begin(hint)
    utterance.feed(WORD)
    return await utterance.finish(10)


async def test_a_sound_that_breaks_the_engine_costs_its_own_utterance_only(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        bad = {**HINT, "prompt": "bad"}
        answers = await asyncio.gather(_finish(client), _finish(client, bad), _finish(client))
        assert [answer is None for answer in answers] == [False, True, False]


async def test_ten_minutes_of_garbage_in_odd_pieces_are_cut_and_harm_no_one(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        utterance = client.begin(HINT)
        for _ in range(600):
            utterance.feed(os.urandom(16001))
            await asyncio.sleep(0)
        heard = await utterance.finish(20)
        assert heard is None or heard["text"] == "" or int(heard["text"]) <= 16 * 16000
        assert await _finish(client)


@pytest.mark.parametrize("hint", [{}, {"language": "xx"}, {"language": "ja", "mode": "sing"}, [], None, 7])
async def test_a_hint_that_is_none_is_answered_with_nothing(tmp_path: Path, engine: Recogniser, hint: object):
    async with listening(tmp_path / "ear", engine) as client:
        assert await _finish(client, hint) is None  # type: ignore[arg-type]
        assert await _finish(client)


async def test_a_client_that_breaks_the_form_is_let_go_and_others_stay(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        for rubbish in (b"\xff" * 64, b"\x00\x00\x00\x05Jabcd", pack({"begin": "x"}) + b"\x00\x00\x00\x02P1"):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "ear"))
            await read(reader)
            writer.write(rubbish)
            assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
        assert client.up
        assert await _finish(client)


async def test_words_for_utterances_that_never_began_are_passed_over(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "ear"))
        for message in ({"pause": 9}, {"resume": 9}, {"drop": 9}, Sound(9, WORD), {"finish": 9}, {"finish": 9}):
            writer.write(pack(message))
        assert await read(reader) == {"ready": {"ja": "Recogniser"}}
        assert await asyncio.wait_for(read(reader), 10) == {"heard": 9, "hypothesis": None}
        writer.close()
        assert await _finish(client)


async def test_a_client_that_leaves_takes_its_work_with_it(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine, workers=1, queue=1) as client:
        engine.hold.clear()
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "ear"))
        for key in (1, 2):
            writer.write(pack({"begin": key, "hint": HINT}) + pack(Sound(key, WORD)) + pack({"finish": key}))
        await working(engine)
        writer.close()
        await writer.wait_closed()
        engine.hold.set()
        assert await _finish(client)


async def test_too_slow_an_ear_is_given_up_in_time(tmp_path: Path, engine: Recogniser):
    async with listening(tmp_path / "ear", engine) as client:
        engine.hold.clear()
        utterance = client.begin(HINT)
        utterance.feed(WORD)
        began = time.monotonic()
        assert await utterance.finish(0.3) is None
        assert time.monotonic() - began < 3
        engine.hold.set()
        assert await _finish(client)


async def test_an_engine_that_hangs_ends_the_worker(tmp_path: Path, engine: Recogniser):
    ear = Ear({"ja": engine}, hangs_after=0.2)
    serving = asyncio.create_task(ear.serve(tmp_path / "ear"))
    client = EarClient(str(tmp_path / "ear"))
    running = asyncio.create_task(client.run())
    await asyncio.wait_for(client.wait_up(), 10)
    engine.hold.clear()
    assert await _finish(client) is None
    with pytest.raises(CannotHear, match="hangs"):
        await asyncio.wait_for(serving, 10)
    engine.hold.set()
    running.cancel()


async def test_an_ear_that_is_away_is_deaf_and_holds_nobody_up(tmp_path: Path):
    client = EarClient(str(tmp_path / "nobody"))
    utterance = client.begin(HINT)
    utterance.feed(WORD)
    utterance.pause()
    assert await utterance.finish(10) is None
    assert not client.up


WORKER = """
import asyncio, sys
from pathlib import Path
from asr.ear import Ear
from asr.speech import Hypothesis

class Slow:
    language = "ja"
    def begin(self, hint): return self
    def feed(self, pcm): pass
    def finish(self):
        if "hold" in sys.argv: __import__("time").sleep(60)
        return Hypothesis(text="heard", confidence=1.0)
    guess = finish

asyncio.run(Ear({"ja": Slow()}).serve(Path(sys.argv[1])))
"""


@pytest.mark.real
async def test_a_worker_killed_in_the_middle_of_a_word_costs_that_word_and_no_more(tmp_path: Path):
    path = tmp_path / "ear"

    async def worker(*arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, str(path), *arguments)

    client = EarClient(str(path))
    running = asyncio.create_task(client.run())
    process = await worker("hold")
    try:
        await asyncio.wait_for(client.wait_up(), 20)
        cut, old = asyncio.create_task(_finish(client)), client.begin(HINT)
        await asyncio.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        assert await asyncio.wait_for(cut, 5) is None
        assert not client.up
        await process.wait()
        process = await worker()
        await asyncio.wait_for(client.wait_up(), 20)
        old.feed(WORD)
        assert await old.finish(5) is None  # the new worker did not hear its beginning
        heard = await _finish(client)
        assert heard is not None
        assert heard["text"] == "heard"
    finally:
        running.cancel()
        if process.returncode is None:
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()


@pytest.mark.real
async def test_a_frozen_worker_holds_nobody_up(tmp_path: Path):
    path = tmp_path / "ear"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, str(path))
    client = EarClient(str(path))
    running = asyncio.create_task(client.run())
    try:
        await asyncio.wait_for(client.wait_up(), 20)
        os.kill(process.pid, signal.SIGSTOP)
        utterance = client.begin(HINT)
        for _ in range(300):  # a megabyte and a half: more than a socket's buffers hold
            utterance.feed(bytes(8000))
        assert not client.up
        assert await utterance.finish(5) is None
        os.kill(process.pid, signal.SIGCONT)
        await asyncio.wait_for(client.wait_up(), 20)
        assert await _finish(client)
    finally:
        running.cancel()
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
