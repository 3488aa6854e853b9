"""What a value must have and keep to, and what each channel does without."""

import pytest
from small_trees import ask, kinds, small, told

from ivr import problems
from ivr.proof.words import seconds
from ivr.texts import open_names


@pytest.mark.parametrize(
    ("slot", "fields", "kind"),
    [
        ("phone", {"least": "4", "most": "6"}, "phone_length"),
        ("digits", {"least": "6", "most": "4"}, "least_over_most"),
        ("date", {"lowest": "9:00"}, "bad_bound"),
        ("date", {"highest": "+30"}, "bad_bound"),
        ("time", {"lowest": '"25:00"'}, "bad_bound"),
        ("amount", {"lowest": "-5"}, "bad_bound"),
        ("amount", {"lowest": '"100"', "highest": '"10"'}, "lowest_over_highest"),
        ("time", {"lowest": '"18:00"', "highest": '"09:00"'}, "lowest_over_highest"),
        ("date", {"lowest": "+30d", "highest": "today"}, "lowest_over_highest"),
        ("date", {"lowest": "2027-01-02", "highest": "2027-01-01"}, "lowest_over_highest"),
        ("member", {"pattern": "AA", "check": "mod10"}, "nothing_to_check"),
        ("yesno", {"options": "[{id: a, label: {ja: あ, en: a}}]"}, "options_of_choice"),
        ("choice", {}, "options_of_choice"),
    ],
)
def test_limits_that_allow_nothing_or_say_nothing(slot, fields, kind):
    (problem, *_) = told(small(ask("first", slot, "bye", **fields)), kind)
    assert (problem.node, problem.level) == ("first", "problem")


@pytest.mark.parametrize(
    ("slot", "fields"),
    [("name", {"lowest": '"3"'}), ("date", {"most": "8"}), ("text", {"pattern": "99"}), ("digits", {"check": "mod10"})],
)
def test_a_limit_that_means_nothing_for_the_slot_is_worth_a_look(slot, fields):
    (problem,) = told(small(ask("first", slot, "bye", **fields)), "not_for_slot")
    assert problem.level == "warning"


@pytest.mark.parametrize(
    ("slot", "fields"),
    [
        ("phone", {"least": "10", "most": "11"}),
        ("date", {"lowest": "-120y", "highest": "today"}),
        ("date", {"lowest": "+1d", "highest": "+90d"}),
        ("time", {"lowest": '"09:00"', "highest": '"17:00"'}),
        ("amount", {"lowest": '"1"', "highest": '"1000000"'}),
        ("member", {"pattern": "9999-9999", "check": "mod10"}),
    ],
)
def test_limits_as_trees_write_them(slot, fields):
    assert not kinds(small(ask("first", slot, "bye", **fields)))


def test_a_pattern_of_the_greatest_length_is_no_more_work_than_a_short_one():
    # Patterns are signs one by one, nothing that repeats: 40 of them are compared in 40 steps.
    assert not kinds(small(ask("first", "member", "bye", pattern="A" * 20 + "9" * 20)))
    assert kinds(small(ask("first", "member", "bye", pattern='"(a+)+$"'))) == {"field_string_pattern_mismatch"}
    assert kinds(small(ask("first", "member", "bye", pattern="9" * 41))) == {"field_string_too_long"}


def test_what_a_screen_or_the_keys_do_without_is_noted():
    transfer = "  first: {transfer: {ja: おつなぎします。, en: One moment.}, to: '0312345678', failed: message}\n"
    assert told(small(transfer), "screen_no_transfer")[0].node == "first"
    assert told(small(), "screen_no_message")[0].node == "message"
    assert told(small(ask("first", "name", "bye")), "keys_no_value_no_sms")
    assert told(small(ask("first", "name", "bye"), sms='{ja: "{url}", en: "{url}"}'), "keys_no_value")
    assert kinds(small(transfer), level="problem") == set()


@pytest.mark.parametrize(
    ("text", "language", "least", "most"),
    [
        ("お電話ありがとうございます。", "ja", 1.5, 3),
        ("ご注文の商品は、発送済みです。明日までに届く予定です。", "ja", 3.5, 7),
        ("Thank you for calling. How can we help you today?", "en", 3, 5),
        ("{name}さま", "ja", 1, 2),
        ("", "ja", 0, 0),
    ],
)
def test_how_long_words_take(text, language, least, most):
    assert least <= seconds(text, language) <= most


# -- words -------------------------------------------------------------------------------------------------------------


def test_every_kind_has_words_in_every_language_with_the_same_names():
    for kind, words in problems.catalogue().items():
        names = [set(open_names(words[language])) for language in problems.LANGUAGES]
        if not kind.startswith(("field_", "yaml_")):
            assert names[0] <= names[1] | {"when"}, kind
        assert words.get("level", "problem") in ("problem", "warning", "note"), kind
        assert all(words[language].strip() for language in problems.LANGUAGES), kind


def test_what_is_found_can_be_said_in_japanese_with_its_place():
    (problem,) = told(small(ask("first", "digits", "bye", least="6", most="4")), "least_over_most")
    assert problems.line(problem, "ja") == "first: least が most より大きくなっています。 (hello > first)"
    data = problems.data(problem)
    assert data["place"] == ["nodes", "first"]
    assert set(data["reason"]) == {"ja", "en"}


def test_what_pydantic_finds_is_said_in_japanese_too():
    (problem,) = told(small(ask("first", "digits", "bye", colour="red")), "field_extra_forbidden")
    assert problem.node == "first"
    assert problems.said(problem, "ja") == "この項目は使えません。つづりをご確認ください。"
    assert told(small("  odd: {next: bye}\n"), "field_node_kind")
    assert told(small(timezone="Asia/Edo"), "no_such_zone")
