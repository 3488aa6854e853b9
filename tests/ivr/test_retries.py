from centre import WITHHELD, Conversation, load

from ivr import tree
from ivr.actions import Finish, Record

DEMO = load()
PLAIN = """
name: plain
languages: [ja]
start: hello
person: bye
reach: nobody
nodes:
  hello:
    menu: {ja: どちらですか。}
    options: [{id: one, key: 1, label: {ja: 一つ目}, next: bye}]
    spoken: {ja: 一つ目は1です。}
  bye:
    goodbye: {ja: 失礼いたします。}
"""


def test_each_retry_is_worded_otherwise_and_the_last_leads_to_the_message():
    call = Conversation(DEMO).call()
    first = call.wait().words
    assert call.asked.retry == 1
    second = call.wait().words
    assert call.asked.retry == 2
    assert "ボタン" in second
    assert first != second
    call.wait()
    assert call.did(Record)


def test_after_two_failures_the_voice_lists_the_keys_plainly():
    call = Conversation(tree.load(PLAIN)).call()
    assert call.asked.spoken
    assert call.wait().wait().asked.spoken is None


def test_an_answer_ends_the_count_of_failures():
    call = Conversation(DEMO).call().wait().wait().press("1")
    assert call.asked.retry == 0


def test_on_the_way_to_a_person_what_stays_unanswered_is_skipped_for_the_message():
    call = Conversation(DEMO).call(WITHHELD).press("0")
    assert call.asked.node == "call_back_number"
    assert call.wait().wait().wait().did(Record) == []
    assert call.wait().wait().wait().did(Record)


def test_where_there_is_no_message_to_leave_the_end_is_announced():
    call = Conversation(tree.load(PLAIN)).call().wait().wait().wait()
    assert [action.kind for action in call.actions][-2:] == ["Say", "Finish"]
    assert call.did(Finish)


def test_somebody_who_fills_in_a_screen_is_not_taken_away_from_it():
    call = Conversation(DEMO).call().press("12").open_page()
    for _ in range(5):
        call.wait()
        assert call.asked.node == "member"
    assert "ごゆっくり" in call.words


def test_back_returns_to_the_question_before():
    call = Conversation(DEMO).call().press("12").press("12345678")
    assert call.say("戻る", command="back").asked.node == "member"
    assert call.state.variable("member") is None
    assert call.say("戻る", command="back").asked.node == "matter"
    assert "ございません" in call.say("戻る", command="back").words


def test_starting_over_forgets_what_was_given_and_does_not_greet_again():
    call = Conversation(DEMO).call().press("12").press("12345678").say("最初から", command="restart")
    assert call.state.given == ()
    assert call.asked.node == "matter"
    assert "お電話ありがとう" not in call.words


def test_a_person_can_be_asked_for_anywhere():
    for keys in ("", "1", "12", "2"):
        assert Conversation(DEMO).call().press(keys).say("人と話したい", command="person").did(Record)


def test_repeating_is_no_failure():
    call = Conversation(DEMO).call()
    for _ in range(5):
        assert call.say("もう一度", command="repeat").asked.retry == 0
