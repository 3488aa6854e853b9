from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
from numpy.typing import NDArray

from asr.errors import CannotSpeak
from asr.speech import RATE
from asr.voice_process import VoiceProcess
from asr.voices import LONGEST, OpenJTalk

pytestmark = pytest.mark.real

GREETING = {
    "ja": "お電話ありがとうございます。ご用件をお話しください。",
    "en": "Thank you for calling. What can I do for you?",
}
ODD = [
    "",
    " ",
    "。。。",
    "😀",
    "\x00\x01\x7f",
    "\ud800",
    "ー",
    "々",
    "ッ",
    "<speak>&lt;</speak>",
    "[[h@loU]]",
    "\n\n",
    "\\x",
    "ﷺ",
    "漢字",
    "A",
]


@pytest.fixture(scope="module")
def japanese() -> OpenJTalk:
    return OpenJTalk()


@pytest.fixture(params=["espeak", "piper", "openjtalk"])
async def process(request: pytest.FixtureRequest) -> AsyncIterator[VoiceProcess]:
    voice = VoiceProcess(request.param, seconds=20)
    await voice.start()
    yield voice
    await voice.close()


def heard(pcm: bytes) -> NDArray[np.float64]:
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


async def test_each_voice_speaks_at_telephone_rate_and_level_without_dead_air_around(process: VoiceProcess) -> None:
    samples = heard(await process.speak(GREETING[process.language]))
    assert 1.5 < len(samples) / RATE < 7
    blocks = np.sqrt(np.mean(samples[: len(samples) // 80 * 80].reshape(-1, 80) ** 2, axis=1))
    voiced = blocks[blocks > blocks.max() * 10 ** (-35 / 20)]
    assert -22 < 20 * np.log10(np.sqrt(np.mean(voiced**2))) < -17
    assert 0.3 < np.abs(samples).max() < 0.95
    assert blocks[:8].max() > 0.02 * blocks.max()
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    assert spectrum[(frequency > 200) & (frequency < 3500)].sum() > 0.5 * spectrum.sum()


async def test_a_slower_voice_takes_longer_and_a_faster_one_shorter(process: VoiceProcess) -> None:
    slow, normal, fast = [len(await process.speak(GREETING[process.language], speed)) for speed in (0.7, 1.0, 1.5)]
    assert slow > 1.15 * normal > 1.15 * 1.15 * fast


async def test_odd_texts_are_spoken_or_refused_and_the_voice_goes_on(process: VoiceProcess) -> None:
    pid, refusals = process.pid, {}
    for text in [*ODD, "あ" * 10_000, "a" * (LONGEST + 1)]:
        try:
            assert len(await process.speak(text)) > 0
        except CannotSpeak as error:
            refusals[text] = str(error)
    assert {"", " ", "😀", "。。。", "あ" * 10_000} <= set(refusals)
    assert not any(text in why for text, why in refusals.items() if text.strip())
    assert await process.speak(GREETING[process.language])
    assert process.pid == pid


def test_a_number_said_digit_by_digit_takes_longer_than_as_an_amount(japanese: OpenJTalk) -> None:
    code, amount = japanese.speak("1234-5678"), japanese.speak("8円")
    assert len(code) > 3 * len(amount)
    assert japanese.speak("12345678") == japanese.speak("1234-5678")


def test_different_words_sound_different_and_the_same_words_the_same(japanese: OpenJTalk) -> None:
    assert japanese.speak("住所変更") == japanese.speak("住所変更") != japanese.speak("残高照会")


async def test_a_voice_that_cannot_be_had_is_named() -> None:
    with pytest.raises(CannotSpeak, match="espeak-in-the-sky"):
        await VoiceProcess("espeak-in-the-sky").start()
