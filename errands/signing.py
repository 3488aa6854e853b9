"""Signatures of webhooks (Standard Webhooks specification, symmetric: HMAC-SHA256)."""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret."""


def secret_key(secret: str) -> bytes:
    """The key in ``whsec_`` and base64. Raises ValueError, which does not show it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"a webhook secret is {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64")
    return key


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """What stands in ``webhook-signature``. timestamp: seconds since 1970. Raises ValueError."""
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret_key(secret), signed, hashlib.sha256)).decode()
