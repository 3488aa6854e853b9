"""Frames: a length, a kind, a body.

    4 bytes  length of what follows, big-endian
    1 byte   kind: J a JSON object, P sound
    body     J: UTF-8 JSON;  P: 4 bytes stream number, big-endian, then PCM

A peer that breaks the form is disconnected (``BadFrame``); it cannot make us hold more than ``LIMIT`` bytes.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from typing import Any

LIMIT = 1 << 20
_HEAD = struct.Struct("!IB")
_STREAM = struct.Struct("!I")
_JSON, _PCM = ord("J"), ord("P")


class BadFrame(Exception):
    """The peer sent something that is no frame; the connection is of no more use."""


@dataclass(frozen=True, slots=True)
class Sound:
    """PCM that belongs to a stream of this connection."""

    stream: int
    pcm: bytes


def pack(message: dict[str, Any] | Sound) -> bytes:
    if isinstance(message, Sound):
        body, kind = _STREAM.pack(message.stream) + message.pcm, _PCM
    else:
        body, kind = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(), _JSON
    if len(body) + 1 > LIMIT:
        raise BadFrame(f"{len(body)} bytes are more than a frame holds")
    return _HEAD.pack(len(body) + 1, kind) + body


async def read(reader: asyncio.StreamReader) -> dict[str, Any] | Sound | None:
    """The next message, or None when the peer has closed. Raises BadFrame."""
    try:
        length, kind = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        if not 1 <= length <= LIMIT:
            raise BadFrame(f"a frame of {length} bytes")
        body = await reader.readexactly(length - 1)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    if kind == _PCM:
        if len(body) < _STREAM.size:
            raise BadFrame("sound without a stream")
        return Sound(_STREAM.unpack_from(body)[0], body[_STREAM.size :])
    if kind != _JSON:
        raise BadFrame(f"kind {kind}")
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BadFrame("no JSON") from error
    if not isinstance(message, dict):
        raise BadFrame("no object")
    return message
