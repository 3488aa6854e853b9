"""Postal addresses, given in two steps."""

import pytest
from centre import TUESDAY, Conversation, load

from ivr.actions import FindArea
from ivr.addresses import is_whole
from ivr.events import AreaFound

OF = load("everything")
WHOLE = "1000001|東京都千代田区千代田1-1"


def asked_for_address() -> Conversation:
    return Conversation(OF).call().press("3").say("タカハシ タロウ", value="タカハシ タロウ").press("1")


def found(*areas: str) -> AreaFound:
    return AreaFound(at=TUESDAY, channel="system", code="1000001", areas=areas)


def test_a_postal_code_is_looked_up_and_the_rest_asked_for():
    call = asked_for_address().press("1000001")
    assert call.did(FindArea) == [FindArea(code="1000001")]
    assert call.asked.expects == "wait"
    call.tell(found("東京都千代田区千代田"))
    assert call.asked.expects == "rest"
    assert "東京都千代田区千代田" in call.asked.text
    call.say("1の1", value="1-1")
    assert "〒100-0001 東京都千代田区千代田1-1" in call.asked.text
    call.press("1")
    assert call.state.variable("address") == WHOLE


def test_where_several_areas_share_a_code_what_they_have_in_common_is_sure():
    call = asked_for_address().press("1000001").tell(found("東京都千代田区丸の内", "東京都千代田区大手町"))
    assert call.state.held == "1000001|東京都千代田区"


def test_a_code_that_nobody_knows_is_asked_for_again():
    call = asked_for_address().press("1000001").tell(found())
    assert "郵便番号が、見つかりません" in call.words
    assert call.asked.expects == "address"


def test_an_answer_for_another_code_changes_nothing():
    call = asked_for_address().press("1000001")
    before = call.state
    assert call.tell(AreaFound(at=TUESDAY, channel="system", code="5300001", areas=("大阪市",))).state == before


def test_an_area_alone_is_followed_up_and_a_whole_address_is_read_back():
    call = asked_for_address().say("千代田区千代田", value="|東京都千代田区千代田")
    assert call.asked.expects == "rest"
    call = asked_for_address().say("千代田区千代田1の1", value=WHOLE)
    assert call.asked.expects == "yesno"


def test_a_page_gives_it_whole_or_by_its_code_first():
    call = asked_for_address().open_page().fill("〒100-0001 東京都千代田区千代田1-1")
    assert call.state.variable("address") == WHOLE
    call = asked_for_address().open_page().fill("100-0001").tell(found("東京都千代田区千代田"))
    assert call.shown.ask.expects == "rest"
    call.fill("1-1")
    assert call.state.variable("address") == WHOLE


def test_back_from_the_rest_is_to_the_address():
    call = asked_for_address().press("1000001").tell(found("東京都千代田区千代田")).say("戻る", command="back")
    assert (call.asked.expects, call.state.held) == ("address", "")


def test_an_address_that_words_failed_to_give_twice_moves_to_the_screen_alone():
    call = asked_for_address().press("1000001").tell(found("東京都千代田区千代田")).say().say()
    assert call.asked.node == "address/offer"
    call.press("1")
    assert call.state.stage == "sending"


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        ("1000001|東京都千代田区千代田1-1", True),
        ("|東京都千代田区千代田１", True),
        ("|東京都千代田区千代田", False),
        ("1000001|", False),
        ("|Baker Street", True),
    ],
)
def test_an_address_is_whole_when_it_reaches_down_to_a_number(value: str, whole: bool):
    assert is_whole(value) is whole
