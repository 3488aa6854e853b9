from __future__ import annotations

from pathlib import Path

import pytest
from record import Trees

from conversation.gate import Outcome, examine, normal, outcomes
from conversation.library import Golden
from ivr import demo
from ivr.tree import Tree, load

GOLDEN = Path(__file__).parent.parent / "golden" / "keys_ja.txt"


@pytest.fixture
def tree() -> Tree:
    return Trees().current()


def test_a_conversation_that_goes_as_written_passes(tree: Tree) -> None:
    assert list(outcomes(tree, [Golden("by keys", GOLDEN.read_text("utf-8"))])) == [Outcome("by keys", "")]


def test_another_answer_fails_and_the_difference_is_told(tree: Tree) -> None:
    text = GOLDEN.read_text("utf-8")
    line = next(line for line in text.splitlines() if "ask   " in line)
    (outcome,) = outcomes(tree, [Golden("t", text.replace(line, line + "？"))])
    assert not outcome.passed
    assert f"-{line}？" in outcome.diff
    assert f"+{line}" in outcome.diff


@pytest.mark.parametrize("text", ["nonsense", "tree demo ja\nvoice joined", "at 2026-13-45 99:99\n"])
def test_a_conversation_that_cannot_be_read_fails_with_its_line(tree: Tree, text: str) -> None:
    (outcome,) = outcomes(tree, [Golden("t", text)])
    assert not outcome.passed
    assert outcome.diff.startswith("line ")


def test_ends_of_lines_are_not_a_difference(tree: Tree) -> None:
    text = GOLDEN.read_text("utf-8").replace("\n", "\r\n") + "\r\n\r\n"
    assert all(outcome.passed for outcome in outcomes(tree, [Golden("t", text)]))
    assert normal("a\r\nb\r\n\r\n") == "a\nb\n"


def test_a_conversation_holds_with_the_values_that_it_was_written_with() -> None:
    other = load(demo.text(), values={"sms_sender": "something else"})
    assert all(outcome.passed for outcome in outcomes(other, [Golden("t", GOLDEN.read_text("utf-8"))]))


def test_the_gate_opens_for_a_sound_tree_whose_tests_pass() -> None:
    verdict = examine(load, demo.text(), [Golden("t", GOLDEN.read_text("utf-8"))])
    assert verdict.opens
    assert verdict.tree is not None


def test_the_gate_stays_shut_for_problems_and_for_failing_tests() -> None:
    broken = examine(load, demo.text().replace("next: matter", "next: nowhere", 1), [])
    assert not broken.opens
    assert [problem.node for problem in broken.problems] == ["greeting"]
    failing = examine(load, demo.text(), [Golden("t", "nonsense")])
    assert not failing.opens
    assert failing.problems == ()
