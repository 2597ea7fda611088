"""What every page shares: templates, messages about what was done, and the safety of forms.

A form is taken only from a page of this sandbox: it brings a token that other pages can't read, and the browser must
not say that it comes from elsewhere. Requests to foreign host names are refused before they get here.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..origin import is_foreign
from . import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from ..sandbox import Sandbox

HERE = Path(__file__).parent
_LARGEST_FORM = 64 * 1024
_NOTICES_KEPT = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """What a change came to, and where to look at it."""

    text: str
    link: str = ""


class Mistake(Exception):
    """A form that can't be carried out: the text says why, to a person."""


class Site:
    """The pages of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._token = secrets.token_urlsafe(32)
        self._notices: OrderedDict[str, Notice] = OrderedDict()
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(words.FILTERS)

    def page(self, request: Request, template: str, status: int = 200, /, **shown: Any) -> Response:
        """A page out of a template."""
        content = self._templates.get_template(template).render(
            shown,
            sandbox=self.sandbox,
            today=self.sandbox.today,
            token=self._token,
            here=_here(request),
            notice=self._notices.get(request.query_params.get("notice", "")),
        )
        return HTMLResponse(content, status)

    def done(self, path: str, notice: Notice) -> Response:
        """The way back to a page of this site, which says what was done."""
        parts = urlsplit(path)
        # A path that begins with two slashes would lead to another host.
        if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
            parts = urlsplit("/")
        key = secrets.token_hex(8)
        self._notices[key] = notice
        if len(self._notices) > _NOTICES_KEPT:
            self._notices.popitem(last=False)
        return RedirectResponse(f"{parts.path}?{_query(parts.query, notice=key)}", 303)

    async def form(self, request: Request) -> Mapping[str, str]:
        """The fields of a form of this site, those left empty left out.

        Raises:
            HTTPException: 403 when the form does not come from a page of this site, 413 and 415 when it is none.
        """
        if is_foreign(request.headers):
            raise HTTPException(403, "This form came from another web page, so nothing was changed.")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise HTTPException(415, "This is no form of this page.")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_FORM:
                raise HTTPException(413, "This form is too large.")
        fields = {name: value.strip() for name, value in parse_qsl(body.decode("utf-8", "replace")) if value.strip()}
        if not compare_digest(fields.pop("token", "").encode(), self._token.encode()):
            raise HTTPException(403, "The sandbox was started anew since this page was loaded. Go back and reload it.")
        return fields


def _here(request: Request) -> str:
    """The path and query of a page, for forms that come back to it."""
    query = _query(request.url.query)
    return f"{request.url.path}?{query}" if query else request.url.path


def _query(query: str, **more: str) -> str:
    return urlencode([*((name, value) for name, value in parse_qsl(query) if name != "notice"), *more.items()])
