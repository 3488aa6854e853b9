from __future__ import annotations

from pathlib import Path

from asr.ear_client import EarClient
from asr.mouth import Mouth
from gateway.studio import Studio


async def test_without_ear_and_mouth_nothing_is_heard_or_said_and_nobody_waits(tmp_path: Path) -> None:
    mouth = Mouth(tmp_path / "none.sock", tmp_path / "prompts", tmp_path / "said", patience=0.1)
    studio = Studio(EarClient(str(tmp_path / "none.sock")), mouth)
    assert await studio.hear(bytes(16000), "ja") is None
    assert await studio.say("はい", "ja") is None
