from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelf import Shelf, archive, model, shelf

from asr.errors import CannotInstall
from asr.fetch import install_vosk, unpack
from asr.models import find_vosk, receipt, verify

NAME = "vosk-model-small-ja-0.22"
PATH = f"/{NAME}.zip"


@pytest.fixture
def store() -> Iterator[Shelf]:
    with shelf() as here:
        here.files[PATH] = model()
        yield here


def nothing_left_over(folder: Path) -> bool:
    return not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_model_is_installed_with_a_receipt_and_found(store: Shelf, tmp_path: Path):
    note = install_vosk("ja", tmp_path, source=store.url + PATH)
    assert (note.name, note.trust) == (NAME, "observed")
    assert note.sha256 == hashlib.sha256(store.files[PATH]).hexdigest()
    found = find_vosk("ja", {}, tmp_path)
    assert found is not None
    assert (found.origin, found.path) == ("data folder", tmp_path / "vosk-ja")
    assert verify(tmp_path / "vosk-ja") == []
    assert nothing_left_over(tmp_path)


def test_a_published_checksum_is_compared_and_told_from_an_observed_one(store: Shelf, tmp_path: Path):
    right = hashlib.md5(store.files[PATH]).hexdigest()
    store.files["/list"] = json.dumps([{"name": "other"}, {"name": NAME, "md5": right}]).encode()
    note = install_vosk("ja", tmp_path, source=store.url + PATH, listing=store.url + "/list")
    assert note.trust == "published"


def test_an_archive_that_is_not_what_its_publisher_says_is_refused(store: Shelf, tmp_path: Path):
    store.files["/list"] = json.dumps([{"name": NAME, "md5": "0" * 32}]).encode()
    with pytest.raises(CannotInstall, match="its publisher says 000"):
        install_vosk("ja", tmp_path, source=store.url + PATH, listing=store.url + "/list")
    assert find_vosk("ja", {}, tmp_path) is None
    assert nothing_left_over(tmp_path)


@pytest.mark.parametrize("listing", [b"not json", b"{}", b"[1, null]", b"[]"])
def test_a_list_that_is_none_leaves_the_checksum_observed(store: Shelf, tmp_path: Path, listing: bytes):
    store.files["/list"] = listing
    assert install_vosk("ja", tmp_path, source=store.url + PATH, listing=store.url + "/list").trust == "observed"


def test_a_checksum_that_was_asked_for_must_be_right(store: Shelf, tmp_path: Path):
    with pytest.raises(CannotInstall, match="as asked for"):
        install_vosk("ja", tmp_path, source=store.url + PATH, expected="f" * 64)
    right = hashlib.sha256(store.files[PATH]).hexdigest().upper()
    assert install_vosk("ja", tmp_path, source=store.url + PATH, expected=right).trust == "given"


def test_an_archive_that_changed_since_the_first_install_is_refused_until_it_is_wanted(store: Shelf, tmp_path: Path):
    first = install_vosk("ja", tmp_path, source=store.url + PATH)
    store.files[PATH] = model(b"other")
    with pytest.raises(CannotInstall, match="--replace"):
        install_vosk("ja", tmp_path, source=store.url + PATH)
    assert receipt(tmp_path / "vosk-ja") == first
    assert verify(tmp_path / "vosk-ja") == []
    second = install_vosk("ja", tmp_path, source=store.url + PATH, replace=True)
    assert second.sha256 != first.sha256
    assert (tmp_path / "vosk-ja" / "am" / "final.mdl").read_bytes() == b"weightsother"


def test_a_download_that_broke_off_is_continued_where_it_stopped(store: Shelf, tmp_path: Path):
    whole = archive({f"{NAME}/am/final.mdl": os.urandom(300_000)})
    store.files[PATH], store.breaks[PATH] = whole, 200_000
    with pytest.raises(CannotInstall, match="try again"):
        install_vosk("ja", tmp_path, source=store.url + PATH)
    assert find_vosk("ja", {}, tmp_path) is None
    note = install_vosk("ja", tmp_path, source=store.url + PATH)
    assert store.requests[-1] == (PATH, "bytes=200000-")
    assert note.sha256 == hashlib.sha256(whole).hexdigest()


def test_a_download_whose_source_changed_meanwhile_begins_again(store: Shelf, tmp_path: Path):
    store.files[PATH], store.breaks[PATH] = archive({f"{NAME}/am/final.mdl": os.urandom(300_000)}), 200_000
    with pytest.raises(CannotInstall):
        install_vosk("ja", tmp_path, source=store.url + PATH)
    store.files[PATH] = model(b"newer")
    assert install_vosk("ja", tmp_path, source=store.url + PATH).sha256 == hashlib.sha256(store.files[PATH]).hexdigest()


def test_without_a_tag_a_download_is_never_pieced_together(store: Shelf, tmp_path: Path):
    store.tags = False
    store.files[PATH], store.breaks[PATH] = archive({f"{NAME}/am/final.mdl": os.urandom(300_000)}), 200_000
    with pytest.raises(CannotInstall):
        install_vosk("ja", tmp_path, source=store.url + PATH)
    install_vosk("ja", tmp_path, source=store.url + PATH)
    assert store.requests[-1] == (PATH, "")


@pytest.mark.parametrize("source", ["/nowhere.zip", "http://127.0.0.1:9/x.zip"])
def test_what_cannot_be_had_is_said_in_one_line(store: Shelf, tmp_path: Path, source: str):
    with pytest.raises(CannotInstall) as caught:
        install_vosk("ja", tmp_path, source=store.url + source if source.startswith("/") else source)
    assert "\n" not in str(caught.value)


def test_a_file_is_installed_and_left_where_it_was(tmp_path: Path):
    file = tmp_path / "mine.zip"
    file.write_bytes(model())
    assert install_vosk("ja", tmp_path / "models", source=str(file)).source == str(file)
    assert file.exists()


@pytest.mark.parametrize("language", ["../ja", "ja/..", "", "JA", "japanese"])
def test_a_language_that_is_none_is_no_path(tmp_path: Path, language: str):
    with pytest.raises(CannotInstall, match="a language is named"):
        install_vosk(language, tmp_path, source="x.zip")


@pytest.mark.parametrize(
    "content",
    [
        archive({"../outside": b"x"}),
        archive({"/tmp/outside": b"x"}),
        archive({"model/../../outside": b"x"}),
        archive({"model\\..\\..\\outside": b"x"}),
        archive({"C:/outside": b"x"}),
        archive({"model/am/final.mdl": b"x"}, link="model/link"),
        archive([("model/a/b", b"x"), ("model/a", b"x")]),
        archive({f"f{n}": b"" for n in range(5001)}),
        b"PK\x03\x04 and then nothing of a zip",
        model()[:-40],
        b"",
    ],
    ids=[
        "up",
        "absolute",
        "up inside",
        "backslash",
        "drive",
        "link",
        "file as folder",
        "many",
        "rubbish",
        "cut",
        "empty",
    ],
)
def test_an_archive_that_means_harm_or_is_broken_leaves_nothing(tmp_path: Path, content: bytes):
    (tmp_path / "x.zip").write_bytes(content)
    folder = tmp_path / "in" / "models"
    with pytest.raises(CannotInstall):
        install_vosk("ja", folder, source=str(tmp_path / "x.zip"))
    assert list(folder.iterdir()) == []
    assert not list(tmp_path.rglob("outside*"))


def test_a_damaged_entry_is_noticed_by_its_own_checksum(tmp_path: Path):
    content = bytearray(archive({f"{NAME}/am/final.mdl": os.urandom(50_000)}))
    content[20_000] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(CannotInstall, match="broken"):
        unpack(tmp_path / "x.zip", tmp_path / "out")


def test_an_archive_without_a_model_is_refused(tmp_path: Path):
    (tmp_path / "x.zip").write_bytes(archive({"readme.txt": b"no model here"}))
    with pytest.raises(CannotInstall, match="holds no Vosk model"):
        install_vosk("ja", tmp_path / "models", source=str(tmp_path / "x.zip"))
