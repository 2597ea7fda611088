"""What is known of a call while it runs, and what a person needs to know when nobody can tell how it ended."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from .._codec.json import decode_json
from .._codec.redaction import sensitive_values
from .._codec.secret import Secret, SecretBytes
from .._generated.operations import SENSITIVE
from .._generated.types import ApiRequest, Retry
from ..errors import OutcomeUnknown, RopoError
from .retry import AttemptEvent, Outcome

_MAX_SUBJECT = 200

# Where attempts are collected, for who asked for it: `RopoJobsClient.record_attempts`.
RECORDED: ContextVar[tuple[list[AttemptEvent], ...]] = ContextVar("ropo_jobs_client_recorded", default=())


@contextmanager
def record_attempts() -> Generator[list[AttemptEvent]]:
    """Collect the attempts of the calls that are made in the block, by this task and those that it starts."""
    attempts: list[AttemptEvent] = []
    token = RECORDED.set((*RECORDED.get(), attempts))
    try:
        yield attempts
    finally:
        RECORDED.reset(token)


_HOW_TO_FIND_OUT = (
    "it was sent and may have been carried out; before sending it again, find out whether it was: "
    "look up the bill (get_job, get_status_updates, find_jobs_by_end_customer) and what was to happen to it; "
    "ropo_jobs_client.settlement compares what is open of it after a payment or a credit note"
)


@dataclass(slots=True, repr=False)
class RequestContext:
    """What is known of a call while it runs. It holds the body and the token, so no repr shows it."""

    request: ApiRequest[Any]
    retry: Retry
    retries: int
    started: float
    # When the deadline passes (on the same clock), and whether the body counts for it too.
    expires_at: float
    streamed: bool = False
    # The body as it is sent.
    body: SecretBytes | None = None
    retries_used: int = 0
    attempt: int = 0
    attempt_started: float = 0.0
    # A token got after a 401, for the next attempt; and whether that was done once.
    token: Secret | None = None
    renewed: bool = False
    # Whether the attempt under way may have left, when it did, and what came of it so far.
    possibly_sent: bool = False
    in_flight: bool = False
    sent_at: datetime | None = None
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict[str, str])
    # How a body that the caller reads ended, or None while it has not.
    body_outcome: Outcome | None = None
    secrets: set[str] = field(default_factory=set[str])

    def on_sent(self, left: bool) -> None:
        if left and not self.possibly_sent:
            self.sent_at = datetime.now(UTC)
        self.possibly_sent = left

    @property
    def operation(self) -> str:
        return str(self.request.operation)

    def facts(self) -> dict[str, Any]:
        """What every error tells of its call."""
        return {"operation": self.operation, "attempts": self.attempt}

    @property
    def data_identifier(self) -> str | None:
        return self.request.headers.get("DataIdentifier")

    def subject(self) -> str:
        """Return what a person finds the call by: its DataIdentifier, or what names its job."""
        if self.data_identifier is not None:
            return f", DataIdentifier {self.data_identifier}"
        named = _named(self._sent()) | _named(self.request.params)
        texts = (f", {name} {value}" for name, value in named.items())
        return "".join(c if c.isprintable() else "?" for c in "".join(texts))[:_MAX_SUBJECT]

    def sensitive_values(self) -> frozenset[str]:
        """Return what no text about this call may show."""
        found = sensitive_values({"body": self._sent(), "params": self.request.params}, SENSITIVE)
        return frozenset(self.secrets.union(found))

    def _sent(self) -> dict[str, Any]:
        # What was sent, whatever became of the model since.
        return {} if self.body is None else cast("dict[str, Any]", decode_json(self.body))

    def outcome_unknown(self, cause: RopoError | None = None) -> OutcomeUnknown:
        """Make the error that says what a person needs to find out whether it was carried out."""
        # If the response named another job, the cause has a `response` attribute: None where it is nested too deeply
        # to be kept. Its text comes first then.
        response = getattr(cause, "response", None)
        text = f"{cause.args[0]}; {_HOW_TO_FIND_OUT}" if cause and hasattr(cause, "response") else _HOW_TO_FIND_OUT
        body = self._sent()
        # What was checked, before what stands in a body that may be anything.
        named = _named(body) | _named(self.request.params)
        billnums = [one["billnum"] for one in (named, *map(_named, _items(body))) if "billnum" in one]
        jobid = named.get("jobid", "")
        return OutcomeUnknown(
            text,
            **self.facts(),
            response=response,
            status=self.status,
            jobid=int(jobid) if jobid.isascii() and jobid.isdigit() and len(jobid) < 20 else None,
            billnums=tuple(billnums) or None,
            billcode=named.get("billcode"),
            data_identifier=self.data_identifier,
            sent_at=self.sent_at,
        )


def _named(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what names a job, whatever the operation calls it."""
    names = {"jobid": "jobid", "billnum": "billnum", "invoice_number": "billnum", "billcode": "billcode"}
    return {names[name]: str(value) for name, value in fields.items() if name in names and value is not None}


def _items(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    # With care: bodies that are not documented may hold anything under these names.
    return [item for stream in dicts_in([body.get("datastream")]) for item in dicts_in(stream.get("dataset"))]


def dicts_in(value: object) -> list[dict[str, Any]]:
    """Return the dictionaries in a list, and none where it is no list."""
    found = cast("Iterable[object]", value) if isinstance(value, list) else ()
    return [cast("dict[str, Any]", item) for item in found if isinstance(item, dict)]
