"""What the walk rules out never happens, whatever a caller does on whatever tree; and it grows with the tree alone."""

from datetime import UTC, datetime

import pytest
from centre import load
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.bench_generated import generated
from ivr import engine, tree
from ivr.events import (
    Booked,
    Caller,
    CallFailed,
    Chose,
    Filled,
    Identified,
    Joined,
    Left,
    LinkFailed,
    LinkSent,
    NotBooked,
    NotConnected,
    NotIdentified,
    Pressed,
    Replied,
    Spoke,
    Waited,
)
from ivr.expand import expand
from ivr.expressions import holds
from ivr.proof.edges import Edges
from ivr.proof.facts import Facts
from ivr.proof.given import conditions
from ivr.proof.ground import Ground
from ivr.proof.variables import Variables
from ivr.proof.walk import Walk
from ivr.proof.words import mentioned
from ivr.questions import present, underlying
from ivr.turn import Turn

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
NAMES = [f"n{n}" for n in range(8)]
ENDS = ["message", "bye"]
SAVES = ["colour", "amount", "code", "day", "sure", "state", "word"]
TEXT = {"ja": "はい", "en": "yes"}
OPENING = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")}


def proofs(file):
    ground = Ground(file)
    said = {name for node in file.nodes for name in mentioned(ground, node)}
    edges = Edges(ground, Facts(Variables(file), conditions(ground), said))
    return Walk(edges), Walk(edges, loose=True)


# -- any tree ----------------------------------------------------------------------------------------------------------

TARGETS = st.sampled_from(NAMES + ENDS)
LITERALS = st.sampled_from(["'red'", "'blue'", "'yes'", "'2026-11-25'", "'7'", "''", "5", "100", "1000", "2.5"])
ATOMS = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from(SAVES), st.sampled_from(["==", "!=", "<", ">="]), LITERALS),
    st.builds("{1} {0} {2}".format, st.sampled_from(["==", "!=", "<="]), LITERALS, st.sampled_from(SAVES)),
    st.builds("{} in ({}, {})".format, st.sampled_from(SAVES), LITERALS, LITERALS),
    st.sampled_from(SAVES),
    st.sampled_from(["screen", "voice", "link_sent", "identified", "language == 'en'", "caller_class == 'mobile'"]),
    st.sampled_from(["colour == word", "customer_rank == 'gold'", "state not in ['new', 'old']"]),
)
CONDITIONS = st.one_of(
    ATOMS,
    st.builds("not ({})".format, ATOMS),
    st.builds("{} and {}".format, ATOMS, ATOMS),
    st.builds("({}) or not {}".format, ATOMS, ATOMS),
)


VALUES = [
    ("amount", "amount", {"lowest": "10", "highest": "900"}), ("digits", "code", {"least": 2, "most": 3}),
    ("date", "day", {}), ("text", "word", {}), ("count", "amount", {}), ("name", "word", {}),
]  # fmt: skip


@st.composite
def nodes(draw):
    kind = draw(
        st.sampled_from(
            ["say", "menu", "menu", "ask", "ask", "yesno", "link", "agent", "callback", "hours", "decide", "decide",
             "decide", "webhook", "identify", "transfer", "goodbye"]
        )
    )  # fmt: skip
    to = lambda: draw(TARGETS)  # noqa: E731
    match kind:
        case "say":
            return {"say": {"ja": "{state}です。", "en": "It is {state}."}, "next": to()}
        case "menu":
            options = [
                {"id": "red", "key": "1", "label": TEXT, "next": to()},
                {"id": "blue", "key": "2", "label": TEXT, "next": to()},
                {"id": "green", "key": "3", "label": TEXT, "next": to()},
                {"id": "english", "key": "4", "label": TEXT, "next": to(), "language": "en"},
            ]
            forbid = draw(st.sampled_from([[], [], ["person"], ["restart", "ja", "en"]]))
            return {
                "menu": TEXT,
                "options": options,
                "save": draw(st.sampled_from(["colour", "word"])),
                "forbid": forbid,
            }
        case "ask":
            slot, save, more = draw(st.sampled_from(VALUES))
            asked = {"ask": TEXT, "slot": slot, "save": save, "label": TEXT, "next": to(), **more}
            return asked | {"optional": draw(st.booleans()), "read_back": draw(st.sampled_from(["never", "always"]))}
        case "yesno":
            return {"ask": TEXT, "slot": "yesno", "save": "sure", "yes": to(), "no": to()}
        case "link":
            return {"link": TEXT, "next": to(), "refused": to(), "failed": to()}
        case "agent":
            return {"agent": TEXT, "busy": to(), "closed": to(), "failed": to()}
        case "callback":
            return {"callback": TEXT, "next": to(), "refused": to(), "failed": to()}
        case "hours":
            return {"hours": "centre", "open": to(), "closed": to()}
        case "decide":
            cases = draw(st.lists(CONDITIONS, min_size=1, max_size=3))
            return {"decide": [{"when": when, "next": to()} for when in cases], "otherwise": to()}
        case "webhook":
            return {"webhook": "office", "save": {"state": "state"}, "next": to(), "failed": to()}
        case "identify":
            return {"identify": {"number": "code"}, "next": to(), "failed": to()}
        case "transfer":
            return {"transfer": TEXT, "to": "+81312345678", "failed": to()}
        case _:
            return {"goodbye": TEXT, "screen": draw(st.none() | TARGETS)}


@st.composite
def trees(draw):
    """Of any shape, sound or not, but for loops that the engine itself would never leave."""
    drawn = {name: draw(nodes()) for name in NAMES}
    asking = [name for name in NAMES if "menu" in drawn[name]]
    file = tree.TreeFile.model_validate(
        {
            "name": "any",
            "languages": ["ja", "en"],
            "start": "n0",
            "home": draw(st.sampled_from(NAMES)),
            "person": draw(st.sampled_from(NAMES + ENDS)),
            "matter": draw(st.sampled_from(asking)) if asking else None,
            "sms": {"ja": "{url}", "en": "{url}"},
            "webhooks": {"office": "https://office.example.jp/"},
            "hours": {"centre": OPENING},
            "nodes": {**drawn, "message": {"voicemail": TEXT}, "bye": {"goodbye": TEXT}},
        }
    )
    return tree.Tree(expand(file), "", "")


def goes_on_forever(of):
    """Whether some way round needs nobody."""
    onward = {}
    for name, node in of.nodes.items():
        if node.__class__.__name__ in ("SayNode", "HoursNode", "DecideNode", "LinkNode", "TransferNode", "GoodbyeNode"):
            onward[name] = {target for _, target in node.targets}
    while gone := [name for name, targets in onward.items() if not targets & onward.keys()]:
        for name in gone:
            del onward[name]
    return bool(onward)


# -- any caller --------------------------------------------------------------------------------------------------------

OTHER = ["page", "wait", "0", "back", "restart", "en", "leave", "come", "fail"]
MOVES = st.lists(st.tuples(st.sampled_from(["answer"] * 8 + OTHER), st.integers(0, 11)), max_size=25)
GOOD = {
    "amount": ["10", "100", "900"], "digits": ["07", "100", "999"], "date": ["2026-11-25", "2026-12-01"],
    "text": ["red", "7", "なにか"], "name": ["タカハシ タロウ"], "count": ["5", "1000"], "phone": ["09012345678"],
}  # fmt: skip


def event(of, state, move):
    """What this caller, or the world, does next."""
    what, pick = move
    here = {"at": NOON, "channel": "voice"}
    back = {"at": NOON, "channel": "system", "node": state.node}
    match what:
        case "wait":
            return Waited(**here, seconds=6)
        case "0":
            return Pressed(**here, digit="0")
        case "back" | "restart" | "en":
            return Spoke(**here, text="x", command=what)
        case "leave":
            return Left(**here)
        case "come":
            return Joined(at=NOON, channel=("voice", "page")[pick % 2], caller=Caller(number="+819012345678"))
    good = what != "fail"
    match state.stage:
        case "calling":
            values = (("state", ("new", "old", "", "5")[pick % 4]),)
            return Replied(**back, values=values) if good else CallFailed(**back, reason="timeout")
        case "identifying":
            known = (("customer_rank", "gold"),) if pick % 2 else ()
            return Identified(**back, customer="c", values=known) if good else NotIdentified(**back, reason="no_match")
        case "queueing" | "transferring":
            return NotConnected(**back, reason=("busy", "closed", "failed")[pick % 3])
        case "booking":
            return Booked(**back) if good else NotBooked(**back, reason="full")
        case "sending":
            return (
                LinkSent(at=NOON, channel="system", to_masked="x")
                if good
                else LinkFailed(at=NOON, channel="system", reason="limit")
            )
    ask = (underlying if what == "page" else present)(of, state)
    if ask is None or ask.expects == "wait":
        return Waited(**here, seconds=6)
    if ask.expects in GOOD:
        values = GOOD[ask.expects]
        value = values[pick % len(values)]
        if what == "page":
            return Filled(at=NOON, channel="page", node=ask.node, value=value)
        return Spoke(**here, text="x", value=value, confidence=0.9)
    if not ask.options:
        return Waited(**here, seconds=6)
    option = ask.options[pick % len(ask.options)].id
    if what == "page":
        return Chose(at=NOON, channel="page", node=ask.node, option=option)
    return Spoke(**here, text="x", choice=option, confidence=0.9)


class Watch:
    """Where calls really go: nodes, and the cases that are taken."""

    def __init__(self, monkeypatch):
        self.nodes, self.taken, self.unsaid = set(), set(), set()
        become, decide = Turn.become, Turn._decide

        def watched(turn, **changes):
            become(turn, **changes)
            if "node" in changes and not turn.state.finished:
                self.nodes.add(turn.state.node)
                if turn.state.variable("state") is None:
                    self.unsaid.add(turn.state.node)

        def decided(turn, node):
            target = decide(turn, node)
            state = turn.state
            variables = {**dict(state.known), **{given.save: given.value for given in state.given}}
            variables |= {"caller_class": state.number_class, "language": state.language, "screen": state.screen}
            variables |= {"voice": state.voice, "link_sent": state.link_sent, "identified": bool(state.customer)}
            cases = [place for place, case in enumerate(node.decide) if holds(case.when, variables)]
            self.taken.add((state.node, cases[0] if cases else len(node.decide)))
            return target

        monkeypatch.setattr(Turn, "become", watched)
        monkeypatch.setattr(Turn, "_decide", decided)


@settings(max_examples=4000, deadline=None)
@given(of=trees(), by_page=st.booleans(), moves=MOVES)
def test_what_is_ruled_out_never_happens(of, by_page, moves):
    if goes_on_forever(of):
        return
    _, loose = proofs(of.file)
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(patch)
        joined = Joined(at=NOON, channel="page" if by_page else "voice", language="en" if len(moves) % 2 else None)
        state, _ = engine.step(of, engine.begin(of), joined)
        for move in moves:
            state, _ = engine.step(of, state, event(of, state, move))
    assert watch.nodes <= loose.stores.keys()
    assert watch.taken <= loose.taken
    assert not loose.is_bounded


@settings(max_examples=3000, deadline=None)
@given(of=trees(), moves=MOVES)
def test_a_call_that_goes_straight_on_says_nothing_that_the_walk_holds_for_given_and_that_is_not(of, moves):
    strict, _ = proofs(of.file)
    missing = strict.facts.missing("state")
    if goes_on_forever(of) or not missing:
        return
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(patch)
        state, _ = engine.step(of, engine.begin(of), Joined(at=NOON, channel="voice"))
        for move in moves:
            if move[0] not in ("back", "leave", "come"):
                state, _ = engine.step(of, state, event(of, state, move))
    for name in watch.unsaid:
        if "state" in str(getattr(of.nodes[name], "say", "")):
            assert any(store & missing for store in strict.stores[name])


# -- growth ------------------------------------------------------------------------------------------------------------


def test_the_work_grows_with_the_tree_and_not_with_its_paths():
    steps = {}
    for size in (250, 500, 1000, 2000):
        file = expand(tree._file(generated(size)))
        walks = proofs(file)
        assert not any(walk.is_bounded for walk in walks)
        steps[size] = sum(walk.steps for walk in walks) / len(file.nodes)
    assert max(steps.values()) < 2 * min(steps.values())


def test_a_tree_whose_every_path_differs_is_still_walked_in_bounded_work():
    # 24 questions one after another, each of whose answers is read at the end: 3^24 paths.
    count = 24
    text = "name: wide\nlanguages: [ja]\nstart: q0\nperson: bye\nreach: nobody\nnodes:\n"
    text += "  bye: {goodbye: {ja: 失礼いたします。}}\n"
    for n in range(count):
        after = f"q{n + 1}" if n + 1 < count else "d0"
        text += f"  q{n}:\n    menu: {{ja: どれですか。}}\n    next: {after}\n    options:\n"
        for place, option in enumerate("abc", 1):
            text += f"      - {{id: {option}, key: {place}, label: {{ja: {option}の件}}}}\n"
    for n in range(count):
        after = f"d{n + 1}" if n + 1 < count else "bye"
        text += f"  d{n}: {{decide: [{{when: \"q{n} == 'a'\", next: s{n}}}], otherwise: {after}}}\n"
        text += f"  s{n}: {{say: {{ja: はい。}}, next: {after}}}\n"
    file = expand(tree._file(text))
    strict, loose = proofs(file)
    assert strict.steps + loose.steps < 60 * len(file.nodes)
    assert {f"s{n}" for n in range(count)} <= loose.stores.keys()


def test_the_demo_is_walked_without_joining_what_must_stay_apart():
    strict, loose = proofs(load("everything").file)
    assert not strict.is_bounded
    assert strict.stores.keys() == loose.stores.keys()
