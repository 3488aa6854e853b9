import pytest

from ivr import source
from ivr.errors import BrokenTree
from ivr.problems import said


def reason(text):
    with pytest.raises(BrokenTree) as caught:
        source.read(text)
    return caught.value.problems[0]


def test_every_scalar_stays_text():
    assert source.read("{a: no, b: 09:00, c: 2026-11-24, d: 8, e: null}") == {
        "a": "no",
        "b": "09:00",
        "c": "2026-11-24",
        "d": "8",
        "e": "null",
    }


def test_a_key_that_stands_twice_is_refused_with_its_line():
    problem = reason("a: 1\nb:\n  c: 1\n  c: 2\n")
    assert "'c' stands twice" in problem.reason
    assert problem.path == ("line 4",)


def test_aliases_are_refused_so_that_a_small_file_stays_small():
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(9))
    assert "aliases" in reason(bomb).reason


def test_a_file_that_is_too_large_too_deep_or_too_long_is_refused(monkeypatch):
    assert "larger" in reason("a: " + "x" * source.LARGEST).reason
    assert "deeper" in reason("a: " + "[" * 100 + "]" * 100).reason
    monkeypatch.setattr(source, "MOST", 500)
    assert "more than" in reason("a: [" + "x," * 500 + "]").reason


@pytest.mark.parametrize("text", ["", "- a", "just words", "a: [", "a: 1\n---\nb: 2", "\x00", "? [a]\n: b", "a: \x07"])
def test_what_is_no_mapping_is_refused(text):
    assert reason(text).reason


@pytest.mark.parametrize(
    "text", ["a: \ud800", 'a: "\\uD83D"', "a: '\udfff'", "\ud83d: a", "a: \x00b", "a: \x1b[0m", "a: \ufffe"]
)
def test_signs_that_no_text_has_are_refused(text):
    assert reason(text).kind in ("yaml_not", "yaml_broken")


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "{a: " * 20_000, "- " * 20_000, "a:\n" + "".join(" " * n + "b:\n" for n in range(1, 900))]
)
def test_a_file_that_opens_and_never_closes_is_refused_at_its_depth(text):
    assert "deeper" in reason("x: " + text if text[0] in "[{" else text).reason


def test_every_refusal_is_worded_in_japanese():
    for text in ("a: *b", "a: 1\na: 2", "? [a]\n: b", "- a", "a: [", "a: " + "x" * source.LARGEST):
        assert "{" not in said(reason(text), "ja")
        assert said(reason(text), "ja") != reason(text).reason
