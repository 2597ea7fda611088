"""A uvicorn server in a thread of its own, which starts and stops at once."""

from __future__ import annotations

import asyncio
import contextvars
import os
import socket
import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar

import uvicorn

from .connection import Protocol
from .errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Coroutine

_Result = TypeVar("_Result")
_STOP_TIMEOUT = 5.0


class _Server(uvicorn.Server):
    """Like uvicorn's, but driven by an event instead of looking ten times a second, and in no doubt about stopping.

    Whoever is still connected when it stops is cut off: a test is over, or a person has pressed Ctrl-C.
    """

    def __init__(self, config: uvicorn.Config, running: threading.Event) -> None:
        super().__init__(config)
        self._running = running
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running.set()
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - as in uvicorn
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        if tasks:
            # Their clients are gone, which they notice by themselves; who does not is cancelled.
            _, late = await asyncio.wait(tasks, timeout=_STOP_TIMEOUT / 2)
            for task in late:
                task.cancel()
        for server in self.servers:
            await server.wait_closed()

    async def refuse(self, listener: socket.socket) -> socket.socket:
        """Stops listening, and closes what is idle; returns a socket that does not listen and keeps the port."""
        family, address = listener.family, listener.getsockname()
        for server in self.servers:
            # which closes the listener
            server.close()
        self.servers = []
        keeper = _bound(family, address)
        for connection in list(self.server_state.connections):
            # uvicorn's own: a request that is being answered comes to its end before
            connection.shutdown()
        return keeper

    async def accept(self, listener: socket.socket) -> None:
        """Listens again."""
        await self.startup(sockets=[listener])

    def call(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        """Runs something on its loop, from another thread."""
        assert self._loop is not None
        # In a context of its own: in the caller's, trio may be what runs, and new connections would inherit that.
        return contextvars.Context().run(asyncio.run_coroutine_threadsafe, coroutine, self._loop).result()

    def stop(self) -> None:
        """Stops it, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)


class ServerThread:
    """An ASGI application that is being served on a socket."""

    def __init__(self, app: Any, listener: socket.socket) -> None:
        self._listener = listener
        self._lock = threading.Lock()
        self._refusing = False
        self._running = threading.Event()
        self._failure: BaseException | None = None
        config = uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            # The sandbox has a clock of its own, and writes the header itself.
            date_header=False,
        )
        self._server = _Server(config, self._running)
        self._thread = threading.Thread(target=self._run, name="ropo_jobs_sandbox", daemon=True)

    @property
    def open_connections(self) -> int:
        """How many TCP connections clients hold open."""
        return len(self._server.server_state.connections)

    def start(self) -> None:
        """Serves from now on: returns as soon as requests are taken."""
        self._thread.start()
        self._running.wait()
        if self._failure is not None:
            raise SandboxError(f"the server did not start: {self._failure}") from self._failure

    def refuse(self) -> None:
        """Refuses new connections from now on; returns when that is so."""
        with self._lock:
            if not self._refusing:
                self._listener = self._server.call(self._server.refuse(self._listener))
                self._refusing = True

    def accept(self) -> None:
        """Takes connections again, on the same port."""
        with self._lock:
            if self._refusing:
                self._server.call(self._server.accept(self._listener))
                self._refusing = False

    def stop(self) -> None:
        """Stops serving and cuts off who is still connected: returns when the thread is gone."""
        self._server.stop()
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._server.serve(sockets=[self._listener]))
        except BaseException as error:  # noqa: BLE001 - it belongs to the thread that waits for the start
            self._failure = error
        finally:
            self._running.set()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        listener = _bound(family, address)
        try:
            listener.listen(2048)
        except BaseException:
            listener.close()
            raise
    except (OSError, OverflowError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SandboxError(f"can't listen on {host} port {port}: {reason.lower()}") from error
    return listener


def _bound(family: int, address: Any) -> socket.socket:
    # With the protocol spelled out asyncio turns Nagle's algorithm off: else each small answer waits 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except BaseException:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def is_loopback(host: str) -> bool:
    """Whether a host name or address (also in brackets) is this machine's own."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
