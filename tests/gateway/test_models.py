from __future__ import annotations

import json
from pathlib import Path

import pytest
from shelf import model, shelf

from gateway.models import available, main
from gateway.settings import Settings


def settings(folder: Path, **values: object) -> Settings:
    return Settings(data=folder, **values)  # type: ignore[arg-type]


def test_the_ear_of_a_fresh_machine_is_the_packaged_whisper(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert available("ja", settings(tmp_path)) == "whisper (package)"
    assert main(["list", "--json"], settings(tmp_path)) == 0
    assert json.loads(capsys.readouterr().out)["used"] == {"ja": "whisper (package)", "en": "whisper (package)"}


def test_an_installed_vosk_model_is_used_before_whisper_and_only_for_its_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with shelf() as store:
        store.files["/m.zip"] = model()
        assert main(["install", "ja", "--from", store.url + "/m.zip", "--json"], settings(tmp_path)) == 0
    note = json.loads(capsys.readouterr().out)
    assert (note["name"], note["trust"]) == ("m", "observed")
    assert available("ja", settings(tmp_path)) == "vosk (data folder)"
    assert available("en", settings(tmp_path)) == "whisper (package)"
    assert available("ja", settings(tmp_path, recogniser="whisper")) == "whisper (package)"


@pytest.mark.parametrize("choice", ["vosk", "none"])
def test_without_a_model_it_says_that_callers_use_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str], choice: str):
    assert available("ja", settings(tmp_path, recogniser=choice)) is None
    assert main(["list"], settings(tmp_path, recogniser=choice)) == 0
    assert "callers use keys" in capsys.readouterr().out


def test_verify_fails_when_a_file_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "m.zip").write_bytes(model())
    assert main(["install", "ja", "--from", str(tmp_path / "m.zip")], settings(tmp_path)) == 0
    assert main(["verify"], settings(tmp_path)) == 0
    (tmp_path / "models" / "vosk-ja" / "README").write_bytes(b"other")
    assert main(["verify", "--json"], settings(tmp_path)) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["vosk-ja"]["differing"] == ["README: changed"]


def test_what_cannot_be_installed_is_one_line_and_exit_code_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["install", "ja", "--from", str(tmp_path / "none.zip")], settings(tmp_path)) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.real
def test_the_packaged_whisper_is_installed_and_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["install", "whisper"], settings(tmp_path)) == 0
    assert main(["verify"], settings(tmp_path)) == 0
    assert "whisper-base: as installed (observed)" in capsys.readouterr().out
    assert available("en", settings(tmp_path)) == "whisper (data folder)"
