"""The spool: a local journal that keeps what the database cannot take just now.

    file     records one after another, then zeros up to the reserved size
    record   4 bytes length n, 4 bytes CRC-32, n bytes sealed batch

The room is reserved when the spool opens, so that a disk which fills up later does not stop it. A record is
kept once fsync has returned. The last record may be torn by a crash; it was never acknowledged and is set aside.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from conversation.errors import DiskFull, NotKept
from conversation.keys import Cipher

RESERVED = 16 << 20
_HEAD = struct.Struct("!II")


class Spool:
    """Appends, reads and clears; each is safe from any thread. Positions are byte offsets."""

    def __init__(self, path: Path, cipher: Cipher, *, reserved: int = RESERVED) -> None:
        """Raises DiskFull when the room cannot be had."""
        self._path, self._cipher, self._reserved = path, cipher, reserved
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.posix_fallocate(self._file, 0, reserved)
            os.fsync(self._file)
            _sync_folder(path.parent)
        except OSError as error:
            raise DiskFull(f"no room for the spool ({reserved >> 20} MB): {error.strerror}") from None
        self.count, self.end = 0, 0
        for _, after in self._records(0):
            self.end, self.count = after, self.count + 1
        self._set_torn_tail_aside()

    def append(self, batches: Iterable[bytes]) -> None:
        """Keep the batches, all with one fsync. Raises NotKept; then none of them counts."""
        with self._lock:
            end, count = self.end, self.count
            try:
                for batch in batches:
                    sealed = self._cipher.seal(batch, "spool")
                    if end + _HEAD.size + len(sealed) > self._reserved:
                        raise OSError(errno.ENOSPC, "the spool's room is used up")
                    _write(self._file, _HEAD.pack(len(sealed), zlib.crc32(sealed)) + sealed, end)
                    end += _HEAD.size + len(sealed)
                    count += 1
                os.fdatasync(self._file)
            except OSError as error:
                with contextlib.suppress(OSError):
                    self._zero(self.end, end)
                raise NotKept(f"the spool cannot keep more: {error.strerror}") from None
            self.end, self.count = end, count

    def read(self, position: int, most: int) -> list[tuple[bytes, int]]:
        """Up to ``most`` (batch, position after it) from a position on."""
        with self._lock:
            found: list[tuple[bytes, int]] = []
            for sealed, after in self._records(position):
                if len(found) == most or after > self.end:
                    break
                found.append((self._cipher.open(sealed, "spool"), after))
            return found

    def clear(self, upto: int) -> bool:
        """Forget everything, if nothing came after ``upto``; True when done."""
        with self._lock:
            if self.end != upto:
                return False
            # The first length goes first, alone: a crash halfway must not leave a beginning that is applied again.
            _write(self._file, bytes(_HEAD.size), 0)
            os.fdatasync(self._file)
            self._zero(0, upto)
            os.fdatasync(self._file)
            self.count, self.end = 0, 0
            return True

    def set_aside(self, batch: bytes) -> None:
        """Keep a batch that the database refuses, beside the spool, for a person to look at."""
        _append_aside(self._path.with_suffix(".refused"), self._cipher.seal(batch, "spool"))

    def close(self) -> None:
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _records(self, position: int) -> Iterator[tuple[bytes, int]]:
        while True:
            head = os.pread(self._file, _HEAD.size, position)
            if len(head) < _HEAD.size:
                return
            length, check = _HEAD.unpack(head)
            if not length or position + _HEAD.size + length > self._reserved:
                return
            sealed = os.pread(self._file, length, position + _HEAD.size)
            if zlib.crc32(sealed) != check:
                return
            position += _HEAD.size + length
            yield sealed, position

    def _set_torn_tail_aside(self) -> None:
        tail = os.pread(self._file, self._reserved - self.end, self.end).rstrip(b"\0")
        if tail:
            _append_aside(self._path.with_suffix(".torn"), tail)
            self._zero(self.end, self.end + len(tail))
            os.fdatasync(self._file)

    def _zero(self, start: int, end: int) -> None:
        for at in range(start, end, 1 << 16):
            _write(self._file, bytes(min(1 << 16, end - at)), at)


def _write(file: int, data: bytes, position: int) -> None:
    while data:
        written = os.pwrite(file, data, position)
        data, position = data[written:], position + written


def _append_aside(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _write(file, _HEAD.pack(len(data), zlib.crc32(data)) + data, os.fstat(file).st_size)
        os.fsync(file)
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
