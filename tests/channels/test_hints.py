from typing import get_args

import pytest

from channels.hints import COMMANDS, LONGEST_LIST, PROMPTS, hint
from ivr.actions import Ask, Expects, Option


def ask(expects, options=(), language="ja", **more):
    return Ask(node="n", text="?", language=language, expects=expects, options=options, **more)


def test_a_menu_is_a_closed_list_that_fits_the_ear_and_knows_the_commands():
    options = tuple(Option(id=f"o{i}", key=None, label=f"用件{i}", words=(f"別名{i}",)) for i in range(20))
    made = hint(ask("choice", options))
    assert made.mode == "choice"
    assert len(made.phrases) <= LONGEST_LIST
    assert ("command:person", "オペレーター") in made.phrases


def test_yes_and_no_are_listed_in_the_language_of_the_question():
    assert ("yes", "はい") in hint(ask("yesno")).phrases
    assert ("no", "no") in hint(ask("yesno", language="en")).phrases


def test_numbers_are_heard_as_digits_with_their_greatest_length():
    made = hint(ask("digits", least=7, most=7))
    assert (made.mode, made.most_digits) == ("digits", 7)


def test_an_open_question_is_heard_freely_with_its_matters_as_the_domain():
    made = hint(ask("open", (Option(id="a", key="1", label="住所変更"),)))
    assert (made.mode, made.prompt) == ("free", "住所変更")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("expects", get_args(Expects))
def test_every_kind_of_question_has_a_hint_in_every_language(expects, language):
    made = hint(ask(expects, language=language, least=7, most=7))
    assert made.language == language
    assert not made.slow


@pytest.mark.parametrize("language", ["ja", "en"])
def test_values_that_are_said_freely_are_heard_with_the_words_of_their_kind(language):
    kinds = ("date", "time", "amount", "count", "name", "address", "rest")
    prompts = [hint(ask(kind, language=language)).prompt for kind in kinds]
    assert all(prompts)
    assert len(set(prompts)) == len(kinds)


def test_no_prompt_holds_a_whole_answer_that_a_model_could_write_into_a_sigh():
    assert not [text for kinds in PROMPTS.values() for text in kinds.values() if any(c.isdecimal() for c in text)]


def test_a_member_number_of_figures_is_heard_as_digits_and_one_with_letters_freely():
    assert hint(ask("member", least=8, most=8)).mode == "digits"
    assert hint(ask("member")).mode == "free"


def test_who_waits_is_heard_for_what_can_be_said_anywhere():
    assert hint(ask("wait")).phrases == COMMANDS["ja"]


def test_a_caller_who_takes_time_is_told_to_the_ear():
    assert hint(ask("date"), slow=True).slow
