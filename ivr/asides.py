"""Questions for the voice alone, beside the conversation's own.

``match``: which two digits does the page that was reached by code show? ``resume``: go on with the old matter?
``prove``: give once more a number given before. Until then nothing given before is spoken or used.
"""

from __future__ import annotations

from ivr import callbacks, linking
from ivr.actions import RefusePage, StartAfresh, TrustPage
from ivr.events import Joined, PageArrived
from ivr.given import matter, proof
from ivr.nodes import AskNode, MenuNode, QuestionNode
from ivr.questions import present
from ivr.turn import Turn

MOST_MATCH = 2
MOST_PROVE = 2
MOST_RESUME = 3
_NONE = {"aside": "", "aside_tries": 0, "aside_digits": ""}


def came_back(turn: Turn, event: Joined) -> None:
    """A voice came into a conversation that had begun. The number proves nothing: only the matter is offered."""
    state = turn.state
    hung_up(turn)  # the call before, if nobody told of its end
    turn.become(voice=True, escorted=False)
    if event.caller:
        turn.become(number=event.caller.number, number_class=event.caller.number_class)
    if not state.given and not state.screen:
        return turn.go(turn.tree.file.start)
    if not state.given:
        return _re_enter(turn)
    turn.become(aside="resume")
    return turn.ask()


def answered(turn: Turn, value: str) -> None:
    state = turn.state
    match state.aside:
        case "match" if value == state.match:
            page = state.page
            turn.become(**_NONE, page="", match="", screen=True)
            turn.do(TrustPage(page=page))
            turn.phrase("match_right")
            linking.arrived(turn)
            turn.ask()
        case "match":
            _missed(turn, "match_wrong")
        case "resume" if value == "yes":
            _go_on(turn)
        case "resume":
            afresh(turn)
        case _:
            given = proof(turn.tree, state)
            if given and given.value == value:
                turn.become(**_NONE, proved=True)
                turn.phrase("prove_right")
                _re_enter(turn)
            else:
                _missed(turn, "prove_wrong")


def failed(turn: Turn, why: str) -> None:
    turn.become(aside_digits="")
    if turn.state.aside == "match" and why == "silence":
        # Whoever reads two digits off a screen may need a while: asked again once, without a reproach.
        return _missed(turn, "")
    return _missed(turn, f"{why}_{min(turn.state.aside_tries + 1, 2)}")


def page_arrived(turn: Turn, event: PageArrived) -> None:
    """A page was reached by code: the caller shows that it is theirs, or it stays shut."""
    state = turn.state
    if not state.voice:
        return
    if state.stage in ("new", "recording", "finished") or state.locked:
        turn.do(RefusePage(page=event.page))
        return
    tries = state.aside_tries if state.aside == "match" else 0
    _refuse_page(turn)
    turn.become(aside="match", aside_tries=tries, aside_digits="", page=event.page, match=event.match)
    turn.ask()


def page_joined(turn: Turn) -> None:
    """The page was opened by its link: that proves the caller too, and makes any offer of a link idle."""
    state = turn.state
    known, let_in = state.screen and not state.locked, state.aside == "prove"
    turn.become(screen=True)
    if known or (state.stage == "recording" and not state.aside):
        return None
    if not state.voice:
        return linking.arrived(turn)
    turn.phrase("page_opened")
    tapped(turn)
    linking.arrived(turn)
    if let_in and turn.state.node == state.node:
        return _re_enter(turn)
    return turn.ask()


def tapped(turn: Turn) -> None:
    """Something came from the page that only the link opens: that lets a voice that came back in."""
    if not turn.state.locked:
        return
    if turn.state.aside == "prove":
        turn.become(**_NONE)
        turn.phrase("prove_right")
    turn.become(proved=True)


def left_for(turn: Turn, target: str) -> None:
    """The caller asks for something else than what an aside waits for: what it guarded stays shut."""
    _refuse_page(turn)
    if turn.state.locked:
        if turn.state.screen:
            return afresh(turn)
        _drop_values(turn)
    turn.become(**_NONE)
    return turn.go(target)


def hung_up(turn: Turn) -> None:
    _refuse_page(turn)
    turn.become(**_NONE, voice=False, proved=False, digits="", tries=0)
    # What was heard and never confirmed belongs to the voice that is gone; the next one must not hear it.
    if turn.state.stage in ("confirm", "between", "area", "rest"):
        turn.become(stage="asking", held="", close=())
    elif turn.state.stage == "call_confirm":
        turn.become(stage="call_which", held="")


def _missed(turn: Turn, phrase: str) -> None:
    tries = turn.state.aside_tries + 1
    turn.become(aside_tries=tries, aside_digits="")
    if phrase:
        turn.phrase(phrase)
    match turn.state.aside:
        case "match" if tries >= MOST_MATCH:
            _refuse_page(turn)
            turn.become(**_NONE)
            turn.phrase("match_refused")
            linking.arrived(turn)
        case "prove" if tries >= MOST_PROVE:
            return _unproved(turn)
        case "resume" if tries >= MOST_RESUME:
            return afresh(turn)
    return turn.ask()


def _go_on(turn: Turn) -> None:
    about = matter(turn.tree, turn.state)
    harmless = not turn.state.known and all(given == about for given in turn.state.given)
    if turn.state.proved or harmless:
        turn.become(**_NONE)
        turn.phrase("go_on")
        return _re_enter(turn)
    if proof(turn.tree, turn.state):
        turn.become(aside="prove", aside_tries=0, aside_digits="")
        return turn.ask()
    return _unproved(turn)


def afresh(turn: Turn) -> None:
    turn.become(**_NONE, voice=False)
    turn.phrase("afresh")
    turn.do(StartAfresh())


def _unproved(turn: Turn) -> None:
    turn.phrase("prove_failed")
    if turn.state.screen:
        # A page is at work here, and what it will be told is not for this voice.
        return afresh(turn)
    turn.become(**_NONE)
    _drop_values(turn)
    about = matter(turn.tree, turn.state)
    node = turn.tree.nodes[about.node] if about else None
    if about and isinstance(node, MenuNode | QuestionNode):
        return turn.go(dict(node.targets)[about.value])
    return turn.go(turn.tree.file.home or turn.tree.file.start)


def _drop_values(turn: Turn) -> None:
    about = matter(turn.tree, turn.state)
    turn.become(
        given=(about,) if about else (), known=(), customer="", heard=(),
        held="", close=(), digits="", code="", said=(),
    )  # fmt: skip


def _re_enter(turn: Turn) -> None:
    """On at the node; what was half done there begins again, but what is under way is not ordered twice."""
    node, state = turn.tree.nodes[turn.state.node], turn.state
    if isinstance(node, MenuNode | QuestionNode | AskNode) and state.stage in ("asking", "confirm", "between"):
        return turn.ask()
    asked = present(turn.tree, state)
    if asked is not None and (asked.expects == "wait" or state.stage in callbacks.STAGES):
        return turn.ask()
    return turn.go(turn.state.node)


def _refuse_page(turn: Turn) -> None:
    if turn.state.page:
        turn.do(RefusePage(page=turn.state.page))
        turn.become(page="", match="")
