"""What the voice does with one delivery of actions: what to say, what then to listen for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from channels import wording
from channels.wording import Utterance
from ivr.actions import Acknowledge, Action, Ask, Finish, Record, Say, StartAfresh
from ivr.events import Chose, Event, Filled, Joined, Pressed, Spoke, Waited


@dataclass(slots=True)
class Turn:
    """Say ``utterances``; then listen for ``ask``, or take a message, or hang up.

    replaces: what is being said now is out of date and stops.
    """

    utterances: list[Utterance] = field(default_factory=list)
    ask: Ask | None = None
    record: Record | None = None
    finish: bool = False
    afresh: bool = False
    replaces: bool = True

    @property
    def empty(self) -> bool:
        return not (self.utterances or self.ask or self.record or self.finish or self.afresh)


def turn(event: Event | None, actions: Iterable[Action]) -> Turn:
    """event: what the actions answer; an answer of the customer makes what is being said out of date."""
    made = Turn(replaces=event is None or isinstance(event, Pressed | Spoke | Chose | Filled | Waited | Joined))
    for action in actions:
        match action:
            case Say():
                made.utterances.append(wording.say(action))
            case Ask():
                made.utterances.extend(wording.ask(action))
                made.ask = action
            case Acknowledge(channel=channel):
                if channel != "voice":
                    made.utterances.append(wording.acknowledge(action))
            case Record():
                made.record = action
            case Finish():
                made.finish = True
            case StartAfresh():
                made.afresh = True
            case _:
                pass  # links, codes and pages are the mover's
    if isinstance(event, Joined) and event.channel == "page":
        made.replaces = made.ask is not None
    return made
