"""The outbox for payments, as it stands in docs/recipes: killed and hit by faults, none is sent twice."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import postgres_fixtures
import pytest
import test_recipes
from postgres_server import needs
from test_recipes import PATIENCE, rows, start, until, write

from ropo_jobs_sandbox import Sandbox

server, database, sandbox = postgres_fixtures.server, test_recipes.database, test_recipes.sandbox

FAULTS = ["disconnect-after", "disconnect-before", "truncate", "reset", "html", "empty"]
ENQUEUE = """
import asyncio, datetime, outbox, sys
from decimal import Decimal

async def main(first, count):
    async with outbox.app.open_async(), await outbox.connect() as database:
        for number in range(int(first), int(first) + int(count)):
            async with database.transaction():
                bill = str(number % 30)
                await outbox.enqueue(database, f"p{number}", "1022", bill, Decimal("1.50"), datetime.date(2026, 11, 22))

asyncio.run(main(*sys.argv[1:]))
"""
TABLES = """
import outbox, psycopg
with psycopg.connect(outbox.URL) as database:
    database.execute(outbox.TABLE)
"""
STALLED = """
import asyncio, outbox
async def main():
    async with outbox.app.open_async():
        await outbox.retry_stalled(seconds=0)
asyncio.run(main())
"""
SETTLE = "import asyncio, outbox; asyncio.run(outbox.settle_all(minutes=0))"
STATES = "SELECT state, count(*) FROM payments GROUP BY state"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    needs("procrastinate")
    write("outbox.md", tmp_path)
    return tmp_path


@pytest.fixture
def ready(folder: Path, sandbox: Sandbox, database: str) -> Generator[list[subprocess.Popen[bytes]]]:
    """Tables, thirty bills, and the workers that are to be ended."""
    run(folder, sandbox, database, "-m", "procrastinate", "--app=outbox.app", "schema", "--apply")
    run(folder, sandbox, database, "-c", TABLES)
    for number in range(30):
        sandbox.add_example_job(billnum=str(number))
    workers: list[subprocess.Popen[bytes]] = []
    yield workers
    for worker in workers:
        worker.kill()
        worker.wait()


def run(folder: Path, sandbox: Sandbox, database: str, *words: str) -> None:
    assert start(folder, sandbox, *words, database=database).wait(PATIENCE) == 0, (folder / "log").read_text(
        encoding="utf-8"
    )


def work(folder: Path, sandbox: Sandbox, database: str) -> subprocess.Popen[bytes]:
    words = ["-m", "procrastinate", "--app=outbox.app", "worker", "--concurrency=5", "--fetch-job-polling-interval=0.2"]
    return start(folder, sandbox, *words, database=database)


def sent(sandbox: Sandbox) -> Counter[str]:
    """How often each payment was taken."""
    return Counter(str(payment["identifier"]) for payment in sandbox.payments())


def test_killed_and_hit_by_faults(
    folder: Path, sandbox: Sandbox, database: str, ready: list[subprocess.Popen[bytes]]
) -> None:
    seeds = random.Random(16)
    for turn in range(5):
        for _ in range(6):
            sandbox.fault("POST /jobs/payment", seeds.choice(FAULTS))
        # Those that are under way stall, so that the kill finds some.
        sandbox.fault("POST /jobs/payment", "stall-after", 2)
        run(folder, sandbox, database, "-c", ENQUEUE, str(turn * 15), "15")
        worker = work(folder, sandbox, database)
        ready.append(worker)
        goal = len(sandbox.requests) + 15

        def enough(goal: int = goal) -> bool:
            return len(sandbox.requests) > goal

        until(enough, folder)
        worker.kill()
        worker.wait()
        # With no worker alive, whatever is under way is stalled.
        run(folder, sandbox, database, "-c", STALLED)
    sandbox.clear_faults()
    ready.append(work(folder, sandbox, database))
    waiting = "SELECT count(*) FROM payments p WHERE state IN ('queued', 'sending') AND NOT EXISTS"
    waiting += " (SELECT 1 FROM payments d WHERE d.billnum = p.billnum AND d.state = 'in doubt')"
    until(lambda: rows(database, waiting) == [(0,)], folder)
    run(folder, sandbox, database, "-c", SETTLE)
    taken = sent(sandbox)
    assert max(taken.values()) == 1
    found = dict(rows(database, "SELECT id, state FROM payments"))
    assert len(found) == 75
    # What is paid was taken, what is not was not, and what nobody can tell is with a person.
    assert {name for name, state in found.items() if state == "paid"} <= taken.keys()
    assert not {name for name, state in found.items() if state in {"queued", "refused"}} & taken.keys()
    notes = rows(database, "SELECT note FROM payments WHERE state = 'in doubt'")
    assert notes
    assert all(note.startswith(("no trace yet: ", "cannot tell: ")) for (note,) in notes)
    # The answers that were lost of payments that were taken are settled.
    assert rows(database, "SELECT count(*) FROM payments WHERE note LIKE 'taken: %'") != [(0,)]


def test_what_is_rolled_back_is_not_sent(
    folder: Path, sandbox: Sandbox, database: str, ready: list[subprocess.Popen[bytes]]
) -> None:
    rolled_back = ENQUEUE.replace('Decimal("1.50"), datetime.date(2026, 11, 22))', "Decimal('1.50'), 'none')")
    process = start(folder, sandbox, "-c", rolled_back, "0", "1", database=database)
    assert process.wait(PATIENCE) == 1
    run(folder, sandbox, database, "-c", ENQUEUE, "1", "1")
    ready.append(work(folder, sandbox, database))
    until(lambda: rows(database, STATES) == [("paid", 1)], folder)
    assert sent(sandbox) == {"p1": 1}


def test_refused_and_put_off(
    folder: Path, sandbox: Sandbox, database: str, ready: list[subprocess.Popen[bytes]]
) -> None:
    sandbox.fault("POST /jobs/payment", "status", status=422)
    run(folder, sandbox, database, "-c", ENQUEUE, "0", "1")
    ready.append(work(folder, sandbox, database))
    until(lambda: rows(database, STATES) == [("refused", 1)], folder)
    assert "422" in rows(database, "SELECT note FROM payments")[0][0]
    # The second one of a bill waits for the one in doubt.
    sandbox.fault("POST /jobs/payment", "disconnect-before")
    run(folder, sandbox, database, "-c", ENQUEUE, "1", "1")
    until(lambda: ("in doubt", 1) in rows(database, STATES), folder)
    run(folder, sandbox, database, "-c", ENQUEUE, "31", "1")
    until(lambda: "one_at_a_time" in (folder / "log").read_text(encoding="utf-8"), folder)
    assert ("queued", 1) in rows(database, STATES)
    assert not sandbox.payments()
