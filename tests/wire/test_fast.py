"""The fast transport: what is special about it, and must not show. All else runs with the tests of the default."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import gc
import logging
import socket
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import anyio
import httpx
import pytest
import trustme
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
    connections_of,
    payment,
    pdf,
    places_of,
    response,
    running,
    silent,
    stay_silent,
    then,
    then_silence,
    until,
)
from replies import reset

from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client.errors import (
    ApiError,
    ConnectionFailed,
    ConnectionLost,
    OutcomeUnknown,
    PdfTruncated,
    RopoError,
    TimedOut,
)
from ropo_jobs_client.models import JobItem

Call = Callable[[RopoJobsClient], Awaitable[object]]

BASE_URL = "https://example.org/rest"


@pytest.fixture(scope="module")
def authority() -> Any:
    # Any: its own types speak of pyOpenSSL, which is not here.
    return trustme.CA()


on_both = pytest.mark.parametrize("anyio_backend", ["asyncio", "fast"], indirect=True)
on_fast = pytest.mark.parametrize("anyio_backend", ["fast"], indirect=True)


async def _get(client: RopoJobsClient) -> object:
    return await client.get_job(jobid=1)


async def _pay(client: RopoJobsClient) -> object:
    return await client.add_payment(payment())


async def _consume(client: RopoJobsClient) -> object:
    return await client.get_status_updates(billnum="11213")


# Choosing it


def test_it_is_not_chosen_because_it_is_there() -> None:
    script = (
        "import sys; from ropo_jobs_client import *;"
        "RopoJobsClient(BearerToken('t'), base_url='https://x.fi/rest');"
        "assert 'httptools' not in sys.modules;"
        "RopoJobsClient(BearerToken('t'), base_url='https://x.fi/rest', transport='fast');"
        "assert 'httptools' in sys.modules and 'msgspec' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("missing", ["httptools", "msgspec"])
def test_without_the_extra_it_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)
        return real(name, *args, **options)

    for module in ("fast", "fast_connection", "fast_framing", "fast_json"):
        monkeypatch.delitem(sys.modules, f"ropo_jobs_client._http.{module}", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'ropo-jobs-client\[fast\]'"):
        RopoJobsClient(BearerToken("t"), base_url=BASE_URL, transport="fast")


@pytest.mark.asyncio
@pytest.mark.parametrize("is_tls", [False, True], ids=["tcp", "tls"])
async def test_a_server_that_refuses_a_large_request_before_it_was_read(
    is_tls: bool, caplog: pytest.LogCaptureFixture
) -> None:
    authority: Any = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if is_tls else None
    trusting = ssl.create_default_context()
    if context is not None:
        authority.issue_cert("127.0.0.1").configure_cert(context)
        authority.configure_trust(trusting)

    async def refuse(peer: Peer) -> None:
        await peer.read()
        peer.send(response(b"{}", status=413, content_type="application/json"))
        await peer.sent()

    with RawServer(refuse, tls=context) as server:
        async with connect(server, transport="fast", retries=0, ssl_context=trusting) as client:
            for _ in range(5):
                # Of TLS, what has not come when a write fails cannot be read any more.
                with pytest.raises((ApiError, OutcomeUnknown) if is_tls else ApiError):
                    await client.add_bills([BILL] * 20_000)
    assert [record for record in caplog.records if record.name == "asyncio"] == []


@pytest.mark.parametrize("transport", ["slow", "", b"fast", 1])
def test_another_word_is_no_transport(transport: Any) -> None:
    with pytest.raises(TypeError, match='AsyncBaseTransport or "fast"'):
        RopoJobsClient(BearerToken("t"), base_url=BASE_URL, transport=transport)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_proxy_that_it_does_not_know_is_refused_at_once(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"{scheme}://u:secret@127.0.0.1:9"
    with pytest.raises(ValueError, match="proxy") as caught:
        RopoJobsClient(BearerToken("t"), base_url=BASE_URL, transport="fast", proxy=proxy)
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ValueError, match="proxy"):
        RopoJobsClient(BearerToken("t"), base_url=BASE_URL, transport="fast")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
@pytest.mark.parametrize("call", [_get, _pay])
async def test_under_trio_the_first_call_says_why_not(call: Call) -> None:
    async with running(answers(JOB), transport="fast") as (server, client):
        with pytest.raises(RuntimeError, match='transport="fast" needs asyncio'):
            await call(client)
        assert server.accepted == 0
        assert places_of(client).limiter.value == 20


def test_a_client_goes_on_in_the_next_event_loop() -> None:
    with RawServer(answers(JOB)) as server:
        client = connect(server, transport="fast")

        async def twice() -> None:
            await _get(client)
            await _get(client)

        asyncio.run(twice())
        asyncio.run(twice())
        assert server.accepted == 2

        async def close() -> None:
            await client.aclose()

        asyncio.run(close())
        gc.collect()


@pytest.mark.anyio
@on_fast
async def test_another_loop_at_the_same_time_has_connections_of_its_own() -> None:
    async with running(answers(JOB)) as (server, client):
        await _get(client)

        def elsewhere() -> None:
            asyncio.run(cast("Any", _get(client)))

        await anyio.to_thread.run_sync(elsewhere)
        # Closed with its loop.
        await until(lambda: server.open == 1)
        await _get(client)
        assert server.accepted == 2


# What is sent


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_the_same_is_sent_as_by_the_default(tmp_path: Path) -> None:
    async def call_all(client: RopoJobsClient) -> None:
        await client.get_job(jobid=1)
        with contextlib.suppress(RopoError):
            await client.get_status_updates(billnum="a b/ä+%2F&=~")
        await client.add_payment(payment())
        with contextlib.suppress(RopoError):
            await client.add_bills([BILL], data_identifier="x")
        with contextlib.suppress(RopoError):
            await client.pdf(jobid=1).save(tmp_path / "a.pdf")

    sent: list[list[Any]] = []
    for transport in (None, "fast"):
        async with running(answers(PAID), transport=transport) as (server, client):
            await call_all(client)
            host = f"127.0.0.1:{server.port}"
            sent.append(
                [
                    (one.method, one.target, {**one.headers, "host": one.headers["host"].replace(host, "-")}, one.body)
                    for one in server.requests
                ]
            )
    assert sent[0] == sent[1]
    assert len(sent[0]) == 5


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("call", [_get, _consume, _pay])
async def test_nothing_is_sent_again_by_itself(call: Call) -> None:
    """Over a connection that breaks when it is used again, some clients repeat a GET."""

    async with running(answers(JOB, reset), retries=0) as (server, client):
        await _get(client)
        with pytest.raises((ConnectionLost, OutcomeUnknown)):
            await call(client)
        assert len(server.requests) == 2
        assert server.accepted == 1


# What has left


@pytest.mark.anyio
@on_both
async def test_a_deadline_that_passes_while_connecting_is_no_unknown_outcome() -> None:
    # A full backlog: the system lets further connects wait.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            async with connect_to(f"http://127.0.0.1:{port}/rest", deadline=0.3) as client:
                with pytest.raises(TimedOut):
                    await _pay(client)
                with pytest.raises(ConnectionFailed, match="ConnectTimeout") as caught:
                    await client.with_options(timeout=0.1, retries=0).add_payment(payment())
                assert caught.value.attempts == 1
                assert_nothing_held(client, 20)
        finally:
            for one in crowd:
                one.close()


@pytest.mark.anyio
@on_both
async def test_a_tls_handshake_that_takes_too_long_is_no_unknown_outcome() -> None:
    with RawServer(silent) as server:
        base_url = f"https://127.0.0.1:{server.port}/rest"
        async with connect(server, base_url=base_url, timeout=0.1, retries=0) as client:
            with pytest.raises(ConnectionFailed):
                await _pay(client)
            await until(lambda: server.open == 0)


@pytest.mark.anyio
@on_both
async def test_a_name_that_nobody_knows_is_no_unknown_outcome() -> None:
    async with connect_to("https://nobody.invalid/rest", retries=0) as client:
        with pytest.raises(ConnectionFailed):
            await _pay(client)


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("end", [Peer.close, Peer.reset])
async def test_a_connection_that_ends_after_the_request_is_an_unknown_outcome(end: Callable[[Peer], None]) -> None:
    async with running(answers(then(b"", end)), retries=5) as (server, client):
        with pytest.raises(OutcomeUnknown):
            await _pay(client)
        assert len(server.requests) == 1


# What comes


BROKEN = {
    "no status": b"HTTP/1.1 abc -\r\n\r\n",
    "no HTTP": b"\0\0\r\n\r\n",
    "a header of 200 KB": b"HTTP/1.1 200 -\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    "5,000 headers": b"HTTP/1.1 200 -\r\n" + b"X: y\r\n" * 5_000 + b"X: " + b"z" * 100_000 + b"\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 -\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
}


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("what", BROKEN)
async def test_what_is_no_http_is_a_lost_connection(what: str) -> None:
    async with running(answers(then(BROKEN[what], Peer.close)), retries=0) as (_, client):
        with pytest.raises(ConnectionLost):
            await _get(client)
        with pytest.raises(OutcomeUnknown):
            await _pay(client)
        assert_nothing_held(client, 20)


@pytest.mark.anyio
@on_both
async def test_a_head_of_90_kb_is_read() -> None:
    reply = response(b'{"jobid": 1}', content_type="application/json", X_Long="x" * 90_000)
    async with running(answers(reply)) as (_, client):
        await _get(client)


@pytest.mark.anyio
@on_both
async def test_answers_before_the_answer_are_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"

    async def reply(request: Request) -> None:
        for piece in (early, early + early + JOB[:40], JOB[40:]):
            request.peer.send(piece)
            await request.peer.sent()
            await asyncio.sleep(0.01)

    async with running(answers(reply, early + JOB)) as (server, client):
        for _ in range(3):
            await _get(client)
        assert server.accepted == 1


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("times", [1, 2])
async def test_silence_after_an_answer_before_the_answer_is_not_waited_out(times: int) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    handler = answers(then_silence(early * times))
    async with running(handler, timeout=0.2, deadline=3 * PATIENCE, retries=0) as (_, client):
        with anyio.fail_after(PATIENCE), pytest.raises(TimedOut, match="nothing came"):
            await _get(client)
        assert_nothing_held(client, 20)


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("start", [b"HTTP/1.1 099 -\r\n", b"HTTP/1.1 101 -\r\nUpgrade: x\r\nConnection: upgrade\r\n"])
async def test_a_status_that_is_no_answer_is_an_unknown_outcome(start: bytes) -> None:
    async with running(answers(start + b"Content-Length: 0\r\n\r\n")) as (server, client):
        with pytest.raises(OutcomeUnknown):
            await _pay(client)
        assert len(server.requests) == 1
        assert_nothing_held(client, 20)


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("is_early", [False, True], ids=["with its head", "later"])
async def test_a_body_that_turns_into_nonsense_ends_it(is_early: bool) -> None:
    """And does not leave the reader waiting: neither for the head nor for the rest."""

    async def reply(request: Request) -> None:
        request.peer.send(chunked(pdf(5_000), whole=False))
        if is_early:
            await request.peer.sent()
            await asyncio.sleep(0.05)
        request.peer.send(b"zz\r\n")
        await request.peer.gone()

    async with running(answers(reply), timeout=PATIENCE) as (_, client):
        with anyio.fail_after(PATIENCE / 2):
            async with client.local_print([BILL]) as found:
                with pytest.raises(PdfTruncated, match="must not be sent again"):
                    await found.read()
        assert_nothing_held(client, 20)


@pytest.mark.anyio
@on_both
async def test_a_body_without_length_ends_with_its_connection_and_not_with_a_reset() -> None:
    body = response(b'[{"jobid": 1}]', content_type="application/json", length=None)
    async with running(answers(then(body, Peer.close), then(body, Peer.reset)), retries=0) as (_, client):
        assert len(await client.get_status_updates(billnum="1")) == 1
        with pytest.raises(ConnectionLost):
            await client.get_status_updates(billnum="1")


@pytest.mark.anyio
@on_fast
@pytest.mark.parametrize("is_announced", [True, False])
async def test_under_tls_a_body_without_length_ends_only_where_its_end_is_announced(
    is_announced: bool, authority: Any
) -> None:
    """Whoever sits in between can close the connection, and not forge the farewell of TLS."""

    async def reply(request: Request) -> None:
        request.peer.send(response(b'[{"jobid": 1}]', content_type="application/json", length=None))
        await request.peer.sent()
        if is_announced:
            request.peer.close()
        else:
            cast("Any", request.peer)._writer.transport.abort()

    with RawServer(answers(reply), _server_context(authority)) as server:
        async with connect(server, ssl_context=_client_context(authority), retries=0) as client:
            if is_announced:
                assert len(await client.get_status_updates(billnum="1")) == 1
            else:
                with pytest.raises(ConnectionLost):
                    await client.get_status_updates(billnum="1")


@pytest.mark.anyio
@on_both
async def test_of_an_error_that_breaks_off_the_text_is_told() -> None:
    reply = then(response(b"No such bill here", status=422, content_type="text/plain", length=100), Peer.close)
    async with running(answers(reply), retries=0) as (_, client):
        with pytest.raises(ApiError) as caught:
            await _get(client)
        assert caught.value.message == "No such bill here"


ANSWER = response(b'{"jobid": 1}', content_type="application/json")
IN_CHUNKS = chunked(b'{"jobid": 1}', content_type="application/json")
OTHER = response(b'{"jobid": 2}', content_type="application/json")


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("rest", [OTHER, b"garbage", b"\r\n", OTHER[:20]], ids=["answer", "garbage", "line", "half"])
@pytest.mark.parametrize("pause", [False, True], ids=["at once", "later"])
async def test_what_nobody_asked_for_is_not_the_next_answer(rest: bytes, pause: bool) -> None:
    done: list[bytes] = []

    async def reply(request: Request) -> None:
        request.peer.send(ANSWER if pause else ANSWER + rest)
        if pause:
            await request.peer.sent()
            await asyncio.sleep(0.02)
            request.peer.send(rest)
            await request.peer.sent()
        done.append(rest)

    async with running(answers(reply)) as (server, client):
        for number in range(1, 4):
            assert await _get(client)
            assert len(server.requests) == number
            # What comes after the next request has left, nobody can tell from its answer.
            await until(lambda: len(done) == len(server.requests))
            await anyio.sleep(0.05)
        # Blank lines between answers are allowed, and harmless; with them, either will do.
        assert server.accepted == 3 or (rest == b"\r\n" and not pause)
        assert_nothing_held(client, 20)


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("answer", [IN_CHUNKS, b"HTTP/1.1 204 -\r\n\r\n"], ids=["chunks", "204"])
@pytest.mark.parametrize("rest", [b"H", b"HTTP/1.1 200 O", OTHER[:-20]])
async def test_a_connection_with_the_start_of_another_answer_is_not_used_again(answer: bytes, rest: bytes) -> None:
    async with running(answers(answer + rest)) as (server, client):
        for number in range(1, 4):
            await client.get_status_updates(billnum="1") if b"204" in answer else await _get(client)
            assert server.accepted == number


@pytest.mark.anyio
@on_both
async def test_a_connection_that_was_closed_unnoticed_is_not_used() -> None:
    """The loop had no time to look: what the system knows counts."""

    async with running(answers(then(PAID, Peer.close))) as (server, client):
        for number in range(1, 20):
            await _pay(client)
            # Blocks the loop of the client, not that of the server.
            while server.open:
                pass
            assert len(server.requests) == number


# Sending


def _large() -> JobItem:
    return JobItem.from_dict({**BILL.to_dict(), "freetext": "x" * 30_000_000})


class _Deaf:
    """A server that takes a connection and reads nothing, until it is over."""

    is_over = False

    async def __call__(self, peer: Peer) -> None:
        while not self.is_over:  # noqa: ASYNC110 # set by another thread
            await asyncio.sleep(0.01)
        peer.reset()


@pytest.mark.anyio
@on_both
async def test_a_server_that_reads_no_more_ends_a_large_body() -> None:
    deaf = _Deaf()
    async with running(deaf, timeout=0.3, max_connections=1) as (_, client):
        with anyio.fail_after(PATIENCE), pytest.raises(OutcomeUnknown) as caught:
            await client.add_bills([_large()])
        assert isinstance(caught.value.__cause__, TimedOut)
        assert "WriteTimeout" in str(caught.value.__cause__)
        assert_nothing_held(client, 1)
        assert connections_of(client) == []
        deaf.is_over = True


@pytest.mark.anyio
@on_both
async def test_a_large_body_that_moves_slowly_arrives() -> None:
    taken = 0

    async def slow(peer: Peer) -> None:
        nonlocal taken
        connection: socket.socket = cast("Any", peer)._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        while data := await peer.read():
            taken += len(data)
            await asyncio.sleep(0.005)
            if taken > 30_000_000 and data.endswith(b"}"):
                peer.send(response(b'{"accepted": 1}', status=201, content_type="application/json"))

    async with running(slow, timeout=1.0, deadline=60) as (_, client):
        started = anyio.current_time()
        await client.add_bills([_large()])
        assert anyio.current_time() - started > 1.5


@pytest.mark.anyio
@on_fast
async def test_an_answer_before_the_body_is_sent_is_taken_and_the_connection_is_not() -> None:
    is_over = False

    async def refuse(peer: Peer) -> None:
        await peer.read()
        peer.send(response(b'{"error": "too large"}', status=413, content_type="application/json"))
        # It reads no more.
        while not is_over:  # noqa: ASYNC110 # the client is in another thread
            await asyncio.sleep(0.01)

    async with running(refuse, retries=0) as (_, client):
        with pytest.raises(ApiError) as caught:
            await client.add_bills([_large()])
        assert caught.value.status == 413
        await until(lambda: connections_of(client) == [])
        is_over = True


# Proxies


def _server_context(authority: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def _client_context(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def _tunnel(peer: Peer, heads: list[bytes]) -> None:
    """Read a CONNECT, and pass everything on."""
    reader, writer = cast("Any", peer)._reader, cast("Any", peer)._writer
    head = await reader.readuntil(b"\r\n\r\n")
    heads.append(head)
    host, _, port = head.split(b" ")[1].decode().partition(":")
    far_reader, far_writer = await asyncio.open_connection(host, int(port))
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async def pass_on(source: Any, target: Any) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65_536):
                target.write(data)
        target.close()

    await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))


@pytest.mark.anyio
@on_both
@pytest.mark.parametrize("is_https", [False, True], ids=["http", "https"])
async def test_through_a_tunnel(is_https: bool, authority: Any) -> None:
    heads: list[bytes] = []
    mine, theirs = _client_context(authority), _server_context(authority)
    # The proxy's certificate is of another authority than the service's.
    other = trustme.CA()
    proxy_tls = _server_context(other) if is_https else None
    with (
        RawServer(answers(JOB), theirs) as server,
        RawServer(lambda peer: _tunnel(peer, heads), proxy_tls) as proxy_server,
    ):
        proxy = httpx.Proxy(
            f"http{'s' if is_https else ''}://u%40:p%3As@127.0.0.1:{proxy_server.port}",
            ssl_context=_client_context(other) if is_https else None,
            headers={"X-Office": "Kuopio"},
        )
        async with connect(server, ssl_context=mine, proxy=proxy) as client:
            for _ in range(5):
                await _get(client)
        assert (server.accepted, proxy_server.accepted, len(heads)) == (1, 1, 1)
        await until(lambda: server.open == 0)
    head = heads[0].decode().lower()
    assert "proxy-authorization: basic dua6cdpz" in head
    assert "x-office: kuopio" in head
    assert all("proxy-authorization" not in one.headers and "x-office" not in one.headers for one in server.requests)


@pytest.mark.anyio
@on_both
async def test_a_forwarding_proxy_is_told_who_asks() -> None:
    with RawServer(answers(JOB)) as proxy_server:
        proxy = httpx.Proxy(f"http://u:p@127.0.0.1:{proxy_server.port}", headers={"X-Office": "Kuopio"})
        async with connect_to("http://127.0.0.1:9/rest", proxy=proxy) as client:
            await _get(client)
            await _get(client)
        assert proxy_server.accepted == 1
        for request in proxy_server.requests:
            assert request.target == "http://127.0.0.1:9/rest/jobs?jobid=1"
            assert request.headers["proxy-authorization"] == "Basic dTpw"
            assert request.headers["x-office"] == "Kuopio"
            assert request.headers["authorization"] == "Bearer a-token"


# Closing


@pytest.mark.anyio
@on_both
async def test_closing_while_a_body_comes_ends_it() -> None:
    raised: list[BaseException] = []

    async def read(client: RopoJobsClient) -> None:
        try:
            async with client.pdf(jobid=1) as found:
                inside.set()
                await found.read()
        except (RopoError, RuntimeError) as error:
            raised.append(error)

    inside = anyio.Event()
    reply = response(pdf(5_000), length=10_000)

    async def half(request: Request) -> None:
        request.peer.send(reply)
        await stay_silent(request)

    with RawServer(answers(half)) as server:
        client = connect(server, timeout=PATIENCE)
        with anyio.fail_after(PATIENCE / 2):
            async with anyio.create_task_group() as group:
                group.start_soon(read, client)
                await inside.wait()
                await anyio.wait_all_tasks_blocked()
                await client.aclose()
        assert len(raised) == 1
        await until(lambda: server.open == 0)


@pytest.mark.anyio
@on_both
async def test_closing_waits_for_nobody_who_reads_no_more() -> None:
    deaf = _Deaf()
    with RawServer(deaf) as server:
        client = connect(server, retries=0)
        async with anyio.create_task_group() as group:

            async def add() -> None:
                with contextlib.suppress(RopoError, RuntimeError):
                    await client.add_bills([_large()])

            group.start_soon(add)
            await until(lambda: server.accepted == 1)
            await anyio.sleep(0.05)
            with anyio.fail_after(PATIENCE / 2):
                await client.aclose()
        deaf.is_over = True
    gc.collect()


@pytest.mark.anyio
@on_fast
async def test_it_logs_nothing_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    no_answer = then(b"", Peer.close)
    async with running(answers(JOB, no_answer, then(BROKEN["no HTTP"], Peer.close)), retries=0) as (_, client):
        await _get(client)
        for _ in range(2):
            with pytest.raises(RopoError):
                await _get(client)
    gc.collect()
    assert {record.name for record in caplog.records} <= {"ropo_jobs_client", "asyncio"}
    # In its debug mode, asyncio tells of each connection.
    told = [record for record in caplog.records if record.name != "asyncio" or record.levelno >= logging.WARNING]
    assert not any("127.0.0.1" in record.getMessage() for record in told)
