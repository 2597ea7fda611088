"""A client that hides nothing: every byte that comes back, and how the connection ends."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from sandbox_support import token

if TYPE_CHECKING:
    from ropo_jobs_sandbox import Sandbox


@dataclass(frozen=True)
class Heard:
    """What came, and the end: "closed", "reset", or "open" when nothing more came in time."""

    data: bytes
    end: str
    seconds: float

    @property
    def head(self) -> str:
        """The status line and the headers."""
        return self.data.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        """What came after the headers, framing and all."""
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        """The status; 0 when there was none."""
        return int(self.head.split()[1]) if self.data else 0

    @property
    def headers(self) -> dict[str, str]:
        """The headers, with lower-case names."""
        lines = [line.partition(": ") for line in self.head.split("\r\n")[1:]]
        return {name.lower(): value for name, _, value in lines}

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


class Caller:
    """Calls a sandbox with a token, each time over a connection of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.renew()

    def renew(self) -> None:
        """Takes a new token."""
        with httpx.Client(base_url=self.sandbox.base_url, verify=False) as client:
            self.token = token(client, self.sandbox)

    @property
    def peer(self) -> tuple[str, int]:
        """Where the sandbox listens."""
        host, port = self.sandbox.address.removeprefix("http://").split(":")
        return host, int(port)

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(self.peer, timeout=10)

    def request(self, operation: str, body: object = None) -> bytes:
        """A request as it is written; "GET /jobs?jobid=1" is an operation with its query."""
        method, path = operation.split(" ", 1)
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} /rest{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + content

    def call(self, operation: str, body: object = None, *, patience: float = 5, most: int = 10**9) -> Heard:
        """Sends a request and hears everything that comes, until the end, or nothing for a while, or enough."""
        with self.connect() as connection:
            began = time.monotonic()
            connection.sendall(self.request(operation, body))
            connection.settimeout(patience)
            heard, end = bytearray(), "open"
            try:
                while len(heard) < most:
                    data = connection.recv(1 << 20)
                    if not data:
                        end = "closed"
                        break
                    heard += data
            except TimeoutError:
                pass
            except ConnectionResetError:
                end = "reset"
            return Heard(bytes(heard), end, time.monotonic() - began)


def unchunked(body: bytes) -> tuple[bytes, bool]:
    """The content of a chunked body, and whether its end came."""
    content = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return content, True
        content, body = content + body[:length], body[length + 2 :]
    return content, False
