"""The transport on httpx, over connections of httpcore that a pool of ours holds; or any other transport of httpx."""

from __future__ import annotations

import contextlib
import logging
import math
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any, Final, cast

import anyio
import httpcore
import httpx

from .._codec.invalid import InvalidArgument
from .base import Connection, HttpRequest, Response
from .certificates import shared_ssl_context
from .network import Network


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


# Whether what httpcore does now, it does for this library.
_ours: ContextVar[bool] = ContextVar("ropo_jobs_client_ours", default=False)


def _tells_nothing_of_an_answer(record: logging.LogRecord) -> bool:
    """Keep answers out of what httpcore logs at DEBUG: heads that have come, and errors, which quote what is wrong."""
    event = str(record.msg).partition(" ")[0]
    return not (_ours.get() and (event.endswith(".failed") or event.startswith("receive_")))


# The key of an extension of a request: the connection that it is to take.
_CONNECTION: Final = "ropo_connection"


class DefaultTransport(httpx.AsyncHTTPTransport):
    """The transport of httpx, without its pool: each request brings the connection that it takes.

    Requests still go through `handle_async_request` of httpx, where mocks and instrumentations of httpx are waiting.
    """

    def __init__(
        self, *, ssl_context: ssl.SSLContext | None = None, proxy: httpx.Proxy | None = None, plain: bool = False
    ) -> None:
        for name in ("connection", "http11", "proxy", "socks"):
            logging.getLogger(f"httpcore.{name}").addFilter(_tells_nothing_of_an_answer)
        # Where every request is plain http, certificates are not loaded.
        self._ssl_context = ssl_context or (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else shared_ssl_context())
        self._proxy = proxy
        super().__init__(
            verify=self._ssl_context,
            # If a later httpx does not use `_pool`, its own pool keeps nothing idle: nothing is used again unchecked.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            proxy=self._proxy,
            trust_env=False,
        )
        self._pool: Any = _Dispatcher(self)

    def make_connection(self) -> Connection:
        return _Connection(self)

    def layers_to(self, url: httpx.URL) -> int:
        """Return how many layers of TLS a connection has when it is open to its end: to the service, and to a proxy."""
        return (url.scheme == "https") + (self._proxy is not None and self._proxy.url.scheme == "https")

    def open(self, network: httpcore.AsyncNetworkBackend, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        """Make a connection that is opened by its first request."""
        options: dict[str, Any] = {"ssl_context": self._ssl_context, "network_backend": network}
        proxy = self._proxy
        if proxy is None:
            return httpcore.AsyncHTTPConnection(origin, **options)
        url = proxy.url
        options["proxy_url"] = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        options["proxy_auth"] = proxy.raw_auth
        if url.scheme in {"socks5", "socks5h"}:
            return httpcore.AsyncSOCKSProxy(**options).create_connection(origin)
        if url.scheme == "https":
            options["proxy_ssl_context"] = proxy.ssl_context or shared_ssl_context()
        return httpcore.AsyncHTTPProxy(proxy_headers=proxy.headers.raw, **options).create_connection(origin)


class _Dispatcher:
    """Stands where httpx has its pool."""

    def __init__(self, transport: DefaultTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        connection = cast("Any", request).extensions.get(_CONNECTION)
        if not isinstance(connection, _Connection):
            # It does not come from our pool, but from an instrumentation, say: a connection for this request alone.
            request.headers.append((b"Connection", b"close"))
            connection = _Connection(self._transport)
        if connection.core is None:
            connection.core = self._transport.open(connection.network, request.url.origin)
        return await connection.core.handle_async_request(request)

    async def aclose(self) -> None:
        pass


class _Connection:
    """A connection of httpcore."""

    def __init__(self, transport: DefaultTransport) -> None:
        self.idle_since = 0.0
        self._transport = transport
        self.network = Network()
        self.core: httpcore.AsyncConnectionInterface | None = None
        self._parser: Any = None

    async def send(self, request: HttpRequest, on_sent: Callable[[bool], None] | None) -> Response:
        # With a stream of ours, httpx adds nothing, and looks at nothing twice.
        url = httpx.URL(request.url)
        named = zip(map(str.encode, request.headers), map(str.encode, request.headers.values()), strict=True)
        headers = [(b"Host", url.netloc), *named]
        if request.content is not None:
            headers.append((b"Content-Length", b"%d" % len(request.content)))
        stream = _EMPTY if request.content is None else ByteStream(request.content)
        extensions = {"timeout": request.timeouts, _CONNECTION: self}
        made = httpx.Request(request.method, url, headers=headers, stream=stream, extensions=extensions)
        self.network.set_due(math.inf)
        try:
            return await _send(self._transport, made, on_sent, self.network)
        except httpx.RequestError as error:
            opened = self.network.stream
            # Is it that of a tunnel through a proxy? Where nothing was opened, another transport may stand in for ours.
            if opened is None or len(opened.layers) >= self._transport.layers_to(url):
                raise
            failure = _tunnel_failure(error)
        raise failure

    def is_reusable(self) -> bool:
        core, stream = self.core, self.network.stream
        if core is None or stream is None or not core.is_idle() or not stream.is_quiet():
            return False
        try:
            if self._parser is None:
                inner: Any = core
                # A connection through a proxy wraps another one.
                while not hasattr(inner, "_h11_state"):
                    inner = inner._connection
                self._parser = inner._h11_state
            # h11 may hold bytes that followed the last response. If that cannot be seen, assume that it does.
            return not self._parser.trailing_data[0]
        except (AttributeError, TypeError, LookupError):
            return False

    def abort(self) -> None:
        self.network.abort()

    def get_extra_info(self, info: str) -> Any:
        """Return what the network stream tells: "socket", "ssl_object"."""
        stream = self.network.stream
        return None if stream is None else stream.get_extra_info(info)


def _tunnel_failure(error: httpx.RequestError) -> httpx.RequestError:
    """Return what it means that a tunnel was not opened: nothing of the request has left. No text is the proxy's."""
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return error
    if isinstance(error, httpx.TimeoutException):
        return httpx.ConnectTimeout("")
    if isinstance(error, httpx.ProtocolError):
        return httpx.ConnectError("the proxy's answer is no HTTP response, or is not whole")
    return httpx.ConnectError(str(error))


class ByteStream(httpx.AsyncByteStream):
    """The body of a request. That of httpx is a generator, which trio warns of when sending ends early."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._left = self._content
        return self

    async def __anext__(self) -> bytes:
        piece, self._left = self._left, b""
        if not piece:
            raise StopAsyncIteration
        return piece


# The body of every request that has none.
_EMPTY: Final = ByteStream(b"")


class _HttpxResponse(Response):
    """A response of an httpx transport."""

    def __init__(self, response: httpx.Response, network: Network | None) -> None:
        super().__init__(response.status_code, response.headers)
        self._response = response
        # None for another transport than ours.
        self._network = network
        self._parts: AsyncIterator[bytes] | None = None
        self._is_read = False

    async def _receive(self) -> bytes:
        if self._network is not None:
            self._network.set_due(self.due)
            return await self._next_part()
        with anyio.move_on_after(self.due - time.monotonic()):
            return await self._next_part()
        raise httpx.ReadTimeout("")

    async def _next_part(self) -> bytes:
        if self._parts is None:
            # As it came: what httpx itself unpacks has no bounds.
            self._parts = aiter(cast("httpx.AsyncByteStream", self._response.stream))
        ours = _ours.set(True)
        try:
            while not (part := await anext(self._parts)):
                pass
        except StopAsyncIteration:
            self._is_read = True
            return b""
        finally:
            _ours.reset(ours)
        return part

    async def _close(self) -> None:
        ours = _ours.set(True)
        try:
            with anyio.CancelScope(shield=True):
                await self._response.aclose()
                if self._parts is not None and not self._is_read:
                    await _drain(self._parts)
        finally:
            _ours.reset(ours)


async def _drain(parts: AsyncIterator[bytes]) -> None:
    """End the iteration over a closed body that was left early.

    httpx and httpcore iterate through generators inside generators: to close the outermost leaves the others to the
    garbage collector, which trio warns of. From a closed HTTP/1.1 connection comes only what was received already.
    """
    with contextlib.suppress(httpx.RequestError, RuntimeError):
        async for _ in parts:
            pass


class GivenTransport:
    """Sends through an httpx transport that was given to the client. Its connections are its own business."""

    idle_since = 0.0

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    def make_connection(self) -> Connection:
        return self

    async def send(self, request: HttpRequest, on_sent: Callable[[bool], None] | None) -> Response:
        made = httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            extensions={"timeout": request.timeouts},
        )
        return await _send(self._transport, made, on_sent)

    def is_reusable(self) -> bool:
        return False

    def abort(self) -> None:
        pass

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _send(
    transport: httpx.AsyncBaseTransport,
    request: httpx.Request,
    on_sent: Callable[[bool], None] | None,
    network: Network | None = None,
) -> Response:
    if on_sent is not None:
        # Until there is evidence that it has not left: another transport, or a mock in place of ours, gives none.
        on_sent(True)
        request.extensions["trace"] = _tracer(on_sent)
    ours = _ours.set(True)
    try:
        return _HttpxResponse(await transport.handle_async_request(request), network)
    finally:
        _ours.reset(ours)


def _tracer(on_sent: Callable[[bool], None]) -> Callable[[str, dict[str, Any]], Any]:
    has_left = False

    async def trace(event: str, info: dict[str, Any]) -> None:
        nonlocal has_left
        # A proxy is asked for a tunnel first: that CONNECT is not the request.
        has_left |= event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT"
        on_sent(has_left)

    return trace
