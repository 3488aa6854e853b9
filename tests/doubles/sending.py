"""A hub's mover in a process of its own that dies at a chosen moment, or (``never``) when all is performed.

python sending.py URL SPOOL before-sending | after-sending | after-reporting | never
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from record import MASTER, Trees

from conversation.inbox import Inbox
from conversation.live import Delivery
from conversation.store import Store
from deflect.codes import Codes
from deflect.links import Links
from deflect.mover import Mover
from deflect.senders import Outbox, TrialSender

URL = "https://example.jp/l/{token}"


def now() -> datetime:
    return datetime.now(UTC)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalSender(TrialSender):
    def __init__(self, outbox: Outbox, moment: str) -> None:
        super().__init__(outbox)
        self._moment = moment

    async def send(self, to: str, text: str, *, key: str, conversation: str) -> None:
        if self._moment == "before-sending":
            die()
        await super().send(to, text, key=key, conversation=conversation)
        if self._moment == "after-sending":
            die()


async def main(url: str, spool: str, moment: str) -> None:
    store = Store.open(url, MASTER, spool=Path(spool))
    inbox, outbox = Inbox(store, Trees(), now), Outbox(store, now)
    links = Links(store, timedelta(hours=24), now)
    reported = asyncio.Event()

    def heard(delivery: Delivery) -> None:
        if delivery.event.kind == "LinkSent":
            reported.set()
            if moment == "after-reporting":
                die()

    inbox.subscribe(heard)
    sender = MortalSender(outbox, moment)
    mover = Mover(inbox, links, Codes(links, store, now), outbox, sender, url=URL, clock=now)
    running = asyncio.create_task(mover.run())
    while await inbox.pending_effects():
        await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
