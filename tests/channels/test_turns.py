from datetime import UTC, datetime

from channels.turns import turn
from ivr import actions, events

AT = datetime(2026, 4, 1, tzinfo=UTC)
SAY = actions.Say(node="n", text="はい。", language="ja")
ASK = actions.Ask(node="n", text="?", language="ja", expects="yesno")


def test_an_answer_makes_what_is_being_said_out_of_date():
    assert turn(events.Pressed(at=AT, channel="voice", digit="1"), (SAY, ASK)).replaces


def test_news_of_a_link_waits_until_the_sentence_is_over():
    assert not turn(events.LinkSent(at=AT, channel="system", to_masked="090****5678"), (SAY, ASK)).replaces


def test_a_page_that_opens_interrupts_only_when_it_brings_a_question():
    opened = events.Joined(at=AT, channel="page")
    assert not turn(opened, (SAY,)).replaces
    assert turn(opened, (SAY, ASK)).replaces


def test_the_voice_says_what_was_tapped_and_not_what_it_heard_itself():
    tapped = actions.Acknowledge(channel="page", node="n", label="残高", language="ja")
    spoken = actions.Acknowledge(channel="voice", node="n", label="残高", language="ja")
    made = turn(events.Chose(at=AT, channel="page", node="n", option="b"), (tapped, spoken))
    assert [u.text for u in made.utterances] == ["画面で、残高、を承りました。"]


def test_what_belongs_to_the_mover_is_silence_here():
    assert turn(None, (actions.SendLink(to="+819012345678", language="ja"), actions.IssueCode())).empty


def test_the_end_and_a_message_are_taken_over():
    made = turn(None, (SAY, actions.Record(node="v", longest=60, language="ja"), actions.Finish(outcome="message")))
    assert made.record is not None
    assert made.finish


WAIT = actions.Ask(node="n/calling", text="お調べしています。", language="ja", expects="wait")


def test_news_may_cut_off_the_words_that_ask_for_patience_but_not_what_was_said_before_them():
    made = turn(events.Pressed(at=AT, channel="voice", digit="1"), (SAY, WAIT))
    said, patience = made.parts()
    assert ([u.text for u in said.utterances], said.heard_out, said.replaces) == (["はい。"], True, True)
    assert ([u.text for u in patience.utterances], patience.heard_out) == (["お調べしています。"], False)
    assert patience.ask is WAIT


def test_a_turn_that_asks_something_is_one_piece():
    made = turn(None, (SAY, ASK))
    assert made.parts() == (made,)
    assert turn(None, (WAIT,)).parts()[0].ask is WAIT


def test_a_call_is_put_through_after_what_is_said():
    made = turn(None, (SAY, actions.Transfer(node="t", to="0312345678")))
    assert made.transfer is not None
    assert made.heard_out
    assert not made.empty


def test_what_a_webhook_or_a_desk_reports_waits_until_a_sentence_is_over():
    for event in (
        events.Replied(at=AT, channel="system", node="n"),
        events.NotConnected(at=AT, channel="system", node="n", reason="busy"),
    ):
        assert not turn(event, (SAY, ASK)).replaces


def test_slowness_is_the_turns_own():
    assert turn(None, (SAY,), slow=True).slow
