"""What the voice does with one delivery of actions: what to say, what then to listen for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from channels import wording
from channels.wording import Utterance
from ivr.actions import Acknowledge, Action, Ask, Finish, Record, Say, StartAfresh, Transfer
from ivr.events import Chose, Event, Filled, Joined, Pressed, Spoke, Waited


@dataclass(slots=True)
class Turn:
    """Say ``utterances``; then listen for ``ask``, take a message, put the call through, or hang up.

    replaces: what is being said now is out of date and stops. slow: it is said slowly, and waited for longer.
    heard_out: what is no answer of the customer waits until all of it was said.
    """

    utterances: list[Utterance] = field(default_factory=list)
    ask: Ask | None = None
    record: Record | None = None
    transfer: Transfer | None = None
    finish: bool = False
    afresh: bool = False
    replaces: bool = True
    slow: bool = False
    heard_out: bool = True

    @property
    def empty(self) -> bool:
        return not (self.utterances or self.ask or self.record or self.transfer or self.finish or self.afresh)

    @property
    def waits(self) -> bool:
        """Nothing is asked; what comes next is on its way."""
        return self.ask is not None and self.ask.expects == "wait"

    def parts(self) -> tuple[Self, ...]:
        """News of what a customer waits for may cut off the words that ask for patience, but not what came before."""
        if not self.waits or len(self.utterances) < 2:
            return (self,)
        *said, patience = self.utterances
        first = replace(self, utterances=said, heard_out=True)
        return first, replace(self, utterances=[patience], replaces=False)


def turn(event: Event | None, actions: Iterable[Action], *, slow: bool = False) -> Turn:
    """event: what the actions answer; an answer of the customer makes what is being said out of date."""
    answers = event is None or isinstance(event, Pressed | Spoke | Chose | Filled | Waited | Joined)
    made = Turn(replaces=answers, slow=slow)
    for action in actions:
        match action:
            case Say():
                made.utterances.append(wording.say(action))
            case Ask():
                made.utterances.extend(wording.ask(action))
                made.ask = action
                made.heard_out = False
            case Acknowledge(channel=channel):
                if channel != "voice":
                    made.utterances.append(wording.acknowledge(action))
            case Record():
                made.record = action
            case Transfer():
                made.transfer = action
            case Finish():
                made.finish = True
            case StartAfresh():
                made.afresh = True
            case _:
                pass  # links, codes, pages, webhooks and the like are others' to do
    if isinstance(event, Joined) and event.channel == "page":
        made.replaces = made.ask is not None
    return made
