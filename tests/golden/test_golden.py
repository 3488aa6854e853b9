"""Every conversation beside this file goes as it is written. ``denwaban talk TREE --save FILE`` writes one."""

from pathlib import Path

import pytest

from ivr import demo, golden, tree
from ivr.errors import BadConversation

CONVERSATIONS = sorted(Path(__file__).parent.glob("*.txt"))


def loaded(text: str) -> tuple[tree.Tree, golden.Script]:
    zone = tree.load(demo.text()).zone
    script = golden.parse(text, zone)
    return tree.load(demo.text(script.tree), values=script.values), script


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
def test_it_goes_as_it_is_written(path):
    text = path.read_text("utf-8")
    assert golden.replay(*loaded(text)) == text


def test_there_are_conversations_in_both_languages():
    languages = [golden.parse(path.read_text("utf-8"), tree.load(demo.text()).zone).language for path in CONVERSATIONS]
    assert languages.count("ja") >= 12
    assert languages.count("en") >= 2


def test_an_answer_that_has_changed_is_noticed():
    text = next(path for path in CONVERSATIONS if path.stem == "keys_ja").read_text("utf-8")
    changed = text.replace("お電話ありがとうございます", "もしもし")
    assert golden.replay(*loaded(changed)) == text != changed


@pytest.mark.parametrize(
    "line",
    [
        "voice   pressed       x",
        "voice   danced        1",
        "voice   waited        long",
        "phone   pressed       1",
        "page    filled        1",
        "system  page_arrived  p1",
    ],
)
def test_a_line_that_cannot_be_read_is_named(line):
    zone = tree.load(demo.text()).zone
    with pytest.raises(BadConversation, match="line 3"):
        golden.parse(f"tree demo ja\nat 2026-11-24 10:00\n{line}\n", zone)
