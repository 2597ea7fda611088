"""One client of each transport for minutes, with random calls, faults, cancellations: memory and open files stay flat.

Prints its figures. `ROPO_SOAK_SECONDS` says how long (300; `make soak`).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Self, cast

import pytest

from ropo_jobs_client import ApiCode, RopoJobsClient, models
from ropo_jobs_client.errors import RopoError
from ropo_jobs_sandbox import Sandbox

Transport = Literal["fast"] | None

SECONDS = float(os.environ.get("ROPO_SOAK_SECONDS", "300"))
WORKERS = 30
CONNECTIONS = 10
# Between the median of the first third of the measurements and that of the last.
MOST_GROWTH_MB = 10.0
# Jobs that are added stay in the sandbox: so many, and no more, so that it does not slow down.
MOST_BILLS = 300
# A stream has no deadline of its own: one without an end stops here.
MOST_BYTES = 2_000_000
FAULTS: list[str | dict[str, Any]] = [
    {"kind": "delay-headers", "seconds": 0.05},
    {"kind": "delay-body", "seconds": 0.05},
    "disconnect-before",
    "disconnect-after",
    {"kind": "stall-after", "seconds": 1},
    "reset",
    "reset-body",
    "truncate",
    "truncate-chunked",
    {"kind": "status", "status": 503, "carried_out": True},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 429, "retry_after": 0},
    "redirect",
    "html",
    "empty",
    "invalid-json",
    "latin-1",
    "gzip",
    {"kind": "gzip-bomb", "size": 3_000_000},
    {"kind": "huge", "size": 3_000_000},
    "endless",
    "wrong-type",
    "expire-token",
]


def _serve(pipe: Connection[Any, Any]) -> None:
    with Sandbox() as sandbox:
        pipe.send((sandbox.base_url, sandbox.cid, sandbox.apicode))
        while (asked := pipe.recv()) is not None:
            name, arguments, options = asked
            found = getattr(sandbox, name)
            pipe.send(found(*arguments, **options) if callable(found) else found)


class Service:
    """A sandbox in a process of its own: what it needs is not what is measured."""

    def __enter__(self) -> Self:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs,))
        self._process.start()
        theirs.close()
        self.base_url, self.cid, self.apicode = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join(30)
        self._pipe.close()
        self._process.close()

    def ask(self, name: str, *arguments: object, **options: object) -> Any:
        """What the sandbox has by this name, or says when it is called."""
        self._pipe.send((name, arguments, options))
        return self._pipe.recv()


@dataclass
class Figures:
    calls: Counter[str] = field(default_factory=Counter[str])
    errors: Counter[str] = field(default_factory=Counter[str])
    cancelled: int = 0
    memory: list[float] = field(default_factory=list[float])
    files: list[int] = field(default_factory=list[int])


class Work:
    """The calls that are made, of one client."""

    def __init__(self, ropo: RopoJobsClient, folder: Path, jobid: int, chance: random.Random) -> None:
        self._ropo = ropo
        self._folder = folder
        self._jobid = jobid
        self._chance = chance
        self._bills = 0
        self._journal = folder / "feed.db"
        self._feeds = asyncio.Semaphore(1)
        self.calls: list[Callable[[], Awaitable[object]]] = [
            self.get,
            self.look_up,
            self.add,
            self.pay,
            self.credit,
            self.stream,
            self.leave_early,
            self.save,
            self.follow,
        ]

    async def get(self) -> None:
        await self._ropo.get_job(jobid=self._jobid)

    async def look_up(self) -> None:
        await self._ropo.find_jobs_by_end_customer(custnum="1022")

    async def add(self) -> None:
        self._bills += 1
        if self._bills <= MOST_BILLS:
            item = {"jobtype": 0, "person": "T", "address": "S 1", "postcode": "70100", "city": "K", "customertype": 2}
            row = {"desc": "H", "count": 1, "itemtype": "h", "amount": Decimal("35.00"), "taxpr": 24}
            days = {"billdate": "2026-11-22", "paydate": "2026-12-06"}
            await self._ropo.add_bills([models.JobItem.from_dict({**item, **days, "payrow": [row]})])

    async def pay(self) -> None:
        if self._chance.random() < 0.05:
            amount = Decimal("0.01")
            await self._ropo.add_payment(models.JobAddPayment(amount=amount, paydate="2026-11-22", jobid=self._jobid))

    async def credit(self) -> None:
        with pytest.raises(ValueError, match="amount"):
            await self._ropo.add_credit_note(
                models.JobAddCreditNote(amount=Decimal("0.001"), date="2026-11-22", jobid=self._jobid)
            )

    async def stream(self) -> None:
        async with self._ropo.pdf(jobid=self._jobid, max_bytes=MOST_BYTES) as pdf:
            async for _ in pdf:
                pass

    async def leave_early(self) -> None:
        async with self._ropo.pdf(jobid=self._jobid, max_bytes=MOST_BYTES) as pdf:
            async for _ in pdf:
                break

    async def save(self) -> None:
        await self._ropo.pdf(jobid=self._jobid, max_bytes=MOST_BYTES).save(
            self._folder / f"{self._chance.randrange(5)}.pdf"
        )

    async def follow(self) -> None:
        async with self._feeds, self._ropo.status_feed(self._journal, wait=True, follow=0.05) as feed:
            async for batch in feed:
                await batch.ack()


async def _worker(work: Work, chance: random.Random, figures: Figures, end: float) -> None:
    while time.monotonic() < end:
        call = chance.choice(work.calls)
        task = asyncio.ensure_future(call())
        # Some are never cancelled, but following ends no other way.
        patience = chance.random() ** 2 * 0.3 if chance.random() < 0.5 or call == work.follow else None
        await asyncio.wait([task], timeout=patience)
        while not task.done():
            # Again and again, at once or a little later: no shield stops it.
            task.cancel()
            await asyncio.wait([task], timeout=chance.choice([0, 0, 0.001]))
        figures.calls[call.__name__] += 1
        if task.cancelled():
            figures.cancelled += 1
        elif isinstance(error := task.exception(), RopoError):
            figures.errors[type(error).__name__] += 1
        elif error is not None:
            raise error


def _memory() -> float:
    """The resident memory of this process, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 # the listing's own descriptor counts each time


async def _measure(figures: Figures, sandbox: Service, end: float) -> None:
    while time.monotonic() < end:
        await asyncio.sleep(max(SECONDS / 60, 0.2))
        sandbox.ask("make_changes", 3)
        figures.memory.append(_memory())
        figures.files.append(_files())


async def _until(condition: Callable[[], bool]) -> bool:
    for _ in range(1_000):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


async def _soak(
    sandbox: Service, folder: Path, figures: Figures, seed: int, seconds: float, transport: Transport
) -> str:
    """Work for so long; tell the state of the pool in the end, "" for as it should be."""
    chance = random.Random(seed)
    jobid = sandbox.ask("add_example_job", billnum="11213")
    sandbox.ask("set_pdf_size", "11213", 200_000)
    limits: dict[str, Any] = {"timeout": 0.5, "deadline": 2.0, "max_response_bytes": 2_000_000}
    async with RopoJobsClient(
        ApiCode(sandbox.cid, sandbox.apicode),
        base_url=sandbox.base_url,
        max_connections=CONNECTIONS,
        transport=transport,
        **limits,
    ) as ropo:
        sandbox.ask("fault_at_random", 0.2, FAULTS, seed=seed, operations=["*", "POST /token"])
        work = Work(ropo, folder, jobid, chance)
        end = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(_worker(work, chance, figures, end))
            group.create_task(_measure(figures, sandbox, end))
        sandbox.ask("clear_faults")
        await ropo.get_job(jobid=jobid)
        places = cast("Any", ropo)._pipeline.connections.here
        return f"{len(places.taken)} busy, {CONNECTIONS - places.limiter.value} places taken"


@pytest.mark.parametrize("transport", [None, "fast"])
def test_it_stays_flat(transport: Transport, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.randrange(2**32)
    logging.getLogger("ropo_jobs_client").setLevel(logging.CRITICAL)
    figures, warm_up = Figures(), Figures()
    folder = tmp_path / "files"
    folder.mkdir()

    async def main() -> tuple[str, int, int, bool]:
        with Service() as sandbox:
            # Threads, caches and the first of everything are there after this.
            await _soak(sandbox, tmp_path, warm_up, seed, max(SECONDS / 10, 2.0), transport)
            await _until(lambda: sandbox.ask("open_connections") == 0)
            sandbox.ask("clear_faults")
        with Service() as sandbox:
            gc.collect()
            before = _files()
            pool = await _soak(sandbox, folder, figures, seed + 1, SECONDS, transport)
            closed = await _until(lambda: sandbox.ask("open_connections") == 0)
            await _until(lambda: _files() <= before)
            return pool, before, _files(), closed

    pool, before, after, closed = asyncio.run(main())
    third = len(figures.memory) // 3
    first, last = statistics.median(figures.memory[:third]), statistics.median(figures.memory[-third:])
    parts = [file.name for file in folder.iterdir() if file.name.endswith(".part")]
    errors = ", ".join(f"{name} {count}" for name, count in figures.errors.most_common())
    with capsys.disabled():
        print(
            f"\nsoak, {transport or 'default'} transport: {SECONDS:g} s, "
            f"{figures.calls.total()} calls, {figures.cancelled} cancelled; errors: {errors}; "
            f"memory {first:.1f} -> {last:.1f} MB; files {before} -> {after}, at most {max(figures.files)}; "
            f"pool: {pool}; part files {len(parts)}; seed {seed}"
        )
    assert pool == "0 busy, 0 places taken"
    assert closed, "the sandbox still has connections"
    assert after <= before
    assert last - first < MOST_GROWTH_MB
    assert parts == []
    assert set(figures.calls) == {"get", "look_up", "add", "pay", "credit", "stream", "leave_early", "save", "follow"}
