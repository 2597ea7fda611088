"""What the public contract says of each cell of the matrix: an operation, a fault, and whether the fault goes away.

Written from the contract alone, without a look at what the library decides. An operation or a kind of fault that this
does not know is a `KeyError`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ropo_jobs_client import errors

sys.path.insert(0, str(Path(__file__).parents[1] / "wire"))
from calls import EXAMPLES

Retry = Literal["safe", "idempotent", "unsafe", "consuming"]
# json: the document says what comes. inferred: it may as well be empty. none: whatever comes is not looked at.
# list: as inferred, and `[]` is right. stream, save: a PDF.
Answer = Literal["json", "inferred", "none", "list", "stream", "save"]

RETRIES = 2

# How operations answer: whether they may be repeated, what comes, and with which status when all is well. Those that a
# jobid is enough for are told by their examples.
ROWS: Mapping[str, tuple[Retry, Answer, int]] = {
    **{
        each.operation: (each.retry, "inferred" if each.may_be_empty else "json", each.status)
        for each in EXAMPLES
        if each.of_job is not None
    },
    "POST /token": ("safe", "json", 201),
    "POST /jobs": ("unsafe", "json", 201),
    "PATCH /jobs": ("idempotent", "none", 200),
    "PATCH /jobs/opensalesinvoices": ("idempotent", "inferred", 200),
    "GET /jobs/statusupdates": ("safe", "list", 200),
    "GET /jobs/statusupdates consuming": ("consuming", "list", 200),
    "GET /jobs/pdf": ("safe", "stream", 200),
    "GET /jobs/pdf saved": ("safe", "save", 200),
    "POST /jobs/preview": ("safe", "stream", 200),
    "POST /jobs/preview saved": ("safe", "save", 200),
    "POST /jobs/localprint": ("unsafe", "stream", 200),
    "POST /jobs/localprint saved": ("unsafe", "save", 200),
    "POST /jobs/payment": ("unsafe", "json", 201),
    "POST /jobs/creditnote": ("unsafe", "inferred", 201),
    "PATCH /jobs/deliverystatus": ("unsafe", "none", 200),
    "GET /jobs/transferconfirmation": ("unsafe", "none", 200),
    "POST /jobs/dispute": ("unsafe", "json", 200),
    "POST /jobs/dispute/resolve": ("unsafe", "json", 200),
    "POST /jobs/findbyendcustomer": ("safe", "json", 200),
}

# The calls of those that a jobid is enough for.
OF_JOB = {each.operation: each.of_job for each in EXAMPLES if each.of_job is not None}

ONE_OF_EACH_CLASS = ("GET /jobs", "PATCH /jobs", "POST /jobs/payment", "GET /jobs/statusupdates consuming")


@dataclass(frozen=True)
class Row:
    """An operation, and how it is called."""

    name: str

    @property
    def operation(self) -> str:
        return " ".join(self.name.split()[:2])

    @property
    def retry(self) -> Retry:
        return ROWS[self.name][0]

    @property
    def answer(self) -> Answer:
        return ROWS[self.name][1]

    @property
    def status(self) -> int:
        return ROWS[self.name][2]

    @property
    def is_pdf(self) -> bool:
        return self.answer in {"stream", "save"}


# Faults

REFUSE = "refuse_connections"
"""Not a fault of a request, but of the sandbox as a whole."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault with its options. `slow`: it takes a timeout, a deadline or a pause to get over it."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    slow: bool = False

    @property
    def name(self) -> str:
        return " ".join([self.kind, *(f"{name}={value}" for name, value in self.options.items())])

    @property
    def deadline(self) -> float:
        """Seconds."""
        return 2.0 if self.slow else 6.0

    @property
    def timeout(self) -> float:
        """Seconds. Small only where it has to pass, so that a slow machine changes nothing in the other cells."""
        return 0.4 if self.slow else 2.0


BIG = 3_000_000
MAX_BYTES = 1_000_000
"""What the client takes, of a body and of a PDF, less than `BIG`."""
LATE = 5.0


def _statuses() -> Iterator[Fault]:
    for carried_out in (False, True):
        for status in (302, 400, 401, 403, 404, 408, 409, 422, 425, 429, 500, 502, 503, 504, 520):
            options = {"status": status, "carried_out": carried_out}
            yield Fault("status", options)
            if status not in {504, 520}:
                for after in ("0", "date", "100"):
                    yield Fault("status", {**options, "retry_after": after})
    for status in (404, 409, 429, 500, 503):
        for form in ("error", "html", "text", "empty"):
            yield Fault("status", {"status": status, "form": form})


FAULTS = (
    Fault("delay-headers", {"seconds": 0.05}),
    Fault("delay-headers", {"seconds": LATE}, slow=True),
    Fault("delay-body", {"seconds": 0.05}),
    Fault("delay-body", {"seconds": LATE}, slow=True),
    Fault("disconnect-before"),
    Fault("disconnect-after"),
    Fault("stall-after", slow=True),
    Fault("reset"),
    *(Fault(kind) for kind in ("truncate", "truncate-chunked", "truncate-close", "reset-body")),
    *(Fault(kind, {"after": 0}) for kind in ("truncate", "truncate-chunked", "truncate-close", "reset-body")),
    *_statuses(),
    Fault("redirect"),
    Fault("redirect", {"carried_out": True}),
    Fault("redirect", {"status": 307}),
    Fault("html"),
    Fault("wrong-date"),
    Fault("empty"),
    Fault("list-for-object"),
    Fault("numbers-as-strings"),
    Fault("unknown-fields"),
    Fault("invalid-json"),
    Fault("latin-1"),
    Fault("gzip"),
    Fault("gzip-bomb", {"size": BIG}),
    Fault("huge", {"size": BIG}),
    Fault("huge", {"size": BIG, "announced": False}),
    Fault("wrong-type"),
    Fault("endless"),
    # So slow that no timeout and no limit of size ends it: 200,000 bytes within the deadline.
    Fault("endless", {"size": 2_000, "interval": 0.02}, slow=True),
    Fault("expire-token"),
    Fault(REFUSE),
)


def max_pdf_bytes(fault: Fault) -> int:
    """How large a PDF may be. The deadline of a stream ends with its headers: without an end, its size has to."""
    return 50_000 if fault.kind == "endless" and fault.slow else MAX_BYTES


# What one attempt comes to

NOT_SENT, NO_ANSWER, STATUS, UNREADABLE, TOO_LATE = "not sent", "no answer", "status", "unreadable", "too late"
PDF = "pdf"
"""The headers were good, and the PDF is not."""


@dataclass(frozen=True)
class Bad:
    """How an attempt failed: with which error where nothing is in doubt, and after which status."""

    how: str
    error: type[errors.RopoError]
    status: int | None = None


_BAD_BODY: Mapping[str, frozenset[Answer]] = {
    # Which answers it leaves as good as they were
    "html": frozenset({"none"}),
    "empty": frozenset({"none", "inferred", "list"}),
    "list-for-object": frozenset({"none", "list"}),
    "numbers-as-strings": frozenset({"json", "inferred", "none", "list", "stream", "save"}),
    "unknown-fields": frozenset({"json", "inferred", "none", "list", "stream", "save"}),
    "invalid-json": frozenset({"none"}),
    "latin-1": frozenset({"none", "stream", "save"}),
    "wrong-date": frozenset({"json", "inferred", "none", "list", "stream", "save"}),
    "gzip": frozenset({"json", "inferred", "none", "list", "stream", "save"}),
    "wrong-type": frozenset({"json", "inferred", "none", "list"}),
}
_BY_STATUS: Mapping[int, type[errors.ApiError]] = {
    302: errors.ApiError,
    307: errors.ApiError,
    400: errors.BadRequest,
    401: errors.AuthenticationFailed,
    403: errors.PermissionDenied,
    408: errors.ApiError,
    409: errors.Conflict,
    422: errors.UnprocessableEntity,
    425: errors.ApiError,
    429: errors.RateLimited,
    **dict.fromkeys((500, 502, 503, 504, 520), errors.ServerError),
}


def one_attempt(row: Row, fault: Fault) -> Bad | None:
    """What comes of an attempt that the fault strikes, or None where it succeeds all the same."""
    kind, options = fault.kind, fault.options
    ok = 200 if kind in {"html", "empty"} else row.status
    if kind in _BAD_BODY:
        if row.answer in _BAD_BODY[kind]:
            return None
        return Bad(PDF, errors.NotAPdf, ok) if row.is_pdf else Bad(UNREADABLE, errors.DecodeError, ok)
    match kind:
        case "refuse_connections":
            return Bad(NOT_SENT, errors.ConnectionFailed)
        case "disconnect-before" | "disconnect-after" | "reset":
            return Bad(NO_ANSWER, errors.ConnectionLost)
        case "stall-after":
            return Bad(NO_ANSWER, errors.TimedOut)
        case "delay-headers":
            return Bad(NO_ANSWER, errors.TimedOut) if options["seconds"] == LATE else None
        case "delay-body":
            if options["seconds"] != LATE:
                return None
            # Of an unsafe one, a PDF error says that the job was taken.
            late = errors.PdfTruncated if row.is_pdf and row.retry == "unsafe" else errors.TimedOut
            return Bad(PDF if row.is_pdf else NO_ANSWER, late, ok)
        case "truncate" | "truncate-chunked" | "reset-body":
            if row.is_pdf:
                return Bad(PDF, errors.PdfTruncated, ok)
            return Bad(NO_ANSWER, errors.ConnectionLost, ok)
        case "truncate-close":
            return _ended_early(row, ok, is_empty=options.get("after") == 0)
        case "gzip-bomb" | "huge" | "endless":
            if row.is_pdf:
                return Bad(PDF, errors.PdfTooLarge, ok)
            return Bad(TOO_LATE, errors.TimedOut, ok) if fault.slow else Bad(UNREADABLE, errors.ResponseError, ok)
        case "status" | "redirect":
            return _status(row, fault)
        case "expire-token":
            # To get a token, none is needed.
            return None if row.name == "POST /token" else Bad(STATUS, errors.AuthenticationFailed, 401)
        case _:
            raise KeyError(kind)


def _ended_early(row: Row, ok: int, *, is_empty: bool) -> Bad | None:
    """Nothing says that the body is not whole, but itself."""
    if row.is_pdf:
        return Bad(PDF, errors.NotAPdf if is_empty else errors.PdfTruncated, ok)
    if row.answer == "none" or (is_empty and row.answer in {"inferred", "list"}):
        return None
    return Bad(UNREADABLE, errors.DecodeError, ok)


def _status(row: Row, fault: Fault) -> Bad:
    status: int = fault.options.get("status", 302)
    if row.name == "POST /token" and status == 400:
        return Bad(STATUS, errors.AuthenticationFailed, status)
    if status == 404:
        in_own_form = fault.options.get("form", "problem") in {"problem", "error"}
        is_job = in_own_form and row.name != "POST /token"
        return Bad(STATUS, errors.JobNotFound if is_job else errors.NotFound, status)
    return Bad(STATUS, _BY_STATUS[status], status)


# What the call comes to


@dataclass(frozen=True)
class Expected:
    """What comes of a call. `error` is None where it succeeds; `cause` is what an `OutcomeUnknown` comes from."""

    error: type[errors.RopoError] | None
    attempts: int
    carried_out: int
    status: int | None = None
    cause: type[errors.RopoError] | None = None


def expected(row: Row, fault: Fault, *, for_ever: bool) -> Expected:
    """What the contract says of a cell."""
    bad = one_attempt(row, fault)
    done = int(_is_carried_out(row, fault))
    if bad is None:
        return Expected(None, 1, done)
    again = _repeats(row, fault, bad)
    if again and not for_ever:
        return Expected(None, 2, done + 1)
    attempts = 1 + again
    # A 401, a 4xx and a request that never left leave nothing in doubt; a PDF error says itself what was done. Of the
    # redirects, 307 and 308 ask for the same request elsewhere; the others may follow one that was carried out.
    in_doubt = bad.how in {NO_ANSWER, UNREADABLE, TOO_LATE} or (
        bad.how == STATUS and bad.status is not None and (bad.status >= 500 or bad.status in {302, 408})
    )
    if row.retry == "unsafe" and in_doubt:
        return Expected(errors.OutcomeUnknown, attempts, done * attempts, bad.status, bad.error)
    return Expected(bad.error, attempts, done * attempts, bad.status)


def _is_carried_out(row: Row, fault: Fault) -> bool:
    if fault.kind in {"status", "redirect"}:
        return bool(fault.options.get("carried_out", False))
    if fault.kind == "expire-token":
        return row.name == "POST /token"
    return fault.kind not in {"disconnect-before", REFUSE}


def _repeats(row: Row, fault: Fault, bad: Bad) -> int:
    """How often it is sent again, at most."""
    harmless = row.retry in {"safe", "idempotent"}
    after = fault.options.get("retry_after")
    match bad.how:
        case "not sent":
            return RETRIES
        case "no answer":
            return RETRIES if harmless else 0
        case "pdf":
            # A stream is repeated only before its block is entered.
            breaks = bad.error in {errors.PdfTruncated, errors.TimedOut}
            return RETRIES if row.answer == "save" and row.retry == "safe" and breaks else 0
        case "status" if bad.status == 401:
            # Once, as the token has changed; of a token itself there is no other.
            return 0 if row.name == "POST /token" else 1
        case "status" if after == "100":
            return 0
        case "status" if bad.status == 429:
            return RETRIES if row.retry != "unsafe" or after is not None else 0
        case "status" if bad.status in {408, 502, 503, 504}:
            return RETRIES if harmless else 0
        case _:
            return 0


def contradicts_itself(row: Row, fault: Fault) -> bool:
    """Whether the service says that it did nothing, after it did: no rule could save an unsafe operation from that."""
    if row.retry != "unsafe" or not fault.options.get("carried_out"):
        return False
    status, after = fault.options.get("status"), fault.options.get("retry_after")
    return status == 401 or (status == 429 and after in {"0", "date"})


def hides_what_it_did(fault: Fault) -> bool:
    """Whether it says that nothing was read, after handing out what it hands out once."""
    return (
        bool(fault.options.get("carried_out"))
        and 400 <= fault.options.get("status", 302) < 500
        and (fault.options["status"] != 408)
    )


def waits(row: Row, fault: Fault) -> bool:
    """Whether the cell mostly waits, for a timeout, a deadline or a date."""
    bad = one_attempt(row, fault)
    is_dated = fault.options.get("retry_after") == "date"
    return fault.slow or (is_dated and bad is not None and bad.status != 401 and _repeats(row, fault, bad) > 0)
