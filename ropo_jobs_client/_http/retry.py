"""What to do after an attempt: a pure function of the operation's `x-retry`, the outcome and the time.

Nothing here sends, sleeps, or looks at a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final, NamedTuple

from .._generated.names import TOKEN_REFUSED
from .._generated.types import Retry

# Seconds. The service may ask for a longer pause than we would make; beyond this, waiting is the caller's decision.
MAX_RETRY_AFTER: Final = 60.0
_FIRST_BACKOFF: Final = 0.5
_MAX_BACKOFF: Final = 8.0

# The service, or a proxy before it, was too busy. Whether the work was done is another question.
_BUSY: Final = frozenset({408, 502, 503, 504})


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCESS = "success"
    # Provably never left: no connection could be made, or none was free.
    NOT_SENT = "not_sent"
    # No whole answer: the connection broke, or time ran out.
    NO_ANSWER = "no_answer"
    # An answer with another status than 2xx.
    ERROR_STATUS = "error_status"
    # A 2xx that cannot be read.
    UNREADABLE = "unreadable"
    # The caller's task was cancelled when an unsafe request may have left.
    CANCELLED_AFTER_SEND = "cancelled_after_send"
    # The caller left a PDF before its end.
    LEFT_EARLY = "left_early"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEvent:
    """What `on_attempt` is told of each attempt. It holds no personal data and no secret.

    Attributes:
        operation: such as `GET /jobs`.
        attempt: counted from 1.
        outcome: how it ended.
        status: the HTTP status, or None where none came.
        duration: seconds that the attempt took.
        delay: seconds until the next attempt, or None where there is none.
        data_identifier: the DataIdentifier header that went with it, or None.
        request_id: the id that the service gave the request, or None. The vendor asks for it.
        date: when the service answered, as it says itself, or None.
    """

    operation: str
    attempt: int
    outcome: Outcome
    status: int | None
    duration: float
    delay: float | None
    data_identifier: str | None = None
    request_id: str | None = None
    date: datetime | None = None


class RetryAfter(NamedTuple):
    """Send it again after so many seconds."""

    delay: float


class GiveUp(Enum):
    """Why it is not sent again."""

    # Raise the error that the outcome is.
    FAILED = "failed"
    # It may have been carried out, and doing it twice would do harm.
    UNKNOWN = "unknown"
    # The answer may have held what the service hands out once.
    LOST_READ = "lost read"


def decide_retry(
    retry: Retry,
    outcome: Outcome,
    *,
    status: int | None = None,
    retry_after: float | None = None,
    token_changed: bool = False,
    retries_used: int,
    retries: int,
    time_left: float,
    jitter: Callable[[], float],
) -> RetryAfter | GiveUp:
    """Decide what to do after an attempt that failed.

    Args:
        retry: whether the operation may be repeated.
        outcome: how the attempt ended.
        status: the HTTP status, where `outcome` is one.
        retry_after: seconds from the Retry-After header, or None.
        token_changed: whether there is another token than the one refused, and none was tried for this call yet.
        retries_used: how often the call was sent again already, not counting that for a new token.
        retries: how often it may be.
        time_left: seconds until the deadline of the call.
        jitter: gives a number from 0 to 1.
    """
    if status in TOKEN_REFUSED and outcome is Outcome.ERROR_STATUS:
        return RetryAfter(0.0) if token_changed else GiveUp.FAILED
    verdict = _judge(retry, outcome, status, retry_after)
    if verdict is not None:
        return verdict
    if retries_used >= retries:
        return GiveUp.FAILED
    delay = backoff(retries_used, jitter) if retry_after is None else retry_after
    left = time_left - delay
    if delay > MAX_RETRY_AFTER or left <= 0:
        return GiveUp.FAILED
    # All who were told the same time must not come back in the same instant.
    return RetryAfter(delay if retry_after is None else delay + jitter() * min(delay / 4, left / 2))


def _judge(retry: Retry, outcome: Outcome, status: int | None, retry_after: float | None) -> GiveUp | None:
    """Return the verdict that the outcome alone decides, or None where it may be sent again."""
    harmless = retry in {"safe", "idempotent"}
    in_doubt = GiveUp.LOST_READ if retry == "consuming" else GiveUp.UNKNOWN
    match outcome:
        case Outcome.NOT_SENT:
            return None
        case Outcome.NO_ANSWER:
            return None if harmless else in_doubt
        case Outcome.ERROR_STATUS if status == 429:
            # Without Retry-After, nothing says that the service itself refused it before doing anything.
            return GiveUp.FAILED if retry == "unsafe" and retry_after is None else None
        case Outcome.ERROR_STATUS if status in _BUSY:
            return None if harmless else in_doubt
        case Outcome.ERROR_STATUS if status is not None and 300 <= status < 400:
            # 303 after a POST means that it was done; 307 and 308 that it was not.
            return GiveUp.FAILED if harmless or (retry == "unsafe" and status in {307, 308}) else in_doubt
        case Outcome.ERROR_STATUS if status is not None and status < 500:
            return GiveUp.FAILED
        case _:
            return GiveUp.FAILED if harmless else in_doubt


def backoff(retries_used: int, jitter: Callable[[], float]) -> float:
    """Return the seconds to wait before the next repeat: exponential, with full jitter."""
    # Beyond the tenth the maximum holds, and the power would grow past what a float can be.
    return jitter() * min(_MAX_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(retries_used, 10))
