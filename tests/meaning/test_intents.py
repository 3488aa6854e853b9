"""The sentences are none of the examples, and the thresholds come from the examples alone."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.actions import Ask
from ivr.engine import prompts
from ivr.tree import load
from meaning.callers import topics
from meaning.intents import Confusing, Intents, confusing, decide
from meaning.sense import Meant, Sense

HELD_OUT = {
    "ja": {
        "address_change": (
            "先週引っ越したので住所を直したいんですが|新居に移りました|住所が変わったんですけど|引越しの届け出です|"
            "転居の手続きをお願いします|登録住所の変更をお願いしたいです|郵便の届け先を新しい家に変えたい"
        ),
        "lost": (
            "カードを失くしてしまったんです|財布ごと盗まれました|カードが見当たらなくて|再発行をお願いしたいんですけど|"
            "会員証を落としたみたいです|カードの利用をすぐ止めてほしい|カードを紛失しました"
        ),
        "order_status": (
            "頼んだ商品がまだ届きません|荷物はいつ着きますか|配送状況を確認したいんですが|"
            "注文したものはもう発送されましたか|"
            "先月注文した品がまだ来ないんですけど|届く日を知りたいです"
        ),
        "opening_hours": (
            "そちらは何時まで営業していますか|土日もやってますか|受付は何時からですか|お休みはいつですか|"
            "営業時間を教えてほしいんですが|年末はいつまでやっていますか"
        ),
    },
    "en": {
        "address_change": (
            "I moved last week and need to change my address|we have moved to a new house|my address has changed|"
            "I'd like to update my home address|please send my mail to my new address"
        ),
        "lost": (
            "I've lost my card|someone stole my wallet|I think I left my card at a shop|"
            "I need a new card because mine broke|"
            "can you block my card please|I can't find my card"
        ),
        "order_status": (
            "my package still hasn't arrived|where is the order I placed|when is my delivery coming|"
            "has my parcel been shipped yet|"
            "I want to track my order"
        ),
        "opening_hours": (
            "what time do you open|are you open on sunday|until what time are you open today|"
            "what are your business hours"
        ),
    },
}
FOREIGN = {
    "ja": (
        "今日は天気がいいですね|ラーメンが食べたいなあ|ご視聴ありがとうございました|"
        "ワールドカップの結果が気になる|株価はどうなっていますか|犬の散歩に行ってきます"
    ),
    "en": (
        "what a lovely day|i would like a large pizza|thanks for watching|who won the world cup|"
        "my dog likes to run|tell me a joke"
    ),
}
TODAY = date(2026, 10, 21)


@pytest.fixture(scope="module")
def asks() -> dict[str, Ask]:
    source = files("ivr").joinpath("trees/demo.yaml").read_text("utf-8")
    tree = load(
        source, values={"sms_sender": "05012345678", "link_domain": "example.jp", "centre_number": "0312345678"}
    )
    found = [one for one in prompts(tree) if isinstance(one, Ask) and one.expects == "open"]
    return {ask.language: ask for ask in found}


@pytest.fixture(scope="module")
def sense(asks: dict[str, Ask]) -> Sense:
    return Sense(asks.values())


def _said(sense: Sense, ask: Ask) -> list[tuple[str, str, Meant]]:
    held_out = HELD_OUT[ask.language]
    return [
        (id, text, sense.understand(ask, text, today=TODAY))
        for id, texts in held_out.items()
        for text in texts.split("|")
    ]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_most_sentences_never_heard_before_are_understood_and_hardly_one_is_misunderstood(
    sense: Sense, asks: dict[str, Ask], language: str
) -> None:
    said = _said(sense, asks[language])
    right = sum(meant.choice == id for id, _, meant in said)
    wrong = [text for id, text, meant in said if meant.choice not in (id, None)]
    offered = sum(meant.choice == id or id in meant.close for id, _, meant in said)
    assert right / len(said) >= 0.7
    assert offered / len(said) >= 0.75
    assert len(wrong) / len(said) <= 0.08, wrong


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_has_nothing_to_do_with_it_is_never_taken_without_asking_and_mostly_not_at_all(
    sense: Sense, asks: dict[str, Ask], language: str
) -> None:
    heard = [sense.understand(asks[language], text, today=TODAY) for text in FOREIGN[language].split("|")]
    assert all(meant.choice is None or dict(meant.scores)[meant.choice] < 0.6 for meant in heard)
    assert sum(meant.choice is None for meant in heard) >= 0.6 * len(heard)


def test_two_matters_in_one_sentence_are_asked_about() -> None:
    intents = Intents(
        {
            "a": ("住所変更", "引っ越しました", "住所を変えたい"),
            "b": ("カード紛失", "カードをなくした", "財布を落とした"),
        },
        "ja",
    )
    found = intents.understand("住所変更とカード紛失")
    assert found.choice is None
    assert set(found.close) == {"a", "b"}


def test_scores_are_given_for_every_matter_best_first_between_0_and_1() -> None:
    intents = Intents({"a": ("lost card",), "b": ("new address",), "c": ("opening hours",)}, "en")
    found = intents.understand("I lost a card")
    assert found.choice == "a"
    assert {id for id, _ in found.scores} == {"a", "b", "c"}
    assert [score for _, score in found.scores] == sorted((score for _, score in found.scores), reverse=True)
    assert all(0 <= score <= 1 for _, score in found.scores)


def test_a_close_second_makes_it_a_question_and_a_low_best_makes_it_nothing() -> None:
    assert decide([("a", 0.7), ("b", 0.2)], 0.5, 0.15).choice == "a"
    assert decide([("a", 0.7), ("b", 0.6), ("c", 0.1)], 0.5, 0.15).close == ("a", "b")
    assert decide([("a", 0.4), ("b", 0.1)], 0.5, 0.15) == decide([("a", 0.4), ("b", 0.1)], 0.9, 0.15)
    assert decide([], 0.5, 0.15).choice is None


def test_examples_without_a_word_are_refused() -> None:
    with pytest.raises(ValueError, match="no example"):
        Intents({"a": ("。", "")}, "ja")


@pytest.mark.parametrize("language", ["ja", "en"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120))
def test_any_text_gets_an_answer(language: str, text: str) -> None:
    intents = Intents({"a": ("lost card", "カード紛失"), "b": ("new address", "住所変更")}, language)
    found = intents.understand(text)
    assert found.choice in (None, "a", "b")
    assert not (found.choice and found.close)


LABELS = {"address": ("住所変更",), "lost": ("カードの紛失・再発行",), "hours": ("営業時間のご案内",)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("財布を盗まれたみたいで", "lost"), ("引っ越すことになりまして", "address"), ("日曜って開いてますか", "hours")],
)
def test_a_label_alone_is_enough_for_what_callers_of_all_centres_want(text: str, wanted: str) -> None:
    assert Intents(LABELS, "ja").understand(text).choice == wanted
    assert Intents(LABELS, "ja", borrows=False).understand(text).choice != wanted


def test_what_other_callers_want_is_no_matter_of_this_tree() -> None:
    intents = Intents(LABELS, "ja")
    elsewhere = [phrase for name in ("jobs", "loan", "tickets", "weather") for phrase in topics("ja")[name]]
    assert sum(intents.understand(phrase).choice is not None for phrase in elsewhere) <= 0.05 * len(elsewhere)


def test_a_matter_like_no_topic_is_told_by_its_examples_alone() -> None:
    examples = {
        "bees": ("蜂の巣を取ってほしい", "スズメバチが巣を作った", "蜂の駆除", "軒下に蜂がいる"),
        "graves": ("墓地を借りたい", "お墓の区画", "霊園の申し込み", "納骨の手続き"),
    }
    intents = Intents(examples, "ja")
    assert intents.understand("庭の木に大きな蜂の巣ができました").choice == "bees"
    assert intents.understand("霊園の区画を申し込めますか").choice == "graves"


def test_the_nearest_phrases_explain_the_decision() -> None:
    found = Intents(LABELS, "ja").understand("財布を盗まれました")
    assert 1 <= len(found.nearest) <= 3
    assert found.nearest[0][0] == "lost"
    assert all(phrase in (*LABELS[id], *sum(topics("ja").values(), ())) for id, phrase in found.nearest)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_it_works_by_words_alone_where_no_embedding_is_installed(asks: dict[str, Ask], language: str) -> None:
    examples = {option.id: (option.label, *option.words) for option in asks[language].options}
    intents = Intents(examples, language, by_words_alone=True)
    said = [(id, text) for id, texts in HELD_OUT[language].items() for text in texts.split("|")]
    assert sum(intents.understand(text).choice == id for id, text in said) >= 0.6 * len(said)


def test_examples_that_are_taken_for_each_other_are_named_worst_first() -> None:
    examples = {
        "change": ("予約の日を変えたい", "予約の変更", "予約の時間を遅らせたい", "予約の日時のこと"),
        "check": ("予約の確認", "予約の日時が知りたい", "予約が取れているか見てほしい", "いつ予約したか忘れた"),
        "lost": ("カードをなくした", "財布を落とした", "カードの紛失", "盗難にあった"),
    }
    found = confusing(examples, "ja")
    assert found
    assert [pair.likeness for pair in found] == sorted((pair.likeness for pair in found), reverse=True)
    for pair in found:
        assert {pair.first[0], pair.second[0]} == {"change", "check"}
        assert all(example in examples[id] for id, example in (pair.first, pair.second))
        assert 0 <= pair.likeness <= 1
    assert any("予約の日時のこと" in (pair.first[1], pair.second[1]) for pair in found)


def test_the_same_example_in_two_matters_is_the_worst_of_all() -> None:
    examples = {"a": ("新しいカード", "カードをなくした", "紛失"), "b": ("新しいカード", "入会したい", "申し込み")}
    assert confusing(examples, "ja")[0] == Confusing(("a", "新しいカード"), ("b", "新しいカード"), 1.0)


def test_examples_that_are_apart_or_without_words_confuse_nobody() -> None:
    assert confusing({"a": ("lost card", "card stolen"), "b": ("opening hours", "when do you open")}, "en") == ()
    assert confusing({"a": ("。",)}, "ja") == ()
    assert confusing({"a": ("lost card", "card stolen")}, "en") == ()
