"""What sends a request and receives its response: the parts that the pool and the transports have in common."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

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
        """Give the connection back, also when the task is being cancelled."""
        ...


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
