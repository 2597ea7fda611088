"""A service that answers as a test says, on the standard library's server: it knows nothing of this project."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """An answer, with no header but these and Content-Length."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def content(self) -> bytes:
        """Return the body: bytes as they are, nothing for None, and anything else as JSON."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body).encode()


@contextmanager
def serving(replies: Mapping[str, Sequence[Reply]]) -> Generator[tuple[str, list[tuple[str, bytes]]]]:
    """Answer requests such as `GET /jobs?jobid=1`: the n-th with the n-th reply, and then with the last for ever.

    Gives the base URL, and the list of what came: requests with their bodies.
    """
    came: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            request = f"{self.command} {self.path.removeprefix('/rest')}"
            earlier = sum(one == request for one, _ in came)
            came.append((request, self.rfile.read(int(self.headers.get("Content-Length", "0")))))
            known = replies.get(request, [Reply({"error": f"{request} is unknown"}, 501)])
            reply = known[min(earlier, len(known) - 1)]
            content = reply.content()
            # No Date and no Server: `send_response` would add them.
            self.send_response_only(reply.status)
            media_type = "application/pdf" if isinstance(reply.body, bytes) else "application/json"
            for name, value in {"Content-Type": media_type, **reply.headers}.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if reply.status != 204:
                self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer  # the names that the server calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # as the server calls it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/rest", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
