"""The machine: ``step(tree, state, event) -> (state, actions)``. Pure, and total on every event in any state.

After any history in which somebody joined, a question is asked, a recording is under way, or the conversation is
finished: nobody is left in silence. A conversation is a fold of ``step`` over its events.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr import addresses, answers, asides, linking, messages, retries, waits
from ivr.actions import Action, Ask, Say
from ivr.events import (
    AreaFound,
    Booked,
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
from ivr.nodes import (
    AgentNode,
    AskNode,
    CallbackNode,
    GoodbyeNode,
    LinkNode,
    MenuNode,
    QuestionNode,
    SayNode,
    Text,
    TransferNode,
    VoicemailNode,
    WebhookNode,
)
from ivr.phrases import catalogue, phrase
from ivr.questions import callback_offer, confirm_choice, fixed_text, node_ask, offer, present
from ivr.showing import Showing, showing
from ivr.state import State
from ivr.texts import open_names
from ivr.tree import Tree
from ivr.turn import Turn

__all__ = ["Showing", "before", "begin", "present", "prompts", "showing", "step"]


def begin(tree: Tree, language: str | None = None) -> State:
    """A conversation that nobody has joined yet."""
    return State(language=tree.known(language))


def step(tree: Tree, state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """What follows from this event. Never raises; an event that means nothing here changes nothing."""
    turn = Turn(tree, state, event.at)
    match event:
        case Joined():
            _joined(turn, event)
        case Left():
            if event.channel == "voice":
                asides.hung_up(turn)
            elif event.channel == "page":
                turn.become(screen=False)
        case Pressed() | Spoke() | Waited() if not state.voice:
            pass  # the call has gone on without this conversation
        case Pressed():
            answers.pressed(turn, event)
        case Spoke():
            answers.spoke(turn, event)
        case Waited():
            if not answers.handed_in(turn) and not answers.passed_over(turn):
                retries.waited(turn)
        case Chose():
            answers.chose(turn, event)
        case Filled():
            answers.filled(turn, event)
        case LinkSent():
            linking.sent(turn)
        case LinkFailed():
            linking.not_sent(turn)
        case CodeIssued():
            linking.code_issued(turn, event)
        case CodeRefused():
            linking.code_refused(turn)
        case PageArrived():
            asides.page_arrived(turn, event)
        case Recorded():
            messages.recorded(turn, event)
        case AreaFound():
            addresses.found(turn, event)
        case (
            Replied() | CallFailed() | Identified() | NotIdentified()
            | Connected() | NotConnected() | Booked() | NotBooked()
        ):  # fmt: skip
            waits.came(turn, event)
        case Transcribed():
            pass  # for the record alone
    return turn.done()


def before(tree: Tree, state: State) -> Ask | None:
    """The question that "no, that's wrong" is about: the one before this one, or this one while it is made sure of."""
    if state.aside or state.finished:
        return None
    name = state.node if state.stage in ("confirm", "between") else state.given[-1].node if state.given else ""
    return node_ask(tree, name, state.language, variables={}) if name else None


def _joined(turn: Turn, event: Joined) -> None:
    state = turn.state
    if state.finished:
        if event.channel == "voice":
            asides.afresh(turn)
        return None
    if state.stage != "new":
        return asides.page_joined(turn) if event.channel == "page" else asides.came_back(turn, event)
    caller = event.caller
    turn.become(
        language=turn.tree.known(event.language or state.language),
        voice=event.channel == "voice",
        screen=event.channel == "page",
        number=caller.number if caller else None,
        number_class=caller.number_class if caller else "unknown",
    )
    turn.go(turn.tree.file.start)
    return None


def prompts(tree: Tree) -> Iterator[Say | Ask]:
    """Everything the tree can say that holds nothing of a caller: to be spoken ahead."""
    for language in tree.languages:
        for name in catalogue():
            words = phrase(name, language, tree.values)
            if not open_names(words) and not name.startswith("word_"):
                yield Say(node="", text=words, language=language)
        for name, node in tree.nodes.items():
            yield from _prompts(tree, name, node, language)


def _prompts(tree: Tree, name: str, node: object, language: str) -> Iterator[Say | Ask]:
    match node:
        case (
            SayNode(say=text) | VoicemailNode(voicemail=text) | GoodbyeNode(goodbye=text)
            | AgentNode(agent=text) | TransferNode(transfer=text)
        ):  # fmt: skip
            yield from _say(tree, name, text, language)
        case WebhookNode(wait=text) if text:
            yield from _say(tree, name, text, language)
        case CallbackNode():
            yield callback_offer(tree, name, language)
        case LinkNode():
            yield offer(tree, name, language)
        case MenuNode() | QuestionNode() | AskNode():
            for retry in (0, 1, 2):
                ask = node_ask(tree, name, language, retry=retry)
                if ask.fixed:
                    yield ask
            for option in node.options:
                yield confirm_choice(tree, name, language, tree.words(option.label, language))


def _say(tree: Tree, name: str, text: Text, language: str) -> Iterator[Say]:
    if fixed_text(tree, text, language):
        audio = tree.audio(text, language)
        yield Say(node=name, text=tree.words(text, language), language=language, audio=audio)
