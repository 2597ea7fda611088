"""A server that decides what goes into which TLS record, and which records go into one segment."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 10.0


class Line:
    """The server's end of a connection, plain or with TLS on it."""

    def __init__(self, connected: socket.socket, tls: ssl.SSLContext | None, greeting: bytes = b"") -> None:
        self.socket = connected
        # What is sent before anything was asked for: with the end of the handshake, where there is one.
        self._greeting = greeting
        self.requests = 0
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls.wrap_bio(self._incoming, self._outgoing, server_side=True) if tls is not None else None
        self._buffer = b""

    def pack(self, *parts: bytes) -> bytes:
        """Return what is to be sent for these: each is in a record of its own, or in several where it is large."""
        if self._tls is None:
            return b"".join(parts)
        for part in parts:
            self._tls.write(part)
        return self._outgoing.read()

    def send(self, packed: bytes) -> None:
        self.socket.sendall(packed)

    def greet(self) -> None:
        """Shake hands, and send the greeting in one piece with the end of it."""
        while self._tls is not None:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.socket.sendall(self._outgoing.read())
                self._incoming.write(self.socket.recv(65_536))
        self.send(self.pack(self._greeting))

    def receive(self) -> bytes | None:
        """Return the head and body of a request, or None where the client is gone."""
        while (found := self._split()) is None:
            data = self._read()
            if not data:
                return None
            self._buffer += data
        self.requests += 1
        return found

    def _split(self) -> bytes | None:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        return head + separator + rest[:length]

    def _read(self) -> bytes:
        if self._tls is None:
            return self.socket.recv(65_536)
        while True:
            try:
                data = self._tls.read(65_536)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                return b""
            else:
                return data
            if pending := self._outgoing.read():
                self.socket.sendall(pending)
            data = self.socket.recv(65_536)
            if not data:
                return b""
            self._incoming.write(data)


class RecordServer:
    """Serves each connection in a thread of its own, with a function that is called for each request.

    Attributes:
        requests: all that came in whole, in order.
        accepted: how many connections there were.
    """

    def __init__(
        self, reply: Callable[[Line, bytes], None], tls: ssl.SSLContext | None = None, greeting: bytes = b""
    ) -> None:
        self._reply = reply
        # To the first client.
        self._greeting = greeting
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._lines: list[socket.socket] = []
        self._failures: list[Exception] = []
        self.requests: list[bytes] = []
        self.accepted = 0
        scheme = "http" if tls is None else "https"
        self.base_url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/rest"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        for line in self._lines:
            line.close()
        if error is None:
            assert not self._failures, f"the server failed: {self._failures!r}"

    def _start(self, function: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=function, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines.append(connected)
            self._start(self._serve, connected)

    def _serve(self, connected: socket.socket) -> None:
        greeting, self._greeting = self._greeting, b""
        line = Line(connected, self._tls, greeting)
        try:
            if greeting:
                line.greet()
            while (request := line.receive()) is not None:
                self.requests.append(request)
                self._reply(line, request)
        except OSError:
            pass  # The client is gone.
        except Exception as failure:  # noqa: BLE001 # it belongs to the test
            self._failures.append(failure)
            connected.shutdown(socket.SHUT_RDWR)
