import pytest
from centre import MOBILE, Conversation, load

from ivr.actions import Acknowledge, Ask, Finish

DEMO = load()


def member() -> Conversation:
    """A call that is asked for the eight digits of a member number."""
    return Conversation(DEMO).call().press("12")


def test_a_late_tap_does_not_answer_the_next_question():
    call = member().open_page()
    before = call.state
    call.fill("12345678", node="postcode")
    assert (call.state, call.actions) == (before, ())
    call.tap("yes", node="address_link/offer")
    assert (call.state, call.actions) == (before, ())


@pytest.mark.parametrize("value", ["1234567", "123456789", "1234567x", "", "１２３"])
def test_a_field_that_is_not_filled_in_rightly_changes_nothing(value):
    call = member().open_page()
    before = call.state
    assert call.fill(value).state == before


def test_a_field_takes_digits_as_people_type_them():
    assert member().open_page().fill("１２３４-５６７８").state.variable("member") == "12345678"


def test_a_tap_is_told_to_the_voice_and_speech_to_the_page():
    call = member().open_page().fill("12345678")
    (taken,) = call.did(Acknowledge)
    assert (taken.channel, taken.label) == ("page", "会員番号")
    call.press("1500001")
    (taken,) = call.did(Acknowledge)
    assert taken.channel == "voice"


def test_what_was_typed_is_not_said_aloud_when_it_is_acknowledged():
    assert "12345678" not in str(member().open_page().fill("12345678").did(Acknowledge))


def test_digits_are_handed_in_by_their_number_by_a_sharp_or_by_waiting():
    assert member().press("12345678").state.node == "postcode"
    order = Conversation(DEMO).call().press("3")
    assert order.press("12345").actions == ()
    contact = member().press("12345678").press("1500001").press("0312345678")
    assert contact.state.node == "contact"
    assert contact.press("#").state.node == "address_confirm"
    waited = member().press("12345678").press("1500001").press("0312345678").wait()
    assert waited.state.node == "address_confirm"


def test_too_few_digits_are_asked_for_again_and_forgotten():
    call = member().press("123").wait()
    assert "桁数" in call.words
    assert call.asked.node == "member"
    assert call.state.digits == ""


def test_a_star_clears_what_was_keyed_and_repeats_when_nothing_was():
    assert "取り消しました" in member().press("123*").words
    assert member().press("*").asked.retry == 0


def test_a_number_that_was_spoken_is_read_back_and_one_that_was_keyed_is_not():
    call = member().say("一二三四五六七八", value="12345678")
    assert call.asked.node == "member/confirm"
    assert "12345678" in call.asked.text
    assert not call.asked.fixed
    assert call.press("1").state.node == "postcode"
    assert member().press("12345678").state.node == "postcode"


def test_a_number_that_was_misheard_can_be_given_again():
    call = member().say("一二三四五六七八", value="12345678").say("いいえ", choice="no")
    assert call.asked.node == "member"
    assert call.state.variable("member") is None


def test_a_doubtful_answer_is_asked_about_and_a_worse_one_is_not_guessed():
    sure = Conversation(DEMO).call().say("紛失", choice="lost", confidence=0.9)
    assert sure.state.node == "lost_stop"
    doubtful = Conversation(DEMO).call().say("ふんし", choice="lost", confidence=0.45)
    assert doubtful.asked.text == "紛失・再発行、でよろしいですか。"
    assert doubtful.say("はい", choice="yes").state.node == "lost_stop"
    noise = Conversation(DEMO).call().say("ん", choice="lost", confidence=0.1)
    assert (noise.asked.node, noise.asked.retry) == ("matter", 1)


def test_the_score_of_the_option_counts_before_the_confidence_of_the_ear():
    call = Conversation(DEMO).call().say("紛失", choice="lost", confidence=0.2, scores=(("lost", 0.9),))
    assert call.state.node == "lost_stop"


def test_two_close_matters_are_asked_about_with_a_way_out():
    call = Conversation(DEMO).call().say("カードの住所", close=("lost", "address_change"))
    assert [option.id for option in call.asked.options] == ["address_change", "lost", "neither"]
    assert call.press("2").state.node == "lost_stop"
    again = Conversation(DEMO).call().say("カードの住所", close=("lost", "address_change")).press("3")
    assert again.asked.node == "matter"


def test_a_screen_can_answer_which_of_two():
    call = Conversation(DEMO).call().open_page().say("カードの住所", close=("lost", "address_change"))
    assert call.tap("lost").state.node == "lost_stop"


def test_keys_are_taken_in_the_middle_of_a_question_and_a_sharp_after_a_menu_is_ignored():
    call = Conversation(DEMO).call().press("1#")
    assert call.actions == ()
    assert call.state.node == "address_link"


@pytest.mark.parametrize("digit", ["9", "*"])
def test_nine_and_star_say_it_once_more(digit):
    call = Conversation(DEMO).call()
    asked = call.asked
    assert call.press(digit).asked == asked


def test_zero_leads_to_a_person_where_the_menu_does_not_use_it():
    call = Conversation(DEMO).call().press("10")
    assert "担当の窓口" in call.words
    assert call.state.stage == "recording"


def test_a_language_can_be_changed_by_key_and_by_word():
    call = Conversation(DEMO).call().press("8")
    assert call.asked.language == "en"
    assert "english" not in {option.id for option in call.asked.options}
    assert call.say("日本語", command="ja").asked.language == "ja"


def test_what_the_caller_gave_is_never_kept_as_sound():
    call = member().press("12345678").press("1500001").press("09012345678")
    assert "12345678" in call.asked.text
    assert not call.asked.fixed


def test_the_end_is_said_before_the_call_ends():
    call = member().press("12345678").press("1500001").press("09012345678").press("12")
    assert call.shown.finished
    assert [action.kind for action in call.actions] == ["Say", "Finish"]
    assert call.did(Finish)[0].outcome == "resolved"


def test_nothing_that_comes_after_the_end_does_anything():
    call = member().press("12345678").press("1500001").press("09012345678").press("12")
    before = call.state
    for again in (call.press("1"), call.wait(), call.say("はい", choice="yes"), call.open_page()):
        assert (again.state, again.actions) == (before, ())


def test_every_question_of_a_call_says_where_it_belongs():
    call = Conversation(DEMO).call(MOBILE)
    seen = [call.asked.node]
    for keys in ("1", "2", "12345678", "1500001", "09012345678"):
        seen.append(call.press(keys).asked.node)
    assert seen == ["matter", "address_link/offer", "member", "postcode", "contact", "address_confirm"]
    assert isinstance(call.actions[-1], Ask)
