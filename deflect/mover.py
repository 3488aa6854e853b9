"""The mover: links, codes and pages, as a conversation orders them (see ``conversation.effects``).

A sender is asked under the effect's key, so that the customer gets one message, whatever broke in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from conversation.effects import AGAIN, Performer
from conversation.errors import Away
from conversation.history import PendingEffect
from conversation.inbox import Inbox
from deflect import texts
from deflect.codes import Codes
from deflect.errors import SenderBusy, SenderRefused, TooManyCodes
from deflect.links import Links
from deflect.offers import Limits, masked
from deflect.senders import Outbox, Sender
from ivr.actions import IssueCode, RefusePage, SendLink, TrustPage
from ivr.events import CodeIssued, CodeRefused, Event, LinkFailed, LinkSent

log = logging.getLogger("denwaban.mover")
TRIES = (0.0, 0.5, 1.5)
"""Seconds before each try at a busy provider: the caller is told within three."""
KINDS = frozenset({"SendLink", "IssueCode", "TrustPage", "RefusePage"})


class Mover:
    """url: what a link looks like, with ``{token}``."""

    def __init__(
        self,
        inbox: Inbox,
        links: Links,
        codes: Codes,
        outbox: Outbox,
        sender: Sender,
        *,
        url: str,
        clock: Callable[[], datetime],
        limits: Limits | None = None,
        again: float = AGAIN,
    ) -> None:
        self._inbox, self._links, self._codes, self._outbox, self._sender = inbox, links, codes, outbox, sender
        self._url, self._clock, self._limits = url, clock, limits or Limits()
        self._performer = Performer(inbox, self._perform, KINDS, again=again)

    async def run(self) -> None:
        """Until cancelled."""
        await self._performer.run()

    async def _perform(self, effect: PendingEffect, key: str) -> Event | None:
        match effect.action:
            case SendLink(to=to, language=language):
                return await self._send_link(effect.conversation, to, language, key)
            case IssueCode():
                return await self._issue_code(effect.conversation)
            case TrustPage(page=page):
                await self._links.trust(page)
            case RefusePage(page=page):
                await self._links.revoke(page)
        return None

    async def _send_link(self, conversation: str, to: str, language: str, key: str) -> Event:
        sms = (await self._inbox.tree(conversation)).sms_texts
        try:
            refused = await self._outbox.claim(key, conversation, to, self._limits)
        except Away:
            return self._failed("provider")  # without the counts nothing is sent; the caller is not left waiting
        if refused is not None:
            return self._failed(refused)
        token = await self._links.issue(conversation, key=key)
        text = texts.write(sms.get(language) or next(iter(sms.values())), self._url.replace("{token}", token))
        for seconds in TRIES:
            await asyncio.sleep(seconds)
            try:
                await self._sender.send(to, text, key=key, conversation=conversation)
                return LinkSent(at=self._clock(), channel="system", to_masked=masked(to))
            except SenderBusy:
                continue
            except SenderRefused:
                break
            except Exception:
                log.exception("a sender broke its promise", extra={"conversation": conversation})
                break
        return self._failed("provider")

    async def _issue_code(self, conversation: str) -> Event:
        try:
            code, seconds = await self._codes.issue(conversation)
        except TooManyCodes:
            return CodeRefused(at=self._clock(), channel="system")
        except Away:
            return CodeRefused(at=self._clock(), channel="system", reason="away")
        return CodeIssued(at=self._clock(), channel="system", code=code, seconds=seconds)

    def _failed(self, reason: str) -> LinkFailed:
        return LinkFailed(at=self._clock(), channel="system", reason=reason)
