"""Pages reached by code, and callers who come back."""

from centre import TUESDAY, Conversation, load

from ivr.actions import Finish, RefusePage, StartAfresh, TrustPage
from ivr.events import LinkSent, PageArrived

DEMO = load()


def arrive(call: Conversation, match: str = "47", page: str = "p1") -> Conversation:
    return call.tell(PageArrived(at=TUESDAY, channel="system", page=page, match=match))


def left() -> Conversation:
    """A conversation in which a member number was given before the call dropped."""
    return Conversation(DEMO).call().press("12").press("12345678").hang_up()


def test_opening_the_page_does_not_start_the_conversation_again():
    call = Conversation(DEMO).call().press("12").open_page()
    assert "画面が開かれました" in call.words
    assert call.asked.node == "member"


def test_a_page_that_is_opened_again_is_not_announced_again():
    assert Conversation(DEMO).call().press("12").open_page().open_page().actions == ()


def test_the_right_two_digits_let_a_page_in_and_the_question_comes_back():
    call = arrive(Conversation(DEMO).call())
    assert (call.asked.least, call.asked.most) == (2, 2)
    assert "47" not in call.words
    call.press("47")
    assert call.did(TrustPage) == [TrustPage(page="p1")]
    assert call.asked.node == "matter"


def test_said_digits_match_too():
    assert arrive(Conversation(DEMO).call()).say("よんなな", value="47").did(TrustPage)


def test_two_wrong_answers_shut_the_page_out():
    call = arrive(Conversation(DEMO).call()).press("11")
    assert not call.did(RefusePage)
    call.press("22")
    assert call.did(RefusePage) == [RefusePage(page="p1")]
    assert call.asked.node == "matter"


def test_another_page_does_not_win_new_tries():
    call = arrive(arrive(Conversation(DEMO).call()).press("11"), match="99", page="p2")
    assert call.did(RefusePage) == [RefusePage(page="p1")]
    assert call.press("22").did(RefusePage) == [RefusePage(page="p2")]


def test_a_page_that_arrives_without_a_call_stays_untrusted():
    call = arrive(left())
    assert call.actions == ()
    assert call.state.aside == ""


def test_a_page_that_waits_is_shut_out_when_the_caller_hangs_up():
    assert arrive(Conversation(DEMO).call()).hang_up().did(RefusePage)


def test_a_screen_can_go_on_answering_while_the_voice_is_asked_for_the_digits():
    call = arrive(Conversation(DEMO).call().press("12"))
    call.fill("12345678")
    assert call.state.variable("member") == "12345678"
    assert call.asked.node == "postcode/match"


def test_hanging_up_ends_nothing_while_something_was_given():
    call = left()
    assert not call.did(Finish)
    assert not call.shown.finished
    assert call.shown.ask is not None


def test_a_call_again_offers_the_matter_and_nothing_that_was_given():
    call = left().call(resumed=True)
    assert "住所変更" in call.asked.text
    assert "12345678" not in call.words
    assert call.asked.expects == "yesno"


def test_a_call_again_without_the_flag_is_no_way_round_it():
    assert "住所変更" in left().call().asked.text


def test_a_number_given_before_proves_the_caller():
    call = left().call(resumed=True).press("1")
    assert "会員番号" in call.asked.text
    call.press("12345678")
    assert call.asked.node == "postcode"
    assert call.state.variable("member") == "12345678"


def test_two_wrong_numbers_leave_the_matter_and_drop_the_rest():
    call = left().call(resumed=True).press("1").press("11111111").press("22222222")
    assert [given.save for given in call.state.given] == ["matter"]
    assert call.asked.node == "address_link/offer"
    assert not call.state.locked


def test_whoever_proves_nothing_is_kept_from_a_conversation_that_lives_on_a_screen():
    call = Conversation(DEMO).call().press("12").open_page().fill("12345678").hang_up()
    call.call(resumed=True).press("1").press("11111111").press("22222222")
    assert call.did(StartAfresh)
    assert call.state.variable("member") == "12345678"
    assert call.shown.ask.node == "postcode"
    assert call.press("1").actions == ()


def test_opening_the_link_proves_the_caller():
    call = left().call(resumed=True).press("1").open_page()
    assert call.asked.node == "postcode"
    early = left().call(resumed=True).open_page()
    assert early.press("1").asked.node == "postcode"


def test_a_tap_proves_the_caller():
    call = Conversation(DEMO).call().press("12").open_page().fill("12345678").hang_up()
    call.call(resumed=True).press("1").fill("1500001")
    assert call.asked.node == "contact"
    assert not call.state.locked


def test_no_means_a_new_conversation():
    call = left().call(resumed=True).press("2")
    assert call.did(StartAfresh)
    assert call.state.variable("member") == "12345678"


def test_where_only_the_matter_was_told_the_call_goes_on_at_once():
    call = Conversation(DEMO).call().press("12").hang_up().call(resumed=True).press("1")
    assert call.asked.node == "member"


def test_where_nothing_was_told_the_call_is_greeted_anew():
    call = Conversation(DEMO).call().hang_up().call(resumed=True)
    assert "お電話ありがとうございます" in call.words
    assert call.asked.node == "matter"


def test_asking_for_a_person_does_not_open_what_is_locked():
    call = left().call(resumed=True).press("0")
    assert [given.save for given in call.state.given] == ["matter"]


def test_what_was_heard_but_not_confirmed_is_not_told_to_whoever_calls_next():
    for hangs_up in (True, False):
        call = Conversation(DEMO).call().press("12").say("一二三", value="12345678")
        assert "12345678" in call.words
        if hangs_up:
            call.hang_up()
        call.call(resumed=True).press("1")
        assert "12345678" not in call.words
        assert call.asked.node == "member"


def test_a_link_that_arrives_late_does_not_walk_on_while_the_caller_is_unknown():
    call = Conversation(DEMO).call().press("3").press("123456").press("1").press("11").hang_up().call(resumed=True)
    assert call.state.locked
    call.tell(LinkSent(at=TUESDAY, channel="system", to_masked="x"))
    assert call.actions == ()
    assert call.state.link_sent


def test_silence_at_the_offer_to_go_on_leads_to_a_new_start_and_not_to_an_end():
    call = left().call(resumed=True).wait().wait()
    assert call.asked.node == "postcode/resume"
    assert call.wait().did(StartAfresh)
