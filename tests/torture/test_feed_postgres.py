"""Three readers on one PostgreSQL, killed and frozen, its server restarted and failed over, one read in five faulty.

0 changes lost, each batch's effects exactly once, per-bill order kept; changes that came in a second batch are counted,
and all of them came in a batch that says so. Prints its figures. `ROPO_KILLS` says how often to kill (5;
`make test-postgres` takes 50).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "postgres"))

from postgres_server import PostgresServer, require
from test_feed_kill import FAULTS

from ropo_jobs_sandbox import Sandbox

KILLS = int(os.environ.get("ROPO_KILLS", "5"))
STOPS = RESTARTS = 5
DAYS = 50
CHANGES = 10_000
LONGEST = 400.0
READ = "GET /jobs/statusupdates"
WORKER = Path(__file__).with_name("postgres_worker.py")


@pytest.fixture
def server() -> Generator[PostgresServer]:
    require()
    with PostgresServer() as server:
        yield server


class Readers:
    """Three processes that all run the same loop."""

    def __init__(self, sandbox: Sandbox, conninfo: str) -> None:
        self._command = [sys.executable, str(WORKER), sandbox.base_url, sandbox.cid, sandbox.apicode, conninfo]
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._processes = [self._start() for _ in range(3)]
        return self

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def active(self, conninfo: str, otherwise: int) -> int:
        """Which one reads now; where none does, what is given."""
        query = (
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)"
            " WHERE locktype = 'advisory' AND granted AND application_name LIKE 'reader-%'"
        )
        names = {row[0] for row in _rows(conninfo, query)}
        pids = [f"reader-{process.pid}" for process in self._processes]
        return next((place for place, name in enumerate(pids) if name in names), otherwise)

    def kill(self, which: int) -> None:
        """Kill one, and start another in its place."""
        self._processes[which].kill()
        self._processes[which].wait()
        self._processes[which] = self._start()

    def freeze(self, which: int, seconds: float) -> None:
        """Freeze one for longer than the server waits for it."""
        self._processes[which].send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._processes[which].send_signal(signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


def _rows(conninfo: str, statement: str) -> list[Any]:
    with psycopg.connect(conninfo, autocommit=True) as db:
        cursor = db.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def _seen(conninfo: str) -> set[int]:
    try:
        return {row[0] for row in _rows(conninfo, "SELECT DISTINCT status FROM effects")}
    except psycopg.OperationalError:
        return set()


def _expect_all(conninfo: str, expected: set[int], seed: int) -> None:
    until = time.monotonic() + LONGEST
    while missing := expected - _seen(conninfo):
        assert time.monotonic() < until, f"{len(missing)} changes are lost (seed {seed})"
        time.sleep(0.2)


def _check(conninfo: str) -> tuple[int, int]:
    """Check what was written. Return how many changes came in a second batch, and in how many batches."""
    twice = "SELECT batch, place FROM effects GROUP BY batch, place HAVING count(*) > 1"
    assert _rows(conninfo, twice) == [], "the effects of a batch came twice"
    half = "SELECT number FROM ropo_jobs.answers WHERE acknowledged AND number NOT IN (SELECT batch FROM effects)"
    assert _rows(conninfo, half) == [], "a batch was acknowledged without its effects"
    again = Counter[int]()
    said: set[int] = set()
    last: dict[str, int] = {}
    # Those below are what the sandbox's jobs take by themselves, and not each its own.
    query = "SELECT billnum, status, recovered FROM effects WHERE status > 1000 ORDER BY batch, place"
    for billnum, status, recovered in _rows(conninfo, query):
        again[status] += 1
        if again[status] > 1:
            assert recovered, "a repeated change came in a batch that does not say so"
        if recovered:
            said.add(status)
            continue
        assert last.get(billnum, 0) < status, "the order of a bill's changes is not kept"
        last[billnum] = status
    repeated = sum(count - 1 for count in again.values())
    return repeated, len(said)


def test_nothing_is_lost_and_each_batch_takes_effect_once(
    server: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    conninfo = server.conninfo()
    _rows(conninfo, "CREATE TABLE effects (batch bigint, place int, billnum text, status int, recovered boolean)")
    happens = ["kill"] * KILLS + ["freeze"] * STOPS + ["restart"] * RESTARTS
    chance.shuffle(happens)
    per_day = -(-len(happens) // DAYS)
    started = time.monotonic()
    with Sandbox(today=date(2026, 1, 1)) as sandbox, Readers(sandbox, conninfo) as readers:
        expected = {int(change["status"]) for change in sandbox.make_changes(100) if change["status"] > 1000}
        until = time.monotonic() + 60
        while not expected <= _seen(conninfo):
            assert time.monotonic() < until
            time.sleep(0.1)
        time.sleep(1.0)
        sandbox.fault_at_random(0.2, FAULTS, seed=seed, operations=(READ,))
        for _ in range(DAYS):
            sandbox.advance(days=1)
            expected |= {int(change["status"]) for change in sandbox.make_changes(CHANGES // DAYS)}
            for what in [happens.pop() for _ in range(min(per_day, len(happens)))] or ["nothing"]:
                time.sleep(chance.uniform(0.0, 0.7))
                if what == "kill":
                    readers.kill(readers.active(conninfo, chance.randrange(3)))
                elif what == "freeze":
                    readers.freeze(readers.active(conninfo, chance.randrange(3)), 2.5)
                elif what == "restart":
                    server.restart("immediate")
        struck, reads = sum(sandbox.faults_struck.values()), sandbox.carried_out(READ)
        sandbox.clear_faults()
        _expect_all(conninfo, expected, seed)
        epochs = _rows(conninfo, "SELECT epoch FROM ropo_jobs.feeds")[0][0]
    repeated, said = _check(conninfo)
    with capsys.disabled():
        print(
            f"\nfeed in PostgreSQL: {len(expected)} changes, 3 readers, {KILLS} SIGKILLs, {STOPS} SIGSTOPs, {RESTARTS} "
            f"restarts of the server, {epochs} readers in turn, {struck} faults in {reads} reads: 0 lost, each batch's "
            f"effects once, {repeated} changes in a second batch ({said} in batches that say so), per-bill order kept, "
            f"{time.monotonic() - started:.0f} s, seed {seed}"
        )


def test_failover_to_a_lagging_standby(server: PostgresServer, capsys: pytest.CaptureFixture[str]) -> None:
    """What the old server knew and the new one does not is read again by day."""
    conninfo = server.conninfo()
    _rows(conninfo, "CREATE TABLE effects (batch bigint, place int, billnum text, status int, recovered boolean)")
    with Sandbox(today=date(2026, 1, 1)) as sandbox:
        expected = {int(change["status"]) for change in sandbox.make_changes(100)}
        with Readers(sandbox, conninfo):
            _expect_all(conninfo, expected, 0)
            time.sleep(1.0)
        with server.standby() as standby:
            other = standby.conninfo()
            while len(_rows(other, "SELECT DISTINCT status FROM effects")) < len(expected):
                time.sleep(0.1)
            standby.lag_behind()
            sandbox.advance(days=1)
            lost = {int(change["status"]) for change in sandbox.make_changes(700)}
            with Readers(sandbox, conninfo):
                _expect_all(conninfo, lost, 0)
            assert not lost & _seen(other)
            server.stop("immediate")
            standby.promote()
            started = time.monotonic()
            with Readers(sandbox, other):
                _expect_all(other, expected | lost, 0)
            repeated, _ = _check(other)
    with capsys.disabled():
        print(
            f"\nfailover to a lagging standby: {len(lost)} changes were unknown to it, 0 lost, {repeated} in a second "
            f"batch, all there after {time.monotonic() - started:.1f} s"
        )
