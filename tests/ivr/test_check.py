"""Each fault is found, with the node and the path that leads to it."""

import pytest

from ivr import tree
from ivr.errors import BrokenTree

HEAD = """
name: small
languages: [ja, en]
start: hello
person: bye
reach: nobody
"""
CENTRE = """
hours:
  centre: {mon: ["09:00-17:00"], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [], holiday: []}
"""
BYE = """
  bye:
    goodbye: {ja: 失礼いたします。, en: Goodbye.}
"""
HELLO = """
nodes:
  hello:
    menu: {ja: どちらですか。, en: Which one}
    options:
      - {id: one, key: 1, label: {ja: 一, en: one}, next: %s}
      - {id: two, key: 2, label: {ja: 二, en: two}, next: bye}
"""


def found(text, node, word):
    with pytest.raises(BrokenTree) as caught:
        tree.load(text)
    matching = [p for p in caught.value.problems if p.node == node and word in p.reason]
    assert matching, caught.value.problems
    return matching[0]


def test_a_sound_tree_has_no_problems():
    assert tree.load(HEAD + HELLO % "bye" + BYE)


def test_a_target_that_does_not_exist():
    problem = found(HEAD + HELLO % "nowhere" + BYE, "hello", "no node 'nowhere'")
    assert problem.path == ("hello", "one")


@pytest.mark.parametrize("field", ["start", "home", "person", "matter"])
def test_a_tree_that_names_a_node_that_does_not_exist(field):
    head = "\n".join(line for line in HEAD.splitlines() if not line.startswith(field)) + f"\n{field}: nowhere\n"
    assert found(head + HELLO % "bye" + BYE, "", "no node 'nowhere'").path == (field,)


def test_a_dead_end_is_told_with_its_path():
    text = HEAD + HELLO % "number" + BYE + "  number:\n    ask: {ja: 番号は, en: Number}\n    slot: digits\n"
    problem = found(text + "    label: {ja: 番号, en: number}\n", "number", "dead end")
    assert problem.path == ("hello", "number", "next")


def test_a_yes_without_a_no():
    text = HEAD + HELLO % "sure" + BYE + "  sure:\n    ask: {ja: 本当, en: Sure}\n    slot: yesno\n    yes: bye\n"
    assert found(text, "sure", "dead end").path == ("hello", "sure", "no")


def test_a_node_that_cannot_be_reached():
    found(HEAD + HELLO % "bye" + BYE + BYE.replace("bye:", "lost:", 1), "lost", "cannot be reached")


def test_a_loop_without_a_question_is_told_with_the_loop():
    text = HEAD + HELLO % "a" + BYE
    text += "  a:\n    say: {ja: あ, en: a}\n    next: b\n  b:\n    say: {ja: い, en: b}\n    next: a\n"
    with pytest.raises(BrokenTree) as caught:
        tree.load(text)
    (problem,) = [p for p in caught.value.problems if "loop" in p.reason]
    assert set(problem.path) == {"hello", "a", "b"}


def test_a_loop_through_a_question_is_no_fault():
    text = HEAD + HELLO % "again" + BYE + "  again:\n    say: {ja: もう一度, en: Again}\n    next: hello\n"
    assert tree.load(text)


def test_a_node_from_which_nothing_ends():
    text = HEAD + HELLO % "trap" + BYE
    text += "  trap:\n    menu: {ja: わな, en: Trap}\n"
    text += "    options: [{id: on, key: 1, label: {ja: 次, en: on}, next: trap}]\n"
    assert found(text, "trap", "no message and no goodbye").path == ("hello", "trap")


def test_a_key_and_an_option_used_twice():
    found(HEAD + (HELLO % "bye").replace("key: 2", "key: 1") + BYE, "hello", "key '1' is used twice")
    found(HEAD + (HELLO % "bye").replace("id: two", "id: one") + BYE, "hello", "option 'one' is used twice")


def test_a_missing_language_is_told_with_the_text():
    problem = found(HEAD + (HELLO % "bye").replace(", en: two", "") + BYE, "hello", "no text in 'en'")
    assert problem.path == ("hello", "options.two.label")
    found(HEAD + (HELLO % "bye").replace(", en: Which one", "") + BYE, "hello", "no text in 'en'")


def test_a_language_that_nobody_speaks():
    found(HEAD + (HELLO % "bye").replace("en: two", "en: two, fr: deux") + BYE, "hello", "does not speak 'fr'")
    found(HEAD.replace("en]", "en, xx]") + HELLO % "bye" + BYE, "", "no words in 'xx'")


def test_an_open_question_needs_examples_in_every_language():
    text = HEAD + (HELLO % "bye").replace("menu:", "question:") + BYE
    assert found(text, "hello", "no example phrases in 'ja'").path == ("hello", "one")


def test_a_variable_that_nothing_gives():
    found(HEAD + HELLO % "bye" + BYE.replace("Goodbye.", "'{name}'"), "bye", "{name}")
    text = HEAD + HELLO % "fork" + BYE + "  fork:\n    decide: [{when: 'amount > 3', next: bye}]\n    otherwise: bye\n"
    found(text, "fork", "'amount'")


def test_a_condition_that_cannot_be_read():
    text = HEAD + HELLO % "fork" + BYE + "  fork:\n    decide: [{when: 'open(1)', next: bye}]\n    otherwise: bye\n"
    found(text, "fork", "Call is not in the grammar")


def test_hours_that_do_not_exist_and_hours_that_never_open():
    fork = "  fork:\n    hours: centre\n    open: bye\n    closed: bye\n"
    found(HEAD + HELLO % "fork" + BYE + fork, "fork", "no hours 'centre'")
    never = CENTRE.replace('"09:00-17:00"', "")
    found(HEAD + never + HELLO % "fork" + BYE + fork, "", "never open")
    assert tree.load(HEAD + CENTRE + HELLO % "fork" + BYE + fork)


def test_an_hour_of_the_week_that_is_not_covered():
    fork = "  fork:\n    hours: centre\n    open: bye\n    closed: bye\n"
    with pytest.raises(BrokenTree) as caught:
        tree.load(HEAD + CENTRE.replace("sun: [], ", "") + HELLO % "fork" + BYE + fork)
    assert caught.value.problems[0].path == ("hours", "centre", "sun")


def test_a_link_needs_its_message_in_every_language():
    text = HEAD + "sms: {ja: 'こちら {url}'}\n" + HELLO % "move" + BYE
    found(text + "  move:\n    link: {ja: 送りますか, en: Send}\n    next: bye\n", "move", "sms has no text in 'en'")


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ("slot: digits\n    next: bye\n    least: 5\n    most: 4", "least is more than most"),
        ("slot: digits\n    next: bye", "needs a label"),
        ("slot: choice\n    next: bye", "needs them"),
        ("slot: digits\n    next: bye\n    options: [{id: a, label: {ja: あ, en: a}}]", "belong to the slot"),
    ],
)
def test_a_slot_that_does_not_add_up(fields, word):
    found(HEAD + HELLO % "slot" + BYE + f"  slot:\n    ask: {{ja: 番号, en: N}}\n    {fields}\n", "slot", word)
