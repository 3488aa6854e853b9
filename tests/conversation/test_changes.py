from __future__ import annotations

from typing import Any

import pytest

from conversation.changes import Change, Field, changes

TREE: dict[str, Any] = {
    "name": "窓口",
    "patience": "6",
    "nodes": {
        "hello": {"say": {"ja": "はい", "en": "Yes"}, "next": "ask"},
        "ask": {"menu": {"ja": "どれ"}, "options": [{"id": "a", "key": "1"}, {"id": "b", "key": "2"}]},
    },
}


def with_nodes(**nodes: Any) -> dict[str, Any]:
    return {**TREE, "nodes": {**TREE["nodes"], **nodes}}


def test_equal_trees_have_no_changes() -> None:
    assert changes(TREE, TREE) == ()


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ({**TREE, "patience": "8"}, Change("", "changed", (Field(("patience",), "6", "8"),))),
        ({**TREE, "home": "ask"}, Change("", "changed", (Field(("home",), None, "ask"),))),
        (with_nodes(bye={"goodbye": {}}), Change("bye", "added", (Field((), None, {"goodbye": {}}),))),
        (
            with_nodes(hello={"say": {"ja": "はい", "en": "Hello"}, "next": "ask"}),
            Change("hello", "changed", (Field(("say", "en"), "Yes", "Hello"),)),
        ),
        (
            with_nodes(ask={"menu": {"ja": "どれ"}, "options": [{"id": "a", "key": "1"}, {"id": "b", "key": "3"}]}),
            Change("ask", "changed", (Field(("options", "b", "key"), "2", "3"),)),
        ),
        (
            with_nodes(ask={"menu": {"ja": "どれ"}, "options": [{"id": "b", "key": "2"}, {"id": "a", "key": "1"}]}),
            Change("ask", "changed", (Field(("options",), ["a", "b"], ["b", "a"]),)),
        ),
        (
            with_nodes(ask={"menu": {"ja": "どれ"}, "options": [{"id": "a", "key": "1"}, {"id": "a", "key": "2"}]}),
            Change(
                "ask",
                "changed",
                (
                    Field(
                        ("options",),
                        TREE["nodes"]["ask"]["options"],
                        [{"id": "a", "key": "1"}, {"id": "a", "key": "2"}],
                    ),
                ),
            ),
        ),
    ],
)
def test_each_change_is_told_by_node_and_field(right: dict[str, Any], expected: Change) -> None:
    assert changes(TREE, right) == (expected,)


def test_a_removed_node_is_told_with_what_it_was() -> None:
    assert changes(with_nodes(bye={"goodbye": {}}), TREE) == (
        Change("bye", "removed", (Field((), {"goodbye": {}}, None),)),
    )


def test_nodes_in_another_order_are_a_change_of_the_file() -> None:
    turned = {**TREE, "nodes": dict(reversed(TREE["nodes"].items()))}
    assert changes(TREE, turned) == (Change("", "changed", (Field(("nodes",), ["hello", "ask"], ["ask", "hello"]),)),)


@pytest.mark.parametrize("nonsense", [{}, {"nodes": "x"}, {"nodes": {"a": "text"}}, {"nodes": {"a": []}}])
def test_a_tree_that_is_none_can_be_compared_all_the_same(nonsense: dict[str, Any]) -> None:
    assert changes(TREE, nonsense)
    assert changes(nonsense, TREE)
