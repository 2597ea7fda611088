"""The journal of the status feed: what was read and not yet acknowledged, and what may be missing."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol, TypeVar

import anyio
import anyio.to_thread

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gap:
    """A time for which changes may be missing, because an answer with changes was lost.

    Attributes:
        since: the first day that may be concerned, or None where it is not known: `feed.recover(since=…)` needs one.
        until: the last day, or None for the day after now.
    """

    since: date | None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer in the journal.

    Attributes:
        number: its place in the order in which answers came.
        content: the body, as it came.
    """

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class State:
    """What a journal knows beside its answers.

    Attributes:
        reading: whether a read was begun that never ended.
        drained: the day of the last answer that said there was nothing left, or None.
        gaps: the open gaps.
    """

    reading: bool
    drained: date | None
    gaps: tuple[Gap, ...]


class Journal(Protocol):
    """Where a status feed keeps what it read. Each method is one transaction, durable when it returns.

    Bring your own to keep it in your own database. Only one feed may have a journal open at a time.
    """

    async def open(self, *, wait: bool) -> None:
        """Open it for one reader. Raises `JournalInUse` when it has one, unless `wait` says to wait for that to end."""
        ...

    async def close(self) -> None:
        """Close it. It can be opened again."""
        ...

    async def state(self) -> State:
        """Tell the state."""
        ...

    async def begin_read(self) -> None:
        """Note that a read begins."""
        ...

    async def end_read(
        self, day: date | None = None, content: bytes | None = None, *, drained: bool = False, gap: Gap | None = None
    ) -> int | None:
        """Note that the read ended; store its answer, that nothing was left, or the gap that it opened.

        Returns:
            The number of the stored answer, or None where there is none.
        """
        ...

    async def recover(self, day: date, content: bytes | None, closed: tuple[Gap, ...], left: Gap | None) -> int | None:
        """Store changes that were missing, close gaps, and keep what is left open of them."""
        ...

    async def unacknowledged(self) -> list[Stored]:
        """List the answers that were not acknowledged, in their order."""
        ...

    async def since(self, day: date) -> list[bytes]:
        """List the content of all answers that came on that day or later, acknowledged or not."""
        ...

    async def acknowledge(self, number: int) -> None:
        """Note that everything in an answer was handled."""
        ...

    async def prune(self, before: date) -> None:
        """Forget acknowledged answers that came before a day."""
        ...


class JournalInUse(Exception):  # what is wrong is said by the name
    """Another feed has this journal open."""


_MIGRATIONS: Final = (
    """
    CREATE TABLE answers (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        day TEXT NOT NULL,
        content BLOB NOT NULL,
        acknowledged INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX answers_day ON answers (day);
    CREATE TABLE gaps (since TEXT, until TEXT);
    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
)

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
        # A cancelled task does not wait for its worker thread: the next one has to.
        self._lock = threading.Lock()

    async def open(self, *, wait: bool) -> None:
        while True:
            try:
                return await anyio.to_thread.run_sync(self._open)
            except JournalInUse:
                if not wait:
                    raise
            await anyio.sleep(_LOOK_AGAIN)

    def _open(self) -> None:
        with self._lock:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            connection = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                # Exclusive for as long as it is open, and let go by the system however the process ends.
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                _migrate(connection)
                connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                connection.close()
                if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise JournalInUse(f"another feed has the journal open: {self._path}") from None
                raise
            except BaseException:
                connection.close()
                raise
            self._connection = connection

    async def close(self) -> None:
        def close() -> None:
            with self._lock:
                connection, self._connection = self._connection, None
                if connection is not None:
                    connection.close()

        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(close)

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def transaction() -> T:
            with self._lock:
                if self._connection is None:
                    raise RuntimeError("the journal is not open")
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    result = work(self._connection)
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
                return result

        return await anyio.to_thread.run_sync(transaction)

    async def state(self) -> State:
        def work(db: sqlite3.Connection) -> State:
            values = dict(db.execute("SELECT name, value FROM state"))
            gaps = tuple(Gap(_day(since), _day(until)) for since, until in db.execute("SELECT since, until FROM gaps"))
            return State("reading" in values, _day(values.get("drained")), gaps)

        return await self._do(work)

    async def begin_read(self) -> None:
        await self._do(lambda db: _set(db, "reading", "1"))

    async def end_read(
        self, day: date | None = None, content: bytes | None = None, *, drained: bool = False, gap: Gap | None = None
    ) -> int | None:
        def work(db: sqlite3.Connection) -> int | None:
            db.execute("DELETE FROM state WHERE name = 'reading'")
            if drained and day is not None:
                _set(db, "drained", day.isoformat())
            if gap is not None:
                _open_gap(db, gap)
            return _store(db, day, content)

        return await self._do(work)

    async def recover(self, day: date, content: bytes | None, closed: tuple[Gap, ...], left: Gap | None) -> int | None:
        def work(db: sqlite3.Connection) -> int | None:
            for gap in closed:
                db.execute("DELETE FROM gaps WHERE since IS ? AND until IS ?", _texts(gap))
            if left is not None:
                _open_gap(db, left)
            return _store(db, day, content)

        return await self._do(work)

    async def unacknowledged(self) -> list[Stored]:
        query = "SELECT number, content FROM answers WHERE NOT acknowledged ORDER BY number"
        return await self._do(lambda db: [Stored(*row) for row in db.execute(query)])

    async def since(self, day: date) -> list[bytes]:
        query = "SELECT content FROM answers WHERE day >= ?"
        return await self._do(lambda db: [row[0] for row in db.execute(query, (day.isoformat(),))])

    async def acknowledge(self, number: int) -> None:
        query = "UPDATE answers SET acknowledged = 1 WHERE number = ?"
        await self._do(lambda db: db.execute(query, (number,)))

    async def prune(self, before: date) -> None:
        query = "DELETE FROM answers WHERE acknowledged AND day < ?"
        await self._do(lambda db: db.execute(query, (before.isoformat(),)))


def _migrate(db: sqlite3.Connection) -> None:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(_MIGRATIONS):
        raise ValueError(f"the journal has schema {version}, made by a newer version of this library")
    for statements in _MIGRATIONS[version:]:
        for statement in filter(str.strip, statements.split(";")):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _set(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def _store(db: sqlite3.Connection, day: date | None, content: bytes | None) -> int | None:
    if day is None or content is None:
        return None
    return db.execute("INSERT INTO answers (day, content) VALUES (?, ?)", (day.isoformat(), content)).lastrowid


def _open_gap(db: sqlite3.Connection, gap: Gap) -> None:
    if db.execute("SELECT 1 FROM gaps WHERE since IS ? AND until IS ?", _texts(gap)).fetchone() is None:
        db.execute("INSERT INTO gaps VALUES (?, ?)", _texts(gap))


def _texts(gap: Gap) -> tuple[str | None, str | None]:
    return (None if gap.since is None else gap.since.isoformat(), None if gap.until is None else gap.until.isoformat())


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
