"""Recordings: sealed pieces on disk, about a second each, kept as they come.

A piece is a file of its own under a name that tells nothing (keyed hash of recording and number), so the same
piece written twice is one file. Its place in the recording is bound into its cipher.
"""

from __future__ import annotations

import asyncio
import io
import os
import wave
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select

from conversation.errors import Away, BrokenRecording, NotKept, Tampered, UnknownRecording
from conversation.keys import Cipher
from conversation.operations import Change, Put
from conversation.store import Store
from conversation.tables import Recording, RecordingPiece, table

RATE = 8000
AT_HAND = 200
"""Recordings whose pieces are also known in memory, so that they can be heard while the database is away."""


class Recordings:
    def __init__(self, folder: Path, store: Store) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._store = folder, store
        self._pieces: OrderedDict[str, tuple[str, dict[int, int]]] = OrderedDict()

    async def append(self, conversation: str, recording: str, piece: int, pcm: bytes) -> None:
        """Keep a piece: signed 16-bit mono 8 kHz. The same piece again changes nothing.

        Raises UnknownConversation, Away (its key is not at hand), NotKept (no room).
        """
        owner, known = await self._known(conversation, recording)
        if piece in known:
            return
        cipher, name = await self._store.cipher(owner), self._name(recording, piece)
        sealed = cipher.seal(pcm, self._store.site, "recording", recording, piece)
        try:
            await asyncio.to_thread(_keep, self._folder / name, sealed)
        except OSError as error:
            raise NotKept(f"no room for a recording: {error.strerror}") from None
        site = self._store.site
        await self._store.write(
            Put(Recording(site_id=site, id=recording, conversation_id=owner, opened_at=datetime.now(UTC))),
            Put(RecordingPiece(site_id=site, recording_id=recording, piece=piece, file=name, size=len(pcm))),
        )
        known[piece] = len(pcm)

    async def close(self, recording: str, seconds: float) -> None:
        """No more pieces will come."""
        values = {"closed_at": datetime.now(UTC), "seconds": seconds}
        await self._store.write(Change(Recording, {"id": recording, "site_id": self._store.site}, values))

    async def wav(self, recording: str, *, partial: bool = False) -> bytes:
        """The whole as a WAV file. partial: silence where pieces are missing or damaged, instead of an error.

        Raises UnknownRecording, BrokenRecording, Away.
        """
        owner, pieces = await self._known("", recording)
        if not pieces:
            raise UnknownRecording(f"no recording {recording}")
        cipher = await self._store.cipher(owner)
        pcm, broken = await asyncio.to_thread(self._open, cipher, recording, pieces)
        if broken and not partial:
            raise BrokenRecording(recording, tuple(broken))
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE)
            wav.writeframes(pcm)
        return file.getvalue()

    def _open(self, cipher: Cipher, recording: str, pieces: dict[int, int]) -> tuple[bytes, list[int]]:
        parts, broken = [], []
        for piece in range(max(pieces) + 1):
            try:
                sealed = (self._folder / self._name(recording, piece)).read_bytes()
                parts.append(cipher.open(sealed, self._store.site, "recording", recording, piece))
            except (OSError, Tampered):
                broken.append(piece)
                parts.append(bytes(pieces.get(piece, 2 * RATE)))
        return b"".join(parts), broken

    def _name(self, recording: str, piece: int) -> str:
        return self._store.keys.index("recording", f"{recording}\0{piece}")[:40]

    async def _known(self, conversation: str, recording: str) -> tuple[str, dict[int, int]]:
        """(conversation, piece to bytes of PCM): in memory, or as stored."""
        if recording not in self._pieces:
            stored: tuple[str, dict[int, int]] | None = None
            if conversation:
                with suppress(Away):  # a piece that is kept a second time does no harm
                    stored = await self._stored(recording)
            else:
                stored = await self._stored(recording)
            found = stored or (conversation, {})
            if not found[0]:
                return found
            self._pieces.setdefault(recording, found)
            while len(self._pieces) > AT_HAND and not self._store.behind:
                self._pieces.popitem(last=False)
        return self._pieces[recording]

    async def _stored(self, recording: str) -> tuple[str, dict[int, int]] | None:
        rows, pieces = table(Recording), table(RecordingPiece)

        def ask(connection: Connection) -> tuple[str, dict[int, int]] | None:
            owner = connection.execute(
                select(rows.c.conversation_id).where(rows.c.id == recording, rows.c.site_id == self._store.site)
            ).scalar()
            if owner is None:
                return None
            found = connection.execute(select(pieces).where(pieces.c.recording_id == recording))
            return owner, {row.piece: row.size for row in found}

        return await self._store.read(ask)


def _keep(path: Path, sealed: bytes) -> None:
    fresh = path.with_suffix(".part")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
