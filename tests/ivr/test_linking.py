import pytest
from centre import LANDLINE, MOBILE, TUESDAY, WITHHELD, Conversation, load

from ivr.actions import IssueCode, SendLink
from ivr.events import Caller, CodeIssued, CodeRefused, LinkFailed, LinkSent, PageArrived

DEMO = load()


def offered(caller: Caller = MOBILE) -> Conversation:
    return Conversation(DEMO).call(caller).press("1")


def sent(call: Conversation) -> Conversation:
    return call.tell(LinkSent(at=TUESDAY, channel="system", to_masked="090-****-5678"))


def told(call: Conversation) -> Conversation:
    return call.tell(CodeIssued(at=TUESDAY, channel="system", code="471902", seconds=300))


def test_the_offer_names_the_sender_and_the_domain_before_anything_is_sent():
    call = offered()
    assert "05012345678" in call.asked.text
    assert "go.example.jp" in call.asked.text
    assert call.asked.fixed
    assert not call.did(SendLink)


def test_a_mobile_caller_is_sent_the_link_at_a_yes():
    assert offered().say("はい", choice="yes").did(SendLink) == [SendLink(to="+819012345678", language="ja")]


def test_refusing_costs_nothing():
    call = offered().say("いいえ", choice="no")
    assert call.asked.node == "member"
    assert call.state.tries == 0


def test_a_sent_link_is_told_and_the_call_goes_on():
    call = sent(offered().press("1"))
    assert "お送りしました" in call.words
    assert call.asked.node == "member"


def test_a_link_that_could_not_be_sent_is_told_and_the_call_goes_on():
    call = offered().press("1").tell(LinkFailed(at=TUESDAY, channel="system", reason="provider"))
    assert "お送りできませんでした" in call.words
    assert call.asked.node == "member"


def test_nobody_waits_for_ever_for_a_message_to_be_sent():
    call = offered().press("1").wait()
    assert "まもなく" in call.words
    assert call.asked.node == "member"
    assert sent(call).actions == ()


def test_a_failure_that_comes_late_is_told_too():
    call = offered().press("1").wait().tell(LinkFailed(at=TUESDAY, channel="system", reason="provider"))
    assert "お送りできませんでした" in call.words
    assert call.asked.node == "member"


@pytest.mark.parametrize(
    "number_class", ["landline", "toll_free", "navi", "ip", "international", "withheld", "unknown"]
)
def test_nothing_is_sent_to_a_number_that_may_not_take_it(number_class):
    call = offered(Caller(number="+81312345678", number_class=number_class)).press("1")
    assert not call.did(SendLink)
    assert {option.id for option in call.asked.options} == {"mobile", "code", "none"}


def test_who_withholds_the_number_is_told_of_186():
    assert "186" in offered(WITHHELD).press("1").words
    assert "186" not in offered(LANDLINE).press("1").words


def test_a_keyed_mobile_number_is_read_back_before_anything_is_sent():
    call = offered(LANDLINE).press("11").press("09087654321")
    assert "090-8765-4321" in call.asked.text
    assert not call.did(SendLink)
    assert call.press("1").did(SendLink) == [SendLink(to="+819087654321", language="ja")]


def test_a_number_that_was_keyed_wrong_can_be_keyed_again():
    call = offered(LANDLINE).press("11").press("09087654321").press("2")
    assert call.asked.node == "address_link/number"


def test_a_landline_is_not_taken_for_a_mobile_number():
    call = offered(LANDLINE).press("11").press("0312345678#")
    assert "携帯電話" in call.words
    assert call.asked.node == "address_link/number"


def test_three_failures_at_the_number_lead_on_by_phone_and_not_away():
    call = offered(LANDLINE).press("11").wait().wait().wait()
    assert call.asked.node == "member"


def test_a_code_is_told_twice_digit_by_digit_with_its_address():
    call = offered(LANDLINE).press("12")
    assert call.did(IssueCode)
    told(call)
    assert call.words.count("4、7、1、9、0、2") == 2
    assert "go.example.jp/code" in call.words


def test_a_code_is_not_kept_as_sound_nor_shown():
    call = told(offered(LANDLINE).press("12"))
    spoken = [say for say in call.actions if "4、7" in getattr(say, "text", "")]
    assert not any(say.fixed for say in spoken)
    assert "4、7" not in str(call.shown.said)


def test_a_code_is_said_again_at_a_key_or_after_a_while():
    assert "4、7、1" in told(offered(LANDLINE).press("12")).press("1").words
    assert "4、7、1" in told(offered(LANDLINE).press("12")).wait(25).words


def test_without_a_code_the_call_goes_on():
    call = offered(LANDLINE).press("12").tell(CodeRefused(at=TUESDAY, channel="system"))
    assert call.asked.node == "member"


def test_a_page_that_was_let_in_by_its_digits_ends_the_waiting_for_it():
    call = told(offered(LANDLINE).press("12"))
    call.tell(PageArrived(at=TUESDAY, channel="system", page="p", match="47")).press("47")
    assert call.asked.node == "member"
    assert call.state.code == ""


def test_a_screen_that_is_there_is_not_offered_again():
    assert Conversation(DEMO).call().open_page().press("1").asked.node == "member"
