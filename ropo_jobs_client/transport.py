"""Connections: the limiter ahead of the pool, and the pool that survives cancellation."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import anyio
import httpx

# Seconds. Apache closes idle connections after 5 s, and a request sent into a closing one has an unknown outcome.
KEEPALIVE_EXPIRY: Final = 4.0
# An unsafe request takes no connection that has been idle for longer.
FRESH: Final = 1.0
FRESH_ONLY: Final = "ropo_fresh_only"

_ssl_context: ssl.SSLContext | None = None


def shared_ssl_context() -> ssl.SSLContext:
    """Give the one default context of this process: it takes some 20 ms to build."""
    global _ssl_context  # noqa: PLW0603
    if _ssl_context is None:
        _ssl_context = httpx.create_ssl_context()
    return _ssl_context


def _keepalive_options() -> list[tuple[int, int, int]]:
    # A firewall that forgets a connection must not leave a read waiting for its whole timeout.
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def environment_proxy(base_url: str) -> str | None:
    """Give the proxy that the environment variables name for this URL, by the rules of httpx."""
    from httpx._utils import URLPattern, get_environment_proxies

    url = httpx.URL(base_url)
    proxies = {URLPattern(pattern): proxy for pattern, proxy in get_environment_proxies().items()}
    return next((proxies[pattern] for pattern in sorted(proxies) if pattern.matches(url)), None)


class PoolTransport(httpx.AsyncHTTPTransport):
    """The transport of httpx with a pool that loses no connection when requests are cancelled.

    httpcore keeps a connection that was opened or reserved for a request cancelled before use as "active" for ever
    (encode/httpcore#1093), until the pool is full of them. Over HTTP/1.1 a busy connection is always held by a request
    in the pool's list, so each time requests are assigned, one that no request holds is closed.
    """

    def __init__(
        self,
        *,
        max_connections: int,
        ssl_context: ssl.SSLContext | None = None,
        proxy: httpx.Proxy | str | None = None,
        plain: bool = False,
    ) -> None:
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
            socket_options=_keepalive_options(),
        )
        pool: Any = self._pool
        assign: Callable[[], list[Any]] = pool._assign_requests_to_connections

        def assign_without_leaks() -> list[Any]:
            doomed = _doomed(pool)
            for connection in doomed:
                pool._connections.remove(connection)
            return assign() + doomed

        pool._assign_requests_to_connections = assign_without_leaks


def _doomed(pool: Any) -> list[Any]:
    held = {id(request.connection) for request in pool._requests}
    fresh_only = any(r.is_queued() and FRESH_ONLY in r.request.extensions for r in pool._requests)
    return [
        connection
        for connection in pool._connections
        if not connection.is_closed()
        and id(connection) not in held
        and (not connection.is_idle() or (fresh_only and _idle_seconds(connection) > FRESH))
    ]


def _idle_seconds(connection: Any) -> float:
    # A connection through a proxy wraps another one; the innermost knows when it expires.
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    expire_at: float | None = connection._expire_at
    return 0.0 if expire_at is None else time.monotonic() - (expire_at - KEEPALIVE_EXPIRY)


class Answer:
    """A response whose body is still to be read, and the place among the connections that it holds."""

    def __init__(self, response: httpx.Response, release: Callable[[], object]) -> None:
        self.response = response
        self._release: Callable[[], object] | None = release

    async def aclose(self) -> None:
        """Give the connection back, also when the task is being cancelled."""
        if self._release is None:
            return
        release, self._release = self._release, None
        try:
            with anyio.CancelScope(shield=True):
                await self.response.aclose()
        finally:
            release()

    def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body, decoded."""
        return self.response.aiter_bytes()


class Connections:
    """What all copies of a client share: the transport, opened at first use, and the limiter ahead of it."""

    def __init__(self, open_transport: Callable[[], httpx.AsyncBaseTransport], max_connections: int) -> None:
        self._open_transport = open_transport
        self._transport: httpx.AsyncBaseTransport | None = None
        self._closed = False
        # Ahead of the pool, which slows down with the number of requests that wait in it.
        self._limiter = anyio.Semaphore(max_connections, fast_acquire=True)

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._transport is None:
            self._transport = self._open_transport()
        return self._transport

    async def send(self, request: httpx.Request, leaving: Callable[[], None] | None) -> Answer:
        """Send a request, once. `leaving` is called before its first byte may leave.

        Raises:
            httpx.RequestError: as the transport does.
        """
        transport = self.transport
        await self._limiter.acquire()
        try:
            if leaving is not None:
                if isinstance(transport, PoolTransport):
                    request.extensions |= {FRESH_ONLY: True, "trace": _tracer(leaving)}
                else:
                    # Another transport does not say when: from here on it may have left.
                    leaving()
            response = await transport.handle_async_request(request)
        except BaseException:
            self._limiter.release()
            raise
        return Answer(response, self._limiter.release)

    async def aclose(self) -> None:
        """Close the transport. What is asked for afterwards is an error."""
        self._closed = True
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()


def _tracer(leaving: Callable[[], None]) -> Callable[[str, dict[str, Any]], Any]:
    async def trace(event: str, info: dict[str, Any]) -> None:
        # A proxy is asked for a tunnel first: that CONNECT is not the request.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            leaving()

    return trace
