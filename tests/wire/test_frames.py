import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.frames import LIMIT, BadFrame, Sound, pack, read


def reader(*data: bytes) -> asyncio.StreamReader:
    made = asyncio.StreamReader()
    for piece in data:
        made.feed_data(piece)
    made.feed_eof()
    return made


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.binary(max_size=400), st.integers(0, 2**32 - 1))
def test_what_is_packed_is_read_again(message, pcm, stream):
    async def both():
        source = reader(pack(message), pack(Sound(stream, pcm)))
        return await read(source), await read(source), await read(source)

    assert asyncio.run(both()) == (message, Sound(stream, pcm), None)


@given(st.binary(max_size=64))
def test_garbage_is_refused_or_ends_and_never_raises_anything_else(data):
    async def drain():
        source = reader(data)
        while await read(source) is not None:
            pass

    with contextlib.suppress(BadFrame):
        asyncio.run(drain())


async def test_a_length_beyond_the_limit_is_refused_before_anything_is_held():
    with pytest.raises(BadFrame):
        await read(reader((LIMIT + 1).to_bytes(4, "big") + b"J"))


async def test_a_message_too_large_for_a_frame_is_refused_by_its_sender():
    with pytest.raises(BadFrame):
        pack({"x": "y" * LIMIT})


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff\xfe", b'"text"'])
async def test_only_objects_are_messages(body):
    with pytest.raises(BadFrame):
        await read(reader((len(body) + 1).to_bytes(4, "big") + b"J" + body))
