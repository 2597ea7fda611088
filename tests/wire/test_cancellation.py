"""Calls that are cancelled: at any moment, twice, by the thousand.

No connection is lost, and nothing but the cancellation is raised.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from rawserver import (
    BILL,
    JOB,
    PAID,
    PATIENCE,
    Handler,
    RawServer,
    Reply,
    Request,
    answers,
    assert_nothing_held,
    connect,
    connect_to,
    connections_of,
    in_turn,
    no_pauses,
    payment,
    pdf,
    places_of,
    response,
    running,
    silent,
    stay_silent,
    then_silence,
    until,
)
from replies import answer

from ropo_jobs_client import ApiCode, AttemptEvent, Outcome, RopoJobsClient
from ropo_jobs_client.errors import TimedOut

pytestmark = pytest.mark.fast

CONNECTIONS = 10
WORKERS = 20
# All of them in .ci/run and `make torture`.
CANCELLATIONS = 10_000 if os.environ.get("ROPO_MATRIX") == "full" else 1_000

Call = Callable[[RopoJobsClient], Coroutine[Any, Any, object]]


# By the thousand


_PDF = pdf(30_000)
_SAVED = response(_PDF)


async def _moody(request: Request) -> None:
    """Answer in pieces, so that every part of an answer takes time."""
    if request.operation == "POST /jobs/payment":
        await asyncio.sleep(0)
        request.peer.send(PAID)
    elif request.operation == "GET /jobs":
        request.peer.send(JOB[:20])
        await asyncio.sleep(0)
        request.peer.send(JOB[20:])
    else:
        for start in range(0, len(_SAVED), 10_000):
            request.peer.send(_SAVED[start : start + 10_000])
            await asyncio.sleep(0)


async def _get(client: RopoJobsClient) -> None:
    await client.get_job(jobid=1)


async def _pay(client: RopoJobsClient) -> None:
    await client.add_payment(payment())


async def _read(client: RopoJobsClient) -> None:
    async with client.pdf(jobid=1) as stream:
        assert await stream.read() == _PDF


async def _leave_early(client: RopoJobsClient) -> None:
    async with client.pdf(jobid=1) as stream:
        async for _ in stream:
            break


async def _do_not_read(client: RopoJobsClient) -> None:
    async with client.pdf(jobid=1):
        pass


_CALLS: tuple[Call, ...] = (_get, _get, _pay, _read, _leave_early, _do_not_read)


async def _assert_whole(server: RawServer, client: RopoJobsClient) -> None:
    """Check that the next calls succeed at once, and that client and server agree on which connections there are."""
    with anyio.fail_after(PATIENCE):
        for _ in range(3):
            await _get(client)
    assert_nothing_held(client, CONNECTIONS)
    await until(lambda: server.open == len(connections_of(client)))


@asynccontextmanager
async def _mood() -> AsyncGenerator[tuple[RawServer, RopoJobsClient]]:
    logger = logging.getLogger("ropo_jobs_client")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        async with running(answers(_moody), max_connections=CONNECTIONS, retries=0) as (server, client):
            yield server, client
            await _assert_whole(server, client)
    finally:
        logger.setLevel(level)


@pytest.mark.anyio
async def test_thousands_of_random_cancellations() -> None:
    chance = random.Random(20261122)
    cancelled = 0

    async def work(client: RopoJobsClient) -> None:
        nonlocal cancelled
        # Where the machine is slow, few get as far as the server: until enough did.
        while cancelled < CANCELLATIONS or len(server.requests) <= CANCELLATIONS // 10:
            call = chance.choice(_CALLS)
            with anyio.CancelScope(deadline=anyio.current_time() + chance.random() ** 3 * 0.05) as scope:
                await call(client)
            if scope.cancelled_caught:
                cancelled += 1

    async with _mood() as (server, client), anyio.create_task_group() as group:
        for _ in range(WORKERS):
            group.start_soon(work, client)
    assert cancelled >= CANCELLATIONS


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "fast"], indirect=True)
async def test_tasks_that_are_cancelled_twice_or_thrice() -> None:
    """A native `task.cancel()` is not stopped by a shield, so it also strikes while a connection is given back."""
    chance = random.Random(20261123)
    left = 1_000

    async def work(client: RopoJobsClient) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            task = asyncio.ensure_future(chance.choice(_CALLS)(client))
            await asyncio.sleep(chance.random() * 0.005)
            for _ in range(chance.randint(1, 3)):
                task.cancel()
                for _ in range(chance.randint(0, 3)):
                    await asyncio.sleep(0)
            await asyncio.wait([task])
            assert task.cancelled() or task.exception() is None, repr(task.exception())

    async with _mood() as (_, client), anyio.create_task_group() as group:
        for _ in range(WORKERS // 2):
            group.start_soon(work, client)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "fast"], indirect=True)
@pytest.mark.parametrize("is_cancelled_first", [False, True], ids=["left", "cancelled"])
@pytest.mark.parametrize("reads", [0, 1, 2])
async def test_a_native_cancellation_at_every_step_of_giving_a_connection_back(
    reads: int, is_cancelled_first: bool
) -> None:
    async with running(answers(then_silence(_SAVED[:20_000])), max_connections=2) as (server, client):
        for steps in range(12):
            inside, leave = asyncio.Event(), asyncio.Event()

            async def use(inside: asyncio.Event, leave: asyncio.Event) -> None:
                async with client.pdf(jobid=1) as stream:
                    if reads:
                        await anext(stream)
                    inside.set()
                    await (anext(stream) if reads == 2 else leave.wait())

            task = asyncio.ensure_future(use(inside, leave))
            await inside.wait()
            if is_cancelled_first:
                await asyncio.sleep(0)
                task.cancel()
            else:
                leave.set()
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled() or task.exception() is None
        # Two places, a dozen calls: had one been lost for each, the third would have waited for ever.
        with anyio.fail_after(PATIENCE):
            async with client.pdf(jobid=1):
                assert len(connections_of(client)) == 1
                await until(lambda: server.open == 1)


# At each stage


class Stage:
    """A call that is under way, to be cancelled when it has come to a certain stage."""

    def __init__(self, client: RopoJobsClient, server: RawServer, events: list[AttemptEvent]) -> None:
        self.client = client
        self.server = server
        self.events = events
        self.raised: list[BaseException] = []

    async def cancel(self, call: Call, stage: Callable[[], bool]) -> None:
        """Start a call, and cancel it at a stage."""

        async def watched() -> None:
            try:
                await call(self.client)
            except BaseException as error:
                self.raised.append(error)
                raise

        async with anyio.create_task_group() as group:
            group.start_soon(watched)
            await until(stage)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        assert [type(error) for error in self.raised] == [anyio.get_cancelled_exc_class()]

    @property
    def outcomes(self) -> list[Outcome]:
        return [event.outcome for event in self.events]


@asynccontextmanager
async def _stage(handler: Handler, **options: Any) -> AsyncGenerator[Stage]:
    with RawServer(handler) as server:
        events: list[AttemptEvent] = []
        client = connect(server, **{"max_connections": 1, "on_attempt": events.append, **options})
        stage = Stage(client, server, events)
        async with stage.client:
            yield stage
            assert_nothing_held(stage.client, 1)
        await until(lambda: server.open == 0)


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def _add(client: RopoJobsClient) -> None:
    await client.add_bills([BILL], data_identifier="my-own-identifier")


async def _print(client: RopoJobsClient) -> None:
    async with client.local_print([BILL], data_identifier="my-own-identifier") as stream:
        await stream.read()


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_cancelled_while_connecting(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    # A full backlog: the system lets further connects wait.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        events: list[AttemptEvent] = []
        try:
            client = connect_to(f"http://127.0.0.1:{port}/rest", max_connections=1, on_attempt=events.append)
            async with client:
                for _ in range(3):
                    async with anyio.create_task_group() as group:
                        group.start_soon(call, client)
                        await until(lambda: len(connections_of(client)) == 1)
                        await anyio.wait_all_tasks_blocked()
                        group.cancel_scope.cancel()
                    assert_nothing_held(client, 1)
                    assert connections_of(client) == []
        finally:
            for one in crowd:
                one.close()
    assert [event.outcome for event in events] == ([] if call is _get else [Outcome.NOT_SENT] * 3)
    assert _warnings(caplog) == []


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_cancelled_in_the_tls_handshake(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    with RawServer(silent) as server:
        client = connect_to(
            f"https://127.0.0.1:{server.port}/rest",
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            max_connections=1,
        )
        async with client:
            for i in range(3):
                async with anyio.create_task_group() as group:
                    group.start_soon(call, client)
                    await until(lambda i=i: server.accepted == i + 1)  # type: ignore[misc]
                    await anyio.wait_all_tasks_blocked()
                    group.cancel_scope.cancel()
                assert_nothing_held(client, 1)
                # The socket is closed now, and not when the garbage is collected or the client closed.
                await until(lambda: server.open == 0)
    assert _warnings(caplog) == []


@pytest.mark.anyio
@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200", JOB[:-3]], ids=["nothing", "half a status", "half a body"])
async def test_cancelled_while_the_answer_comes(reply: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with _stage(answers(then_silence(reply), JOB)) as stage:
        await stage.cancel(_get, lambda: len(stage.server.requests) == 1)
        assert_nothing_held(stage.client, 1)
        await _get(stage.client)
        assert stage.outcomes == [Outcome.SUCCESS]
    assert _warnings(caplog) == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("call", "reply"),
    [
        (call, reply)
        for call, whole in ((_pay, PAID), (_add, PAID), (_print, _SAVED))
        for reply in (b"", b"HTTP/1.1 200", whole[:-3])
    ],
    ids=[f"{call} {part}" for call in ("pay", "add", "print") for part in ("nothing", "half a status", "half a body")],
)
async def test_cancelled_when_it_may_have_been_carried_out(
    call: Call, reply: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with _stage(answers(then_silence(reply))) as stage:
        await stage.cancel(call, lambda: len(stage.server.requests) == 1)
        (request,) = stage.server.requests
        (event,) = [event for event in stage.events if event.outcome is not Outcome.SUCCESS]
        assert event.outcome is Outcome.CANCELLED_AFTER_SEND
        assert event.operation == request.operation
        assert event.attempt == 1
        assert event.delay is None
        assert event.data_identifier == request.headers.get("dataidentifier")
        (text,) = _warnings(caplog)
        assert request.operation in text
        assert ("my-own-identifier" in text) is (call is not _pay)
        # The time, in UTC.
        assert "+00:00" in text


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_cancelled_while_the_token_is_fetched(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    async with _stage(answers(JOB, token=stay_silent), credentials=ApiCode(cid="1000011", apicode="secret")) as stage:
        await stage.cancel(call, lambda: len(stage.server.requests) == 1)
        assert stage.server.count("POST /token") == 1
        assert stage.events == []
    assert _warnings(caplog) == []


@pytest.mark.anyio
async def test_when_the_task_that_fetches_the_token_is_cancelled_another_takes_over() -> None:
    credentials = ApiCode(cid="1000011", apicode="secret")
    handler = answers(JOB, token=in_turn(stay_silent, answer(201, {"token": "late"})))
    async with running(handler, credentials=credentials, max_connections=5) as (server, client):
        leader = anyio.CancelScope()
        async with anyio.create_task_group() as group:

            async def lead() -> None:
                with leader:
                    await _get(client)

            group.start_soon(lead)
            await until(lambda: server.count("POST /token") == 1)
            for _ in range(20):
                group.start_soon(_get, client)
            await anyio.wait_all_tasks_blocked()
            leader.cancel()
        assert leader.cancelled_caught
        assert server.count("POST /token") == 2
        assert server.count("GET /jobs") == 20
        assert {r.headers["authorization"] for r in server.requests if r.method == "GET"} == {"Bearer late"}
        assert_nothing_held(client, 5)


_REFUSED = response(status=401)


def _only_the_first_token() -> Reply:
    return in_turn(answer(201, {"token": "early"}), stay_silent)


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay, _add])
async def test_cancelled_while_a_refused_token_is_renewed(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    """The service has refused the request: nothing of it can have been carried out."""
    credentials = ApiCode(cid="1000011", apicode="secret")
    async with _stage(answers(_REFUSED, token=_only_the_first_token()), credentials=credentials) as stage:
        await stage.cancel(call, lambda: stage.server.count("POST /token") == 2)
        assert Outcome.CANCELLED_AFTER_SEND not in stage.outcomes
    assert _warnings(caplog) == []


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay, _add])
async def test_the_deadline_passes_while_a_refused_token_is_renewed(call: Call) -> None:
    credentials = ApiCode(cid="1000011", apicode="secret")
    handler = answers(_REFUSED, token=_only_the_first_token())
    async with running(handler, credentials=credentials, deadline=0.3) as (server, client):
        with pytest.raises(TimedOut):
            await call(client)
        assert server.count("POST /token") == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("call", "status"),
    [(_get, 503), (_get, 429), (_pay, 429), (_print, 429)],
    ids=["get 503", "get 429", "pay 429", "print 429"],
)
async def test_cancelled_in_the_pause_before_a_repeat(
    call: Call, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    reply = response(status=status, content_type=None, Retry_After="50")
    async with _stage(answers(reply)) as stage:
        await stage.cancel(call, lambda: len(stage.events) == 1)
        delay = stage.events[0].delay
        assert delay is not None
        assert 50 <= delay <= 62.5
        # The place among the connections is free during the pause, and after it.
        assert len(stage.server.requests) == 1
        assert stage.outcomes == [Outcome.ERROR_STATUS]
    assert _warnings(caplog) == []


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay, _add])
async def test_cancelled_while_waiting_for_a_connection(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    async with _stage(answers(then_silence(_SAVED[:5_000]), JOB)) as stage:
        limiter = places_of(stage.client).limiter
        async with stage.client.pdf(jobid=1):
            for _ in range(3):
                stage.raised.clear()
                await stage.cancel(call, lambda: limiter.statistics().tasks_waiting == 1)
                assert limiter.statistics().tasks_waiting == 0
        await _get(stage.client)
        assert len(stage.server.requests) == 2
        not_sent = [] if call is _get else [Outcome.NOT_SENT] * 3
        assert stage.outcomes == [*not_sent, Outcome.LEFT_EARLY, Outcome.SUCCESS]
    assert _warnings(caplog) == []


@pytest.mark.anyio
async def test_a_cancelled_payment_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    no_pauses(monkeypatch)
    async with _stage(answers(stay_silent, PAID), retries=5) as stage:
        await stage.cancel(_pay, lambda: len(stage.server.requests) == 1)
        await anyio.wait_all_tasks_blocked()
        assert len(stage.server.requests) == 1
        await _pay(stage.client)
        assert len(stage.server.requests) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("error", [ValueError(), asyncio.CancelledError()], ids=repr)
async def test_a_failing_hook_does_not_get_in_the_way_of_a_cancellation(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: AttemptEvent) -> None:
        raise error

    async with _stage(answers(stay_silent), on_attempt=fail) as stage:
        await stage.cancel(_pay, lambda: len(stage.server.requests) == 1)
    assert len([text for text in _warnings(caplog) if "POST /jobs/payment" in text]) == 1
