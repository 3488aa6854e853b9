"""A caller who says anything that is asked for, in any order, while outside everything happens that can."""

from __future__ import annotations

from random import Random

from centre import LANDLINE, MOBILE, WITHHELD, Conversation

from ivr.actions import Ask
from ivr.events import (
    AreaFound,
    Booked,
    CallFailed,
    CodeIssued,
    Connected,
    Event,
    Identified,
    Joined,
    LinkSent,
    NotBooked,
    NotConnected,
    NotIdentified,
    Recorded,
    Replied,
    Spoke,
    Waited,
)
from ivr.nodes import DecideNode, WebhookNode
from ivr.questions import present

VALUES = {
    "member": ("12345674", "12345675"),
    "date": ("2026-11-24", "2026-11-25", "2026-12-01", "1980-04-01"),
    "time": ("10:00", "14:30", "20:00"),
    "phone": ("09012345678",),
    "name": ("ヤマダ ハナコ",),
    "text": ("なにか",),
    "address": ("1000001|東京都千代田区千代田1-1", "1000001|"),
    "rest": ("1-1",),
    "count": ("2",),
    "amount": ("100",),
}
COMMANDS = ("person", "back", "correct", "restart", "repeat", "slower", "en", "ja")


class Stroller:
    """conversation: begun. The same seed makes the same calls."""

    def __init__(self, conversation: Conversation, random: Random) -> None:
        self.held, self._random = conversation, random
        self._literals = sorted(_literals(conversation))
        caller = random.choice((MOBILE, LANDLINE, WITHHELD))
        self.held.tell(Joined(at=self.held.at, channel="voice", caller=caller))

    def step(self) -> None:
        """One thing more happens."""
        self.held.tell(self._next())

    def _next(self) -> Event:
        at, state, any_of = self.held.at, self.held.state, self._random.choice
        back = {"at": at, "channel": "system", "node": state.node}
        match state.stage:
            case "recording":
                return Recorded(at=at, channel="voice", recording="r1", seconds=any_of((0, 5)))
            case "queueing" | "transferring":
                missed = [NotConnected(**back, reason=why) for why in ("busy", "closed", "failed")]
                return any_of((Connected(**back), *missed))
            case "calling":
                return any_of((self._reply(), self._reply(), CallFailed(**back, reason="timeout")))
            case "identifying":
                return any_of((Identified(**back, customer="c1"), NotIdentified(**back, reason="no_match")))
            case "booking":
                return any_of((Booked(**back), NotBooked(**back, reason="full")))
            case "area":
                return AreaFound(at=at, channel="system", code="1000001", areas=("東京都千代田区千代田",))
            case "sending":
                return LinkSent(at=at, channel="system", to_masked="+8190****5678")
            case "coding":
                return CodeIssued(at=at, channel="system", code="471902", seconds=300)
            case _:
                return self._said()

    def _said(self) -> Event:
        ask = present(self.held.tree, self.held.state)
        assert ask is not None, "nobody is left in silence"
        at = self.held.at
        match self._random.random():
            case luck if luck < 0.08:
                return Waited(at=at, channel="voice", seconds=ask.patience)
            case luck if luck < 0.12:
                return Spoke(at=at, channel="voice", text="x", command=self._random.choice(COMMANDS))
            case _:
                return self._answer(ask)

    def _answer(self, ask: Ask) -> Event:
        if ask.options:
            choice = self._random.choice(ask.options).id
            return Spoke(at=self.held.at, channel="voice", text="x", choice=choice, confidence=0.9)
        value = self._random.choice(VALUES.get(ask.expects, ("1" * ask.most,)))
        return Spoke(at=self.held.at, channel="voice", text="x", value=value, confidence=0.9)

    def _reply(self) -> Event:
        node = self.held.tree.nodes[self.held.state.node]
        assert isinstance(node, WebhookNode)
        values = tuple((name, self._random.choice(self._literals)) for name in node.save)
        return Replied(at=self.held.at, channel="system", node=self.held.state.node, values=values)


def _literals(held: Conversation) -> set[str]:
    """Every text that a condition of the tree compares with: what its webhooks may say."""
    conditions = [
        case.when for node in held.tree.nodes.values() if isinstance(node, DecideNode) for case in node.decide
    ]
    return {literal for one in conditions for literal in one.split('"')[1::2]} | {"other"}
