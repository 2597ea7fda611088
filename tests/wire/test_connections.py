"""Connections: how many there are, which are used again, by whom, through which proxy, and that all are closed."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import math
import os
import socket
import ssl
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.lowlevel
import httpx
import pytest
from rawserver import (
    BILL,
    JOB,
    PAID,
    PATIENCE,
    Peer,
    RawServer,
    Request,
    answers,
    assert_nothing_held,
    chunked,
    connect,
    connect_to,
    no_pauses,
    payment,
    pdf,
    places_of,
    response,
    running,
    silent,
    socket_of,
    ssl_context_of,
    stay_silent,
    then,
    then_silence,
    until,
)

from ropo_jobs_client import ApiCode, AttemptEvent, BearerToken, Outcome, RopoJobsClient
from ropo_jobs_client.errors import ConnectionFailed, OutcomeUnknown, PermissionDenied, RopoError, TimedOut
from ropo_jobs_sandbox import Sandbox

pytestmark = pytest.mark.fast

PDF = pdf()


async def _get(client: RopoJobsClient) -> None:
    job = await client.get_job(jobid=1)
    assert job.jobid == 1


async def _pay(client: RopoJobsClient) -> None:
    await client.add_payment(payment())


@asynccontextmanager
async def _sandbox(**options: Any) -> AsyncGenerator[tuple[Sandbox, RopoJobsClient]]:
    async with Sandbox() as sandbox:
        assert sandbox.add_example_job() == 1
        credentials = ApiCode(cid=sandbox.cid, apicode=sandbox.apicode)
        async with connect_to(sandbox.base_url, credentials=credentials, **options) as client:
            yield sandbox, client
        await until(lambda: sandbox.open_connections == 0)


# Many tasks


@pytest.mark.anyio
async def test_a_hundred_tasks_with_an_expired_token_fetch_one() -> None:
    async with _sandbox() as (sandbox, client):
        await _get(client)
        assert sandbox.token_requests == 1
        sandbox.expire_tokens()
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(_get, client)
        assert sandbox.token_requests == 2
        assert sandbox.carried_out("GET /jobs") == 101
        assert_nothing_held(client, 20)


@pytest.mark.anyio
async def test_a_hundred_tasks_without_a_token_fetch_one() -> None:
    async with _sandbox() as (sandbox, client), anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(_get, client)
        await until(lambda: sandbox.carried_out("GET /jobs") == 100)
        assert sandbox.token_requests == 1


@pytest.mark.anyio
async def test_a_hundred_payments_with_an_expired_token_are_each_made_once() -> None:
    async with _sandbox() as (sandbox, client):
        await _get(client)
        sandbox.expire_tokens()
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(_pay, client)
        assert sandbox.token_requests == 2
        assert len(sandbox.payments()) == 100


@pytest.mark.anyio
async def test_a_thousand_tasks_over_ten_connections() -> None:
    async with running(answers(JOB), max_connections=10, timeout=PATIENCE) as (server, client):
        async with anyio.create_task_group() as group:
            for _ in range(1_000):
                group.start_soon(_get, client)
        assert len(server.requests) == 1_000
        assert server.most_open <= 10
        assert server.accepted == 10
        assert_nothing_held(client, 10)


async def _as_asked(request: Request) -> None:
    """Answer with the job that was asked for; a PDF never ends."""
    if request.operation == "GET /jobs/pdf":
        request.peer.send(chunked(PDF, whole=False))
    else:
        jobid = request.target.partition("jobid=")[2]
        request.peer.send(response(b'{"jobid": %b}' % jobid.encode(), content_type="application/json"))


@pytest.mark.anyio
async def test_who_waits_longest_is_served_first() -> None:
    """Fair by count: with so many places, nobody is overtaken by more than some that are under way at once."""
    places, tasks = 4, 200
    order: list[int] = []

    async def ask(client: RopoJobsClient, number: int) -> None:
        await client.get_job(jobid=number)
        order.append(number)

    async with running(answers(_as_asked), max_connections=places) as (_, client):
        limiter = places_of(client).limiter
        async with anyio.create_task_group() as group, AsyncExitStack() as streams:
            for _ in range(places):
                await streams.enter_async_context(client.pdf(jobid=1))
            for number in range(1, tasks + 1):
                group.start_soon(ask, client, number)
                await until(lambda number=number: limiter.statistics().tasks_waiting == number)  # type: ignore[misc]
    assert sorted(order) == list(range(1, tasks + 1))
    overtaken = max(place - number for place, number in enumerate(order, 1))
    assert overtaken <= 4 * places


@pytest.mark.anyio
async def test_nobody_jumps_the_queue() -> None:
    async with running(answers(then_silence(chunked(PDF, whole=False)), JOB), max_connections=1) as (_, client):
        limiter = places_of(client).limiter
        order: list[int] = []

        async def ask(number: int) -> None:
            await client.get_job(jobid=1)
            order.append(number)

        async with anyio.create_task_group() as group:
            async with client.pdf(jobid=1):
                for number in range(50):
                    group.start_soon(ask, number)
                    await until(lambda number=number: limiter.statistics().tasks_waiting == number + 1)  # type: ignore[misc]
            # The place is free, and who comes now comes last.
            group.start_soon(ask, 50)
        assert order == list(range(51))


@pytest.mark.anyio
async def test_copies_share_connections_and_places() -> None:
    async with running(answers(then_silence(chunked(PDF, whole=False)), JOB), max_connections=1) as (server, client):
        copy = client.with_options(deadline=0.5, retries=0)
        async with client.pdf(jobid=1):
            with pytest.raises(ConnectionFailed, match="no connection was free"):
                await copy.get_job(jobid=1)
        async with copy:
            await copy.get_job(jobid=1)
        await client.get_job(jobid=1)
        assert server.accepted == 2


# Used again


@pytest.mark.anyio
async def test_calls_use_one_connection_again() -> None:
    async with running(answers(JOB)) as (server, client):
        for _ in range(20):
            await _get(client)
        assert server.accepted == 1


class Clock:
    """The time, as the pool of connections sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = 0.0
        real = time.monotonic

        class Time:
            monotonic = staticmethod(lambda: real() + self._ahead)

        monkeypatch.setattr("ropo_jobs_client._http.pool.time", Time)

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("idle", "call", "accepted"),
    [(0.0, _pay, 1), (0.9, _pay, 1), (1.1, _pay, 2), (3.0, _pay, 2), (0.9, _get, 1), (3.5, _get, 1), (4.5, _get, 2)],
)
async def test_an_unsafe_request_takes_no_connection_that_was_idle_for_a_second(
    idle: float, call: Callable[[RopoJobsClient], Any], accepted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    async with running(answers(JOB, PAID if call is _pay else JOB)) as (server, client):
        await _get(client)
        clock.advance(idle)
        await call(client)
        assert server.accepted == accepted
        # One that is too old for a payment stays for a while, for what may be repeated.
        await until(lambda: server.open == (1 if idle > 4 else accepted))


@pytest.mark.anyio
async def test_among_idle_connections_an_unsafe_request_takes_a_fresh_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    async def reply(request: Request) -> None:
        if request.operation == "GET /jobs/pdf":
            # So much that it has not come before it is read.
            request.peer.send(chunked(pdf(8_000_000)))
        else:
            request.peer.send(JOB)

    async with running(answers(reply)) as (server, client):
        async with client.pdf(jobid=1) as one, client.pdf(jobid=1) as other:
            await one.read()
            clock.advance(3)
            await other.read()
        assert server.accepted == 2
        await _pay(client)
        assert server.accepted == 2


@pytest.mark.anyio
async def test_a_payment_never_goes_into_a_connection_that_the_server_has_closed() -> None:
    async def pay_and_hang_up(peer: Peer) -> None:
        if await peer.receive() is not None:
            peer.send(PAID)

    async with running(pay_and_hang_up, max_connections=3) as (server, client):
        for _ in range(50):
            await _pay(client)
            await until(lambda: server.open == 0)
        assert len(server.requests) == 50
        assert_nothing_held(client, 3)


@pytest.mark.anyio
async def test_a_server_that_says_it_will_close_is_believed() -> None:
    reply = then(response(b'{"jobid": 1}', content_type="application/json", Connection="close"), Peer.close)
    async with running(answers(reply)) as (server, client):
        for _ in range(20):
            await _pay(client)
        assert server.accepted == len(server.requests) == 20


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"], indirect=True)
async def test_where_the_parser_cannot_be_looked_into_no_connection_is_used_again() -> None:
    """As when httpcore has it under another name."""
    async with running(answers(JOB)) as (server, client):
        for _ in range(3):
            await _get(client)
            for connection in places_of(client).idle:
                connection._parser = object()
        assert server.accepted == 3


@pytest.mark.anyio
async def test_tcp_keep_alive_is_on() -> None:
    async with running(answers(response(PDF))) as (_, client), client.pdf(jobid=1):
        assert _keep_alive(client) == 1


def _keep_alive(client: RopoJobsClient) -> int:
    (taken,) = places_of(client).taken
    connection = socket_of(taken)
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    return int(connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) != 0)


@pytest.mark.anyio
async def test_no_cookie_is_sent_back() -> None:
    reply = response(b'{"jobid": 1}', content_type="application/json", Set_Cookie="PHPSESSID=abc; path=/")
    async with running(answers(reply)) as (server, client):
        for _ in range(3):
            await _get(client)
        assert [request.headers.get("cookie") for request in server.requests] == [None] * 3
    async with _sandbox() as (sandbox, client):
        for _ in range(3):
            await _get(client)
        assert all("cookie" not in request.headers for request in sandbox.requests)


# Proxies


class Proxy:
    """A proxy that forwards http, opens tunnels for https, and remembers what it was asked for."""

    def __init__(self, target: RawServer, *, refusal: bytes | None = None) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._target = target
        self._refusal = refusal

    async def __call__(self, peer: Peer) -> None:
        while (request := await peer.receive()) is not None:
            self.asked.append(f"{request.method} {request.target}")
            self.headers.append(request.headers)
            if self._refusal is not None:
                peer.send(self._refusal)
            elif request.method == "CONNECT":
                await self._tunnel(peer)
                return
            else:
                peer.send(JOB)

    async def _tunnel(self, peer: Peer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target.port)
        peer.send(b"HTTP/1.1 200 -\r\n\r\n")

        async def back() -> None:
            while data := await reader.read(65_536):
                peer.send(data)

        task = asyncio.create_task(back())
        while data := await peer.read():
            writer.write(data)
        writer.close()
        task.cancel()


_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def _proxied(
    handler: Callable[[Peer], Any] | None = None, *, refusal: bytes | None = None
) -> AsyncGenerator[tuple[RawServer, RawServer, Proxy]]:
    with RawServer(handler or answers(JOB)) as server:
        proxy = Proxy(server, refusal=refusal)
        with RawServer(proxy) as proxy_server:
            yield server, proxy_server, proxy
            await until(lambda: proxy_server.open == server.open == 0)


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_http_goes_through_a_proxy(call: Callable[[RopoJobsClient], Any]) -> None:
    async with _proxied() as (server, proxy_server, proxy):
        async with connect(server, proxy=f"http://someone:secret@127.0.0.1:{proxy_server.port}") as client:
            await call(client)
            await call(client)
        assert server.accepted == 0
        assert [asked.split()[1].partition("?")[0] for asked in proxy.asked] == [
            f"{server.base_url}/jobs" + ("/payment" if call is _pay else "")
        ] * 2
        assert proxy.headers[0]["proxy-authorization"] == "Basic c29tZW9uZTpzZWNyZXQ="
        assert proxy_server.accepted == 1


@pytest.mark.anyio
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_https_goes_through_a_tunnel(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The server says nothing in the handshake: that it is asked for one is what shows the tunnel.
    async with _proxied(silent) as (server, proxy_server, proxy):
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy_server.port}")
        # There is no such host: whoever tried to reach it directly would not get far.
        base_url = "https://service.invalid/rest"
        async with connect(server, base_url=base_url, timeout=0.2, retries=0) as client:
            with pytest.raises(ConnectionFailed):
                await _pay(client)
            assert proxy.asked == ["CONNECT service.invalid:443"]
            assert server.accepted == 1
            assert_nothing_held(client, 20)


@pytest.mark.anyio
async def test_a_loopback_address_is_reached_directly_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with _proxied() as (server, proxy_server, proxy):
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy_server.port}")
        async with connect(server) as client:
            await _get(client)
        assert (len(proxy.asked), len(server.requests)) == (0, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [str, httpx.Proxy])
async def test_a_proxy_that_is_given_goes_before_the_environment(
    kind: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _proxied() as (server, proxy_server, proxy):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "*")
        async with connect(server, proxy=kind(f"http://127.0.0.1:{proxy_server.port}")) as client:
            await _get(client)
        assert len(proxy.asked) == 1
        assert server.accepted == 0


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there(scheme: str, call: Callable[[RopoJobsClient], Any]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with connect_to(f"{scheme}://127.0.0.1:9/rest", proxy=address, retries=0) as client:
            with pytest.raises(ConnectionFailed):
                await call(client)


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_a_tunnel(
    call: Callable[[RopoJobsClient], Any], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)
    async with _proxied(refusal=response(status=status)) as (server, proxy_server, proxy):
        base_url = f"https://127.0.0.1:{server.port}/rest"
        options: dict[str, Any] = {"base_url": base_url, "proxy": f"http://u:secret@127.0.0.1:{proxy_server.port}"}
        async with connect(server, **options) as client:
            with pytest.raises(ConnectionFailed, match=str(status)) as caught:
                await call(client)
            assert "secret" not in str(caught.value)
            # To be refused again and again can lock an account out.
            assert caught.value.attempts == len(proxy.asked) == (1 if status == 407 else 3)
            assert_nothing_held(client, 20)
        assert server.accepted == 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    "refusal",
    [
        then(b"", Peer.close),
        then(b"", Peer.reset),
        then(b"HTTP/1.1 200", Peer.close),
        then(b"secret\0\r\n\r\n", Peer.close),
        then(b"HTTP/1.1 403 secret\r\nContent-Length: 0\r\n\r\n", Peer.close),
        stay_silent,
    ],
    ids=["hangs up", "resets", "half a status", "no HTTP", "words of its own", "silent"],
)
async def test_a_payment_that_never_got_past_the_proxy_is_not_unknown(
    refusal: Callable[[Request], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the tunnel is asked for nothing of the payment has left, however that fails."""
    no_pauses(monkeypatch)
    with RawServer(answers(refusal)) as proxy_server:
        proxy = f"http://127.0.0.1:{proxy_server.port}"
        base_url = "https://127.0.0.1:9/rest"
        async with connect_to(base_url, proxy=proxy, timeout=0.2, retries=1) as client:
            for number, call in enumerate((_pay, _get), 1):
                with pytest.raises(ConnectionFailed, match="nothing was sent") as caught:
                    await call(client)
                # Its own words may be anything.
                assert "secret" not in str(caught.value)
                assert caught.value.attempts == 2
                assert len(proxy_server.requests) == 2 * number
            assert_nothing_held(client, 20)
        await until(lambda: proxy_server.open == 0)


@pytest.mark.anyio
async def test_a_feed_that_never_got_past_the_proxy_has_no_gap(tmp_path: Path) -> None:
    with RawServer(answers(then(b"", Peer.close))) as proxy_server:
        proxy = f"http://127.0.0.1:{proxy_server.port}"
        async with connect_to("https://127.0.0.1:9/rest", proxy=proxy, retries=0) as client:
            async with client.status_feed(tmp_path / "feed.db") as feed:
                with pytest.raises(ConnectionFailed):
                    await anext(feed)
                assert feed.gaps == ()
            async with client.status_feed(tmp_path / "feed.db") as feed:
                assert feed.gaps == ()


@pytest.mark.anyio
async def test_a_proxy_that_refuses_to_forward_answers_for_the_service() -> None:
    async with _proxied(refusal=response(status=403)) as (server, proxy_server, proxy):
        async with connect(server, proxy=f"http://127.0.0.1:{proxy_server.port}") as client:
            with pytest.raises(PermissionDenied):
                await _get(client)
        assert len(proxy.asked) == 1


@pytest.mark.anyio
async def test_through_a_proxy_too_keep_alive_is_on_and_old_connections_carry_no_payment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    with RawServer(answers(chunked(PDF), PAID)) as proxy_server:
        proxy = f"http://127.0.0.1:{proxy_server.port}"
        async with connect_to("http://127.0.0.1:9/rest", proxy=proxy) as client:
            async with client.pdf(jobid=1) as found:
                assert _keep_alive(client) == 1
                await found.read()
            await _pay(client)
            assert proxy_server.accepted == 1
            clock.advance(1.1)
            await _pay(client)
            assert proxy_server.accepted == 2
        await until(lambda: proxy_server.open == 0)


# Another transport


class Recording(httpx.AsyncBaseTransport):
    """A transport of someone's own."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.running = 0
        self.most = 0
        self.closed = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.running += 1
        self.most = max(self.most, self.running)
        await anyio.lowlevel.checkpoint()
        self.running -= 1
        return httpx.Response(200, json={"jobid": 1})

    async def aclose(self) -> None:
        self.closed += 1


@pytest.mark.anyio
async def test_any_transport_works_behind_the_limiter_and_is_closed_with_the_client() -> None:
    transport = Recording()
    async with RopoJobsClient(
        BearerToken("t"), base_url="https://example.org/rest", transport=transport, max_connections=3
    ) as client:
        async with client.with_options(retries=0) as copy, anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(_get, copy)
                group.start_soon(_pay, client)
        assert transport.closed == 0
        assert transport.most == 3
        assert places_of(client).limiter.value == 3
    assert transport.closed == 1
    assert Counter(request.method for request in transport.requests) == {"GET": 50, "POST": 50}


@pytest.mark.anyio
async def test_all_timeouts_are_finite() -> None:
    transport = Recording()
    async with RopoJobsClient(BearerToken("t"), base_url="https://example.org/rest", transport=transport) as client:
        await _get(client)
        await client.with_options(timeout=3).get_job(jobid=1)
    first, second = (request.extensions["timeout"] for request in transport.requests)
    assert set(first) == {"connect", "read", "write", "pool"}
    assert all(0 < seconds <= 30 and math.isfinite(seconds) for seconds in first.values())
    assert first["connect"] == 5
    assert second["connect"] == second["read"] == second["write"] == 3


@pytest.mark.anyio
async def test_the_mock_transport_of_httpx_works_for_everything() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield PDF[:10]
        yield PDF[10:]

    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/pdf"):
            return httpx.Response(200, content=pieces(), headers={"content-type": "application/pdf"})
        if request.url.path.endswith("/localprint"):
            assert b"dataset" in request.content
            return httpx.Response(200, content=PDF, headers={"content-type": "application/pdf"})
        return httpx.Response(200, json={"jobid": 1})

    async with RopoJobsClient(
        BearerToken("t"), base_url="https://example.org/rest", transport=httpx.MockTransport(reply), max_connections=1
    ) as client:
        await _get(client)
        await _pay(client)
        async with client.pdf(jobid=1) as found:
            assert found.size is None
            assert await found.read() == PDF
        async with client.local_print([BILL]) as found:
            assert found.size == len(PDF)
            assert await found.read() == PDF
        await _get(client)


@pytest.mark.anyio
async def test_a_plain_transport_of_httpx_works() -> None:
    with RawServer(answers(response(PDF), JOB)) as server:
        async with connect(server, transport=httpx.AsyncHTTPTransport(), max_connections=1) as client:
            async with client.pdf(jobid=1) as found:
                assert await found.read() == PDF
            await _get(client)
            await _pay(client)
        await until(lambda: server.open == 0)


@pytest.mark.anyio
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_another_transport_did_not_send_is_not_unknown(
    error: type[httpx.TransportError], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)
    asked = 0

    def reply(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        raise error("no", request=request)

    transport = httpx.MockTransport(reply)
    async with RopoJobsClient(BearerToken("t"), base_url="https://example.org/rest", transport=transport) as client:
        with pytest.raises((ConnectionFailed, TimedOut)):
            await _pay(client)
        assert asked == 3


@pytest.mark.anyio
@pytest.mark.parametrize("error", [httpx.ReadError, httpx.WriteTimeout, httpx.RemoteProtocolError])
async def test_what_another_transport_may_have_sent_is_unknown(error: type[httpx.TransportError]) -> None:
    asked = 0

    def reply(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        raise error("no", request=request)

    transport = httpx.MockTransport(reply)
    async with RopoJobsClient(BearerToken("t"), base_url="https://example.org/rest", transport=transport) as client:
        with pytest.raises(OutcomeUnknown):
            await _pay(client)
        assert asked == 1


# Opening and closing


@pytest.mark.anyio
async def test_nothing_is_opened_before_the_first_call() -> None:
    async with running(answers(JOB)) as (server, client):
        await anyio.wait_all_tasks_blocked()
        assert server.accepted == 0
        assert cast("Any", client)._pipeline.connections._opened == []


@pytest.mark.anyio
async def test_clients_share_one_ssl_context_unless_one_is_given() -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with RawServer(silent) as server:
        base_url = f"https://127.0.0.1:{server.port}/rest"
        contexts: list[ssl.SSLContext] = []
        for options in ({}, {}, {"ssl_context": own}):
            async with connect(server, base_url=base_url, timeout=0.05, retries=0, **options) as client:
                with pytest.raises(ConnectionFailed):
                    await _get(client)
                contexts.append(ssl_context_of(client))
        await until(lambda: server.open == 0)
    assert contexts[0] is contexts[1]
    assert contexts[2] is own
    assert contexts[0].verify_mode is ssl.CERT_REQUIRED
    assert contexts[0].check_hostname


@pytest.mark.anyio
async def test_closing_closes_all_connections_and_leaves_nothing_to_the_garbage() -> None:
    async with _sandbox(max_connections=10) as (sandbox, client):
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(_get, client)
        assert 1 <= sandbox.open_connections <= 10
        await client.aclose()
        await until(lambda: sandbox.open_connections == 0)
        with pytest.raises(RuntimeError, match="closed"):
            await _get(client)
        await client.aclose()
    gc.collect()


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_who_waits_for_a_connection_when_the_client_is_closed_opens_none(
    call: Callable[[RopoJobsClient], Any],
) -> None:
    raised: list[Exception] = []

    async def ask(client: RopoJobsClient) -> None:
        try:
            await call(client)
        except RuntimeError as error:
            raised.append(error)

    with RawServer(answers(then_silence(chunked(PDF, whole=False)), JOB)) as server:
        client = connect(server, max_connections=1)
        limiter = places_of(client).limiter
        async with anyio.create_task_group() as group, client.pdf(jobid=1):
            for _ in range(3):
                group.start_soon(ask, client)
            await until(lambda: limiter.statistics().tasks_waiting == 3)
            await client.aclose()
        assert [str(error) for error in raised] == ["the client is closed"] * 3
        assert server.accepted == 1
        await until(lambda: server.open == 0)


@pytest.mark.anyio
async def test_closing_at_any_step_of_a_call_leaves_no_connection() -> None:
    """Also one that is still being opened then, and cannot be closed yet."""

    async def ask(client: RopoJobsClient) -> None:
        with contextlib.suppress(RopoError, RuntimeError):
            await client.get_job(jobid=1)

    with RawServer(answers(JOB)) as server:
        for steps in range(25):
            client = connect(server, retries=0)
            async with anyio.create_task_group() as group:
                group.start_soon(ask, client)
                for _ in range(steps):
                    await anyio.lowlevel.checkpoint()
                await client.aclose()
        # The server takes connections in order: when it has this one, it has had all.
        async with connect(server) as client:
            await _get(client)
        await until(lambda: server.open == 0)
    gc.collect()


@pytest.mark.anyio
async def test_closing_while_a_call_is_under_way_ends_it() -> None:
    raised: list[BaseException] = []

    async def ask(client: RopoJobsClient) -> None:
        try:
            await client.get_job(jobid=1)
        except (RopoError, RuntimeError) as error:
            raised.append(error)

    with RawServer(answers(stay_silent)) as server:
        client = connect(server, max_connections=2)
        async with anyio.create_task_group() as group:
            group.start_soon(ask, client)
            group.start_soon(ask, client)
            await until(lambda: len(server.requests) == 2)
            await client.aclose()
        assert len(raised) == 2
        assert len(server.requests) == 2
        await until(lambda: server.open == 0)


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_that_no_more_files_can_be_opened_is_told(
    call: Callable[[RopoJobsClient], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)

    def full(*args: Any, **options: Any) -> Any:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async with running(answers(JOB)) as (server, client):
        await _get(client)
        places_of(client).idle.pop().abort()
        with monkeypatch.context() as patch:
            patch.setattr("socket.socket", full)
            with pytest.raises(ConnectionFailed, match="Too many open files"):
                await call(client)
        await call(client)
        assert_nothing_held(client, 20)
        assert len(server.requests) == 2


@pytest.mark.anyio
async def test_the_reason_of_the_system_is_told() -> None:
    async with connect_to("http://127.0.0.1:9/rest", retries=0) as client:
        with pytest.raises(ConnectionFailed, match="Connection refused"):
            await _pay(client)
    async with connect_to("https://service.invalid/rest", retries=0) as client:
        with pytest.raises(ConnectionFailed, match=r"not known|No address|failure in name"):
            await _pay(client)


@pytest.mark.anyio
@pytest.mark.parametrize("call", [_get, _pay])
async def test_a_call_that_waits_for_a_connection_in_vain_is_told_so(call: Callable[[RopoJobsClient], Any]) -> None:
    """Also where the deadline passes before the time for waiting."""
    events: list[AttemptEvent] = []
    reply = answers(then_silence(chunked(PDF, whole=False)), JOB)
    async with running(reply, max_connections=1, on_attempt=events.append) as (server, client):
        async with client.pdf(jobid=1):
            told = client.with_options(deadline=1.0, retries=0)
            with pytest.raises(ConnectionFailed, match=r"nothing was sent: no connection was free for 0\.\d+ s"):
                await call(told)
        assert len(server.requests) == 1
    assert [event.outcome for event in events] == [Outcome.NOT_SENT, Outcome.LEFT_EARLY]
