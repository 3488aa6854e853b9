import json

import pytest

from gateway.check import main
from gateway.settings import Settings
from ivr import demo

BROKEN = demo.text().replace("    next: member\n", "    next: nobody\n", 1)


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "tree.yaml"
    path.write_text(BROKEN, "utf-8")
    return path


@pytest.mark.parametrize("name", ["demo", "busy"])
def test_our_own_trees_are_sound(name, capsys):
    assert main([name], Settings()) == 0
    assert "sound" in capsys.readouterr().out


def test_warnings_and_notes_refuse_nothing(capsys):
    assert main(["demo", "--notes"], Settings()) == 0
    out = capsys.readouterr().out
    assert "warning: matter: about" in out
    assert "note: message: a screen or chat cannot record" in out
    assert main(["demo"], Settings()) == 0
    assert "note: " not in capsys.readouterr().out


def test_it_is_told_in_japanese_too(broken, capsys):
    assert main([str(broken), "--language", "ja"], Settings()) == 1
    assert "address_link: ノード「nobody」がありません。 (address_link > sent)" in capsys.readouterr().out


def test_recorded_files_are_looked_for_beside_the_tree_or_in_the_folder_that_is_named(tmp_path, capsys):
    spoken = "ja: お電話ありがとうございました。失礼いたします。"
    assert spoken in demo.text()
    text = demo.text().replace(spoken, "ja: {text: 失礼いたします。, audio: bye.wav}")
    (tmp_path / "tree.yaml").write_text(text, "utf-8")
    assert main([str(tmp_path / "tree.yaml")], Settings()) == 0
    assert "warning: goodbye: there is no recorded file 'bye.wav'" in capsys.readouterr().out
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "bye.wav").write_bytes(b"RIFF")
    assert main([str(tmp_path / "tree.yaml"), "--sounds", str(tmp_path / "sounds")], Settings()) == 0
    assert "bye.wav" not in capsys.readouterr().out


def test_without_a_name_the_tree_of_the_settings_is_checked(broken, capsys):
    assert main([], Settings()) == 0
    assert main([], Settings(tree=broken)) == 1


def test_a_broken_tree_is_refused_with_the_path_that_fails(broken, capsys):
    assert main([str(broken)], Settings()) == 1
    out = capsys.readouterr().out
    assert "address_link: there is no node 'nobody' (address_link > sent)" in out


def test_programs_read_json(broken, capsys):
    assert main([str(broken), "--json"], Settings()) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["sound"] is False
    assert found["problems"][0]["node"] == "address_link"
    assert found["problems"][0]["path"] == ["address_link", "sent"]
    assert found["problems"][0]["kind"] == "no_node"
    assert found["problems"][0]["reason"] == {
        "ja": "ノード「nobody」がありません。",
        "en": "there is no node 'nobody'",
    }
    assert main(["demo", "--json"], Settings()) == 0
    assert json.loads(capsys.readouterr().out)["sound"] is True


def test_a_file_that_cannot_be_read_is_misuse(tmp_path, capsys):
    assert main([str(tmp_path / "none.yaml")], Settings()) == 2
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    assert main([str(tmp_path / "bytes.yaml")], Settings()) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_yaml_that_is_none_is_named_by_line(tmp_path, capsys):
    (tmp_path / "tree.yaml").write_text("name: [", "utf-8")
    assert main([str(tmp_path / "tree.yaml")], Settings()) == 1
    assert "line" in capsys.readouterr().out
