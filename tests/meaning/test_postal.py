from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from meaning.postal import alike, areas, book, sound


def test_names_written_in_two_ways_are_alike_and_as_long_as_before() -> None:
    assert alike("霞ヶ関") == alike("霞が関")
    assert alike("木ノ新保") == alike("木の新保")
    assert alike("二条") == alike("2条")
    assert len(alike("東京都千代田区霞ヶ関")) == len("東京都千代田区霞ヶ関")


@pytest.mark.parametrize(
    ("spelt", "said"), [("トウキョウト", "トーキョート"), ("メイエキ", "メーエキ"), ("おおさか", "オーサカ")]
)
def test_a_reading_sounds_the_same_however_it_is_spelt(spelt: str, said: str) -> None:
    assert sound(spelt) == sound(said)


def test_a_municipality_is_known_with_its_prefecture_and_without() -> None:
    known = book().written
    assert [city.name for city in known[alike("千代田区")]] == ["東京都千代田区"]
    assert {city.name for city in known[alike("府中市")]} == {"東京都府中市", "広島県府中市"}
    assert [city.name for city in known[alike("東郷町")]] == ["愛知県愛知郡東郷町"]


def test_many_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(areas, ["1000001"] * 16))
    assert found == [("東京都千代田区千代田",)] * 16
