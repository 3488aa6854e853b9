from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telephony.recorder import Over, Piece, Recorder

FRAME = b"\x01\x00" * 160


def test_pieces_of_a_second_add_up_to_what_was_said() -> None:
    recorder = Recorder(longest=60, silence=5)
    frames = [n.to_bytes(2, "little") * 160 for n in range(125)]
    parts = [part for frame in frames for part in recorder.feed(frame, True)] + recorder.end("hangup")
    pieces = [part for part in parts if isinstance(part, Piece)]
    assert [piece.number for piece in pieces] == [0, 1, 2]
    assert b"".join(piece.pcm for piece in pieces) == b"".join(frames)
    assert parts[-1] == Over(2.5, "hangup")


def test_silence_after_speech_ends_the_message() -> None:
    recorder = Recorder(longest=60, silence=1.0)
    for _ in range(100):
        assert not any(isinstance(part, Over) for part in recorder.feed(FRAME, True))
    parts = [part for _ in range(50) for part in recorder.feed(FRAME, False)]
    assert parts[-1] == Over(3.0, "silence")


def test_a_message_in_which_nothing_was_said_has_no_length() -> None:
    recorder = Recorder(longest=60, silence=1.0)
    parts = [part for _ in range(60) for part in recorder.feed(FRAME, False)]
    assert parts[-1] == Over(0.0, "silence")


def test_the_longest_message_is_cut() -> None:
    recorder = Recorder(longest=2.0, silence=1.0)
    parts = [part for _ in range(200) for part in recorder.feed(FRAME, True)]
    assert parts[-1] == Over(2.0, "longest")


@given(st.lists(st.booleans(), max_size=400), st.floats(0.1, 5), st.floats(0.1, 5))
def test_a_message_ends_exactly_once_and_loses_no_frame(voice: list[bool], longest: float, silence: float) -> None:
    recorder = Recorder(longest, silence)
    fed, parts = 0, []
    for speaking in voice:
        fed += not recorder.over
        parts += recorder.feed(FRAME, speaking)
    parts += recorder.end("hangup")
    parts += recorder.end("key")
    assert [isinstance(part, Over) for part in parts].count(True) == 1
    assert isinstance(parts[-1], Over)
    assert sum(len(part.pcm) for part in parts if isinstance(part, Piece)) == fed * len(FRAME)
