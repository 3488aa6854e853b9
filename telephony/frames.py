"""The bytes of a pjsua2 MediaFrame, without a Python loop over them.

``frame.buf`` is a ``std::vector<unsigned char>``, which libstdc++ and libc++ lay out as three pointers (begin, end,
end of storage). Reading through them takes 2 microseconds for a frame of 20 ms where ``bytes(frame.buf)`` takes 220.
As that layout is promised by nobody, ``checked`` proves it by a round trip once, and else the slow way is taken.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

import pjsua2 as pj

_Pointers = ctypes.c_size_t * 3
PROBE = bytes(range(256)) + bytes(64)


class FrameBytes(NamedTuple):
    """read(frame) -> bytes; write(frame, pcm) makes it an audio frame of these bytes."""

    read: Callable[[Any], bytes]
    write: Callable[[Any, bytes], None]
    fast: bool


def _read_fast(frame: Any) -> bytes:
    buffer = frame.buf
    begin, end, _ = _Pointers.from_address(int(buffer.this))
    return ctypes.string_at(begin, end - begin) if begin else b""


def _write_fast(frame: Any, pcm: bytes) -> None:
    buffer = frame.buf
    buffer.assign(len(pcm), 0)
    ctypes.memmove(_Pointers.from_address(int(buffer.this))[0], pcm, len(pcm))
    frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
    frame.size = len(pcm)


def _read_slow(frame: Any) -> bytes:
    return bytes(frame.buf)


def _write_slow(frame: Any, pcm: bytes) -> None:
    frame.buf = pj.ByteVector(list(pcm))
    frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
    frame.size = len(pcm)


SLOW = FrameBytes(_read_slow, _write_slow, fast=False)
FAST = FrameBytes(_read_fast, _write_fast, fast=True)


def _plausible(buffer: Any, size: int) -> bool:
    """The three words look like a vector of this size, so that following them is safe."""
    begin, end, storage = _Pointers.from_address(int(buffer.this))
    return bool(begin and end and storage) and end - begin == size and storage >= end


def checked() -> FrameBytes:
    """The fast way if a round trip through both ways agrees, else the slow way. Call it in the pj thread."""
    frame = pj.MediaFrame()
    _write_slow(frame, PROBE)
    if not _plausible(frame.buf, len(PROBE)) or _read_fast(frame) != PROBE:
        return SLOW
    _write_fast(frame, PROBE[::-1])
    return FAST if _read_slow(frame) == PROBE[::-1] else SLOW
