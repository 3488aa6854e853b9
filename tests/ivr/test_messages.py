from datetime import UTC, datetime

from centre import TUESDAY, Conversation, load

from ivr.actions import Finish, Record
from ivr.events import Recorded, Transcribed

DEMO = load()
SUNDAY = datetime(2026, 11, 22, 3, tzinfo=UTC)


def recorded(call: Conversation, seconds: float) -> Conversation:
    return call.tell(Recorded(at=call.at, channel="voice", recording="r1", seconds=seconds))


def test_recording_is_announced_before_it_begins():
    call = Conversation(DEMO).call().press("0")
    assert "録音" in call.words
    assert call.actions[-1] == Record(node="message", longest=120, language="ja")


def test_a_message_in_opening_hours_is_answered_the_same_day():
    call = recorded(Conversation(DEMO).call().press("0"), 4)
    assert "本日中に" in call.words
    assert call.did(Finish)[0].outcome == "message"


def test_a_message_on_a_sunday_before_a_holiday_is_answered_on_tuesday():
    assert "11月24日、火曜日の午前9時" in recorded(Conversation(DEMO, at=SUNDAY).call().press("0"), 4).words


def test_an_empty_message_is_asked_for_once_more_and_then_it_is_goodbye():
    call = recorded(Conversation(DEMO).call().press("0"), 0)
    assert call.did(Record)
    assert recorded(call, 0).did(Finish)[0].outcome == "no_message"


def test_hanging_up_in_the_middle_leaves_the_message():
    call = Conversation(DEMO).call().press("0").hang_up()
    assert not call.shown.finished
    assert recorded(call, 3).did(Finish)[0].outcome == "message"


def test_hanging_up_without_a_word_leaves_none():
    assert recorded(Conversation(DEMO).call().press("0").hang_up(), 0).did(Finish)[0].outcome == "no_message"


def test_nothing_disturbs_a_recording():
    call = Conversation(DEMO).call().press("0")
    before = call.state
    for after in (call.press("1"), call.wait(), call.say("もしもし", command="person")):
        assert (after.state, after.actions) == (before, ())
    assert call.open_page().actions == ()


def test_a_screen_without_a_call_is_told_the_number_and_keeps_its_question():
    call = Conversation(DEMO).call().open_page().hang_up().tap("operator")
    assert "0312345678" in "".join(call.shown.said)
    assert call.shown.ask.node == "matter"


def test_a_transcript_is_for_the_record_alone():
    call = recorded(Conversation(DEMO).call().press("0"), 4)
    before = call.state
    call.tell(Transcribed(at=TUESDAY, channel="system", recording="r1", text="折り返してください"))
    assert (call.state, call.actions) == (before, ())
