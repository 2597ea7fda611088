"""The fast transport, on aiohttp: for asyncio, and only where it was asked for.

It uses the connections of aiohttp and not its session, which would repeat a GET that broke, follow redirects and keep
cookies. So it also knows what the session would not tell: whether there was a connection yet when something failed.
"""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Final

import httpx
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientPayloadError,
    ClientRequest,
    ClientTimeout,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from httpcore._utils import is_socket_readable
from yarl import URL

from .base import KEEPALIVE_EXPIRY, MAX_IDLE_FOR_UNSAFE, HttpRequest, Response
from .httpx import content_decoder, keepalive_options, shared_ssl_context

# What httpcore takes of a whole head, for each of its lines.
_MAX_LINE: Final = 100 * 1024
# A body is unpacked in pieces of this size, which bounds what a piece can become, and sent so, which shows progress.
CHUNK_SIZE: Final = 64 * 1024

# What aiohttp and asyncio raise: timeouts and TLS errors are OSErrors.
_FAILED = (ClientError, OSError)


class _Protocol(ResponseHandler):
    """A connection that tells all that came, and that it broke, whoever is waiting."""

    def close(self) -> None:
        # At once: neither a peer that reads no more nor the farewell of TLS is waited for.
        self.abort()

    def data_received(self, data: bytes) -> None:
        is_waiting = self._read_timeout_handle is not None
        # Each head by itself: with what follows it, aiohttp would forget it when that is broken.
        while not self._is_in_body and 4 <= (end := data.find(b"\r\n\r\n") + 4) < len(data):
            super().data_received(data[:end])
            data = data[end:]
        super().data_received(data)
        # With a response before the response (103), aiohttp gives up to watch over the time.
        if is_waiting and self._buffer and self._buffer[-1][0][0].code < 200:
            self.start_timeout()

    def set_exception(self, exc: BaseException, *args: Any, **options: Any) -> None:
        super().set_exception(exc, *args, **options)
        # aiohttp tells only who waits for a head.
        self._break_body(exc)

    def connection_lost(self, exc: BaseException | None) -> None:
        # A body that ends with its connection does not end with a reset.
        if exc is not None:
            self._break_body(exc)
        super().connection_lost(exc)

    @property
    def _is_in_body(self) -> bool:
        return self._payload is not None and not self._payload.is_eof()

    def _break_body(self, error: BaseException) -> None:
        if self._payload is not None and self._is_in_body and self._payload.exception() is None:
            self._payload.set_exception(error if isinstance(error, _FAILED) else ClientPayloadError())


class _Connector(TCPConnector):
    """The connections. The limiter ahead bounds their number: here nobody waits."""

    def __init__(self, ssl_context: ssl.SSLContext | None, proxy_ssl_context: ssl.SSLContext | None) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            ssl=ssl_context or True,
            limit=0,
            keepalive_timeout=KEEPALIVE_EXPIRY,
            use_dns_cache=False,
            resolver=ThreadedResolver(),
            socket_factory=_socket,
            timeout_ceil_threshold=math.inf,
        )
        self._factory: Any = partial(_Protocol, loop=self._loop)
        self._proxy_ssl_context = proxy_ssl_context

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def _get_ssl_context(self, req: ClientRequest) -> ssl.SSLContext | None:
        # What is asked of a proxy has no proxy itself.
        if self._proxy_ssl_context is not None and req.proxy is None:
            return self._proxy_ssl_context if req.is_ssl() else None
        return super()._get_ssl_context(req)

    def discard(self, request: ClientRequest, max_idle: float) -> None:
        """Close idle connections until the next that would be taken is one that can be."""
        idle = self._conns.get(request.connection_key)
        while idle:
            protocol, since = idle[0]
            if time.monotonic() - since <= max_idle and not has_unsolicited_data(protocol):
                break
            idle.popleft()
            protocol.close()

    def release(self) -> None:
        """Let go of the connections of an event loop that is closed."""
        self._close()

    def abort_all(self) -> None:
        """Let all requests that are under way fail, as when their connections break."""
        for protocol in self._acquired:
            if protocol.transport is not None:
                protocol.transport.abort()


def has_unsolicited_data(protocol: Any) -> bool:
    """Return whether anything came on an idle connection: its end, or what must not be taken for the next response."""
    if protocol.should_close or protocol._read_timeout_handle is not None or protocol.transport is None:
        return True
    # What came together with the end of the last response is in its parser: between two responses, it takes empty lines
    # for nothing. The next one has its own.
    try:
        messages, _, _ = protocol._parser.feed_data(b"\r\n\r\n")
    except HttpProcessingError:
        return True
    return bool(messages) or is_socket_readable(protocol.transport.get_extra_info("socket"))


def _socket(address: tuple[Any, ...]) -> socket.socket:
    made = socket.socket(*address[:3])
    for option in keepalive_options():
        made.setsockopt(*option)
    return made


@lru_cache
def _connecting(seconds: float) -> ClientTimeout:
    # All of it: names, TCP, the proxy, TLS.
    return ClientTimeout(connect=seconds, ceil_threshold=math.inf)


class _Proxy:
    """A proxy, as aiohttp wants it."""

    def __init__(self, proxy: httpx.Proxy | str) -> None:
        proxy = proxy if isinstance(proxy, httpx.Proxy) else httpx.Proxy(proxy)
        if proxy.url.scheme not in {"http", "https"}:
            raise ValueError('proxy must be an http or https one: transport="fast" knows no other')
        self.url = URL(str(proxy.url), encoded=True)
        self.headers = dict(proxy.headers)
        if proxy.raw_auth is not None:
            self.headers["Proxy-Authorization"] = f"Basic {b64encode(b':'.join(proxy.raw_auth)).decode()}"
        self.ssl_context = (proxy.ssl_context or shared_ssl_context()) if proxy.url.scheme == "https" else None


class FastTransport:
    """Sends through aiohttp.

    Args:
        ssl_context: for certificates of one's own, or None.
        proxy: the proxy, or None.
        plain: whether every request is plain http: certificates are not loaded then.

    Raises:
        ValueError: the proxy is of another kind than http and https.
    """

    def __init__(
        self, *, ssl_context: ssl.SSLContext | None = None, proxy: httpx.Proxy | str | None = None, plain: bool = False
    ) -> None:
        self._ssl_context = None if plain else ssl_context
        self._plain = plain
        self._proxy = None if proxy is None else _Proxy(proxy)
        self._connector: _Connector | None = None

    async def send(
        self, request: HttpRequest, on_sent: Callable[[bool], None] | None, release: Callable[[], object]
    ) -> Response:
        connector = self._connector_here()
        content, body = request.content, None
        if content is not None and len(content) > CHUNK_SIZE:
            body = _Body(content, request.timeouts["write"])
        made = self._request(request, body, connector.loop)
        connector.discard(made, KEEPALIVE_EXPIRY if on_sent is None else MAX_IDLE_FOR_UNSAFE)
        connection = await _connect(connector, made, request.timeouts["connect"])
        if on_sent is not None:
            on_sent(True)
        response: Any = None
        try:
            protocol = connection.protocol
            protocol.set_response_params(
                read_until_eof=True,
                auto_decompress=False,
                read_timeout=request.timeouts["read"],
                max_line_size=_MAX_LINE,
                max_field_size=_MAX_LINE,
            )
            if body is not None:
                body.protocol = protocol
            response = await made.send(connection)
            if response._writer is not None:
                response._writer.add_done_callback(_retrieve)
            await response.start(connection)
            if response.status < 200:
                # 101 or 099: nobody can tell what that says of a payment.
                raise ClientPayloadError
        except BaseException as error:
            if response is not None:
                response.close()
            connection.close()
            if body is not None:
                body.stop()
            if not isinstance(error, _FAILED):
                raise
            failure = _map_transport_error(error)
        else:
            return _FastResponse(response, body, release)
        # Out here, so that it does not hold what aiohttp raised, which may quote anything.
        raise failure

    async def aclose(self) -> None:
        connector, self._connector = self._connector, None
        if connector is None:
            return
        try:
            if not connector.loop.is_closed():
                connector.abort_all()
                # For those who wait for a response to be told.
                await asyncio.sleep(0)
                await asyncio.sleep(0)
        finally:
            await connector.close()

    def _connector_here(self) -> _Connector:
        """Return the connector, which belongs to an event loop: where that is over, a new one."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError('transport="fast" needs asyncio') from None
        connector = self._connector
        if connector is None or connector.loop is not loop:
            if connector is not None:
                if not connector.loop.is_closed():
                    raise RuntimeError('a client with transport="fast" belongs to the event loop of its first call')
                connector.release()
            ssl_context = None if self._plain else self._ssl_context or shared_ssl_context()
            if ssl_context is not None:
                # As httpcore does: whatever else a context offers, this speaks nothing else.
                ssl_context.set_alpn_protocols(["http/1.1"])
            proxy_ssl_context = None if self._proxy is None else self._proxy.ssl_context
            self._connector = connector = _Connector(ssl_context, proxy_ssl_context)
        return connector

    def _request(self, request: HttpRequest, body: _Body | None, loop: asyncio.AbstractEventLoop) -> ClientRequest:
        headers, proxy = request.headers, self._proxy
        if body is not None:
            headers = {**headers, "Content-Length": str(len(body.content))}
        proxy_headers: dict[str, str] | None = None
        if proxy is not None and self._plain:
            headers = {**proxy.headers, **headers}
        elif proxy is not None:
            proxy_headers = {"User-Agent": headers["User-Agent"], **proxy.headers}
        return ClientRequest(
            request.method,
            URL(request.url, encoded=True),
            headers=headers,
            data=body or request.content,
            loop=loop,
            proxy=None if proxy is None else proxy.url,
            proxy_headers=proxy_headers,
        )


async def _connect(connector: _Connector, request: ClientRequest, seconds: float) -> Any:
    """Return a connection. Whatever fails: nothing of the request has left."""
    try:
        connection = await connector.connect(request, [], _connecting(seconds))
    except _FAILED as error:
        failure = _not_sent(error)
    else:
        if not connection.closed:
            return connection
        connection.close()
        failure = httpx.ConnectError("the connection was closed again at once")
    raise failure


def _not_sent(error: Exception) -> httpx.RequestError:
    if isinstance(error, ClientHttpProxyError):
        return httpx.ProxyError(f"{error.status} {error.message}")
    if isinstance(error, TimeoutError):
        return httpx.ConnectTimeout("")
    # Of the system or the TLS library: aiohttp's own texts name the host, and more.
    if isinstance(error, ClientConnectorCertificateError):
        return httpx.ConnectError(str(error.certificate_error))
    if isinstance(error, ClientConnectorError):
        return httpx.ConnectError(str(error.os_error))
    return httpx.ConnectError(type(error).__name__)


def _map_transport_error(error: Exception) -> httpx.RequestError:
    if isinstance(error, TimeoutError):
        return httpx.WriteTimeout("") if isinstance(error, _WriteTimeout) else httpx.ReadTimeout("")
    if isinstance(error, OSError):
        return httpx.ReadError(type(error).__name__)
    return httpx.RemoteProtocolError(type(error).__name__)


def _retrieve(task: asyncio.Task[None]) -> None:
    """Look at what came of sending a body: whoever waits for the response is told of it another way."""
    if not task.cancelled():
        task.exception()


class _WriteTimeout(TimeoutError):
    """Nothing more of a body could be sent for as long as a timeout."""


class _Body(AsyncIterator[bytes]):
    """A large body on its way: in pieces, each with its own time."""

    def __init__(self, content: bytes, seconds: float) -> None:
        self.content = content
        self.protocol: ResponseHandler | None = None
        self._seconds = seconds
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None

    async def __anext__(self) -> bytes:
        # Whoever asks for a piece has got rid of the one before.
        self.stop()
        if self._sent >= len(self.content):
            raise StopAsyncIteration
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._give_up)
        self._sent += CHUNK_SIZE
        return self.content[self._sent - CHUNK_SIZE : self._sent]

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _give_up(self) -> None:
        if self.protocol is not None:
            self.protocol.set_exception(_WriteTimeout())


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), _text(raw_value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


class _FastResponse:
    """A response of aiohttp, and the iterator over its body."""

    def __init__(self, response: Any, body: _Body | None, release: Callable[[], object]) -> None:
        self.status: int = response.status
        self.headers = _headers(response.raw_headers)
        self.received = 0
        self._response = response
        self._body = body
        self._release: Callable[[], object] | None = release
        self._decoder: Any = None
        self._packed = b""
        self._is_over = False

    @property
    def is_closed(self) -> bool:
        return self._release is None

    def chunks(self) -> AsyncIterator[bytes]:
        self._decoder = content_decoder(self.headers)
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._decoder is None:
            if chunk := await self._receive():
                return chunk
            raise StopAsyncIteration
        while not self._is_over:
            self._packed = self._packed or await self._receive()
            self._is_over = not self._packed
            piece, self._packed = self._packed[:CHUNK_SIZE], self._packed[CHUNK_SIZE:]
            if out := self._decoder.flush() if self._is_over else self._decoder.decode(piece):
                return bytes(out)
        raise StopAsyncIteration

    async def _receive(self) -> bytes:
        try:
            content = self._response.content
            # What came before it broke, too.
            has_come = content.total_bytes > self.received
            chunk: bytes = content._read_nowait(-1) if has_come else await content.readany()
        except RuntimeError:
            # As it says of a connection that was closed at this end.
            failure: httpx.RequestError = httpx.ReadError("")
        except _FAILED as error:
            failure = _map_transport_error(error)
        else:
            self.received += len(chunk)
            return chunk
        raise failure

    async def aclose(self) -> None:
        if self._release is None:
            return
        release, self._release = self._release, None
        try:
            if not self._response.closed:
                self._response.close()
            if self._body is not None:
                self._body.stop()
        finally:
            release()
