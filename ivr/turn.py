"""One event being worked on: the state as it becomes, and the actions so far. Lives for one ``step`` only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ivr import slots
from ivr.actions import Acknowledge, Action, Ask, Call, Enqueue, Finish, Identify, Record, Say, Transfer
from ivr.expressions import Value, holds
from ivr.given import texts
from ivr.nodes import (
    AgentNode,
    AskNode,
    CallbackNode,
    DecideNode,
    GoodbyeNode,
    HoursNode,
    IdentifyNode,
    LinkNode,
    MenuNode,
    QuestionNode,
    SayNode,
    SubtreeNode,
    SurveyNode,
    Text,
    TransferNode,
    VoicemailNode,
    WebhookNode,
)
from ivr.phrases import phrase
from ivr.questions import adapted, fixed_text, limits_of, present
from ivr.state import Stage, State
from ivr.texts import fill, open_names
from ivr.tree import Tree


class Turn:
    def __init__(self, tree: Tree, state: State, at: datetime) -> None:
        self.tree, self.state, self.at = tree, state, at
        self.before = state
        self.actions: list[Action] = []
        self._asks = self._cleared = self._silent = False

    @property
    def today(self) -> date:
        """In the zone of the tree."""
        return self.at.astimezone(self.tree.zone).date()

    def become(self, **changes: Any) -> None:
        self.state = self.state.changed(changes)

    def do(self, action: Action) -> None:
        self.actions.append(action)

    def ask(self) -> None:
        """Put the present question (again) once everything is said."""
        self._asks = True

    def done(self) -> tuple[State, tuple[Action, ...]]:
        question = present(self.tree, self.state) if self._asks and not self._silent else None
        if question:
            self.actions.append(adapted(question, self.state) if self.state.voice else question)
        return self.state, tuple(self.actions)

    # -- saying --

    def say(self, text: Text) -> None:
        """Words of the tree."""
        language = self.state.language
        words = self.tree.words(text, language)
        names = open_names(words)
        if names:
            known = texts(self.tree, self.state)
            words = fill(words, {name: known.get(name, "") for name in names})
        self._say(
            words,
            fixed=fixed_text(self.tree, text, language),
            audio=self.tree.audio(text, language),
            shown=True,
        )

    def phrase(self, name: str, *, shown: bool = False, fixed: bool = True, **values: str) -> None:
        """Words of the engine. shown: they are for screens too. values: of this caller unless ``fixed``."""
        words = phrase(name, self.state.language, {**self.tree.values, **values})
        self._say(words, fixed=fixed, audio=None, shown=shown)

    def acknowledge(self, channel: str, label: str) -> None:
        self.do(Acknowledge(channel=channel, node=self.state.node, label=label, language=self.state.language))

    def _say(self, text: str, *, fixed: bool, audio: str | None, shown: bool) -> None:
        self.do(Say(node=self.state.node, text=text, language=self.state.language, fixed=fixed, audio=audio))
        if shown:
            self._clear()
            self.become(said=(*self.state.said, text))

    def _clear(self) -> None:
        if not self._cleared:
            self._cleared = True
            self.become(said=())

    # -- walking --

    def go(self, target: str) -> None:
        """Enter this node, and on through those that need nobody, until something is asked, awaited or over."""
        self._clear()
        while True:
            node = self.tree.nodes[target]
            self.become(node=target, stage="asking", tries=0, digits="", held="", close=(), code="")
            match node:
                case SayNode():
                    self.say(node.say)
                    target = node.next
                case HoursNode():
                    hours = self.tree.file.hours[node.hours]
                    target = node.open if hours.is_open(self.at, self.tree.zone) else node.closed
                case DecideNode():
                    target = self._decide(node)
                case SubtreeNode() | SurveyNode():  # none is left in a tree that was loaded
                    target = next(target for _, target in node.targets)
                case LinkNode():
                    # A screen that is there, or a customer without a call, needs no link.
                    if not self.state.screen and self.state.voice:
                        return self._await("offer")
                    target = node.next
                case MenuNode() | QuestionNode():
                    return self.ask()
                case AskNode():
                    self._take_heard(node)
                    return self.ask()
                case AgentNode():
                    self.say(node.agent)
                    return self._await("queueing", Enqueue(node=target, queue=node.queue))
                case CallbackNode():
                    return self._await("call_offer")
                case WebhookNode():
                    send = tuple((name, self.state.variable(name) or "") for name in node.send)
                    return self._await("calling", Call(node=target, webhook=node.webhook, send=send))
                case IdentifyNode():
                    known = tuple((column, self.state.variable(name) or "") for column, name in node.identify.items())
                    return self._await("identifying", Identify(node=target, number=self.state.number, known=known))
                case TransferNode() if self.state.voice:
                    self.say(node.transfer)
                    self.become(stage="transferring")
                    return self.do(Transfer(node=target, to=node.to))
                case TransferNode():
                    target = node.failed
                case VoicemailNode():
                    return self._take_message(node)
                case GoodbyeNode():
                    self.say(node.goodbye)
                    if not node.screen or not (self.state.link_sent or self.state.screen):
                        return self.finish(node.outcome)
                    self.do(Finish(outcome=node.outcome, stays=True))
                    self.become(voice=False)
                    self._silent = True
                    target = node.screen

    def go_unheard(self, target: str) -> None:
        """As ``go``, while a voice is there that must not hear it yet."""
        before = len(self.actions)
        asks = self._asks
        self.go(target)
        self.actions[before:] = [one for one in self.actions[before:] if not isinstance(one, Say | Ask)]
        self._asks = asks

    def _await(self, stage: Stage, action: Action | None = None) -> None:
        """Stay at this node: for an answer, or for what the action brings."""
        self.become(stage=stage)
        if action is not None:
            self.do(action)
        self.ask()

    def _take_heard(self, node: AskNode) -> None:
        """What was said before it was asked for is asked no more, but made sure of."""
        value = dict(self.state.heard).get(node.slot)
        if value is None:
            return
        self.become(heard=tuple(one for one in self.state.heard if one[0] != node.slot))
        limits = limits_of(node)
        if slots.amiss(node.slot, value, node.least, node.most, limits, self.today) is None:
            self.become(stage="confirm", held=value)

    def finish(self, outcome: str) -> None:
        self.become(stage="finished", outcome=outcome, digits="", held="", close=(), code="", aside="", heard=())
        self.do(Finish(outcome=outcome))

    def record(self) -> None:
        node = self.tree.nodes[self.state.node]
        longest = node.longest if isinstance(node, VoicemailNode) else 120.0
        self.do(Record(node=self.state.node, longest=longest, language=self.state.language))

    def _take_message(self, node: VoicemailNode) -> None:
        if self.state.voice:
            self.say(node.voicemail)
            self.become(stage="recording")
            return self.record()
        # A screen cannot leave a spoken message: it is told the number, and goes on where it was.
        self.phrase("message_by_phone", shown=True)
        was = self.before
        here = isinstance(self.tree.nodes.get(was.node), MenuNode | QuestionNode | AskNode)
        if here:
            self.become(node=was.node, stage="asking")
            return self.ask()
        return self.finish("by_phone")

    def _decide(self, node: DecideNode) -> str:
        state = self.state
        variables: dict[str, Value] = {**dict(state.known), **{given.save: given.value for given in state.given}}
        variables |= {
            "caller_class": state.number_class,
            "language": state.language,
            "screen": state.screen,
            "voice": state.voice,
            "link_sent": state.link_sent,
            "identified": bool(state.customer),
        }
        return next((case.next for case in node.decide if holds(case.when, variables)), node.otherwise)
