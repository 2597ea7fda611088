"""Connections: the limiter ahead of a transport, and what a transport is: what sends requests and receives answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import anyio

# Seconds. Apache closes idle connections after 5 s, and a request sent into a closing one has an unknown outcome.
KEEPALIVE_EXPIRY: Final = 4.0
# An unsafe request takes no connection that has been idle for longer.
MAX_IDLE_FOR_UNSAFE: Final = 1.0


@dataclass(slots=True, frozen=True, repr=False)
class HttpRequest:
    """A request as it leaves, each part ready to be sent. It holds the token, so no repr shows it."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    # Seconds, for "connect", "pool", "read", "write".
    timeouts: dict[str, float]


class Response(Protocol):
    """A response whose body is still to be read, and the place among the connections that it holds.

    Whatever it is received through, failures are told by the exceptions of httpx.
    """

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """By their names in lower case."""
        ...

    @property
    def received(self) -> int:
        """How many bytes of the body came so far, before it is decoded. 0 where they are not counted."""
        ...

    @property
    def is_closed(self) -> bool: ...

    def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body, decoded. To be called once."""
        ...

    async def aclose(self) -> None:
        """Return the connection back, also when the task is being cancelled."""
        ...


class Transport(Protocol):
    """What sends requests and receives answers."""

    async def send(
        self, request: HttpRequest, on_sent: Callable[[bool], None] | None, release: Callable[[], object]
    ) -> Response:
        """Send a request, once.

        Args:
            request: what to send.
            on_sent: where it matters, what is told whether the first byte of the request may have left by now. Such a
                request takes no connection that has been idle for more than `MAX_IDLE_FOR_UNSAFE` seconds.
            release: called when the answer that is returned has been closed.

        Raises:
            httpx.RequestError: it failed; `ConnectError`, `ConnectTimeout`, `PoolTimeout`, `ProxyError` and
                `UnsupportedProtocol` only when nothing has left.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class Connections:
    """What all copies of a client share: the transport, opened at first use, and the limiter ahead of it."""

    def __init__(self, open_transport: Callable[[], Transport], max_connections: int) -> None:
        self._open_transport = open_transport
        self._transport: Transport | None = None
        self._closed = False
        # Ahead of the pool, which slows down with the number of requests that wait in it.
        self._limiter = anyio.Semaphore(max_connections, fast_acquire=True)

    @property
    def transport(self) -> Transport:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._transport is None:
            self._transport = self._open_transport()
        return self._transport

    async def send(self, request: HttpRequest, on_sent: Callable[[bool], None] | None) -> Response:
        """Send a request, once. `on_sent` is told whether its first byte may have left by now.

        Raises:
            httpx.RequestError: as the transport does.
        """
        await self._limiter.acquire()
        try:
            # Not before: the client may have been closed while this call waited.
            return await self.transport.send(request, on_sent, self._limiter.release)
        except BaseException:
            self._limiter.release()
            raise

    async def aclose(self) -> None:
        """Close the transport. What is asked for afterwards is an error."""
        self._closed = True
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()
