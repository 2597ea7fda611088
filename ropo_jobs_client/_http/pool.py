"""The pool: which connection a request takes, and whether it serves another one after that.

Connections belong to one event loop and one process. A request takes one only if provably nothing is left over on it,
and an unsafe request only one that was used a moment ago.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import anyio
import anyio.lowlevel
import httpx

from .._loops import PerLoop
from .base import KEEPALIVE_EXPIRY, MAX_IDLE_FOR_UNSAFE, Connection, HttpRequest, Response, Transport


class _Places:
    """The connections in one event loop, and who may have one."""

    def __init__(self, maximum: int) -> None:
        self.limiter: Final[anyio.Semaphore] = anyio.Semaphore(maximum, fast_acquire=True)
        # The one that was used last is at the end.
        self.idle: deque[Connection] = deque()
        self.taken: set[Connection] = set()
        self.closed: bool = False

    def take_idle(self, max_idle: float) -> Connection | None:
        """Return a connection that can be used again, or None."""
        now = time.monotonic()
        while self.idle and now - self.idle[0].idle_since > KEEPALIVE_EXPIRY:
            self.idle.popleft().abort()
        while self.idle and now - self.idle[-1].idle_since <= max_idle:
            connection = self.idle.pop()
            if connection.is_reusable():
                self.taken.add(connection)
                return connection
            connection.abort()
        # Those that are too old for this request stay for others, while there is room.
        while len(self.idle) > self.limiter.value:
            self.idle.popleft().abort()
        return None

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose response was closed, if it is fit for another one, and let who waits have a turn."""
        self.taken.discard(connection)
        if not self.closed and connection.is_reusable():
            connection.idle_since = time.monotonic()
            self.idle.append(connection)
        else:
            connection.abort()
        self.limiter.release()

    def close(self) -> None:
        """Close all connections. Never waits."""
        self.closed = True
        for connection in [*self.idle, *self.taken]:
            connection.abort()
        self.idle.clear()
        self.taken.clear()


class Connections:
    """What all copies of a client share: the transport, opened at first use, and the connections of each event loop.

    Args:
        open_transport: makes the transport.
        max_connections: how many connections may be open at once in each event loop. Further requests wait.
    """

    def __init__(self, open_transport: Callable[[], Transport], max_connections: int) -> None:
        self._open_transport = open_transport
        # The one that is open, if any. Of several threads that open one at once, the first one's is everybody's.
        self._opened: list[Transport] = []
        self._closed = False
        self._loops = PerLoop(lambda: _Places(max_connections), _Places.close)

    @property
    def transport(self) -> Transport:
        if self._closed:
            raise RuntimeError("the client is closed")
        opened = self._opened
        if not opened:
            opened.append(self._open_transport())
        return opened[0]

    @property
    def here(self) -> _Places:
        """The connections of the running event loop."""
        return self._loops.here()

    async def send(self, request: HttpRequest, on_sent: Callable[[bool], None] | None) -> Response:
        """Send a request, once.

        Args:
            request: what to send.
            on_sent: for an unsafe request, what is told whether its first byte may have left by now. Such a request
                takes no connection that has been idle for more than `MAX_IDLE_FOR_UNSAFE` seconds.

        Raises:
            httpx.RequestError: as `Connection.send` does; `PoolTimeout` where no connection was free in time.
        """
        places = self._loops.here()
        if places.limiter.value:
            # Never ahead of those who wait: a place that is given back is handed on to them.
            places.limiter.acquire_nowait()
        else:
            seconds = request.timeouts["pool"]
            with anyio.move_on_after(seconds) as scope:
                await places.limiter.acquire()
            if scope.cancelled_caught:
                raise httpx.PoolTimeout(f"no connection was free for {round(seconds, 2):g} s")
        connection: Connection | None = None
        try:
            # Not before: the client may have been closed while this call waited.
            opened = self._opened
            transport = opened[0] if opened else self.transport
            connection = places.take_idle(KEEPALIVE_EXPIRY if on_sent is None else MAX_IDLE_FOR_UNSAFE)
            if connection is None:
                connection = transport.make_connection()
                places.taken.add(connection)
            response = await connection.send(request, on_sent)
        except BaseException:
            if connection is not None:
                places.taken.discard(connection)
                connection.abort()
            places.limiter.release()
            raise
        response.release = partial(places.give_back, connection)
        return response

    async def aclose(self) -> None:
        """Close all connections, in all event loops of this process. What is asked for afterwards is an error."""
        self._closed = True
        # First: whoever finds a transport has its connections among those that are closed below.
        opened, self._opened = self._opened, []
        here = anyio.lowlevel.current_token().native_token
        for loop, places in self._loops.all():
            if loop is here:
                places.close()
            else:
                _run_in(loop, places.close)
        if opened:
            await opened[0].aclose()


def _run_in(loop: Any, function: Callable[[], None]) -> None:
    """Run a function in the thread of another event loop, or here where that loop is over."""
    schedule = getattr(loop, "call_soon_threadsafe", None) or loop.run_sync_soon
    try:
        schedule(function)
    except Exception:  # noqa: BLE001 # asyncio says RuntimeError, trio RunFinishedError: nobody waits there any more
        function()
