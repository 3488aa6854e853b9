"""What comes back while the customer waits."""

import pytest
from centre import MOBILE, TUESDAY, Conversation, load

from ivr.actions import Ask, Call, Enqueue, Finish, Identify, Say, Transfer
from ivr.events import CallFailed, Connected, Identified, NotConnected, NotIdentified, Replied

OF = load("everything")


def system(kind, **fields):
    return kind(at=TUESDAY, channel="system", **fields)


def looking_up() -> Conversation:
    return Conversation(OF).call().press("4").press("500#").press("12345678")


def checking() -> Conversation:
    return Conversation(OF).call().press("1").press("12345674").press("19800101")


def test_a_webhook_is_called_with_what_the_tree_sends_and_the_caller_told_to_wait():
    call = looking_up()
    assert call.did(Call) == [Call(node="look_up", webhook="order", send=(("code", "12345678"), ("amount", "500")))]
    assert (call.asked.expects, call.asked.text) == ("wait", "ご注文をお調べしています。")


def test_what_it_answers_can_be_said_and_decided_on():
    call = looking_up().tell(system(Replied, node="look_up", values=(("order_state", "発送済み"),)))
    assert "ご注文は、発送済みです。" in call.words
    assert [say.fixed for say in call.did(Say)] == [False]


def test_a_failure_leads_to_its_branch():
    assert looking_up().tell(system(CallFailed, node="look_up", reason="timeout")).did(Enqueue)


def test_an_answer_to_what_is_no_longer_waited_for_changes_nothing():
    call = looking_up().say("担当者", command="person")
    before = call.state
    call.tell(system(Replied, node="look_up", values=(("order_state", "発送済み"),)))
    assert (call.state, call.actions) == (before, ())


def test_the_caller_is_not_left_waiting_for_ever():
    call = looking_up().wait()
    assert call.asked.text == "お待たせしております。もう少々お待ちください。"
    for _ in range(9):
        call.wait()
    assert call.state.node == "staff"


def test_the_customer_is_looked_up_by_what_was_given_and_greeted_by_name():
    call = checking()
    assert call.did(Identify) == [
        Identify(node="check.who", number=MOBILE.number, known=(("member", "12345674"), ("birthday", "1980-01-01")))
    ]
    call.tell(system(Identified, node="check.who", customer="c1", values=(("customer_name", "高橋太郎"),)))
    assert "高橋太郎さま、ありがとうございます。" in call.words
    assert call.state.customer == "c1"


def test_whoever_is_not_found_goes_to_a_person():
    assert checking().tell(system(NotIdentified, node="check.who", reason="no_match")).did(Enqueue)


def test_what_is_known_of_a_customer_decides_the_way():
    known = (("customer_name", "高橋"), ("customer_rank", "gold"))
    call = checking().tell(system(Identified, node="check.who", customer="c1", values=known))
    assert call.state.node == "staff"


@pytest.mark.parametrize(("reason", "node"), [("busy", "message"), ("closed", "night"), ("failed", "message")])
def test_nobody_to_be_had_leads_on(reason: str, node: str):
    call = Conversation(OF).call().press("0").tell(system(NotConnected, node="staff", reason=reason))
    assert call.state.node == node


def test_a_person_who_is_there_ends_the_trees_part():
    call = Conversation(OF).call().press("0").tell(system(Connected, node="staff"))
    assert call.actions[-1] == Finish(outcome="connected")


def test_a_call_is_put_through_when_all_is_said_and_comes_back_when_nobody_answers():
    call = Conversation(OF).call().press("5")
    assert [type(action) for action in call.actions] == [Say, Transfer]
    call.tell(system(NotConnected, node="through", reason="failed"))
    assert call.words.startswith("恐れ入ります。おつなぎできませんでした。")
    assert call.state.node == "staff"


def test_a_voice_that_has_not_shown_whose_it_is_hears_nothing_of_what_comes():
    call = looking_up().hang_up().call(resumed=True)
    assert call.state.locked
    call.tell(system(Replied, node="look_up", values=(("order_state", "発送済み"),)))
    assert not any(isinstance(action, Say | Ask) for action in call.actions)
    assert call.state.node == "sure"


def test_what_is_under_way_is_not_ordered_twice_by_a_caller_who_comes_back():
    call = looking_up().hang_up().call(resumed=True).press("1").press("12345678")
    assert call.asked.expects == "wait"
    assert not call.did(Call)
