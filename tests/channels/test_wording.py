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
        ({"expects": "member", "least": 8, "most": 8, "options": ()}, "8桁の番号を、押すか、お話しください"),
        ({"expects": "member", "options": ()}, "英字"),
        ({"expects": "date", "least": 4, "most": 8, "options": ()}, "お話しいただくか、西暦の年、月、日を、8桁"),
        ({"expects": "time", "least": 3, "most": 4, "options": ()}, "4桁"),
        ({"expects": "amount", "least": 1, "most": 7, "options": ()}, "シャープ"),
        ({"expects": "count", "least": 1, "most": 1, "options": ()}, "数をお話しいただくか、数字を押してください"),
        ({"expects": "count", "least": 1, "most": 2, "options": ()}, "シャープ"),
        ({"expects": "name", "options": ()}, "苗字から"),
        ({"expects": "address", "least": 7, "most": 7, "options": ()}, "郵便番号"),
        ({"expects": "text", "options": ()}, "ご自由に"),
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


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("expects", ["digits", "phone", "member", "date", "time", "amount", "count", "address"])
def test_when_only_keys_are_left_nobody_is_asked_to_speak(expects, language):
    more = {"expects": expects, "options": (), "language": language, "keys_only": True}
    for most in (1, 7, 8):
        how = wording.ask(ask(**more, least=most if expects == "member" else 1, most=most))[1].text
        assert "話し" not in how
        assert " say " not in f" {how} "


@pytest.mark.parametrize("language", ["ja", "en"])
def test_who_has_to_wait_is_told_so_and_nothing_else(language):
    (only,) = wording.ask(ask(expects="wait", options=(), text="少々お待ちください。", language=language))
    assert only.text == "少々お待ちください。"


def test_a_question_that_may_be_passed_over_says_how():
    how = wording.ask(ask(expects="text", options=(), optional=True))[1]
    assert how.text == "ご自由にお話しください。お答えにならないときは、そのままお待ちください。"
    assert how.keep


def test_the_rest_of_an_address_says_itself_what_is_wanted():
    assert len(wording.ask(ask(expects="rest", options=()))) == 1
