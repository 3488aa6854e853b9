"""What the walk rules out never happens, whatever a caller does on whatever tree; and it grows with the tree alone."""

from datetime import UTC, datetime
from random import Random

import pytest
from centre import load

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
from ivr.nodes import SayNode
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
TREES, CALLS = 20, 8
SAVES = ["colour", "amount", "code", "day", "sure", "state", "word"]
TEXT = {"ja": "はい", "en": "yes"}
OPENING = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")}


def proofs(file):
    ground = Ground(file)
    said = {name for node in file.nodes for name in mentioned(ground, node)}
    edges = Edges(ground, Facts(Variables(file), conditions(ground), said))
    return Walk(edges), Walk(edges, loose=True)


# -- any tree ----------------------------------------------------------------------------------------------------------

LITERALS = ["'red'", "'blue'", "'yes'", "'2026-11-25'", "'7'", "''", "5", "100", "1000", "2.5"]
OWN = ["screen", "voice", "link_sent", "identified", "language == 'en'", "caller_class == 'mobile'"]
ODD = ["colour == word", "customer_rank == 'gold'", "state not in ['new', 'old']"]
VALUES = [
    ("amount", "amount", {"lowest": "10", "highest": "900"}), ("digits", "code", {"least": 2, "most": 3}),
    ("date", "day", {}), ("text", "word", {}), ("count", "amount", {}), ("name", "word", {}),
]  # fmt: skip
KINDS = [
    "say", "menu", "menu", "ask", "ask", "yesno", "link", "agent", "callback", "hours", "decide", "decide", "decide",
    "webhook", "identify", "transfer", "goodbye",
]  # fmt: skip
PASSING = ("say", "hours", "decide", "link", "transfer", "goodbye")


def atom(chance):
    save, first, second = chance.choice(SAVES), chance.choice(LITERALS), chance.choice(LITERALS)
    sign = chance.choice(["==", "!=", "<", ">="])
    compared = [f"{save} {sign} {first}", f"{first} {sign} {save}", f"{save} in ({first}, {second})"]
    return chance.choice([*compared, compared[0], save, chance.choice(OWN), chance.choice(OWN), chance.choice(ODD)])


def condition(chance):
    first, second = atom(chance), atom(chance)
    return chance.choice([first, first, f"not ({first})", f"{first} and {second}", f"({first}) or not {second}"])


def node(chance, place):
    kind = chance.choice(KINDS) if place else "say"
    # What needs nobody leads on to what comes later: the engine would never leave a way round of such nodes.
    later = NAMES[place + 1 :] if kind in PASSING else NAMES
    targets = [*later * 3, *ENDS]

    def to():
        return chance.choice(targets)

    match kind:
        case "say":
            return {"say": {"ja": "{state}です。", "en": "It is {state}."}, "next": to()}
        case "menu":
            options = [{"id": one, "label": TEXT, "next": to()} for one in ("red", "blue", "green", "english")]
            options[3]["language"] = "en"
            forbid = chance.choice([[], [], ["person"], ["restart", "ja", "en"]])
            return {"menu": TEXT, "options": options, "save": chance.choice(["colour", "word"]), "forbid": forbid}
        case "ask":
            slot, save, more = chance.choice(VALUES)
            asked = {"ask": TEXT, "slot": slot, "save": save, "label": TEXT, "next": to(), **more}
            return asked | {"optional": chance.random() < 0.3, "read_back": chance.choice(["never", "always"])}
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
            cases = [{"when": condition(chance), "next": to()} for _ in range(chance.randint(1, 3))]
            return {"decide": cases, "otherwise": to()}
        case "webhook":
            return {"webhook": "office", "save": {"state": "state"}, "next": to(), "failed": to()}
        case "identify":
            return {"identify": {"number": "code"}, "next": to(), "failed": to()}
        case "transfer":
            return {"transfer": TEXT, "to": "+81312345678", "failed": to()}
        case _:
            return {"goodbye": TEXT, "screen": chance.choice([None, to(), to()])}


def any_tree(chance):
    """Of any shape, sound or not."""
    made = {name: node(chance, place) for place, name in enumerate(NAMES)}
    asking = [name for name in NAMES if "menu" in made[name]]
    file = tree.TreeFile.model_validate(
        {
            "name": "any",
            "languages": ["ja", "en"],
            "start": "n0",
            "home": chance.choice(NAMES),
            "person": chance.choice(NAMES + ENDS),
            "matter": chance.choice(asking) if asking else None,
            "sms": {"ja": "{url}", "en": "{url}"},
            "webhooks": {"office": "https://office.example.jp/"},
            "hours": {"centre": OPENING},
            "nodes": {**made, "message": {"voicemail": TEXT}, "bye": {"goodbye": TEXT}},
        }
    )
    return tree.Tree(expand(file), "", "")


# -- any caller --------------------------------------------------------------------------------------------------------

MOVES = (
    ["answer"] * 24
    + ["page"] * 4
    + ["wait", "0", "back", "back", "restart", "en", "leave", "come", "come", "fail", "fail"]
)


def moves(chance):
    return [(chance.choice(MOVES), chance.randint(0, 11)) for _ in range(40)]


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
        self.forget()
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

    def forget(self):
        self.nodes, self.taken, self.unsaid = set(), set(), set()


@pytest.mark.parametrize("seed", range(8))
def test_what_is_ruled_out_never_happens(seed, monkeypatch):
    chance = Random(seed)
    watch = Watch(monkeypatch)
    for _ in range(TREES):
        of = any_tree(chance)
        _, loose = proofs(of.file)
        assert not loose.is_bounded
        watch.forget()
        for _ in range(CALLS):
            channel, language = chance.choice(["voice", "voice", "page"]), chance.choice([None, "en"])
            caller = Caller(number="+819012345678", number_class=chance.choice(["mobile", "landline"]))
            joined = Joined(at=NOON, channel=channel, language=language, caller=caller)
            state, _ = engine.step(of, engine.begin(of), joined)
            for move in moves(chance):
                state, _ = engine.step(of, state, event(of, state, move))
        assert watch.nodes <= loose.stores.keys()
        assert watch.taken <= loose.taken


@pytest.mark.parametrize("seed", range(4))
def test_a_call_that_goes_straight_on_says_nothing_that_the_walk_holds_for_given_and_that_is_not(seed, monkeypatch):
    chance = Random(seed)
    watch = Watch(monkeypatch)
    for _ in range(TREES):
        of = any_tree(chance)
        strict, _ = proofs(of.file)
        watch.forget()
        for _ in range(CALLS):
            state, _ = engine.step(of, engine.begin(of), Joined(at=NOON, channel="voice"))
            for move in moves(chance):
                if move[0] not in ("back", "leave", "come"):
                    state, _ = engine.step(of, state, event(of, state, move))
        if missing := strict.facts.missing("state"):
            for name in watch.unsaid:
                if isinstance(of.nodes[name], SayNode):
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
