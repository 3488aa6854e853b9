from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from ivr import actions, events
from ivr.actions import Action, Ask, Finish, Option, SendLink
from ivr.events import AreaFound, Caller, Chose, CodeIssued, Command, Event, Filled, Joined, LinkFailed, Recorded, Spoke
from web.catalogue import LANGUAGES, words
from web.timeline import Told, masked, told_action, told_event

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
EVENTS: dict[str, dict[str, Any]] = {
    "Joined": {"caller": {"number": "+819012345678", "number_class": "mobile"}},
    "Pressed": {"digit": "1"},
    "Spoke": {"text": "住所変更したい", "confidence": 0.9},
    "Chose": {"node": "matter", "option": "lost"},
    "Filled": {"node": "member", "value": "12345678"},
    "Waited": {"seconds": 6},
    "Left": {},
    "LinkSent": {"to_masked": "090****5678"},
    "LinkFailed": {"reason": "no_sms"},
    "CodeIssued": {"code": "731904", "seconds": 300},
    "CodeRefused": {},
    "PageArrived": {"page": "p", "match": "42"},
    "Recorded": {"recording": "r1", "seconds": 12.4},
    "Transcribed": {"recording": "r1", "text": "折り返しお願いします"},
    "AreaFound": {"code": "1000001", "areas": ["東京都千代田区千代田"]},
    "Replied": {"node": "n", "values": [["order_state", "発送済み"]]},
    "CallFailed": {"node": "n", "reason": "timeout"},
    "Identified": {"node": "n", "customer": "c17"},
    "NotIdentified": {"node": "n", "reason": "no_match"},
    "Connected": {"node": "n"},
    "NotConnected": {"node": "n", "reason": "closed"},
    "Booked": {"node": "n"},
    "NotBooked": {"node": "n", "reason": "full"},
}
ACTIONS: dict[str, dict[str, Any]] = {
    "Say": {"node": "n", "text": "こんにちは", "language": "ja"},
    "Ask": {"node": "n", "text": "ご用件は", "language": "ja", "expects": "open"},
    "Acknowledge": {"channel": "page", "node": "n", "label": "紛失", "language": "ja"},
    "SendLink": {"to": "+819012345678", "language": "ja"},
    "IssueCode": {},
    "TrustPage": {"page": "p"},
    "RefusePage": {"page": "p"},
    "Record": {"node": "n", "longest": 60, "language": "ja"},
    "FindArea": {"code": "1000001"},
    "Call": {"node": "n", "webhook": "order", "send": [["code", "4711"]]},
    "Identify": {"node": "n", "number": "+819012345678", "known": [["member", "12345674"]]},
    "Enqueue": {"node": "n", "queue": "main"},
    "Book": {"node": "n", "queue": "main", "to": "+819012345678", "when": "2026-11-25T10:00:00+09:00"},
    "Transfer": {"node": "n", "to": "+81312345678"},
    "StartAfresh": {},
    "Finish": {"outcome": "resolved"},
}


def test_the_samples_are_every_kind_there_is() -> None:
    assert {kind.__name__ for kind in get_args(Event)} == set(EVENTS)
    assert {kind.__name__ for kind in get_args(Action)} == set(ACTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["voice", "page", "system"])
@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_is_told_on_every_channel(kind: str, channel: str, language: str) -> None:
    event = events.load({"kind": kind, "at": AT.isoformat(), "channel": channel, **EVENTS[kind]})
    told = told_event(event, words(language))
    assert told.text
    assert told.by in ("customer", "us", "system")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ACTIONS)
def test_every_action_is_told(kind: str, language: str) -> None:
    told = told_action(actions.load({"kind": kind, **ACTIONS[kind]}), words(language))
    assert told.text


def _told(event: Event, **labels: str) -> Told:
    return told_event(event, words("en"), labels)


def test_speech_is_told_with_how_sure_and_what_it_was_taken_for() -> None:
    spoke = Spoke(
        at=AT,
        channel="voice",
        text="i lost my card",
        confidence=0.81,
        choice="lost",
        scores=(("lost", 0.8), ("x", 0.1)),
    )
    told = _told(spoke, lost="Lost card")
    assert told.text == "Said “i lost my card”"
    assert told.details == ("Understood as “Lost card”",)
    assert told.sure == 0.81
    assert told.scores == (("Lost card", 0.8), ("x", 0.1))


def test_a_value_is_told_as_people_read_it_and_so_is_what_was_said_with_it() -> None:
    spoke = Spoke(
        at=AT, channel="voice", text="x", value="2026-11-25", confidence=0.9, values=(("time", "10:00"), ("count", "3"))
    )
    told = told_event(spoke, words("ja"), expects="date")
    assert told.details == (
        "値 2026年11月25日、水曜日",
        "あわせてお話しになった時刻 午前10時",
        "あわせてお話しになった数 3",
    )


def test_a_decision_is_explained_by_the_examples_that_it_was_nearest_to() -> None:
    spoke = Spoke(
        at=AT, channel="voice", text="x", nearest=(("lost", "i lost my card"), ("address", "i moved")), confidence=0.5
    )
    assert _told(spoke, lost="Lost card").details == (
        "Nearest examples: “i lost my card” (Lost card) / “i moved” (address)",
    )


def test_an_unknown_postal_code_is_told_as_unknown() -> None:
    assert _told(AreaFound(at=AT, channel="system", code="9999999")).text == "No area was found for postal code 9999999"


def test_what_others_are_asked_is_told_without_the_values_and_with_the_number_masked() -> None:
    told = [told_action(actions.load({"kind": kind, **ACTIONS[kind]}), words("en")) for kind in ACTIONS]
    assert not [one for one in told if "4711" in str(one) or "12345674" in str(one) or "+819012345678" in str(one)]
    assert any("Wednesday" in one.text for one in told), "when to call back is told as people read it"


def test_a_question_that_was_passed_over_on_the_page_is_told_as_such() -> None:
    assert _told(Filled(at=AT, channel="page", node="n", value="")).text == "Passed over the question on the page"


def test_each_command_is_told_in_both_languages() -> None:
    for command in get_args(Command):
        spoke = Spoke(at=AT, channel="voice", text="x", command=command)
        assert all(told_event(spoke, words(language)).details for language in LANGUAGES)


def test_a_wish_tapped_on_the_page_is_not_told_as_speech() -> None:
    told = _told(Spoke(at=AT, channel="page", text="", command="person", confidence=1.0))
    assert told.text == "Tapped on the page: Wants a person"
    assert told.sure is None


def test_a_tap_is_told_by_the_label_that_was_tapped() -> None:
    assert _told(Chose(at=AT, channel="page", node="matter", option="lost"), lost="Lost card").text == (
        "Tapped “Lost card” on the page"
    )


def test_a_code_that_opens_a_page_is_not_shown() -> None:
    assert "731904" not in str(_told(CodeIssued(at=AT, channel="system", code="731904", seconds=300)))


def test_a_message_can_be_played_and_an_empty_one_cannot() -> None:
    assert _told(Recorded(at=AT, channel="voice", recording="r1", seconds=9)).recording == "r1"
    assert _told(Recorded(at=AT, channel="voice", recording="r1", seconds=0)).recording is None


def test_a_withheld_number_and_a_redial_are_told() -> None:
    told = _told(Joined(at=AT, channel="voice", resumed=True, caller=Caller(number=None, number_class="withheld")))
    assert told.text == "The caller called again"
    assert told.details == ("From — (withheld)",)


def test_the_number_that_a_link_goes_to_is_masked() -> None:
    assert masked("+819012345678") == "+8190****5678"
    assert masked("110") == "****"
    assert "1234" not in told_action(SendLink(to="+819012345678", language="ja"), words("ja")).text


def test_questions_asked_again_and_their_options_are_told() -> None:
    ask = Ask(
        node="n", text="Which?", language="en", expects="choice", retry=1, options=(Option(id="a", key="1", label="A"),)
    )
    assert told_action(ask, words("en")).details == ("Options: A", "Time 2 of asking")


def test_reasons_and_outcomes_that_nobody_named_are_still_told() -> None:
    assert _told(LinkFailed(at=AT, channel="system", reason="moon")).text == "The link could not be sent (other)"
    assert told_action(Finish(outcome="custom"), words("en")).text == "The conversation is over (other)"
    assert "goes on" in told_action(Finish(outcome="resolved", stays=True), words("en")).text
