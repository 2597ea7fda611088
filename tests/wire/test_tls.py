"""Over TLS, with a certificate authority of the test's own."""

from __future__ import annotations

import random
import ssl
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme
from rawserver import (
    JOB,
    PATIENCE,
    Memory,
    Peer,
    RawServer,
    answers,
    assert_nothing_held,
    connect,
    connections_of,
    payment,
    pdf,
    places_of,
    response,
    then,
    then_silence,
    until,
)

from ropo_jobs_client import RopoJobsClient
from ropo_jobs_client.errors import ConnectionFailed, ConnectionLost, OutcomeUnknown, PdfTruncated, TimedOut

pytestmark = pytest.mark.fast

CONNECTIONS = 10


@pytest.fixture(scope="module")
def authority() -> Any:
    # Any: its own types speak of pyOpenSSL, which is not here.
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def trusting(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.anyio
async def test_a_certificate_of_ones_own(server_context: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    with RawServer(answers(JOB), server_context) as server:
        async with connect(server, ssl_context=trusting) as client:
            assert (await client.get_job(jobid=1)).jobid == 1
            await client.get_job(jobid=1)
        assert server.accepted == 1


@pytest.mark.anyio
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
# Set by default in some Pythons, such as that of Debian 12; whoever brings a context can set it, too.
@pytest.mark.parametrize("option", [0, getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)], ids=["", "lenient"])
async def test_what_ends_with_the_connection_ends_with_tls(
    version: ssl.TLSVersion, option: int, authority: Any, tmp_path: Path
) -> None:
    """Otherwise anybody in between could cut it, and a PDF can look whole where it was cut."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    trusting.options |= option
    authority.configure_trust(trusting)
    whole, body, sink = pdf(), response(pdf(), length=None), Memory()
    job = JOB.replace(b"Content-Length: 12\r\n", b"")
    replies = [then(body, Peer.close), *[then(body, Peer.cut)] * 3, then(job, Peer.close), then(job, Peer.cut)]
    with RawServer(answers(*replies), context) as server:
        async with connect(server, ssl_context=trusting, retries=0) as client:
            assert await client.pdf(jobid=1).read() == whole
            with pytest.raises(PdfTruncated):
                await client.pdf(jobid=1).read()
            with pytest.raises(PdfTruncated):
                await client.pdf(jobid=1).save(tmp_path / "a.pdf")
            with pytest.raises(PdfTruncated):
                await client.pdf(jobid=1).put(sink, "a.pdf")
            assert (await client.get_job(jobid=1)).jobid == 1
            with pytest.raises(ConnectionLost):
                await client.get_job(jobid=1)
    assert (names_in(tmp_path), sink.kept) == ([], {})


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.anyio
@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 -\r\nContent-Length: 999\r\n\r\n{"], ids=["silent", "stalls"])
async def test_what_does_not_come_in_time_is_not_called_broken(
    begun: bytes, server_context: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    with RawServer(answers(then_silence(begun)), tls=server_context) as server:
        async with connect(server, ssl_context=trusting, timeout=0.6, retries=0) as client:
            with pytest.raises(TimedOut, match=r"nothing came or went for 0\.6 s"):
                await client.get_job(jobid=1)
            with pytest.raises(OutcomeUnknown) as caught:
                await client.add_payment(payment())
            assert isinstance(caught.value.__cause__, TimedOut)
            with pytest.raises(TimedOut):
                await client.pdf(jobid=1).read()


@pytest.mark.anyio
async def test_a_certificate_that_nobody_vouches_for(server_context: ssl.SSLContext) -> None:
    with RawServer(answers(JOB), server_context) as server:
        async with connect(server, retries=0) as client:
            with pytest.raises(ConnectionFailed, match="certificate verify failed"):
                await client.add_payment(payment())
        assert server.requests == []


def _close_idle(client: RopoJobsClient) -> None:
    for connection in places_of(client).idle:
        connection.abort()


@pytest.mark.anyio
async def test_cancelled_in_the_handshake_and_around_it(
    server_context: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    chance = random.Random(20261122)
    cancelled = 0

    async def work() -> None:
        nonlocal cancelled
        for _ in range(25):
            with anyio.CancelScope(deadline=anyio.current_time() + chance.random() ** 2 * 0.03) as scope:
                await client.get_job(jobid=1)
                # A connection that is kept would spare the next one its handshake.
                _close_idle(client)
            cancelled += scope.cancelled_caught

    with RawServer(answers(JOB), server_context) as server:
        async with connect(server, ssl_context=trusting, max_connections=CONNECTIONS, retries=0) as client:
            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(work)
            with anyio.fail_after(PATIENCE):
                assert (await client.get_job(jobid=1)).jobid == 1
            assert_nothing_held(client, CONNECTIONS)
            await until(lambda: server.open == len(connections_of(client)))
        await until(lambda: server.open == 0)
    assert cancelled > 100
