from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import manuscript
from ivr import demo
from ivr.errors import BrokenTree
from ivr.source import read

SOURCE = """\
# Our front door.
name: 窓口   # as callers hear it
patience: 6

nodes:
  # The first words.
  hello:
    say: {ja: はい, en: "Yes: hello"}
    next: ask

  # What they want.
  ask:
    menu:
      ja: どれですか
      en: >-
        Which one
        is it
    options:
      # the usual one
      - id: a
        key: 1
      - id: b   # rare
        key: 07
"""


def changed(change: Any) -> str:
    tree = read(SOURCE)
    change(tree)
    text = manuscript.rewritten(SOURCE, tree)
    assert read(text) == tree
    return text


def lines_that_differ(text: str) -> set[str]:
    return set(text.splitlines()) ^ set(SOURCE.splitlines())


def test_what_says_the_same_stays_to_the_letter() -> None:
    assert manuscript.rewritten(SOURCE, read(SOURCE)) == SOURCE


def test_a_changed_text_changes_its_line_alone() -> None:
    text = changed(lambda tree: tree["nodes"]["ask"]["menu"].update(ja="どちらですか"))
    assert lines_that_differ(text) == {"      ja: どれですか", "      ja: どちらですか"}


def test_a_comment_on_the_line_of_a_changed_value_stays() -> None:
    text = changed(lambda tree: tree.update(name="受付"))
    assert "name: 受付   # as callers hear it" in text


def test_a_new_node_is_written_apart_and_the_others_are_left_alone() -> None:
    text = changed(lambda tree: tree["nodes"].update(bye={"goodbye": {"ja": "では", "en": "Bye"}}))
    assert text == SOURCE + "\n  bye:\n    goodbye: {ja: では, en: Bye}\n"


def test_a_node_that_goes_takes_its_comment_along() -> None:
    text = changed(lambda tree: tree["nodes"].pop("ask"))
    assert "What they want" not in text
    assert "The first words" in text


def test_nodes_in_another_order_take_their_comments_along() -> None:
    def turn(tree: dict[str, Any]) -> None:
        tree["nodes"] = dict(reversed(tree["nodes"].items()))

    text = changed(turn)
    assert list(read(text)["nodes"]) == ["ask", "hello"]
    assert text.index("What they want") < text.index("  ask:") < text.index("The first words") < text.index("  hello:")


def test_options_in_another_order_keep_theirs_too() -> None:
    text = changed(lambda tree: tree["nodes"]["ask"]["options"].reverse())
    assert "- id: b   # rare" in text
    assert "key: 07" in text


def test_every_scalar_stays_a_text_whatever_other_readers_take_it_for() -> None:
    odd = {"a": "no", "b": "09:00", "c": "0012", "d": "1e3", "e": "~", "f": "2026-01-01", "g": "", "h": " x ", "i": "#"}
    assert read(manuscript.written({"name": "x", "nodes": odd}))["nodes"] == odd


def test_json_becomes_what_the_file_would_be_read_as() -> None:
    given = {"a": 6, "b": 0.5, "c": True, "d": None, "e": [1, None, "x"], "f": {"g": False}}
    assert manuscript.plain(given) == {"a": "6", "b": "0.5", "c": "true", "e": ["1", "x"], "f": {"g": "false"}}


def deep(levels: int) -> Any:
    found: Any = "x"
    for _ in range(levels):
        found = {"a": found}
    return found


@pytest.mark.parametrize(
    "data",
    [None, [], "text", deep(13), {"a": ["x"] * 60_001}, {"a": "\0"}, {"a": "\ud800"}, {"\x07": "a"}, {"a": object()}],
)
def test_what_is_no_tree_or_has_no_end_is_refused(data: Any) -> None:
    with pytest.raises(BrokenTree):
        manuscript.plain(data)


@pytest.mark.parametrize("escape", [r"\0", r"\ud800", r"\x07"])
def test_signs_that_yaml_can_spell_out_and_nobody_can_write_are_refused(escape: str) -> None:
    with pytest.raises(BrokenTree):
        manuscript.sound(read(f'name: "{escape}"'))


@pytest.mark.parametrize(
    "source",
    [
        '{"name": "x", "nodes": {"a": {"say": {"ja": "はい"}}}}',
        "{name: x, nodes: {a: {say: {ja: はい}}}}",
        "name: x\nnodes: {a: {say: {ja: はい}}}  # all on one line\n",
        "? name\n: x\n? nodes\n: {a: {say: {ja: はい}}}\n",
        "---\nname: x\nnodes:\n    a:\n        say:\n            ja: はい\n...\n",
        "name: x\r\nnodes:\r\n  a:\r\n    say: {ja: はい}\r\n",
        "\ufeffname: x\nnodes:\n  a:\n    say: {ja: はい}\n",
        "nodes:\n a:\n  say:\n   ja: はい\nname: x",
        "not: [closed",
        "",
    ],
)
def test_however_a_file_is_written_it_says_afterwards_what_it_was_told_to(source: str) -> None:
    tree = {"name": "y", "nodes": {"a": {"say": {"ja": "いいえ"}, "next": "b"}, "b": {"goodbye": {"ja": "では\nまた"}}}}
    assert read(manuscript.rewritten(source, tree)) == tree


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
trees = st.recursive(
    words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words.filter(bool), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(words.filter(bool), trees, min_size=1, max_size=4),
    st.dictionaries(words.filter(bool), trees, min_size=1, max_size=4),
)
def test_any_tree_can_be_made_of_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    source = manuscript.written(before)
    assert read(source) == before
    assert read(manuscript.rewritten(source, after)) == after


def test_the_products_own_tree_survives_changes_of_every_node() -> None:
    source = demo.text()
    tree = read(source)
    for name in tree["nodes"]:
        altered = copy.deepcopy(tree)
        altered["nodes"][name]["label"] = {"ja": "札", "en": "A label: new"}
        text = manuscript.rewritten(source, altered)
        assert read(text) == altered
        kept = len(set(source.splitlines()) & set(text.splitlines())) / len(set(source.splitlines()))
        assert kept > 0.97
