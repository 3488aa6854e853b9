import io

import pytest

from gateway.settings import Settings
from gateway.talk import main
from ivr import demo, golden, tree


@pytest.fixture
def talk(monkeypatch, capsys):
    def run(lines, *more, settings=None):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
        code = main(["demo", "--at", "2026-11-24 10:00", *more], settings or Settings())
        return code, capsys.readouterr()

    return run


def test_what_is_typed_is_understood_as_on_a_call(talk):
    code, shown = talk(["引っ越しました", "いいえ", "12345678"])
    assert code == 0
    assert "引っ越しました -> address_change" in shown.out
    assert "新しいご住所の郵便番号" in shown.out


def test_what_is_saved_can_be_replayed(talk, tmp_path):
    saved = tmp_path / "bug.txt"
    code, _ = talk(
        ["1", "はい", "open", "fill 12345678", "hang up", "call", "1"], "--save", str(saved), "--title", "A bug."
    )
    assert code == 0
    text = saved.read_text("utf-8")
    assert text.startswith("# A bug.\n")
    zone = tree.load(demo.text()).zone
    script = golden.parse(text, zone)
    assert golden.replay(tree.load(demo.text(), values=script.values), script) == text


def test_the_world_around_the_engine_answers(talk):
    _, shown = talk(["1", "1"])
    assert "link_sent" in shown.out
    _, shown = talk(["fail", "1", "1"])
    assert "link_failed" in shown.out
    _, shown = talk(["1", "1", "2", "arrive", "47"], "--number", "")
    assert "code_issued" in shown.out
    assert "trust p1" in shown.out


def test_a_message_is_typed_and_the_conversation_ends(talk):
    _, shown = talk(["0", "電話をください", "1"])
    assert "finish message" in shown.out
    assert "transcribed" in shown.out


def test_a_new_start_begins_a_new_conversation(talk):
    _, shown = talk(["1", "hang up", "call", "2", "3"])
    assert "afresh" in shown.out
    assert "6桁のご注文番号" in shown.out


def test_another_language_and_another_hour(talk):
    _, shown = talk(["at 2026-11-28 10:00", "4"], "--language", "en")
    assert "We are closed now" in shown.out


def test_what_makes_no_sense_is_said_and_not_fatal(talk):
    code, shown = talk(["at noon", "tap nothing", "fill x", "wait", "quit", "1"])
    assert code == 0
    assert "A time looks like this" in shown.out
    assert "お声を確認できませんでした" in shown.out


def test_a_broken_tree_and_a_missing_one(tmp_path, capsys):
    (tmp_path / "tree.yaml").write_text("name: x", "utf-8")
    assert main([str(tmp_path / "tree.yaml")], Settings()) == 1
    assert main([str(tmp_path / "none.yaml")], Settings()) == 2
    assert main(["demo", "--at", "noon"], Settings()) == 2
