"""What is guessed of the service, and can be tried without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Result = Literal["confirmed", "differs", "not tried"]


@dataclass(frozen=True)
class Guess:
    """A guess.

    Attributes:
        name: what it is called in reports.
        text: what is guessed.
        places: where `openapi.yaml` says so, as `x-source: inferred` or in words.
    """

    name: str
    text: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What became of a guess, and what came: never a value of an answer."""

    guess: str
    result: Result
    came: str


GUESSES: Final = (
    Guess("token-status", "a token comes with 201"),
    Guess("token-life", "a token is a JWT that lives for 2 hours"),
    Guess("no-token", "without a token: 401, problem details", ("components.responses.Unauthorized",)),
    Guess(
        "wrong-jobid",
        "a jobid that is none: 404, {error} or problem details",
        ("components.responses.ClientError",),
    ),
    Guess("wrong-billnum", "the PDF of a bill that is none: 404, {error} or problem details"),
    Guess("no-changes", "status changes of a bill that is none: an empty list, or 204"),
    Guess(
        "changes-envelope",
        "status changes come as a list, or as an object that holds one",
        ("components.schemas.JobsStatusUpdatesResult", "components.schemas.JobsStatusUpdatesEnvelope"),
    ),
    Guess(
        "changes-fields",
        "a status change has jobid, billnum, status, statustext and statusdate",
        ("components.schemas.JobStatusUpdate",),
    ),
    Guess("date-read", "reading the changes of a day takes none of them away"),
    Guess("feed-end", "when no change is left: 204"),
    Guess("preview", "a preview comes with a 2xx, as application/pdf"),
    Guess("preview-name", "its name comes back in Content-Disposition", ("components.headers.ContentDisposition",)),
    Guess("job-fields", "a job has the fields of JobJobInfo, of their types"),
    Guess("date-header", "every answer has a Date header"),
    Guess("request-id", "the id of a request comes in X-Request-Id, Request-Id or X-Correlation-Id, if at all"),
    Guess("retry-after", "a refusal for now says when in Retry-After"),
    Guess("http-version", "the service speaks HTTP/1.1"),
    Guess("keep-alive", "an idle connection stays open for 4 s at least"),
)
