"""A tree that orders every errand, a hub's errands on one record, and those in a process that dies when told to.

python errand.py URL SPOOL WEBHOOK before | after | reported | never
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from record import MASTER, NUMBER, joined, pressed

from conversation.callbacks import Callbacks
from conversation.customers import Customers
from conversation.errors import Away
from conversation.inbox import Inbox
from conversation.live import Delivery
from conversation.store import Store
from errands.destinations import Allowed
from errands.runner import Desk, Errands
from errands.webhooks import Webhooks
from ivr.tree import Tree, load

TREE = """
name: なんでも窓口
languages: [ja]
start: matter
person: staff
matter: matter
webhooks: {order: "{webhook}"}
nodes:
  matter:
    menu: {ja: ご用件をどうぞ。}
    options:
      - {id: order, key: "1", label: {ja: 注文}, next: code}
      - {id: account, key: "2", label: {ja: 口座}, next: member}
      - {id: call, key: "3", label: {ja: 折り返し}, next: call}
      - {id: staff, key: "4", label: {ja: 担当}, next: staff}
      - {id: moving, key: "5", label: {ja: 住所}, next: address}
  code:
    ask: {ja: 注文番号をお願いいたします。}
    slot: digits
    label: {ja: 注文番号}
    least: 4
    most: 4
    read_back: never
    next: look_up
  look_up:
    webhook: order
    send: [code]
    save: {state: order.state}
    next: told
    failed: staff
  told:
    say: {ja: "ご注文は、{state}です。"}
    next: bye
  member:
    ask: {ja: 会員番号をお願いいたします。}
    slot: digits
    label: {ja: 会員番号}
    least: 4
    most: 4
    read_back: never
    next: who
  who:
    identify: {member: member}
    next: welcome
    failed: staff
  welcome:
    say: {ja: "{customer_name}さま、ありがとうございます。"}
    next: bye
  call:
    callback: {ja: 折り返しお電話いたしましょうか。}
    next: bye
    refused: bye
    failed: staff
  address:
    ask: {ja: ご住所をお願いいたします。}
    slot: address
    label: {ja: ご住所}
    next: bye
  staff:
    agent: {ja: 担当者におつなぎします。}
    queue: main
    busy: message
    closed: night
  night:
    say: {ja: 窓口は終了しました。}
    next: message
  message:
    voicemail: {ja: ご伝言を録音いたします。}
  bye:
    goodbye: {ja: お電話ありがとうございました。}
"""


class ErrandTrees:
    def __init__(self, webhook: str = "https://office.example.jp/orders") -> None:
        self._tree = load(TREE.replace("{webhook}", webhook))

    def choose(self, conversation: str) -> Tree:
        return self._tree

    def by_digest(self, digest: str) -> Tree | None:
        return self._tree if digest == self._tree.digest else None

    def from_source(self, source: str) -> Tree:
        return load(source)


class Parts:
    """What a hub has of the record and the errands, on one store."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], webhook: str = "https://office.example.jp/"
    ) -> None:
        self.store, self.clock = store, clock
        self.inbox = Inbox(store, ErrandTrees(webhook), clock)
        self.customers, self.callbacks = Customers(store, clock), Callbacks(store, clock)
        self.webhooks = Webhooks(clock, secrets={}, signed=False, allowed=Allowed(["127.0.0.1"]))

    def errands(self, desk: Desk | None = None) -> Errands:
        return Errands(
            self.inbox,
            self.webhooks,
            self.customers,
            self.callbacks,
            site=self.store.site,
            areas=lambda code: ("東京都千代田区千代田",) if code == "1000001" else (),
            clock=self.clock,
            desk=desk,
            again=0.02,
        )

    @asynccontextmanager
    async def running(self, desk: Desk | None = None) -> AsyncIterator[None]:
        task = asyncio.create_task(self.errands(desk).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def awaited(self, *kinds: str) -> Callable[[], asyncio.Future[Delivery]]:
        """The next delivery of one of these kinds of event."""
        found: asyncio.Future[Delivery] = asyncio.get_running_loop().create_future()

        def heard(delivery: Delivery) -> None:
            if delivery.event.kind in kinds and not found.done():
                found.set_result(delivery)

        self.inbox.subscribe(heard)
        return lambda: asyncio.wait_for(found, 20)  # type: ignore[return-value]

    async def call(self, keys: str, number: str | None = NUMBER) -> str:
        """Somebody calls and presses these keys."""
        conversation = await self.inbox.open(language="ja", number=number)
        await self.inbox.post(conversation, joined(self.clock, number))
        for key in keys:
            await self.inbox.post(conversation, pressed(self.clock, key))
        return conversation

    async def settled(self) -> None:
        while True:
            with suppress(Away):  # a reader's connection may still be the one that died
                if not await self.inbox.pending_effects():
                    return
            await asyncio.sleep(0.01)


def now() -> datetime:
    return datetime.now(UTC)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class MortalWebhooks(Webhooks):
    moment = "never"

    async def call(self, name: str, url: str, message: Mapping[str, Any], *, id: str) -> dict[str, Any]:
        if self.moment == "before":
            die()
        answer = await super().call(name, url, message, id=id)
        if self.moment == "after":
            die()
        return answer


class MortalCallbacks(Callbacks):
    moment = "never"

    async def book(self, *request: Any, key: str) -> Any:
        if self.moment == "before":
            die()
        refusal = await super().book(*request, key=key)
        if self.moment == "after":
            die()
        return refusal


async def main(url: str, spool: str, webhook: str, moment: str) -> None:
    store = Store.open(url, MASTER, spool=Path(spool))
    parts = Parts(store, now, webhook)
    hooks = MortalWebhooks(now, secrets={}, signed=False, allowed=Allowed(["127.0.0.1"]))
    callbacks = MortalCallbacks(store, now)
    hooks.moment = callbacks.moment = moment
    parts.webhooks, parts.callbacks = hooks, callbacks

    def heard(delivery: Delivery) -> None:
        if moment == "reported" and delivery.event.kind in ("Replied", "Booked"):
            die()

    parts.inbox.subscribe(heard)
    async with parts.running():
        await parts.settled()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
