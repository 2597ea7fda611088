"""The errors, and how an answer becomes one.

    RopoError
    ├── TransportError              no usable answer, and a repeat would double nothing
    │   ├── ConnectionFailed        nothing was sent
    │   ├── ConnectionLost          the connection broke before the whole answer was here
    │   └── TimedOut                no whole answer in time
    ├── OutcomeUnknown              an unsafe operation was sent and may have been carried out
    ├── ApiError                    the service answered with an error
    │   ├── BadRequest 400 · AuthenticationFailed 401 · PermissionDenied 403 · Conflict 409 · UnprocessableEntity 422
    │   ├── NotFound 404 ── JobNotFound
    │   └── RateLimited 429 · ServerError 5xx
    ├── ResponseError               the service said yes, but the answer cannot be used
    │   └── DecodeError · NotAPdf · PdfTruncated · PdfTooLarge
    ├── PartlyAccepted
    ├── AmbiguousJob
    ├── JournalInUse                another feed has the journal open
    └── JournalLost                 another reader has the journal now, or its database is gone
    InvalidArgument(ValueError)     a value that was given is wrong; nothing was sent

Each is plain data: it can be pickled and copied. `str` names the operation, status and attempts, gives advice, and
holds the service's message with personal data and secrets masked. `repr` holds no text of the service at all.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from ._codec.invalid import InvalidArgument
from ._codec.json import decode_json
from ._codec.redaction import mask
from ._generated.names import ERROR_TEXTS, TOKEN_REFUSED

if TYPE_CHECKING:
    from ._generated.models.job_add_credit_note_response import JobAddCreditNoteResponse
    from ._generated.models.job_add_payment_response import JobAddPaymentResponse
    from ._generated.models.job_response import JobResponse

__all__ = [
    "AmbiguousJob",
    "ApiError",
    "AuthenticationFailed",
    "BadRequest",
    "Conflict",
    "ConnectionFailed",
    "ConnectionLost",
    "DecodeError",
    "InvalidArgument",
    "JobNotFound",
    "JournalInUse",
    "JournalLost",
    "NotAPdf",
    "NotFound",
    "OutcomeUnknown",
    "PartlyAccepted",
    "PdfTooLarge",
    "PdfTruncated",
    "PermissionDenied",
    "RateLimited",
    "ResponseError",
    "RopoError",
    "ServerError",
    "TimedOut",
    "TransportError",
    "UnprocessableEntity",
]


class RopoError(Exception):
    """Whatever this library raises for a call that was made rightly and failed.

    Attributes:
        operation: the method and path of the operation, such as `GET /jobs/pdf`, or None where there is none.
        attempts: how often the request was sent, or tried to be; 0 where that is not told.
    """

    operation: str | None = None
    attempts: int = 0

    # What a repr shows. Nothing the service said, and nothing personal of the request, is among it.
    _shown: ClassVar[tuple[str, ...]] = ("operation", "attempts")

    def __init__(self, text: str, **facts: Any) -> None:
        super().__init__(text)
        if _is_deeper(getattr(facts.get("response"), "additional_properties", None), _MAX_DEPTH):
            facts["response"] = None
        self.__dict__.update(facts)

    def __str__(self) -> str:
        context = ", ".join(self._context())
        return f"{self.args[0]} ({context})" if context else str(self.args[0])

    def _context(self) -> list[str]:
        attempts = [f"{self.attempts} attempts"] if self.attempts > 1 else []
        return [self.operation, *attempts] if self.operation else attempts

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self._shown)
        return f"{type(self).__name__}({', '.join(shown)})"


class TransportError(RopoError):
    """There is no usable answer, and a repeat would double nothing."""


class ConnectionFailed(TransportError):
    """Nothing was sent: no connection could be made."""


class ConnectionLost(TransportError):
    """The connection broke before the whole answer was here."""


class TimedOut(TransportError):
    """There was no whole answer in time."""


class OutcomeUnknown(RopoError):
    """An unsafe operation was sent and may have been carried out. The library never repeats it.

    Find out whether it was before sending it again; `str` says how.

    Attributes:
        status: the HTTP status that came, or None.
        jobid: what the request named, or None where it named none.
        billnums: all that the request named, or None where it named none.
        billcode: what the request named, or None where it named none.
        data_identifier: the DataIdentifier header that went with it, or None.
        sent_at: when the request was last sent (UTC).
        response: the answer to a payment or credit note that names another job than the one that was sent, or None.
    """

    status: int | None = None
    jobid: int | None = None
    billnums: tuple[str, ...] | None = None
    billcode: str | None = None
    data_identifier: str | None = None
    sent_at: datetime | None = None
    response: JobAddPaymentResponse | JobAddCreditNoteResponse | None = None

    _shown = ("operation", "status", "jobid", "billnums", "billcode", "data_identifier", "sent_at", "attempts")

    def _context(self) -> list[str]:
        named = {
            "status": self.status,
            "jobid": self.jobid,
            "billnum": ", ".join(self.billnums or ()) or None,
            "billcode": self.billcode,
            "DataIdentifier": self.data_identifier,
            "sent at": self.sent_at.isoformat(timespec="seconds") if self.sent_at else None,
        }
        return super()._context() + [f"{name} {value}" for name, value in named.items() if value is not None]


class ApiError(RopoError):
    """The service answered with an error.

    Attributes:
        status: the HTTP status.
        message: what the service said, or None. Sensitive values of the request, and what looks like personal data, are
            masked; `problem` has it as it came.
        problem: the problem details or other JSON object of the answer, or None.
        retry_after: seconds that the service asks to wait, or None.
        request_id: the id that the service gave the request, or None.
    """

    status: int = 0
    message: str | None = None
    problem: dict[str, Any] | None = None
    retry_after: float | None = None
    request_id: str | None = None

    _shown = ("operation", "status", "attempts", "request_id")

    def _context(self) -> list[str]:
        return [*super()._context(), f"request {self.request_id}"] if self.request_id else super()._context()


class BadRequest(ApiError):
    """400: the service refuses the request."""


class AuthenticationFailed(ApiError):
    """401, or a 400 from `POST /token`: the credentials or the token are not accepted."""


class PermissionDenied(ApiError):
    """403: the credentials do not allow this."""


class NotFound(ApiError):
    """404: there is nothing at this address."""


class JobNotFound(NotFound):
    """The service says that there is no such job, or a look-up by billnum found none."""


class Conflict(ApiError):
    """409: the request contradicts what the service has, such as a billnum that exists."""


class UnprocessableEntity(ApiError):
    """422: the service understands the request and refuses its content."""


class RateLimited(ApiError):
    """429: too many requests; see `retry_after`."""


class ServerError(ApiError):
    """5xx: the service, or a proxy before it, failed."""


class ResponseError(RopoError):
    """The service said yes, but the answer cannot be used.

    Attributes:
        status: the HTTP status, or None where it is not known.
        raw: what came: bytes, or the JSON value. Unmasked, and never part of `str` or `repr`.
    """

    status: int | None = None
    raw: object = None

    _shown: ClassVar[tuple[str, ...]] = ("operation", "status", "attempts")


class DecodeError(ResponseError):
    """The answer is not what the document says.

    Attributes:
        field: what is wrong, as `Model.field` or `Model`, or None for a body that is not JSON.
        raw: the whole body of the answer, or the value where a model was read by itself; unmasked.
    """

    field: str | None = None

    _shown = ("operation", "status", "field", "attempts")


class NotAPdf(ResponseError):
    """The answer is not a PDF."""


class PdfTruncated(ResponseError):
    """The PDF is not whole."""


class PdfTooLarge(ResponseError):
    """The PDF is larger than `max_bytes`."""


class PartlyAccepted(RopoError):
    """The service took another number of bills than was sent. Nothing was sent again.

    Attributes:
        accepted: how many the service took.
        sent: how many were sent.
        response: the answer, a `JobResponse`.
    """

    accepted: int = 0
    sent: int = 0
    response: JobResponse | None = None

    _shown = ("operation", "accepted", "sent")


class AmbiguousJob(RopoError):
    """Several jobs have the billnum that was asked for.

    Attributes:
        jobids: their ids, ascending.
    """

    jobids: tuple[int, ...] = ()

    _shown = ("operation", "jobids")


class JournalInUse(RopoError):
    """Another feed has this journal open."""


class JournalLost(RopoError):
    """The journal has another reader now, or its database is gone. What was read by then is kept."""


# How a response becomes an error

_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    422: UnprocessableEntity,
    429: RateLimited,
    **dict.fromkeys(TOKEN_REFUSED, AuthenticationFailed),
}

_MAX_MESSAGE = 500
_MAX_DEPTH = 32


def api_error(
    status: int,
    content_type: str,
    body: bytes,
    *,
    operation: str,
    attempts: int,
    about_a_job: bool,
    retry_after: float | None = None,
    request_id: str | None = None,
    secrets: frozenset[str] = frozenset(),
) -> ApiError:
    """Make the error for an answer whose status is no success.

    Args:
        status: the HTTP status.
        content_type: the Content-Type header, or "".
        body: the body, or as much of it as came.
        operation: its name.
        attempts: how often the request was sent.
        about_a_job: whether a 404 in the service's own form means that there is no such job.
        retry_after: seconds from the Retry-After header.
        request_id: the id that the service gave the request.
        secrets: values of the request that the text must not show.
    """
    problem = _parse_problem(body)
    words, is_own_form = _find_message(problem, content_type, body)
    # Masked before it is cut: half a name at the end would not be found. And masked not only in the text: Sentry sends
    # the `message` of any exception that has one.
    message = _tidy(mask(words, secrets)) or None
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, ApiError)
    if kind is NotFound and is_own_form and about_a_job:
        kind = JobNotFound
    text = f"the service answered {status}"
    if message:
        text += f": {message}"
    advice = _advise(status, is_own_form=is_own_form)
    return kind(
        f"{text}; {advice}" if advice else text,
        status=status,
        operation=operation,
        attempts=attempts,
        message=message,
        problem=problem,
        retry_after=retry_after,
        request_id=request_id,
    )


def _parse_problem(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = decode_json(body)
    except ValueError:
        return None
    if not isinstance(parsed, dict) or _is_deeper(cast("object", parsed), _MAX_DEPTH):
        return None
    return cast("dict[str, Any]", parsed)


def _is_deeper(value: object, depth: int) -> bool:
    # What is nested very deeply can be neither pickled nor copied, and then the error could not be either.
    if not isinstance(value, dict | list):
        return False
    inner = cast("dict[str, object]", value).values() if isinstance(value, dict) else cast("list[object]", value)
    return depth == 0 or any(_is_deeper(item, depth - 1) for item in inner)


def _find_message(problem: dict[str, Any] | None, content_type: str, body: bytes) -> tuple[str, bool]:
    """Return the service's own words, and whether they came in one of its own forms."""
    if problem is not None:
        for names in ERROR_TEXTS:
            if isinstance(found := _find_at(problem, names), str) and found.strip():
                return found, True
        return "", False
    text = body[: 4 * _MAX_MESSAGE].decode(errors="replace")
    is_plain = content_type.partition(";")[0].strip().lower() == "text/plain" and "<" not in text
    return text if is_plain and len(text) <= _MAX_MESSAGE else "", False


def _find_at(problem: object, names: tuple[str, ...]) -> object:
    """Return what stands under these names, one in the other, and in the first of a list."""
    for name in names:
        if isinstance(problem, list) and problem:
            problem = cast("list[object]", problem)[0]
        if not isinstance(problem, dict):
            return None
        problem = cast("dict[str, object]", problem).get(name)
    return problem


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()[:_MAX_MESSAGE]


def _advise(status: int, *, is_own_form: bool) -> str | None:
    if 300 <= status < 400:
        return "redirects are not followed: is base_url right, with https and ending in /rest?"
    if status == 404 and not is_own_form:
        return "this is not the service's own form: is base_url right? It ends in /rest"
    if status in TOKEN_REFUSED:
        return "check the credentials and the environment they belong to"
    return None
