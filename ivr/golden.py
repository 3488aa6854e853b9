"""Golden conversations: plain text that an operator reads and a test replays.

The left column is what happened, the indented lines are what Denwaban answered::

    # A caller asks aloud and finishes on the screen.
    tree    demo ja
    with    link_domain go.example.jp
    at      2026-11-24 10:00
    voice   joined        +819012345678 mobile
                    say   お電話ありがとうございます。
                    ask   ご用件をお聞かせください。 [1 住所変更] [2 紛失・再発行]
    voice   spoke         引っ越しました -> address_change 0.92
    page    chose         yes @address_link/offer

After ``->`` stands what the words were taken for: an option's id, ``=12345678`` a value, ``+date=2026-11-03`` more that
was said, ``?lost`` ids too close to tell apart, ``!repeat`` a command, and how sure, 0..1; a space within a value is
written ``_``, and such a sign itself ``\\_``. Times are those of the tree's zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ivr import engine, events
from ivr.actions import (
    Acknowledge,
    Action,
    Ask,
    Book,
    Call,
    Enqueue,
    FindArea,
    Finish,
    Identify,
    IssueCode,
    Record,
    RefusePage,
    Say,
    SendLink,
    StartAfresh,
    Transfer,
    TrustPage,
)
from ivr.errors import BadConversation
from ivr.events import (
    AreaFound,
    Booked,
    Caller,
    CallFailed,
    Chose,
    CodeIssued,
    CodeRefused,
    Connected,
    Event,
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
from ivr.tree import Tree

INDENT = " " * 16
CLOCK = "%Y-%m-%d %H:%M"
KINDS = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower(): kind for kind in get_args(Event)}
NAMES = {kind: name for name, kind in KINDS.items()}
AT_A_NODE = (Replied, CallFailed, Identified, NotIdentified, Connected, NotConnected, Booked, NotBooked)


@dataclass(frozen=True, slots=True)
class Script:
    """What happened, without the answers. title: the comment at the top. values: those the tree was loaded with."""

    title: str
    tree: str
    language: str
    values: Mapping[str, str]
    events: tuple[Event, ...]


class Writer:
    """Writes a conversation down as it is held. name: how the file calls the tree."""

    def __init__(self, title: str, name: str, language: str, tree: Tree) -> None:
        self._lines = [*(f"# {line}" for line in title.splitlines()), f"tree    {name} {language}"]
        self._lines += [f"with    {value} {words}" for value, words in sorted(tree.values.items())]
        self._zone, self._clock, self._keys = tree.zone, "", ""

    @property
    def text(self) -> str:
        return "\n".join([*self._lines, *self._held()]) + "\n"

    def told(self, event: Event, actions: Iterable[Action]) -> tuple[str, ...]:
        """Take down one event with what followed; gives the lines that this added."""
        before = len(self._lines)
        answers = [INDENT + line for line in map(action_line, actions)]
        clock = event.at.astimezone(self._zone).strftime(CLOCK)
        if self._keys and (not isinstance(event, Pressed) or clock != self._clock):
            self._lines += self._held()
            self._keys = ""
        if clock != self._clock:
            self._lines.append(f"at      {clock}")
            self._clock = clock
        if isinstance(event, Pressed):
            # Keys that nothing followed on yet are one line with the key that something followed on.
            self._keys += event.digit
            if answers:
                self._lines += [*self._held(), *answers]
                self._keys = ""
        else:
            self._lines += [event_line(event), *answers]
        return tuple(self._lines[before:])

    def _held(self) -> list[str]:
        return [_line("voice", "pressed", self._keys)] if self._keys else []


def event_line(event: Event) -> str:
    return _line(event.channel, NAMES[type(event)], _argument(event))


def action_line(action: Action) -> str:
    """What was said, asked or ordered, on one line."""
    match action:
        case Say():
            return f"say   {action.text}"
        case Ask():
            return f"ask   {action.text} {_takes(action)}".rstrip()
        case Acknowledge():
            return f"taken {action.label} ({action.channel})"
        case SendLink():
            return f"link  {action.to}"
        case IssueCode():
            return "code"
        case TrustPage():
            return f"trust {action.page}"
        case RefusePage():
            return f"refuse {action.page}"
        case Record():
            return f"record {action.longest:g} seconds"
        case FindArea():
            return f"area  {action.code}"
        case Call():
            return f"call  {action.webhook} {_pairs(action.send)}".rstrip()
        case Identify():
            return f"who   {action.number or '-'} {_pairs(action.known)}".rstrip()
        case Enqueue():
            return f"queue {action.queue}"
        case Book():
            return f"book  {action.queue} {action.to} {action.when}".rstrip()
        case Transfer():
            return f"transfer {action.to}"
        case StartAfresh():
            return "afresh"
        case Finish():
            return f"finish {action.outcome}" + (" (the screen goes on)" if action.stays else "")


def parse(text: str, zone: ZoneInfo) -> Script:
    """The events of a golden conversation; the answers in it are for comparing. Raises BadConversation."""
    title: list[str] = []
    tree, language, at = "", "", None
    values: dict[str, str] = {}
    told: list[Event] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            title.append(line.removeprefix("#").strip())
        elif line.strip() and not line.startswith(" "):
            head, _, rest = line.partition(" ")
            try:
                if head == "tree":
                    tree, language = rest.split()
                elif head == "with":
                    name, _, words = rest.strip().partition(" ")
                    values[name] = words
                elif head == "at":
                    at = datetime.strptime(rest.strip(), CLOCK).replace(tzinfo=zone)
                elif at is None:
                    raise ValueError("no time is given before it")
                else:
                    told += _events(head, at, rest.strip())
            except (ValueError, KeyError, IndexError, ValidationError) as error:
                why = "not an event" if isinstance(error, ValidationError) else str(error)
                raise BadConversation(f"line {number}: {why}") from None
    return Script("\n".join(title), tree, language, values, tuple(told))


def replay(tree: Tree, script: Script) -> str:
    """The conversation as it goes today."""
    writer = Writer(script.title, script.tree, script.language, tree)
    state = engine.begin(tree, script.language)
    for event in script.events:
        state, actions = engine.step(tree, state, event)
        writer.told(event, actions)
        if any(isinstance(action, StartAfresh) for action in actions):
            state = engine.begin(tree, script.language)
    return writer.text


def _line(channel: str, kind: str, argument: str) -> str:
    return f"{channel:<7} {kind:<13} {argument}".rstrip()


def _takes(ask: Ask) -> str:
    if ask.expects == "wait":
        return "[wait]"
    if ask.expects not in ("choice", "open", "yesno"):
        count = f"{ask.least}" if ask.least == ask.most else f"{ask.least}-{ask.most}"
        kind = "" if ask.expects in ("digits", "phone") else f"{ask.expects} "
        return f"[{kind}{count} digits]" if ask.most else f"[{ask.expects}]"
    return " ".join(f"[{option.key} {option.label}]" if option.key else f"[{option.label}]" for option in ask.options)


def _argument(event: Event) -> str:
    match event:
        case Joined():
            caller = event.caller
            parts = [caller.number or "-", caller.number_class] if caller else []
            parts += [event.language] if event.language else []
            return " ".join([*parts, *(["again"] if event.resumed else [])])
        case Pressed():
            return event.digit
        case Spoke():
            return f"{_one_line(event.text)} -> {_meaning(event)}"
        case Chose():
            return f"{event.option} @{event.node}"
        case Filled():
            return f"{_one_line(event.value)} @{event.node}"
        case Waited():
            return f"{event.seconds:g}"
        case Left() | LinkFailed() | CodeRefused():
            return event.reason
        case LinkSent():
            return event.to_masked
        case CodeIssued():
            return f"{event.code} {event.seconds:g}"
        case PageArrived():
            return f"{event.page} {event.match}"
        case Recorded():
            return f"{event.recording} {event.seconds:g}"
        case Transcribed():
            return f"{event.recording} {_one_line(event.text)}"
        case AreaFound():
            return f"{event.code} {_pairs(('', area) for area in event.areas)}".rstrip()
        case Replied():
            return f"{_pairs(event.values)} @{event.node}".lstrip()
        case Identified():
            return f"{event.customer} {_pairs(event.values)}".rstrip() + f" @{event.node}"
        case CallFailed() | NotIdentified() | NotConnected() | NotBooked():
            return f"{event.reason} @{event.node}"
        case Connected() | Booked():
            return f"@{event.node}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values in a row, spaces within them as ``_``."""
    return " ".join((f"{name}=" if name else "") + _word(value) for name, value in pairs)


def _word(text: str) -> str:
    """One word: a space is written ``_``, and what would be taken for one, or for its mark, with a backslash."""
    return re.sub(r"\s", "_", re.sub(r"[\\_]", r"\\\g<0>", text))


def _words(word: str) -> str:
    return re.sub(r"\\(.)|_", lambda found: found[1] or " ", word)


def _meaning(event: Spoke) -> str:
    sure = dict(event.scores).get(event.choice or "", event.confidence)
    parts = [event.choice] if event.choice else []
    parts += [f"={_word(event.value)}"] if event.value is not None else []
    parts += [f"+{kind}={_word(value)}" for kind, value in event.values]
    parts += [f"?{one}" for one in event.close]
    parts += [f"!{event.command}"] if event.command else []
    return " ".join([*parts, f"{sure:.2f}"])


def _events(channel: str, at: datetime, rest: str) -> Iterator[Event]:
    kind, _, argument = rest.partition(" ")
    argument = argument.strip()
    if kind == "pressed":
        for digit in argument:
            yield events.load({"kind": "Pressed", "channel": channel, "at": at, "digit": digit})
        return
    fields = _fields(KINDS[kind], argument)
    yield events.load({"kind": KINDS[kind].__name__, "channel": channel, "at": at, **fields})


def _fields(kind: type[Event], argument: str) -> dict[str, Any]:
    words = argument.split()
    if kind is Joined:
        return _joined(words)
    if kind is Spoke:
        text, _, meaning = argument.rpartition("->")
        return {"text": text.strip(), **_meant(meaning.split())}
    if kind in AT_A_NODE:
        return _back(kind, argument)
    if kind is AreaFound:
        return {"code": words[0], "areas": tuple(map(_words, words[1:]))}
    if kind is Chose or kind is Filled:
        value, at_node, node = argument.rpartition(" @")
        if not at_node:
            raise ValueError("it does not say at which question")
        return {"option" if kind is Chose else "value": value.strip(), "node": node}
    if kind is Waited:
        return {"seconds": float(argument)}
    if kind is Left or kind is LinkFailed or kind is CodeRefused:
        return {"reason": argument}
    if kind is LinkSent:
        return {"to_masked": argument}
    if kind is CodeIssued:
        return {"code": words[0], "seconds": float(words[1])}
    if kind is PageArrived:
        return {"page": words[0], "match": words[1]}
    if kind is Recorded:
        return {"recording": words[0], "seconds": float(words[1])}
    recording, _, text = argument.partition(" ")
    return {"recording": recording, "text": text.strip()}


def _back(kind: type[Event], argument: str) -> dict[str, Any]:
    """What was reported back to a node."""
    rest, at_node, node = argument.rpartition("@")
    if not at_node:
        raise ValueError("it does not say at which node")
    words = rest.split()
    match kind.__name__:
        case "Replied":
            return {"node": node, "values": tuple(map(_pair, words))}
        case "Identified":
            return {"node": node, "customer": words[0], "values": tuple(map(_pair, words[1:]))}
        case "Connected" | "Booked":
            return {"node": node}
        case _:
            return {"node": node, "reason": words[0]}


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise ValueError(f"{word!r} is no name=value")
    return name, _words(value)


def _joined(words: list[str]) -> dict[str, Any]:
    resumed = words[-1:] == ["again"]
    words = words[:-1] if resumed else words
    caller = Caller(number=None if words[0] == "-" else words[0], number_class=words[1]) if len(words) > 1 else None  # type: ignore[arg-type]
    language = words[2] if len(words) > 2 else None
    return {"caller": caller, "language": language, "resumed": resumed}


def _meant(words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"close": (), "values": ()}
    for word in words:
        match word[0], word[1:]:
            case "=", value:
                found["value"] = _words(value)
            case "+", more:
                found["values"] = (*found["values"], _pair(more))
            case "?", option:
                found["close"] = (*found["close"], option)
            case "!", command:
                found["command"] = command
            case _:
                if re.fullmatch(r"[01](\.\d+)?", word):
                    found["confidence"] = float(word)
                else:
                    found["choice"] = word
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
