from __future__ import annotations

from pathlib import Path

import pytest

from asr.errors import CannotInstall
from asr.fetch import install_vosk
from asr.models import catalogue, find_vosk, find_whisper, receipt_path, verify


def vosk_folder(at: Path) -> Path:
    (at / "am").mkdir(parents=True)
    (at / "am" / "final.mdl").write_bytes(b"weights")
    return at


def whisper_folder(at: Path) -> Path:
    at.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (at / name).write_bytes(b"x")
    return at


def test_a_vosk_model_is_looked_for_in_the_setting_then_the_data_folder_then_the_packages(tmp_path: Path):
    packaged = find_vosk("ko", {}, tmp_path)
    assert packaged is not None
    assert packaged.origin == "package"
    installed = vosk_folder(tmp_path / "vosk-ko")
    there = find_vosk("ko", {}, tmp_path)
    assert there is not None
    assert (there.origin, there.path) == ("data folder", installed)
    named = find_vosk("ko", {"ko": vosk_folder(tmp_path / "elsewhere")}, tmp_path)
    assert named is not None
    assert named.origin == "setting"


def test_a_language_without_a_model_is_none(tmp_path: Path):
    assert find_vosk("ja", {}, tmp_path) is None


def test_whisper_is_looked_for_in_the_same_order(tmp_path: Path):
    packaged = find_whisper(None, tmp_path)
    assert packaged is not None
    assert (packaged.origin, packaged.path) == ("package", None)
    whisper_folder(tmp_path / catalogue()["whisper"]["name"])
    there = find_whisper(None, tmp_path)
    assert there is not None
    assert there.origin == "data folder"
    named = find_whisper(whisper_folder(tmp_path / "elsewhere"), tmp_path)
    assert named is not None
    assert named.origin == "setting"


def test_a_setting_that_names_no_model_is_told_and_not_passed_over(tmp_path: Path):
    with pytest.raises(CannotInstall, match="vosk_models names"):
        find_vosk("ko", {"ko": tmp_path}, tmp_path)
    with pytest.raises(CannotInstall, match="whisper_model names"):
        find_whisper(tmp_path, tmp_path)


def test_verify_tells_what_changed_what_is_missing_and_what_was_added(tmp_path: Path):
    from shelf import archive

    (tmp_path / "x.zip").write_bytes(archive({"m/am/final.mdl": b"a", "m/conf": b"b", "m/README": b"c"}))
    install_vosk("ja", tmp_path, source=str(tmp_path / "x.zip"))
    model = tmp_path / "vosk-ja"
    (model / "am" / "final.mdl").write_bytes(b"A")
    (model / "conf").unlink()
    (model / "extra").write_bytes(b"")
    assert verify(model) == ["conf: missing", "extra: not of this model", "am/final.mdl: changed"]


@pytest.mark.parametrize("note", [b"", b"{}", b"[]", b'{"name": 1}', b"\xff"])
def test_a_model_without_a_readable_receipt_cannot_be_verified(tmp_path: Path, note: bytes):
    model = vosk_folder(tmp_path / "vosk-ja")
    receipt_path(model).write_bytes(note)
    with pytest.raises(CannotInstall, match="no receipt"):
        verify(model)


def test_no_checksum_in_the_catalogue_is_called_published_that_we_only_saw():
    known = catalogue()
    assert known["whisper"]["trust"] == "observed"
    assert all("sha256" not in entry for entry in known["vosk"].values())
