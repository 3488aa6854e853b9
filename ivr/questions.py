"""What is being asked, made from the tree and the state alone: the same for the voice, the screen and the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import cast

from ivr import slots
from ivr.actions import Ask, Expects, Limits, Option
from ivr.given import label_of, matter, options_of, proof, texts
from ivr.nodes import Asking, AskNode, CallbackNode, LinkNode, MenuNode, QuestionNode, Text, WebhookNode
from ivr.phrases import grouped, phrase
from ivr.state import Given, Stage, State
from ivr.texts import fill, open_names
from ivr.tree import Tree

SENDING_PATIENCE = 8.0
CODE_PATIENCE = 25.0
MATCH_PATIENCE = 15.0
WAIT_PATIENCE = 6.0
"""Seconds after which a customer who has to wait is told so again."""


ALIKE: frozenset[Stage] = frozenset(
    (
        "offer", "other", "number", "sending", "coding", "code", "call_offer", "call_number", "call_which",
        "area", "queueing", "booking", "calling", "identifying",
    )
)  # fmt: skip
"""Stages whose question depends on the node, the language and how often it was asked, and on nobody."""


def present(tree: Tree, state: State) -> Ask | None:
    """What the voice asks now; None before anybody joined, while recording and at the end."""
    if state.aside == "match":
        return _plain(
            tree, state, "match", "match_ask", "digits", least=2, most=2, spoken="match_ask",
            patience=MATCH_PATIENCE, retry=state.aside_tries,
        )  # fmt: skip
    if state.aside == "resume":
        return _resume(tree, state)
    if state.aside == "prove":
        return _prove(tree, state)
    return underlying(tree, state)


def adapted(ask: Ask, state: State) -> Ask:
    """The question for a voice whose habit is known: whoever keys is not told to speak, nor the other way round."""
    if ask.retry:
        return ask
    if state.habit == "key" and ask.most:
        return replace(ask, keys_only=True)
    if state.habit == "voice" and ask.expects == "yesno":
        return replace(ask, brief=True)
    return ask


def underlying(tree: Tree, state: State) -> Ask | None:
    """What the conversation asks now, beside any question that is for the voice alone."""
    if state.stage not in ALIKE:
        return _underlying(tree, state)
    key = (f"{state.node}/{state.stage}", state.language, state.tries)
    if key not in tree.asks:
        tree.asks[key] = _underlying(tree, state)
    made: Ask | None = tree.asks[key]
    return made


def _underlying(tree: Tree, state: State) -> Ask | None:
    match state.stage:
        case "new" | "recording" | "transferring" | "finished":
            return None
        case "asking":
            return _fixed_ask(tree, state.node, state.language, state.tries) or node_ask(
                tree, state.node, state.language, retry=state.tries, variables=texts(tree, state)
            )
        case "confirm":
            return _confirm(tree, state)
        case "between":
            return between(tree, state.node, state.language, state.close, state.tries)
        case "offer":
            return offer(tree, state.node, state.language, state.tries)
        case "other":
            ways = (("mobile", "1", "other_mobile"), ("code", "2", "other_code"), ("none", "3", "other_none"))
            return _plain(tree, state, "other", "other_way", "choice", options=ways, spoken="other_way_spoken")
        case "number":
            return _plain(
                tree, state, "number", "which_mobile", "phone", least=11, most=11, spoken="which_mobile_spoken"
            )
        case "number_confirm":
            values = {"label": phrase("mobile_number", state.language), "value": grouped(state.held)}
            return _plain(tree, state, "number_confirm", "confirm_value", "yesno", values=values, fixed=False)
        case "sending":
            return _plain(
                tree, state, "sending", "sending", "choice", options=(("on", "1", "go_ahead"),),
                spoken="sending", patience=SENDING_PATIENCE,
            )  # fmt: skip
        case "coding":
            return _plain(
                tree, state, "coding", "coding", "choice", options=(("on", "1", "go_ahead"),),
                spoken="coding", patience=SENDING_PATIENCE,
            )  # fmt: skip
        case "area" | "queueing" | "booking" | "calling" | "identifying":
            return _wait(tree, state)
        case "rest":
            values = {"area": state.held.partition("|")[2]}
            return _plain(tree, state, "rest", "address_rest", "rest", values=values, fixed=False)
        case "call_offer":
            return callback_offer(tree, state.node, state.language, state.tries)
        case "call_number":
            return _plain(tree, state, "call_number", "call_this_number", "yesno")
        case "call_which":
            return _plain(
                tree, state, "call_which", "call_which", "phone", least=10, most=11, spoken="call_which_spoken"
            )
        case "call_confirm":
            values = {"label": phrase("call_number", state.language), "value": slots.spoken("phone", state.held, "")}
            return _plain(tree, state, "call_confirm", "confirm_value", "yesno", values=values, fixed=False)
        case "code":
            options = (("again", "1", "code_again"), ("on", "2", "go_ahead"))
            return _plain(
                tree, state, "code", "code_wait", "choice", options=options, spoken="code_wait_spoken",
                patience=CODE_PATIENCE,
            )  # fmt: skip


def _fixed_ask(tree: Tree, name: str, language: str, retry: int) -> Ask | None:
    """The question where it holds nothing of the caller: made once."""
    key = (name, language, retry)
    if key not in tree.asks:
        made = node_ask(tree, name, language, retry=retry)
        tree.asks[key] = made if made.fixed else None
    ask: Ask | None = tree.asks[key]
    return ask


def node_ask(
    tree: Tree, name: str, language: str, *, retry: int = 0, variables: Mapping[str, str] | None = None
) -> Ask:
    """The question of a menu, question or ask node."""
    node = cast(Asking, tree.nodes[name])
    expects, options, least, most = _expected(tree, node, language)
    limits = limits_of(node) if isinstance(node, AskNode) else Limits()
    text, fixed = _fill(tree, _text(node), language, variables)
    # After two failures the tree's own wording gives way to the voice's plain list of keys.
    spoken = _fill(tree, node.spoken, language, variables) if node.spoken and retry < 2 else None
    return Ask(
        node=name,
        text=text,
        language=language,
        expects=expects,
        options=options,
        least=least,
        most=most,
        patience=node.patience or tree.file.patience,
        retry=retry,
        fixed=fixed and (spoken is None or spoken[1]),
        spoken=spoken[0] if spoken else None,
        audio=tree.audio(node.spoken if spoken and node.spoken else _text(node), language),
        limits=limits,
        keys_only=retry >= 2 and most > 0,
        optional=isinstance(node, AskNode) and node.optional,
    )


def limits_of(node: AskNode) -> Limits:
    """As the tree writes them."""
    return Limits(
        lowest=node.lowest or "", highest=node.highest or "", pattern=node.pattern or "", check=node.check or ""
    )


def confirm_choice(tree: Tree, name: str, language: str, label: str, retry: int = 0) -> Ask:
    return Ask(
        node=f"{name}/confirm",
        text=phrase("confirm_choice", language, {"label": label}),
        language=language,
        expects="yesno",
        options=yes_no(language),
        patience=tree.file.patience,
        retry=retry,
    )


def between(tree: Tree, name: str, language: str, close: tuple[str, ...], retry: int = 0) -> Ask:
    """Which of two? With a way to say neither."""
    found = [option for option in options_of(tree, name) if option.id in close]
    labels = [tree.words(option.label, language) for option in found]
    options = [
        Option(id=option.id, key=str(place), label=label, words=option.words.get(language, ()))
        for place, (option, label) in enumerate(zip(found, labels, strict=True), 1)
    ]
    neither = Option(id="neither", key=str(len(found) + 1), label=phrase("neither", language))
    values = {"first": labels[0], "second": labels[1]}
    return Ask(
        node=f"{name}/between",
        text=phrase("between", language, values),
        language=language,
        expects="choice",
        options=(*options, neither),
        patience=tree.file.patience,
        retry=retry,
        spoken=phrase("between_spoken", language, values),
    )


def offer(tree: Tree, name: str, language: str, retry: int = 0) -> Ask:
    """May a link be sent? Of a link node, or to have a single value given on the screen."""
    node = tree.nodes[name]
    link = node.link if isinstance(node, LinkNode) else None
    return Ask(
        node=f"{name}/offer",
        text=tree.words(link, language) if link else phrase("offer_for_value", language, tree.values),
        language=language,
        expects="yesno",
        options=yes_no(language),
        patience=tree.file.patience,
        retry=retry,
        audio=tree.audio(link, language) if link else None,
    )


def callback_offer(tree: Tree, name: str, language: str, retry: int = 0) -> Ask:
    """May we call back?"""
    node = cast(CallbackNode, tree.nodes[name])
    return Ask(
        node=f"{name}/call_offer",
        text=tree.words(node.callback, language),
        language=language,
        expects="yesno",
        options=yes_no(language),
        patience=tree.file.patience,
        retry=retry,
        audio=tree.audio(node.callback, language),
    )


@cache
def yes_no(language: str) -> tuple[Option, ...]:
    return (
        Option(id="yes", key="1", label=phrase("yes", language)),
        Option(id="no", key="2", label=phrase("no", language)),
    )


def fixed_text(tree: Tree, text: Text, language: str) -> bool:
    return not open_names(tree.words(text, language)) - tree.values.keys()


# -- the stages ----------------------------------------------------------------------------------------------------


def _confirm(tree: Tree, state: State) -> Ask:
    node = tree.nodes[state.node]
    held = Given(node=state.node, save="", value=state.held)
    label = label_of(tree, held, state.language)
    if isinstance(node, AskNode) and node.label and node.is_value:
        values = {"label": tree.words(node.label, state.language), "value": label}
        return _plain(tree, state, "confirm", "confirm_value", "yesno", values=values, fixed=False)
    return confirm_choice(tree, state.node, state.language, label, state.tries)


def _resume(tree: Tree, state: State) -> Ask:
    about = matter(tree, state)
    values = {"matter": label_of(tree, about, state.language)} if about else {}
    name = "resume_matter" if about else "resume_plain"
    return _plain(tree, state, "resume", name, "yesno", values=values, retry=state.aside_tries)


def _prove(tree: Tree, state: State) -> Ask | None:
    given = proof(tree, state)
    if given is None:
        return underlying(tree, state)
    node = cast(AskNode, tree.nodes[given.node])
    values = {"label": tree.words(node.label, state.language)} if node.label else {}
    expects, _, least, most = _expected(tree, node, state.language)
    return _plain(
        tree,
        state,
        "prove",
        "prove_ask_link" if state.link_sent else "prove_ask",
        expects,
        values=values,
        least=least,
        most=most,
        retry=state.aside_tries,
        limits=limits_of(node),
    )


def _wait(tree: Tree, state: State) -> Ask:
    """Something is on its way; the customer is told to wait, by the tree's words where it has some."""
    node, language = tree.nodes[state.node], state.language
    words = node.wait if isinstance(node, WebhookNode) else None
    name = "one_moment_more" if state.tries else "connecting" if state.stage == "queueing" else "one_moment"
    own = words is not None and not state.tries
    return Ask(
        node=f"{state.node}/{state.stage}",
        text=tree.words(words, language) if own and words else phrase(name, language, tree.values),
        language=language,
        expects="wait",
        patience=WAIT_PATIENCE,
        retry=state.tries,
        audio=tree.audio(words, language) if own and words else None,
    )


def _plain(
    tree: Tree,
    state: State,
    stage: str,
    name: str,
    expects: Expects,
    *,
    values: Mapping[str, str] | None = None,
    options: Iterable[tuple[str, str, str]] = (),
    least: int = 0,
    most: int = 0,
    patience: float = 0,
    retry: int | None = None,
    spoken: str | None = None,
    fixed: bool = True,
    limits: Limits = Limits(),  # noqa: B008 -- frozen
) -> Ask:
    """A question of the engine's own, worded by the catalogue."""
    language = state.language
    chosen = tuple(Option(id=one, key=key, label=phrase(label, language)) for one, key, label in options)
    return Ask(
        node=f"{state.node}/{stage}",
        text=phrase(name, language, {**tree.values, **(values or {})}),
        language=language,
        expects=expects,
        options=yes_no(language) if expects == "yesno" else chosen,
        least=least,
        most=most,
        patience=patience or tree.file.patience,
        retry=state.tries if retry is None else retry,
        fixed=fixed,
        spoken=phrase(spoken, language) if spoken else None,
        limits=limits,
    )


def _expected(tree: Tree, node: Asking, language: str) -> tuple[Expects, tuple[Option, ...], int, int]:
    if isinstance(node, AskNode) and node.slot == "yesno":
        return "yesno", yes_no(language), 0, 0
    if isinstance(node, AskNode) and node.slot != "choice":
        least, most = slots.keys(node.slot, node.least, node.most, limits_of(node))
        return node.slot, (), least, most
    options = tuple(
        Option(
            id=option.id,
            key=option.key,
            label=tree.words(option.label, language),
            words=option.words.get(language, ()),
        )
        for option in node.options
        if option.language != language  # nobody is offered the language that they are already served in
    )
    return ("open" if isinstance(node, QuestionNode) else "choice"), options, 0, 0


def _text(node: Asking) -> Text:
    match node:
        case MenuNode():
            return node.menu
        case QuestionNode():
            return node.question
        case AskNode():
            return node.ask


def _fill(tree: Tree, text: Text, language: str, variables: Mapping[str, str] | None) -> tuple[str, bool]:
    """The words, and whether they hold nothing of this caller. Without variables (made ahead) they stay open."""
    words = tree.words(text, language)
    names = open_names(words)
    if not names or variables is None:
        return words, not names
    return fill(words, {name: variables.get(name, "") for name in names}), False
