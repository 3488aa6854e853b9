"""The store: one database, one writer, a few readers, and a spool for when the database does not answer.

An ``await store.write(...)`` that returns is a promise: it is committed, or it is in the fsynced spool and will be.
Only a machine lost while its spool still holds something can lose that something.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DatabaseError

from conversation.databases import engines, is_trouble, prepare
from conversation.errors import Away, DatabaseAway, DatabaseCorrupt, Tampered, WrongMasterKey
from conversation.history import cipher_of
from conversation.keys import Cipher, Keys
from conversation.operations import Operation, Put, apply
from conversation.spool import RESERVED, Spool
from conversation.tables import Site, table
from conversation.writer import Work, Writer

T = TypeVar("T")
READERS = 4
CATCHES_UP_WITHIN = 60.0
CIPHERS = 2000


@dataclass(frozen=True, slots=True)
class Health:
    """pending: batches that the database does not have yet. refused: batches that it will never take.

    reason: what the database said, for an operator; holds nothing of a customer.
    """

    state: Literal["ok", "spooling", "refused"]
    pending: int
    refused: int
    reason: str


class Store:
    """Use ``Store.open``; every method is for the event loop that awaits it."""

    def __init__(self, engine: Engine, readers: Engine, keys: Keys, spool: Spool, deadline: float) -> None:
        self.keys, self.site = keys, keys.site
        self._engine, self._reading, self._spool, self._deadline = engine, readers, spool, deadline
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="record-read")
        self._writer = Writer(engine, spool)
        self._ciphers: OrderedDict[str, Cipher] = OrderedDict()

    @classmethod
    def open(
        cls,
        url: str,
        master_key: bytes,
        *,
        site: str = "main",
        spool: Path,
        deadline: float = 0.3,
        busy: float = 0.2,
        reserved: int = RESERVED,
    ) -> Store:
        """Open, migrating if need be. spool: the journal's file. deadline: seconds after which the database is away.

        busy: seconds that SQLite waits for a lock. reserved: bytes of disk kept for the spool.
        Raises a CannotOpen, whose text is one line for the operator; nothing was changed then.
        """
        keys = Keys(master_key, site)
        engine, readers = engines(url, busy=busy, readers=READERS)
        try:
            prepare(engine)
            _check_master_key(engine, keys)
            journal = _spool(spool, keys, reserved)
        except BaseException:
            engine.dispose()
            readers.dispose()
            raise
        store = cls(engine, readers, keys, journal, deadline)
        if not store._writer.wait_until_settled(CATCHES_UP_WITHIN):
            store._writer.close()
            raise DatabaseAway("the database does not take what the spool holds from before")
        return store

    @property
    def away(self) -> bool:
        """The database did not answer in time; writing goes to the spool, tasks and most reads fail."""
        return self._writer.away

    @property
    def behind(self) -> bool:
        """Something acknowledged is in the spool only."""
        return self._writer.behind

    def health(self) -> Health:
        writer = self._writer
        state: Literal["ok", "spooling", "refused"] = "ok"
        if writer.away:
            state = "spooling"
        elif writer.refused:
            state = "refused"
        return Health(state, writer.pending, writer.refused, writer.reason)

    async def write(self, *operations: Operation) -> None:
        """Keep all of them or none. Raises Conflict (another row has a unique value) or NotKept."""
        work = self._writer.submit(Work(batch=operations))
        waiting = asyncio.wrap_future(work.done)
        done, _ = await asyncio.wait({waiting}, timeout=self._deadline)
        if not done:
            self._writer.divert("slow")
        await asyncio.shield(waiting)

    async def perform(self, task: Callable[[Connection], T], *, within: float | None = None) -> T:
        """Run a task in the writer's transaction: reads and writes of which no other comes between.

        within: seconds that a long task may take; what is written meanwhile waits in the spool.
        Raises Away when the database cannot or does not answer in time (what was begun may still be committed);
        otherwise what the task raises.
        """
        work = self._writer.submit(Work(task=task))
        try:
            answer: T = await asyncio.wait_for(asyncio.wrap_future(work.done), within or self._patience)
        except TimeoutError:
            raise Away("the database does not answer in time") from None
        return answer

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Ask in a thread. Raises Away when the database does not answer in time."""

        def ask() -> T:
            with self._reading.connect() as connection:
                return question(connection)

        try:
            return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._pool, ask), self._patience)
        except Exception as error:
            if is_trouble(error):
                raise Away("the database does not answer") from None
            raise

    async def cipher(self, conversation: str) -> Cipher:
        """What seals and opens this conversation's things. Raises UnknownConversation, Away."""
        if (known := self._ciphers.get(conversation)) is not None:
            self._ciphers.move_to_end(conversation)
            return known
        cipher = await self.read(cipher_of(self.keys, conversation))
        self.know(conversation, cipher)
        return cipher

    def know(self, conversation: str, cipher: Cipher) -> None:
        """Keep the cipher at hand, also for when the database is away."""
        self._ciphers[conversation] = cipher
        while len(self._ciphers) > CIPHERS:
            self._ciphers.popitem(last=False)

    async def settled(self, within: float) -> bool:
        """Wait until the database has everything; False when it took longer."""
        return await asyncio.to_thread(self._writer.wait_until_settled, within)

    async def close(self) -> None:
        ended = await asyncio.to_thread(self._writer.close)
        self._pool.shutdown(wait=False, cancel_futures=True)
        if ended:
            self._engine.dispose()
            self._spool.close()
            self._reading.dispose()

    @property
    def _patience(self) -> float:
        return self._deadline if self._writer.failed else 10 * self._deadline


def _spool(path: Path, keys: Keys, reserved: int) -> Spool:
    spool = Spool(path, Cipher(keys.derive("spool")), reserved=reserved)
    try:
        spool.read(0, 1)
    except Tampered:
        spool.close()
        raise WrongMasterKey("the spool was written with another master key") from None
    return spool


def _check_master_key(engine: Engine, keys: Keys) -> None:
    rows = table(Site)
    try:
        with engine.begin() as connection:
            found = connection.execute(select(rows.c.check_value).where(rows.c.site_id == keys.site)).scalar()
            if found is None:
                apply(connection, (Put(Site(site_id=keys.site, check_value=keys.check_value)),))
    except DatabaseError as error:
        raise DatabaseCorrupt(f"the database cannot be read ({type(error.orig).__name__})") from None
    if found is not None and found != keys.check_value:
        raise WrongMasterKey("the master key is not the one that this record was written with")
