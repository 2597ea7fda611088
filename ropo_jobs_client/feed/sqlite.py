"""The journal of the status feed in an SQLite file: what was read and not yet acknowledged, and what may be missing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

import anyio

from .._loops import run_in_worker
from ..errors import JournalInUse
from ._journal import Gap, State, Stored

T = TypeVar("T")


_MIGRATIONS: Final = (
    """
    CREATE TABLE answers (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        day TEXT NOT NULL,
        content BLOB NOT NULL,
        recovered INTEGER NOT NULL,
        acknowledged INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX answers_day ON answers (day);
    CREATE TABLE gaps (since TEXT, until TEXT, again TEXT);
    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
)

_creating: Final = threading.Lock()

# Seconds between two looks at whether another process has let go of the journal.
_LOOK_AGAIN: Final = 0.2


class SqliteJournal:
    """A journal in an SQLite file, of mode 0600. While it is open, no other process can read it.

    Args:
        path: the file; it is made where there is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._connection: sqlite3.Connection | None = None
        # A cancelled task does not wait for what it began. One worker does it all, in the order in which it was asked:
        # nothing that comes late undoes what came after it.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="ropo journal")

    async def open(self, *, wait: bool) -> None:
        while True:
            opening = self._worker.submit(self._open)
            try:
                return await _result(opening)
            except JournalInUse:
                if not wait:
                    raise
            except BaseException:
                # Cancelled: it may come to be open all the same, and nobody would close it.
                self._worker.submit(self._undo, opening)
                raise
            await anyio.sleep(_LOOK_AGAIN)

    def _open(self) -> None:
        # Closing any descriptor of a file ends this process's locks on it: an existing file is left to SQLite alone.
        with _creating, contextlib.suppress(FileExistsError):
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._connection = _connect(self._path)
        except (sqlite3.Error, ValueError) as error:
            # The lowest byte is the kind; the others tell more of it.
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise JournalInUse(f"another feed has the journal open: {self._path}") from None
            raise type(error)(f"the journal {self._path} cannot be opened: {error}") from None

    def _undo(self, opening: Future[None]) -> None:
        if opening.exception() is None:
            self._close()

    async def close(self) -> None:
        closing = self._worker.submit(self._close)
        with anyio.CancelScope(shield=True):
            await _result(closing)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def transaction() -> T:
            if self._connection is None:
                raise RuntimeError("the journal is not open: a feed is used inside its `async with` block")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors, such as a full disk, SQLite has done it already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return result

        return await _result(self._worker.submit(transaction))

    async def state(self) -> State:
        def work(db: sqlite3.Connection) -> State:
            values = dict(db.execute("SELECT name, value FROM state"))
            gaps = tuple(_gap(*row) for row in db.execute("SELECT since, until, again FROM gaps"))
            return State("reading" in values, _day(values.get("drained")), gaps)

        return await self._do(work)

    async def begin_read(self) -> None:
        await self._do(lambda db: _set(db, "reading", "1"))

    async def end_read(
        self, day: date | None = None, content: bytes | None = None, *, drained: bool = False, gap: Gap | None = None
    ) -> None:
        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM state WHERE name = 'reading'")
            if drained and day is not None:
                _set(db, "drained", day.isoformat())
            if gap is not None:
                _open_gap(db, gap)
            if day is not None and content is not None:
                _store(db, day, content, recovered=False)

        await self._do(work)

    async def recover(self, day: date, content: bytes | None, closed: tuple[Gap, ...], left: tuple[Gap, ...]) -> None:
        def work(db: sqlite3.Connection) -> None:
            for gap in closed:
                db.execute("DELETE FROM gaps WHERE since IS ? AND until IS ? AND again IS ?", _texts(gap))
            for gap in left:
                _open_gap(db, gap)
            if content is not None:
                _store(db, day, content, recovered=True)

        await self._do(work)

    async def unacknowledged(self, after: int) -> list[Stored]:
        query = "SELECT number, content, recovered FROM answers WHERE NOT acknowledged AND number > ? ORDER BY number"
        return await self._do(lambda db: [_stored(*row) for row in db.execute(query, (after,))])

    async def since(self, day: date) -> list[Stored]:
        query = "SELECT number, content, recovered FROM answers WHERE day >= ? ORDER BY number"
        return await self._do(lambda db: [_stored(*row) for row in db.execute(query, (day.isoformat(),))])

    async def acknowledge(self, number: int) -> None:
        query = "UPDATE answers SET acknowledged = 1 WHERE number = ?"
        await self._do(lambda db: db.execute(query, (number,)))

    async def prune(self, before: date) -> None:
        query = "DELETE FROM answers WHERE acknowledged AND day < ?"
        await self._do(lambda db: db.execute(query, (before.isoformat(),)))


async def _result(future: Future[T]) -> T:
    return await run_in_worker(future.result)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        # Exclusive for as long as it is open, and let go by the system however the process ends.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # On macOS, what is only synced stays in the cache of the drive. Elsewhere, these change nothing.
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
        connection.execute("BEGIN IMMEDIATE")
        _migrate(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(db: sqlite3.Connection) -> None:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(_MIGRATIONS):
        raise ValueError(f"it has schema {version}, made by a newer version of this library")
    if version == 0 and db.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
        raise ValueError("it is a database of something else")
    for statements in _MIGRATIONS[version:]:
        for statement in filter(str.strip, statements.split(";")):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _set(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def _store(db: sqlite3.Connection, day: date, content: bytes, *, recovered: bool) -> None:
    query = "INSERT INTO answers (day, content, recovered) VALUES (?, ?, ?)"
    db.execute(query, (day.isoformat(), content, recovered))


def _stored(number: int, content: bytes, recovered: int) -> Stored:
    return Stored(number, content, bool(recovered))


def _open_gap(db: sqlite3.Connection, gap: Gap) -> None:
    # One row for each: two with nothing in a column are not the same to a UNIQUE index.
    db.execute("INSERT INTO gaps SELECT ?, ?, ? EXCEPT SELECT since, until, again FROM gaps", _texts(gap))


def _texts(gap: Gap) -> tuple[str | None, ...]:
    return tuple(None if value is None else value.isoformat() for value in (gap.since, gap.until, gap.retry_at))


def _gap(since: str | None, until: str | None, again: str | None) -> Gap:
    return Gap(_day(since), _day(until), None if again is None else datetime.fromisoformat(again))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
