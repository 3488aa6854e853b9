from channels.hints import LONGEST_LIST, hint
from ivr.actions import Ask, Option


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
