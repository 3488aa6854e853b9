"""What holds after any history whatever."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from centre import LANDLINE, MOBILE, TUESDAY, VALUES, WITHHELD, Conversation, load
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import engine, events, state, tree
from ivr.actions import Ask, Finish, Record
from ivr.events import (
    AreaFound,
    Booked,
    Caller,
    CallFailed,
    Chose,
    CodeIssued,
    CodeRefused,
    Command,
    Connected,
    Filled,
    Identified,
    Joined,
    Left,
    LinkFailed,
    LinkSent,
    NotBooked,
    NotConnected,
    NotIdentified,
    PageArrived,
    Pressed,
    Recorded,
    Replied,
    Spoke,
    Transcribed,
    Waited,
)
from ivr.questions import present, underlying
from ivr.state import Aside, Stage

TREES = {name: load(name) for name in ("demo", "busy", "everything")}
ASKED = [ask for tree in TREES.values() for ask in engine.prompts(tree) if isinstance(ask, Ask)]
STAGES = ("", *(f"/{stage}" for stage in get_args(Stage)))
NODES = [name + stage for tree in TREES.values() for name in tree.nodes for stage in STAGES]
OWN = {"neither", "mobile", "code", "phone", "again", "nothing"}
OPTIONS = sorted({option.id for ask in ASKED for option in ask.options} | OWN)
VALUES_GIVEN = [
    "12345678",
    "1000001",
    "09012345678",
    "0312345678",
    "123456",
    "600000",
    "47",
    "",
    "１２３４５６７８",
    "x",
    "2027-01-12",
    "10:30",
    "1000001|",
    "1000001|東京都千代田区千代田1-1",
    "|東京都千代田区千代田",
    "タカハシ タロウ",
    "3",
]
AT = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


def fact(kind, channel, **fields):
    return st.builds(kind, at=AT, channel=st.just(channel), **fields)


KNOWN = (("customer_name", "7654321"),)
"""A name that the test of what must not be heard takes for a number."""
CALLERS = st.none() | st.builds(
    Caller,
    number=st.sampled_from([None, "+819012345678", "+81312345678"]),
    number_class=st.sampled_from(
        ["mobile", "landline", "toll_free", "navi", "ip", "international", "withheld", "unknown"]
    ),
)
LANGUAGES = st.sampled_from([None, "ja", "en", "xx"])
SHARES = st.floats(0, 1)
ANY = st.one_of(
    fact(Joined, "voice", caller=CALLERS, language=LANGUAGES, resumed=st.booleans()),
    fact(Joined, "page"),
    fact(Pressed, "voice", digit=st.sampled_from("0123456789*#ABCD")),
    fact(Pressed, "voice", digit=st.sampled_from("12")),
    fact(
        Spoke,
        "voice",
        text=st.sampled_from(["", "はい", "hello"]),
        confidence=SHARES,
        choice=st.none() | st.sampled_from(OPTIONS),
        value=st.none() | st.sampled_from(VALUES_GIVEN),
        scores=st.lists(st.tuples(st.sampled_from(OPTIONS), SHARES), max_size=3).map(tuple),
        close=st.lists(st.sampled_from(OPTIONS), max_size=3).map(tuple),
        command=st.sampled_from([None] * 6 + [*get_args(Command)]),
        values=st.lists(
            st.tuples(st.sampled_from(["date", "time", "name"]), st.sampled_from(VALUES_GIVEN)), max_size=2
        ).map(tuple),
    ),
    fact(Chose, "page", node=st.sampled_from(NODES), option=st.sampled_from(OPTIONS)),
    fact(Filled, "page", node=st.sampled_from(NODES), value=st.sampled_from(VALUES_GIVEN)),
    fact(Waited, "voice", seconds=st.floats(0, 60)),
    fact(Left, "voice"),
    fact(Left, "page"),
    fact(LinkSent, "system", to_masked=st.just("090****5678")),
    fact(LinkFailed, "system", reason=st.sampled_from(["no_sms", "limit", "provider"])),
    fact(CodeIssued, "system", code=st.just("471902"), seconds=st.just(300.0)),
    fact(CodeRefused, "system"),
    fact(PageArrived, "system", page=st.sampled_from(["p1", "p2"]), match=st.sampled_from(["47", "12"])),
    fact(Recorded, "voice", recording=st.just("r1"), seconds=st.sampled_from([0.0, 4.0])),
    fact(Transcribed, "system", recording=st.just("r1"), text=st.just("折り返してください")),
    fact(AreaFound, "system", code=st.just("1000001"), areas=st.sampled_from([(), ("東京都千代田区千代田",)])),
    fact(Replied, "system", node=st.just("look_up"), values=st.just((("order_state", "発送済み"),))),
    fact(CallFailed, "system", node=st.just("look_up"), reason=st.just("timeout")),
    fact(Identified, "system", node=st.just("check.who"), customer=st.just("c1"), values=st.just(KNOWN)),
    fact(NotIdentified, "system", node=st.just("check.who"), reason=st.just("no_match")),
    fact(Connected, "system", node=st.sampled_from(["staff", "through"])),
    fact(
        NotConnected,
        "system",
        node=st.sampled_from(["staff", "through"]),
        reason=st.sampled_from(["busy", "closed", "failed"]),
    ),
    fact(Booked, "system", node=st.just("ask_back")),
    fact(NotBooked, "system", node=st.just("ask_back"), reason=st.just("number")),
)
START = fact(Joined, "voice", caller=CALLERS, language=LANGUAGES)
# Blind events seldom get far: some answer whatever is asked at the moment, well or badly.
ANSWER = st.tuples(st.sampled_from(["key", "voice", "doubt", "page"]), st.integers(0, 11))
HISTORY = st.lists(ANY | ANSWER | ANSWER, max_size=30)


def _beginnings(of):
    """Calls that have come somewhere: chance alone would seldom get so far."""
    code = CodeIssued(at=TUESDAY, channel="system", code="471902", seconds=300)
    page = PageArrived(at=TUESDAY, channel="system", page="p0", match="47")
    link = LinkSent(at=TUESDAY, channel="system", to_masked="x")

    def call(caller=MOBILE):
        return Conversation(of).call(caller)

    yield "asking", call()
    yield "offer", call().press("1")
    yield "sending", call().press("11")
    yield "asking", call().press("11").tell(link).open_page().fill("12345678")
    yield "other", call(WITHHELD).press("11")
    yield "number_confirm", call(LANDLINE).press("111").press("09012345678")
    yield "coding", call(LANDLINE).press("112")
    yield "code", call(LANDLINE).press("112").tell(code)
    yield "match", call(LANDLINE).press("112").tell(code).tell(page)
    yield "confirm", call().press("12").say("x", value="12345678")
    yield "between", call().say("x", close=("lost", "order_status"))
    yield "resume", call().press("12").press("12345678").hang_up().call(resumed=True)
    yield "prove", call().press("12").press("12345678").hang_up().call(resumed=True).press("1")
    yield "prove", call().press("12").open_page().fill("12345678").hang_up().call(resumed=True).press("1")
    yield "recording", call().press("0")
    yield "recording", call().press("0").hang_up()
    yield "resume", call().press("12").press("12345678").hang_up().call(resumed=True).press("9").hang_up().call()


def _back_office(of):
    """The same, where something outside has to answer."""
    found = AreaFound(at=TUESDAY, channel="system", code="1000001", areas=("東京都千代田区千代田",))
    known = Identified(at=TUESDAY, channel="system", node="check.who", customer="c1", values=KNOWN)
    nobody = NotConnected(at=TUESDAY, channel="system", node="staff", reason="closed")

    def call(caller=MOBILE):
        return Conversation(of).call(caller)

    def moving():
        return call().press("3").say("x", value="タカハシ タロウ").press("1")

    yield "area", moving().press("1000001")
    yield "rest", moving().press("1000001").tell(found)
    yield "offer", moving().press("1000001").tell(found).wait().wait()
    yield "identifying", call().press("1").press("12345674").press("19800101")
    yield "call_offer", call().press("1").press("12345674").press("19800101").tell(known)
    yield "resume", call().press("1").press("12345674").press("19800101").tell(known).hang_up().call(resumed=True)
    yield "call_offer", call().press("2").press("20261201").press("1030").press("2").press("#")
    yield "call_number", call().press("2").press("20261201").press("1030").press("2#1")
    yield "call_which", call(WITHHELD).press("2").press("20261201").press("1030").press("2#1")
    yield "call_confirm", call(WITHHELD).press("2").press("20261201").press("1030").press("2#1").press("0312345678#")
    yield "booking", call().press("2").press("20261201").press("1030").press("2#11")
    yield "confirm", call().say("x", choice="booking", values=(("date", "2026-12-01"),))
    yield "calling", call().press("4").press("500#").press("1234#")
    yield "queueing", call().press("0")
    yield "asking", call().press("0").tell(nobody)
    yield "transferring", call().press("5")


BEGINNINGS = {"demo": list(_beginnings(TREES["demo"])), "everything": list(_back_office(TREES["everything"]))}


RIGHT = {
    "phone": "09012345678", "member": "12345674", "date": "2026-12-01", "time": "10:30", "amount": "500", "count": "2",
    "name": "タカハシ タロウ", "address": "1000001|東京都千代田区千代田1-1", "rest": "1丁目1番", "text": "よかったです",
}  # fmt: skip


def aimed(of, at, answer):
    """An event that answers what is asked now."""
    how, pick = answer
    ask = (underlying if how == "page" else present)(of, at)
    when = datetime(2026, 11, 24, 1, tzinfo=UTC)
    if ask is None:
        return Waited(at=when, channel="voice", seconds=6)
    if ask.expects == "wait":
        return Waited(at=when, channel="voice", seconds=6)
    value = RIGHT.get(ask.expects) or ("12345678"[: ask.most].ljust(ask.least, "0") if ask.most else None)
    if value is not None:
        if how == "page":
            return Filled(at=when, channel="page", node=ask.node, value=value)
        return Spoke(at=when, channel="voice", text="x", value=value, confidence=0.9 if how != "doubt" else 0.1)
    option = ask.options[pick % len(ask.options)]
    if how == "page":
        return Chose(at=when, channel="page", node=ask.node, option=option.id)
    if how == "key" and option.key:
        return Pressed(at=when, channel="voice", digit=option.key)
    return Spoke(at=when, channel="voice", text="x", choice=option.id, confidence=0.9 if how == "voice" else 0.4)


def test_the_beginnings_are_where_they_are_meant_to_be():
    everywhere = [one for beginnings in BEGINNINGS.values() for one in beginnings]
    for where, call in everywhere:
        assert where in (call.state.stage, call.state.aside)
    reached = {where for where, _ in everywhere}
    assert reached | {"new", "number", "finished", ""} >= {*get_args(Stage), *get_args(Aside)}


@pytest.mark.parametrize("name", TREES)
@settings(max_examples=150, deadline=None)
@given(start=START, at=st.none() | st.integers(0, 99), history=HISTORY)
def test_no_history_raises_or_strands_anybody_and_replay_equals_live(name, start, at, history):
    of = TREES[name]
    beginnings = BEGINNINGS.get(name, [])
    beginning = beginnings[at % len(beginnings)] if beginnings and at is not None else None
    live, told = engine.begin(of, "ja"), []
    recording = False
    for item in [*(beginning[1].told if beginning else [start]), *history]:
        event = aimed(of, live, item) if isinstance(item, tuple) else item
        told.append(event)
        before = live
        live, actions = engine.step(of, live, event)
        recording = any(isinstance(a, Record) for a in actions) or (recording and live.stage == "recording")
        shown = engine.showing(of, live)
        away = live.stage == "transferring"
        assert shown.finished or recording or away or shown.ask is not None
        assert shown.finished == live.finished
        if live.finished and not before.finished:
            assert isinstance(actions[-1], Finish)
        if before.locked and live.locked:
            given = {answer.value for answer in before.given if answer.value.isdigit() and len(answer.value) > 3}
            given |= {value for _, value in before.known}
            heard = " ".join(getattr(a, "text", "") for a in actions)
            assert not any(value in heard for value in given)
        if before.locked and live.voice and not live.locked:
            assert live.proved or not any(answer.value.isdigit() for answer in live.given)
            assert live.proved or not live.known
        if actions and live.voice and not live.finished and live.stage != "recording" and not away:
            assert any(isinstance(a, Ask) for a in actions) or not any(a.kind == "Say" for a in actions)
    replayed = engine.begin(of, "ja")
    for event in told:
        replayed, _ = engine.step(of, state.load(state.dump(replayed)), events.load(events.dump(event)))
    assert replayed == live


def test_the_values_given_at_loading_reach_every_prompt():
    for of in TREES.values():
        for prompt in engine.prompts(of):
            assert "{" not in prompt.text
            assert "{" not in (getattr(prompt, "spoken", None) or "")


def test_a_tree_loads_without_values_too():
    assert tree.load(TREES["demo"].source).digest == TREES["demo"].digest
    assert VALUES.keys() == {"sms_sender", "link_domain", "centre_number"}
