"""PostgresJournal against a real server: its place as reader, what it fences, and what fails with the database."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import postgres_fixtures
import psycopg
import pytest
from postgres_server import PostgresServer, needs

from ropo_jobs_client.feed import Gap, Journal, JournalInUse, JournalLost
from ropo_jobs_client.feed.postgres import PostgresJournal
from ropo_jobs_sandbox.journal_conformance import JournalConformance

server, conninfo, schema = postgres_fixtures.server, postgres_fixtures.conninfo, postgres_fixtures.schema

DAY = date(2026, 11, 22)
ALL = 1_000


class TestPostgresJournal(JournalConformance):
    @pytest.fixture
    def make_journal(self, conninfo: str, schema: str) -> Callable[[], Journal]:
        return lambda: PostgresJournal(conninfo, "1000011", schema=schema)


@contextlib.asynccontextmanager
async def opened(conninfo: str, schema: str, feed: str = "1000011", **options: Any) -> AsyncGenerator[PostgresJournal]:
    journal = PostgresJournal(conninfo, feed, schema=schema, **options)
    await journal.open(wait=False)
    try:
        yield journal
    finally:
        await journal.close()


def query(conninfo: str, statement: str) -> list[Any]:
    with psycopg.connect(conninfo, autocommit=True) as db:
        cursor = db.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def end_sessions(conninfo: str, but: str = "none") -> None:
    query(
        conninfo,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        f" WHERE application_name LIKE 'ropo-jobs feed%' AND state <> '{but}'",
    )


async def test_bad_arguments() -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("feed must", {"feed": "a b"}),
        ("feed must", {"feed": "x" * 64}),
        ("feed must", {"feed": "1'"}),
        ("schema must", {"schema": "Ropo"}),
        ("schema must", {"schema": "a%s"}),
        ("dead_after must", {"dead_after": 0.0}),
        ("conninfo must", {"conninfo": "secret words"}),
    ]
    for text, options in wrong:
        given: dict[str, Any] = {"conninfo": "", "feed": "1000011", **options}
        with pytest.raises(ValueError, match=text) as caught:
            PostgresJournal(**given)
        assert "secret" not in str(caught.value)
    journal = PostgresJournal("postgresql://me:secret@db.example/x", "1000011")
    assert repr(journal) == "<PostgresJournal ropo_jobs.1000011>"
    assert journal.ack_sql(42) == "SELECT ropo_jobs.acknowledge('1000011', 42)"


pytestmark = pytest.mark.anyio


async def test_several_feeds_in_one_schema(conninfo: str, schema: str) -> None:
    async with opened(conninfo, schema, "a") as first, opened(conninfo, schema, "b") as second:
        for journal, content in ((first, b"[1]"), (second, b"[2]"), (first, b"[3]")):
            await journal.end_read(await journal.begin_read(), DAY, content, gap=Gap(None))
        assert [(one.number, one.content) for one in await first.unacknowledged(0, ALL)] == [(1, b"[1]"), (2, b"[3]")]
        assert [(one.number, one.content) for one in await second.unacknowledged(0, ALL)] == [(1, b"[2]")]
        await first.prune(date.max)
        await first.acknowledge(1)
        await second.recover(DAY, (), (Gap(None),), ())
        assert len(await second.unacknowledged(0, ALL)) == 1
        assert (await first.state()).gaps == (Gap(None),)


async def test_made_once_by_many(conninfo: str, schema: str) -> None:
    async def make(feed: str) -> None:
        async with opened(conninfo, schema, feed):
            pass

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(make, f"feed-{number}")
    assert query(conninfo, f"SELECT version, oldest, (SELECT count(*) FROM {schema}.feeds) FROM {schema}.version") == [
        (1, 1, 8)
    ]
    query(conninfo, f"UPDATE {schema}.version SET version = 9, oldest = 1")
    await make("feed-0")
    query(conninfo, f"UPDATE {schema}.version SET oldest = 2")
    with pytest.raises(ValueError, match="version 9, made by a newer version"):
        await make("feed-0")


async def test_acknowledged_in_ones_own_transaction(conninfo: str, schema: str) -> None:
    async with opened(conninfo, schema) as journal:
        for content in (b"[1]", b"[2]"):
            await journal.end_read(await journal.begin_read(), DAY, content)
        with psycopg.connect(conninfo) as mine:
            mine.execute(journal.ack_sql(1))
            mine.rollback()
            assert len(await journal.unacknowledged(0, ALL)) == 2
            mine.execute(journal.ack_sql(1))
            mine.commit()
            assert [one.number for one in await journal.unacknowledged(0, ALL)] == [2]
            for number in (1, 99):
                with pytest.raises(psycopg.errors.RaiseException, match=f"batch {number} of feed 1000011"):
                    mine.execute(journal.ack_sql(number))
                mine.rollback()


async def test_two_handlers_of_one_batch(conninfo: str, schema: str) -> None:
    """The second transaction fails as a whole: the batch takes effect once."""
    query(conninfo, f"CREATE TABLE effects_{schema} (n int)")
    async with opened(conninfo, schema) as journal:
        await journal.end_read(await journal.begin_read(), DAY, b"[1]")
        done: list[bool] = []

        def handle() -> None:
            try:
                with psycopg.connect(conninfo) as mine:
                    mine.execute(f"INSERT INTO effects_{schema} VALUES (1)".encode())
                    time.sleep(0.2)
                    mine.execute(journal.ack_sql(1))
                    time.sleep(0.2)
                done.append(True)
            except psycopg.errors.RaiseException:
                done.append(False)

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(anyio.to_thread.run_sync, handle)
    assert sorted(done) == [False, False, False, True]
    assert query(conninfo, f"SELECT * FROM effects_{schema}") == [(1,)]


def _with_psycopg(conninfo: str, work: list[str]) -> None:
    async def run() -> None:
        async with await psycopg.AsyncConnection.connect(conninfo) as db:
            for statement in work:
                await db.execute(statement.encode())

    asyncio.run(run())


def _with_asyncpg(conninfo: str, work: list[str]) -> None:
    needs("asyncpg")
    asyncpg: Any = importlib.import_module("asyncpg")
    parts = dict(part.split("=") for part in conninfo.split())

    async def run() -> None:
        db = await asyncpg.connect(host=parts["host"], user=parts["user"], database=parts["dbname"])
        try:
            async with db.transaction():
                for statement in work:
                    await db.execute(statement)
        finally:
            await db.close()

    asyncio.run(run())


def _with_sqlalchemy(conninfo: str, work: list[str]) -> None:
    needs("sqlalchemy")
    sqlalchemy: Any = importlib.import_module("sqlalchemy")
    parts = dict(part.split("=") for part in conninfo.split())
    engine = sqlalchemy.create_engine(f"postgresql+psycopg://{parts['user']}@/{parts['dbname']}?host={parts['host']}")
    try:
        with engine.begin() as db:
            for statement in work:
                db.execute(sqlalchemy.text(statement))
    finally:
        engine.dispose()


DJANGO = """
import sys, django
from django.conf import settings

host, name, user, *work = sys.argv[1:]
database = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "NAME": name, "USER": user}
settings.configure(DATABASES={"default": database})
django.setup()
from django.db import connection, transaction

with transaction.atomic(), connection.cursor() as cursor:
    for statement in work:
        cursor.execute(statement)
"""


def _with_django(conninfo: str, work: list[str]) -> None:
    needs("django")
    # In a process of its own: Django's settings are the process's.
    parts = dict(part.split("=") for part in conninfo.split())
    command = [sys.executable, "-W", "ignore", "-c", DJANGO, parts["host"], parts["dbname"], parts["user"], *work]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("driver", [_with_psycopg, _with_asyncpg, _with_sqlalchemy, _with_django])
async def test_ack_sql_with_each_driver(conninfo: str, schema: str, driver: Callable[[str, list[str]], None]) -> None:
    """One's own write and the acknowledgement: both, or none of them."""
    query(conninfo, f"CREATE TABLE IF NOT EXISTS mine_{schema} (n int)")
    async with opened(conninfo, schema, "a.b-c_1") as journal:
        await journal.end_read(await journal.begin_read(), DAY, b"[1]")
        work = [f"INSERT INTO mine_{schema} VALUES (1)", journal.ack_sql(1)]
        await anyio.to_thread.run_sync(driver, conninfo, work)
        assert await journal.unacknowledged(0, ALL) == []
        with pytest.raises(Exception, match="acknowledged already"):
            await anyio.to_thread.run_sync(driver, conninfo, work)
    assert query(conninfo, f"SELECT count(*) FROM mine_{schema}") == [(1,)]


async def test_a_pooler_in_transaction_mode_is_refused(server: PostgresServer, conninfo: str, schema: str) -> None:
    for size in (1, 5):
        with server.pgbouncer("transaction", pool_size=size) as pooled:
            with pytest.raises(ValueError, match="past the pooler, or have it pool sessions"):
                await PostgresJournal(pooled, "1000011", schema=schema).open(wait=True)
            # Only the reader needs a session of its own.
            async with opened(conninfo, schema, f"pool-{size}") as journal:
                await journal.end_read(await journal.begin_read(), DAY, b"[1]")
                with psycopg.connect(pooled) as mine:
                    mine.execute(journal.ack_sql(1))
                assert await journal.unacknowledged(0, ALL) == []
    with server.pgbouncer("session") as pooled:
        async with opened(pooled, schema) as journal:
            assert await journal.begin_read() == 1
            with pytest.raises(JournalInUse):
                async with opened(conninfo, schema):
                    pass
        async with opened(conninfo, schema):
            pass


class _Looking(PostgresJournal):
    looks = 0

    def __init__(self, conninfo: str, feed: str, *, schema: str) -> None:
        super().__init__(conninfo, feed, schema=schema)
        self.looked_again = threading.Event()

    def _open(self) -> None:
        self.looks += 1
        if self.looks == 2:
            self.looked_again.set()
        super()._open()


async def test_a_reader_that_has_just_gone_is_not_taken_for_one(conninfo: str, schema: str) -> None:
    """Its session, and with it the lock, can outlast it by a moment."""
    first = PostgresJournal(conninfo, "1000011", schema=schema)
    second = _Looking(conninfo, "1000011", schema=schema)
    await first.open(wait=False)

    async def goes() -> None:
        await anyio.to_thread.run_sync(second.looked_again.wait)
        await first.close()

    async with anyio.create_task_group() as group:
        group.start_soon(goes)
        await second.open(wait=False)
    assert second.looks > 1
    await second.close()


async def test_standbys_hold_no_connection(conninfo: str, schema: str) -> None:
    async with opened(conninfo, schema), anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(lambda: PostgresJournal(conninfo, "1000011", schema=schema).open(wait=True))
        counts: list[int] = []
        for _ in range(20):
            await anyio.sleep(0.05)
            counts += query(conninfo, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'ropo-jobs%'")[
                0
            ]
        assert min(counts) == 1
        group.cancel_scope.cancel()


async def test_a_session_that_breaks(conninfo: str, schema: str) -> None:
    """Nothing is written by who lost the place; what it has in hand is stored late; what it handled is acknowledged."""
    async with opened(conninfo, schema) as old:
        await old.end_read(await old.begin_read(), DAY, b"[1]")
        token = await old.begin_read()
        await anyio.to_thread.run_sync(end_sessions, conninfo)
        async with opened(conninfo, schema) as new:
            assert (await new.state()).reading == token
            for _ in range(2):
                with pytest.raises(JournalLost, match=r"cannot be used|another reader"):
                    await old.end_read(token, DAY, b"[2]")
            await new.end_read(token, gap=Gap(DAY))
            await old.acknowledge(1)
            await old.save_late(token, DAY, b"[2]")
            (found,) = await new.unacknowledged(0, ALL)
            assert (found.content, found.repeats) == (b"[2]", True)
            with pytest.raises(JournalInUse):
                await old.open(wait=False)
        await old.open(wait=False)
        assert await old.begin_read() == token + 1


async def test_frozen_inside_a_transaction(conninfo: str, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends the session; the answer that is in hand is stored late."""
    async with opened(conninfo, schema, dead_after=0.4) as journal:
        token = await journal.begin_read()

        def freeze(*_: Any) -> bool:
            time.sleep(1.0)
            return False

        # As SIGSTOP does.
        monkeypatch.setattr(journal, "_is_newest", freeze)
        with pytest.raises(JournalLost, match="IdleInTransactionSessionTimeout, SQLSTATE 25P03"):
            await journal.end_read(token, DAY, b"[1]", once=True)
        await journal.save_late(token, DAY, b"[1]")
        await journal.close()
        await journal.open(wait=False)
        assert [one.content for one in await journal.unacknowledged(0, ALL)] == [b"[1]"]


async def test_a_server_that_is_demoted(conninfo: str, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no writes any more: the place is lost, whoever notices it first."""
    died: list[object] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    async with opened(conninfo, schema, dead_after=0.4) as journal:
        session = journal._connection  # pyright: ignore[reportPrivateUsage] # to turn it read-only
        assert session is not None
        await journal._run(lambda: session.execute("SET default_transaction_read_only = on"))  # pyright: ignore[reportPrivateUsage]
        await anyio.sleep(0.5)
        with pytest.raises(JournalLost):
            await journal.begin_read()
        # Not kept, and the place with it, by a session that can do nothing.
        assert session.closed
        await journal.close()
        await journal.open(wait=False)
        assert await journal.begin_read() == 1
    assert died == []


async def test_a_heartbeat_that_fails(conninfo: str, schema: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server says to it: the next step of the reader tells."""
    died: list[object] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    async with opened(conninfo, schema, dead_after=0.4):
        query(conninfo, f"DROP SCHEMA {schema} CASCADE")
        await anyio.sleep(0.4)
    assert died == []


async def test_acknowledged_while_it_stands_by(conninfo: str, schema: str) -> None:
    """What was handled was handled, whoever reads now, and whether this one is about to."""
    async with opened(conninfo, schema) as old:
        await old.end_read(await old.begin_read(), DAY, b"[1]")
        await old.close()
        async with opened(conninfo, schema) as new, anyio.create_task_group() as group:
            group.start_soon(lambda: old.open(wait=True))
            await anyio.sleep(0.1)
            await old.acknowledge(1)
            assert await new.unacknowledged(0, ALL) == []
            group.cancel_scope.cancel()


async def test_fenced_by_epoch(conninfo: str, schema: str) -> None:
    """Who lost the lock without noticing, as behind a pooler or after a partition, can write nothing."""
    async with opened(conninfo, schema) as journal:
        token = await journal.begin_read()
        query(conninfo, f"UPDATE {schema}.feeds SET epoch = epoch + 1")
        for work in (
            lambda: journal.end_read(token, DAY, b"[1]"),
            journal.begin_read,
            lambda: journal.recover(DAY, [b"[1]"], (), ()),
            lambda: journal.prune(date.max),
        ):
            with pytest.raises(JournalLost):
                await work()
        assert query(conninfo, f"SELECT count(*) FROM {schema}.answers") == [(0,)]


FREEZES = """
import anyio, sys
from ropo_jobs_client.feed.postgres import PostgresJournal

async def main():
    journal = PostgresJournal(sys.argv[1], "1000011", schema=sys.argv[2], dead_after=1.0)
    await journal.open(wait=True)
    print(await journal.begin_read(), flush=True)
    await anyio.sleep(60)

anyio.run(main)
"""


def _start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE)


async def test_frozen_and_killed_readers(conninfo: str, schema: str) -> None:
    for how, at_most in ((signal.SIGSTOP, 6.0), (signal.SIGKILL, 3.0)):
        process = _start(FREEZES, conninfo, schema)
        try:
            assert process.stdout is not None
            token = int(await anyio.to_thread.run_sync(process.stdout.readline))
            # It speaks often enough to keep its place.
            await anyio.sleep(1.5)
            journal = PostgresJournal(conninfo, "1000011", schema=schema)
            with pytest.raises(JournalInUse):
                await journal.open(wait=False)
            process.send_signal(how)
            started = time.monotonic()
            with anyio.fail_after(at_most):
                await journal.open(wait=True)
            print(f"failover after {how.name}: {time.monotonic() - started:.2f} s")
            assert (await journal.state()).reading == token
            await journal.close()
        finally:
            process.kill()
            process.communicate()


async def test_the_database_restarts(server: PostgresServer, conninfo: str, schema: str) -> None:
    async with opened(conninfo, schema) as journal:
        token = await journal.begin_read()
        await anyio.to_thread.run_sync(server.restart)
        with pytest.raises(JournalLost):
            await journal.end_read(token, DAY, b"[1]")
        await journal.save_late(token, DAY, b"[1]")
        await journal.open(wait=True)
        assert (await journal.state()).gaps == ()
        assert [one.content for one in await journal.unacknowledged(0, ALL)] == [b"[1]"]
        await anyio.to_thread.run_sync(server.stop)
        try:
            for work in (journal.begin_read, lambda: journal.save_late(9, DAY, b"[1]"), lambda: journal.acknowledge(1)):
                with pytest.raises(JournalLost, match="cannot be used"):
                    await work()
            with pytest.raises(JournalLost):
                await journal.open(wait=True)
        finally:
            await anyio.to_thread.run_sync(server.start)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_failover_to_a_standby_that_lags(server: PostgresServer, conninfo: str, schema: str) -> None:
    async with opened(conninfo, schema) as journal:
        await journal.end_read(await journal.begin_read(), DAY, drained=True)
        (before,) = query(conninfo, f"SELECT counter, tokens FROM {schema}.feeds")
    with server.standby() as standby:
        other = standby.conninfo()
        async with opened(other.replace(str(standby.folder), str(server.folder)), schema) as journal:
            await anyio.to_thread.run_sync(standby.lag_behind)
            await journal.end_read(await journal.begin_read(), DAY, b"[1]")
        await anyio.to_thread.run_sync(standby.promote)
        async with opened(other, schema) as journal:
            assert (await journal.state()).gaps == (Gap(date(2026, 11, 21)),)
            token = await journal.begin_read()
            assert token > before[1] + 100_000, "numbers that the old server gave are not used again"
            await journal.end_read(token, DAY, b"[2]")
            assert (await journal.unacknowledged(0, ALL))[-1].number > 100_000
        async with opened(other, schema) as journal:
            assert len((await journal.state()).gaps) == 1


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_forked_child_leaves_the_session_alone(conninfo: str, schema: str, tmp_path: Path) -> None:
    async with opened(conninfo, schema) as journal:
        token = await journal.begin_read()

        def in_child() -> None:
            child = os.fork()
            if child == 0:
                import gc

                gc.collect()
                os._exit(0 if journal._connection is None else 1)  # pyright: ignore[reportPrivateUsage]
            assert os.waitpid(child, 0)[1] == 0

        in_child()
        await journal.end_read(token, DAY, b"[1]")


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_who_is_cancelled_does_not_wait_for_a_frozen_server(conninfo: str, schema: str) -> None:
    async with opened(conninfo, schema) as journal:
        with psycopg.connect(conninfo) as other:
            other.execute(f"SELECT * FROM {schema}.feeds FOR UPDATE".encode())
            with anyio.fail_after(5), anyio.move_on_after(0.2) as scope:
                await journal.begin_read()
            assert scope.cancelled_caught
        # It was carried out all the same, in its turn.
        assert (await journal.state()).reading == 1
