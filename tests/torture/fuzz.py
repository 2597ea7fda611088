"""Random servers, calls and cancellations, on every transport, plain and TLS: `make fuzz SECONDS=60 SEED=1`.

Whatever happens, this must hold:

- nothing is carried out twice;
- nothing that the server received is denied: an unsafe call that was received ends with an answer, or in doubt;
- no call gets the answer of another;
- no connection, place, task or file is lost;
- every call ends within its deadline.

The same seed makes the same decisions. What sockets and the scheduler make of them may differ.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import ssl
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, cast

import anyio
import trustme

sys.path.insert(0, str(Path(__file__).parent.parent / "wire"))

from fuzz_server import STALE, FuzzServer, pdf_of
from rawserver import BILL, RawServer, connect

from ropo_jobs_client import AttemptEvent, RopoJobsClient
from ropo_jobs_client.errors import ApiError, OutcomeUnknown, ResponseError, RopoError
from ropo_jobs_client.models import JobAddPayment, JobItem

Transport = Literal["fast"] | None

# Seconds beyond a deadline: the machine may be busy.
SLACK: Final = 5.0
# Seconds of one round: a server, a client and its tasks.
ROUND: Final = 1.0
TASKS: Final = 30
KINDS: Final[list[tuple[str, Transport]]] = [("asyncio", None), ("asyncio", "fast"), ("trio", None)]
if find_spec("uvloop") is not None:
    KINDS.append(("uvloop", "fast"))


@dataclass
class Call:
    """A call, and what came of it."""

    nonce: int
    is_unsafe: bool
    operation: str
    end: str = ""
    seconds: float = 0.0
    error: BaseException | None = None
    # What `on_attempt` was told.
    told: list[str] = field(default_factory=list[str])


_current: ContextVar[Call] = ContextVar("current")


def _told(event: AttemptEvent) -> None:
    _current.get().told.append(event.outcome.value)


def _at_once(repeats: int, jitter: Callable[[], float]) -> float:
    del repeats, jitter
    return 0.0


class AnotherAnswerError(Exception):
    """The answer is that of another call."""


def _same(call: Call, nonce: object) -> None:
    if nonce != call.nonce:
        raise AnotherAnswerError(f"{call.operation} {call.nonce} got the answer {nonce}")


async def _get(client: RopoJobsClient, call: Call) -> None:
    _same(call, (await client.get_job(jobid=call.nonce)).jobid)


async def _changes(client: RopoJobsClient, call: Call) -> None:
    changes = await client.get_status_updates(billnum=str(call.nonce))
    _same(call, changes[0].jobid)


async def _pay(client: RopoJobsClient, call: Call) -> None:
    answer = await client.add_payment(JobAddPayment(amount=Decimal(1), paydate="2026-11-22", jobid=call.nonce))
    _same(call, answer.jobid)


async def _add(client: RopoJobsClient, call: Call) -> None:
    bill = BILL
    if call.nonce % 4 == 0:
        bill = JobItem.from_dict({**BILL.to_dict(), "freetext": "x" * 400_000})
    answer = await client.add_bills([bill], data_identifier=str(call.nonce))
    _same(call, answer.additional_properties["jobid"])


async def _report(client: RopoJobsClient, call: Call) -> None:
    await client.send_transfer_report(str(call.nonce))


async def _pdf(client: RopoJobsClient, call: Call) -> None:
    async with client.pdf(jobid=call.nonce) as found:
        content = await found.read()
    if content != pdf_of(call.nonce):
        raise AnotherAnswerError(f"{call.operation} {call.nonce} got another PDF")


async def _pdf_left_early(client: RopoJobsClient, call: Call) -> None:
    async with client.pdf(jobid=call.nonce) as found:
        async for _ in found:
            break


CALLS: Final[list[tuple[bool, Callable[[RopoJobsClient, Call], Awaitable[None]]]]] = [
    (False, _get), (False, _changes), (True, _pay), (True, _pay), (True, _add), (True, _report), (False, _pdf),
    (False, _pdf_left_early),
]  # fmt: skip


class Round:
    """A server, a client and some tasks, for a second."""

    def __init__(self, number: int, seed: int, authority: Any) -> None:
        self.chance = random.Random(f"{seed} {number}")
        self.loop, self.transport = KINDS[number % len(KINDS)]
        self.backend = "trio" if self.loop == "trio" else "asyncio"
        self.is_tls = self.chance.random() < 0.4
        self.name = f"{self.loop} {self.transport or 'default'}, {'TLS' if self.is_tls else 'plain'}, round {number}"
        self.server = FuzzServer(f"{seed} {number}")
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self._authority = authority
        self._next = number * 1_000_000 + 1
        self._deadline = self.chance.choice([0.5, 1.0, 2.0])
        self._tokens = 0

    def run(self) -> None:
        files = _files()
        mine = theirs = None
        if self.is_tls:
            mine, theirs = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.configure_trust(mine)
            self._authority.issue_cert("127.0.0.1").configure_cert(theirs)
        with RawServer(self.server, theirs) as server:
            anyio.run(self._main, server, mine, backend=self.backend, backend_options=_options(self.loop))
            if not _soon(lambda: server.open == 0):
                self.problems.append(f"{server.open} connections were left open")
        if not _soon(lambda: _files() <= files):
            self.problems.append(f"{_files() - files} files were left open")
        for call in self.calls:
            self._judge(call)

    async def _main(self, server: RawServer, ssl_context: ssl.SSLContext | None) -> None:
        places = self.chance.choice([3, 10, 30])
        client = connect(
            server,
            credentials=self._token,
            transport=self.transport,
            ssl_context=ssl_context,
            max_connections=places,
            timeout=self.chance.choice([0.1, 0.3]),
            deadline=self._deadline,
            retries=self.chance.choice([0, 2]),
            on_attempt=_told,
        )
        end = time.monotonic() + ROUND
        async with client:
            async with anyio.create_task_group() as group:
                for number in range(TASKS):
                    group.start_soon(self._work, client, random.Random(self.chance.random()), end, number)
            free = cast("Any", client)._pipeline.connections.here.limiter.value
            if free != places:
                self.problems.append(f"{places - free} of {places} places were lost")
        if self.backend == "asyncio":
            for _ in range(5):
                await asyncio.sleep(0)
            if others := asyncio.all_tasks() - {asyncio.current_task()}:
                self.problems.append(f"{len(others)} tasks were left")

    async def _token(self) -> str:
        self._tokens += 1
        return f"token-{self._tokens}"

    async def _work(self, client: RopoJobsClient, chance: random.Random, end: float, worker: int) -> None:
        while time.monotonic() < end:
            is_unsafe, function = chance.choice(CALLS)
            call = Call(self._next, is_unsafe, function.__name__)
            self._next += 1
            self.calls.append(call)
            patience = chance.random() ** 3 * 0.2 if chance.random() < 0.4 else None
            started = time.monotonic()
            if self.backend == "asyncio" and worker % 2:
                await self._native(client, call, function, patience, chance)
            else:
                with anyio.move_on_after(patience):
                    await self._one(client, call, function)
                call.end = call.end or "cancelled"
            call.seconds = time.monotonic() - started

    async def _native(
        self, client: RopoJobsClient, call: Call, function: Any, patience: float | None, chance: random.Random
    ) -> None:
        task = asyncio.ensure_future(self._one(client, call, function))
        await asyncio.wait([task], timeout=patience)
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=chance.choice([0, 0, 0.001]))
        call.end = call.end or "cancelled"

    async def _one(self, client: RopoJobsClient, call: Call, function: Any) -> None:
        _current.set(call)
        try:
            await function(client, call)
            call.end = "ok"
        except Exception as error:  # noqa: BLE001 # whatever it is, it is judged
            call.end, call.error = type(error).__name__, error

    def _judge(self, call: Call) -> None:
        received = self.server.received[call.nonce]
        done = received - self.server.refused[call.nonce]
        what = f"{call.operation} {call.nonce} ended with {call.end}, received {received}, told {call.told}"
        if call.seconds > self._deadline + SLACK and not call.operation.startswith("_pdf"):
            self.problems.append(f"late: {what}, {call.seconds:.1f} s")
        if call.error is not None and not isinstance(call.error, RopoError):
            self.problems.append(f"{call.error!r}: {what}")
        if self._is_of_another(call):
            self.problems.append(f"the answer of another call: {what}")
        if not call.is_unsafe or not done:
            return
        if done > 1:
            self.problems.append(f"twice: {what}")
        if call.end == "cancelled":
            # Each attempt that was received has been told of.
            is_denied = len([one for one in call.told if one != "not_sent"]) < received
        else:
            is_denied = call.end != "ok" and not isinstance(call.error, (OutcomeUnknown, ApiError, ResponseError))
        if is_denied:
            self.problems.append(f"denied: {what}")

    def _is_of_another(self, call: Call) -> bool:
        error: Any = call.error
        if isinstance(error, ApiError) and error.message and "refused" in error.message:
            return str(call.nonce) not in error.message
        answer = getattr(error, "response", None)
        text = f"{getattr(error, 'raw', b'') or b''!r}"
        return "another job" in str(error) or str(STALE) in text or getattr(answer, "jobid", None) == STALE


def _options(loop: str) -> dict[str, Any]:
    return {"use_uvloop": True} if loop == "uvloop" else {}


def _files() -> int:
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208


def _soon(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + SLACK
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description="Random servers, calls and cancellations.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--round", type=int, default=0, help="the first round")
    arguments = parser.parse_args()
    problems = fuzz(arguments.seconds, arguments.seed, arguments.round)
    return 1 if problems else 0


def fuzz(seconds: float, seed: int, first: int = 0, is_enough: Callable[[str], bool] = lambda _: False) -> list[str]:
    """Run rounds for so long, print what they were, and return what went wrong.

    Args:
        seconds: how long, or until a problem is enough.
        seed: decides what happens.
        first: the number of the first round.
        is_enough: whether a problem ends it.
    """
    logging.disable(logging.CRITICAL)
    # What is repeated is repeated at once.
    for name in ("_http.retry", "pdf"):
        module: Any = import_module(f"ropo_jobs_client.{name}")
        module.backoff = _at_once
    for loop, _ in KINDS:
        # What the first of its kind opens stays open.
        anyio.run(anyio.sleep, 0, backend="trio" if loop == "trio" else "asyncio", backend_options=_options(loop))
    authority = trustme.CA()
    ends: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    problems: list[str] = []
    end = time.monotonic() + seconds
    number = first
    while time.monotonic() < end and not any(map(is_enough, problems)):
        one = Round(number, seed, authority)
        one.run()
        problems += [f"{one.name}: {problem}" for problem in one.problems]
        ends.update(call.end for call in one.calls)
        calls[f"{one.loop} {one.transport or 'default'}"] += len(one.calls)
        ways.update(one.server.ways)
        number += 1
    print(f"fuzz: {calls.total()} calls in {number - first} rounds, seed {seed}")
    for title, counts in (("on", calls), ("ends", ends), ("answers", ways)):
        print(f"  {title}: {', '.join(f'{name} {count}' for name, count in counts.most_common())}")
    for problem in problems:
        print(f"  BROKEN: {problem}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
