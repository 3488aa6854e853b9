"""Being called back."""

import pytest
from centre import LANDLINE, MOBILE, TUESDAY, WITHHELD, Conversation, load

from ivr.actions import Book
from ivr.events import Booked, NotBooked

OF = load("everything")


def offered(caller=MOBILE) -> Conversation:
    return Conversation(OF).call(caller).press("2").press("20261201").press("1030").press("2#")


def test_the_number_that_calls_is_offered_and_the_hour_that_was_asked_for_kept():
    call = offered(LANDLINE).press("11")
    assert call.did(Book) == [Book(node="ask_back", queue="main", to="+81312345678", when="2026-12-01T10:30:00+09:00")]
    call.tell(Booked(at=TUESDAY, channel="system", node="ask_back"))
    assert "12月1日、火曜日の午前10時30分に、担当者からお電話いたします。" in call.words
    assert call.state.node == "rating.solved"


def test_another_number_is_read_back_before_it_counts():
    call = offered().press("12").press("0312345678#")
    assert "0312345678" in call.asked.text
    assert call.press("2").state.stage == "call_which"
    call.press("0698765432#").press("1")
    assert [book.to for book in call.did(Book)] == ["+81698765432"]


def test_a_withheld_number_is_asked_for():
    assert offered(WITHHELD).press("1").state.stage == "call_which"


@pytest.mark.parametrize("no", ["2", "silence"])
def test_refusing_costs_nothing(no: str):
    call = offered()
    call = call.press("2") if no == "2" else call.wait().wait().wait()
    assert call.state.node == "rating.solved"
    assert not any(isinstance(action, Book) for action in call.actions)


def test_what_could_not_be_booked_is_said_and_leads_to_the_branch_for_it():
    call = offered().press("11").tell(NotBooked(at=TUESDAY, channel="system", node="ask_back", reason="number"))
    assert "承ることができませんでした" in call.words
    assert call.state.node == "staff"


def test_the_next_voice_does_not_hear_a_number_that_was_never_confirmed():
    call = offered().press("12").press("0312345678#").hang_up()
    assert (call.state.stage, call.state.held) == ("call_which", "")
