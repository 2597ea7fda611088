"""The service as an ASGI application: every request goes through one pipeline.

It identifies the operation, records the request, decides which fault strikes it, checks the token, checks the request
against the document, carries it out and answers, in this order. What goes wrong on purpose is decided in one place, in
``Pipeline.__call__``; ``fault_bodies`` then changes the answer, and ``fault_wire`` the way it is sent.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from . import fault_bodies, fault_wire, padding
from .access import BAD_REQUEST
from .answers import Answer, Parts, Pdf, Refusal, auth_error, problem
from .books import http_date
from .pdf import draw
from .records import RecordedRequest, Records

if TYPE_CHECKING:
    from .contract import Call, Contract, Operation
    from .faults import Fault, Faults
    from .operations import Operations

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/rest"
_LARGEST_BODY = 64 * 1024 * 1024
_LOGGER = logging.getLogger("ropo_jobs_sandbox")


class Pipeline:
    """Everything under ``/rest``."""

    def __init__(self, contract: Contract, operations: Operations, records: Records, faults: Faults) -> None:
        self._contract = contract
        self._operations = operations
        self._handlers = operations.handlers()
        self._records = records
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            record = await _received(request)
        except ClientDisconnect:
            # There is nobody left to answer, and without its whole body nothing to carry out.
            return
        operation = self._identified(record)
        fault = self._faults.strike(record.operation)
        if fault is None:
            await self._respond(await _drawn(self._handled(operation, record)), request, record, send)
            return
        record.fault = fault.kind
        if fault.kind == "expire-token":
            with self._operations.bills.books.store.transaction():
                self._operations.access.expire(record.headers.get("authorization"))
        answer = self._handled(operation, record) if fault.carried_out else Answer(200)
        answer = await _drawn(fault_bodies.drawn_larger(fault, answer))
        await self._respond(fault_bodies.changed(fault, answer, self._later), request, record, send, fault)

    async def _respond(
        self, answer: Answer, request: Request, record: RecordedRequest, send: Send, fault: Fault | None = None
    ) -> None:
        response = _response(answer, request, self._later(0))
        if fault is None or not fault_wire.is_silent(fault):
            _note(record, answer)
        if fault is None:
            record.status = response.status_code
            await response(request.scope, request.receive, send)
        else:
            record.status = None if fault_wire.is_silent(fault) else response.status_code
            await fault_wire.send_with(fault, response, request.scope, request.receive, send)

    def _later(self, seconds: int) -> str:
        return http_date(self._operations.bills.books, seconds=seconds)

    def _handled(self, operation: Operation | Answer, record: RecordedRequest) -> Answer:
        if isinstance(operation, Answer):
            return operation
        try:
            return self._carried_out(operation, record)
        except Refusal as refusal:
            return refusal.answer
        except Exception:
            # A mistake in the sandbox itself: whoever runs it has to see it, and the client gets an answer.
            _LOGGER.exception("%s failed", record.operation)
            return _failed()

    def _identified(self, record: RecordedRequest) -> Operation | Answer:
        try:
            operation = self._contract.identify(record.method, record.path.removeprefix(PREFIX))
            record.operation = operation.name
        except Refusal as refusal:
            return refusal.answer
        finally:
            self._records.add(record)
        if len(record.body) > _LARGEST_BODY:
            return problem(413, f"The body is larger than {_LARGEST_BODY} bytes").answer
        return operation

    def _carried_out(self, operation: Operation, record: RecordedRequest) -> Answer:
        handler = self._handlers.get(operation.name)
        if handler is None:
            raise problem(501, f"The sandbox does not know {operation.name}")
        books = self._operations.bills.books
        with books.store.transaction():
            # The day may have changed since the last request.
            books.catch_up()
        with books.store.transaction():
            if operation.secured:
                self._operations.access.check(record.headers.get("authorization"))
            answer = handler(self._checked(operation, record))
        self._records.count_carried_out(operation.name)
        return answer

    def _checked(self, operation: Operation, record: RecordedRequest) -> Call:
        try:
            return self._contract.check(operation, record.raw_query, record.headers, record.body)
        except Refusal as refusal:
            if operation.secured or refusal.answer.status != 400:
                raise
            # The login, which alone needs no token, has an error form of its own.
            raise auth_error(BAD_REQUEST, refusal.reason) from None


async def _received(request: Request) -> RecordedRequest:
    body = bytearray()
    async for chunk in request.stream():
        # One byte too many is kept, so that the pipeline sees it and refuses; the rest is read and dropped.
        body += chunk[: _LARGEST_BODY + 1 - len(body)]
    return RecordedRequest(
        method=request.method,
        path=request.scope["path"],
        raw_query=request.scope["query_string"].decode("ascii", "replace"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw},
        body=bytes(body),
    )


async def _drawn(answer: Answer) -> Answer:
    if not isinstance(answer.body, Pdf):
        return answer
    pdf = await asyncio.to_thread(draw, answer.body.items)
    if answer.body.size is None:
        return replace(answer, body=pdf)
    return replace(answer, body=padding.padded(pdf, max(answer.body.size, padding.smallest(pdf))))


def _note(record: RecordedRequest, answer: Answer) -> None:
    if isinstance(answer.body, bytes):
        record.answered(answer.media_type, answer.body)
    elif not isinstance(answer.body, Pdf):
        record.answered(answer.media_type, None, answer.body.size)


def _response(answer: Answer, request: Request, date: str) -> Response:
    headers = {"Date": date, **answer.headers}
    # As PHP does. A client that sent it back would have its parallel calls wait for each other.
    if "PHPSESSID" not in request.cookies:
        headers["Set-Cookie"] = f"PHPSESSID={secrets.token_hex(13)}; path=/"
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, headers, media_type=answer.media_type)
    if isinstance(answer.body, Pdf):  # pragma: no cover - it has been drawn by now
        raise TypeError("the PDF is not drawn")
    if answer.body.size is not None:
        headers["Content-Length"] = str(answer.body.size)
    return StreamingResponse(_streamed(answer.body), answer.status, headers, media_type=answer.media_type)


async def _streamed(body: Parts) -> AsyncIterator[bytes]:
    pause = body.pause if isinstance(body, fault_bodies.Endless) else 0
    for chunk in body.chunks():
        yield chunk
        # Once the client is gone, sending returns without a pause, and nobody else would get a turn to notice.
        await asyncio.sleep(pause)


def _failed() -> Answer:
    return problem(500, "The sandbox failed: its own log says why").answer
