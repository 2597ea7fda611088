"""Sockets for httpcore, on asyncio and trio alike: plain ones, which no event loop holds while nobody waits on them.

So they can be closed at any moment, also when their loop is over, and it can be told whether anything is left on them.
"""

from __future__ import annotations

import contextlib
import ipaddress
import math
import os
import socket
import ssl
import time
from collections.abc import Iterable
from itertools import chain, zip_longest
from typing import Any, Final

import anyio
import anyio.abc
import anyio.lowlevel
import httpcore
from anyio.streams.tls import TLSAttribute, TLSStream

from .._loops import run_in_worker
from .records import RecordCounter

# Bytes. What is read from a socket at once.
CHUNK_SIZE: Final = 256 * 1024
# Below this, whoever reads wants to see no more than it asks for: the answers of a SOCKS proxy.
_LARGE: Final = 64 * 1024
# Seconds before the next address of a host is tried too (RFC 8305).
_NEXT_ADDRESS: Final = 0.25


class _Wire(anyio.abc.ByteStream):
    """A socket."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        # Seconds that it may take until something comes, or goes. None is for ever.
        self.timeout: float | None = None
        # When all that is waited for has to be here, by `time.monotonic()`.
        self.due: float = math.inf

    async def receive(self, max_bytes: int = CHUNK_SIZE) -> bytes:
        data: bytes | None = None
        with contextlib.suppress(BlockingIOError):
            data = self.socket.recv(max_bytes)
            # A server that is faster than this must not keep the event loop from everything else.
            await anyio.lowlevel.checkpoint()
        if data is None:
            seconds = math.inf if self.timeout is None else self.timeout
            with anyio.fail_after(min(seconds, self.due - time.monotonic())):
                while data is None:
                    await anyio.wait_readable(self.socket)
                    with contextlib.suppress(BlockingIOError):
                        data = self.socket.recv(max_bytes)
        if not data:
            raise anyio.EndOfStream
        return data

    async def send(self, item: bytes) -> None:
        view = memoryview(item)
        while view:
            try:
                view = view[self.socket.send(view) :]
            except BlockingIOError:
                with anyio.fail_after(self.timeout):
                    await anyio.wait_writable(self.socket)

    async def send_eof(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        """Close it. Never waits, and needs no event loop."""
        if self.socket.fileno() < 0:
            return
        # Whoever waits on it is told. Where no event loop runs any more, nobody does.
        with contextlib.suppress(Exception):
            anyio.notify_closing(self.socket)
        # Also where a forked child has a copy of it.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class _Records(anyio.abc.ByteStream):
    """What TLS reads from."""

    def __init__(self, inner: anyio.abc.ByteStream) -> None:
        self._inner = inner
        self.counter = RecordCounter()

    async def receive(self, max_bytes: int = CHUNK_SIZE) -> bytes:
        try:
            data = await self._inner.receive(max_bytes)
        except anyio.EndOfStream:
            # TLS wants more: this end was not announced. Contexts of some Pythons would take it for one that was.
            raise ssl.SSLEOFError from None
        self.counter.feed(data)
        return data

    async def send(self, item: bytes) -> None:
        await self._inner.send(item)

    async def send_eof(self) -> None:
        await self._inner.send_eof()

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Stream(httpcore.AsyncNetworkStream):
    """What httpcore reads from and writes to: a socket, or TLS on it, or TLS through the TLS of a proxy."""

    def __init__(
        self,
        network: Network,
        wire: _Wire,
        top: anyio.abc.ByteStream,
        layers: tuple[tuple[RecordCounter, ssl.SSLObject], ...] = (),
    ) -> None:
        network.stream = self
        self._network = network
        self._wire = wire
        self._top = top
        self.layers = layers
        self._was_asked = False
        # What a write failed with. TLS then breaks without a reason whatever is read.
        self._broken_by: Exception | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._wire.timeout = timeout
        try:
            return await self._top.receive(max_bytes if max_bytes < _LARGE else CHUNK_SIZE)
        except anyio.EndOfStream:
            return b""
        except _FAILED as error:
            failure = _failure(self._broken_by or error, httpcore.ReadTimeout, httpcore.ReadError)
        raise failure

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._was_asked and self._has_unsolicited_data():
            raise httpcore.ConnectError("the server did not wait to be asked")
        self._was_asked = True
        self._wire.timeout = timeout
        try:
            await self._top.send(buffer)
        except _FAILED as error:
            self._broken_by = error.with_traceback(None)
            failure = _failure(error, httpcore.WriteTimeout, httpcore.WriteError)
        else:
            return
        raise failure

    async def aclose(self) -> None:
        self._wire.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        self._wire.timeout = None
        records = _Records(self._top)
        try:
            with anyio.fail_after(timeout):
                # An end that TLS does not announce is an error here: anybody may have cut the connection.
                tls = await TLSStream.wrap(records, ssl_context=ssl_context, hostname=server_hostname)
        except (*_FAILED, anyio.EndOfStream) as error:
            failure = _failure(error, httpcore.ConnectTimeout, httpcore.ConnectError)
        except BaseException:
            self._wire.close()
            raise
        else:
            ssl_object = tls.extra(TLSAttribute.ssl_object)  # noqa: S610 # of anyio, not of Django
            return _Stream(self._network, self._wire, tls, (*self.layers, (records.counter, ssl_object)))
        self._wire.close()
        raise failure

    def is_quiet(self) -> bool:
        """Return whether it is open, and nothing came that was not read.

        No byte, end or error in the socket, nothing in a record of TLS that is not whole, or in one that is.
        """
        try:
            self._wire.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            for counter, ssl_object in self.layers:
                if not (counter.is_at_boundary and _has_nothing_to_read(ssl_object)):
                    return False
            return True
        except OSError:
            pass
        return False

    def _has_unsolicited_data(self) -> bool:
        """Return whether anything came on a new connection, before anything was asked: it is no response."""
        if self.layers and self.layers[-1][1].version() == "TLSv1.3":
            # In the socket, it may be what the handshake ends with.
            return not _has_nothing_to_read(self.layers[-1][1])
        return not self.is_quiet()

    def get_extra_info(self, info: str) -> Any:
        if info == "socket":
            return self._wire.socket
        if info == "ssl_object":
            return self.layers[-1][1] if self.layers else None
        if info == "is_readable":
            return not self.is_quiet()
        if info in {"client_addr", "server_addr"}:
            connected = self._wire.socket
            return connected.getsockname() if info == "client_addr" else connected.getpeername()
        return None


def _has_nothing_to_read(ssl_object: ssl.SSLObject) -> bool:
    """Return whether TLS is open, and no record that has come whole holds anything."""
    try:
        ssl_object.read(1)
    except ssl.SSLWantReadError:
        return True
    except ssl.SSLError:
        pass
    return False


_FAILED = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError)


def _failure(error: BaseException, late: type[Exception], broken: type[Exception]) -> Exception:
    """Return what httpcore calls it. Its text is the system's or the TLS library's."""
    # TLS of anyio raises BrokenResourceError from whatever broke below it.
    behind = error.__cause__ if isinstance(error, anyio.BrokenResourceError) else error
    # A TimeoutError without a number comes from `anyio.fail_after`. The system's own, where keep-alive got no reply,
    # has one, and means a broken connection.
    if isinstance(behind, TimeoutError) and behind.errno is None:
        return late("")
    if isinstance(error, anyio.ClosedResourceError):
        return broken("the connection was closed at this end")
    if isinstance(behind, anyio.EndOfStream | ssl.SSLEOFError):
        return broken("the connection was closed at the other end")
    return broken(str(behind or "") or type(error).__name__)


class Network(httpcore.AsyncNetworkBackend):
    """The network for one connection.

    Attributes:
        stream: what httpcore reads from, or None where nothing is connected yet.
    """

    def __init__(self) -> None:
        self.stream: _Stream | None = None
        self._wire: _Wire | None = None
        self._aborted = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del local_address, socket_options
        try:
            with anyio.fail_after(timeout):
                connected = await open_socket(host, port)
        except OSError as error:
            failure = _failure(error, httpcore.ConnectTimeout, httpcore.ConnectError)
        else:
            self._wire = _Wire(connected)
            if not self._aborted:
                return _Stream(self, self._wire, self._wire)
            self._wire.close()
            failure = httpcore.ConnectError("the connection was closed at this end")
        raise failure

    def set_due(self, due: float) -> None:
        """Say when all that is waited for from now on has to be here, by `time.monotonic()`."""
        if self._wire is not None:
            self._wire.due = due

    def abort(self) -> None:
        """Close the connection. Never waits."""
        self._aborted = True
        if self._wire is not None:
            self._wire.close()


def keepalive_options() -> list[tuple[int, int, int]]:
    """Return the options of sockets that turn TCP keep-alive on."""
    # A firewall that forgets a connection must not leave a read waiting for its whole timeout.
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    # On macOS, the time until the first probe has another name.
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


Address = tuple[int, Any]


async def open_socket(host: str, port: int) -> socket.socket:
    """Connect to a host: to its addresses one after the other, the next one also where one does not answer at once."""
    winner: socket.socket | None = None
    errors: list[OSError] = []

    async def attempt(address: Address, failed: anyio.Event) -> None:
        nonlocal winner
        try:
            connected = await _connect_to(address)
        except OSError as error:
            errors.append(error)
            failed.set()
            return
        if winner is None:
            winner = connected
            group.cancel_scope.cancel()
        else:
            connected.close()

    addresses = await _addresses(host, port)
    if len(addresses) == 1:
        return await _connect_to(addresses[0])
    try:
        async with anyio.create_task_group() as group:
            for address in addresses:
                failed = anyio.Event()
                group.start_soon(attempt, address, failed)
                with anyio.move_on_after(_NEXT_ADDRESS):
                    await failed.wait()
    except BaseException:
        if winner is not None:
            winner.close()
        raise
    if winner is None:
        raise OSError("; ".join(dict.fromkeys(map(str, errors))))
    return winner


async def _addresses(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, the families in turn."""
    with contextlib.suppress(ValueError):
        version = ipaddress.ip_address(host).version
        return [(socket.AF_INET, (host, port))] if version == 4 else [(socket.AF_INET6, (host, port, 0, 0))]
    found = await run_in_worker(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM, abandon_on_cancel=True)
    addresses = [(family, address) for family, _, _, _, address in found]
    first = [one for one in addresses if one[0] == addresses[0][0]]
    others = [one for one in addresses if one[0] != addresses[0][0]]
    return [one for one in chain.from_iterable(zip_longest(first, others)) if one is not None]


async def _connect_to(address: Address) -> socket.socket:
    family, where = address
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option in keepalive_options():
            made.setsockopt(*option)
        try:
            made.connect(where)
        except BlockingIOError:
            await anyio.wait_writable(made)
            if number := made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(number, os.strerror(number)) from None
    except BaseException:
        made.close()
        raise
    return made
