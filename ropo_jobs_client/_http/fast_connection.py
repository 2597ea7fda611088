"""A connection of the fast transport: an `asyncio.Protocol`, and the responses that come over it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import select
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import anyio
import httpx

from .base import HttpRequest, Response
from .fast_framing import BrokenResponseError, ResponseParser
from .network import open_socket
from .records import RecordCounter

if TYPE_CHECKING:
    from .fast import FastTransport

# Bytes of a body that wait to be read, after which the server has to wait.
_MOST_UNREAD: Final = 512 * 1024
# Bytes. A large request is sent in pieces of this size: each has its own time.
_CHUNK_SIZE: Final = 64 * 1024


class FastConnection(asyncio.Protocol):
    """A connection to the service, or one through a proxy. One request at a time.

    One timer watches over whatever is waited for. It is not moved with each piece that comes, but looks when it is due
    whether enough came in the meantime.
    """

    def __init__(self, route: FastTransport) -> None:
        self.idle_since = 0.0
        self._route = route
        self._loop: Any = None
        self._socket: socket.socket | None = None
        # Where there is such a thing; Windows has none.
        self._poll: Any = None
        # What is written to, and what stands on the socket: below TLS, only that one knows that it is closing.
        self._transport: Any = None
        self._lowest: Any = None
        self._is_tls = False
        # Of each TLS: that of a proxy may be around that of the service.
        self._records: list[_RecordWatch] = []
        self._opening: anyio.CancelScope | None = None
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
        # When all that is waited for has to be here, by `time.monotonic()`.
        self._limit = math.inf
        self._timeouts: dict[str, float] = {}

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = self._lowest = transport

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
        if self._parser is not None:
            try:
                if self._is_tls and not self._is_end_announced():
                    raise BrokenResponseError
                self._parser.feed_eof()
            except BrokenResponseError:
                self._fail(httpx.RemoteProtocolError, "the connection was closed before the whole response was here")
                return
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        parser = self._parser
        if self._failure is None and parser is not None and self._socket is not None and not self._is_tls:
            # A server that refuses a large request answers before it has read it. Once a write has failed, asyncio
            # reads no more, but the answer may be in the socket.
            with contextlib.suppress(OSError, BrokenResponseError):
                while not parser.is_complete and (data := self._socket.recv(_CHUNK_SIZE)):
                    parser.feed(data)
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
        if self._transport is None:
            await self._open(request)
            # What comes on a new connection is no answer either. Under TLS 1.3, it may be what the handshake ends with.
            tls = self.get_extra_info("ssl_object")
            if not self._is_quiet() and (tls is None or tls.version() != "TLSv1.3"):
                raise httpx.ConnectError("the server did not wait to be asked")
        return await self._send(self._route.head(request), request, on_sent)

    async def _send(
        self, head: bytes, request: HttpRequest, on_sent: Callable[[bool], None] | None = None
    ) -> _FastResponse:
        self._timeouts = request.timeouts
        self._limit = math.inf
        if self._failure is not None or self._parser is not None:
            raise httpx.ConnectError("the connection was closed again at once")
        self._parser = parser = ResponseParser(is_connect=request.method == "CONNECT")
        content = request.content
        if on_sent is not None:
            on_sent(True)
        if not content:
            self._transport.write(head)
        elif len(content) <= _CHUNK_SIZE:
            self._transport.write(head + content)
        else:
            self._unsent = memoryview(content)
            self._transport.write(head)
            self._write_more()
        while not parser.status:
            await self._wait()
        return _FastResponse(self, parser)

    def is_reusable(self) -> bool:
        return (
            self._parser is None
            and self._failure is None
            and self._transport is not None
            and not self._transport.is_closing()
            and all(records.counter.is_at_boundary for records in self._records)
            and self._is_quiet()
        )

    def abort(self) -> None:
        self._fail(httpx.ReadError, "the connection was closed at this end")

    def get_extra_info(self, info: str) -> Any:
        """Return what asyncio tells of it: "socket", "ssl_object"."""
        return None if self._transport is None else self._transport.get_extra_info(info)

    # How it is opened.

    async def _open(self, request: HttpRequest) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError('transport="fast" needs asyncio') from None
        await self._route.watch(self)
        try:
            # All of it: names, TCP, the proxy, TLS.
            with anyio.move_on_after(request.timeouts["connect"]) as self._opening:
                await self._connect(request)
                return
            # Cancelled by the clock, or by whoever closes this.
            failure: Exception = httpx.ConnectTimeout("")
            if self._failure is not None:
                failure = httpx.ConnectError(self._failure[1])
        except (OSError, httpx.RequestError) as error:
            # The text is the system's or the TLS library's.
            is_known = isinstance(error, httpx.ProxyError)
            failure = error if is_known else httpx.ConnectError(str(error) or type(error).__name__)
        finally:
            self._opening = None
        # The pool closes it.
        raise failure

    async def _connect(self, request: HttpRequest) -> None:
        route = self._route
        url, proxy = httpx.URL(request.url), route.proxy
        is_tls = url.scheme == "https"
        port = url.port or (443 if is_tls else 80)
        self._socket = await open_socket(*((url.host, port) if proxy is None else (proxy.host, proxy.port)))
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(self._socket, select.POLLIN)
        await self._loop.create_connection(lambda: self, sock=self._socket)
        if proxy is not None and proxy.is_tls:
            await self._start_tls(proxy.ssl_context, proxy.host)
        if not is_tls:
            return
        if proxy is not None:
            host = f"[{url.host}]" if ":" in url.host else url.host
            await self._open_tunnel(f"{host}:{port}", proxy.headers, request)
        await self._start_tls(route.ssl_context, url.host)

    async def _start_tls(self, context: ssl.SSLContext, hostname: str) -> None:
        # As soon as TLS has taken its place, and before it reads anything.
        self._loop.call_soon(self._watch_records)
        transport = await self._loop.start_tls(self._transport, self, context, server_hostname=hostname)
        if transport is None or self._failure is not None:
            raise ConnectionResetError("the connection was closed in the handshake")
        self._transport, self._is_tls = transport, True
        transport.set_write_buffer_limits(_CHUNK_SIZE)

    def _watch_records(self) -> None:
        watch = _RecordWatch(self._transport.get_protocol())
        self._records.append(watch)
        self._transport.set_protocol(watch)

    async def _open_tunnel(self, host: str, headers: dict[str, str], request: HttpRequest) -> None:
        asked = {"Accept": "*/*", "User-Agent": request.headers["User-Agent"], **headers}
        ask = HttpRequest("CONNECT", "", asked, None, request.timeouts)
        response = await self._send(write_head(ask, host, host), ask)
        if not 200 <= response.status < 300:
            raise httpx.ProxyError(str(response.status))
        await response.aclose()
        if not self.is_reusable():
            raise httpx.ProxyError("the proxy sent more than the answer to CONNECT")

    # What a response calls.

    async def receive(self, parser: ResponseParser, due: float) -> bytes:
        """Return the next piece of a body, which has to be here by then, or nothing at its end."""
        self._limit = due
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
        is_sent = not self._unsent and not self._transport.get_write_buffer_size()
        if parser.is_complete and parser.is_reusable and is_sent and not self._is_read_paused:
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
            self._waiter = waiter = self._loop.create_future()
            try:
                await waiter
            finally:
                self._waiter = None
        if self._failure is not None and self._parser is not None and not self._parser.unread:
            kind, text = self._failure
            raise kind(text)

    @property
    def _seconds(self) -> float:
        return min(self._timeouts["write" if self._unsent else "read"], self._limit - time.monotonic())

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
        while self._unsent and not self._is_write_paused and not self._lowest.is_closing():
            piece, self._unsent = self._unsent[:_CHUNK_SIZE], self._unsent[_CHUNK_SIZE:]
            self._transport.write(piece)

    def _fail(self, kind: type[httpx.RequestError], text: str) -> None:
        """Close it at once: neither a peer that reads no more nor the farewell of TLS is waited for."""
        if self._failure is None:
            self._failure = kind, text
        self._unsent = None
        if self._loop is None or self._loop.is_closed():
            # Nothing else can close it any more.
            if self._socket is not None:
                self._socket.close()
            return
        if self._transport is not None:
            self._transport.abort()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._opening is not None:
            self._opening.cancel()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _is_end_announced(self) -> bool:
        """Return whether TLS says that no more will come: asyncio tells of a cut connection in the same way."""
        try:
            ended: bool = self._transport.get_extra_info("ssl_object").read(1) == b""
        except ssl.SSLError:
            return False
        return ended

    def _is_quiet(self) -> bool:
        """Return whether the system has nothing for this connection: the event loop may have had no time to look."""
        try:
            if self._poll is not None:
                return not self._poll.poll(0)
            return self._socket is not None and not select.select([self._socket], [], [], 0)[0]
        except (OSError, ValueError):
            return False


class _RecordWatch(asyncio.BufferedProtocol):
    """Stands before the protocol of asyncio that speaks TLS, and hands everything on to it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._buffer = memoryview(b"")
        self.counter = RecordCounter()

    def get_buffer(self, sizehint: int) -> Any:
        self._buffer = memoryview(self._inner.get_buffer(sizehint))
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.counter.feed(self._buffer[:nbytes])
        self._inner.buffer_updated(nbytes)

    def eof_received(self) -> bool | None:
        keep_open: bool | None = self._inner.eof_received()
        return keep_open

    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


class _FastResponse(Response):
    """A response, and what it comes over."""

    def __init__(self, connection: FastConnection, parser: ResponseParser) -> None:
        super().__init__(parser.status, parser.headers)
        self._connection = connection
        self._parser = parser

    def _receive(self) -> Awaitable[bytes]:
        return self._connection.receive(self._parser, self.due)

    async def _close(self) -> None:
        self._connection.end(self._parser)


def write_head(request: HttpRequest, target: str, host: str) -> bytes:
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {text}" for name, text in request.headers.items()]
    if request.content is not None:
        lines.append(f"Content-Length: {len(request.content)}")
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1 or "\0" in head:
        raise httpx.LocalProtocolError("a header holds a line break")
    return f"{head}\r\n\r\n".encode()
