"""The journal of the status feed in PostgreSQL: one reader, on any number of machines. Needs the extra `postgres`."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final, LiteralString, NoReturn, TypeVar, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from ..errors import InvalidArgument, JournalLost
from ._journal import Gap, State, Stored
from ._postgres_schema import create_schema
from ._worker import WorkerJournal, in_use, not_open

T = TypeVar("T")
_Connection = psycopg.Connection[TupleRow]

_FEED: Final = re.compile(r"[A-Za-z0-9._-]{1,63}")
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_ANSWER: Final = "SELECT number, content, recovered, repeats FROM {s}.answers"

_CONNECT_TIME: Final = 5

# What is added to the counters when another server has taken over, perhaps one that lags behind: the numbers that only
# the old one knew are not used again.
_AFTER_FAILOVER: Final = 1_000_000


class PostgresJournal(WorkerJournal):
    """A journal in PostgreSQL 14 or newer. One process reads; the others stand by with `wait=True`, on any machine.

    Args:
        conninfo: how to connect: a URL such as `postgresql://user@host/db`, or the words of libpq. No repr shows it. A
            pooler must be in session mode; `ack_sql` works through any.
        feed: the name of the feed, such as the customer number: 1 to 63 of A-Z a-z 0-9 . _ -. One database holds many.
        schema: where the tables are. It is made where there is none.
        dead_after: seconds after which the server ends the session of a reader that is frozen or cut off.
    """

    _LOOK_AGAIN = 0.25
    # The server ends the session of a process that is gone, and frees its lock, a moment later.
    _LOOKS = 5
    # The server may be frozen, and not answer: who is cancelled does not wait for that.
    _IS_ABANDONED = True

    def __init__(self, conninfo: str, feed: str, *, schema: str = "ropo_jobs", dead_after: float = 12.0) -> None:
        if not _FEED.fullmatch(feed):
            raise InvalidArgument("feed", "must be 1 to 63 of A-Z a-z 0-9 . _ -")
        if not _SCHEMA.fullmatch(schema):
            raise InvalidArgument("schema", "must be 1 to 63 of a-z 0-9 _ and not begin with a digit")
        if not 0.2 <= dead_after <= 3600:
            raise InvalidArgument("dead_after", "must be from 0.2 to 3600 seconds")
        try:
            given = conninfo_to_dict(conninfo)
        except psycopg.Error:
            # Its text quotes what was given.
            raise InvalidArgument(
                "conninfo", "must be a URL such as postgresql://user@host/db, or words of libpq"
            ) from None
        milliseconds = str(int(dead_after * 1000))
        settled: dict[str, Any] = {
            "connect_timeout": _CONNECT_TIME,
            "tcp_user_timeout": milliseconds,
            "keepalives_idle": max(1, int(dead_after / 3)),
            "keepalives_interval": max(1, int(dead_after / 3)),
            "application_name": f"ropo-jobs feed {feed}",
        }
        self._conninfo = make_conninfo(conninfo, **{name: settled[name] for name in settled.keys() - given.keys()})
        self._feed = feed
        self._schema = schema
        self._dead_after = dead_after
        # For the advisory lock: of this feed, in this schema.
        digest = hashlib.blake2b(f"{schema}.{feed}".encode(), digest_size=8).digest()
        self._key = int.from_bytes(digest, "big", signed=True)
        super().__init__()

    def __repr__(self) -> str:
        return f"<PostgresJournal {self._schema}.{self._feed}>"

    def _begin_work(self) -> None:
        # The parent's session is the parent's: the driver closes nothing in a forked child that it did not open there.
        self._connection: _Connection | None = None
        self._is_lost = False
        self._epoch = 0
        self._pid = 0
        self._stop = threading.Event()
        super()._begin_work()

    def ack_sql(self, number: int) -> LiteralString:
        """Return a statement that acknowledges a batch, and fails where it is acknowledged already."""
        # Checked in the constructor: nothing in these names has to be quoted, or could be taken for a parameter.
        statement = f"SELECT {self._schema}.acknowledge('{self._feed}', {int(number)})"
        return cast("LiteralString", statement)  # type: ignore[redundant-cast] # pyright needs it

    def _open(self) -> None:
        if self._connection is not None and not self._is_lost:
            raise in_use(self)
        self._close()
        try:
            connection = self._connect()
        except psycopg.Error as error:
            raise self._lost(error) from None
        try:
            self._take_place(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, psycopg.Error):
                raise self._lost(error) from None
            raise
        self._connection, self._is_lost, self._stop = connection, False, threading.Event()
        threading.Thread(
            target=self._keep_alive, args=(self._stop,), name="ropo journal heartbeat", daemon=True
        ).start()

    def _connect(self) -> _Connection:
        # Statements are not prepared: ack and late answers work through a transaction pooler.
        return psycopg.connect(self._conninfo, autocommit=True, prepare_threshold=None)

    def _take_place(self, connection: _Connection) -> None:
        """Become the reader, or raise JournalInUse."""
        milliseconds = int(self._dead_after * 1000)
        if connection.info.server_version < 140000:
            raise ValueError(f"{self} needs PostgreSQL 14 or newer")
        self._refuse_transaction_pooler(connection)
        for setting in ("idle_session_timeout", "idle_in_transaction_session_timeout"):
            # The first alone does not end a session that is frozen inside a transaction.
            connection.execute("SELECT set_config(%s, %s, false)", (setting, str(milliseconds)))
        # A server that fails over must not lose what was acknowledged.
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        if not _value(connection, "SELECT pg_try_advisory_lock(%s)", (self._key,)):
            raise in_use(self)
        create_schema(connection, self._schema)
        with connection.transaction():
            query = self._sql("INSERT INTO {s}.feeds (feed) VALUES (%s) ON CONFLICT DO NOTHING")
            connection.execute(query, (self._feed,))
            query = self._sql("UPDATE {s}.feeds SET epoch = epoch + 1 WHERE feed = %s RETURNING epoch")
            self._epoch = _value(connection, query, (self._feed,))
            self._pid = _value(connection, "SELECT pg_backend_pid()")
            self._check_timeline(connection)

    def _refuse_transaction_pooler(self, connection: _Connection) -> None:
        pid = _value(connection, "SELECT pg_backend_pid()")
        if pid == connection.info.backend_pid:
            return
        # A pooler lies between. Whether two sessions share one of the server's shows when both want one at once.
        for _ in range(3):
            with self._connect() as other, other.transaction():
                shared = _value(other, "SELECT pg_backend_pid()") == pid
                if shared or _value(connection, "SELECT pg_backend_pid()") != pid:
                    need = f"{self} needs a session of its own: connect past the pooler, or have it pool sessions"
                    raise InvalidArgument("conninfo", f"leads to a pooler of transactions; {need}")

    def _check_timeline(self, connection: _Connection) -> None:
        """Open a gap where another server has taken over: it may lag behind, and lack the mark and the answer."""
        found = _server(connection)
        query = self._sql("SELECT system, timeline, drained, tokens FROM {s}.feeds WHERE feed = %s")
        system, timeline, drained, tokens = _row(connection, query, (self._feed,))
        is_other = any(
            old is not None and new is not None and old != new
            for old, new in zip((system, timeline), found, strict=True)
        )
        if is_other and tokens:
            self._open_gap(connection, Gap(None if drained is None else _day_before(drained)))
            query = self._sql("UPDATE {s}.feeds SET counter = counter + %s, tokens = tokens + %s WHERE feed = %s")
            connection.execute(query, (_AFTER_FAILOVER, _AFTER_FAILOVER, self._feed))
        query = self._sql("UPDATE {s}.feeds SET system = %s, timeline = %s WHERE feed = %s")
        connection.execute(query, (*found, self._feed))

    def _keep_alive(self, stop: threading.Event) -> None:
        """Speak to the server, so that it does not take this process for dead."""
        while not stop.wait(self._dead_after / 4):
            try:
                self._worker.submit(self._beat).result()
            except psycopg.Error:
                # Nothing is lost yet: whoever works with the journal next gets the error.
                continue
            except (RuntimeError, JournalLost):
                return

    def _beat(self) -> None:
        if self._connection is not None and not self._is_lost:
            self._transaction(lambda _: None)

    def _close(self) -> None:
        self._stop.set()
        connection, self._connection, self._is_lost = self._connection, None, False
        if connection is not None:
            connection.close()

    def _sql(self, query: str) -> LiteralString:
        # Only the name of the schema, which was checked in the constructor.
        return cast("LiteralString", query.replace("{s}", self._schema))  # type: ignore[redundant-cast] # pyright needs it

    def _lost(self, error: BaseException | None = None) -> JournalLost:
        self._is_lost = True
        if error is None:
            return JournalLost(f"the journal {self} has another reader now")
        # Not the text of the driver: it may quote how to connect.
        state = getattr(error, "sqlstate", None)
        why = f"{type(error).__name__}{f', SQLSTATE {state}' if state else ''}"
        return JournalLost(f"the database of the journal {self} cannot be used: {why}")

    def _transaction(self, work: Callable[[_Connection], T]) -> T:
        """Do it as the reader, or raise JournalLost and write nothing."""
        connection = self._connection
        if connection is None:
            raise not_open()
        if self._is_lost:
            raise self._lost()
        query = self._sql("SELECT pg_backend_pid() FROM {s}.feeds WHERE feed = %s AND epoch = %s FOR UPDATE")
        try:
            with connection.transaction():
                row = connection.execute(query, (self._feed, self._epoch)).fetchone()
                if row is None or row[0] != self._pid:
                    raise self._lost()
                return work(connection)
        except psycopg.Error as error:
            # Class 25: the server ended the transaction of who was frozen, or takes no writes since it was demoted.
            is_gone = connection.closed or (error.sqlstate or "").startswith("25")
            if not is_gone and not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
                raise
            connection.close()
            raise self._lost(error) from None

    async def _do(self, work: Callable[[_Connection], T]) -> T:
        return await self._run(lambda: self._transaction(work))

    def _beside(self, work: Callable[[_Connection], T]) -> T:
        """Do it whoever the reader is, on a connection of its own."""
        try:
            with self._connect() as connection, connection.transaction():
                return work(connection)
        except psycopg.Error as error:
            was_lost = self._is_lost
            lost = self._lost(error)
            self._is_lost = was_lost
            raise lost from None

    async def state(self) -> State:
        def work(db: _Connection) -> State:
            query = self._sql("SELECT reading, drained, repeats, owner FROM {s}.feeds WHERE feed = %s")
            reading, drained, repeats, owner = _row(db, query, (self._feed,))
            query = self._sql("SELECT since, until, retry_at, unproven FROM {s}.gaps WHERE feed = %s ORDER BY id")
            gaps = tuple(Gap(*row) for row in db.execute(query, (self._feed,)))
            return State(reading, drained, gaps, repeats, owner)

        return await self._do(work)

    async def claim(self, owner: str) -> None:
        query = self._sql("UPDATE {s}.feeds SET owner = %s WHERE feed = %s")
        await self._do(lambda db: _run(db, query, (owner, self._feed)))

    async def begin_read(self) -> int:
        query = self._sql(
            "UPDATE {s}.feeds SET tokens = tokens + 1, reading = tokens + 1 WHERE feed = %s RETURNING tokens"
        )
        return await self._do(lambda db: int(_value(db, query, (self._feed,))))

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
        def work(db: _Connection) -> None:
            query = self._sql("UPDATE {s}.feeds SET reading = NULL WHERE feed = %s AND reading = %s RETURNING repeats")
            row = db.execute(query, (self._feed, token)).fetchone()
            if row is None:
                raise JournalLost(f"the read was ended by another feed on the journal {self}")
            if drained:
                query = self._sql("UPDATE {s}.feeds SET drained = %s, repeats = false WHERE feed = %s")
                db.execute(query, (day, self._feed))
            if gap is not None:
                self._open_gap(db, gap)
            if day is not None and content is not None and not (once and self._is_newest(db, content)):
                self._store(db, day, content, token=token, repeats=row[0])

        await self._do(work)

    async def save_late(self, token: int, day: date, content: bytes) -> None:
        def work(db: _Connection) -> None:
            query = self._sql("UPDATE {s}.feeds SET reading = NULLIF(reading, %s) WHERE feed = %s")
            db.execute(query, (token, self._feed))
            query = self._sql("SELECT 1 FROM {s}.answers WHERE feed = %s AND token = %s")
            if db.execute(query, (self._feed, token)).fetchone() is None:
                self._store(db, day, content, token=token, repeats=True)

        await self._run(lambda: self._beside(work))

    async def recover(
        self, day: date, contents: Sequence[bytes], closed: tuple[Gap, ...], left: tuple[Gap, ...]
    ) -> None:
        def work(db: _Connection) -> None:
            query = self._sql("DELETE FROM {s}.gaps WHERE feed = %s AND " + _SAME_GAP)  # noqa: S608
            for gap in closed:
                db.execute(query, (self._feed, *_columns(gap)))
            for gap in left:
                self._open_gap(db, gap)
            for content in contents:
                self._store(db, day, content, recovered=True, repeats=True)
            if contents:
                db.execute(self._sql("UPDATE {s}.feeds SET repeats = true WHERE feed = %s"), (self._feed,))

        await self._do(work)

    async def unacknowledged(self, after: int, limit: int) -> list[Stored]:
        query = self._sql(_ANSWER + " WHERE feed = %s AND NOT acknowledged AND number > %s ORDER BY number LIMIT %s")
        return await self._do(lambda db: [Stored(*row) for row in db.execute(query, (self._feed, after, limit))])

    async def since(self, day: date, after: int, limit: int) -> list[Stored]:
        query = self._sql(_ANSWER + " WHERE feed = %s AND day >= %s AND number > %s ORDER BY number LIMIT %s")
        values = (self._feed, day, after, limit)
        return await self._do(lambda db: [Stored(*row) for row in db.execute(query, values)])

    async def acknowledge(self, number: int) -> None:
        # Whoever reads now: what was handled was handled.
        query = self._sql("UPDATE {s}.answers SET acknowledged = true WHERE feed = %s AND number = %s")

        def acknowledge() -> None:
            # Also on the way to becoming the reader again.
            if self._connection is not None and not self._is_lost:
                try:
                    return self._transaction(lambda db: _run(db, query, (self._feed, number)))
                except JournalLost:
                    pass
            return self._beside(lambda db: _run(db, query, (self._feed, number)))

        await self._run(acknowledge)

    async def prune(self, before: date) -> None:
        query = self._sql("DELETE FROM {s}.answers WHERE feed = %s AND acknowledged AND day < %s")
        await self._do(lambda db: _run(db, query, (self._feed, before)))

    def _store(
        self,
        db: _Connection,
        day: date,
        content: bytes,
        *,
        recovered: bool = False,
        token: int | None = None,
        repeats: bool,
    ) -> None:
        # From the feed's row and not from a sequence, of which a smaller number could be committed later.
        query = self._sql("UPDATE {s}.feeds SET counter = counter + 1 WHERE feed = %s RETURNING counter")
        number = _value(db, query, (self._feed,))
        query = self._sql(
            "INSERT INTO {s}.answers (feed, number, token, day, content, recovered, repeats)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        )
        db.execute(query, (self._feed, number, token, day, content, recovered, repeats))

    def _is_newest(self, db: _Connection, content: bytes) -> bool:
        query = self._sql("SELECT content FROM {s}.answers WHERE feed = %s ORDER BY number DESC LIMIT 1")
        row = db.execute(query, (self._feed,)).fetchone()
        return row is not None and row[0] == content

    def _open_gap(self, db: _Connection, gap: Gap) -> None:
        query = self._sql(
            "INSERT INTO {s}.gaps (feed, since, until, retry_at, unproven) SELECT %s, %s, %s, %s, %s WHERE NOT EXISTS"  # noqa: S608
            " (SELECT 1 FROM {s}.gaps WHERE feed = %s AND " + _SAME_GAP + ")"
        )
        db.execute(query, (self._feed, *_columns(gap), self._feed, *_columns(gap)))


_SAME_GAP: Final = (
    "since IS NOT DISTINCT FROM %s::date AND until IS NOT DISTINCT FROM %s::date"
    " AND retry_at IS NOT DISTINCT FROM %s::timestamptz AND unproven = %s"
)


def _run(db: _Connection, query: LiteralString, values: Sequence[object]) -> None:
    db.execute(query, values)


def _row(db: _Connection, query: LiteralString, values: Sequence[object] = ()) -> TupleRow:
    row = db.execute(query, values).fetchone()
    return _nothing() if row is None else row


def _nothing() -> NoReturn:
    raise JournalLost("the feed's row is gone from the journal's database")


def _value(db: _Connection, query: LiteralString, values: Sequence[object] = ()) -> Any:
    return _row(db, query, values)[0]


def _server(db: _Connection) -> tuple[int | None, int | None]:
    """Return which database cluster this is, and its WAL timeline; None for what it does not tell."""
    found: list[int | None] = []
    queries: tuple[LiteralString, ...] = (
        "SELECT system_identifier FROM pg_control_system()",
        "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int",
    )
    for query in queries:
        try:
            with db.transaction():
                found.append(_value(db, query))
        except (psycopg.ProgrammingError, psycopg.NotSupportedError, psycopg.DataError):
            found.append(None)
    return found[0], found[1]


def _day_before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 1))


def _columns(gap: Gap) -> tuple[date | datetime | bool | None, ...]:
    return (gap.since, gap.until, gap.retry_at, gap.unproven)
