"""Connections: the limiter ahead of a backend, and what a backend is: what sends requests and receives answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import anyio

# Seconds. Apache closes idle connections after 5 s, and a request sent into a closing one has an unknown outcome.
KEEPALIVE_EXPIRY: Final = 4.0
# An unsafe request takes no connection that has been idle for longer.
FRESH: Final = 1.0


@dataclass(slots=True, frozen=True, repr=False)
class Outgoing:
    """A request as it leaves, each part ready to be sent. It holds the token, so no repr shows it."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    # Seconds, for "connect", "pool", "read", "write".
    timeouts: dict[str, float]


class Answer(Protocol):
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
        """Give the connection back, also when the task is being cancelled."""
        ...


class Backend(Protocol):
    """What sends requests and receives answers."""

    async def send(
        self, request: Outgoing, leaving: Callable[[bool], None] | None, release: Callable[[], object]
    ) -> Answer:
        """Send a request, once.

        Args:
            request: what to send.
            leaving: where it matters, what is told whether the first byte of the request may have left by now. Such a
                request takes no connection that has been idle for more than `FRESH` seconds.
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
    """What all copies of a client share: the backend, opened at first use, and the limiter ahead of it."""

    def __init__(self, open_backend: Callable[[], Backend], max_connections: int) -> None:
        self._open_backend = open_backend
        self._backend: Backend | None = None
        self._closed = False
        # Ahead of the pool, which slows down with the number of requests that wait in it.
        self._limiter = anyio.Semaphore(max_connections, fast_acquire=True)

    @property
    def backend(self) -> Backend:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._backend is None:
            self._backend = self._open_backend()
        return self._backend

    async def send(self, request: Outgoing, leaving: Callable[[bool], None] | None) -> Answer:
        """Send a request, once. `leaving` is told whether its first byte may have left by now.

        Raises:
            httpx.RequestError: as the backend does.
        """
        await self._limiter.acquire()
        try:
            # Not before: the client may have been closed while this call waited.
            return await self.backend.send(request, leaving, self._limiter.release)
        except BaseException:
            self._limiter.release()
            raise

    async def aclose(self) -> None:
        """Close the backend. What is asked for afterwards is an error."""
        self._closed = True
        backend, self._backend = self._backend, None
        if backend is not None:
            await backend.aclose()
