from __future__ import annotations

import pytest
from record import Trees

from deflect.errors import SmsTooLong
from deflect.texts import check, length, write

URL = "https://example.jp/l/{token}"


def test_japanese_is_counted_in_utf_16_units_of_seventy() -> None:
    assert length("あ" * 70) == (70, 70)
    assert length("𠮷野家") == (4, 70)


def test_plain_english_is_counted_in_septets_of_a_hundred_and_sixty() -> None:
    assert length("Continue here: https://example.jp/l/abc_-") == (41, 160)
    assert length("[€]") == (6, 160)


def test_the_demo_tree_fits_one_message() -> None:
    check(Trees().current().sms_texts, URL)


def test_a_text_fits_up_to_the_last_unit_and_is_refused_with_one_more() -> None:
    room = 70 - len(write("{url}", URL.replace("{token}", "x" * 22)))
    check({"ja": "あ" * room + "{url}"}, URL)
    with pytest.raises(SmsTooLong, match=r"'ja' takes 71 of 70 units with a link at example\.jp"):
        check({"ja": "あ" * (room + 1) + "{url}"}, URL)
