"""The fast transport: an `asyncio.Protocol` in place of httpx and httpcore. Only where it was asked for."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
import weakref
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from typing import Any, Final

import anyio
import httpx

from .._loops import PerLoop
from .base import Connection, HttpRequest, Response
from .decoding import Decoder, decoder_for
from .framing import BrokenResponseError, ResponseParser
from .httpx import shared_ssl_context
from .network import open_socket

# Bytes of a body that wait to be read, after which the server has to wait.
_MOST_UNREAD: Final = 1024 * 1024
# Bytes. A large request is sent in pieces of this size: each has its own time.
_PIECE: Final = 64 * 1024


class _FastConnection(asyncio.Protocol):
    """A connection to the service, or one through a proxy. One request at a time.

    One timer watches over whatever is waited for. It is not moved with each piece that comes, but looks when it is due
    whether enough came in the meantime.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, headers: dict[str, str], *, is_forwarded: bool) -> None:
        self.idle_since = 0.0
        self.socket: socket.socket | None = None
        # What a proxy that forwards plain requests wants to see in each.
        self._headers = headers
        self._is_forwarded = is_forwarded
        self._loop = loop
        self._transport: Any = None
        self._is_tls = False
        # The response that is under way, or None between two of them.
        self._parser: ResponseParser | None = None
        # What of a request is still to be sent.
        self._unsent: memoryview | None = None
        self._is_write_paused = False
        self._is_read_paused = False
        self._failure: tuple[type[httpx.RequestError], str] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._timeouts: dict[str, float] = {}

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        parser = self._parser
        if parser is None:
            # Nobody asked for it.
            self.abort()
            return
        try:
            parser.feed(data)
        except BrokenResponseError:
            self._fail(httpx.RemoteProtocolError, "what came is no HTTP response")
            return
        if parser.unread > _MOST_UNREAD and not parser.is_complete and not self._is_read_paused:
            self._is_read_paused = True
            self._transport.pause_reading()
        self._go_on()

    def eof_received(self) -> None:
        # Under TLS: only if the end was announced. A connection that was cut ends without this.
        if self._parser is not None:
            try:
                self._parser.feed_eof()
            except BrokenResponseError:
                self._fail(httpx.RemoteProtocolError, "the connection was closed before the whole response was here")
                return
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if isinstance(exc, OSError):
            self._fail(httpx.ReadError, exc.strerror or type(exc).__name__)
        else:
            self._fail(httpx.ReadError, "the connection was closed at the other end")

    def pause_writing(self) -> None:
        self._is_write_paused = True

    def resume_writing(self) -> None:
        self._is_write_paused = False
        self._write_more()
        self._go_on()

    # What a pool calls.

    async def send(self, request: HttpRequest, on_sent: Callable[[bool], None] | None) -> Response:
        _, _, where = request.url.partition("://")
        host, slash, path = where.partition("/")
        target = request.url if self._is_forwarded else slash + path
        return await self._send(_head(request, target, host, self._headers), request, on_sent)

    async def _send(
        self, head: bytes, request: HttpRequest, on_sent: Callable[[bool], None] | None = None
    ) -> _FastResponse:
        self._timeouts = request.timeouts
        # What came on a new connection is no answer either. Under TLS, that may be what its handshake ends with.
        if self._failure is not None or self._parser is not None or not (self._is_tls or self._is_quiet()):
            raise httpx.ConnectError("the connection was closed again at once")
        self._parser = parser = ResponseParser(is_connect=request.method == "CONNECT")
        content = request.content
        if on_sent is not None:
            on_sent(True)
        if not content:
            self._transport.write(head)
        elif len(content) <= _PIECE:
            self._transport.write(head + content)
        else:
            self._unsent = memoryview(content)
            self._transport.write(head)
            self._write_more()
        while not parser.status:
            await self._wait()
        return _FastResponse(self, parser)

    def is_reusable(self) -> bool:
        return self._parser is None and self._failure is None and not self._transport.is_closing() and self._is_quiet()

    def abort(self) -> None:
        self._fail(httpx.ReadError, "the connection was closed at this end")

    # What opening one takes.

    async def open(self, host: str, port: int) -> None:
        self.socket = await open_socket(host, port)
        if self._failure is not None:
            self.socket.close()
            raise ConnectionAbortedError("the connection was closed at this end")
        await self._loop.create_connection(lambda: self, sock=self.socket)

    async def start_tls(self, context: ssl.SSLContext, hostname: str) -> None:
        # As httpcore does: whatever else a context offers, this speaks nothing else.
        context.set_alpn_protocols(["http/1.1"])
        transport = await self._loop.start_tls(self._transport, self, context, server_hostname=hostname)
        if transport is None or self._failure is not None:
            raise ConnectionResetError("the connection was closed in the handshake")
        self._transport, self._is_tls = transport, True
        transport.set_write_buffer_limits(_PIECE)

    async def open_tunnel(self, host: str, headers: dict[str, str], request: HttpRequest) -> None:
        asked = {"Accept": "*/*", "User-Agent": request.headers["User-Agent"]}
        ask = HttpRequest("CONNECT", "", asked, None, request.timeouts)
        response = await self._send(_head(ask, host, host, headers), ask)
        if not 200 <= response.status < 300:
            raise httpx.ProxyError(str(response.status))
        await response.aclose()
        if not self.is_reusable():
            raise httpx.ProxyError("the proxy sent more than the answer to CONNECT")

    # What a response calls.

    async def receive(self, parser: ResponseParser) -> bytes:
        """Return the next piece of a body, or nothing at its end."""
        while not (piece := parser.take()):
            if parser.is_complete:
                return b""
            await self._wait()
        if self._is_read_paused:
            self._is_read_paused = False
            self._transport.resume_reading()
        return piece

    def end(self, parser: ResponseParser) -> None:
        """Be free for another request, or close."""
        if self._parser is not parser:
            return
        if parser.is_complete and parser.is_reusable and not self._unsent and not self._is_read_paused:
            self._parser = None
        else:
            self.abort()

    async def _wait(self) -> None:
        """Wait until anything happens.

        Raises:
            httpx.RequestError: it broke, or nothing came or went in time.
        """
        if self._failure is None:
            if self._waiter is not None:
                raise RuntimeError("another task is already waiting for this response")
            self._due = self._loop.time() + self._seconds
            if self._timer is not None and self._timer.when() > self._due:
                self._timer.cancel()
                self._timer = None
            if self._timer is None:
                self._timer = self._loop.call_at(self._due, self._look_at_the_time)
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._failure is not None and self._parser is not None and not self._parser.unread:
            kind, text = self._failure
            raise kind(text)

    @property
    def _seconds(self) -> float:
        return self._timeouts["write" if self._unsent else "read"]

    def _look_at_the_time(self) -> None:
        self._timer = None
        if self._waiter is None:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._look_at_the_time)
        else:
            self._fail(httpx.WriteTimeout if self._unsent else httpx.ReadTimeout, "")

    def _go_on(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._due = self._loop.time() + self._seconds
            self._waiter.set_result(None)

    def _write_more(self) -> None:
        # With no task of its own: nobody has to be waiting, and a cancellation strikes nothing.
        while self._unsent and not self._is_write_paused:
            piece, self._unsent = self._unsent[:_PIECE], self._unsent[_PIECE:]
            self._transport.write(piece)

    def _fail(self, kind: type[httpx.RequestError], text: str) -> None:
        """Close it at once: neither a peer that reads no more nor the farewell of TLS is waited for."""
        if self._failure is None:
            self._failure = kind, text
        self._unsent = None
        if self._loop.is_closed():
            if self.socket is not None:
                self.socket.close()
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()
        elif self.socket is not None:
            self.socket.close()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _is_quiet(self) -> bool:
        """Return whether the system has nothing for this connection: the event loop may have had no time to look."""
        assert self.socket is not None
        try:
            if _POLL is None:
                return not select.select([self.socket], [], [], 0)[0]
            poll = _POLL()
            poll.register(self.socket, select.POLLIN)
            return not poll.poll(0)
        except (OSError, ValueError):
            return False


class _FastResponse:
    """A response, and the iterator over its body."""

    def __init__(self, connection: _FastConnection, parser: ResponseParser) -> None:
        self.status = parser.status
        self.headers = parser.headers
        self.is_closed = False
        self._connection = connection
        self._parser = parser
        self._decoder: Decoder | None = None
        self._unpacked: Iterator[bytes] = iter(())

    @property
    def received(self) -> int:
        return self._parser.received

    def chunks(self) -> AsyncIterator[bytes]:
        self._decoder = decoder_for(self.headers)
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while True:
            for piece in self._unpacked:
                return piece
            piece = await self._connection.receive(self._parser)
            if self._decoder is None:
                if piece:
                    return piece
            elif piece:
                self._unpacked = self._decoder.feed(piece)
                continue
            else:
                self._decoder.finish()
            raise StopAsyncIteration

    async def aclose(self) -> None:
        self.is_closed = True
        self._connection.end(self._parser)


class _Proxy:
    def __init__(self, proxy: httpx.Proxy | str) -> None:
        proxy = httpx.Proxy(proxy) if isinstance(proxy, str) else proxy
        if proxy.url.scheme not in {"http", "https"}:
            raise ValueError('proxy must be an http or https one: transport="fast" knows no other')
        self.is_tls = proxy.url.scheme == "https"
        self.host = proxy.url.host
        self.port = proxy.url.port or (443 if self.is_tls else 80)
        self.headers = dict(proxy.headers)
        if proxy.raw_auth is not None:
            self.headers["Proxy-Authorization"] = f"Basic {b64encode(b':'.join(proxy.raw_auth)).decode()}"
        self.ssl_context = proxy.ssl_context


class _Here:
    """The connections of an event loop."""

    def __init__(self) -> None:
        self.connections: weakref.WeakSet[_FastConnection] = weakref.WeakSet()
        self._end: AsyncGenerator[None] | None = None

    async def watch(self) -> None:
        """Have the event loop close them before it closes itself: it does that with generators (`asyncio.run`)."""
        if self._end is None:
            self._end = self._until_the_end()
            await anext(self._end)

    async def _until_the_end(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            self.close()

    def close(self) -> None:
        for connection in list(self.connections):
            connection.abort()

    async def aclose(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            await end.aclose()


class FastTransport:
    """Opens connections that are asyncio's own.

    Args:
        ssl_context: for certificates of one's own, or None.
        proxy: the proxy, or None.

    Raises:
        ValueError: the proxy is of another kind than http and https.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, proxy: httpx.Proxy | str | None = None) -> None:
        self._ssl_context = ssl_context
        self._proxy = None if proxy is None else _Proxy(proxy)
        self._loops = PerLoop(_Here, _Here.close)

    async def connect(self, request: HttpRequest) -> Connection:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError('transport="fast" needs asyncio') from None
        url, proxy = httpx.URL(request.url), self._proxy
        is_forwarded = proxy is not None and url.scheme == "http"
        headers = proxy.headers if proxy is not None and is_forwarded else {}
        here = self._loops.here()
        await here.watch()
        connection = _FastConnection(loop, headers, is_forwarded=is_forwarded)
        here.connections.add(connection)
        try:
            # All of it: names, TCP, the proxy, TLS.
            with anyio.fail_after(request.timeouts["connect"]):
                await self._open(connection, url, request)
        except (OSError, httpx.RequestError) as error:
            failure = _not_sent(error)
        except BaseException:
            connection.abort()
            raise
        else:
            return connection
        connection.abort()
        raise failure

    async def _open(self, connection: _FastConnection, url: httpx.URL, request: HttpRequest) -> None:
        proxy = self._proxy
        is_tls = url.scheme == "https"
        port = url.port or (443 if is_tls else 80)
        await connection.open(*((url.host, port) if proxy is None else (proxy.host, proxy.port)))
        if proxy is not None and proxy.is_tls:
            await connection.start_tls(proxy.ssl_context or shared_ssl_context(), proxy.host)
        if not is_tls:
            return
        if proxy is not None:
            host = f"[{url.host}]" if ":" in url.host else url.host
            await connection.open_tunnel(f"{host}:{port}", proxy.headers, request)
        await connection.start_tls(self._ssl_context or shared_ssl_context(), url.host)

    async def aclose(self) -> None:
        # Also those that are still being opened, which no pool has yet. In other event loops, the pool closes what it has.
        await self._loops.here().aclose()


def _head(request: HttpRequest, target: str, host: str, headers: dict[str, str]) -> bytes:
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {text}" for name, text in (headers | request.headers).items()]
    if request.content is not None:
        lines.append(f"Content-Length: {len(request.content)}")
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1 or "\0" in head:
        raise httpx.LocalProtocolError("a header holds a line break")
    return f"{head}\r\n\r\n".encode()


def _not_sent(error: Exception) -> httpx.RequestError:
    if isinstance(error, httpx.ProxyError):
        return error
    if isinstance(error, TimeoutError) and error.errno is None:
        return httpx.ConnectTimeout("")
    # Of the system or the TLS library.
    return httpx.ConnectError(str(error) or type(error).__name__)


_POLL: Final = getattr(select, "poll", None)
