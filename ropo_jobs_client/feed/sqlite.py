"""The journal of the status feed in an SQLite file: what was read and not yet acknowledged, and what may be missing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from .. import _validate
from ..errors import JournalInUse, JournalLost
from ._journal import Gap, State, Stored
from ._worker import WorkerJournal, in_use, not_open

if sys.platform != "win32":
    import fcntl

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
    """
    ALTER TABLE answers ADD COLUMN token INTEGER;
    ALTER TABLE answers ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
    CREATE UNIQUE INDEX answers_token ON answers (token);
    CREATE INDEX answers_waiting ON answers (number) WHERE NOT acknowledged;
    ALTER TABLE gaps ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0;
    UPDATE answers SET repeats = recovered;
    """,
)

_ANSWER: Final = "SELECT number, content, recovered, repeats FROM answers"

_creating: Final = threading.Lock()


class SqliteJournal(WorkerJournal):
    """A journal in an SQLite file, of mode 0600. While it is open, no other process can read it.

    Beside it lies a file with `-lock` at the end of its name: SQLite's own locks end when the process closes any other
    descriptor of the file, as a backup of it does.

    Args:
        path: the file; it is made where there is none.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = _validate.path(path, "path")
        self._connection: sqlite3.Connection | None = None
        self._lock: int | None = None
        super().__init__()

    def _begin_work(self) -> None:
        # In a forked child, the file is left to the parent. Closing it here would delete what the parent writes to.
        connection, self._connection = self._connection, None
        if connection is not None:
            # Never collected, not even when the interpreter ends.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
        lock, self._lock = self._lock, None
        if lock is not None:
            # The parent still holds the lock. The child must not keep it for longer than the parent.
            os.close(lock)
        super()._begin_work()

    def _open(self) -> None:
        if self._connection is not None:
            raise in_use(self._path)
        # Closing any descriptor of a file ends this process's locks on it: an existing file is left to SQLite alone.
        # O_EXCL follows no link, and behind one that leads to no file yet, SQLite would make one that all can read.
        with _creating, contextlib.suppress(FileExistsError):
            os.close(os.open(os.path.realpath(self._path), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        lock = _lock(self._path)
        try:
            self._connection = _connect(self._path)
            self._lock = lock
        except (sqlite3.Error, ValueError) as error:
            _unlock(lock)
            # The lowest byte is the kind; the others tell more of it.
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise in_use(self._path) from None
            raise type(error)(f"the journal {self._path} cannot be opened: {error}") from None

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        lock, self._lock = self._lock, None
        try:
            if connection is not None:
                connection.close()
        finally:
            _unlock(lock)

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def transaction() -> T:
            if self._connection is None:
                raise not_open()
            return _transaction(self._connection, work)

        return await self._run(transaction)

    async def state(self) -> State:
        return await self._do(_state)

    async def claim(self, owner: str) -> None:
        await self._do(lambda db: _set(db, "owner", owner))

    async def begin_read(self) -> int:
        def work(db: sqlite3.Connection) -> int:
            token = int(_get(db, "tokens") or "0") + 1
            _set(db, "tokens", str(token))
            _set(db, "reading", str(token))
            return token

        return await self._do(work)

    async def end_read(
        self,
        token: int,
        day: date | None = None,
        content: bytes | None = None,
        *,
        drained: bool = False,
        gap: Gap | None = None,
        once: bool = False,
    ) -> None:
        def work(db: sqlite3.Connection) -> None:
            if db.execute("DELETE FROM state WHERE name = 'reading' AND value = ?", (str(token),)).rowcount == 0:
                raise JournalLost(f"the read was ended by another feed on the journal {self._path}")
            if drained and day is not None:
                _set(db, "drained", day.isoformat())
                db.execute("DELETE FROM state WHERE name = 'repeats'")
            if gap is not None:
                _open_gap(db, gap)
            if day is not None and content is not None and not (once and _is_newest(db, content)):
                _store(db, day, content, token=token, repeats=_get(db, "repeats") is not None)

        await self._do(work)

    async def save_late(self, token: int, day: date, content: bytes) -> None:
        def work(db: sqlite3.Connection) -> None:
            _store(db, day, content, token=token, repeats=True)
            db.execute("DELETE FROM state WHERE name = 'reading' AND value = ?", (str(token),))

        def save() -> None:
            if self._connection is not None:
                return _transaction(self._connection, work)
            try:
                self._open()
            except JournalInUse as error:
                raise JournalLost(str(error)) from None
            try:
                return _transaction(self._connection, work)
            finally:
                self._close()

        await self._run(save)

    async def recover(
        self, day: date, contents: Sequence[bytes], closed: tuple[Gap, ...], left: tuple[Gap, ...]
    ) -> None:
        def work(db: sqlite3.Connection) -> None:
            for gap in closed:
                query = "DELETE FROM gaps WHERE since IS ? AND until IS ? AND again IS ? AND unproven IS ?"
                db.execute(query, _columns(gap))
            for gap in left:
                _open_gap(db, gap)
            for content in contents:
                _store(db, day, content, recovered=True, repeats=True)
            if contents:
                _set(db, "repeats", "1")

        await self._do(work)

    async def unacknowledged(self, after: int, limit: int) -> list[Stored]:
        query = f"{_ANSWER} WHERE NOT acknowledged AND number > ? ORDER BY number LIMIT ?"
        return await self._do(lambda db: [_stored(*row) for row in db.execute(query, (after, limit))])

    async def since(self, day: date, after: int, limit: int) -> list[Stored]:
        query = f"{_ANSWER} WHERE day >= ? AND number > ? ORDER BY number LIMIT ?"
        values = (day.isoformat(), after, limit)
        return await self._do(lambda db: [_stored(*row) for row in db.execute(query, values)])

    async def acknowledge(self, number: int) -> None:
        query = "UPDATE answers SET acknowledged = 1 WHERE number = ?"
        await self._do(lambda db: db.execute(query, (number,)))

    async def prune(self, before: date) -> None:
        query = "DELETE FROM answers WHERE acknowledged AND day < ?"
        await self._do(lambda db: db.execute(query, (before.isoformat(),)))


def _lock(path: Path) -> int | None:
    """Lock the journal for this process until the lock's descriptor is closed."""
    if sys.platform == "win32":
        # There, no other process can open what SQLite has locked, whatever this one closes.
        return None
    real = path.resolve()
    lock = os.open(real.with_name(f"{real.name}-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if isinstance(error, BlockingIOError):
            raise in_use(path) from None
        raise
    return lock


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


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
    if version == 1 and _get(db, "reading") is not None:
        # Its mark has no token. No read has one below 1.
        _set(db, "reading", "0")
    db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _transaction(db: sqlite3.Connection | None, work: Callable[[sqlite3.Connection], T]) -> T:
    assert db is not None
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        # After some errors, such as a full disk, SQLite has done it already.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


def _state(db: sqlite3.Connection) -> State:
    values: dict[str, str] = dict(db.execute("SELECT name, value FROM state"))
    gaps = tuple(_gap(*row) for row in db.execute("SELECT since, until, again, unproven FROM gaps"))
    reading = values.get("reading")
    return State(
        reading=None if reading is None else int(reading),
        drained=_day(values.get("drained")),
        gaps=gaps,
        repeats="repeats" in values,
        owner=values.get("owner"),
    )


def _get(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _set(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def _is_newest(db: sqlite3.Connection, content: bytes) -> bool:
    row = db.execute("SELECT content FROM answers ORDER BY number DESC LIMIT 1").fetchone()
    return row is not None and row[0] == content


def _store(
    db: sqlite3.Connection,
    day: date,
    content: bytes,
    *,
    recovered: bool = False,
    token: int | None = None,
    repeats: bool,
) -> None:
    query = (
        "INSERT INTO answers (day, content, recovered, token, repeats) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (token) DO NOTHING"
    )
    db.execute(query, (day.isoformat(), content, recovered, token, repeats))


def _stored(number: int, content: bytes, recovered: int, repeats: int) -> Stored:
    return Stored(number, content, bool(recovered), bool(repeats))


def _open_gap(db: sqlite3.Connection, gap: Gap) -> None:
    # One row for each: two with nothing in a column are not the same to a UNIQUE index.
    query = "INSERT INTO gaps SELECT ?, ?, ?, ? EXCEPT SELECT since, until, again, unproven FROM gaps"
    db.execute(query, _columns(gap))


def _columns(gap: Gap) -> tuple[str | int | None, ...]:
    days = tuple(None if value is None else value.isoformat() for value in (gap.since, gap.until, gap.retry_at))
    return (*days, int(gap.unproven))


def _gap(since: str | None, until: str | None, again: str | None, unproven: int) -> Gap:
    return Gap(_day(since), _day(until), None if again is None else datetime.fromisoformat(again), bool(unproven))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
