"""SqliteJournal by itself: its file, its transactions, and what a cancellation leaves behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from ropo_jobs_client.feed import Gap, Journal, JournalInUse, SqliteJournal, State, Stored
from ropo_jobs_sandbox.journal_conformance import JournalConformance

DAY = date(2026, 11, 22)
ALL = 1_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.db"


class TestSqliteJournal(JournalConformance):
    @pytest.fixture
    def make_journal(self, path: Path) -> Callable[[], Journal]:
        return lambda: SqliteJournal(path)


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


@pytest.mark.anyio
async def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    await anyio.Path(path).touch(mode=0o600)
    async with opened(path) as journal:
        assert await journal.state() == State()
        assert await journal.unacknowledged(0, ALL) == []
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


@pytest.mark.anyio
async def test_all_its_files_are_private(path: Path) -> None:
    async with opened(path) as journal:
        await journal.begin_read()
        files = list(path.parent.iterdir())
        assert {file.name for file in files} == {"feed.db", "feed.db-wal", "feed.db-lock"}
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


@pytest.mark.anyio
async def test_so_they_are_behind_a_link_that_leads_to_no_file_yet(path: Path) -> None:
    await anyio.Path(path.with_name("volume")).mkdir()
    await anyio.Path(path).symlink_to("volume/real.db")
    before = os.umask(0o022)
    try:
        async with opened(path) as journal:
            await journal.begin_read()
            files = list(path.with_name("volume").iterdir())
            assert {file.name for file in files} == {"real.db", "real.db-wal", "real.db-lock"}
            assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    finally:
        os.umask(before)


@pytest.mark.anyio
async def test_a_newer_schema_is_named(path: Path) -> None:
    async with opened(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 3")
    with pytest.raises(ValueError, match=r"feed\.db cannot be opened: it has schema 3, made by a newer version"):
        await SqliteJournal(path).open(wait=False)


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_one_at_a_time(path: Path) -> None:
    async with opened(path) as journal:
        for other in (journal, SqliteJournal(path)):
            with pytest.raises(JournalInUse, match=r"feed\.db"):
                await other.open(wait=False)
        # To look whether it is free must not let go of it: POSIX locks end with any descriptor of the file.
        assert await anyio.to_thread.run_sync(other_process_opens, path) == "JournalInUse"
        await journal.begin_read()
    assert await anyio.to_thread.run_sync(other_process_opens, path) == "open"


@pytest.mark.anyio
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


@pytest.mark.anyio
async def test_closed_is_closed(path: Path) -> None:
    async with opened(path) as journal:
        pass
    await journal.close()
    with pytest.raises(RuntimeError, match="not open"):
        await journal.acknowledge(1)
    await journal.open(wait=False)
    await journal.acknowledge(1)
    await journal.close()


@pytest.mark.anyio
async def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    def fails(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO gaps VALUES ('2026-11-22', NULL, NULL, 0)")
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


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_what_a_cancelled_task_began_is_not_overtaken(path: Path) -> None:
    """A native cancellation does not wait for the thread: a late end of a read must not clear the mark of the next."""
    async with opened(path) as journal:
        token = await journal.begin_read()
        let_go = _held(journal)
        ending = asyncio.create_task(journal.end_read(token, DAY, b"[1]"))
        await asyncio.sleep(0)
        ending.cancel()
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending
        beginning = asyncio.create_task(journal.begin_read())
        await asyncio.sleep(0)
        let_go()
        await beginning
        assert (await journal.state()).reading == token + 1
        assert await journal.unacknowledged(0, ALL) == [Stored(1, b"[1]")]


@pytest.mark.anyio
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


OLD_SCHEMA = """
    CREATE TABLE answers (number INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, content BLOB NOT NULL,
        recovered INTEGER NOT NULL, acknowledged INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX answers_day ON answers (day);
    CREATE TABLE gaps (since TEXT, until TEXT, again TEXT);
    CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO answers VALUES (7, '2026-11-22', '[1]', 1, 0);
    INSERT INTO gaps VALUES ('2026-11-22', NULL, NULL);
    INSERT INTO state VALUES ('reading', '1'), ('drained', '2026-11-22');
    PRAGMA user_version = 1;
"""


@pytest.mark.anyio
async def test_an_older_schema_is_brought_up_to_date(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(OLD_SCHEMA)
    async with opened(path) as journal:
        assert await journal.state() == State(reading=0, drained=DAY, gaps=(Gap(DAY),))
        (found,) = await journal.unacknowledged(0, ALL)
        assert (found.number, found.recovered, found.repeats) == (7, True, True)
        await journal.end_read(0, DAY, gap=Gap(DAY))
        assert (await journal.state()).reading is None
        assert await journal.begin_read() == 1


@pytest.mark.anyio
async def test_who_closes_another_descriptor_does_not_unlock_it(path: Path) -> None:
    """POSIX locks end with any descriptor of the file: a backup, an editor or a second journal in this process."""
    async with opened(path) as journal:
        await journal.begin_read()
        for name in ("feed.db", "feed.db-wal", "feed.db-lock"):
            (await anyio.Path(path.with_name(name)).open("rb")).wrapped.close()
            await anyio.Path(path.with_name(name)).read_bytes()
        with pytest.raises(JournalInUse):
            await SqliteJournal(path).open(wait=False)
        link = path.with_name("link.db")
        await anyio.Path(link).symlink_to(path)
        for known_as in (path, link):
            assert await anyio.to_thread.run_sync(other_process_opens, known_as) == "JournalInUse"
        await journal.begin_read()
    assert await anyio.to_thread.run_sync(other_process_opens, path) == "open"


FORKS = """
import anyio, gc, os, sys
from datetime import date
from ropo_jobs_client.feed import JournalInUse, SqliteJournal

path, how = sys.argv[1:]
journal = SqliteJournal(path)

async def begin():
    await journal.open(wait=False)
    return await journal.begin_read()

async def open_again():
    try:
        await journal.open(wait=False)
    except JournalInUse:
        print("in use", flush=True)

token = anyio.run(begin)
child = os.fork()
if child:
    WAIT
    # What is written now must be there after a kill.
    anyio.run(journal.end_read, token, date(2026, 11, 22), b"[1]")
    os.kill(os.getpid(), 9)
elif how == "close":
    anyio.run(journal.close)
elif how == "collect":
    del journal
    gc.collect()
elif how == "open":
    anyio.run(open_again)
elif how == "sleep":
    import time
    time.sleep(60)
"""


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["close", "collect", "open", "end"])
async def test_a_forked_child_leaves_it_alone(path: Path, how: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKS.replace("WAIT", "os.waitpid(child, 0)"), str(path), how]
    with anyio.fail_after(30):
        done = await anyio.run_process(command, check=False)
    assert (done.returncode, done.stderr) == (-9, b"")
    assert done.stdout == (b"in use\n" if how == "open" else b"")
    async with opened(path) as journal:
        assert await journal.unacknowledged(0, ALL) == [Stored(1, b"[1]")]
        assert (await journal.state()).reading is None


def _start(code: str, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-W", "ignore", "-c", code, path, "sleep"], stdout=subprocess.PIPE)


@pytest.mark.anyio
async def test_a_child_that_outlives_its_parent_does_not_keep_it(path: Path) -> None:
    code = FORKS.replace("WAIT", "print(child, flush=True)")
    process = _start(code, path)
    assert process.stdout is not None
    child = int(await anyio.to_thread.run_sync(process.stdout.readline))
    process.stdout.close()
    assert await anyio.to_thread.run_sync(process.wait) == -9
    try:
        async with opened(path) as journal:
            assert await journal.unacknowledged(0, ALL) == [Stored(1, b"[1]")]
    finally:
        os.kill(child, 9)


@pytest.mark.anyio
async def test_what_is_let_go_in_this_moment_is_not_in_use(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a child that is being forked when its parent is killed: it has the lock too, until it begins to run."""
    fcntl = pytest.importorskip("fcntl")
    held = os.open(path.with_name("feed.db-lock"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    take = fcntl.flock
    found: list[bool] = []

    def flock(lock: int, operation: int) -> None:
        try:
            take(lock, operation)
        except BlockingIOError:
            found.append(True)
            take(held, fcntl.LOCK_UN)
            raise

    monkeypatch.setattr(fcntl, "flock", flock)
    async with opened(path):
        assert found == [True]
    os.close(held)
