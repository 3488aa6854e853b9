"""Opening hours: every hour of the coming year, days that are over, names that nothing uses."""

from datetime import date

import pytest
from small_trees import TUESDAY, kinds, say, small, told

from ivr.problems import said
from ivr.proof.year import moments
from ivr.tree import TreeFile, examine

WEEK = "mon: [{0}], tue: [{0}], wed: [{0}], thu: [{0}], fri: [{0}], sat: [{0}], sun: [{0}], holiday: [{0}]"
DAYTIME, ALWAYS, NEVER = WEEK.format('"09:00-18:00"'), WEEK.format('"00:00-24:00"'), WEEK.format("")
FORK = "  first: {hours: desk, open: bye, closed: message}\n"


def opened(hours, fork=FORK, **head):
    return small(fork, hours=f"{{desk: {{{hours}}}}}", **head)


def test_hours_that_come_and_go_are_no_fault():
    assert not kinds(opened(DAYTIME))
    assert not kinds(opened(DAYTIME), level="warning")


@pytest.mark.parametrize(
    ("hours", "kind", "level"),
    [
        (NEVER, "never_open", "problem"),
        (NEVER + ", days: {2026-11-20: [\"10:00-12:00\"]}", "never_open_this_year", "problem"),
        (ALWAYS, "never_closed", "note"),
        (DAYTIME + ", days: {2026-01-05: []}", "days_past", "warning"),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_in_the_coming_year(hours, kind, level):
    (problem,) = told(opened(hours), kind)
    assert problem.level == level
    assert problem.path[:2] == ("hours", "desk")


def test_a_desk_that_opens_on_single_days_alone_is_open():
    assert not kinds(opened(NEVER + ', days: {2026-12-01: ["10:00-12:00"]}'))


def test_without_a_day_nothing_is_said_of_the_coming_year():
    assert not told(opened(DAYTIME + ", days: {2026-01-05: []}"), "days_past", today=None)


@pytest.mark.parametrize("written", ["18:00-02:00", "22:00-26:00", "17:30-25:00"])
def test_hours_past_midnight_are_refused_with_the_way_to_write_them(written):
    start, _, end = written.partition("-")
    (problem,) = told(opened(WEEK.format(f'"{written}"')), "hours_past_midnight")
    assert f"{start}-24:00" in problem.reason
    assert f"00:00-0{int(end[:2]) % 24}:{end[3:]}" in problem.reason
    assert "翌日" in said(problem, "ja")


def test_a_holiday_that_is_closed_is_one_of_the_moments_of_the_year():
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))
    file = TreeFile.model_validate(
        {
            "name": "x", "languages": ["ja"], "start": "bye", "person": "bye",
            "nodes": {"bye": {"goodbye": {"ja": "では。"}}}, "hours": {"desk": week | {"holiday": ()}},
        }
    )  # fmt: skip
    # 2026-11-23 is 勤労感謝の日; the next holiday after the 24th is New Year's Day.
    states = moments({"desk": file.hours["desk"]}, date(2026, 11, 24))
    assert states == {(("desk", True),): "2026-11-24 00:00", (("desk", False),): "2027-01-01 00:00"}


def test_an_opening_that_the_clock_swallows():
    # New York, 2027-03-14: from 02:00 it is 03:00 at once.
    text = opened(DAYTIME + ', days: {2027-03-14: ["02:15-03:00"]}', timezone="America/New_York")
    (problem,) = told(text, "hours_lost")
    assert dict(problem.values) == {"name": "desk", "day": "2027-03-14", "range": "02:15-03:00"}
    assert told(text, "holidays_of_japan")[0].level == "note"


def test_names_that_do_not_exist_and_names_that_nothing_uses():
    assert told(small(FORK), "no_hours")[0].node == "first"
    assert told(opened(DAYTIME, fork=""), "hours_unused")
    assert told(small("  first: {webhook: desk, next: bye, failed: bye}\n"), "no_webhook")[0].node == "first"
    assert told(small(webhooks="{desk: https://desk.example.jp/}"), "webhook_unused")


def test_a_part_that_nothing_uses_is_told_also_when_only_another_such_uses_it():
    parts = """
  one:
    start: two
    exits: [on]
    nodes:
      two: {subtree: other, exits: {on: "@on"}}
  other:
    start: yes_two
    exits: [on]
    nodes:
      yes_two: {say: {ja: はい。, en: Yes.}, next: "@on"}
"""
    found = told(small(subtrees=parts), "subtree_unused")
    assert {dict(problem.values)["name"] for problem in found} == {"one", "other"}
    used = small("  first: {subtree: one, exits: {on: bye}}\n", subtrees=parts)
    assert not told(used, "subtree_unused")


def test_a_fault_in_a_part_is_told_once_with_its_place_in_the_file():
    part = """
  tell:
    start: words
    exits: [on]
    nodes:
      words: {say: {ja: はい。}, next: "@on"}
"""
    use = "  {0}: {{subtree: tell, exits: {{on: {1}}}}}\n"
    (problem,) = told(small(use.format("first", "again") + use.format("again", "bye"), subtrees=part), "no_text")
    assert problem.node == "first"
    assert problem.path == ("hello", "first", "first.words", "say")
    assert problem.place == ("subtrees", "tell", "nodes", "words", "say")


def test_a_survey_is_one_node_of_the_file():
    survey = "  first:\n    survey: [{id: x, ask: {ja: どうでしたか。}, label: {ja: 評価, en: score}}]\n    next: bye\n"
    problem = told(small(survey), "no_text")[0]
    assert problem.node == "first"
    assert problem.place[:4] == ("nodes", "first", "survey", "x")


def test_the_walk_of_a_year_is_short_however_many_hours_there_are():
    hours = ", ".join(f"h{n}: {{{DAYTIME}}}" for n in range(40))
    forks = "".join(f"  g{n}: {{hours: h{n}, open: bye, closed: g{n + 1}}}\n" for n in range(40)) + say(
        "g40", "message"
    )
    text = small(forks + say("first", "g0"), hours=f"{{{hours}}}")
    assert not [one for one in examine(text, today=TUESDAY) if one.level == "problem"]
