from __future__ import annotations

import pjsua2 as pj
import pytest

from telephony.frames import FAST, SLOW, FrameBytes, checked


def test_the_fast_way_stands_its_check_on_this_library() -> None:
    assert checked() is FAST


@pytest.mark.parametrize("writer", [FAST, SLOW])
@pytest.mark.parametrize("reader", [FAST, SLOW])
@pytest.mark.parametrize("size", [2, 320, 640])
def test_what_one_way_writes_the_other_reads(writer: FrameBytes, reader: FrameBytes, size: int) -> None:
    frame, pcm = pj.MediaFrame(), bytes(n % 251 for n in range(size))
    writer.write(frame, pcm)
    assert reader.read(frame) == pcm
    assert (frame.size, frame.type) == (size, pj.PJMEDIA_FRAME_TYPE_AUDIO)


def test_an_empty_frame_has_no_bytes() -> None:
    assert FAST.read(pj.MediaFrame()) == SLOW.read(pj.MediaFrame()) == b""
