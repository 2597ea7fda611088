"""What really happened: the requests that came in, and how often each operation was carried out."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .values import as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = 1_000
_KEPT_BYTES = 64 * 1024 * 1024
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_MASK = "***"


@dataclass(slots=True)
class RecordedRequest:
    """A request as it came in, and the status it was answered with.

    ``operation`` is the method and path of the document, such as "POST /jobs/payment"; "" when the document has no such
    operation. ``headers`` has lower-case names. ``status`` is None until the answer is sent. ``fault`` is the kind of
    fault that struck it, "" for none. The repr shows no header, no query and no body: they hold secrets and personal
    data.
    """

    method: str
    path: str
    raw_query: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    operation: str = ""
    status: int | None = None
    fault: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The query parameters; the last one where a name comes twice."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)

    def masked(self) -> dict[str, Any]:
        """The request to be shown to a person: without its secrets."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": {name: _MASK if name in _SECRET_HEADERS else value for name, value in self.headers.items()},
            "body": self._masked_body(),
            "operation": self.operation,
            "status": self.status,
            "fault": self.fault,
        }

    def _masked_body(self) -> str:
        if "apicode" not in self.body.decode("utf-8", "replace") and self.operation != "POST /token":
            return self.body.decode("utf-8", "replace")
        try:
            parsed = as_object(self.json)
        except ValueError:
            return _MASK
        if parsed is None:
            return _MASK
        return json.dumps({name: _MASK if name == "apicode" else value for name, value in parsed.items()})


class Records:
    """The last 1,000 requests (fewer where their bodies are large), and counts of everything. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: deque[RecordedRequest] = deque()
        self._bytes = 0
        self._received: Counter[str] = Counter()
        self._carried_out: Counter[str] = Counter()

    def add(self, request: RecordedRequest) -> None:
        """Records a request whose body is complete."""
        with self._lock:
            self._requests.append(request)
            self._bytes += len(request.body)
            self._received[request.operation] += 1
            while len(self._requests) > _KEPT or (self._bytes > _KEPT_BYTES and len(self._requests) > 1):
                self._bytes -= len(self._requests.popleft().body)

    def clear(self) -> None:
        """Forgets all requests, and counts from 0 again."""
        with self._lock:
            self._requests.clear()
            self._bytes = 0
            self._received.clear()
            self._carried_out.clear()

    def count_carried_out(self, operation: str) -> None:
        """Counts an operation that has been carried out, and committed."""
        with self._lock:
            self._carried_out[operation] += 1

    def requests(self) -> list[RecordedRequest]:
        """The recorded requests, oldest first."""
        with self._lock:
            return list(self._requests)

    def last(self) -> RecordedRequest | None:
        """The request that came in last."""
        with self._lock:
            return self._requests[-1] if self._requests else None

    def received(self, operation: str) -> int:
        """How often an operation was asked for, refused or not."""
        with self._lock:
            return self._received[operation]

    def carried_out(self, operation: str) -> int:
        """How often an operation was carried out."""
        with self._lock:
            return self._carried_out[operation]

    def all_carried_out(self) -> dict[str, int]:
        """How often each operation was carried out."""
        with self._lock:
            return dict(self._carried_out)
