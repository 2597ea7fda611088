"""A service that answers each payment with its own number, each PDF with a PDF, and counts what it was asked."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 60.0
PDF = b"%PDF-1.7\n" + b"x" * 60_000 + b"\n%%EOF\n"


class Echo:
    """It runs in a thread of its own.

    Attributes:
        payments: how often each number was paid.
        pdfs: how many PDFs were fetched.
        accepted: how many connections there were.
    """

    def __init__(self) -> None:
        self.payments: Counter[str] = Counter()
        self.pdfs = 0
        self.accepted = 0
        self.base_url = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(PATIENCE)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/rest"
        self._ready.set()
        await self._stopping.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                _, found, rest = head.partition(b"content-length:")
                body = await reader.readexactly(int(rest.split(b"\r\n")[0])) if found else b""
                writer.write(self._answer(head, body))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if body:
            billnum = str(json.loads(body)["billnum"])
            self.payments[billnum] += 1
            return _response(json.dumps({"amount": "10.00", "billnum": billnum}).encode(), "application/json")
        self.pdfs += 1
        return _response(PDF, "application/pdf")


def _response(body: bytes, content_type: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        content_type.encode(),
        len(body),
        body,
    )
