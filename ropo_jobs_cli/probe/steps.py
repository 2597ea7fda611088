"""How each guess is tried. Nothing here changes anything: only reads, previews and a token are asked for.

Status changes are never read without a filter: that would take them away from the feed.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from typing import Any, Final

import httpcore
import httpx

from ropo_jobs_cli.vendor_diff.documents import Place, own
from ropo_jobs_cli.vendor_diff.schemas import shape

from . import observed
from .guesses import Finding, Result

_NO_JOB: Final = 2147483647
_TIMEOUT: Final = 30.0
_TWO_HOURS: Final = 7200
# This library uses no connection that has been idle for longer.
_IDLE_AT_LEAST: Final = 4.0
_REQUEST_IDS: Final = frozenset({"x-request-id", "request-id", "x-correlation-id"})
_PREVIEW: Final[dict[str, Any]] = {
    "jobtype": 0,
    "customertype": 2,
    "person": "Teppo Testaaja",
    "address": "Sammonkatu 23-25 A 7",
    "postcode": "70100",
    "city": "KUOPIO",
    "payrow": [{"desc": "Hieronta", "count": 1, "itemtype": "h", "amount": 35.00, "taxpr": 25.50}],
}


@dataclass(frozen=True)
class Known:
    """What the person who calls knows: a bill of the test environment, a day with changes, how long to wait."""

    today: date
    day: date
    billnum: str | None = None
    jobid: int | None = None
    idle: float = 10.0


@dataclass
class Probe:
    """The calls of one run.

    Attributes:
        base_url: the test environment, ending in /rest.
        login: the body for POST /token, or None where a token was given.
        token: the token; asked for where there is a login.
        known: what the person who calls knows.
    """

    base_url: str
    login: dict[str, str] | None = field(repr=False)
    token: str | None = field(repr=False)
    known: Known
    made_up: str = field(default_factory=lambda: f"probe-{secrets.token_hex(4)}")
    answers: list[httpx.Response] = field(default_factory=list[httpx.Response], repr=False)

    def plan(self) -> list[str]:
        """Return what will be sent, one request a line."""
        known = self.known
        lines = ["POST /token"] if self.login else []
        lines += [
            "GET /jobs?jobid=1, without a token",
            f"GET /jobs?jobid={_NO_JOB}, which is none",
            f"GET /jobs/pdf?billnum={self.made_up}, which is none",
            f"GET /jobs/statusupdates?billnum={self.made_up}, which is none",
            f"GET /jobs/statusupdates?date={known.day}, twice",
            "POST /jobs/preview, with an invoice of the vendor's example person",
        ]
        if known.billnum is not None:
            lines.append("GET /jobs/statusupdates?billnum=…, the one that you gave")
        if known.jobid is not None:
            lines.append(f"GET /jobs?jobid={known.jobid}")
        return [*lines, f"then up to {known.idle:g} s of silence on an open connection"]

    def run(self) -> Iterator[Finding]:
        """Send it all, and give what became of each guess. Raise `httpx.HTTPError` when no token can be had."""
        with httpx.Client(
            base_url=self.base_url, timeout=_TIMEOUT, headers={"User-Agent": "ropo-jobs-probe"}
        ) as client:
            yield from self._token(client)
            steps: tuple[tuple[Callable[[httpx.Client], Iterator[Finding]], tuple[str, ...]], ...] = (
                (self._no_token, ("no-token",)),
                (self._wrong_jobid, ("wrong-jobid",)),
                (self._wrong_billnum, ("wrong-billnum",)),
                (self._no_changes, ("no-changes",)),
                (self._changes, ("changes-envelope", "changes-fields", "date-read")),
                (self._preview, ("preview", "preview-name")),
                (self._job, ("job-fields",)),
                (self._idle, ("keep-alive",)),
            )
            for step, names in steps:
                try:
                    yield from step(client)
                except httpx.HTTPError as error:
                    yield from (Finding(name, "not tried", f"no answer: {type(error).__name__}") for name in names)
        yield Finding("feed-end", "not tried", "reading without a filter would take changes away from the feed")
        yield from self._headers()

    def _send(
        self, client: httpx.Client, method: str, path: str, *, anonymous: bool = False, **more: Any
    ) -> httpx.Response:
        headers = {} if anonymous or self.token is None else {"Authorization": f"Bearer {self.token}"}
        response = client.request(method, path, headers=headers, **more)
        client.cookies.clear()
        self.answers.append(response)
        if response.status_code == 401 and not anonymous and path != "/token":
            raise Refused(f"{method} {path}: the token was not accepted")
        return response

    def _token(self, client: httpx.Client) -> Iterator[Finding]:
        if self.login is None:
            yield Finding("token-status", "not tried", "a token was given")
        else:
            response = self._send(client, "POST", "/token", json=self.login)
            token = (observed.parsed_object(response) or {}).get("token")
            if not response.is_success or not isinstance(token, str):
                raise Refused(f"POST /token gave no token: {observed.response(response)}")
            self.token = token
            yield _finding("token-status", response.status_code == 201, observed.response(response))
        life = observed.life_of(self.token or "")
        said = "it does not say how long it lives" if life is None else f"it lives for {life} s"
        yield _finding("token-life", life == _TWO_HOURS, said)

    def _no_token(self, client: httpx.Client) -> Iterator[Finding]:
        response = self._send(client, "GET", "/jobs", params={"jobid": 1}, anonymous=True)
        yield _finding("no-token", response.status_code == 401 and _is_problem(response), observed.response(response))

    def _wrong_jobid(self, client: httpx.Client) -> Iterator[Finding]:
        response = self._send(client, "GET", "/jobs", params={"jobid": _NO_JOB})
        yield _finding("wrong-jobid", _is_refusal(response), observed.response(response))

    def _wrong_billnum(self, client: httpx.Client) -> Iterator[Finding]:
        response = self._send(client, "GET", "/jobs/pdf", params={"billnum": self.made_up})
        yield _finding("wrong-billnum", _is_refusal(response), observed.response(response))

    def _no_changes(self, client: httpx.Client) -> Iterator[Finding]:
        response = self._send(client, "GET", "/jobs/statusupdates", params={"billnum": self.made_up})
        found = observed.changes_in(observed.parsed(response), _list_at())
        is_empty = response.status_code == 204 or (response.status_code == 200 and found is not None and not found[1])
        yield _finding("no-changes", is_empty, observed.response(response))

    def _changes(self, client: httpx.Client) -> Iterator[Finding]:
        known = self.known
        of_day = [self._send(client, "GET", "/jobs/statusupdates", params={"date": str(known.day)}) for _ in range(2)]
        yield self._date_read(*of_day)
        answers = of_day[:1]
        if known.billnum is not None:
            answers.append(self._send(client, "GET", "/jobs/statusupdates", params={"billnum": known.billnum}))
        filled = [one for one in answers if one.is_success and observed.parsed(one)]
        if not filled:
            came = f"no changes came for {known.day}{' and the bill' if known.billnum else ''}: see --date, --billnum"
            yield Finding("changes-envelope", "not tried", came)
            yield Finding("changes-fields", "not tried", came)
            return
        found = observed.changes_in(observed.parsed(filled[-1]), _list_at())
        if found is None:
            yield Finding("changes-envelope", "differs", observed.response(filled[-1]))
            yield Finding("changes-fields", "not tried", "the list of changes was not found")
            return
        envelope, changes = found
        yield Finding("changes-envelope", "confirmed", envelope)
        if not changes:
            yield Finding("changes-fields", "not tried", "no changes came")
        else:
            together = {name: value for change in changes for name, value in change.items()}
            is_as_guessed = together.keys() >= _schema("JobStatusUpdate")["properties"].keys()
            yield _finding("changes-fields", is_as_guessed, observed.fields(together))

    def _date_read(self, first: httpx.Response, second: httpx.Response) -> Finding:
        if not first.is_success or not observed.parsed(first):
            return Finding("date-read", "not tried", f"nothing to read: {observed.response(first)}")
        one, other = (json.dumps(observed.parsed(each), sort_keys=True) for each in (first, second))
        came = f"first {observed.response(first)}; then {'the same' if one == other else observed.response(second)}"
        return _finding("date-read", one == other, came)

    def _preview(self, client: httpx.Client) -> Iterator[Finding]:
        name = f"{self.made_up}.pdf"
        today = str(self.known.today)
        bill = {**_PREVIEW, "billdate": today, "paydate": today, "pdfname": name}
        response = self._send(client, "POST", "/jobs/preview", json={"datastream": {"dataset": [bill]}})
        is_pdf = observed.media_type(response) == "application/pdf" and b"%PDF-" in response.content[:1024]
        yield _finding("preview", response.is_success and is_pdf, observed.response(response))
        if not response.is_success:
            yield Finding("preview-name", "not tried", "there was no preview")
            return
        message = Message()
        message["Content-Disposition"] = response.headers.get("content-disposition", "")
        holding = sorted(key for key, value in response.headers.items() if name in value)
        came = f"in {', '.join(map(observed.safe_name, holding))}" if holding else "in no header as it was asked for"
        yield _finding("preview-name", message.get_filename() == name, came)

    def _job(self, client: httpx.Client) -> Iterator[Finding]:
        if self.known.jobid is None:
            yield Finding("job-fields", "not tried", "no jobid was given: see --jobid")
            return
        response = self._send(client, "GET", "/jobs", params={"jobid": self.known.jobid})
        body = observed.parsed_object(response)
        if body is None or not response.is_success:
            yield Finding("job-fields", "differs", observed.response(response))
            return
        others = dict(_unlike_a_job(body))
        yield _finding("job-fields", not others, f"otherwise: {observed.fields(others)}" if others else "all of them")

    def _idle(self, client: httpx.Client) -> Iterator[Finding]:
        response = self._send(client, "GET", "/jobs", params={"jobid": 1}, anonymous=True)
        if response.headers.get("connection", "").lower() == "close" or response.http_version == "HTTP/1.0":
            yield Finding("keep-alive", "differs", "the service closes each connection at once")
            return
        stream, start = response.extensions["network_stream"], time.monotonic()
        while (passed := time.monotonic() - start) < self.known.idle:
            if _is_closed(stream):
                yield _finding("keep-alive", passed >= _IDLE_AT_LEAST, f"closed after {passed:.1f} s")
                return
            time.sleep(0.1)
        result: Result = "confirmed" if passed >= _IDLE_AT_LEAST else "not tried"
        yield Finding("keep-alive", result, f"still open after {passed:.0f} s")

    def _headers(self) -> Iterator[Finding]:
        answers = self.answers
        dated = sum("date" in one.headers for one in answers)
        yield _finding("date-header", dated == len(answers), f"on {dated} of {len(answers)} answers")
        ids = {
            key for one in answers for key in one.headers if key.endswith(("request-id", "correlation-id", "trace-id"))
        }
        named = ", ".join(map(observed.safe_name, sorted(ids))) or "none came"
        yield _finding("request-id", ids <= _REQUEST_IDS, named)
        refused = [one for one in answers if one.status_code in {429, 503}]
        if refused:
            yield _finding("retry-after", "retry-after" in refused[0].headers, observed.response(refused[0]))
        else:
            yield Finding("retry-after", "not tried", "nothing was refused for now")
        versions = sorted({one.http_version for one in answers})
        yield _finding("http-version", versions == ["HTTP/1.1"], ", ".join(versions))

    def remarks(self) -> list[str]:
        """Return what else was seen: no guess, but good to know."""
        last = self.answers[-1]
        said = [
            f"{key}: {observed.header(last.headers[key])}" for key in ("Server", "Keep-Alive") if key in last.headers
        ]
        names = sorted({key for one in self.answers for key in one.headers})
        return [*said, f"headers that came: {', '.join(map(observed.safe_name, names))}"]


class Refused(Exception):
    """There is no token, so nothing can be tried."""


def _finding(name: str, is_as_guessed: bool, came: str) -> Finding:
    result: Result = "confirmed" if is_as_guessed else "differs"
    return Finding(name, result, came)


def _is_problem(response: httpx.Response) -> bool:
    body = observed.parsed_object(response) or {}
    return observed.media_type(response) == "application/problem+json" and "title" in body


def _is_refusal(response: httpx.Response) -> bool:
    error = (observed.parsed_object(response) or {}).get("error")
    return response.status_code == 404 and (isinstance(error, str) or _is_problem(response))


def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = own().root["components"]["schemas"][name]
    return schema


def _list_at() -> list[str]:
    at: list[str] = _schema("JobsStatusUpdatesResult").get("x-list-at", [])
    return at


def _unlike_a_job(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give the fields that JobJobInfo lacks, or has with another type. What is empty has no type."""
    document = own()
    known = shape(document, (document.find("#/components/schemas/JobJobInfo"),)).forms or {}
    properties = known["object"][0].properties
    for name, value in body.items():
        if name not in properties:
            yield name, value
        elif value not in (None, "", []):
            places: tuple[Place, ...] = properties[name]
            types = shape(document, places).forms or {}
            if types and observed.json_type(value) not in types:
                yield name, value


def _is_closed(stream: Any) -> bool:
    """Tell whether the other end has closed an idle connection. What TLS says by itself is read and left."""
    if not stream.get_extra_info("is_readable"):
        return False
    try:
        return not stream.read(1, timeout=0.1)
    except httpcore.TimeoutException:
        return False
    except httpcore.NetworkError:
        return True
