"""What sends a request and receives its response: the parts that the pool and the transports have in common."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import httpx

from .decoding import decoder_for

# Seconds. Apache closes idle connections after 5 s, and a request sent into a closing one has an unknown outcome.
KEEPALIVE_EXPIRY: Final = 4.0
# An unsafe request takes no connection that has been idle for longer.
MAX_IDLE_FOR_UNSAFE: Final = 1.0
# Bytes of a compressed body that may hold nothing: empty blocks can follow each other without an end.
_MOST_FOR_NOTHING: Final = 1024 * 1024


@dataclass(slots=True, frozen=True, repr=False)
class HttpRequest:
    """A request as it leaves, each part ready to be sent. It holds the token, so no repr shows it."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    # Seconds, for "connect", "pool", "read", "write".
    timeouts: dict[str, float]


class Response:
    """A response, and its body, decoded. Receive what is wanted of it, and close it.

    Whatever it is received through, failures are told by the exceptions of httpx.

    Attributes:
        status: its status.
        headers: by their names in lower case.
        received: how many bytes of the body came so far, before it is decoded.
        is_closed: whether it was closed.
        due: when the next piece of the body has to be here, by `time.monotonic()`. Without it, time begins anew with
            each byte that comes, also where none of these is one of the body.
        release: gives the connection back. Set by the pool.
    """

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = headers
        self.received: int = 0
        self.is_closed: bool = False
        self.due: float = math.inf
        self.release: Callable[[], None] | None = None
        self._decoder = decoder_for(headers) if "content-encoding" in headers else None
        self._unpacked: Iterator[bytes] = iter(())

    async def receive(self) -> bytes:
        """Return the next piece of the body, or nothing at its end.

        Raises:
            httpx.RequestError: it broke, or cannot be unpacked.
        """
        begun = self.received
        while True:
            for unpacked in self._unpacked:
                return unpacked
            if self.received - begun > _MOST_FOR_NOTHING:
                raise httpx.DecodingError("the body unpacks to nothing")
            piece = await self._receive()
            self.received += len(piece)
            if not piece:
                if self._decoder is not None:
                    self._decoder.finish()
                return b""
            if self._decoder is None:
                return piece
            self._unpacked = self._decoder.feed(piece)

    async def aclose(self) -> None:
        """Give the connection back, also when the task is being cancelled."""
        if self.is_closed:
            return
        self.is_closed = True
        try:
            await self._close()
        finally:
            # A native cancellation can strike while it is being closed: then the connection is not idle, and aborted.
            if self.release is not None:
                self.release()

    def _receive(self) -> Awaitable[bytes]:
        """Return the next piece of the body as it came, or nothing at its end."""
        raise NotImplementedError

    async def _close(self) -> None:
        """End it, so that the connection can be used again if nothing is left on it."""
        raise NotImplementedError


class Connection(Protocol):
    """A connection to the service. It belongs to the event loop that opened it, and carries one request at a time."""

    # When its last response was closed, by `time.monotonic()`. Set by the pool.
    idle_since: float

    async def send(self, request: HttpRequest, on_sent: Callable[[bool], None] | None) -> Response:
        """Send a request, once.

        Args:
            request: what to send.
            on_sent: where it matters, what is told whether the first byte of the request may have left by now.

        Raises:
            httpx.RequestError: it failed; `ConnectError`, `ConnectTimeout`, `PoolTimeout`, `ProxyError` and
                `UnsupportedProtocol` only when nothing has left. Whatever is raised, the pool aborts the connection.
        """
        ...

    def is_reusable(self) -> bool:
        """Return whether it is open and idle, and provably nothing is left over in socket, TLS, queue or parser.

        Never raises, and never waits. Asked when a response was closed, and again before the next request.
        """
        ...

    def abort(self) -> None:
        """Close it at once, whoever waits on it: they are told with a `ReadError` or `WriteError`.

        Never raises, and never waits. Also works where its event loop is closed, and when it is closed already.
        """
        ...


class Transport(Protocol):
    """What makes connections."""

    def make_connection(self) -> Connection:
        """Make a connection, which its first request opens. Never waits, and opens nothing yet."""
        ...

    async def aclose(self) -> None:
        """Let go of what is not a connection of the pool."""
        ...
