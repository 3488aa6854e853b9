from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from channels.typing import NotUnderstood, Told, Typing, caller, catalogue
from ivr import actions, demo, golden
from ivr.actions import Action
from ivr.golden import Writer
from ivr.tree import Tree, load
from meaning.sense import Sense

EVERYTHING = Path(__file__).parent.parent / "doubles" / "everything.yaml"


def typing(tree: Tree, *, number: str = "09012345678", language: str = "ja", **more: object) -> Typing:
    at = datetime(2026, 11, 24, 10, 0, tzinfo=tree.zone)
    writer = Writer("Typed.", "tree", language, tree)
    return Typing(tree, language, caller(number), at, writer, Sense(), **more)  # type: ignore[arg-type]


@pytest.fixture
def trial() -> Typing:
    made = typing(load(demo.text()))
    list(made.begin())
    return made


def events(trial: Typing, *lines: str) -> list[str]:
    return [exchange.event.kind for line in lines for exchange in trial.type(line)]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("1", ["Pressed"]),
        ("12-3", ["Pressed"] * 3),
        ("wait", ["Waited"]),
        ("", ["Waited"]),
        ("hang up", ["Left"]),
        ("call", ["Joined"]),
        ("open", ["Joined"]),
        ("arrive", ["PageArrived"]),
        ("tap lost", ["Chose"]),
        ("fill 123", ["Filled"]),
        ("fail", []),
        ("at 2026-11-28 20:00", []),
        ("カードをなくしました", ["Spoke"]),
        ("  known  ", ["Spoke"]),
    ],
)
def test_a_line_is_what_a_caller_would_do(trial: Typing, line: str, kinds: list[str]) -> None:
    assert events(trial, line) == kinds


def test_what_cannot_be_meant_is_said_before_anything_happened(trial: Typing) -> None:
    before = trial.state
    with pytest.raises(NotUnderstood, match="2026-11-24 10:00"):
        list(trial.type("at noon"))
    assert trial.state is before


def test_links_and_codes_come_by_themselves_and_can_be_made_to_fail(trial: Typing) -> None:
    assert events(trial, "1", "1") == ["Pressed", "Pressed", "LinkSent"]
    failing = typing(load(demo.text()))
    list(failing.begin())
    assert events(failing, "fail", "1", "1") == ["Pressed", "Pressed", "LinkFailed"]


def test_after_the_end_nothing_is_understood(trial: Typing) -> None:
    events(trial, "0", "折り返しお願いします")
    assert trial.state.finished
    with pytest.raises(NotUnderstood):
        list(trial.type("1"))


def test_what_was_typed_can_be_replayed(trial: Typing) -> None:
    events(trial, "引っ越しました", "はい", "open", "fill 12345678", "hang up", "call", "1")
    script = golden.parse(trial.writer.text, trial.tree.zone)
    assert golden.replay(trial.tree, script) == trial.writer.text


def told(trial: Typing, *lines: str) -> list[Told]:
    return [one for line in lines for exchange in trial.type(line) for one in trial.told(exchange)]


def test_what_is_asked_comes_with_its_options_and_as_the_voice_words_it(trial: Typing) -> None:
    ask = told(trial, "9")[-1]
    assert (ask.who, ask.node) == ("us", "matter")
    assert ("1", "住所変更") in ask.options
    assert "1" in ask.spoken


PLAYED = """
name: 試し
languages: [ja]
start: look
person: person
webhooks: {order: "https://office.example.jp/order"}
nodes:
  look: {webhook: order, save: {state: order.state}, next: told, failed: who}
  told: {say: {ja: "{state}です。"}, next: who}
  who: {identify: {member: pin}, next: person, failed: person}
  person: {agent: {ja: おつなぎします。}, busy: call, closed: out, failed: out}
  call: {callback: {ja: 折り返しますか。}, next: out, failed: out}
  out: {transfer: {ja: 転送します。}, to: "0312345678", failed: pin}
  pin: {ask: {ja: 番号をどうぞ。}, slot: digits, label: {ja: 番号}, next: end}
  end: {voicemail: {ja: 伝言をどうぞ。}}
"""


@pytest.mark.parametrize(
    ("line", "kind", "node"),
    [("reply state=発送_済み", "Replied", "who"), ("fail", "CallFailed", "who"), ("hello", "Spoke", "look")],
)
def test_the_part_of_a_webhook_can_be_played(line: str, kind: str, node: str) -> None:
    trial = typing(load(PLAYED))
    list(trial.begin())
    assert events(trial, line)[0] == kind
    assert trial.state.node == node


def test_the_parts_of_table_person_and_line_can_be_played() -> None:
    trial = typing(load(PLAYED))
    list(trial.begin())
    assert events(trial, "reply state=x", "unknown", "busy") == ["Replied", "NotIdentified", "NotConnected"]
    assert trial.state.node == "call"
    events(trial, "はい", "はい", "booked")
    assert trial.state.node == "out"
    assert events(trial, "failed") == ["NotConnected"]
    assert trial.state.node == "pin"


def test_pairs_that_are_none_are_asked_for_again() -> None:
    trial = typing(load(PLAYED), words="ja")
    list(trial.begin())
    with pytest.raises(NotUnderstood, match="変数=値"):
        list(trial.type("reply state"))
    assert trial.state.stage == "calling"


def test_a_postal_code_is_looked_up_where_somebody_knows_areas() -> None:
    source = (
        "name: x\nlanguages: [ja]\nstart: where\nperson: end\nnodes:\n"
        "  where: {ask: {ja: ご住所は。}, slot: address, label: {ja: 住所}, next: end}\n"
        "  end: {voicemail: {ja: 伝言をどうぞ。}}\n"
    )
    trial = typing(load(source), areas=lambda code: ("東京都千代田区千代田",))
    list(trial.begin())
    assert "AreaFound" in events(trial, "1000001")
    asked = typing(load(source))
    list(asked.begin())
    assert events(asked, "1000001", "area 東京都千代田区千代田")[-1] == "AreaFound"
    assert asked.state.stage == "rest"


SAMPLES: dict[str, dict[str, object]] = {
    "Say": {"node": "look", "text": "a", "language": "ja"},
    "Ask": {"node": "look", "text": "a", "language": "ja", "expects": "digits", "least": 1, "most": 4},
    "Acknowledge": {"channel": "page", "node": "look", "label": "a", "language": "ja"},
    "SendLink": {"to": "+819012345678", "language": "ja"},
    "IssueCode": {},
    "TrustPage": {"page": "p"},
    "RefusePage": {"page": "p"},
    "Record": {"node": "look", "longest": 60, "language": "ja"},
    "FindArea": {"code": "1000001"},
    "Call": {"node": "look", "webhook": "order", "send": []},
    "Identify": {"node": "who", "number": None, "known": [["member", "1"]]},
    "Enqueue": {"node": "person", "queue": "main"},
    "Book": {"node": "call", "queue": "main", "to": "+819012345678", "when": ""},
    "Transfer": {"node": "out", "to": "0312345678"},
    "StartAfresh": {},
    "Finish": {"outcome": "resolved"},
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", [kind.__name__ for kind in get_args(Action)])
def test_everything_that_can_be_ordered_is_told_in_every_language(kind: str, language: str) -> None:
    trial = typing(load(PLAYED), words=language)
    one = trial._told(actions.load({"kind": kind, **SAMPLES[kind]}))
    assert one.text


def test_the_notes_are_the_same_in_every_language() -> None:
    assert catalogue()["ja"].keys() == catalogue()["en"].keys()


@pytest.mark.parametrize(
    ("number", "known", "kind"),
    [("", None, "withheld"), ("09012345678", "+819012345678", "mobile"), ("not a number", None, "unknown")],
)
def test_who_calls_is_read_as_on_a_call(number: str, known: str | None, kind: str) -> None:
    who = caller(number)
    assert (who.number, who.number_class) == (known, kind)
