"""A small centre, and events told briefly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ivr import demo, engine, tree
from ivr.actions import Action, Ask
from ivr.events import Caller, Chose, Event, Filled, Joined, Left, Pressed, Spoke, Waited
from ivr.state import State

VALUES = {"sms_sender": "05012345678", "link_domain": "go.example.jp", "centre_number": "0312345678"}
TUESDAY = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Ten in the morning in Tokyo, a working day."""
MOBILE = Caller(number="+819012345678", number_class="mobile")
LANDLINE = Caller(number="+81312345678", number_class="landline")
WITHHELD = Caller(number=None, number_class="withheld")


def load(name: str = "demo") -> tree.Tree:
    """``everything`` has every kind of node and value; the others are the product's own."""
    own = Path(__file__).with_name("everything.yaml")
    return tree.load(own.read_text("utf-8") if name == "everything" else demo.text(name), values=VALUES)


class Conversation:
    """A conversation held event by event; ``actions`` are those of the last."""

    def __init__(self, of: tree.Tree, language: str = "ja", at: datetime = TUESDAY) -> None:
        self.tree, self.at = of, at
        self.state: State = engine.begin(of, language)
        self.actions: tuple[Action, ...] = ()
        self.told: list[Event] = []

    def tell(self, event: Event) -> Conversation:
        self.told.append(event)
        self.state, self.actions = engine.step(self.tree, self.state, event)
        return self

    def call(self, caller: Caller | None = MOBILE, **more: object) -> Conversation:
        return self.tell(Joined(at=self.at, channel="voice", caller=caller, **more))  # type: ignore[arg-type]

    def open_page(self) -> Conversation:
        return self.tell(Joined(at=self.at, channel="page"))

    def press(self, digits: str) -> Conversation:
        for digit in digits:
            self.tell(Pressed(at=self.at, channel="voice", digit=digit))
        return self

    def say(self, text: str = "", **meant: object) -> Conversation:
        return self.tell(Spoke(at=self.at, channel="voice", text=text, **({"confidence": 0.9} | meant)))  # type: ignore[arg-type]

    def tap(self, option: str, node: str | None = None) -> Conversation:
        return self.tell(Chose(at=self.at, channel="page", node=node or self.shown.node, option=option))

    def fill(self, value: str, node: str | None = None) -> Conversation:
        return self.tell(Filled(at=self.at, channel="page", node=node or self.shown.node, value=value))

    def wait(self, seconds: float = 6) -> Conversation:
        return self.tell(Waited(at=self.at, channel="voice", seconds=seconds))

    def hang_up(self) -> Conversation:
        return self.tell(Left(at=self.at, channel="voice"))

    @property
    def shown(self) -> engine.Showing:
        return engine.showing(self.tree, self.state)

    @property
    def asked(self) -> Ask:
        """The question that the last event ended with."""
        last = self.actions[-1]
        assert isinstance(last, Ask), self.actions
        return last

    @property
    def words(self) -> str:
        """All that was said and asked in answer to the last event."""
        return "\n".join(getattr(a, "spoken", None) or getattr(a, "text", "") for a in self.actions)

    def did(self, kind: type[Action]) -> list[Action]:
        return [action for action in self.actions if isinstance(action, kind)]
