from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import slots
from ivr.actions import Limits
from meaning import times
from tests.doubles.tables import rows

OFFICE = Limits(lowest="09:00", highest="17:00")
NIGHT = Limits(lowest="00:00", highest="06:00")

JA = """
午前十時半 = 10:30
10時15分 = 10:15
夕方5時 = 17:00
正午 = 12:00
しょうごです = 12:00
22時 = 22:00
午前9時 = 09:00
ごごさんじ = 15:00
午後三時半でお願いします = 15:30
朝9時 = 09:00
夜の7時 = 19:00
夜8時 = 20:00
お昼の1時 = 13:00
昼の12時 = 12:00
深夜0時 = 00:00
夜中の2時 = 02:00
午前0時 = 00:00
午後0時30分 = 12:30
10時15分前 = 09:45
9時5分前 = 08:55
3時 = 15:00
9時 = 09:00
10:30 = 10:30
9:05 = 09:05
19:30 = 19:30
じゅうじ = 10:00
くじはん = 09:30
ごご4じはん = 16:30
よじじゅうごふん = 16:15
しちじ = 07:00
午前10時ごろ = 10:00
10時か11時 = -
10時以降 = -
10時から12時 = -
10時、いや、11時 = 11:00
3時過ぎ = -
25時 = -
10時70分 = -
24時 = 00:00
二十二時 = 22:00
夕方の五時 = 17:00
十時十分 = 10:10
10時から = 10:00
3PM = 15:00
午後3 = 15:00
0930 = 09:30
いちよんさんまる = 14:30
明日の10時 = 10:00
3時間 = -
わかりません = -
早朝5時 = 05:00
午後13時 = 13:00
午前13時 = -
18時半 = 18:30
今夜9時 = 21:00
お昼12時半 = 12:30
11時ちょうど = 11:00
れいじ = 00:00
"""
EN = """
half past two = 14:30
half past nine = 09:30
quarter to five = 16:45
a quarter past ten = 10:15
ten past three = 15:10
twenty to six = 17:40
five minutes to nine = 08:55
2 pm = 14:00
2 p.m. = 14:00
2:30 p.m. = 14:30
2.30pm = 14:30
10am = 10:00
ten a.m. = 10:00
two thirty = 14:30
two thirty pm = 14:30
two oh five = 14:05
nine fifteen in the morning = 09:15
three in the afternoon = 15:00
eight at night = 20:00
seven in the evening = 19:00
noon = 12:00
12 noon = 12:00
midnight = 00:00
ten o'clock = 10:00
ten o'clock in the morning = 10:00
14:00 = 14:00
fourteen hundred hours = 14:00
1430 = 14:30
at ten = 10:00
ten = 10:00
at 3 please = 15:00
around 4 pm = 16:00
12 a.m. = 00:00
12:30 p.m. = 12:30
9 a.m. = 09:00
ten or eleven = -
after ten = -
between two and three = -
ten, no, eleven o'clock = 11:00
quarter to midnight = -
tomorrow at ten thirty = 10:30
half past twelve = 12:30
I don't know = -
25:00 = -
two hours = -
eleven forty-five = 11:45
5 pm sharp = 17:00
quarter past one pm = 13:15
nineteen thirty = 19:30
"""


@pytest.mark.parametrize(
    ("language", "text", "value"), [("ja", *row) for row in rows(JA)] + [("en", *row) for row in rows(EN)]
)
def test_a_time_is_understood_as_people_say_it(language: str, text: str, value: str | None) -> None:
    assert times.understood(text, language, Limits()) == value


@pytest.mark.parametrize(
    ("language", "text", "limits", "value"),
    [
        ("ja", "3時", OFFICE, "15:00"), ("ja", "9時", OFFICE, "09:00"), ("ja", "5時", OFFICE, "17:00"),
        ("ja", "四時十五分", OFFICE, "16:15"), ("ja", "3時", NIGHT, "03:00"), ("en", "half past four", OFFICE, "16:30"),
        ("en", "two o'clock", NIGHT, "02:00"), ("ja", "夜の8時", OFFICE, "20:00"), ("ja", "12時", OFFICE, "12:00"),
    ],
)  # fmt: skip
def test_the_limits_tell_the_afternoon_from_the_night(language: str, text: str, limits: Limits, value: str) -> None:
    assert times.understood(text, language, limits) == value


@pytest.mark.parametrize("language", ["ja", "en"])
@given(minutes=st.integers(0, 24 * 60 - 1))
def test_a_time_read_back_is_understood_as_the_same(language: str, minutes: int) -> None:
    value = f"{minutes // 60:02}:{minutes % 60:02}"
    assert times.understood(slots.spoken("time", value, language), language, Limits()) == value


@pytest.mark.parametrize("language", ["ja", "en"])
@given(
    text=st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "午前",
                "午後",
                "夜の",
                "時",
                "分前",
                "半",
                "99",
                "25",
                "0",
                ":",
                "half",
                "quarter",
                "to",
                "past",
                "12",
                "am",
                "noon",
            ]
        )
    ).map(" ".join)
)
def test_no_text_breaks_it(language: str, text: str) -> None:
    value = times.understood(text, language, OFFICE)
    assert value is None or slots.is_bound("time", value)
    times.in_passing(text, language)
