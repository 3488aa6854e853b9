from gateway import bench_rules
from gateway.bench_generated import generated
from ivr.tree import examine, load


def test_a_generated_tree_is_sound_and_of_about_the_size_that_was_asked_for():
    for size in (60, 250, 500):
        tree = load(generated(size))
        assert size - 12 <= len(tree.nodes) <= size
        assert not [one for one in examine(generated(size)) if one.level != "note"]


def test_the_figures_say_what_was_measured(monkeypatch):
    monkeypatch.setattr(bench_rules, "NODES", 100)
    monkeypatch.setattr(bench_rules, "SMALLER", 60)
    monkeypatch.setattr(bench_rules, "STEPS", 200)
    monkeypatch.setattr(bench_rules, "ROUNDS", 1)
    figures = bench_rules.rules()
    assert figures["check"]["nodes"] <= 100
    assert figures["check"]["seconds"]["count"] == 1
    assert figures["steps"]["demo"]["a_second"] > 0
    assert figures["steps"]["generated"]["nodes"] <= 60
