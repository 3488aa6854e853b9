from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import spoken

from asr.models import assemble_whisper
from asr.speech import Hint, Hypothesis
from asr.whisper import CANDIDATES, Whisper, WhisperRecogniser, doubled

pytestmark = pytest.mark.real

MENU = {
    "ja": (
        ("address", "住所変更"),
        ("bill", "請求"),
        ("agent", "オペレーター"),
        *(("1", said) for said in ("1", "1番")),
        *(("2", said) for said in ("2", "2番")),
        *(("3", said) for said in ("3", "3番")),
    ),
    "en": (
        ("address", "change of address"),
        ("card", "lost card"),
        *((digit, said) for digit, word in (("1", "one"), ("2", "two"), ("3", "three")) for said in (digit, word)),
    ),
}
YES_NO = {
    "ja": (("yes", "はい"), ("no", "いいえ"), ("no", "いえ"), ("no", "違います")),
    "en": (("yes", "yes"), ("no", "no")),
}

Hear = Callable[..., Hypothesis]


@pytest.fixture(scope="module")
def hear(tmp_path_factory: pytest.TempPathFactory) -> Hear:
    model = Whisper(assemble_whisper(tmp_path_factory.mktemp("models")))

    def heard(pcm: bytes, language: str = "ja", **hint: object) -> Hypothesis:
        utterance = WhisperRecogniser(model, language).begin(Hint(language=language, **hint))  # type: ignore[arg-type]
        utterance.feed(spoken.silence(0.3) + pcm + spoken.silence(0.2))
        return utterance.finish()

    heard.model = model  # type: ignore[attr-defined]
    return heard


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("住所変更", "address"),
        ("住所変更です", "address"),
        ("請求", "bill"),
        ("オペレーター", "agent"),
        ("さん", "3"),
        ("3番です", "3"),
    ],
)
def test_a_menu_word_in_japanese_is_chosen(hear: Hear, said: str, wanted: str):
    heard = hear(spoken.japanese(said), mode="choice", phrases=MENU["ja"])
    assert heard.scores[0][0] == wanted


@pytest.mark.parametrize(
    ("said", "wanted"), [("change of address", "address"), ("lost card", "card"), ("two", "2"), ("three", "3")]
)
def test_a_menu_word_in_english_is_chosen(hear: Hear, said: str, wanted: str):
    heard = hear(spoken.espeak(said), "en", mode="choice", phrases=MENU["en"])
    assert heard.scores[0][0] == wanted


@pytest.mark.parametrize(
    ("said", "wanted"), [("はい", "yes"), ("はい、そうです", "yes"), ("いいえ", "no"), ("いいえ、違います", "no")]
)
def test_yes_and_no_are_told_apart_in_japanese(hear: Hear, said: str, wanted: str):
    heard = hear(spoken.japanese(said), mode="choice", phrases=YES_NO["ja"])
    assert heard.scores[0][0] == wanted


@pytest.mark.parametrize("said", ["yes", "no"])
def test_yes_and_no_are_told_apart_in_english(hear: Hear, said: str):
    assert hear(spoken.espeak(said), "en", mode="choice", phrases=YES_NO["en"]).scores[0][0] == said


def test_shares_are_of_one_whole_best_first_and_one_an_id(hear: Hear):
    scores = hear(spoken.japanese("はい"), mode="choice", phrases=(*YES_NO["ja"], *MENU["ja"])).scores
    assert sum(share for _, share in scores) == pytest.approx(1, abs=0.01)
    assert [share for _, share in scores] == sorted((share for _, share in scores), reverse=True)
    assert len({name for name, _ in scores}) == len(scores) == 8


@pytest.mark.parametrize("said", ["うちの犬がうるさくてすみません", "ちょっと待ってください", "お母さん電話だよ"])
def test_who_says_none_of_the_list_is_not_taken_to_have_chosen(hear: Hear, said: str):
    outside = hear(spoken.japanese(said), mode="choice", phrases=MENU["ja"])
    inside = hear(spoken.japanese("さん"), mode="choice", phrases=MENU["ja"])
    assert outside.confidence < 0.5 < inside.confidence


def test_a_list_longer_than_can_be_scored_keeps_every_choice(hear: Hear):
    many = tuple((str(n), f"{n}番") for n in range(1, 11) for _ in range(3))
    scores = hear(spoken.japanese("3番です"), mode="choice", phrases=many).scores
    assert {name for name, _ in scores} == {str(n) for n in range(1, 11)}
    assert len(many) > CANDIDATES


@pytest.mark.parametrize(
    ("said", "language", "words"),
    [("住所を変更したいのですが", "ja", "変更"), ("営業時間を教えてください", "ja", "営業時間")],
)
def test_a_japanese_sentence_is_written_down(hear: Hear, said: str, language: str, words: str):
    heard = hear(spoken.japanese(said), language, prompt="住所変更、営業時間、請求のお問い合わせ。")
    assert words in heard.text
    assert 0.3 < heard.confidence <= 1


def test_an_english_sentence_is_written_down(hear: Hear):
    heard = hear(spoken.espeak("I want to change my address"), "en", prompt="Change of address, billing.")
    assert "address" in heard.text.lower()


def test_one_digit_is_chosen_among_ten(hear: Hear):
    assert hear(spoken.japanese("さん"), mode="digits", most_digits=1).digits == "3"
    assert hear(spoken.espeak("two"), "en", mode="digits", most_digits=1).digits == "2"


def test_a_group_of_digits_is_heard_and_never_more_than_asked_for(hear: Hear):
    assert hear(spoken.espeak("1 2 3 4", words_a_minute=120), "en", mode="digits", most_digits=4).digits == "1234"
    assert hear(spoken.japanese("よん、ご、ろく、なな"), mode="digits", most_digits=4).digits == "4567"
    for most in (2, 3):
        assert len(hear(spoken.japanese("さん、よん、ご、ろく"), mode="digits", most_digits=most).digits) <= most


@pytest.mark.parametrize("mode", ["free", "choice", "digits"])
def test_silence_has_no_words_in_any_mode(hear: Hear, mode: str):
    heard = hear(spoken.silence(2.0), mode=mode, phrases=MENU["ja"] if mode == "choice" else ())
    assert heard.text == "" or heard.confidence < 0.3


def test_the_end_costs_nothing_after_a_guess(hear: Hear):
    utterance = WhisperRecogniser(hear.model, "ja").begin(Hint(language="ja"))  # type: ignore[attr-defined]
    utterance.feed(spoken.japanese("住所変更"))
    guessed = utterance.guess()
    began = time.perf_counter()
    assert utterance.finish() is guessed
    assert time.perf_counter() - began < guessed.seconds / 10


def test_what_comes_after_a_guess_is_heard_too(hear: Hear):
    utterance = WhisperRecogniser(hear.model, "ja").begin(Hint(language="ja", mode="choice", phrases=YES_NO["ja"]))  # type: ignore[attr-defined]
    utterance.feed(spoken.silence(0.5))
    utterance.guess()
    utterance.feed(spoken.japanese("はい"))
    assert utterance.finish().scores[0][0] == "yes"


@pytest.mark.parametrize("pcm", [b"", b"\x01", b"\xff\x7f" * 333 + b"\x00", bytes(range(256)) * 4000], ids=len)
def test_garbage_is_answered_like_any_sound(hear: Hear, pcm: bytes):
    for mode in ("free", "choice", "digits"):
        heard = hear(pcm, mode=mode, phrases=MENU["ja"])
        assert 0 <= heard.confidence <= 1


def test_doubling_keeps_a_tone_and_adds_none_above_four_kilohertz():
    tone = (np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000) * 10000).astype("<i2").tobytes()
    spectrum = np.abs(np.fft.rfft(doubled(tone)[2000:14000] * np.hanning(12000)))
    assert np.argmax(spectrum) == 750
    assert spectrum[3100:].max() < spectrum.max() / 1000


def test_a_model_folder_is_put_together_once(tmp_path: Path):
    first = assemble_whisper(tmp_path)
    assert (first / "model.bin").stat().st_size == 145_217_532
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whisper-base", "whisper-base.receipt.json"]
