"""Servers on 127.0.0.1 that answer byte for byte what a test says: late, in part, or not at all.

They run in threads of their own, so that tests under asyncio and under trio use them alike.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

PATIENCE = 10.0
"""Seconds after which a test that waits for something has failed."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request, as it came in."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def operation(self) -> str:
        """Such as "GET /jobs"."""
        return f"{self.method} {self.path.removeprefix('/rest')}"

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True, strict_parsing=True)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


class Wire:
    """The server's end of a connection."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._socket = connection
        self._stopping = stopping
        self._buffer = b""
        self.ended = False

    def send(self, data: bytes) -> None:
        """Send bytes; whether the client still wants them is not this end's business."""
        with contextlib.suppress(OSError):
            self._socket.sendall(data)

    def drip(self, pieces: Iterable[bytes], every: float = 0.01) -> bool:
        """Send pieces until they end, or the client is gone: then True."""
        for piece in pieces:
            try:
                self._socket.sendall(piece)
            except OSError:
                return True
            if self._stopping.wait(every):
                break
        return False

    def wait_until_gone(self) -> None:
        """Say nothing until the client has hung up."""
        with contextlib.suppress(OSError):
            while self._socket.recv(65536):
                pass
        self.ended = True

    def hang_up(self) -> None:
        """Close the connection."""
        self.ended = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def reset(self) -> None:
        """Close the connection as a crash does."""
        self.ended = True
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def receive(self) -> Received | None:
        """Read a request, or None when the client has hung up."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        length = int(next((value for name, value in headers if name.lower() == "content-length"), "0"))
        while len(self._buffer) < length:
            if not self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Received(method, target, headers, body)

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._buffer:
            if not self._more():
                return None
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _more(self) -> bool:
        try:
            chunk = self._socket.recv(65536)
        except OSError:
            return False
        self._buffer += chunk
        return bool(chunk)


if TYPE_CHECKING:
    Reply = Callable[[Received, Wire], None]


class HostileServer:
    """A server that answers the n-th request with the n-th reply; the last one goes on for ever.

    `POST /token` has replies of its own: without any, it hands out token-1, token-2 and so on.
    """

    def __init__(self, *replies: Reply, token: Sequence[Reply] = ()) -> None:
        self._replies = replies
        self._token_replies = token
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._threads: list[threading.Thread] = []
        self._wires: list[Wire] = []
        self.requests: list[Received] = []
        """What came in, without requests for a token."""
        self.token_requests: list[Received] = []
        self.received = threading.Event()
        """Set when the first of them is in."""
        self.connections = 0
        """How many connections were made."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/rest"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            wires, threads = list(self._wires), list(self._threads)
        for wire in wires:
            wire.hang_up()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a server's thread does not end"

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name="hostile server", daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire = Wire(connection, self._stopping)
            with self._lock:
                self.connections += 1
                self._wires.append(wire)
                if self._stopping.is_set():
                    wire.hang_up()
                    return
            self._start(lambda wire=wire: self._serve(wire))  # type: ignore[misc] # the default is the point

    def _serve(self, wire: Wire) -> None:
        while not wire.ended and (request := wire.receive()) is not None:
            self._reply_to(request)(request, wire)
        wire.hang_up()

    def _reply_to(self, request: Received) -> Reply:
        is_token = request.operation == "POST /token"
        with self._lock:
            seen = self.token_requests if is_token else self.requests
            seen.append(request)
            if not is_token:
                self.received.set()
            if is_token and not self._token_replies:
                return answer(201, {"token": f"token-{len(seen)}"})
            replies = self._token_replies if is_token else self._replies
            return replies[min(len(seen), len(replies)) - 1]


@contextlib.contextmanager
def refusing() -> Generator[str]:
    """The base URL of a port that refuses connections for as long as this lasts."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/rest"


# Replies


def answer(
    status: int,
    body: object = b"",
    *,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    compress: bool = False,
) -> Reply:
    """A whole answer. What is neither bytes nor a text goes as JSON."""
    payload = head(status, body, content_type=content_type, headers=headers, compress=compress)
    return lambda _, wire: wire.send(payload)


def head(
    status: int,
    body: object = b"",
    *,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    compress: bool = False,
) -> bytes:
    """The bytes of a whole answer."""
    if isinstance(body, bytes | str):
        content = body.encode() if isinstance(body, str) else body
        found = content_type
    else:
        content, found = json.dumps(body).encode(), content_type or "application/json"
    fields = dict(headers or {})
    if found:
        fields.setdefault("Content-Type", found)
    if compress:
        content = gzip.compress(content)
        fields["Content-Encoding"] = "gzip"
    fields.setdefault("Content-Length", str(len(content)))
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def raw(data: bytes) -> Reply:
    """These bytes, and the end."""

    def reply(_: Received, wire: Wire) -> None:
        wire.send(data)
        wire.hang_up()

    return reply


def hang_up(_: Received, wire: Wire) -> None:
    """No answer: the connection is closed before the status line."""
    wire.hang_up()


def reset(_: Received, wire: Wire) -> None:
    """No answer: the connection is reset before the status line."""
    wire.reset()


def silence(_: Received, wire: Wire) -> None:
    """No answer, and no end."""
    wire.wait_until_gone()


def cut_off(status: int = 200, body: bytes = b'{"jobid": ') -> Reply:
    """An answer that ends in the middle of its body."""
    return raw(head(status, body, content_type="application/json", headers={"Content-Length": str(len(body) + 100)}))


def stalled(status: int = 200, body: bytes = b'{"jobid": ') -> Reply:
    """An answer that stops in the middle of its body, and stays."""
    start = head(status, body, content_type="application/json", headers={"Content-Length": str(len(body) + 100)})

    def reply(_: Received, wire: Wire) -> None:
        wire.send(start)
        wire.wait_until_gone()

    return reply


def dripping(status: int = 200, piece: bytes = b" ", gone: threading.Event | None = None) -> Reply:
    """An answer whose body never ends. `gone` is set when the client has hung up on it."""
    start = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"

    def reply(_: Received, wire: Wire) -> None:
        def pieces() -> Generator[bytes]:
            yield start
            while True:
                yield chunk

        if wire.drip(pieces()) and gone is not None:
            gone.set()
        wire.hang_up()

    return reply
