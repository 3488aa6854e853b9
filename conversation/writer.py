"""The one writer: commits what is waiting as a group, and turns to the spool while the database does not answer.

    OK        batches go to the database; one transaction takes all that wait
    SPOOLING  batches go to the spool; the writer tries to bring the spool's batches into the database, in order

One thread talks to the database, so that a transaction which hung and then went through after all can only come
before what is caught up later. Another thread talks to the spool, so that a hung database does not hold it up.
Everything written can be applied twice, so a commit that timed out but happened does no harm.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from conversation.errors import Away, Conflict, NotKept
from conversation.operations import Batch, apply, pack, unpack
from conversation.spool import Spool

CHUNK = 200
CLOSES_WITHIN = 5.0


@dataclass(slots=True)
class Work:
    """A batch, or a task that needs the database now."""

    batch: Batch | None = None
    task: Callable[[Connection], Any] | None = None
    done: Future[Any] = field(default_factory=Future)

    def answer(self, value: Any) -> None:
        with suppress(InvalidStateError):
            self.done.set_result(value)

    def fail(self, error: Exception) -> None:
        with suppress(InvalidStateError):
            self.done.set_exception(error)


class Writer:
    """retry: seconds between tries to reach a database that is away."""

    def __init__(self, engine: Engine, spool: Spool, *, retry: float = 0.2) -> None:
        self._engine, self._spool, self._retry = engine, spool, retry
        self._lock = threading.Lock()
        self._for_database, self._for_spool = threading.Condition(self._lock), threading.Condition(self._lock)
        self._settled = threading.Condition(self._lock)
        self._waiting: deque[Work] = deque()
        self._in_hand: list[Work] = []
        self._spooling: deque[Work] = deque()
        self._stopping, self._last_call = False, False
        self._position = 0
        self.away = spool.count > 0
        self.reason = "left from before" if self.away else ""
        self.failed = False
        self.refused = 0
        self._database = threading.Thread(target=self._write, name="record", daemon=True)
        self._journal = threading.Thread(target=self._keep, name="spool", daemon=True)
        self._database.start()
        self._journal.start()

    @property
    def pending(self) -> int:
        """Batches that the database does not have yet."""
        with self._lock:
            return self._count()

    @property
    def behind(self) -> bool:
        """Something acknowledged may be missing in the database."""
        with self._lock:
            return self.away or bool(self._spooling) or self._spool.count > 0

    def wait_until_settled(self, within: float) -> bool:
        """Block until the database has everything; False when it took longer."""
        with self._lock:
            return self._settled.wait_for(lambda: not self.away and not self._count(), within)

    def submit(self, work: Work) -> Work:
        """Done when committed or spooled. Fails with Conflict, NotKept, or (a task only) Away."""
        with self._lock:
            if self._stopping:
                work.fail(NotKept("the record is closed"))
            elif not self.away or (work.task is not None and not self.failed):
                self._waiting.append(work)
                self._for_database.notify()
            elif work.task is not None:
                work.fail(_away())
            else:
                self._spooling.append(work)
                self._for_spool.notify()
        return work

    def divert(self, reason: str, *, failed: bool = False) -> None:
        """From now on to the spool, with every batch that is not committed yet.

        failed: the database said that it cannot, so that tasks fail too; if it is slow only, they wait for it.
        """
        with self._lock:
            self.away, self.reason, self.failed = True, reason, failed
            stuck = [*self._in_hand, *self._waiting]
            self._spooling.extend(work for work in stuck if work.batch is not None)
            self._in_hand = [work for work in self._in_hand if work.task is not None and not failed]
            self._waiting = deque(work for work in self._waiting if work.task is not None and not failed)
            for work in stuck if failed else ():
                if work.task is not None:
                    work.fail(_away())
            self._for_spool.notify()
            self._for_database.notify()

    def close(self, within: float = CLOSES_WITHIN) -> bool:
        """Commit what waits, or spool it; True when both threads ended. A hung database is left behind."""
        with self._lock:
            self._stopping = True
            self._for_database.notify()
        self._database.join(within)
        if self._database.is_alive():
            self.divert("closing", failed=True)
        with self._lock:
            self._last_call = True
            self._for_spool.notify()
        self._journal.join(within)
        return not self._database.is_alive() and not self._journal.is_alive()

    def _count(self) -> int:
        return len(self._waiting) + len(self._in_hand) + len(self._spooling) + self._spool.count

    # -- the thread that talks to the database ------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            with self._lock:
                while not (self._waiting or self.away or self._stopping):
                    self._for_database.wait()
                if self._stopping and (self.away or not self._waiting):
                    for work in self._waiting:
                        work.fail(_away())
                    self._waiting.clear()
                    return
                catching_up = self.away
                if not catching_up:
                    self._in_hand = [work for work in self._waiting if not work.done.cancelled()]
                    self._waiting.clear()
                in_hand = list(self._in_hand)
            if not catching_up:
                self._commit(in_hand)
            elif not self._catch_up():
                with self._lock:
                    if not self._stopping:
                        self._for_database.wait(self._retry)

    def _commit(self, group: list[Work]) -> None:
        try:
            with self._engine.begin() as connection:
                answers = [_perform(connection, work) for work in group]
        except Exception as error:
            if _is_away(error):
                self.divert(_first_line(error), failed=True)
            elif len(group) > 1:
                for work in group:
                    self._commit_alone(work)
            else:
                self._take_off_hand(group)
                group[0].fail(Conflict(_first_line(error)) if isinstance(error, IntegrityError) else error)
            return
        self._take_off_hand(group)
        for work, answer in zip(group, answers, strict=True):
            work.answer(answer)

    def _commit_alone(self, work: Work) -> None:
        with self._lock:
            diverted = work not in self._in_hand
        if not diverted:
            self._commit([work])

    def _take_off_hand(self, group: list[Work]) -> None:
        with self._lock:
            self._in_hand = [work for work in self._in_hand if work not in group]
            if not self._in_hand:
                self._settled.notify_all()

    def _catch_up(self) -> bool:
        """Bring the spool into the database. False when the database still does not answer."""
        answers = False
        while True:
            records = self._spool.read(self._position, CHUNK)
            with self._lock:
                if not records and self._spooling and not answers:
                    self._for_database.wait(self._retry)
                    continue
            if records or not answers:
                try:
                    self._apply_spooled([unpack(batch) for batch, _ in records])
                except (SQLAlchemyError, OSError) as error:
                    self.divert(_first_line(error), failed=True)
                    return False
                answers = True
                self._position = records[-1][1] if records else self._position
                continue
            with self._lock:
                # From here on new batches wait for this thread, which first finishes what the spool still gets.
                self.away, self.reason, self.failed = False, "", False
                while self._spooling and not self._stopping:
                    self._for_database.wait()
                if self._stopping:
                    return False
            if self._spool.clear(self._position):
                self._position = 0
                with self._lock:
                    self._settled.notify_all()
                return True

    def _apply_spooled(self, batches: list[Batch]) -> None:
        try:
            with self._engine.begin() as connection:
                for batch in batches:
                    apply(connection, batch)
        except SQLAlchemyError as error:
            if _is_away(error):
                raise
            if len(batches) == 1:
                self._spool.set_aside(pack(batches[0]))
                self.refused += 1
            else:
                for batch in batches:
                    self._apply_spooled([batch])

    # -- the thread that talks to the spool ---------------------------------------------------------------------

    def _keep(self) -> None:
        while True:
            with self._lock:
                while not self._spooling:
                    if self._last_call:
                        return
                    self._for_spool.wait()
                group = list(self._spooling)
            error: Exception | None = None
            try:
                self._spool.append([pack(work.batch) for work in group if work.batch is not None])
            except (NotKept, OSError) as failure:
                error = failure if isinstance(failure, NotKept) else NotKept(str(failure.strerror))
            with self._lock:
                for _ in group:
                    self._spooling.popleft()
                self._for_database.notify()
            for work in group:
                if error is None:
                    work.answer(None)
                else:
                    work.fail(error)


def _perform(connection: Connection, work: Work) -> Any:
    if work.task is not None:
        return work.task(connection)
    apply(connection, work.batch or ())
    return None


def _away() -> Away:
    return Away("the database does not answer")


def _is_away(error: Exception) -> bool:
    """The database cannot take anything now, in contrast to not taking this."""
    if isinstance(error, DBAPIError):
        return not isinstance(error, IntegrityError | DataError)
    return isinstance(error, OSError) or (isinstance(error, SQLAlchemyError) and not isinstance(error, StatementError))


def _first_line(error: Exception) -> str:
    """What kind of trouble; never the statement with its values."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"[:200]
