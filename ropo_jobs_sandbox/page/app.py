"""The page as an ASGI application: its routes, its headers, and its errors as pages of the same style."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Mount, Route, Router
from starlette.staticfiles import StaticFiles

from .changing import Changing
from .showing import Showing
from .site import HERE, Mistake, Site

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from starlette.requests import Request
    from starlette.responses import Response

    from ..app import AsgiApp, Receive, Send
    from ..sandbox import Sandbox

_LOGGER = logging.getLogger("ropo_jobs_sandbox")
_OWN = "default-src 'none'; base-uri 'none'; form-action 'self'; script-src 'self'; style-src 'self'"
_POLICY = f"{_OWN}; img-src 'self'; object-src 'self'; frame-src 'self'; frame-ancestors 'none'"
# Swagger UI has its icons in its style sheet, and tries calls out.
_REFERENCE_POLICY = f"{_OWN}; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
_PDF_POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'self'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # With no referrer at all, browsers leave out of a form which page it comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def application(sandbox: Sandbox) -> AsgiApp:
    """The page of a sandbox."""
    site = Site(sandbox)
    showing = Showing(site)
    changing = Changing(site, showing)

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        # Starlette's own detail is the name of the status.
        own = error.detail == HTTPStatus(error.status_code).phrase
        detail = "There is no such page." if own and error.status_code == 404 else error.detail
        response = _error(request, error.status_code, detail)
        response.headers.update(error.headers or {})
        return response

    async def on_mistake(request: Request, error: Exception) -> Response:
        return _error(request, 400, str(error))

    async def on_failure(request: Request, error: Exception) -> Response:
        _LOGGER.error("%s failed", request.url.path, exc_info=error)
        return _error(request, 500, "The sandbox failed: its own log says why.")

    def _error(request: Request, status: int, detail: str) -> Response:
        return site.page(request, "error.html", status, code=status, title=HTTPStatus(status).phrase, detail=detail)

    routes = [
        Route("/", showing.bills),
        Route("/jobs/{jobid:int}", showing.bill),
        Route("/jobs/{jobid:int}/pdf", showing.pdf),
        Route("/requests", showing.requests),
        Route("/requests/{number:int}", showing.request),
        Route("/faults", showing.faults, methods=["GET"]),
        Route("/reference", showing.reference),
        Route("/reference/openapi.json", showing.document),
        Route("/reference/sandbox", showing.own_reference),
        Route("/reference/sandbox.json", showing.own_document),
        Route("/reference/{name}", showing.viewer),
        Route("/clock", changing.move_clock, methods=["POST"]),
        Route("/jobs", changing.add_bill, methods=["POST"]),
        Route("/faults", changing.arm_fault, methods=["POST"]),
        Route("/faults/clear", changing.clear_faults, methods=["POST"]),
        Route("/favicon.ico", showing.icon),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    handlers: Mapping[Any, Any] = {HTTPException: on_http_error, Mistake: on_mistake, Exception: on_failure}
    handled = ExceptionMiddleware(Router(routes), handlers)

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_headers(scope["path"], message["headers"])]
            await send(message)

        await handled(scope, receive, guarded)

    return app


def _headers(path: str, sent: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    policy = _POLICY
    if path.startswith("/reference"):
        policy = _REFERENCE_POLICY
    elif (b"content-type", b"application/pdf") in sent:
        policy = _PDF_POLICY
    more = {**_HEADERS, "Content-Security-Policy": policy}
    if b"cache-control" not in dict(sent):
        # Pages hold personal data, and the token of the forms.
        more["Cache-Control"] = "no-cache" if path.startswith("/static/") else "no-store"
    return [(name.lower().encode(), value.encode()) for name, value in more.items()]
