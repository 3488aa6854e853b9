"""The trees that come with the product, as people meet them."""

import re

import pytest
from centre import Conversation, load

from ivr import demo, engine
from ivr.actions import Ask, Finish
from ivr.events import LinkSent
from ivr.nodes import LinkNode, QuestionNode, Recorded

URL = "https://denwa.example.co.jp/l/" + "x" * 22


@pytest.mark.parametrize("name", ["demo", "busy"])
def test_the_message_with_the_link_fits_one_short_message(name):
    # 70 characters in UCS-2, 160 in the 7-bit alphabet (3GPP TS 23.038).
    texts = load(name).sms_texts
    assert len(texts["ja"].replace("{url}", URL)) <= 70
    assert len(texts["en"].replace("{url}", URL)) <= 160
    assert texts["en"].isascii()


def test_every_matter_has_at_least_eight_ways_to_say_it_in_both_languages():
    for node in load().nodes.values():
        if isinstance(node, QuestionNode):
            for option in node.options:
                if not option.language:
                    assert min(len(set(option.words[language])) for language in ("ja", "en")) >= 8, option.id


def test_the_offer_of_a_link_names_sender_and_domain_in_every_language():
    for name in ("demo", "busy"):
        for node in load(name).nodes.values():
            if isinstance(node, LinkNode):
                for words in node.link.values():
                    text = words.text if isinstance(words, Recorded) else words
                    assert {"{sms_sender}", "{link_domain}"} <= set(re.findall(r"\{\w+\}", text))


def test_the_japanese_menu_speaks_as_centres_do():
    asked = Conversation(load()).call().asked
    assert "ガイダンスの途中でも" in asked.spoken
    assert "For English, press 8" in asked.spoken


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_prompt_can_be_made_ahead(language):
    prompts = [prompt for prompt in engine.prompts(load()) if prompt.language == language]
    assert len(prompts) > 80
    assert all(prompt.fixed and prompt.text for prompt in prompts)


def test_what_is_said_on_a_call_was_made_ahead():
    ahead = {text for p in engine.prompts(load()) for text in (p.text, getattr(p, "spoken", None)) if text}
    call = Conversation(load()).call()
    heard = list(call.actions)
    for keys in ("5", "5", "4", "1", "1", "2"):
        heard += call.press(keys).actions
    for action in heard:
        text = getattr(action, "spoken", None) or getattr(action, "text", None)
        assert text is None or text in ahead, text


def test_with_all_lines_busy_the_call_ends_and_the_screen_goes_on():
    call = Conversation(load("busy")).call().press("1")
    call.tell(LinkSent(at=call.at, channel="system", to_masked="x"))
    (end,) = call.did(Finish)
    assert end.stays
    assert not isinstance(call.actions[-1], Ask)
    assert not call.shown.finished
    assert call.hang_up().open_page().shown.ask.node == "matter"


def test_with_all_lines_busy_a_refusal_ends_politely():
    call = Conversation(load("busy")).call().press("2")
    assert call.shown.finished
    assert "おかけ直しください" in call.words


def test_the_names_of_our_trees_lead_to_files():
    assert demo.text("demo") == demo.path().read_text("utf-8")
