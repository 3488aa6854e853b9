"""Where a conversation stands: all that the engine knows, small enough to be kept with every entry of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from ivr.events import NumberClass

Stage = Literal[
    "new",  # nobody has joined
    "asking",  # the node's own question
    "confirm",  # was it this? (held)
    "between",  # was it this or that? (close)
    "offer",  # a link?
    "other",  # no mobile number: key one, or a code?
    "number",  # which mobile number?
    "number_confirm",  # is it this one? (held)
    "sending",  # the link is on its way
    "coding",  # a code is being made
    "code",  # the code was told, the page is awaited
    "area",  # the postal code is being looked up (held)
    "rest",  # what follows the area of an address? (held)
    "queueing",  # a person is being found
    "call_offer",  # call back?
    "call_number",  # at the number that calls?
    "call_which",  # at which number?
    "call_confirm",  # is it this one? (held)
    "booking",  # the callback is being kept
    "calling",  # a webhook is being called
    "identifying",  # the customer is being looked up
    "transferring",
    "recording",
    "finished",
]
Aside = Literal["", "match", "resume", "prove"]
"""A question to the voice alone: the page's two digits; the old matter; a value given before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer. node: its question; save: its variable; value: option id, ``yes``/``no`` or a value (ivr.slots)."""

    node: str
    save: str
    value: str


# Without slots: a copy with changes is made several times a step, and copying a dictionary is ten times as fast.
@dataclass(frozen=True, kw_only=True)
class State:
    """digits: keyed so far. tries: failures in a row at the present question. held: an answer not yet confirmed.

    given: the answers, oldest first. said: what was said since the last question but one, for screens.
    proved: the voice that resumed has shown that it knows what was given. escorted: led to a person already.
    page and match: a page reached by code that waits to be trusted, and the two digits that it shows.
    known: (variable, value) from webhooks and the customer table. customer: the id of who was identified.
    heard: (kind, value) said before they were asked for. slow: the caller wants it said slowly.
    habit: how the voice gave its last answer, so that it is told no more than it needs.
    """

    language: str
    node: str = ""
    stage: Stage = "new"
    tries: int = 0
    digits: str = ""
    held: str = ""
    close: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    said: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    customer: str = ""
    heard: tuple[tuple[str, str], ...] = ()
    slow: bool = False
    habit: Literal["", "key", "voice"] = ""

    aside: Aside = ""
    aside_tries: int = 0
    aside_digits: str = ""
    page: str = ""
    match: str = ""
    proved: bool = False

    voice: bool = False
    screen: bool = False
    number: str | None = None
    number_class: NumberClass = "unknown"
    link_sent: bool = False
    code: str = ""
    outcome: str = ""
    escorted: bool = False

    def changed(self, changes: Mapping[str, object]) -> State:
        """As ``dataclasses.replace``."""
        values = {**self.__dict__, **changes}
        if len(values) != len(self.__dict__):
            raise TypeError(f"a state has no {', '.join(changes.keys() - self.__dict__.keys())}")
        new = object.__new__(State)
        object.__setattr__(new, "__dict__", values)
        return new

    @property
    def finished(self) -> bool:
        return self.stage == "finished"

    @property
    def locked(self) -> bool:
        """A voice came back and nothing proves yet whose it is: what was given before is not to be heard."""
        return self.aside in ("resume", "prove") and not self.proved

    def variable(self, name: str) -> str | None:
        """What was given last under this name, or else is known."""
        found = (given.value for given in reversed(self.given) if given.save == name)
        return next(found, dict(self.known).get(name))


_states: TypeAdapter[State] = TypeAdapter(State)


def dump(state: State) -> dict[str, Any]:
    """The state as JSON-ready data; ``load`` gives it back."""
    data: dict[str, Any] = _states.dump_python(state, mode="json")
    return data


def load(data: dict[str, Any]) -> State:
    """Raises pydantic.ValidationError for anything that is no state."""
    return _states.validate_python(data)
