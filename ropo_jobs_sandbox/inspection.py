"""``/_sandbox``: what really happened, and the levers that move the sandbox, over HTTP.

Whatever changes something takes JSON only, which a foreign web page can't send without being asked first, and nothing
that comes from a foreign page as the browser says. Secrets are masked. The same things are on the ``Sandbox`` object in
Python. ``inspection.yaml`` beside this module is the OpenAPI document of all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .origin import is_foreign
from .values import as_int, as_object, as_text, read_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from .sandbox import Sandbox

_PAGE = 100
_MOST_CHANGES = 100_000
_Body = dict[str, Any]


def routes(sandbox: Sandbox) -> list[Route]:
    """The routes of the inspection API of a sandbox."""

    async def state(_request: Request) -> Response:
        return JSONResponse(sandbox.state())

    async def requests(request: Request) -> Response:
        limit = _number(request, "limit", _PAGE)
        recorded = sandbox.requests
        return JSONResponse([record.masked() for record in (recorded[-limit:] if limit else [])])

    async def connections(_request: Request) -> Response:
        # without the one that asks
        return JSONResponse({"open": max(sandbox.open_connections - 1, 0)})

    async def jobs(request: Request) -> Response:
        found = sandbox.jobs(offset=_number(request, "offset", 0), limit=_number(request, "limit", _PAGE))
        return JSONResponse(found)

    async def job(request: Request) -> Response:
        details = sandbox.job(request.path_params["jobid"])
        if details is None:
            return _refused(404, f"there is no job {request.path_params['jobid']}")
        return JSONResponse(details)

    async def payments(request: Request) -> Response:
        return JSONResponse(sandbox.payments(billnum=request.query_params.get("billnum")))

    async def credit_notes(request: Request) -> Response:
        return JSONResponse(sandbox.credit_notes(billnum=request.query_params.get("billnum")))

    def reset(_body: _Body) -> Response:
        sandbox.reset()
        return JSONResponse({})

    def advance(body: _Body) -> Response:
        return JSONResponse({"today": sandbox.advance(days=_whole(body, "days")).isoformat()})

    def expire_tokens(_body: _Body) -> Response:
        sandbox.expire_tokens()
        return JSONResponse({})

    def set_pdf_size(body: _Body) -> Response:
        sandbox.set_pdf_size(as_text(body.get("billnum")), _whole(body, "size_bytes"))
        return JSONResponse({})

    async def faults(_request: Request) -> Response:
        return JSONResponse(sandbox.faults)

    def fault(body: _Body) -> Response:
        options = {name: value for name, value in body.items() if name not in ("operation", "kind", "times")}
        sandbox.fault(_text(body, "operation"), _text(body, "kind"), body.get("times", 1), **options)
        return JSONResponse(sandbox.faults, 201)

    def fault_at_random(body: _Body) -> Response:
        for name in body:
            if name not in ("rate", "kinds", "seed", "operations"):
                raise ValueError(f"{name}: there is no such option (of rate, kinds, seed, operations)")
        seed = _whole(body, "seed") if "seed" in body else 0
        operations = _list(body, "operations") if "operations" in body else ["*"]
        sandbox.fault_at_random(body.get("rate", ""), _list(body, "kinds"), seed=seed, operations=operations)
        return JSONResponse(sandbox.faults, 201)

    def clear_faults(_body: _Body) -> Response:
        sandbox.clear_faults()
        return JSONResponse([])

    async def status_updates(_request: Request) -> Response:
        return JSONResponse(sandbox.all_status_updates())

    def make_changes(body: _Body) -> Response:
        count = _whole(body, "count")
        if count > _MOST_CHANGES:
            raise ValueError(f"count: at most {_MOST_CHANGES} in one request")
        return JSONResponse(sandbox.make_changes(count), 201)

    def add_example_job(body: _Body) -> Response:
        return JSONResponse({"jobid": sandbox.add_example_job(**body)}, 201)

    return [
        Route("/state", state),
        Route("/requests", requests),
        Route("/connections", connections),
        Route("/jobs", jobs, methods=["GET"]),
        Route("/jobs", _changing(add_example_job), methods=["POST"]),
        Route("/jobs/{jobid:int}", job),
        Route("/payments", payments),
        Route("/credit-notes", credit_notes),
        Route("/reset", _changing(reset), methods=["POST"]),
        Route("/clock", _changing(advance), methods=["POST"]),
        Route("/tokens/expire", _changing(expire_tokens), methods=["POST"]),
        Route("/status-updates", status_updates, methods=["GET"]),
        Route("/status-updates", _changing(make_changes), methods=["POST"]),
        Route("/faults", faults, methods=["GET"]),
        Route("/faults", _changing(fault), methods=["POST"]),
        Route("/faults", _changing(clear_faults), methods=["DELETE"]),
        Route("/faults/clear", _changing(clear_faults), methods=["POST"]),
        Route("/faults/random", _changing(fault_at_random), methods=["POST"]),
        Route("/pdf-size", _changing(set_pdf_size), methods=["POST"]),
    ]


async def on_http_error(request: Request, error: Exception) -> Response:
    """What is answered where there is no such path, or not with this method."""
    assert isinstance(error, HTTPException)
    refused = _refused(error.status_code, f"there is no {request.method} {request.url.path}")
    refused.headers.update(error.headers or {})
    return refused


def _changing(change: Callable[[_Body], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if is_foreign(request.headers):
            return _refused(403, "this comes from a foreign web page")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            return _refused(415, "send Content-Type: application/json")
        try:
            content = await request.body()
            body = as_object(read_json(content) if content else {})
        except ValueError as error:
            return _refused(400, f"the body is not JSON: {error}")
        if body is None:
            return _refused(400, "the body is not a JSON object")
        try:
            return change(body)
        except ValueError as error:
            return _refused(400, str(error))

    return endpoint


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status)


def _number(request: Request, name: str, otherwise: int) -> int:
    number = as_int(request.query_params.get(name))
    return otherwise if number is None else max(number, 0)


def _whole(body: _Body, name: str) -> int:
    number = as_int(body.get(name))
    if number is None:
        raise ValueError(f"{name}: a whole number is required")
    return number


def _text(body: _Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name}: a string is required")
    return value


def _list(body: _Body, name: str) -> list[Any]:
    value = body.get(name)
    if not isinstance(value, list):
        raise ValueError(f"{name}: a list is required")
    return cast("list[object]", value)
