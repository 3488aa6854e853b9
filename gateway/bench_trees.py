"""Small trees that a bench calls: their prompts are recorded tones, which a measuring caller tells from a voice."""

from __future__ import annotations

import os
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
nodes:
  long: {goodbye: {ja: {text: 測定中です。, audio: "%(long)s"}}}
"""

LISTENING = """
name: bench
languages: [ja]
start: choice
person: long
nodes:
  choice:
    menu: {ja: {text: 測定中です。, audio: "%(long)s"}}
    options:
      - {id: again, key: 1, label: {ja: もう一度}, next: choice}
      - {id: leave, key: 2, label: {ja: 終わる}, next: long}
  long: {goodbye: {ja: {text: 測定中です。, audio: "%(long)s"}}}
"""

SHORT_QUESTION = """
name: bench
languages: [ja]
start: choice
person: leave
patience: 60
nodes:
  choice:
    menu: {ja: {text: 測定中です。, audio: "%(short)s"}}
    options:
      - {id: again, key: 1, label: {ja: もう一度}, next: choice}
      - {id: leave, key: 2, label: {ja: 終わる}, next: leave}
  leave: {goodbye: {ja: {text: 測定中です。, audio: "%(short)s"}}}
"""

SCREENS = """
name: bench
languages: [ja]
start: move
person: leave
patience: 60
sms: {ja: "測定 {url}"}
nodes:
  move: {link: {ja: 画面にお送りします。}, next: tap}
  tap:
    menu: {ja: {text: 測定中です。, audio: "%(short)s"}}
    options:
      - {id: tapped, key: 1, label: {ja: 次へ}, next: say}
      - {id: leave, key: 2, label: {ja: 終わる}, next: leave}
  say:
    ask: {ja: {text: よろしいですか。, audio: "%(short)s"}}
    slot: yesno
    next: tap
  leave: {goodbye: {ja: {text: 測定中です。, audio: "%(short)s"}}}
"""


def lay(folder: Path, tree: str) -> Path:
    """Write the tree and its tones into the folder; the tree's path."""
    folder.mkdir(parents=True, exist_ok=True)
    sounds = {}
    for name, seconds in (("long", LONG), ("short", SHORT)):
        path = folder / f"{name}.wav"
        path.write_bytes(wav(tone(seconds)))
        # A tree names recordings by relative paths.
        sounds[name] = os.path.relpath(path)
    file = folder / "tree.yaml"
    file.write_text(tree % sounds, "utf-8")
    return file
