from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import slots
from meaning import amounts
from tests.doubles.tables import rows

Kind = Literal["amount", "count"]

AMOUNTS_JA = """
一万二千円 = 12000
1万2千 = 12000
12,000円 = 12000
百万 = 1000000
百万円です = 1000000
1.5万 = 15000
1.5万円 = 15000
三億五千万円 = 350000000
千円 = 1000
いちまんにせんえん = 12000
さんぜんえん = 3000
ごひゃくえんです = 500
0円 = 0
ゼロ円 = 0
12000 = 12000
１２，０００円 = 12000
¥12,000 = 12000
約3万円 = 30000
三万円くらいです = 30000
二千五百円 = 2500
二千と五百円 = -
1万円以上 = -
1万円か2万円 = -
1万円、いや2万円です = 20000
100ドル = -
12.5円 = -
わかりません = -
千二百三十四円 = 1234
10万 = 100000
金額は三千円です = 3000
一億 = 100000000
ろくまんえん = 60000
にまんはっせんえん = 28000
八万八千八百八十八円 = 88888
一兆円 = 1000000000000
三千 = 3000
合計で5000円です = 5000
1,234,567円 = 1234567
二十万三百円 = 200300
マイナス五百円 = -
千五百 = 1500
きゅうひゃくはちじゅうえん = 980
"""
AMOUNTS_EN = """
twelve thousand five hundred yen = 12500
12,500 yen = 12500
one million yen = 1000000
a million yen = 1000000
one point five million yen = 1500000
a hundred yen = 100
a thousand yen = 1000
five hundred = 500
twelve hundred yen = 1200
two thousand and six yen = 2006
30,000 = 30000
¥3,000 = 3000
3000 yen please = 3000
about ten thousand yen = 10000
it's eight hundred and eighty yen = 880
zero yen = 0
fifteen fifty = -
one hundred dollars = -
more than five hundred yen = -
5k yen = 5000
three hundred thousand yen = 300000
half a million yen = 500000
twenty-five thousand yen = 25000
one hundred and one yen = 101
ten thousand yen or twenty thousand yen = -
ten thousand yen, I mean twenty thousand yen = 20000
nine hundred ninety nine thousand nine hundred ninety nine yen = 999999
two million three hundred thousand = 2300000
one yen = 1
two hundred fifty = 250
six thousand six hundred sixty six yen = 6666
JPY 5000 = 5000
12.5 thousand yen = 12500
one zero zero zero yen = 1000
I don't know = -
the amount is 4,980 yen = 4980
fifty thousand = 50000
one billion yen = 1000000000
seventy yen = 70
forty-two yen = 42
"""
COUNTS_JA = """
三名 = 3
3人 = 3
二人 = 2
ふたりです = 2
一人 = 1
ひとりで行きます = 1
三つ = 3
みっつください = 3
3個 = 3
十二名です = 12
じゅうにん = 10
ごにん = 5
さんまい = 3
5枚お願いします = 5
二泊 = 2
1台 = 1
3 = 3
三 = 3
さん = 3
四人で予約 = 4
お一人様 = 1
ゼロ = 0
2回 = 2
十本 = 10
大人2人と子供1人 = -
3人か4人 = -
三、四人 = -
3〜4人 = -
4名様 = 4
100人 = 100
わかりません = -
3人以上 = -
七つ = 7
ここのつ = 9
よにん = 4
くにん = 9
10箱 = 10
一件です = 1
いち = 1
2人です、いえ、3人です = 3
全部で6人です = 6
5つ = 5
はちめい = 8
"""
COUNTS_EN = """
three = 3
three people = 3
three of us = 3
2 persons = 2
just me = 1
a couple = 2
a dozen = 12
half a dozen = 6
twenty-one = 21
one = 1
just one = 1
party of four = 4
four guests = 4
there are five of us = 5
2 adults = 2
two adults and one child = -
two boxes = 2
three nights = 3
one item = 1
zero = 0
a hundred = 100
we are six = 6
for two please = 2
eight tickets = 8
five, no, six = 6
at least five = -
five or six = -
five or six people = -
twenty or so people = 20
ten pieces = 10
only two = 2
it's just me = 1
myself = 1
eleven = 11
7 = 7
fifteen sheets = 15
one hundred and five = 105
I'm not sure = -
a pair = 2
30 copies = 30
total of nine = 9
twelve = 12
"""


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [("ja", *row) for row in rows(AMOUNTS_JA)] + [("en", *row) for row in rows(AMOUNTS_EN)],
)
def test_an_amount_is_understood_as_people_say_it(language: str, text: str, value: str | None) -> None:
    assert amounts.understood("amount", text, language) == value


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [("ja", *row) for row in rows(COUNTS_JA)] + [("en", *row) for row in rows(COUNTS_EN)],
)
def test_a_count_is_understood_as_people_say_it(language: str, text: str, value: str | None) -> None:
    assert amounts.understood("count", text, language) == value


@pytest.mark.parametrize(
    ("language", "kind", "text", "value"),
    [
        ("ja", "count", "3名で予約したい", "3"), ("ja", "count", "もう一つ聞きたい", None),
        ("ja", "count", "2人目", None),
        ("ja", "amount", "5000円の請求について", "5000"), ("en", "count", "a table for three people", "3"),
        ("en", "amount", "a bill of 12,500 yen", "12500"), ("en", "count", "I have two questions", None),
    ],
)  # fmt: skip
def test_in_passing_only_a_sure_number_is_taken(language: str, kind: Kind, text: str, value: str | None) -> None:
    assert amounts.in_passing(kind, text, language) == value


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", ["amount", "count"])
@given(number=st.integers(0, 10**15 - 1) | st.integers(0, 2000))
def test_a_number_read_back_is_understood_as_the_same(language: str, kind: Kind, number: int) -> None:
    assert amounts.understood(kind, slots.spoken(kind, str(number), language), language) == str(number)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", ["amount", "count"])
@given(
    text=st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "万",
                "億",
                "千",
                "百",
                "1.5",
                "99999999999999999",
                "円",
                "人",
                "に",
                "じゅう",
                "hundred",
                "and",
                "thousand",
                "million",
                "point",
                "a",
            ]
        )
    ).map(" ".join)
)
def test_no_text_breaks_it(language: str, kind: Kind, text: str) -> None:
    value = amounts.understood(kind, text, language)
    assert value is None or slots.is_bound(kind, value)
    amounts.in_passing(kind, text, language)
