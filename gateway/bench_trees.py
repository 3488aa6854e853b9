"""Small trees that a bench calls: their prompts are recorded tones, which a measuring caller tells from a voice."""

from __future__ import annotations

from pathlib import Path

from gateway.bench_sounds import tone
from telephony.tones import wav

LONG, SHORT = 180.0, 0.4
"""Seconds of the tones."""

PROMPTS_ALONE = """
name: bench
languages: [ja]
start: long
person: long
reach: nobody
nodes:
  long: {goodbye: {ja: {text: 測定中です。, audio: "long.wav"}}}
"""

LISTENING = """
name: bench
languages: [ja]
start: choice
person: long
reach: nobody
nodes:
  choice:
    menu: {ja: {text: 測定中です。, audio: "long.wav"}}
    options:
      - {id: again, key: 1, label: {ja: もう一度}, next: choice}
      - {id: leave, key: 2, label: {ja: 終わる}, next: long}
  long: {goodbye: {ja: {text: 測定中です。, audio: "long.wav"}}}
"""

SHORT_QUESTION = """
name: bench
languages: [ja]
start: choice
person: leave
reach: nobody
patience: 60
nodes:
  choice:
    menu: {ja: {text: 測定中です。, audio: "short.wav"}}
    options:
      - {id: again, key: 1, label: {ja: もう一度}, next: choice}
      - {id: leave, key: 2, label: {ja: 終わる}, next: leave}
  leave: {goodbye: {ja: {text: 測定中です。, audio: "short.wav"}}}
"""

SCREENS = """
name: bench
languages: [ja]
start: move
person: leave
reach: nobody
patience: 60
sms: {ja: "測定 {url}"}
nodes:
  move: {link: {ja: 画面にお送りします。}, next: tap}
  tap:
    menu: {ja: {text: 測定中です。, audio: "short.wav"}}
    options:
      - {id: tapped, key: 1, label: {ja: 次へ}, next: say}
      - {id: leave, key: 2, label: {ja: 終わる}, next: leave}
  say:
    ask: {ja: {text: よろしいですか。, audio: "short.wav"}}
    slot: yesno
    next: tap
  leave: {goodbye: {ja: {text: 測定中です。, audio: "short.wav"}}}
"""


def lay(folder: Path, tree: str) -> Path:
    """Write the tree and its tones into the folder; the tree's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, seconds in (("long", LONG), ("short", SHORT)):
        (folder / f"{name}.wav").write_bytes(wav(tone(seconds)))
    file = folder / "tree.yaml"
    file.write_text(tree, "utf-8")
    return file
