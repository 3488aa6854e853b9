"""Keys: everything that a customer said is sealed with AES-256-GCM (NIST SP 800-38D) before it is stored.

Each conversation has its own random key, wrapped by a key that is derived from the master key (HKDF, RFC 5869).
The place of a ciphertext (site, conversation, what, number) is bound as associated data, so it opens nowhere else.
Nothing is compressed before: lengths would tell about content that a stranger can influence.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from conversation.errors import Tampered, WrongMasterKey

NONCE = 12


class Cipher:
    """Seals and opens bytes at a named place."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, *place: str | int) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._aead.encrypt(nonce, plain, _bind(place))

    def open(self, sealed: bytes, *place: str | int) -> bytes:
        """Raises Tampered when the bytes are not what was sealed at this place with this key."""
        try:
            return self._aead.decrypt(sealed[:NONCE], sealed[NONCE:], _bind(place))
        except (InvalidTag, ValueError):
            raise Tampered(f"not what was written at {_named(place)}") from None

    def seal_json(self, data: Any, *place: str | int) -> bytes:
        return self.seal(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), *place)

    def open_json(self, sealed: bytes, *place: str | int) -> Any:
        return json.loads(self.open(sealed, *place))


class Keys:
    """What the master key opens. master: 32 bytes."""

    def __init__(self, master: bytes, site: str) -> None:
        if len(master) != 32:
            raise WrongMasterKey(f"the master key has {len(master)} bytes, not 32")
        self.site = site
        self._master = master
        self._wrapping = Cipher(self.derive("wrap"))
        self._index = self.derive("index")

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key of its own for a purpose."""
        return HKDF(SHA256(), 32, salt=None, info=f"denwaban/{self.site}/{purpose}".encode()).derive(self._master)

    @property
    def check_value(self) -> bytes:
        """Stored with the record; tells nothing of the key but whether it is the same."""
        return self.derive("check")

    def make(self, conversation: str) -> tuple[Cipher, bytes]:
        """A new conversation's cipher, and its key wrapped for storing."""
        key = AESGCM.generate_key(256)
        return Cipher(key), self._wrapping.seal(key, self.site, conversation, "key")

    def unwrap(self, conversation: str, wrapped: bytes) -> Cipher:
        """Raises Tampered."""
        return Cipher(self._wrapping.open(wrapped, self.site, conversation, "key"))

    def index(self, purpose: str, value: str) -> str:
        """Blind index: a keyed hash (HMAC-SHA-256, hex) by which an equal value is found again."""
        return hmac.new(self._index, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _bind(place: tuple[str | int, ...]) -> bytes:
    return json.dumps(place, separators=(",", ":")).encode()


def _named(place: tuple[str | int, ...]) -> str:
    return "/".join(map(str, place))
