from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record import MASTER

from conversation.errors import Tampered, WrongMasterKey
from conversation.keys import Keys


@pytest.fixture
def keys() -> Keys:
    return Keys(MASTER, "main")


@given(st.binary(max_size=500), st.text(max_size=20), st.integers(0, 10**6))
def test_what_was_sealed_at_a_place_opens_there(plain: bytes, conversation: str, seq: int) -> None:
    cipher, wrapped = Keys(MASTER, "main").make(conversation)
    sealed = cipher.seal(plain, conversation, seq)
    assert Keys(MASTER, "main").unwrap(conversation, wrapped).open(sealed, conversation, seq) == plain
    assert len(plain) < 8 or plain not in sealed


@pytest.mark.parametrize("place", [("main", "b", 1), ("main", "a", 2), ("other", "a", 1), ("main", "a"), ("maina", 1)])
def test_a_ciphertext_opens_at_no_other_place(keys: Keys, place: tuple[str | int, ...]) -> None:
    cipher, _ = keys.make("a")
    sealed = cipher.seal(b"secret", "main", "a", 1)
    with pytest.raises(Tampered):
        cipher.open(sealed, *place)


def test_a_wrapped_key_opens_for_its_own_conversation_only(keys: Keys) -> None:
    _, wrapped = keys.make("a")
    with pytest.raises(Tampered):
        keys.unwrap("b", wrapped)


@given(st.integers(0, 60), st.integers(1, 255))
def test_one_changed_byte_is_noticed(at: int, change: int) -> None:
    cipher, _ = Keys(MASTER, "main").make("a")
    sealed = bytearray(cipher.seal(b"0123456789", "a"))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(Tampered):
        cipher.open(bytes(sealed), "a")


def test_a_short_ciphertext_is_tampered_not_a_crash(keys: Keys) -> None:
    with pytest.raises(Tampered):
        keys.make("a")[0].open(b"short", "a")


def test_the_index_of_a_number_needs_the_master_key_and_differs_by_purpose(keys: Keys) -> None:
    number = "+819012345678"
    assert keys.index("number", number) == Keys(MASTER, "main").index("number", number)
    others = {
        keys.index("range", number),
        Keys(MASTER, "other").index("number", number),
        Keys(bytes(32), "main").index("number", number),
    }
    assert keys.index("number", number) not in others
    assert len(others) == 3


def test_a_master_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(WrongMasterKey, match="16 bytes, not 32"):
        Keys(bytes(16), "main")


def test_the_text_of_an_error_tells_the_place_and_nothing_more(keys: Keys) -> None:
    with pytest.raises(Tampered) as error:
        keys.make("a")[0].open(b"x" * 40, "main", "a", "entry", 3)
    assert str(error.value) == "not what was written at main/a/entry/3"
