from __future__ import annotations

import re

from meaning.spans import found_in, taken_back
from meaning.vocabulary import vocabulary

FORMS = (
    (re.compile(r"(?P<month>\d+)月(?P<day>\d+)日"), True),
    (re.compile(r"(?P<day>\d+)日"), False),
)


def test_the_longest_counts_and_no_sign_counts_twice() -> None:
    (whole, alone) = found_in("11月3日と4日", FORMS)
    assert (whole.parts, whole.is_sure) == ({"month": "11", "day": "3"}, True)
    assert (alone.parts, alone.is_sure) == ({"day": "4"}, False)


def test_what_is_taken_back_is_told_from_what_is_said_instead() -> None:
    ja, en = vocabulary("ja"), vocabulary("en")
    assert taken_back("3日、いや、4日です", ja) == ("3日", "4日です")
    assert taken_back("3日じゃなくて4日", ja) == ("3日", "4日")
    assert taken_back("the 3rd no wait the 4th", en) == ("the 3rd", " the 4th")
    assert taken_back("いやな予感がする3日", ja) == ("", "いやな予感がする3日")
    assert taken_back("november 3rd", en) == ("", "november 3rd")
