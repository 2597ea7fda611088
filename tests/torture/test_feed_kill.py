"""The status feed under SIGKILL: every change is handled at least once, whatever is killed and whatever breaks.

Prints its figures. `ROPO_KILLS` says how often to kill (5; `make torture` takes 50).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import pytest

from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_sandbox import Sandbox

KILLS = int(os.environ.get("ROPO_KILLS", "5"))
DAYS = 50
CHANGES = 10_000
FAULTS: list[str | dict[str, Any]] = [
    "disconnect-before",
    "disconnect-after",
    "reset",
    "reset-body",
    "truncate",
    "truncate-chunked",
    "stall-after",
    "html",
    "empty",
    "invalid-json",
    "latin-1",
    {"kind": "status", "status": 503, "carried_out": True},
    {"kind": "status", "status": 500, "carried_out": True},
    {"kind": "status", "status": 429, "retry_after": 0},
    "numbers-as-strings",
    "gzip",
]
LONGEST = 300.0
READ = "GET /jobs/statusupdates"


async def _drain(sandbox: Sandbox, journal: Path) -> None:
    async with (
        RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url) as ropo,
        ropo.status_feed(journal) as feed,
    ):
        async for batch in feed:
            await batch.ack()


def _start(sandbox: Sandbox, journal: Path, handled: Path) -> subprocess.Popen[bytes]:
    worker = Path(__file__).with_name("feed_worker.py")
    arguments = [sandbox.base_url, sandbox.cid, sandbox.apicode, str(journal), str(handled)]
    # What it logs of the faults is not wanted here; a worker that ends by itself is a failure, seen below.
    return subprocess.Popen([sys.executable, str(worker), *arguments], stderr=subprocess.PIPE)


def _until(condition: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    while not condition():
        assert worker.poll() is None, worker.stderr and worker.stderr.read().decode()
        assert time.monotonic() - started < LONGEST
        time.sleep(0.01)


def _handled(file: Path) -> Counter[str]:
    return Counter(file.read_text(encoding="utf-8").split()) if file.exists() else Counter()


@pytest.mark.parametrize("was_empty", [True, False])
def test_nothing_is_lost_when_it_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, was_empty: bool
) -> None:
    """`was_empty`: whether the feed had read everything once before it was killed for the first time."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    journal, handled = tmp_path / "feed.db", tmp_path / "handled"
    started = time.monotonic()
    with Sandbox(today=date(2026, 1, 1)) as sandbox:
        # The first ones also set up the jobs that the others belong to.
        expected = Counter(str(change["status"]) for change in sandbox.make_changes(100))
        if was_empty:
            anyio.run(_drain, sandbox, journal)
            expected.clear()
        else:
            # The first of all answers never comes, and its reader is killed.
            sandbox.fault(READ, "stall-after")
        sandbox.fault_at_random(0.2, FAULTS, seed=seed, operations=(READ,))
        kills_on = Counter(chance.randrange(DAYS) for _ in range(KILLS))
        worker = _start(sandbox, journal, handled)
        if not was_empty:
            _until(lambda: bool(sandbox.faults_struck), worker)
            worker.kill()
            worker.communicate()
            worker = _start(sandbox, journal, handled)
        try:
            for day in range(DAYS):
                sandbox.advance(days=1)
                for part in range(kills_on[day] + 1):
                    count = CHANGES // DAYS if part == 0 else 0
                    expected.update(str(change["status"]) for change in sandbox.make_changes(count))
                    if part == 0:
                        # The worker goes on reading while days pass, but need not have caught up.
                        time.sleep(chance.uniform(0.0, 0.3))
                    else:
                        time.sleep(chance.uniform(0.0, 0.9))
                        assert worker.poll() is None, worker.stderr and worker.stderr.read().decode()
                        worker.kill()
                        worker.communicate()
                        worker = _start(sandbox, journal, handled)
            struck = sum(sandbox.faults_struck.values())
            reads = sandbox.carried_out(READ)
            sandbox.clear_faults()
            while missing := expected.keys() - _handled(handled).keys():
                assert worker.poll() is None, worker.stderr and worker.stderr.read().decode()
                assert time.monotonic() - started < LONGEST, f"{len(missing)} changes are lost (seed {seed})"
                time.sleep(0.1)
        finally:
            worker.kill()
            worker.communicate()
    found = _handled(handled)
    unreadable = found.pop("?", 0)
    again = sum(found.values()) - len(found)
    assert found.keys() == expected.keys()
    assert len(expected) >= CHANGES
    with capsys.disabled():
        print(
            f"\nfeed, {'empty once' if was_empty else 'never empty'} before: {len(expected)} changes over {DAYS} days, "
            f"{KILLS} kills, {struck} faults in {reads} reads: 0 lost, "
            f"{again} handed out again, {unreadable} unreadable, {time.monotonic() - started:.0f} s, seed {seed}"
        )
