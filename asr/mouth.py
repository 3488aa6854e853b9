"""The hub's side of the mouth: texts become WAV files that the line plays by path.

What never changes is kept in a cache named by content, so it is spoken without the mouth; what holds a caller's
words lies under a random name in ``volatile`` until it is forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr.errors import CannotSpeak
from asr.pronunciation import parts
from asr.sound import wav
from asr.voices import LONGEST
from wire.frames import BadFrame, Sound, pack, read

RETRY = 0.1


@dataclass(slots=True)
class _Line:
    """One connection to a mouth worker."""

    voices: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, text: str, language: str, speed: float) -> bytes:
        self.writer.write(pack({"text": text, "language": language, "speed": speed}))
        pieces: list[bytes] = []
        while (message := await read(self.reader)) is not None:
            if isinstance(message, Sound):
                pieces.append(message.pcm)
            elif "error" in message:
                raise CannotSpeak(str(message["error"]))
            else:
                return b"".join(pieces)
        raise CannotSpeak("the mouth went away")


class Mouth:
    """path: socket of the mouth worker, or several. patience: seconds that a caller may be made to wait for a voice.

    longest: seconds after which a text that is to be kept is given up, whoever still waits for it.
    """

    def __init__(
        self,
        path: Path | Sequence[Path],
        cache: Path,
        volatile: Path,
        *,
        patience: float = 1.5,
        longest: float = 20.0,
    ) -> None:
        self._paths = [path] if isinstance(path, Path) else list(path)
        self._cache, self._volatile = cache, volatile
        self._patience, self._longest = patience, longest
        self._turn = 0
        self._making: dict[tuple[str, str, float], asyncio.Task[Path]] = {}
        for folder in (cache, volatile):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in [*volatile.glob("*.wav"), *volatile.glob("*.part"), *cache.glob("*.part")]:
            left.unlink(missing_ok=True)
        self._voices = self._remembered()

    async def file(self, text: str, language: str, *, keep: bool, speed: float = 1.0) -> Path:
        """A WAV file, 8 kHz mono, of the text. Raises CannotSpeak, within ``patience``.

        keep: the text holds nothing of a caller, so its sound is kept for ever; otherwise ``forget`` it when played.
        """
        if len(text) > LONGEST:
            raise CannotSpeak(f"more than {LONGEST} characters")
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair cannot cross a socket
        try:
            async with asyncio.timeout(self._patience):
                if keep:
                    return await asyncio.shield(self._kept(text, language, speed))
                return await self._once(text, language, speed)
        except TimeoutError:
            raise CannotSpeak("the mouth is away or too slow") from None

    async def prepare(
        self,
        texts: Iterable[tuple[str, str]],
        *,
        progress: Callable[[int, int], None] | None = None,
        wait: float = 30.0,
    ) -> int:
        """Make the sounds of (text, language) ahead, one at a time; how many of them are there now.

        progress: is told (done, all) after each. wait: seconds to wait for a mouth that is just starting.
        """
        wanted = list(dict.fromkeys(texts))
        made, away = 0, False
        try:
            await self.ready(wait)
        except CannotSpeak:
            away = True  # what is there from before still counts
        for number, (text, language) in enumerate(wanted, 1):
            if away:
                made += self._found(text, language, 1.0) is not None
            else:
                with contextlib.suppress(CannotSpeak):
                    await asyncio.shield(self._kept(text, language, 1.0))
                    made += 1
            if progress is not None:
                progress(number, len(wanted))
        return made

    async def ready(self, within: float = 1.0) -> dict[str, str]:
        """The voices, language to name. Raises CannotSpeak when no mouth answers in so many seconds."""
        try:
            async with asyncio.timeout(within), self._line(within) as line:
                return line.voices
        except TimeoutError:
            raise CannotSpeak("the mouth is away or too slow") from None

    def forget(self, path: Path) -> None:
        """Remove a volatile file; a kept one stays."""
        if path.parent == self._volatile:
            path.unlink(missing_ok=True)

    async def close(self) -> None:
        """Give up what is being made."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _kept(self, text: str, language: str, speed: float) -> asyncio.Future[Path]:
        """The kept file, being made at most once at a time however many ask for it."""
        if (path := self._found(text, language, speed)) is not None:
            there: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
            there.set_result(path)
            return there
        key = (text, language, speed)
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make(text, language, speed))
            task.add_done_callback(lambda done: self._made(key, done))
        return task

    def _made(self, key: tuple[str, str, float], task: asyncio.Task[Path]) -> None:
        del self._making[key]
        if not task.cancelled():
            task.exception()  # those who wait have it; nobody may be left

    async def _make(self, text: str, language: str, speed: float) -> Path:
        try:
            async with asyncio.timeout(self._longest), self._line(self._patience) as line:
                # The voice may have changed since its name was remembered.
                if (path := self._found(text, language, speed)) is not None:
                    return path
                pcm = await line.say(text, language, speed)
                name = self._name(text, language, speed)
                if name is None:
                    raise CannotSpeak(f"there is no voice for {language}")
                return _write(self._cache / name, pcm)
        except TimeoutError:
            raise CannotSpeak("the mouth is away or too slow") from None

    async def _once(self, text: str, language: str, speed: float) -> Path:
        async with self._line(self._patience) as line:
            pcm = await line.say(text, language, speed)
        return _write(self._volatile / f"{secrets.token_hex(12)}.wav", pcm)

    @contextlib.asynccontextmanager
    async def _line(self, within: float) -> AsyncIterator[_Line]:
        """A connection to the next mouth that answers. Raises CannotSpeak."""
        line = await self._connect(within)
        try:
            if line.voices != self._voices:
                self._remember(line.voices)
            yield line
        except (OSError, BadFrame):
            raise CannotSpeak("the mouth went away") from None
        finally:
            line.writer.close()

    async def _connect(self, within: float) -> _Line:
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while True:
            for _ in self._paths:
                self._turn = (self._turn + 1) % len(self._paths)
                with contextlib.suppress(OSError):
                    reader, writer = await asyncio.open_unix_connection(self._paths[self._turn])
                    try:
                        hello = await read(reader)
                    except BaseException as error:
                        writer.close()
                        if isinstance(error, BadFrame):
                            continue
                        raise
                    if isinstance(hello, dict) and isinstance(hello.get("voices"), dict):
                        return _Line(hello["voices"], reader, writer)
                    writer.close()
            if loop.time() + RETRY > until:
                raise CannotSpeak("the mouth is away")
            await asyncio.sleep(RETRY)

    def _found(self, text: str, language: str, speed: float) -> Path | None:
        name = self._name(text, language, speed)
        if name is None:
            return None
        path = self._cache / name
        return path if path.exists() else None

    def _name(self, text: str, language: str, speed: float) -> str | None:
        if language not in self._voices:
            return None
        voices = sorted({self._voices.get(spoken) or self._voices[language] for spoken, _ in parts(text, language)})
        content = json.dumps([text, language, voices, round(speed, 3)], ensure_ascii=False)
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest() + ".wav"

    def _remembered(self) -> dict[str, str]:
        """The voices met last, so that what they left in the cache is found while the mouth is away."""
        try:
            voices = json.loads((self._cache / "voices.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in voices.items()} if isinstance(voices, dict) else {}

    def _remember(self, voices: dict[str, str]) -> None:
        self._voices = dict(voices)
        with contextlib.suppress(OSError):  # a full disk costs the memory only
            part = self._cache / f"{secrets.token_hex(8)}.part"
            part.write_text(json.dumps(self._voices), "utf-8")
            part.replace(self._cache / "voices.json")


def _write(path: Path, pcm: bytes) -> Path:
    """Whole or not at all, also through a power cut. Raises CannotSpeak when there is no room."""
    part = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(wav(pcm))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise CannotSpeak("there is no room for the sound") from None
    return path
