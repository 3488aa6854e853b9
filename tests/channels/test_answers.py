from datetime import date

import pytest

from asr.speech import Hypothesis
from channels.answers import understood
from ivr.actions import Ask, Option
from meaning.sense import Sense

TODAY = date(2026, 11, 24)
MATTERS = (
    Option(id="lost", key="1", label="紛失", words=("カードをなくした",)),
    Option(id="moved", key="2", label="住所変更", words=("引っ越した",)),
)
MATTER = Ask(node="matter", text="?", language="ja", expects="open", options=MATTERS)
NUMBER = Ask(node="number", text="?", language="ja", expects="digits", least=4, most=4)
SURE = Ask(node="matter/confirm", text="?", language="ja", expects="yesno")


def heard(text, *, scores=(), confidence=0.9, digits=""):
    return Hypothesis(text=text, confidence=confidence, scores=scores, digits=digits)


def means(asked, hypothesis, earlier=None):
    return understood(Sense([MATTER]), asked, hypothesis, earlier=earlier, today=TODAY)


@pytest.mark.parametrize("asked", [NUMBER, SURE, MATTER])
def test_what_is_meant_instead_answers_the_question_before(asked):
    meant = means(asked, heard("いや、そうじゃなくて、住所変更"), MATTER)
    assert (meant.command, meant.choice) == ("correct", "moved")


def test_taking_an_answer_back_without_another_asks_for_it_again():
    meant = means(NUMBER, heard("間違えました"), MATTER)
    assert (meant.command, meant.choice, meant.value) == ("correct", None, None)


@pytest.mark.parametrize("text", ["違います", "いいえ、違います"])
def test_no_is_the_answer_to_a_yes_or_no_question_and_no_correction(text):
    meant = means(SURE, heard(text), MATTER)
    assert (meant.command, meant.choice) == (None, "no")


def test_there_is_nothing_to_correct_at_the_first_question():
    assert means(MATTER, heard("違うんです、カードをなくした")).choice == "lost"


def test_a_number_that_answers_is_an_answer_however_it_begins():
    meant = means(NUMBER, heard("すみません、間違えました。1234", digits="1234"), MATTER)
    assert (meant.command, meant.value) == (None, "1234")


@pytest.mark.parametrize(("share", "confidence", "command"), [(0.9, 0.9, "repeat"), (0.9, 0.3, None), (0.3, 0.9, None)])
def test_a_command_of_the_ears_list_counts_when_the_ear_is_sure(share, confidence, command):
    hypothesis = heard("重塞", scores=(("command:repeat", share),), confidence=confidence)
    assert means(NUMBER, hypothesis).command == command
