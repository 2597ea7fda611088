"""SqliteJournal by itself: its file, its transactions, and what a cancellation leaves behind."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from ropo_jobs_client import Gap, JournalInUse, SqliteJournal
from ropo_jobs_client.feed._journal import State, Stored

pytestmark = pytest.mark.anyio
DAY = date(2026, 11, 22)
NEXT = date(2026, 11, 23)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.db"


@contextlib.asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[SqliteJournal]:
    journal = SqliteJournal(path)
    await journal.open(wait=False)
    try:
        yield journal
    finally:
        await journal.close()


def other_process_opens(path: Path) -> str:
    """What another process gets when it opens the journal: "open", or the name of the error."""
    code = (
        "import sys, anyio; from ropo_jobs_client import SqliteJournal\n"
        "async def main():\n"
        "    try: await SqliteJournal(sys.argv[1]).open(wait=False)\n"
        "    except Exception as error: print(type(error).__name__)\n"
        "    else: print('open')\n"
        "anyio.run(main)"
    )
    return subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True).stdout.strip()


async def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    await anyio.Path(path).touch(mode=0o600)
    async with opened(path) as journal:
        assert await journal.state() == State(reading=False, drained=None, gaps=())
        assert await journal.unacknowledged(0) == []
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


async def test_all_its_files_are_private(path: Path) -> None:
    async with opened(path) as journal:
        await journal.begin_read()
        files = list(path.parent.iterdir())
        assert {file.name for file in files} >= {"feed.db", "feed.db-wal"}
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


async def test_what_is_kept(path: Path) -> None:
    again = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
    gaps = (Gap(None), Gap(DAY), Gap(DAY, NEXT), Gap(DAY, retry_at=again))
    async with opened(path) as journal:
        await journal.begin_read()
        assert (await journal.state()).reading
        await journal.end_read(DAY, b"[1]")
        await journal.end_read(NEXT, b"[2]", gap=gaps[0])
        await journal.recover(NEXT, b"[3]", (), gaps[1:])
        await journal.recover(NEXT, None, (), gaps)
        await journal.end_read(DAY, drained=True)
        await journal.acknowledge(2)
    async with opened(path) as journal:
        state = await journal.state()
        assert (state.reading, state.drained, set(state.gaps), len(state.gaps)) == (False, DAY, set(gaps), 4)
        assert await journal.unacknowledged(0) == [Stored(1, b"[1]"), Stored(3, b"[3]", recovered=True)]
        assert await journal.unacknowledged(1) == [Stored(3, b"[3]", recovered=True)]
        assert await journal.since(NEXT) == [Stored(2, b"[2]"), Stored(3, b"[3]", recovered=True)]
        await journal.recover(NEXT, None, gaps[1:], (gaps[0],))
        assert (await journal.state()).gaps == (gaps[0],)
        await journal.acknowledge(1)
        await journal.prune(NEXT)
        assert await journal.since(DAY) == [Stored(2, b"[2]"), Stored(3, b"[3]", recovered=True)]
        await journal.prune(date.max)
        assert await journal.since(DAY) == [Stored(3, b"[3]", recovered=True)], "what is not acknowledged stays"
        await journal.acknowledge(3)
        await journal.prune(date.max)
        await journal.end_read(DAY, b"[4]")
        assert await journal.unacknowledged(0) == [Stored(4, b"[4]")], "numbers are not used again"


async def test_a_newer_schema_is_named(path: Path) -> None:
    async with opened(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 2")
    with pytest.raises(ValueError, match=r"feed\.db cannot be opened: it has schema 2, made by a newer version"):
        await SqliteJournal(path).open(wait=False)


async def test_what_is_no_journal(path: Path) -> None:
    await anyio.Path(path).write_bytes(b"These are the notes of somebody.\n" * 100)
    with pytest.raises(sqlite3.DatabaseError, match=r"feed\.db cannot be opened: file is not a database"):
        await SqliteJournal(path).open(wait=True)
    assert (await anyio.Path(path).read_bytes()).startswith(b"These are")
    other = path.with_name("other.db")
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE state (id)")
    with pytest.raises(ValueError, match=r"other\.db cannot be opened: it is a database of something else"):
        await SqliteJournal(other).open(wait=False)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        await SqliteJournal(path.parent / "nowhere" / "feed.db").open(wait=True)
    with pytest.raises(sqlite3.OperationalError, match="cannot be opened"):
        await SqliteJournal(path.parent).open(wait=True)


async def test_one_at_a_time(path: Path) -> None:
    async with opened(path) as journal:
        for other in (journal, SqliteJournal(path)):
            with pytest.raises(JournalInUse, match=r"feed\.db"):
                await other.open(wait=False)
        # To look whether it is free must not let go of it: POSIX locks end with any descriptor of the file.
        assert await anyio.to_thread.run_sync(other_process_opens, path) == "JournalInUse"
        await journal.begin_read()
    assert await anyio.to_thread.run_sync(other_process_opens, path) == "open"


async def test_waiting_for_it(path: Path) -> None:
    first, second = SqliteJournal(path), SqliteJournal(path)
    await first.open(wait=False)
    with anyio.move_on_after(0.3) as scope:
        await second.open(wait=True)
    assert scope.cancelled_caught
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: second.open(wait=True))
        await anyio.wait_all_tasks_blocked()
        await first.close()
    await second.begin_read()
    await second.close()


async def test_closed_is_closed(path: Path) -> None:
    async with opened(path) as journal:
        pass
    await journal.close()
    with pytest.raises(RuntimeError, match="not open"):
        await journal.acknowledge(1)
    await journal.open(wait=False)
    await journal.acknowledge(1)
    await journal.close()


async def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    def fails(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO gaps VALUES ('2026-11-22', NULL, NULL)")
        raise OSError("the disk is full")

    def ends_it_and_fails(db: sqlite3.Connection) -> None:
        # As SQLite itself does when a disk is full.
        db.execute("ROLLBACK")
        raise OSError("the disk is full")

    async with opened(path) as journal:
        for work in (fails, ends_it_and_fails):
            with pytest.raises(OSError, match="the disk is full"):
                await cast("Any", journal)._do(work)
        assert (await journal.state()).gaps == ()


def _held(journal: SqliteJournal) -> Callable[[], None]:
    """Hold the journal's worker, until what is returned is called."""
    free = threading.Event()
    cast("Any", journal)._worker.submit(free.wait)
    return free.set


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_what_a_cancelled_task_began_is_not_overtaken(path: Path) -> None:
    """A native cancellation does not wait for the thread: a late end of a read must not clear the mark of the next."""
    async with opened(path) as journal:
        let_go = _held(journal)
        ending = asyncio.create_task(journal.end_read(DAY, b"[1]"))
        await asyncio.sleep(0)
        ending.cancel()
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending
        beginning = asyncio.create_task(journal.begin_read())
        await asyncio.sleep(0)
        let_go()
        await beginning
        assert (await journal.state()).reading
        assert await journal.unacknowledged(0) == [Stored(1, b"[1]")]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_cancelled_while_it_opens_it_is_not_left_open(path: Path) -> None:
    journal = SqliteJournal(path)
    let_go = _held(journal)
    opening = asyncio.create_task(journal.open(wait=False))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    let_go()
    other = SqliteJournal(path)
    with anyio.fail_after(10):
        await other.open(wait=True)
    # Cancelled or not, who did not get it does not close it for who has it.
    for kept in (other, journal):
        trying: asyncio.Task[Any] = asyncio.create_task(kept.open(wait=True))
        await asyncio.sleep(0)
        trying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trying
    await other.begin_read()
    assert await anyio.to_thread.run_sync(other_process_opens, path) == "JournalInUse"
    await other.close()
