"""The recipes on the status feed, as they stand in docs/recipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import postgres_fixtures
import psycopg
import pytest
from postgres_server import PostgresServer, needs

from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_sandbox import Sandbox

server = postgres_fixtures.server
DOCS = Path(__file__).parents[2] / "docs" / "recipes"
PATIENCE = 60.0


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path) -> str:
    """A database of its own: how to connect to it."""
    name = f"recipe_{abs(hash(tmp_path.name)) % 10**9}"
    with psycopg.connect(server.conninfo(), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}".encode())
    return server.conninfo(name)


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def write(page: str, folder: Path) -> None:
    """Write the files of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for title, code in re.findall(r'^```py title="([^"]*)"\n(.*?)^```$', text, re.MULTILINE | re.DOTALL):
        (folder / title).write_text(code, encoding="utf-8")


def start(folder: Path, sandbox: Sandbox, *arguments: str, database: str = "", **more: str) -> subprocess.Popen[bytes]:
    """Run Python with these arguments, and with more variables in the environment."""
    where = {
        "ROPO_BASE_URL": sandbox.base_url,
        "ROPO_CID": sandbox.cid,
        "ROPO_APICODE": sandbox.apicode,
        "DATABASE_URL": database,
        "PATH": os.environ["PATH"],
        **more,
    }
    with (folder / "log").open("ab") as log:
        return subprocess.Popen([sys.executable, *arguments], cwd=folder, env=where, stdout=log, stderr=log)


def rows(database: str, query: str) -> list[Any]:
    try:
        with psycopg.connect(database) as db:
            return db.execute(query.encode()).fetchall()
    except psycopg.errors.UndefinedTable:
        return []


def until(condition: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, (folder / "log").read_text(encoding="utf-8")
        time.sleep(0.1)


def test_a_worker_with_three_replicas(sandbox: Sandbox, database: str, tmp_path: Path) -> None:
    """Replicas are killed one after the other: each batch is stored once, and none is lost."""
    write("worker.md", tmp_path)
    sandbox.add_example_job(billnum="11213")
    replicas = [start(tmp_path, sandbox, "worker.py", database=database) for _ in range(3)]
    try:
        for number in range(3):
            sandbox.change_status("11213", 90, 0, 90)
            sandbox.make_changes(500)
            expected = len(sandbox.all_status_updates())

            def stored(count: int = expected) -> bool:
                # What was read again after a kill may hold what is stored already, and is acknowledged all the same.
                left = "SELECT count(*) FROM ropo_jobs.answers WHERE NOT acknowledged"
                return [rows(database, query) for query in ("SELECT count(*) FROM changes", left)] == [
                    [(count,)],
                    [(0,)],
                ]

            until(stored, tmp_path)
            replicas[number].kill()
            replicas[number].wait()
            if number < 2:
                time.sleep(0.5)
        query = "SELECT status FROM changes WHERE billnum = '11213' ORDER BY batch, place"
        assert [row[0] for row in rows(database, query)][-9:] == [90, 0, 90] * 3
        query = "SELECT count(*) FROM ropo_jobs.answers WHERE NOT acknowledged"
        assert rows(database, query) == [(0,)]
    finally:
        for replica in replicas:
            replica.kill()
            replica.wait()


def test_fan_out(sandbox: Sandbox, database: str, tmp_path: Path) -> None:
    needs("procrastinate")
    write("fan-out.md", tmp_path)
    for words in (
        ["-m", "procrastinate", "--app=fan_out.app", "schema", "--apply"],
        ["-c", "import fan_out, asyncio; asyncio.run(fan_out.follow(None))"],
    ):
        if words[0] == "-c":
            sandbox.add_example_job(billnum="11213")
            sandbox.change_status("11213", 90, 0, 90)
            sandbox.make_changes(50)
        assert start(tmp_path, sandbox, *words, database=database).wait(PATIENCE) == 0, (tmp_path / "log").read_text(
            encoding="utf-8"
        )
    worker = ["-m", "procrastinate", "--app=fan_out.app", "worker", "--one-shot", "--concurrency=5"]
    assert start(tmp_path, sandbox, *worker, database=database).wait(PATIENCE) == 0
    said = [
        line for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines() if re.fullmatch(r"\S+: \d+", line)
    ]
    assert len(said) == len(sandbox.all_status_updates())
    assert [line for line in said if line.startswith("11213")][-3:] == ["11213: 90", "11213: 0", "11213: 90"]


def test_the_audit_finds_a_second_reader(tmp_path: Path) -> None:
    write("audit.md", tmp_path)
    with Sandbox(today=datetime.now(UTC).date() - timedelta(days=1)) as sandbox:
        sandbox.make_changes(20)
        code = "import audit, asyncio, logging; logging.basicConfig(level='INFO'); asyncio.run(audit.follow(3.0))"
        process = start(tmp_path, sandbox, "-c", code)
        try:
            log = tmp_path / "log"
            until(lambda: "statusupdates: 204" in log.read_text(encoding="utf-8"), tmp_path)
            assert "was missing" not in log.read_text(encoding="utf-8")
            # The second reader is faster.
            process.send_signal(signal.SIGSTOP)
            sandbox.make_changes(5)
            updates = sandbox.all_status_updates()[-5:]
            taken = anyio.run(_take, sandbox, tmp_path / "other.db")
            process.send_signal(signal.SIGCONT)
            assert taken == [change["status"] for change in updates]
            until(lambda: log.read_text(encoding="utf-8").count("was missing: does something else") == 5, tmp_path)
        finally:
            process.kill()
            process.wait()


async def _take(sandbox: Sandbox, journal: Path) -> list[int]:
    async with (
        RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url) as ropo,
        ropo.status_feed(journal) as feed,
    ):
        return [int(str(change.status)) async for batch in feed for change in batch.updates]
