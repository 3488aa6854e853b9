from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import slots
from ivr.actions import Limits
from meaning import dates
from tests.doubles.tables import rows

TODAY = date(2026, 10, 21)
"""A Wednesday."""
BORN = Limits(lowest="-120y", highest="today")
SOON = Limits(lowest="today", highest="+60d")

JA = """
令和8年11月3日 = 2026-11-03
令和八年十一月三日です = 2026-11-03
平成元年1月8日 = 1989-01-08
昭和55年5月5日生まれです = 1980-05-05
しょうわごじゅうごねんごがついつか = 1980-05-05
大正15年12月25日 = 1926-12-25
2026年11月3日 = 2026-11-03
西暦2026年11月3日 = 2026-11-03
二〇二六年十一月三日 = 2026-11-03
2026/11/3 = 2026-11-03
2026-11-03 = 2026-11-03
R8.11.3 = 2026-11-03
S55年5月5日 = 1980-05-05
11月3日 = 2026-11-03
11月の3日にお願いします = 2026-11-03
じゅういちがつみっか = 2026-11-03
十一月三日 = 2026-11-03
3月1日 = 2027-03-01
11/3 = 2026-11-03
今日 = 2026-10-21
本日でお願いします = 2026-10-21
明日 = 2026-10-22
あした = 2026-10-22
あすです = 2026-10-22
あさって = 2026-10-23
明後日 = 2026-10-23
しあさって = 2026-10-24
昨日 = 2026-10-20
きのうです = 2026-10-20
おととい = 2026-10-19
3日後 = 2026-10-24
三日後 = 2026-10-24
みっかご = 2026-10-24
2週間後 = 2026-11-04
一週間後でお願いします = 2026-10-28
10日前 = 2026-10-11
1か月後 = 2026-11-21
一ヶ月後 = 2026-11-21
来週の火曜 = 2026-10-27
来週の火曜日 = 2026-10-27
らいしゅうのかようび = 2026-10-27
再来週の月曜日 = 2026-11-02
今週の金曜 = 2026-10-23
先週の金曜日 = 2026-10-16
火曜日 = 2026-10-27
金曜 = 2026-10-23
水曜日 = 2026-10-28
次の木曜日 = 2026-10-22
今度の土曜日でお願いできますか = 2026-10-24
今月末 = 2026-10-31
月末 = 2026-10-31
来月末 = 2026-11-30
さらいげつの3日 = 2026-12-03
来月の十日 = 2026-11-10
来月とおか = 2026-11-10
二十三日 = 2026-10-23
にじゅうさんにち = 2026-10-23
ついたち = 2026-11-01
はつか = 2026-11-20
二十日 = 2026-11-20
11月3日の火曜日 = 2026-11-03
11月3日(火) = 2026-11-03
火曜日、11月3日 = 2026-11-03
2026年11月3日、火曜日 = 2026-11-03
11月3日の月曜日 = -
2月30日 = -
11月3日か4日 = -
11月3日、いや、4日です = 2026-11-04
3日じゃなくて4日です = 2026-11-04
11月3日以外 = -
11月3日は無理です = -
来年の3月3日 = 2027-03-03
去年の12月1日 = 2025-12-01
元日 = 2027-01-01
大晦日 = 2026-12-31
えっと、11月3日に引っ越す予定なんですけど = 2026-11-03
いちいちまるさん = 2026-11-03
20261103 = 2026-11-03
5081103 = 2026-11-03
わかりません = -
3月末 = 2027-03-31
再来月の3日 = 2026-12-03
いつかわかりません = -
半年後 = 2027-04-21
2月29日 = 2028-02-29
平成31年5月1日 = 2019-05-01
昭和64年1月8日 = 1989-01-08
平成40年1月1日 = -
来週の今日 = 2026-10-28
8年11月3日 = -
3人で = -
10時にお願いします = -
クリスマス = 2026-12-25
11月3日から2週間後 = -
令和8年の11月3日 = 2026-11-03
１１月３日 = 2026-11-03
11 月 3 日 = 2026-11-03
来年の元日 = 2027-01-01
明日か明後日 = -
金曜か、その前後 = -
8月31日まで = 2027-08-31
"""
EN = """
the third of November = 2026-11-03
November third = 2026-11-03
November 3rd = 2026-11-03
November 3, 2026 = 2026-11-03
Nov. 3 = 2026-11-03
3 November = 2026-11-03
3rd of November 2026 = 2026-11-03
November the third, twenty twenty-six = 2026-11-03
May fifth nineteen eighty = 1980-05-05
May 5th, nineteen oh five = 1905-05-05
the fifth of May two thousand and six = 2006-05-05
11/3 = 2026-11-03
11/3/2026 = 2026-11-03
23/11 = 2026-11-23
2026-11-03 = 2026-11-03
today = 2026-10-21
tomorrow, please = 2026-10-22
the day after tomorrow = 2026-10-23
yesterday = 2026-10-20
the day before yesterday = 2026-10-19
in three days = 2026-10-24
three days from now = 2026-10-24
three days ago = 2026-10-18
two weeks ago = 2026-10-07
in a week = 2026-10-28
a week from today = 2026-10-28
a week from Tuesday = 2026-11-03
next Tuesday = 2026-10-27
this Friday = 2026-10-23
Friday = 2026-10-23
on Friday please = 2026-10-23
Tuesday next week = 2026-10-27
last Friday = 2026-10-16
Tuesday the week after next = 2026-11-03
the third = 2026-11-03
the twenty-third = 2026-10-23
the 3rd of next month = 2026-11-03
next month on the 3rd = 2026-11-03
the end of this month = 2026-10-31
end of next month = 2026-11-30
the last day of November = 2026-11-30
Tuesday, November 3 = 2026-11-03
Tuesday, November 3, 2026 = 2026-11-03
Monday, November 3 = -
February 30th = -
the third or the fourth = -
November third, no, fourth = 2026-11-04
November 3rd, I mean the 4th = 2026-11-04
not the third = -
Reiwa 8 November 3 = 2026-11-03
May 5, Showa 55 = 1980-05-05
May 5, Heisei gannen = 1989-05-05
Christmas = 2026-12-25
New Year's Day = 2027-01-01
March 1st next year = 2027-03-01
I think it was November 3rd = 2026-11-03
one one zero three = 2026-11-03
20261103 = 2026-11-03
I don't know = -
a month from now = 2026-11-21
February twenty ninth = 2028-02-29
five people = -
at ten o'clock = -
March 1st = 2027-03-01
next week = -
Wednesday = 2026-10-28
Thu = 2026-10-22
December 31st of last year = 2025-12-31
before November 3rd = -
"""


@pytest.mark.parametrize(
    ("language", "text", "value"), [("ja", *row) for row in rows(JA)] + [("en", *row) for row in rows(EN)]
)
def test_a_date_is_understood_as_people_say_it(language: str, text: str, value: str | None) -> None:
    assert dates.understood(text, language, Limits(), TODAY) == value


@pytest.mark.parametrize(
    ("text", "limits", "value"),
    [
        ("5月5日", BORN, "2026-05-05"), ("5月5日", SOON, "2027-05-05"), ("10月1日", BORN, "2026-10-01"),
        ("火曜日", BORN, "2026-10-20"), ("23日", BORN, "2026-09-23"), ("水曜日", BORN, "2026-10-21"),
        ("8年11月3日", SOON, "2026-11-03"), ("55年5月5日", BORN, None),
    ],
)  # fmt: skip
def test_what_a_date_leaves_open_the_limits_decide(text: str, limits: Limits, value: str | None) -> None:
    assert dates.understood(text, "ja", limits, TODAY) == value


def test_two_figures_are_a_year_when_only_one_is_allowed() -> None:
    assert dates.understood("May 5th, 85", "en", BORN, TODAY) == "1985-05-05"
    assert dates.understood("May 5th, 20", "en", BORN, TODAY) is None


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ja", "来週の火曜の10時に予約したい", "2026-10-27"), ("ja", "明日の予約を変更したい", "2026-10-22"),
        ("ja", "11月3日に引っ越します", "2026-11-03"), ("ja", "今日はお願いがあって電話しました", None),
        ("ja", "三日坊主の件", None), ("ja", "2日か3日に", None),
        ("en", "I want to book for next Tuesday", "2026-10-27"),
        ("en", "this is the 2nd time I am calling", None), ("en", "change my booking of November 3rd", "2026-11-03"),
    ],
)  # fmt: skip
def test_in_passing_only_a_sure_date_is_taken(language: str, text: str, value: str | None) -> None:
    assert dates.in_passing(text, language, TODAY) == value


@pytest.mark.parametrize("language", ["ja", "en"])
@given(day=st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_a_date_read_back_is_understood_as_the_same(language: str, day: date) -> None:
    said = slots.spoken("date", day.isoformat(), language)
    assert dates.understood(said, language, Limits(), TODAY) == day.isoformat()


@pytest.mark.parametrize("language", ["ja", "en"])
@given(
    text=st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "来週",
                "の",
                "火曜",
                "末",
                "2月",
                "30日",
                "9999年",
                "99",
                "万",
                "か月後",
                "令和",
                "元",
                "next",
                "in",
                "weeks",
                "of",
                "3rd",
                "may",
                "0",
                "/",
                "31",
            ]
        )
    ).map(" ".join),
    today=st.dates(date(1900, 1, 1), date(2200, 1, 1)),
)
def test_no_text_and_no_day_breaks_it(language: str, text: str, today: date) -> None:
    value = dates.understood(text, language, BORN, today)
    assert value is None or date.fromisoformat(value)
    assert dates.in_passing(text, language, today) is None or value is None or isinstance(value, str)
