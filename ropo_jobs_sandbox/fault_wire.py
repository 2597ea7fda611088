"""What a fault does on the connection: pauses, an answer cut short, a connection closed or reset."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .connection import Protocol, connection_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.responses import Response

    from .app import Receive, Send
    from .faults import Fault

_SILENT = frozenset({"disconnect-before", "disconnect-after", "stall-after", "reset"})
_CUT = frozenset({"truncate", "truncate-chunked", "truncate-close", "reset-body"})


def is_silent(fault: Fault) -> bool:
    """Whether the client gets no status from a fault, nor anything else."""
    return fault.kind in _SILENT


async def send_with(
    fault: Fault, response: Response, scope: MutableMapping[str, Any], receive: Receive, send: Send
) -> None:
    """Sends a response, or does not, as a fault has it. Returns when the answer is out or the client is gone."""
    connection = connection_of(scope)
    if fault.kind in _SILENT:
        if fault.kind == "stall-after":
            await _gone(receive, fault.options["seconds"])
        if fault.kind == "reset":
            await connection.reset()
        else:
            connection.close()
    elif fault.kind in _CUT:
        await response(scope, receive, _Cut(fault, connection))
    else:
        if fault.kind == "delay-headers" and await _gone(receive, fault.options["seconds"]):
            return
        if fault.kind == "delay-body":
            send = _Pausing(fault, send, receive)
        await response(scope, receive, send)
        return
    # Only then does the server know that there is nothing more to send.
    await _gone(receive)


class _Pausing:
    """Sends an answer with a pause in its body."""

    def __init__(self, fault: Fault, send: Send, receive: Receive) -> None:
        self._send = send
        self._receive = receive
        self._seconds: float = fault.options["seconds"]
        self._left: int | None = fault.options["after"]

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._left = _place(self._left, message)
        elif self._left is not None:
            body: bytes = message.get("body", b"")
            if len(body) > self._left:
                await self._send({**message, "body": body[: self._left], "more_body": True})
                message = {**message, "body": body[self._left :]}
                self._left = None
                await _gone(self._receive, self._seconds)
            else:
                self._left -= len(body)
        await self._send(message)


class _Cut:
    """Sends the start of an answer past the server, which would insist on an end."""

    def __init__(self, fault: Fault, connection: Protocol) -> None:
        self._kind = fault.kind
        self._connection = connection
        self._left: int | None = fault.options["after"]

    async def __call__(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._left = _place(self._left, message)
            await self._connection.write(self._head(message))
        else:
            body: bytes = message.get("body", b"")[: self._left]
            self._left = (self._left or 0) - len(body)
            if body:
                await self._connection.write(self._framed(body))
            if self._left > 0:
                return
            if self._kind == "reset-body":
                await self._connection.reset()
            else:
                self._connection.close()

    def _head(self, message: MutableMapping[str, Any]) -> bytes:
        status: int = message["status"]
        headers: list[tuple[bytes, bytes]] = message["headers"]
        if self._kind in ("truncate-chunked", "truncate-close"):
            headers = [header for header in headers if header[0] != b"content-length"]
            chunked = self._kind == "truncate-chunked"
            headers.append((b"transfer-encoding", b"chunked") if chunked else (b"connection", b"close"))
        phrase = b""
        with contextlib.suppress(ValueError):
            phrase = HTTPStatus(status).phrase.encode()
        lines = [b"HTTP/1.1 %d %b" % (status, phrase), *(b"%b: %b" % header for header in headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def _framed(self, body: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(body), body) if self._kind == "truncate-chunked" else body


def _place(after: int | None, start: MutableMapping[str, Any]) -> int:
    # Within the body, or the client would miss nothing.
    total = next(int(value) for name, value in start["headers"] if name == b"content-length")
    return min(total // 2 if after is None else after, total - 1)


async def _gone(receive: Receive, seconds: float | None = None) -> bool:
    """Waits until the client is gone, at most for some seconds: whether it is."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return False
    return True
