"""An answer that nobody asked for must not be taken for the next one, wherever it lies: in the socket, in a record of
TLS, in half of one, in a queue of the event loop or in the parser."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, Final

import anyio
import pytest
import trustme
from rawserver import JOB, connect_to, payment, response
from record_server import Line, RecordServer

from ropo_jobs_client import AttemptEvent, Outcome
from ropo_jobs_client._http import fast_connection, network
from ropo_jobs_client._http.network import open_socket
from ropo_jobs_client.errors import ConnectionFailed

pytestmark = pytest.mark.fast


@pytest.fixture(scope="module")
def authority() -> Any:
    # Any: its own types speak of pyOpenSSL, which is not here.
    return trustme.CA()


@pytest.fixture(
    scope="module", params=[None, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["tcp", "1.2", "1.3"]
)
def server_context(request: pytest.FixtureRequest, authority: Any) -> ssl.SSLContext | None:
    if request.param is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = request.param
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def trusting(authority: Any) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def answer(body: bytes, **options: Any) -> bytes:
    return response(body, content_type="application/json", **options)


def padded(size: int) -> bytes:
    """Return the answer to GET /jobs, of so many bytes in all."""
    head = size - len(answer(b'{"jobid": 1}'.ljust(size))) + size
    made = answer(b'{"jobid": 1}'.ljust(head))
    assert len(made) == size
    return made


OWN: Final = answer(b'{"amount": "10.00", "jobid": 1, "ordernumber": "own"}')
STALE: Final = {
    "paid": answer(b'{"amount": "10.00", "jobid": 1, "ordernumber": "stale"}'),
    "refused": answer(b'{"error": "stale"}', status=422),
    "busy": answer(b"", status=429, Retry_After="0"),
    "one byte": b"H",
    "an empty line": b"\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
}


class Ways:
    """How the stale answer comes: each is sent in place of the answer to the first request of a connection."""

    def __init__(self, stale: bytes) -> None:
        self._stale = stale
        self.rest: dict[Line, bytes] = {}

    def one_record(self, line: Line, first: bytes) -> None:
        line.send(line.pack(first + self._stale))

    def own_record(self, line: Line, first: bytes) -> None:
        line.send(line.pack(first, self._stale))

    def after_64_kib(self, line: Line, first: bytes) -> None:
        line.send(line.pack(padded(65_536), self._stale))

    def after_256_kib(self, line: Line, first: bytes) -> None:
        line.send(line.pack(padded(262_144), self._stale))

    def after_an_odd_size(self, line: Line, first: bytes) -> None:
        line.send(line.pack(padded(120_001), self._stale))

    def half(self, line: Line, first: bytes) -> None:
        """Half of it, or of its record. The rest comes when the next request is there."""
        whole, packed = line.pack(first), line.pack(self._stale)
        middle = (len(packed) + 1) // 2
        self.rest[line] = packed[middle:]
        line.send(whole + packed[:middle])

    def three_bytes(self, line: Line, first: bytes) -> None:
        """Less than the head of a record."""
        whole, packed = line.pack(first), line.pack(self._stale)
        self.rest[line] = packed[3:]
        line.send(whole + packed[:3])

    def a_moment_later(self, line: Line, first: bytes) -> None:
        line.send(line.pack(first))
        threading.Event().wait(0.02)
        line.send(line.pack(self._stale))


WAYS: Final = (
    Ways.one_record,
    Ways.own_record,
    Ways.after_64_kib,
    Ways.after_256_kib,
    Ways.after_an_odd_size,
    Ways.half,
    Ways.three_bytes,
    Ways.a_moment_later,
)


@pytest.mark.product
@pytest.mark.anyio
@pytest.mark.parametrize("kind", STALE)
@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
async def test_a_stale_answer_is_not_the_answer_to_a_payment(
    way: Callable[[Ways, Line, bytes], None],
    kind: str,
    server_context: ssl.SSLContext | None,
    trusting: ssl.SSLContext,
) -> None:
    ways = Ways(STALE[kind])

    def reply(line: Line, request: bytes) -> None:
        if request.startswith(b"GET"):
            way(ways, line, JOB)
        else:
            # Whoever sends this into the same connection is told the stale answer first.
            line.send(ways.rest.pop(line, b""))
            line.send(line.pack(OWN))

    with RecordServer(reply, server_context) as server:
        options: dict[str, Any] = {} if server_context is None else {"ssl_context": trusting}
        async with connect_to(server.base_url, retries=0, **options) as client:
            for paid in range(1, 3):
                assert (await client.get_job(jobid=1)).jobid == 1
                if way is Ways.a_moment_later:
                    await anyio.sleep(0.1)
                answered = await client.add_payment(payment())
                assert answered.additional_properties["ordernumber"] == "own"
                assert sum(request.startswith(b"POST") for request in server.requests) == paid


@pytest.mark.anyio
@pytest.mark.parametrize("kind", STALE)
async def test_what_a_new_connection_begins_with_is_no_answer_either(
    kind: str, server_context: ssl.SSLContext | None, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server_context is not None and server_context.minimum_version is ssl.TLSVersion.TLSv1_3:
        pytest.skip("under TLS 1.3 the client ends the handshake, and what follows is on its way")

    async def connected(host: str, port: int) -> socket.socket:
        opened = await open_socket(host, port)
        if server_context is None:
            # It has come by then: of what is still on its way, nobody can tell that it is no answer.
            await anyio.wait_readable(opened)
        return opened

    def reply(line: Line, request: bytes) -> None:
        del request
        line.send(line.pack(OWN))

    for module in (network, fast_connection):
        monkeypatch.setattr(module, "open_socket", connected)
    with RecordServer(reply, server_context, greeting=STALE[kind]) as server:
        options: dict[str, Any] = {} if server_context is None else {"ssl_context": trusting}
        events: list[AttemptEvent] = []
        async with connect_to(server.base_url, retries=0, on_attempt=events.append, **options) as client:
            with pytest.raises(ConnectionFailed, match="nothing was sent"):
                await client.add_payment(payment())
            assert [event.outcome for event in events] == [Outcome.NOT_SENT]
            assert server.requests == []


@pytest.mark.anyio
async def test_a_connection_on_which_nothing_is_left_is_used_again(
    server_context: ssl.SSLContext | None, trusting: ssl.SSLContext
) -> None:
    """Otherwise all the above would prove nothing."""
    sizes = [250, 65_536, 262_144, 120_001]

    def reply(line: Line, request: bytes) -> None:
        line.send(line.pack(padded(sizes[len(server.requests) % len(sizes)])))

    with RecordServer(reply, server_context) as server:
        options: dict[str, Any] = {} if server_context is None else {"ssl_context": trusting}
        async with connect_to(server.base_url, retries=0, **options) as client:
            for _ in range(10):
                await client.get_job(jobid=1)
        assert server.accepted == 1
