"""Subtrees and surveys, laid out."""

from pathlib import Path

import pytest
import yaml
from centre import Conversation, load

from ivr import tree
from ivr.errors import BrokenTree
from ivr.expand import origin
from ivr.source import read

OF = load("everything")
FILE = Path(__file__).parents[1] / "doubles" / "everything.yaml"


def broken(change) -> str:
    """What a tree is refused for once this was done to it."""
    data = read(FILE.read_text("utf-8"))
    change(data)
    with pytest.raises(BrokenTree) as refused:
        tree.load(yaml.safe_dump(data, allow_unicode=True))
    return " | ".join(problem.reason for problem in refused.value.problems)


def test_a_subtree_lies_where_it_is_used_and_leads_out_by_its_exits():
    assert OF.nodes["check"].otherwise == "check.member"
    assert dict(OF.nodes["check.member"].targets) == {"next": "check.birthday"}
    assert dict(OF.nodes["check.who"].targets) == {"next": "welcome", "failed": "staff"}
    assert origin("check.member") == ("check", "member")


def test_what_a_subtree_asks_keeps_its_own_name_for_the_whole_tree():
    call = Conversation(OF).call().press("1").press("12345674")
    assert call.state.node == "check.birthday"
    assert call.state.variable("member") == "12345674"


def test_a_survey_is_a_row_of_questions_that_may_be_passed_over():
    call = Conversation(OF).call().press("2").press("20261201").press("1030").press("2#2")
    assert call.asked.node == "rating.solved"
    call.press("1")
    assert [option.key for option in call.asked.options] == ["1", "2", "3", "4", "5"]
    assert "5が、もっとも良い評価" in (call.asked.spoken or "")
    call.press("4").wait()
    assert call.state.variable("score") == "grade_4"
    assert call.state.variable("why") is None
    assert call.state.node == "bye"


def test_one_part_used_twice_is_laid_out_twice():
    data = read(FILE.read_text("utf-8"))
    data["nodes"]["sure"]["no"] = "again"
    data["nodes"]["again"] = {"subtree": "verify", "exits": {"ok": "rating", "stranger": "staff"}}
    of = tree.load(yaml.safe_dump(data, allow_unicode=True))
    assert {"check.member", "again.member"} <= set(of.nodes)


def test_a_subtree_that_leads_into_itself_is_refused_with_its_way_round():
    def circle(data):
        data["subtrees"]["verify"]["nodes"]["member"]["next"] = "deeper"
        data["subtrees"]["verify"]["nodes"]["deeper"] = {
            "subtree": "verify",
            "exits": {"ok": "birthday", "stranger": "birthday"},
        }

    assert broken(circle) == "the subtree leads into itself: verify > verify"


def test_a_tree_that_grows_without_end_is_refused():
    def grow(data):
        node = {"say": {"ja": "あ", "en": "a"}}
        data["subtrees"] = {
            f"p{level}": {
                "start": "n0",
                "exits": ["out"],
                "nodes": {
                    f"n{place}": {
                        "subtree": f"p{level + 1}",
                        "exits": {"out": f"n{place + 1}" if place < 19 else "@out"},
                    }
                    for place in range(20)
                },
            }
            for level in range(4)
        } | {"p4": {"start": "a", "exits": ["out"], "nodes": {"a": {**node, "next": "@out"}}}}
        data["nodes"]["check"] = {"subtree": "p0", "exits": {"out": "welcome"}}

    assert "more than 5000 nodes" in broken(grow)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["nodes"]["check"].update(subtree="nothing"), "there is no subtree 'nothing'"),
        (
            lambda d: d["nodes"]["check"].update(exits={"ok": "welcome"}),
            "the exit 'stranger' of 'verify' leads nowhere",
        ),
        (lambda d: d["nodes"]["check"]["exits"].update(more="staff"), "'verify' has no exit 'more'"),
        (lambda d: d["subtrees"]["verify"].update(start="nobody"), "there is no node 'nobody'"),
        (lambda d: d["subtrees"]["verify"]["nodes"]["who"].update(next="@else"), "there is no exit '@else'"),
        (lambda d: d["nodes"]["told"].update(next="@ok"), "there is no node '@ok'"),
    ],
)
def test_what_leads_nowhere_is_refused(change, reason):
    assert reason in broken(change)
