"""What a server answers when it does not behave: late, in part, or not at all; and answers that are whole."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
from typing import TYPE_CHECKING

from rawserver import Peer, Request, chunked, response, then, then_silence

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from rawserver import Reply


def answer(
    status: int,
    body: object = b"",
    *,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    compress: bool = False,
) -> Reply:
    """A whole answer. What is neither bytes nor a text goes as JSON."""
    fields = dict(headers or {})
    if isinstance(body, bytes | str):
        content = body.encode() if isinstance(body, str) else body
    else:
        content, content_type = json.dumps(body).encode(), content_type or "application/json"
    if compress:
        content, fields["Content-Encoding"] = gzip.compress(content), "gzip"
    # One that is among the headers is the one that is meant.
    given = fields.pop("Content-Type", content_type)
    payload = response(content, status=status, content_type=given, length=-1, **fields)
    return lambda request: request.answer(payload)


async def hang_up(request: Request) -> None:
    """No answer: the connection is closed before the status line."""
    request.peer.close()


async def reset(request: Request) -> None:
    """No answer: the connection is reset before the status line."""
    request.peer.reset()


def cut_off(status: int = 200, body: bytes = b'{"jobid": ') -> Reply:
    """An answer that ends in the middle of its body."""
    return then(_half(status, body), Peer.close)


def stalled(status: int = 200, body: bytes = b'{"jobid": ') -> Reply:
    """An answer that stops in the middle of its body, and stays."""
    return then_silence(_half(status, body))


def _half(status: int, body: bytes) -> bytes:
    return response(body, status=status, content_type="application/json", length=len(body) + 100)


def dripping(status: int = 200, piece: bytes = b" ") -> Reply:
    """An answer whose body never ends, but with the client."""

    async def reply(request: Request) -> None:
        request.peer.send(chunked(status=status, content_type="application/json", whole=False))
        while await request.peer.sent():
            request.peer.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            await asyncio.sleep(0.01)

    return reply


@contextlib.contextmanager
def refusing() -> Generator[str]:
    """The base URL of a port that refuses connections for as long as this lasts."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/rest"
