from datetime import UTC, datetime

import pytest

from channels import pretend
from ivr import events
from ivr.actions import Book, Call, Enqueue, FindArea, Identify, Say, Transfer
from ivr.events import CallFailed, Identified, NotIdentified, Replied

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
CALL = Call(node="look_up", webhook="order", send=(("code", "4711"),))
WHO = Identify(node="who", number=None, known=(("member", "1"),))


def areas(code):
    return ("東京都千代田区千代田",) if code == "1000001" else ()


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (FindArea(code="1000001"), "AreaFound"),
        (Enqueue(node="n", queue="main"), "NotConnected"),
        (Book(node="n", queue="main", to="+81312345678", when=""), "Booked"),
        (Transfer(node="n", to="+81312345678"), "Connected"),
    ],
)
def test_what_needs_nobody_is_answered_at_once(action, kind):
    (event,) = pretend.answers(action, AT, areas)
    assert event.kind == kind
    assert pretend.wanted(action) is None


def test_what_is_no_order_to_others_is_answered_by_nothing():
    assert pretend.answers(Say(node="n", text="x", language="ja"), AT, areas) == ()
    assert pretend.answers(CALL, AT, areas) == pretend.answers(WHO, AT, areas) == ()


@pytest.mark.parametrize(
    ("action", "words", "event"),
    [
        (CALL, "fail", CallFailed(at=AT, channel="system", node="look_up", reason="unreachable")),
        (
            CALL,
            "order_state=発送済み note=two_words",
            Replied(
                at=AT, channel="system", node="look_up", values=(("order_state", "発送済み"), ("note", "two words"))
            ),
        ),
        (WHO, "unknown", NotIdentified(at=AT, channel="system", node="who", reason="no_match")),
        (WHO, "known", Identified(at=AT, channel="system", node="who", customer=pretend.CUSTOMER)),
        (
            WHO,
            "known customer_name=山田",
            Identified(
                at=AT, channel="system", node="who", customer=pretend.CUSTOMER, values=(("customer_name", "山田"),)
            ),
        ),
    ],
)
def test_what_a_companys_systems_would_say_is_typed(action, words, event):
    assert pretend.wanted(action)
    assert pretend.told(action, words, AT) == event
    assert events.load(events.dump(event)) == event


@pytest.mark.parametrize(
    ("action", "words"), [(CALL, ""), (CALL, "yes"), (CALL, "=x"), (WHO, "perhaps"), (WHO, "known x")]
)
def test_what_makes_no_sense_is_answered_with_what_to_type(action, words):
    with pytest.raises(ValueError, match="type "):
        pretend.told(action, words, AT)
