import wave

import pytest

from gateway import bench_trees
from ivr import tree


@pytest.mark.parametrize("name", ["PROMPTS_ALONE", "LISTENING", "SHORT_QUESTION", "SCREENS"])
def test_every_tree_of_the_bench_is_sound_and_its_recordings_are_there(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path = bench_trees.lay(tmp_path / "tree", getattr(bench_trees, name))
    tree.load(path.read_text("utf-8"))
    with wave.open(str(tmp_path / "tree" / "short.wav")) as file:
        assert (file.getframerate(), file.getnchannels()) == (8000, 1)
        assert file.getnframes() == bench_trees.SHORT * 8000
