import pytest
from centre import VALUES, load
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import tree
from ivr.errors import BrokenTree

SMALL = """
name: small
languages: [ja, en]
start: hello
person: bye
reach: nobody
nodes:
  hello:
    menu: {ja: どちらですか。, en: Which one}
    options:
      - {id: one, key: 1, label: {ja: 一つ目, en: first}, next: bye}
  bye:
    goodbye: {ja: 失礼いたします。, en: Goodbye.}
"""


def problems(text):
    with pytest.raises(BrokenTree) as caught:
        tree.load(text)
    return caught.value.problems


def test_a_small_tree_loads_and_is_known_by_its_content():
    small = tree.load(SMALL)
    assert (small.name, small.languages, small.timezone) == ("small", ("ja", "en"), "Asia/Tokyo")
    assert small.source == SMALL
    assert small.digest == tree.load(SMALL).digest != tree.load(SMALL + "\n").digest


def test_a_tree_cannot_be_changed():
    small = tree.load(SMALL)
    with pytest.raises(Exception, match="frozen"):
        small.file.nodes["hello"].options = ()


def test_an_unknown_field_is_refused_with_node_and_path():
    (problem,) = problems(SMALL.replace("next: bye}", "next: bye, colour: red}"))
    assert problem.node == "hello"
    assert problem.path[-3:] == ("options", "0", "colour")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("    goodbye: {", "    say_goodbye: {", "exactly one of"),
        ("    goodbye: {", "    next: hello\n    say: {ja: あ, en: a}\n    goodbye: {", "exactly one of"),
        ("languages: [ja, en]", "languages: []", "at least 1"),
        ("start: hello", "start: Hello!", "pattern"),
        ("key: 1", "key: 11", "pattern"),
        ("start: hello", "start: hello\ntimezone: Asia/Edo", "no such time zone"),
        ("start: hello", "start: hello\ntimezone: ../../etc/passwd", "no such time zone"),
        ("en: Goodbye.", "en: {text: Goodbye., audio: /etc/passwd}", "pattern"),
        ("en: Goodbye.", f"en: {'x' * 601}", "at most 600"),
    ],
)
def test_what_is_wrong_is_said(old, new, word):
    assert old in SMALL
    assert any(word in problem.reason for problem in problems(SMALL.replace(old, new)))


def test_everything_that_is_wrong_is_said_at_once():
    text = SMALL.replace("key: 1", "key: 11").replace("start: hello", "start: hello\ntimezone: Asia/Edo")
    assert len(problems(text)) == 2


def test_a_recorded_file_stands_beside_its_words():
    spoken = tree.load(SMALL.replace("ja: 失礼いたします。", "ja: {text: 失礼いたします。, audio: bye.ja.wav}"))
    goodbye = spoken.nodes["bye"].goodbye
    assert spoken.words(goodbye, "ja") == "失礼いたします。"
    assert spoken.audio(goodbye, "ja") == "bye.ja.wav"
    assert spoken.audio(goodbye, "en") is None


def test_values_known_at_loading_are_filled_in_and_lines_are_joined_as_japanese_is_written():
    demo = load()
    offer = demo.words(demo.nodes["address_link"].link, "ja")
    assert VALUES["sms_sender"] in offer
    assert VALUES["link_domain"] in offer
    assert " " not in offer


def test_a_language_that_the_tree_does_not_speak_falls_back_to_its_first():
    assert [tree.load(SMALL).known(one) for one in ("en", "ko", None)] == ["en", "ja", "ja"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.integers(0, len(SMALL)), st.integers(0, 40))
def test_a_damaged_file_loads_or_is_refused_and_nothing_else(noise, place, gone):
    found = ()
    try:
        tree.load(SMALL[:place] + noise + SMALL[place + gone :])
    except BrokenTree as broken:
        found = broken.problems
    assert all(problem.reason and str(problem) for problem in found)
