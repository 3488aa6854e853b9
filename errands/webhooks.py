"""Calling a company's webhook: signed, within three seconds, again when it fails for now, and only where it may lead.

Every try carries the same ``webhook-id``, also after a restart, so that the other side can know a second one
(Standard Webhooks specification).
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from errands import answers, exchange, signing
from errands.destinations import Allowed, Resolve, by_system, destination
from errands.errors import BadStatus, CallError, Refused, TookTooLong

WITHIN = 3.0
"""Seconds in all, with names, redirects and repetitions: the caller is listening."""
PATIENCE = 2.0
"""Seconds for one try."""
PAUSES = (0.0, 0.1, 0.3)
"""Seconds before each try."""
LARGEST = 64_000
REDIRECTS = 2
_MOVED = (301, 302, 307, 308)


class Webhooks:
    """secrets: name of a webhook to ``whsec_...``. allow: what may be called beyond the public.

    signed: refuse to call one that has no secret.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        secrets: Mapping[str, str],
        allowed: Allowed,
        signed: bool = True,
        resolve: Resolve = by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock, self._secrets, self._allowed, self._signed = clock, dict(secrets), allowed, signed
        self._resolve, self._tls = resolve, tls or ssl.create_default_context()

    async def call(self, name: str, url: str, message: Mapping[str, Any], *, id: str) -> dict[str, Any]:
        """The JSON object that it answers. id: the same for every repetition. Raises CallError."""
        if self._signed and name not in self._secrets:
            raise Refused("a webhook has no secret to be signed with; set it in DENWABAN_WEBHOOK_SECRETS")
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        last: CallError = TookTooLong("a webhook took too long")
        try:
            async with asyncio.timeout(WITHIN):
                for pause in PAUSES:
                    await asyncio.sleep(pause)
                    try:
                        return await self._try(name, url, body, id)
                    except CallError as error:
                        last = error
                        if not error.is_passing:
                            break
        except TimeoutError:
            last = TookTooLong("a webhook took too long")
        raise last

    async def _try(self, name: str, url: str, body: bytes, id: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE):
                return answers.read(await self._follow(name, url, body, id))
        except TimeoutError:
            raise TookTooLong("a webhook took too long") from None

    async def _follow(self, name: str, url: str, body: bytes, id: str) -> bytes:
        """The body of the answer, redirects followed, each checked like the first."""
        for _ in range(REDIRECTS + 1):
            wanted = destination(url)
            addresses = await self._allowed.addresses(wanted, self._resolve)
            answer = await exchange.post(
                wanted, addresses, self._headers(name, body, id), body, tls=self._tls, largest=LARGEST
            )
            if 200 <= answer.status < 300:
                return answer.body
            if answer.status not in _MOVED or not answer.location:
                passing = answer.status >= 500 or answer.status == 429
                raise BadStatus(f"a webhook answered with status {answer.status}", is_passing=passing)
            try:
                url = urljoin(url, answer.location)
            except ValueError:
                raise Refused("the address of a webhook is not well formed") from None
        raise BadStatus("a webhook redirects too often")

    def _headers(self, name: str, body: bytes, id: str) -> list[tuple[str, str]]:
        timestamp = int(self._clock().timestamp())
        headers = [
            ("Content-Type", "application/json"),
            ("User-Agent", "Denwaban"),
            ("webhook-id", id),
            ("webhook-timestamp", str(timestamp)),
        ]
        if secret := self._secrets.get(name):
            headers.append(("webhook-signature", signing.signature(secret, id, timestamp, body)))
        return headers
