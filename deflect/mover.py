"""The mover: performs what a conversation orders outside itself, and reports back as events.

Every such action has a row (``Effect``) that was written with it. It is performed under a key made of conversation
and place; after a crash it is performed again under the same key, which the sender and the inbox know already. So the
customer gets one message and the conversation one event, whatever broke in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from conversation.errors import Away, NotKept
from conversation.history import PendingEffect
from conversation.inbox import EFFECTS, Inbox
from conversation.live import Delivery
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
AGAIN = 1.0
"""Seconds until an effect is tried again that the record could not take."""


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
        self._url, self._clock, self._limits, self._again = url, clock, limits or Limits(), again
        self._ordered: asyncio.Queue[PendingEffect] = asyncio.Queue()
        self._seen: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """Perform what was left undone, then what comes, until cancelled."""
        leave = self._inbox.subscribe(self._deliver)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._take_up())
                while True:
                    group.create_task(self._see_to(await self._ordered.get()))
        finally:
            leave()

    def _deliver(self, delivery: Delivery) -> None:
        for seq, action in enumerate(delivery.actions, delivery.seq + 1):
            if action.kind in EFFECTS:
                self._order(PendingEffect(delivery.conversation, seq, action))

    def _order(self, effect: PendingEffect) -> None:
        if (place := (effect.conversation, effect.seq)) not in self._seen:
            self._seen.add(place)
            self._ordered.put_nowait(effect)

    async def _take_up(self) -> None:
        while True:
            try:
                for effect in await self._inbox.pending_effects():
                    self._order(effect)
                return
            except Away:
                await asyncio.sleep(self._again)

    async def _see_to(self, effect: PendingEffect) -> None:
        """Until it is done: neither an absent database nor a full disk may lose it."""
        try:
            while True:
                try:
                    await self._perform(effect)
                    await self._inbox.effect_done(effect.conversation, effect.seq)
                    return
                except (Away, NotKept):
                    await asyncio.sleep(self._again)
        except Exception:
            # One effect's trouble stays its own: it stays pending in the record, and the next start tries again.
            log.exception("an effect could not be performed", extra={"conversation": effect.conversation})
        finally:
            self._seen.discard((effect.conversation, effect.seq))

    async def _perform(self, effect: PendingEffect) -> None:
        key = f"effect:{effect.conversation}:{effect.seq}"
        match effect.action:
            case SendLink(to=to, language=language):
                await self._report(effect, key, await self._send_link(effect.conversation, to, language, key))
            case IssueCode():
                await self._report(effect, key, await self._issue_code(effect.conversation))
            case TrustPage(page=page):
                await self._links.trust(page)
            case RefusePage(page=page):
                await self._links.revoke(page)

    async def _report(self, effect: PendingEffect, key: str, event: Event) -> None:
        await self._inbox.post(effect.conversation, event, key=key)

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
