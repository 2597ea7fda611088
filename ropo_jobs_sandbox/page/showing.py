"""The pages that only show: bills, one bill, requests, one request, faults, the API reference."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response

from ..answers import content_disposition
from ..app import PREFIX
from ..faults import ANY, KINDS
from ..values import Json, as_int
from . import words
from .site import HERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from ..records import RecordedRequest
    from .site import Site

_BILLS_A_PAGE = 50
_REQUESTS_A_PAGE = 50
_VIEWER = ("swagger-ui-bundle.js", "swagger-ui.css")
CHOICES: Mapping[str, Sequence[str]] = {
    "form": ("problem", "error", "html", "text", "empty"),
    "carried_out": ("no", "yes"),
    "announced": ("yes", "no"),
}
"""What the options of faults that are no free text can be; first what they are when not given."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Which part of a long list is shown."""

    number: int
    count: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """How many entries come before."""
        return (self.number - 1) * self.size


class Showing:
    """The endpoints of the pages that show."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sandbox = site.sandbox

    async def bills(self, request: Request) -> Response:
        """The bills, the newest first, or those that a search finds."""
        search = request.query_params.get("search", "").strip()
        pages = _pages(request, self._sandbox.count_jobs(search), _BILLS_A_PAGE)
        found = self._sandbox.find_jobs(search, offset=pages.offset, limit=pages.size)
        return self._site.page(request, "bills.html", jobs=found, search=search, pages=pages)

    async def bill(self, request: Request) -> Response:
        """A bill with its PDF and everything that happened to it."""
        job = self._sandbox.job(request.path_params["jobid"])
        if job is None:
            raise HTTPException(404, f"There is no job {request.path_params['jobid']}.")
        disputes = [note for note in job["notes"] if note["kind"].startswith("dispute")]
        return self._site.page(request, "bill.html", job=job, disputes=disputes)

    async def pdf(self, request: Request) -> Response:
        """The PDF of a bill, to be shown."""
        jobid = request.path_params["jobid"]
        content = await asyncio.to_thread(self._sandbox.pdf, jobid)
        if content is None:
            raise HTTPException(404, f"There is no job {jobid}.")
        shown = content_disposition(f"job-{jobid}.pdf").replace("attachment", "inline", 1)
        return Response(content, media_type="application/pdf", headers={"Content-Disposition": shown})

    async def requests(self, request: Request) -> Response:
        """The requests that came in, the newest first."""
        recorded = self._sandbox.requests[::-1]
        pages = _pages(request, len(recorded), _REQUESTS_A_PAGE)
        shown = [_shown(record) for record in recorded[pages.offset : pages.offset + pages.size]]
        return self._site.page(request, "requests.html", requests=shown, pages=pages)

    async def request(self, request: Request) -> Response:
        """A request and its answer."""
        number = request.path_params["number"]
        found = next((record for record in self._sandbox.requests if record.number == number), None)
        if found is None:
            raise HTTPException(404, f"Request {number} is not among those that are kept.")
        return self._site.page(request, "request.html", record=_shown(found))

    async def faults(self, request: Request) -> Response:
        """The faults that are armed, and a form to arm one."""
        return self.faults_page(request)

    def faults_page(self, request: Request, status: int = 200, mistake: str = "", **given: str) -> Response:
        """The page of the faults; where the form was mistaken, with what was given and what is wrong with it."""
        return self._site.page(
            request,
            "faults.html",
            status,
            groups=words.FAULTS,
            options=_options(),
            any_operation=ANY,
            mistake=mistake,
            given=given,
        )

    async def reference(self, request: Request) -> Response:
        """The API reference."""
        return self._site.page(request, "reference.html", of_sandbox=False)

    async def own_reference(self, request: Request) -> Response:
        """The reference of the sandbox's own HTTP API."""
        return self._site.page(request, "reference.html", of_sandbox=True)

    async def own_document(self, _request: Request) -> Response:
        """The document of the sandbox's own HTTP API."""
        with (HERE.parent / "inspection.yaml").open("rb") as file:
            return JSONResponse(yaml.safe_load(file))

    async def document(self, _request: Request) -> Response:
        """The API document, with this sandbox as its only server."""
        return JSONResponse({**self._sandbox.document, "servers": [{"url": PREFIX, "description": "This sandbox"}]})

    async def icon(self, _request: Request) -> Response:
        """The icon, where browsers look for it when they show a PDF by itself."""
        return FileResponse(HERE / "static" / "icon.svg")

    async def viewer(self, request: Request) -> Response:
        """A file of Swagger UI."""
        name = request.path_params["name"]
        found = find_spec("flask_swagger_ui")
        if name not in _VIEWER or found is None or found.origin is None:
            raise HTTPException(404, "There is no such page.")
        return FileResponse(Path(found.origin).parent / "dist" / name, headers={"Cache-Control": "max-age=3600"})


def _pages(request: Request, total: int, size: int) -> Pages:
    count = max(1, -(-total // size))
    number = as_int(request.query_params.get("page")) or 1
    return Pages(min(max(number, 1), count), count, size, total)


def _shown(record: RecordedRequest) -> Json:
    return {**record.masked(), "at": record.at}


def _options() -> list[Json]:
    """Each option of the faults once: which kinds have it, what it is when not given, what it can be."""
    found: dict[str, dict[str, Any]] = {}
    for kind, options in KINDS.items():
        for name, (otherwise, _check) in options.items():
            entry = found.setdefault(name, {"name": name, "kinds": {}, "choices": CHOICES.get(name, ())})
            entry["kinds"][kind] = "" if otherwise is None else otherwise
    return list(found.values())
