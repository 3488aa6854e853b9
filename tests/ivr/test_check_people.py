"""A person, a call back or a message can be reached from every question, soon enough, at every hour of the year."""

from datetime import date

import pytest
from small_trees import BYE, HELLO, ask, kinds, say, small, told

HOURS = """
  desk: {mon: ["09:00-18:00"], tue: ["09:00-18:00"], wed: ["09:00-18:00"], thu: ["09:00-18:00"], fri: ["09:00-18:00"],
    sat: [], sun: [], holiday: []}
"""
AGENT = "  staff: {agent: {ja: おつなぎします。, en: One moment.}, busy: %s}\n"
LONG = (
    "ただいま大変こみ合っております。おそれいりますが、そのままお待ちになるか、しばらくたってからおかけ直しください。"
)


def gated(hours):
    return small(HELLO + say("first", "bye"), hello="", start="gate", hours=hours)


def test_a_person_who_is_nobody_is_told_once_with_the_way_that_fails():
    (problem,) = told(small(say("first", "bye"), person="first"), "person_nowhere")
    assert problem.node == "first"
    assert problem.path == ("hello", "first", "bye")
    assert not told(small(say("first", "bye"), person="first"), "no_person")


def test_a_tree_may_say_that_it_is_meant_to_do_without():
    nobody = small(person="bye", ends=BYE)
    assert kinds(nobody) == {"person_nowhere"}
    assert not kinds(nobody + "reach: nobody\n")


def test_a_start_that_ends_before_anything_is_asked():
    text = gated(HOURS) + "  gate: {hours: desk, open: hello, closed: bye}\n"
    (problem,) = told(text, "no_person", today=None)
    assert problem.path == ("gate", "bye")


def test_the_hour_at_which_it_fails_is_told():
    text = gated(HOURS) + "  gate: {hours: desk, open: hello, closed: bye}\n"
    (problem,) = told(text, "no_person_at")
    assert dict(problem.values)["when"] == "2026-11-24 00:00"
    assert problem.path == ("gate", "bye")


def test_what_would_fail_only_at_an_hour_that_there_is_not_is_no_fault():
    # The night desk is closed only while the day desk is open.
    night = (
        HOURS
        + """
  night: {mon: %s, tue: %s, wed: %s, thu: %s, fri: %s, sat: ["00:00-24:00"], sun: ["00:00-24:00"],
    holiday: ["00:00-24:00"]}
"""
        % (('["00:00-09:00", "18:00-24:00"]',) * 5)
    )
    gates = "  gate: {hours: desk, open: hello, closed: late}\n  late: {hours: night, open: hello, closed: bye}\n"
    text = gated(night) + gates
    assert told(text, "no_person", today=None)
    assert not kinds(text)
    # One day on which neither is open is found, wherever in the year it lies.
    hole = text.replace('holiday: ["00:00-24:00"]', 'holiday: ["00:00-24:00"], days: {2027-07-07: []}')
    hole = hole.replace("sat: [], sun: [], holiday: []", "sat: [], sun: [], holiday: [], days: {2027-07-07: []}")
    (problem,) = told(hole, "no_person_at")
    assert dict(problem.values)["when"] == "2027-07-07 00:00"
    assert problem.path == ("gate", "late", "bye")


def test_too_many_questions_before_a_person():
    steps = "".join(ask(f"q{n}", "digits", f"q{n + 1}") for n in range(8)) + say("q8", "message")
    text = small(steps, person="q0", hello=HELLO.replace("first", "bye"))
    (problem,) = told(text, "person_far")
    assert dict(problem.values)["questions"] == "1" or problem.node == "q0"
    assert "person_far" not in kinds(text + "reach: {questions: 9, seconds: 300}\n")


def test_too_many_words_before_a_person():
    line = "".join(say(f"s{n}", f"s{n + 1}", LONG) for n in range(12)) + say("s12", "message")
    (problem,) = told(small(line, person="s0"), "person_far")
    assert problem.node == "s0"
    assert problem.path[-1] == "message"
    assert int(dict(problem.values)["seconds"]) > 90


def test_where_a_person_may_not_be_asked_for_three_failures_must_lead_there_in_time():
    strict = ask("first", "digits", "again", forbid="[person]") + ask("again", "digits", "first", forbid="[person]")
    assert not told(small(strict), "person_far")
    hard = small(strict, reach="{questions: 2, seconds: 90}")
    assert {problem.node for problem in told(hard, "person_far")} == {"first", "again"}


@pytest.mark.parametrize("today", [None, date(2026, 11, 24)])
def test_a_loop_of_questions_that_never_lets_go(today):
    text = small(
        ask("first", "digits", "first"),
        person="first",
        ends=BYE,
    )
    assert told(text, "person_nowhere", today)[0].path == ("hello", "first", "first")


def test_closed_hours_that_offer_an_agent_alone():
    text = small(AGENT % "bye" + "  first: {hours: desk, open: message, closed: staff}\n", hours=HOURS)
    (problem,) = told(text, "closed_only_agent")
    assert problem.level == "warning"
    assert problem.path == ("hello", "first", "closed", "staff")
    assert not told(text.replace("busy: bye", "busy: message"), "closed_only_agent")


def test_nobody_answers_and_nothing_else_is_offered():
    assert told(small(say("first", "staff") + AGENT % "bye"), "nobody_left")[0].node == "staff"
    assert not told(small(say("first", "staff") + AGENT % "message"), "nobody_left")


def test_a_question_before_the_person_where_silence_ends_the_call():
    text = small(
        ask("first", "digits", "staff") + AGENT % "bye",
        person="first",
        ends=BYE,
    )
    assert told(text, "given_up")[0].node == "first"


# -- loops -------------------------------------------------------------------------------------------------------------

HOOK = "  first: {webhook: office, next: bye, failed: %s}\n"


@pytest.mark.parametrize(
    ("nodes", "kind"),
    [
        (HOOK % "first", "loop_of_calls"),
        (HOOK % "sorry" + say("sorry", "first"), "loop_of_calls"),
        (say("first", "staff") + AGENT % "first", "loop_of_people"),
        ("  first: {transfer: {ja: はい。, en: Yes.}, to: '0312345678', failed: first}\n", "loop_of_people"),
        ("  first: {link: {ja: 送りますか。, en: Send.}, next: on}\n" + say("on", "first"), "loop"),
        ("  first: {goodbye: {ja: では。, en: Bye.}, screen: first}\n", "loop"),
    ],
)
def test_what_goes_round_without_a_question(nodes, kind):
    (problem,) = told(small(nodes, sms='{ja: "{url}", en: "{url}"}'), kind)
    assert problem.path[-1] in problem.path[:-1]


def test_a_failure_that_asks_before_it_tries_again_is_no_loop():
    text = small(HOOK % "again" + ask("again", "yesno", "", yes="first", no="message").replace(", next: ,", ","))
    assert not kinds(text)
