"""The transport on httpx: its pool, made to survive cancellation, or any other transport."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

import anyio
import httpx

from .._codec.invalid import InvalidArgument
from .base import KEEPALIVE_EXPIRY, MAX_IDLE_FOR_UNSAFE, HttpRequest, Response

FRESH_ONLY: Final = "ropo_fresh_only"

# Bytes. What asyncio reads from a socket at once.
CHUNK_SIZE: Final = 256 * 1024

_ssl_context: ssl.SSLContext | None = None


def shared_ssl_context() -> ssl.SSLContext:
    """Return the one default context of this process: it takes some 20 ms to build."""
    global _ssl_context  # noqa: PLW0603
    if _ssl_context is None:
        _ssl_context = httpx.create_ssl_context()
    return _ssl_context


def keepalive_options() -> list[tuple[int, int, int]]:
    """Return the options of sockets that turn TCP keep-alive on."""
    # A firewall that forgets a connection must not leave a read waiting for its whole timeout.
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    # On macOS, the time until the first probe has another name.
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def check_transport(transport: object, **others: object) -> None:
    """Refuse what is no transport, what would let a payment be sent twice, and what goes with another one only."""
    if not isinstance(transport, httpx.AsyncBaseTransport):
        raise TypeError(f'transport must be an httpx.AsyncBaseTransport or "fast", not {type(transport).__name__}')
    if any(kind.__module__.partition(".")[0] == "httpx_aiohttp" for kind in type(transport).__mro__):
        raise InvalidArgument(
            "transport",
            "must not be that of httpx-aiohttp: it reports a lost connection as ConnectTimeout, "
            "and a payment that was taken would be sent again",
        )
    if given := [name for name, value in others.items() if value is not None]:
        raise TypeError(f"{given[0]} must not be given together with transport: give it to the transport")


def check_connecting(*, proxy: object, ssl_context: object) -> None:
    """Refuse what is no proxy, and no context for certificates."""
    if ssl_context is not None and not isinstance(ssl_context, ssl.SSLContext):
        raise TypeError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
    if proxy is None or isinstance(proxy, httpx.Proxy):
        return
    if not isinstance(proxy, str):
        raise TypeError(f"proxy must be a str or an httpx.Proxy, not {type(proxy).__name__}")
    # Without what it holds, which may be a password.
    expected = "must be a URL such as http://127.0.0.1:3128, its scheme http, https, socks5 or socks5h"
    try:
        host = httpx.Proxy(proxy).url.host
    except (ValueError, httpx.InvalidURL):
        raise InvalidArgument("proxy", expected) from None
    if not host:
        raise InvalidArgument("proxy", expected)


def environment_proxy(base_url: str) -> str | None:
    """Return the proxy that the environment variables name for this URL, by the rules of httpx."""
    from httpx._utils import URLPattern, get_environment_proxies

    url = httpx.URL(base_url)
    proxies = {URLPattern(pattern): proxy for pattern, proxy in get_environment_proxies().items()}
    return next((proxies[pattern] for pattern in sorted(proxies) if pattern.matches(url)), None)


def content_decoder(headers: Mapping[str, str]) -> Any | None:
    """Return what decompresses a body, by the rules of httpx, or None where there is nothing to decompress."""
    encoding = headers.get("content-encoding")
    # Packed twice, a few kilobytes can hold gigabytes. Nobody asks for that: it stays packed, and unreadable.
    if encoding is None or "," in encoding or not encoding.isascii():
        return None
    response: Any = httpx.Response(200, headers={"Content-Encoding": encoding})
    return response._get_content_decoder()


_sending: ContextVar[bool] = ContextVar("ropo_jobs_client_sending", default=False)


def _without_headers(record: logging.LogRecord) -> bool:
    """Keep the headers of our answers, cookies and file names among them, out of what httpcore logs at DEBUG."""
    return not (_sending.get() and str(record.msg).startswith("receive_response_headers.complete"))


class PoolTransport(httpx.AsyncHTTPTransport):
    """The transport of httpx with a pool that loses no connection when requests are cancelled, and is fair.

    httpcore keeps a connection that was opened or reserved for a request cancelled before use as "active" for ever
    (encode/httpcore#1093), until the pool is full of them. Over HTTP/1.1 a busy connection is always held by a request
    in the pool's list, so each time requests are assigned, one that no request holds is closed. httpcore also promises
    an idle connection to several requests at once; whoever comes too late starts over, again and again under trio. Here
    a connection that a request holds is not promised to another.
    """

    def __init__(
        self,
        *,
        max_connections: int,
        ssl_context: ssl.SSLContext | None = None,
        proxy: httpx.Proxy | str | None = None,
        plain: bool = False,
    ) -> None:
        logging.getLogger("httpcore.http11").addFilter(_without_headers)
        super().__init__(
            # Where every request is plain http, certificates are not loaded.
            verify=ssl_context or (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else shared_ssl_context()),
            limits=httpx.Limits(
                max_connections=max_connections,
                max_keepalive_connections=max_connections,
                keepalive_expiry=KEEPALIVE_EXPIRY,
            ),
            proxy=proxy,
            trust_env=False,
        )
        self._closed = False
        pool: Any = self._pool
        pool._assign_requests_to_connections = lambda: _assign(pool, closed=self._closed)
        pool._network_backend.connect_tcp = _connecting(pool._network_backend.connect_tcp)

    async def aclose(self) -> None:
        """Close all connections; one that is still being opened, as soon as its request lets go of it."""
        self._closed = True
        pool: Any = self._pool
        with anyio.CancelScope(shield=True):
            for connection in list(pool._connections):
                await connection.aclose()

    def release(self, response: httpx.Response) -> None:
        """Take a response off the pool's list: a second cancellation can strike while it is being closed.

        No request holds its connection then, so that the next assignment closes it.
        """
        # Where tests put their own responses in place of those of the pool (pytest-httpx), there is none of this.
        stream: Any = getattr(response.stream, "_httpcore_stream", None)
        pool: Any = self._pool
        if (request := getattr(stream, "_pool_request", None)) in pool._requests:
            pool._requests.remove(request)


def _connecting(connect: Callable[..., Any]) -> Callable[..., Any]:
    """Turn keep-alive on, and close a connection that is cancelled in the TLS handshake: httpcore drops it, open."""

    async def connect_tcp(*args: Any, **options: Any) -> Any:
        # A pool with a proxy has no options for sockets of its own.
        stream = await connect(*args, **{**options, "socket_options": keepalive_options()})
        start_tls = stream.start_tls

        async def start_tls_or_close(*args: Any, **options: Any) -> Any:
            try:
                return await start_tls(*args, **options)
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await stream.aclose()
                raise

        stream.start_tls = start_tls_or_close
        return stream

    return connect_tcp


def _assign(pool: Any, *, closed: bool) -> list[Any]:
    """Give connections to the requests that wait for one, and return those that are to be closed."""
    held = {id(request.connection) for request in pool._requests}
    queued = [request for request in pool._requests if request.is_queued()]
    fresh_only = any(FRESH_ONLY in request.request.extensions for request in queued)
    closing: list[Any] = []
    free: list[Any] = []
    for connection in list(pool._connections):
        is_free = id(connection) not in held
        if connection.is_closed():
            pool._connections.remove(connection)
        # In this order: of a socket that was closed under its request, trio cannot say whether it has expired.
        elif (is_free and (closed or not connection.is_idle() or has_unsolicited_data(connection))) or (
            # Whether it has expired takes a system call: only where somebody waits for a connection.
            queued
            and not closed
            and (
                connection.has_expired() or (is_free and fresh_only and _idle_seconds(connection) > MAX_IDLE_FOR_UNSAFE)
            )
        ):
            pool._connections.remove(connection)
            closing.append(connection)
        elif is_free:
            free.append(connection)
    for request in queued:
        origin = request.request.url.origin
        connection = next((one for one in free if one.can_handle_request(origin)), None)
        if connection is not None:
            free.remove(connection)
        elif len(pool._connections) < pool._max_connections or free:
            if len(pool._connections) >= pool._max_connections:
                pool._connections.remove(free[0])
                closing.append(free.pop(0))
            connection = pool.create_connection(origin)
            pool._connections.append(connection)
        else:
            break
        request.assign_to_connection(connection)
    return closing


def _innermost(connection: Any) -> Any:
    # A connection through a proxy wraps another one.
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    return connection


def has_unsolicited_data(connection: Any) -> bool:
    """Return whether more came than the answer that was asked for: it must not be taken for the next one."""
    return bool(_innermost(connection)._h11_state.trailing_data[0])


def _idle_seconds(connection: Any) -> float:
    connection = _innermost(connection)
    expire_at: float | None = connection._expire_at
    return 0.0 if expire_at is None else time.monotonic() - (expire_at - KEEPALIVE_EXPIRY)


class ByteStream(httpx.AsyncByteStream):
    """The body of a request. That of httpx is a generator, which trio warns of when sending ends early."""

    def __init__(self, content: bytes | None) -> None:
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._left = [self._content] if self._content else []
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


class _HttpxResponse:
    """A response of an httpx transport."""

    def __init__(
        self, response: httpx.Response, transport: httpx.AsyncBaseTransport, release: Callable[[], object]
    ) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.response = response
        self._pool = transport if isinstance(transport, PoolTransport) else None
        self._release: Callable[[], object] | None = release
        self._chunks: AsyncIterator[bytes] | None = None
        self._raw: AsyncIterator[bytes] | None = None

    @property
    def received(self) -> int:
        return self.response.num_bytes_downloaded

    @property
    def is_closed(self) -> bool:
        return self._release is None

    async def aclose(self) -> None:
        """Return the connection back, also when the task is being cancelled."""
        if self._release is None:
            return
        release, self._release = self._release, None
        try:
            with anyio.CancelScope(shield=True):
                await self.response.aclose()
                for chunks in (self._chunks, self._raw):
                    if chunks is not None:
                        await _drain(chunks)
        finally:
            if self._pool is not None:
                self._pool.release(self.response)
            release()

    def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body, decoded. To be called once."""
        if self._pool is None:
            return self.response.aiter_bytes()
        _read_in_large_pieces(self.response)
        self._raw = self.response.aiter_raw()
        self._chunks = self._decoded(self._raw)
        return self._chunks

    async def _decoded(self, raw: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        # As httpx does, but where decoding fails, what is left of the raw body is still at hand to be ended.
        decoder = content_decoder(self.headers)
        async for chunk in raw:
            if out := decoder.decode(chunk) if decoder is not None else chunk:
                yield out
        if decoder is not None and (out := decoder.flush()):
            yield out


def _read_in_large_pieces(response: httpx.Response) -> None:
    """Have httpcore take whole what the event loop has read: cut into its 64 KiB, the rest is copied each time."""
    # Where tests put their own responses in place of those of the pool (pytest-httpx), there is none of this.
    stream: Any = getattr(response.stream, "_httpcore_stream", None)
    connection: Any = getattr(getattr(stream, "_stream", None), "_connection", None)
    if connection is not None:
        connection.READ_NUM_BYTES = CHUNK_SIZE


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """End the iteration over a closed body that was left early.

    httpx and httpcore iterate through generators inside generators: to close the outermost leaves the others to the
    garbage collector, which trio warns of. From a closed HTTP/1.1 connection comes only what was received already.
    """
    with contextlib.suppress(httpx.RequestError, RuntimeError):
        async for _ in chunks:
            pass


class HttpxTransport:
    """Sends through an httpx transport."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport

    async def send(
        self, request: HttpRequest, on_sent: Callable[[bool], None] | None, release: Callable[[], object]
    ) -> Response:
        extensions: dict[str, Any] = {"timeout": request.timeouts}
        if on_sent is not None:
            # Until there is evidence that it has not: another transport, or a mock in place of ours, gives none.
            on_sent(True)
            extensions |= {FRESH_ONLY: True, "trace": _tracer(on_sent)}
        made = self._make(request, extensions)
        sending = _sending.set(True)
        try:
            response = await self.transport.handle_async_request(made)
        finally:
            _sending.reset(sending)
        return _HttpxResponse(response, self.transport, release)

    def _make(self, request: HttpRequest, extensions: dict[str, Any]) -> httpx.Request:
        if not isinstance(self.transport, PoolTransport):
            return httpx.Request(
                request.method, request.url, headers=request.headers, content=request.content, extensions=extensions
            )
        # With a stream of ours, httpx adds nothing, and looks at nothing twice.
        url = httpx.URL(request.url)
        headers = [(b"Host", url.netloc), *((name.encode(), text.encode()) for name, text in request.headers.items())]
        if request.content is not None:
            headers.append((b"Content-Length", b"%d" % len(request.content)))
        stream = ByteStream(request.content)
        return httpx.Request(request.method, url, headers=headers, stream=stream, extensions=extensions)

    async def aclose(self) -> None:
        await self.transport.aclose()


def _tracer(on_sent: Callable[[bool], None]) -> Callable[[str, dict[str, Any]], Any]:
    has_left = False

    async def trace(event: str, info: dict[str, Any]) -> None:
        nonlocal has_left
        # A proxy is asked for a tunnel first: that CONNECT is not the request.
        has_left |= event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT"
        on_sent(has_left)

    return trace
