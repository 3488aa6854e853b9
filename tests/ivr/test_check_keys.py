"""Keys and names: told apart, left their usual meaning, and spoken as they are."""

import pytest
from small_trees import HELLO, kinds, small, told

from ivr.proof.keys import keys_told

SPOKEN = "    spoken: {ja: %s, en: %s}\n"
JA, EN = "住所の件は1を、注文の件は2を押してください。", "For address, press 1. For order, press 2."


def spoken(ja=JA, en=EN):
    return small(hello=HELLO + SPOKEN % (f'"{ja}"', f'"{en}"'))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (JA, "ja", {"住所の件": "1", "注文の件": "2"}),
        ("その他は、シャープを、取消は米印を押してください。", "ja", {"その他": "#", "取消": "*"}),
        ("For English, press 8. 担当者は0番です。", "ja", {"For English": "8", "担当者": "0"}),
        (
            "営業は1、担当者は0を押してください。For English, press 8.",
            "ja",
            {"営業": "1", "担当者": "0", "For English": "8"},
        ),
        ("8桁の会員番号は、カードにあります。", "ja", {}),
        ("営業時間は9時から18時です。", "ja", {}),
        (EN, "en", {"For address": "1", "For order": "2"}),
        ("Press 1 for address, or press 2 to ask about an order.", "en", {"address": "1", "ask about an order": "2"}),
        ("Press star to start over.", "en", {"start over": "*"}),
        ("Your number has 8 digits.", "en", {}),
    ],
)
def test_the_keys_that_a_prompt_tells(text, language, expected):
    assert dict(keys_told(text, language)) == expected


def test_a_prompt_that_tells_the_keys_as_they_are():
    assert not kinds(spoken())
    assert not kinds(spoken(), level="warning")


def test_a_prompt_that_gives_the_key_of_another_option():
    (problem,) = told(spoken(ja="住所の件は2を、注文の件は1を押してください。"), "spoken_key_of_other")[:1]
    assert problem.path == ("hello", "spoken")
    assert told(spoken(en="For order, press 1. For address, press 2."), "spoken_key_of_other")


def test_a_prompt_that_names_a_key_that_nothing_has_or_leaves_one_out():
    assert told(spoken(ja=JA + "苦情は7を押してください。"), "spoken_key_unknown")
    assert told(spoken(en="For address, press 1."), "key_unsaid")
    assert not told(spoken(ja=JA + "担当者は0を押してください。"), "spoken_key_unknown")


@pytest.mark.parametrize(
    ("key", "kind"), [("0", "key_person"), ("9", "key_repeat"), ('"*"', "key_repeat"), ('"#"', "key_hand")]
)
def test_a_key_that_means_something_everywhere(key, kind):
    (problem,) = told(small(hello=HELLO.replace("key: 2", f"key: {key}")), kind)
    assert problem.level == "warning"


def test_zero_that_leads_to_a_person_is_what_zero_means():
    text = small(hello=HELLO.replace("key: 2", "key: 0").replace("next: bye", "next: message") + "", person="message")
    assert not told(text, "key_person")


def test_options_that_nobody_can_tell_apart_by_ear():
    alike = HELLO.replace("住所の件", "クレーム").replace("注文の件", "くれえむ").replace("注文の件", "クレーム")
    assert not told(small(hello=alike), "labels_alike")
    assert told(
        small(hello=HELLO.replace("住所の件", "カード").replace("注文の件", "かあど").replace("かあど", "ｶｰﾄﾞ")),
        "labels_alike",
    )
    assert told(small(hello=HELLO.replace("en: order", "en: Address!")), "labels_alike")


def test_words_that_stand_for_two_options():
    words = "label: {ja: %s, en: %s}, words: {ja: [変更したい], en: [a change]}"
    hello = HELLO.replace("label: {ja: 住所の件, en: address}", words % ("住所の件", "address"))
    hello = hello.replace("label: {ja: 注文の件, en: order}", words % ("注文の件", "order"))
    found = told(small(hello=hello), "words_shared")
    assert {dict(problem.values)["words"] for problem in found} == {"変更したい", "a change"}


def test_a_menu_of_more_options_than_a_caller_keeps_in_mind():
    more = "".join(
        f"      - {{id: o{n}, key: {n}, label: {{ja: 用件{n}, en: matter {n}}}, next: bye}}\n" for n in range(3, 7)
    )
    assert told(small(hello=HELLO + more), "many_options")
    assert not told(small(hello=HELLO + "\n".join(more.splitlines()[:3]) + "\n"), "many_options")


def test_an_option_without_a_key_cannot_be_chosen_without_speaking():
    assert told(small(hello=HELLO.replace("key: 2, ", "")), "no_key")


def test_a_prompt_that_is_too_long_to_listen_to():
    found = told(spoken(ja="ただいま、" * 40 + JA), "long")
    assert [(problem.node, problem.level) for problem in found] == [("hello", "warning")]
