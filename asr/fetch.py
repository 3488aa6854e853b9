"""A model from the internet or a file into the models folder: whole or not at all.

What was fetched before a break is kept and continued (RFC 9110, 14.2 and 13.1.5: Range with If-Range). An archive is
unpacked by its own rules: no path that leaves its folder, nothing but files and folders, no more than LARGEST bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import urlsplit

from asr.errors import CannotInstall
from asr.models import Receipt, Trust, catalogue, hashes, is_vosk, place, receipt, sha256

LARGEST = 4 << 30
"""Bytes, of an archive and of what is in it."""
ENTRIES = 5000
PATIENCE = 30.0
"""Seconds without a byte."""
_BLOCK = 1 << 18

Say = Callable[[str], None]


def install_vosk(
    language: str,
    folder: Path,
    *,
    source: str = "",
    expected: str = "",
    listing: str | None = None,
    replace: bool = False,
    say: Say = lambda _: None,
) -> Receipt:
    """Install the Vosk model of a language as ``folder/vosk-<language>``.

    source: URL or file; default: the catalogue's. expected: SHA-256 that the archive must have. listing: URL of the
    publisher's list with MD5 sums; default: the catalogue's for the catalogue's models, none for others.
    replace: accept an archive that differs from the one recorded at the first install. Raises CannotInstall.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z]{2,4})?", language):
        raise CannotInstall("a language is named like ja, en or en-gb")
    known = catalogue()["vosk"].get(language)
    if known is None and not source:
        raise CannotInstall(f"no model is known for {language}: name one with --from FILE|URL")
    listing = (catalogue()["list"] if not source else "") if listing is None else listing
    source = source or known["url"]
    name = PurePosixPath(urlsplit(source).path).name.removesuffix(".zip") or f"vosk-{language}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        archive = _fetched(source, folder, say)
        found = sha256(archive)
        say(f"{name}: SHA-256 {found}")
        try:
            trust = _trusted(archive, name, found, expected, listing, say)
            _same_as_before(folder / f"vosk-{language}", source, found, replace)
            made = _unpacked(archive, folder, language, Receipt(name, source, found, trust, {}))
        except CannotInstall:
            if _remote(source):
                _discard(archive)
            raise
        if _remote(source):
            _discard(archive)
        return made
    except OSError as error:
        raise CannotInstall(
            f"{name} cannot be installed in {folder}: {error.strerror or type(error).__name__}"
        ) from error


def _remote(source: str) -> bool:
    return urlsplit(source).scheme in ("http", "https")


def _fetched(source: str, folder: Path, say: Say) -> Path:
    if _remote(source):
        return download(source, folder, say)
    path = Path(source.removeprefix("file://"))
    if not path.is_file():
        raise CannotInstall(f"{path} is no file and no http(s) address")
    return path


def download(url: str, folder: Path, say: Say = lambda _: None) -> Path:
    """The file behind the address, continued from an earlier try where the server agrees. Raises CannotInstall."""
    target = folder / (".fetch-" + hashlib.sha256(url.encode()).hexdigest()[:16])
    tag_path = target.with_suffix(".tag")
    have = target.stat().st_size if target.exists() and tag_path.exists() else 0
    headers = {"User-Agent": "denwaban", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": json.loads(tag_path.read_text("utf-8"))}
    try:
        with _open(url, headers) as answer:
            continued = answer.status == 206
            total = int(answer.headers.get("Content-Length") or 0) + (have if continued else 0)
            if total > LARGEST:
                raise CannotInstall(f"{url} is larger than any model")
            tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
            # A weak tag cannot be continued from.
            if tag and not tag.startswith("W/"):
                tag_path.write_text(json.dumps(tag), "utf-8")
            elif not continued:
                tag_path.unlink(missing_ok=True)
            say(f"fetching {url}" + (f", {total >> 20} MB" if total else "") + (", continued" if continued else ""))
            got = _pour(answer, target, have if continued else 0)
    except urllib.error.HTTPError as error:
        if error.code == 416:
            _discard(target)
        raise CannotInstall(f"{url} answers {error.code}") from error
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise CannotInstall(f"{url} broke off or cannot be reached; what came is kept: try again") from error
    if total and got != total:
        raise CannotInstall(f"{url} broke off after {got} of {total} bytes; what came is kept: try again")
    return target


def _open(url: str, headers: dict[str, str]) -> Any:
    if not _remote(url):
        raise CannotInstall("only http and https are fetched from")
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=PATIENCE)  # noqa: S310


def _pour(answer: Any, target: Path, have: int) -> int:
    with target.open("ab" if have else "wb") as file:
        got = have
        while block := answer.read(_BLOCK):
            got += len(block)
            if got > LARGEST:
                raise CannotInstall("more came than any model holds")
            file.write(block)
    return got


def _discard(target: Path) -> None:
    target.unlink(missing_ok=True)
    target.with_suffix(".tag").unlink(missing_ok=True)


def _trusted(archive: Path, name: str, found: str, expected: str, listing: str, say: Say) -> Trust:
    """How far the archive's checksum may be trusted. Raises CannotInstall when it is wrong."""
    if expected:
        if expected.lower() != found:
            raise CannotInstall(f"{name} has SHA-256 {found}, not {expected.lower()} as asked for")
        return "given"
    published = _published(name, listing)
    if not published:
        say(f"{name}: no checksum is published; this one is recorded as observed")
        return "observed"
    with archive.open("rb") as file:
        seen = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if seen != published:
        raise CannotInstall(f"{name} has MD5 {seen}, its publisher says {published}")
    return "published"


def _published(name: str, listing: str) -> str:
    """The MD5 that the publisher's list gives; empty when there is no list, or the model is not in it."""
    if not listing:
        return ""
    try:
        with _open(listing, {"User-Agent": "denwaban"}) as answer:
            models = json.loads(answer.read(1 << 22))
        return next((str(m.get("md5", "")).lower() for m in models if m.get("name") == name), "")
    except (OSError, HTTPException, ValueError, AttributeError, TypeError):
        return ""


def _same_as_before(target: Path, source: str, found: str, replace: bool) -> None:
    before = receipt(target)
    if before is not None and before.source == source and before.sha256 != found and not replace:
        raise CannotInstall(
            f"{before.name} had SHA-256 {before.sha256} when it was first installed ({before.trust}), now {found}: "
            "add --replace if you trust the new one"
        )


def _unpacked(archive: Path, folder: Path, language: str, note: Receipt) -> Receipt:
    target = folder / f"vosk-{language}"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unpack-") as workplace:
        into = Path(workplace) / "in"
        unpack(archive, into)
        model = next((place for place in (into, *sorted(into.iterdir())) if place.is_dir() and is_vosk(place)), None)
        if model is None:
            raise CannotInstall(f"{note.name} holds no Vosk model")
        full = Receipt(note.name, note.source, note.sha256, note.trust, hashes(model))
        place(model, target, full)
    return full


def unpack(archive: Path, into: Path) -> None:
    """A zip archive into a new folder. Raises CannotInstall for one that is broken or means harm."""
    into.mkdir()
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > LARGEST:
                raise CannotInstall("the archive holds more than any model")
            for entry in entries:
                _check(entry)
            for entry in entries:
                path = into / entry.filename
                if entry.is_dir():
                    path.mkdir(parents=True, exist_ok=True)
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                # "x": two entries of one name are a trick. The size is checked by zipfile against the directory's.
                with opened.open(entry) as packed, path.open("xb") as file:
                    shutil.copyfileobj(cast(Any, packed), file, _BLOCK)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise CannotInstall("the archive is broken") from error
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise CannotInstall("the archive names a file twice") from error


def _check(entry: zipfile.ZipInfo) -> None:
    name, kind = entry.orig_filename, stat.S_IFMT(entry.external_attr >> 16)
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or ":" in name
    if outside or not parts or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise CannotInstall("the archive names a path outside its folder, or a link")
