"""A server that does with each connection what a test says, counts connections, and clients for it.

It runs in a thread with an event loop of its own, so that it serves tests on asyncio and on trio alike, and carries
some thousands of connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import struct
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, cast
from urllib.parse import parse_qsl, urlsplit

import anyio
import transports

from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client.models import JobAddPayment, JobItem, PayRow

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

PATIENCE: Final = 10.0
"""Seconds until something that has to happen is taken not to."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in. Two are equal if the same was sent, over whatever connection."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    peer: Peer = field(compare=False)

    @property
    def operation(self) -> str:
        """Such as `GET /jobs`."""
        path = self.target.partition("?")[0]
        return f"{self.method} {path.partition('/rest')[2] or path}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers, their names in lower case."""
        found = {name.lower(): value for name, value in self.fields}
        assert len(found) == len(self.fields), f"a header came twice: {[name for name, _ in self.fields]}"
        return found

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True, strict_parsing=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    async def answer(self, reply: bytes | Reply) -> None:
        """Send bytes as they are, or do what a reply does."""
        if isinstance(reply, bytes):
            self.peer.send(reply)
        else:
            await reply(self)


class Peer:
    """A client's connection, as the server has it."""

    def __init__(self, server: RawServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer

    async def receive(self) -> Request | None:
        """Read a request, or None when the client has hung up."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head[:-4].decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ")
            fields = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
            length = next((value for name, value in fields if name.lower() == "content-length"), "0")
            body = await self._reader.readexactly(int(length))
        except (asyncio.IncompleteReadError, OSError):
            return None
        request = Request(method, target, fields, body, self)
        self._server.requests.append(request)
        return request

    async def read(self) -> bytes:
        """Read what is there, or nothing when the client has hung up."""
        try:
            return await self._reader.read(65_536)
        except OSError:
            return b""

    def send(self, data: bytes) -> None:
        """Send bytes, also to a client that is gone."""
        self._writer.write(data)

    async def sent(self) -> bool:
        """Wait until the bytes are on their way; False when the client is gone."""
        try:
            await self._writer.drain()
        except OSError:
            return False
        return not self._writer.is_closing()

    async def gone(self) -> None:
        """Say nothing until the client has hung up."""
        while await self.read():
            pass

    def reset(self) -> None:
        """Break the connection: the client gets a reset, once it has read what came before."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        """Hang up, after what was sent."""
        self._writer.close()

    def cut(self) -> None:
        """Hang up, after what was sent, and without a word of TLS."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.shutdown(socket.SHUT_WR)


Handler = Callable[[Peer], Awaitable[None]]
Reply = Callable[[Request], Awaitable[None]]


class RawServer:
    """A server on 127.0.0.1 with a function that is called for each connection, which is closed when it returns.

    Attributes:
        requests: all that came in whole, in order.
        accepted: how many connections there were.
        open: how many there are.
        most_open: how many there were at once, at most.
    """

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._tls = tls
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="rawserver", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._ready = threading.Event()
        self._failures: list[BaseException] = []
        self.requests: list[Request] = []
        self.accepted = 0
        self.open = 0
        self.most_open = 0
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/rest"

    @property
    def calls(self) -> list[Request]:
        """What came in but for requests for a token."""
        return [request for request in self.requests if request.operation != "POST /token"]

    @property
    def token_requests(self) -> list[Request]:
        return [request for request in self.requests if request.operation == "POST /token"]

    def count(self, operation: str) -> int:
        """How often an operation such as `GET /jobs` was asked for."""
        return sum(request.operation == operation for request in self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        if error is None:
            assert not self._failures, f"the server's handler failed: {self._failures!r}"

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = listener.getsockname()[1]
        server = await asyncio.start_server(self._serve, sock=listener, limit=2**20, ssl=self._tls)
        self._ready.set()
        await self._stopping.wait()
        server.close()
        # Also those that asyncio has made for connections which came in just now.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)
        await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await self._handler(Peer(self, reader, writer))
            writer.close()
            # Of TLS too: the client may have hung up in the middle of something.
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        except asyncio.CancelledError:
            pass  # The test is over.
        except Exception as error:  # noqa: BLE001 - it belongs to the test
            self._failures.append(error)
        finally:
            self.open -= 1
            # Of TLS that was closed twice, the transport of Python 3.11.2 knows nothing any more.
            with contextlib.suppress(AttributeError):
                writer.transport.abort()


# What a server does


def answers(*replies: bytes | Reply, token: bytes | Reply | None = None) -> Handler:
    """Return the n-th request the n-th reply, over all connections; the last reply goes on for ever.

    `POST /token` has a reply of its own, which hands out token-1, token-2 and so on unless given.
    """
    reply, token = in_turn(*replies), token or _tokens()

    async def handle(peer: Peer) -> None:
        while (request := await peer.receive()) is not None:
            await request.answer(token if request.operation == "POST /token" else reply)

    return handle


def in_turn(*replies: bytes | Reply) -> Reply:
    """Return the n-th request that comes here the n-th reply; the last one goes on for ever."""
    served = 0

    async def reply(request: Request) -> None:
        nonlocal served
        served += 1
        await request.answer(replies[min(served, len(replies)) - 1])

    return reply


def _tokens() -> Reply:
    count = itertools.count(1)

    async def reply(request: Request) -> None:
        body = json.dumps({"token": f"token-{next(count)}"}).encode()
        request.peer.send(response(body, status=201, content_type="application/json"))

    return reply


async def stay_silent(request: Request) -> None:
    """Answer nothing until the client hangs up."""
    await request.peer.gone()


async def silent(peer: Peer) -> None:
    """Accept a connection and answer nothing until the client hangs up."""
    await peer.gone()


def then(data: bytes, end: Callable[[Peer], object]) -> Reply:
    """Send bytes, and then do something with the connection."""

    async def reply(request: Request) -> None:
        request.peer.send(data)
        await request.peer.sent()
        end(request.peer)

    return reply


def then_silence(data: bytes) -> Reply:
    """Send bytes, and then nothing until the client hangs up."""

    async def reply(request: Request) -> None:
        request.peer.send(data)
        await request.peer.gone()

    return reply


def response(
    body: bytes = b"",
    *,
    status: int = 200,
    content_type: str | None = "application/pdf",
    length: int | None = -1,
    **headers: str,
) -> bytes:
    """Write a response.

    Args:
        body: what follows the headers.
        status: the status.
        content_type: the Content-Type, or None for no such header.
        length: the Content-Length; -1 for the true one, None for no such header.
        headers: further headers; an underscore stands for a hyphen.
    """
    lines = [f"HTTP/1.1 {status} -"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def chunked(*chunks: bytes, whole: bool = True, **options: Any) -> bytes:
    """Write a response in chunks, with or without the mark of its end."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + (b"0\r\n\r\n" if whole else b"")
    return response(body, length=None, Transfer_Encoding="chunked", **options)


def pdf(size: int = 20_000) -> bytes:
    """Make something that passes for a PDF of so many bytes, with each byte telling its place."""
    head, tail = b"%PDF-1.7\n", b"\n%%EOF\n"
    middle = b"".join(b"%08d " % i for i in range((size - len(head) - len(tail)) // 9 + 1))
    return head + middle[: size - len(head) - len(tail)] + tail


JOB: Final = response(b'{"jobid": 1}', content_type="application/json")
PAID: Final = response(b'{"amount": "10.00", "jobid": 1}', content_type="application/json")
BILL: Final = JobItem(
    jobtype=0,
    customertype=2,
    person="Teppo Testaaja",
    address="Sammonkatu 23-25 A 7",
    postcode="70100",
    city="KUOPIO",
    billdate="2026-11-22",
    paydate="2026-12-06",
    payrow=[PayRow(desc="Hieronta", count=1, itemtype="h", amount=35, taxpr=24)],
)


def payment() -> JobAddPayment:
    """Make a payment."""
    return JobAddPayment(amount=10, paydate="2026-11-22", jobid=1)


# Clients


def connect(server: RawServer, **options: Any) -> RopoJobsClient:
    """Make a client for a server, with a token that is never renewed unless `credentials` are given."""
    return connect_to(options.pop("base_url", server.base_url), **options)


def connect_to(base_url: str, **options: Any) -> RopoJobsClient:
    """Make a client for an address, as `connect` does. Unless one is given, its transport is that of the test."""
    credentials: Any = options.pop("credentials", BearerToken("a-token"))
    options.setdefault("transport", transports.chosen)
    return RopoJobsClient(credentials, base_url=base_url, **options)


def is_fast(client: RopoJobsClient) -> bool:
    """Return whether it uses the fast transport."""
    return type(cast("Any", client)._pipeline.connections.transport).__name__ == "FastTransport"


def places_of(client: RopoJobsClient) -> Any:
    """Return the places among the connections of the running event loop: `limiter`, `idle` and `taken`."""
    return cast("Any", client)._pipeline.connections.here


def connections_of(client: RopoJobsClient) -> list[Any]:
    """Return the connections that there are, those that are being opened too."""
    places = places_of(client)
    return [*places.idle, *places.taken]


def socket_of(connection: Any) -> socket.socket:
    """Return the socket of a connection."""
    return cast("socket.socket", connection.get_extra_info("socket"))


def ssl_context_of(client: RopoJobsClient) -> ssl.SSLContext:
    """Return what a client makes of certificates."""
    transport = cast("Any", client)._pipeline.connections.transport
    return cast("ssl.SSLContext", transport.ssl_context if is_fast(client) else transport._ssl_context)


def assert_nothing_held(client: RopoJobsClient, max_connections: int) -> None:
    """Check that no connection is in use or lost, and that all places of the limiter are free."""
    places = places_of(client)
    assert places.taken == set()
    assert places.limiter.value == max_connections
    assert places.limiter.statistics().tasks_waiting == 0


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that has to happen."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        await anyio.sleep(0.001)


@asynccontextmanager
async def running(handler: Handler, **options: Any) -> AsyncGenerator[tuple[RawServer, RopoJobsClient]]:
    """Run a server and a client of it, and check in the end that the client has closed all its connections."""
    with RawServer(handler) as server:
        async with connect(server, **options) as client:
            yield server, client
        await until(lambda: server.open == 0)


def no_pauses(monkeypatch: Any) -> None:
    """Make the pauses before repeats last no time."""

    def backoff(repeats: int, jitter: Callable[[], float]) -> float:
        del repeats, jitter
        return 0.0

    monkeypatch.setattr("ropo_jobs_client._http.retry.backoff", backoff)


class Memory:
    """A sink that keeps PDFs in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def has(self, name: str) -> bool:
        return name in self.kept

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        self.kept[name] = b"".join([chunk async for chunk in chunks])
