"""Conditions are followed along every path: what can never be is told, and what was not given yet."""

import pytest
from small_trees import ENDS, ask, decide, kinds, say, small, told

NUMBER = ask("first", "digits", "fork", least="6", most="6", save="x")
AMOUNT = ask("first", "amount", "fork", highest='"1000"', save="x")
DAY = ask("first", "date", "fork", save="x")
SURE = ask("first", "yesno", "fork", save="x")
NOTE = ask("first", "text", "fork", save="x")


def forked(given, when):
    return small(given + decide("fork", "bye", (when, "message")))


@pytest.mark.parametrize(
    ("given", "when", "kind"),
    [
        (SURE, "x == 'maybe'", "no_such_option"),
        (SURE, "matter == 'three'", "no_such_option"),
        (SURE, "x in ('yes', 'perhaps')", "no_such_option"),
        (SURE, "x != 'never'", "no_such_option"),
        (SURE, "language == 'fr'", "no_such_option"),
        (SURE, "caller_class == 'martian'", "no_such_option"),
        (SURE, "x > 3", "number_against_text"),
        (SURE, "matter == 1", "number_against_text"),
        (DAY, "x < 20261201", "number_against_text"),
        (DAY, "x == 'tomorrow'", "out_of_range"),
        (NUMBER, "x == 'abc'", "text_against_number"),
        (NUMBER, "x == '12'", "out_of_range"),
        (NUMBER, "x >= 1000000", "out_of_range"),
        (NUMBER, "1000000 < x", "out_of_range"),
        (AMOUNT, "x > 1000", "out_of_range"),
        (SURE, "screen == 'yes'", "not_a_truth"),
        (SURE, "nobody == 1", "unknown_in_condition"),
        (SURE, "x == 'yes' and open(1)", "condition_grammar"),
        (SURE, "x ==", "condition_not"),
        (SURE, "not " * 30 + "x", "condition_deep"),
        (SURE, "x in matter", "condition_in"),
    ],
)
def test_a_comparison_that_cannot_be_is_told_at_its_branch(given, when, kind):
    (problem, *_) = told(forked(given, when), kind)
    assert problem.node == "fork"
    assert problem.path == ("hello", "first", "fork", when)
    assert problem.level == "problem"


@pytest.mark.parametrize(
    ("given", "when"),
    [
        (SURE, "x == 'yes'"),
        (SURE, "matter == 'one' and x == 'no'"),
        (SURE, "not screen and language == 'en'"),
        (NUMBER.replace("least", "optional: true, least"), "x == ''"),
        (NUMBER, "x < 100000 or x == '500000'"),
        (NUMBER, "x == 7"),
        (AMOUNT, "x >= 1000"),
        (AMOUNT, "x < 2.5"),
        (DAY, "x < '2027-01-01'"),
        (NOTE, "x == 'はい'"),
        (NOTE, "x > 3"),
        (NOTE, "x > 'a'"),
        (NOTE, "x == matter"),
    ],
)
def test_a_condition_that_may_hold_is_no_fault(given, when):
    assert not kinds(forked(given, when))


def test_a_branch_that_an_earlier_one_takes_all_of_is_never_taken():
    text = small(NUMBER + decide("fork", "bye", ("x < 500000", "message"), ("x < 1000", "first")))
    (problem,) = told(text, "never_taken")
    assert problem.path == ("hello", "first", "fork", "x < 1000")


def test_what_was_chosen_on_the_way_is_known_at_a_branch():
    text = small(decide("first", "bye", ("matter == 'two'", "message")))
    (problem,) = told(text, "never_taken")
    assert problem.path == ("hello", "first", "matter == 'two'")


def test_a_node_behind_conditions_that_never_hold_cannot_be_reached():
    text = small(decide("first", "bye", ("matter == 'two'", "lost")) + say("lost", "bye"))
    (problem,) = told(text, "unreachable_by_condition")
    assert problem.node == "lost"


def test_two_branches_that_hold_together_only_on_paper_are_told():
    text = small(
        ask("first", "yesno", "fork", save="x")
        + decide("fork", "bye", ("x == 'yes'", "again"))
        + decide("again", "bye", ("x == 'no'", "message"))
    )
    assert told(text, "never_taken")[0].node == "again"


def test_a_link_that_was_never_offered_was_never_sent():
    assert told(forked(SURE, "link_sent"), "never_taken")
    assert not told(forked(SURE, "screen"), "never_taken")


def test_a_part_is_judged_by_all_the_places_it_is_used_in():
    part = """
  tell:
    start: fork
    exits: [on]
    nodes:
      fork: {decide: [{when: "matter == 'one'", next: yes_one}], otherwise: "@on"}
      yes_one: {say: {ja: 一。, en: One.}, next: "@on"}
"""
    use = "  {0}: {{subtree: tell, exits: {{on: bye}}}}\n"
    hello = small().partition("nodes:")[2].partition("  first:")[0].replace("next: bye", "next: second")
    both = small(use.format("first") + use.format("second"), hello=hello, subtrees=part)
    assert not kinds(both)
    # Used for the other matter alone, its branch is never taken.
    alone = small(use.format("second"), hello=hello.replace("next: first", "next: bye"), subtrees=part)
    (problem,) = told(alone, "never_taken")
    assert problem.node == "second"
    assert problem.place[:4] == ("subtrees", "tell", "nodes", "fork")


# -- given yet? --------------------------------------------------------------------------------------------------------


def test_a_text_that_names_what_is_not_given_yet_is_told_with_the_path():
    text = small(say("first", "number", "{x}です。") + ask("number", "digits", "bye", save="x"))
    (problem,) = told(text, "not_yet_said")
    assert problem.path == ("hello", "first", "say")


def test_the_path_that_goes_round_the_question_is_the_one_that_is_told():
    text = small(
        ask("first", "yesno", "", yes="number", no="tell").replace(", next: ,", ",")
        + ask("number", "digits", "tell", save="x")
        + say("tell", "bye", "{x}です。")
    )
    (problem,) = told(text, "not_yet_said")
    assert problem.path == ("hello", "first", "tell", "say")


def test_what_is_asked_on_one_path_and_said_on_that_path_alone_is_no_fault():
    text = small(
        ask("first", "yesno", "", save="sure", yes="number", no="fork").replace(", next: ,", ",")
        + ask("number", "digits", "fork", save="x")
        + decide("fork", "bye", ("sure == 'yes'", "tell"))
        + say("tell", "bye", "{x}です。")
    )
    assert not kinds(text)


def test_a_question_that_may_be_passed_over_may_have_given_nothing():
    text = small(ask("first", "digits", "tell", save="x", optional="true") + say("tell", "bye", "{x}です。"))
    assert told(text, "not_yet_said")


def test_whoever_asks_for_a_person_at_the_first_question_has_given_nothing():
    ends = ENDS.replace("ご伝言をどうぞ。", '"{x}のご伝言をどうぞ。"')
    text = small(ask("first", "digits", "bye", save="x"), ends=ends)
    assert told(text, "not_yet_said")[0].path == ("hello", "message", "voicemail")


def test_what_a_webhook_gives_is_given_only_when_it_answers():
    hook = "  first: {webhook: office, save: {x: state}, next: tell, failed: %s}\n"
    assert not kinds(small(hook % "bye" + say("tell", "bye", "{x}です。")))
    assert told(small(hook % "tell" + say("tell", "bye", "{x}です。")), "not_yet_said")


def test_a_customer_has_a_name_once_identified():
    named = say("tell", "bye", "{customer_name}さま。")
    who = ask("first", "digits", "who", save="x") + "  who: {identify: {number: x}, next: tell, failed: %s}\n"
    assert not kinds(small(who % "bye" + named))
    assert told(small(who % "tell" + named), "not_yet_said")
    assert told(small(say("first", "bye", "{customer_name}さま。")), "unknown_in_text")


def test_what_goes_out_empty_is_worth_a_look_and_refuses_nothing():
    hook = "  look: {webhook: office, send: [x], next: bye, failed: bye}\n"
    text = small(ask("first", "digits", "look", save="x", optional="true") + hook)
    assert [problem.level for problem in told(text, "not_yet_sent")] == ["warning"]
    assert not kinds(text)
    assert told(small(hook.replace("look", "first").replace("[x]", "[nothing]")), "unknown_sent")


def test_a_condition_on_what_is_asked_only_later_is_told():
    text = small(decide("first", "number", ("x > 3", "message")) + ask("number", "digits", "bye", save="x"))
    assert told(text, "never_yet_given")[0].path == ("hello", "first", "x > 3")


@pytest.mark.parametrize("name", ["language", "screen", "sms_sender", "customer_name"])
def test_a_variable_that_is_taken(name):
    assert told(small(ask("first", "digits", "bye", save=name)), "taken")
