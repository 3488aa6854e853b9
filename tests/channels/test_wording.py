import pytest

from channels import wording
from ivr.actions import Acknowledge, Ask, Option, Say

MENU = (
    Option(id="address", key="1", label="住所変更"),
    Option(id="lost", key="*", label="紛失"),
    Option(id="other", key=None, label="その他"),
)


def ask(**more):
    return Ask(**{"node": "n", "text": "ご用件は？", "language": "ja", "expects": "choice", "options": MENU} | more)


def test_both_languages_have_the_same_phrases():
    ja, en = wording.catalogue()["ja"], wording.catalogue()["en"]
    assert ja.keys() == en.keys()


def test_the_voice_reads_the_keys_of_a_menu_and_names_the_star_key_as_callers_do():
    question, how = wording.ask(ask())
    assert question.text == "ご用件は？"
    assert "住所変更は、1を" in how.text
    assert "紛失は、米印を" in how.text
    assert "その他" not in how.text


def test_a_tree_that_words_its_own_menu_is_left_alone():
    (only,) = wording.ask(ask(spoken="住所の変更は1、紛失は2です。"))
    assert only.text == "住所の変更は1、紛失は2です。"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"expects": "digits", "least": 7, "most": 7, "options": ()}, "7桁"),
        ({"expects": "digits", "least": 4, "most": 12, "options": ()}, "シャープ"),
        ({"expects": "phone", "least": 10, "most": 11, "options": ()}, "シャープ"),
        ({"expects": "yesno"}, "1を"),
    ],
)
def test_each_kind_of_question_says_how_to_answer_it(more, expected):
    assert expected in wording.ask(ask(**more))[1].text


def test_what_names_this_caller_is_not_kept_and_what_names_nobody_is():
    assert wording.say(Say(node="n", text="090", language="ja", fixed=False)).keep is False
    assert all(u.keep for u in wording.ask(ask()))
    taken = Acknowledge(channel="page", node="n", label="1-2-3", language="ja")
    assert wording.acknowledge(taken).keep is False


def test_every_label_that_may_be_tapped_is_prepared_as_it_will_be_acknowledged():
    prepared = {u.text for u in wording.ahead(ask())}
    for option in MENU:
        heard = Acknowledge(channel="page", node="n", label=option.label, language="ja")
        assert wording.acknowledge(heard).text in prepared
