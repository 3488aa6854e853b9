"""Prompts say no more than this caller needs."""

from centre import Conversation, load

OF = load("everything")


def test_a_caller_who_keys_is_not_told_to_speak():
    call = Conversation(OF).call().press("2")
    assert call.asked.keys_only
    assert not Conversation(OF).call().say("予約したい", choice="booking").asked.keys_only


def test_a_caller_who_speaks_is_not_told_which_keys_mean_yes_and_no():
    call = Conversation(OF).call().say("予約したい", choice="booking").say("12月1日", value="2026-12-01")
    assert (call.asked.expects, call.asked.brief) == ("yesno", True)
    assert not Conversation(OF).call().press("3").say("タカハシ", value="タカハシ タロウ").press("1").asked.brief


def test_whoever_was_not_understood_is_told_everything():
    call = Conversation(OF).call().say("予約したい", choice="booking").say("12月1日", value="2026-12-01").say("えーと")
    assert (call.asked.retry, call.asked.brief) == (1, False)


def test_the_last_answer_counts_and_a_tap_changes_nothing():
    call = Conversation(OF).call().say("予約したい", choice="booking").press("20261201")
    assert call.asked.keys_only
    call.open_page().fill("10:30")
    assert call.state.habit == "key"
