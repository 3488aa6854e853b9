"""The master key: from the settings; in a trial made once and kept in the data folder, readable by its owner alone."""

from __future__ import annotations

import base64
import binascii
import os
import secrets

from gateway.errors import Complaint
from gateway.settings import Settings

SIZE = 32


def master_key(settings: Settings) -> bytes:
    """32 bytes. Raises Complaint when there is none, or what there is cannot be one."""
    if settings.master_key:
        return _decoded(settings.master_key, "DENWABAN_MASTER_KEY")
    if not settings.dev:
        raise Complaint(
            "no master key: set DENWABAN_MASTER_KEY to 32 random bytes in base64 "
            "(openssl rand -base64 32) and keep a copy apart from the backups, or start with --dev for a trial"
        )
    path = settings.data / "master.key"
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        made = base64.b64encode(secrets.token_bytes(SIZE))
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return _decoded(path.read_text("ascii"), str(path))


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SIZE:
        raise Complaint(f"{where} holds no key: 32 bytes in base64 are expected")
    return key
