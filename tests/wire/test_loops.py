"""One client, any event loops, threads and processes: each call gets its own answer, and nothing is left behind."""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import multiprocessing
import os
import signal
import threading
import time
import weakref
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, cast

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest
from rawserver import JOB, RawServer, Request, answers, connect, places_of, response, stay_silent, until

from ropo_jobs_client import ApiCode, RopoJobsClient, models
from ropo_jobs_client._loops import PerLoop, run_in_worker
from ropo_jobs_client.errors import ConnectionFailed

BACKENDS = ["asyncio", "trio"]


def _billnum(request: Request) -> str:
    return str(json.loads(request.body)["billnum"])


async def _echo(request: Request) -> None:
    """Answer a payment with its own number."""
    body = b'{"amount": "10.00", "billnum": "%b"}' % _billnum(request).encode()
    request.peer.send(response(body, content_type="application/json"))


async def _pay(client: RopoJobsClient, number: int | str) -> None:
    """Pay, and check that the answer is one's own."""
    paid = await client.add_payment(
        models.JobAddPayment(amount=Decimal(10), paydate="2026-11-22", billnum=f"bill-{number}")
    )
    assert paid.billnum == f"bill-{number}"


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.fixture(params=[None, "fast"], ids=["default", "fast"])
def transport(request: pytest.FixtureRequest) -> Any:
    return request.param


def _billnums(server: RawServer) -> list[str]:
    return sorted(_billnum(request) for request in server.requests)


# One loop after the other


def test_a_thousand_runs_make_a_thousand_payments(transport: Any) -> None:
    with RawServer(answers(_echo)) as server:
        client = connect(server, transport=transport)
        loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

        async def pay(number: int) -> None:
            loops.append(weakref.ref(asyncio.get_running_loop()))
            await _pay(client, number)

        for number in range(10):
            asyncio.run(pay(number))
        before = _open_files()
        for number in range(10, 1_000):
            asyncio.run(pay(number))
        # The server closes its end a moment later.
        deadline = time.monotonic() + 5
        while _open_files() > before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert _open_files() <= before
        gc.collect()
        assert sum(loop() is not None for loop in loops) <= 1
        assert len(set(_billnums(server))) == len(server.requests) == 1_000
        asyncio.run(client.aclose())


def test_a_client_that_is_being_closed_sends_nothing_from_a_new_loop(
    transport: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it closes, it looks up once: who comes later in another thread must find it closed."""
    raised: list[BaseException | None] = []
    with RawServer(answers(_echo)) as server:
        client = connect(server, transport=transport)
        loops: Any = cast("Any", client)._pipeline.connections._loops
        look_up = loops.all

        def pays_meanwhile() -> Any:
            found = list(look_up())
            with ThreadPoolExecutor(1) as other:
                raised.append(other.submit(asyncio.run, _pay(client, 2)).exception())
            return found

        async def pay_and_close() -> None:
            await _pay(client, 1)
            monkeypatch.setattr(loops, "all", pays_meanwhile)
            await client.aclose()

        asyncio.run(pay_and_close())
        assert [str(error) for error in raised] == ["the client is closed"]
        assert _billnums(server) == ["bill-1"]


def test_threads_that_make_the_first_call_at_once_share_what_they_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them may have found nothing made yet: from 3.12 on, `cached_property` has no lock."""
    client = RopoJobsClient(ApiCode("1", "2"), base_url="http://127.0.0.1:1/rest")
    make = cast("Any", RopoJobsClient)._pipeline.func
    pipeline = make(client)
    assert make(client) is pipeline
    pool = pipeline.connections
    open_transport = pool._open_transport
    others: list[object] = []

    def opens_twice() -> Any:
        if not others:
            others.append(None)
            others.append(pool.transport)
        return open_transport()

    monkeypatch.setattr(pool, "_open_transport", opens_twice)
    assert pool.transport is others[1] is pool.transport


def test_loops_of_both_kinds_after_each_other() -> None:
    with RawServer(answers(_echo)) as server:
        client = connect(server)
        for number in range(20):
            anyio.run(_pay, client, number, backend=BACKENDS[number % 2])
        assert server.accepted == len(server.requests) == 20
        anyio.run(client.aclose)
        deadline = time.monotonic() + 5
        while server.open and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.open == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_in_the_same_loop_the_connection_is_used_again(backend: str) -> None:
    with RawServer(answers(_echo)) as server:
        client = connect(server)

        async def pay_five() -> None:
            for number in range(5):
                await _pay(client, number)

        anyio.run(pay_five, backend=backend)
        anyio.run(pay_five, backend=backend)
        assert server.accepted == 2
        anyio.run(client.aclose, backend=backend)


def test_a_loop_that_was_left_in_the_middle_of_a_call_is_let_go(transport: Any) -> None:
    """As a crash of another task leaves it: the call is never ended, its loop is just closed."""
    with RawServer(answers(stay_silent, _echo)) as server:
        client = connect(server, transport=transport)
        loop = asyncio.new_event_loop()
        task = loop.create_task(_pay(client, 0))

        async def wait() -> None:
            await until(lambda: len(server.requests) == 1)

        loop.run_until_complete(wait())
        cast("Any", task)._log_destroy_pending = False
        loop.close()
        before = _open_files()
        asyncio.run(_pay(client, 1))
        assert _open_files() <= before
        assert len(server.requests) == 2
        del task, loop
        gc.collect()
        asyncio.run(client.aclose())


# Threads


def test_threads_with_loops_of_their_own_share_a_client(transport: Any) -> None:
    with RawServer(answers(_echo)) as server:
        credentials = ApiCode(cid="1000011", apicode="secret")
        client = connect(server, credentials=credentials, transport=transport, max_connections=3, deadline=20)

        def work(thread: int) -> None:
            async def pay_twenty() -> None:
                async with anyio.create_task_group() as group:
                    for number in range(20):
                        group.start_soon(_pay, client, f"{thread}-{number}")

            backend = "asyncio" if transport == "fast" else BACKENDS[thread % 2]
            anyio.run(pay_twenty, backend=backend)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
        payments = [request for request in server.requests if request.operation != "POST /token"]
        assert len({_billnum(request) for request in payments}) == len(payments) == 160
        assert server.count("POST /token") <= 8
        asyncio.run(client.aclose())


def test_closing_closes_what_other_threads_have_open(transport: Any) -> None:
    with RawServer(answers(_echo)) as server:
        client = connect(server, transport=transport)
        paid, leave = threading.Barrier(3), threading.Event()

        async def pay_and_stay() -> None:
            await _pay(client, threading.get_ident())
            await asyncio.to_thread(paid.wait, 10)
            await asyncio.to_thread(leave.wait, 10)

        threads = [threading.Thread(target=lambda: asyncio.run(pay_and_stay())) for _ in range(2)]
        for thread in threads:
            thread.start()
        paid.wait(10)
        assert server.open == 2

        async def close() -> None:
            await client.aclose()
            await until(lambda: server.open == 0)

        asyncio.run(close())
        leave.set()
        for thread in threads:
            thread.join(10)


def test_the_limit_counts_for_each_loop(transport: Any) -> None:
    """And nobody waits for the places of another loop."""
    with RawServer(answers(stay_silent, _echo)) as server:
        client = connect(server, transport=transport, max_connections=1, deadline=10)
        stopped = threading.Event()

        async def hold() -> None:
            with anyio.move_on_after(10):
                async with anyio.create_task_group() as group:
                    group.start_soon(functools.partial(_pay, client, "held"))
                    await asyncio.to_thread(stopped.wait, 10)
                    group.cancel_scope.cancel()

        thread = threading.Thread(target=lambda: asyncio.run(hold()))
        thread.start()

        async def pay() -> None:
            await until(lambda: len(server.requests) == 1)
            await _pay(client, "free")

        asyncio.run(pay())
        stopped.set()
        thread.join(10)
        asyncio.run(client.aclose())


# Processes


@contextmanager
def _child(work: Callable[[], None]) -> Generator[Callable[[], int]]:
    """Run a function in a forked process; what is given waits for it and returns its exit code."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()

    def join() -> int:
        process.join(60)
        return process.exitcode if process.exitcode is not None else -signal.SIGALRM

    try:
        yield join
    finally:
        if process.is_alive():
            process.kill()
        process.join()


def _pay_many(client: RopoJobsClient, who: str, count: int) -> None:
    async def pay() -> None:
        async with anyio.create_task_group() as group:
            for task in range(4):
                group.start_soon(pay_some, task)

    async def pay_some(task: int) -> None:
        for number in range(count // 4):
            await _pay(client, f"{who}-{task}-{number}")

    asyncio.run(pay())


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_gets_no_answer_of_its_parent(transport: Any) -> None:
    """A client that was used before the fork, as gunicorn's preload makes it; both go on at the same time."""
    with RawServer(answers(_echo)) as server:
        credentials = ApiCode(cid="1000011", apicode="secret")
        client = connect(server, credentials=credentials, transport=transport, max_connections=4)
        with asyncio.Runner() as runner:
            runner.run(_pay(client, "before"))
            tokens = server.count("POST /token")
            with _child(lambda: _pay_many(client, "child", 200)) as join:

                async def pay() -> None:
                    async with anyio.create_task_group() as group:
                        for task in range(4):
                            for number in range(50):
                                group.start_soon(_pay, client, f"parent-{task}-{number}")

                runner.run(pay())
                assert join() == 0
            runner.run(_pay(client, "after"))
            payments = [request for request in server.requests if request.operation != "POST /token"]
            assert len({_billnum(request) for request in payments}) == len(payments) == 402
            # The child began with the token of its parent.
            assert server.count("POST /token") == tokens == 1
            runner.run(client.aclose())


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_that_is_forked_while_another_thread_is_in_a_call(transport: Any) -> None:
    with RawServer(answers(_echo)) as server:
        client = connect(server, transport=transport, max_connections=4)
        thread = threading.Thread(target=_pay_many, args=(client, "thread", 200))
        thread.start()
        while not server.requests:
            time.sleep(0.001)
        for generation in range(3):
            with _child(functools.partial(_pay_many, client, f"child-{generation}", 40)) as join:
                assert join() == 0
        thread.join(30)
        assert not thread.is_alive()
        assert len(set(_billnums(server))) == len(server.requests) == 320
        asyncio.run(client.aclose())


# Worker threads


@pytest.mark.parametrize("backend", BACKENDS)
def test_workers_of_the_library_run_while_those_of_the_application_all_wait_for_it(backend: str) -> None:
    """As when each sync endpoint of a web framework, in a worker thread, calls the library through its event loop."""

    async def call() -> int:
        return await run_in_worker(lambda: 1)

    async def serve() -> None:
        async def endpoint() -> None:
            assert await anyio.to_thread.run_sync(lambda: anyio.from_thread.run(call)) == 1

        async with anyio.create_task_group() as group:
            for _ in range(200):
                group.start_soon(endpoint)

    async def serve_in_time() -> None:
        with anyio.fail_after(20):
            await serve()

    anyio.run(serve_in_time, backend=backend)


def test_values_of_loops_that_are_over_are_told_of() -> None:
    let_go: list[int] = []
    made = iter(range(100))
    values = PerLoop(lambda: next(made), let_go.append)

    async def here() -> int:
        assert values.here() == values.here()
        return values.here()

    assert [anyio.run(here, backend=BACKENDS[number % 2]) for number in range(6)] == list(range(6))
    assert let_go == list(range(5))
    assert [value for _, value in values.all()] == [5]


# Waiting


@pytest.mark.anyio
@pytest.mark.fast
async def test_who_finds_no_connection_free_is_told_so() -> None:
    with RawServer(answers(stay_silent, JOB)) as server:
        async with connect(server, max_connections=1, timeout=5) as client, anyio.create_task_group() as group:
            group.start_soon(functools.partial(client.get_job, jobid=1))
            await until(lambda: len(server.requests) == 1)
            with pytest.raises(ConnectionFailed, match=r"no connection was free for 0\.\d+ s"):
                await client.with_options(deadline=0.5, retries=0).get_job(jobid=1)
            with pytest.raises(Exception, match=r"no connection was free for 0\.05 s") as caught:
                await client.with_options(timeout=0.05, retries=0).get_job(jobid=1)
            assert type(caught.value).__name__ == "ConnectionFailed"
            assert places_of(client).limiter.statistics().tasks_waiting == 0
            assert len(server.requests) == 1
            group.cancel_scope.cancel()
