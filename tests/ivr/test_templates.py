"""The ready trees, as an admin finds them and as callers meet them."""

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from centre import MOBILE, TUESDAY, VALUES, Conversation, load
from stroller import Stroller

from ivr import demo, engine, golden
from ivr.actions import Ask, Call, Enqueue, Record, Transfer
from ivr.events import CallFailed, Joined, Waited
from ivr.nodes import AskNode, LinkNode, MenuNode, QuestionNode, TransferNode, WebhookNode
from ivr.templates import template, templates
from ivr.tree import Tree

NAMES = [one.id for one in templates() if one.id != "demo"]
TREES = {name: load(name) for name in NAMES}
CONVERSATIONS = Path(__file__).parents[1] / "golden"
URL = "https://denwa.example.co.jp/l/" + "x" * 22
LONGEST_EN = 300
"""Letters: 20 seconds at 15 a second."""
LONGEST_CALL = 400
"""Events; a caller who answers anything at random goes in circles for a while."""


def standing_at(name: str, node: str, language: str = "ja", **changes: object) -> Conversation:
    """A caller who has come to this node, however."""
    held = Conversation(TREES[name], language)
    held.tell(Joined(at=held.at, channel="voice", caller=MOBILE))
    held.state = replace(held.state, node=node, stage="asking", tries=0, **changes)
    return held


def matters(tree: Tree) -> QuestionNode:
    node = tree.nodes[tree.file.matter or ""]
    assert isinstance(node, QuestionNode)
    return node


def test_they_are_titled_and_described_in_japanese_and_english():
    assert len(templates()) == 9
    for one in templates():
        assert set(one.title) == set(one.about) == {"ja", "en"}
        assert all([*one.title.values(), *one.about.values()])


def test_each_is_a_sound_tree_in_both_languages():
    for one in templates():
        assert load(one.id).languages == ("ja", "en")
        assert one.source == demo.text(one.id)


@pytest.mark.parametrize("name", ["", "busy", "../phrases", "nothing"])
def test_nothing_but_a_listed_one_is_found(name):
    assert template(name) is None


@pytest.mark.parametrize("name", NAMES)
def test_every_matter_has_at_least_six_ways_to_say_it_in_both_languages(name):
    for option in matters(TREES[name]).options:
        if not option.language:
            assert min(len(set(option.words[language])) for language in ("ja", "en")) >= 6, option.id


@pytest.mark.parametrize("name", NAMES)
def test_no_two_options_share_an_example(name):
    for node in TREES[name].nodes.values():
        if isinstance(node, MenuNode | QuestionNode | AskNode):
            for language in ("ja", "en"):
                said = [words.lower() for option in node.options for words in option.words.get(language, ())]
                assert len(said) == len(set(said))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_key_of_every_matter_is_said(name, language):
    tree = TREES[name]
    keys = {option.key for option in matters(tree).options if option.key and option.language != language}
    said = tree.words(matters(tree).spoken or {}, language)
    pattern = r"は、?(\d)|press (\d)" if language == "ja" else r"press (\d)"
    found = {key for pair in re.findall(pattern, said) for key in ([pair] if isinstance(pair, str) else pair) if key}
    assert found - {"9"} == keys


@pytest.mark.parametrize("name", NAMES)
def test_nothing_said_in_one_go_takes_longer_than_twenty_seconds(name):
    for prompt in engine.prompts(TREES[name]):
        if prompt.language == "en":
            said = (prompt.spoken or prompt.text) if isinstance(prompt, Ask) else prompt.text
            assert len(said) <= LONGEST_EN, prompt.node


@pytest.mark.parametrize("name", NAMES)
def test_the_message_with_the_link_fits_one_short_message(name):
    # 70 characters in UCS-2, 160 in the 7-bit alphabet (3GPP TS 23.038).
    texts = TREES[name].sms_texts
    assert len(texts["ja"].replace("{url}", URL)) <= 70
    assert len(texts["en"].replace("{url}", URL)) <= 160
    assert texts["en"].isascii()


@pytest.mark.parametrize("name", NAMES)
def test_every_offer_of_a_link_names_sender_and_domain(name):
    offers = [node for node in TREES[name].nodes.values() if isinstance(node, LinkNode)]
    assert offers
    for node in offers:
        for words in node.link.values():
            assert {"{sms_sender}", "{link_domain}"} <= set(re.findall(r"\{\w+\}", str(words)))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_put_through_to_a_number_that_stands_in_the_tree(name):
    # Emergency services are told of, never dialled; partners are names that the settings give a number.
    for node in TREES[name].nodes.values():
        if isinstance(node, TransferNode):
            assert re.fullmatch(r"[a-z_]+", node.to)


@pytest.mark.parametrize("name", NAMES)
def test_who_falls_silent_at_any_question_comes_to_a_person_or_a_message(name):
    for node, kind in TREES[name].nodes.items():
        if not isinstance(kind, MenuNode | QuestionNode | AskNode) or getattr(kind, "optional", False):
            continue
        held = standing_at(name, node)
        for _ in range(12):
            if any(isinstance(action, Enqueue | Record | Transfer) for action in held.actions) or held.state.finished:
                break
            held.tell(Waited(at=held.at, channel="voice", seconds=6))
        assert any(isinstance(action, Enqueue | Record | Transfer) for action in held.actions), node


@pytest.mark.parametrize("name", NAMES)
def test_a_webhook_that_fails_is_said_and_not_called_again_at_once(name):
    for node, kind in TREES[name].nodes.items():
        if isinstance(kind, WebhookNode):
            held = standing_at(name, node)
            held.state = replace(held.state, stage="calling")
            held.tell(CallFailed(at=held.at, channel="system", node=node, reason="timeout"))
            assert "申し訳ございません" in held.actions[0].text, node
            assert not any(isinstance(action, Call) for action in held.actions), node


@pytest.mark.parametrize("name", NAMES)
def test_every_call_comes_to_an_end_whatever_is_said_and_whatever_fails(name):
    tree = TREES[name]
    for seed in range(40):
        random = Random(seed)
        at = random.choice((TUESDAY, TUESDAY.replace(hour=14)))  # by day and at night
        stroller = Stroller(Conversation(tree, random.choice(tree.languages), at), random)
        for _ in range(LONGEST_CALL):
            if stroller.held.state.finished:
                break
            stroller.step()
            for action in stroller.held.actions:
                said = f"{getattr(action, 'text', '')}{getattr(action, 'spoken', '')}"
                assert "{" not in said, said
        assert stroller.held.state.finished, seed


@pytest.mark.parametrize("name", NAMES)
def test_each_has_conversations_in_both_languages(name):
    zone = load().zone
    scripts = [golden.parse(path.read_text("utf-8"), zone) for path in CONVERSATIONS.glob("*.txt")]
    held = [script.language for script in scripts if script.tree == name]
    assert held.count("ja") >= 3
    assert held.count("en") >= 1
    assert all(dict(script.values) == VALUES for script in scripts)
