"""What to do after an attempt: the table of the public contract, cell by cell."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ropo_jobs_client._generated.operations import OPERATIONS
from ropo_jobs_client._generated.types import Retry
from ropo_jobs_client._http.retry import (
    MAX_RETRY_AFTER,
    AttemptEvent,
    GiveUp,
    Outcome,
    RetryAfter,
    backoff,
    decide_retry,
)

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = settings(derandomize=True, deadline=None, database=None, max_examples=200)

RETRIES: tuple[Retry, ...] = get_args(Retry)
FAILED, UNKNOWN, LOST = GiveUp.FAILED, GiveUp.UNKNOWN, GiveUp.LOST_READ
AGAIN = "again"

Verdict = str | GiveUp


def same(verdict: Verdict) -> dict[str, Verdict]:
    """One verdict for all."""
    return dict.fromkeys(RETRIES, verdict)


def by_kind(harmless: Verdict, unsafe: Verdict, consuming: Verdict) -> dict[str, Verdict]:
    """The columns of the table."""
    return {"safe": harmless, "idempotent": harmless, "unsafe": unsafe, "consuming": consuming}


# outcome, status, Retry-After: the verdicts
TABLE: dict[tuple[Outcome, int | None, float | None], dict[str, Verdict]] = {
    (Outcome.NOT_SENT, None, None): same(AGAIN),
    (Outcome.ERROR_STATUS, 429, None): by_kind(AGAIN, FAILED, AGAIN),
    (Outcome.ERROR_STATUS, 429, 3.0): same(AGAIN),
    (Outcome.ERROR_STATUS, 429, 0.0): same(AGAIN),
    **{
        (Outcome.ERROR_STATUS, status, after): by_kind(AGAIN, UNKNOWN, LOST)
        for status in (408, 502, 503, 504)
        for after in (None, 3.0)
    },
    **{
        (Outcome.ERROR_STATUS, status, after): by_kind(FAILED, UNKNOWN, LOST)
        for status in (500, 501, 505, 507, 511, 520, 599)
        for after in (None, 3.0)
    },
    (Outcome.NO_ANSWER, None, None): by_kind(AGAIN, UNKNOWN, LOST),
    # The status line came, and then it broke.
    (Outcome.NO_ANSWER, 200, None): by_kind(AGAIN, UNKNOWN, LOST),
    (Outcome.UNREADABLE, 200, None): by_kind(FAILED, UNKNOWN, LOST),
    (Outcome.UNREADABLE, 204, None): by_kind(FAILED, UNKNOWN, LOST),
    **{
        (Outcome.ERROR_STATUS, status, after): same(FAILED)
        for status in (400, 402, 403, 404, 405, 409, 410, 413, 418, 422, 425, 451, 499)
        for after in (None, 3.0)
    },
    # 303 after a POST means "done"; 307 and 308 mean that nothing was done here.
    **{
        (Outcome.ERROR_STATUS, status, after): by_kind(FAILED, UNKNOWN, LOST)
        for status in (300, 301, 302, 303, 304, 399)
        for after in (None, 3.0)
    },
    **{
        (Outcome.ERROR_STATUS, status, after): by_kind(FAILED, FAILED, LOST)
        for status in (307, 308)
        for after in (None, 3.0)
    },
    (Outcome.ERROR_STATUS, 401, None): same(FAILED),
}


def verdict_of(decision: RetryAfter | GiveUp) -> Verdict:
    return AGAIN if isinstance(decision, RetryAfter) else decision


def ask(
    retry: Retry,
    outcome: Outcome,
    *,
    status: int | None = None,
    retry_after: float | None = None,
    token_changed: bool = False,
    retries_used: int = 0,
    retries: int = 2,
    time_left: float = 120.0,
    jitter: Callable[[], float] = lambda: 0.5,
) -> RetryAfter | GiveUp:
    """Decide, with room to spare in whatever is not given."""
    return decide_retry(
        retry,
        outcome,
        status=status,
        retry_after=retry_after,
        token_changed=token_changed,
        retries_used=retries_used,
        retries=retries,
        time_left=time_left,
        jitter=jitter,
    )


def test_the_table_has_all_four_columns() -> None:
    assert set(RETRIES) == {"safe", "idempotent", "unsafe", "consuming"}
    assert {operation.retry for operation in OPERATIONS.values()} == set(RETRIES)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case[0]} {case[1]} {case[2]}")
def test_the_table(case: tuple[Outcome, int | None, float | None]) -> None:
    outcome, status, retry_after = case
    for retry in RETRIES:
        decision = ask(retry, outcome, status=status, retry_after=retry_after)
        assert verdict_of(decision) == TABLE[case][retry], retry
        if isinstance(decision, RetryAfter):
            # With the jitter of a half: half a backoff, or an eighth more than what was asked for.
            assert decision.delay == (0.25 if retry_after is None else retry_after * 1.125)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case[0]} {case[1]} {case[2]}")
def test_when_the_repeats_are_used_up(case: tuple[Outcome, int | None, float | None]) -> None:
    outcome, status, retry_after = case
    for retry in RETRIES:
        verdict = TABLE[case][retry]
        for retries_used, retries in ((2, 2), (3, 2), (0, 0)):
            decision = ask(
                retry, outcome, status=status, retry_after=retry_after, retries_used=retries_used, retries=retries
            )
            assert decision == (FAILED if verdict == AGAIN else verdict), retry
        assert verdict_of(ask(retry, outcome, status=status, retry_after=retry_after, retries_used=1)) == verdict, retry


@pytest.mark.parametrize("retry", RETRIES)
def test_a_new_token_is_tried_at_once_and_is_no_repeat(retry: Retry) -> None:
    assert ask(retry, Outcome.ERROR_STATUS, status=401, token_changed=True) == RetryAfter(0.0)
    assert ask(retry, Outcome.ERROR_STATUS, status=401, token_changed=True, retries_used=2) == RetryAfter(0.0)
    assert ask(retry, Outcome.ERROR_STATUS, status=401, token_changed=True, retries=0) == RetryAfter(0.0)
    assert ask(retry, Outcome.ERROR_STATUS, status=401, token_changed=False) is FAILED
    # It makes no other answer better.
    assert ask(retry, Outcome.ERROR_STATUS, status=403, token_changed=True) is FAILED


@pytest.mark.parametrize("retry", RETRIES)
@pytest.mark.parametrize(
    ("retry_after", "verdict"),
    [(0.0, AGAIN), (59.9, AGAIN), (60.0, AGAIN), (60.1, FAILED), (3600.0, FAILED), (math.inf, FAILED)],
)
def test_retry_after_is_obeyed_up_to_a_minute(retry: Retry, retry_after: float, verdict: Verdict) -> None:
    decision = ask(retry, Outcome.ERROR_STATUS, status=429, retry_after=retry_after)
    assert verdict_of(decision) == verdict
    if isinstance(decision, RetryAfter):
        # A quarter more at most, so that not all who were told the same come back at once; the jitter here is a half.
        assert retry_after <= decision.delay <= retry_after * 1.125
    assert MAX_RETRY_AFTER == 60.0


@pytest.mark.parametrize("retry", RETRIES)
@pytest.mark.parametrize(
    ("retry_after", "elapsed", "verdict"),
    [(30.0, 89.9, AGAIN), (30.0, 90.0, FAILED), (30.0, 119.0, FAILED), (0.0, 119.9, AGAIN), (0.0, 120.0, FAILED)],
)
def test_no_wait_goes_beyond_the_deadline(retry: Retry, retry_after: float, elapsed: float, verdict: Verdict) -> None:
    decision = ask(retry, Outcome.ERROR_STATUS, status=429, retry_after=retry_after, time_left=120.0 - elapsed)
    assert verdict_of(decision) == verdict
    if isinstance(decision, RetryAfter):
        assert elapsed + decision.delay < 120.0


def test_a_backoff_beyond_the_deadline_fails_at_once() -> None:
    assert ask("safe", Outcome.NO_ANSWER, time_left=0.2, jitter=lambda: 1.0) is FAILED
    assert ask("safe", Outcome.NO_ANSWER, time_left=0.2, jitter=lambda: 0.0) == RetryAfter(0.0)


@EXAMPLES
@given(
    st.sampled_from(RETRIES),
    st.sampled_from([Outcome.NOT_SENT, Outcome.NO_ANSWER, Outcome.ERROR_STATUS, Outcome.UNREADABLE]),
    st.none() | st.integers(300, 599).filter(lambda status: status != 401),
    st.none() | st.floats(0, 1e9),
    st.integers(0, 5),
    st.integers(0, 5),
    st.floats(-1, 200),
    st.floats(0, 1),
)
def test_whatever_happens(
    retry: Retry,
    outcome: Outcome,
    status: int | None,
    retry_after: float | None,
    retries_used: int,
    retries: int,
    time_left: float,
    jitter: float,
) -> None:
    decision = ask(
        retry,
        outcome,
        status=status,
        retry_after=retry_after,
        retries_used=retries_used,
        retries=retries,
        time_left=time_left,
        jitter=lambda: jitter,
    )
    if isinstance(decision, RetryAfter):
        assert retries_used < retries
        assert 0 <= decision.delay <= MAX_RETRY_AFTER * 1.25
        assert decision.delay < time_left
        # What may have been carried out is never sent again.
        if retry in {"unsafe", "consuming"}:
            assert outcome is Outcome.NOT_SENT or (outcome is Outcome.ERROR_STATUS and status == 429)
        if retry == "unsafe" and outcome is Outcome.ERROR_STATUS:
            assert retry_after is not None
    assert decision is not UNKNOWN or retry == "unsafe"
    assert decision is not LOST or retry == "consuming"


@EXAMPLES
@given(st.integers(0, 10_000), st.floats(0, 1))
@example(1024, 1.0)
@example(10**9, 1.0)
def test_the_jitter_is_full(retries_used: int, jitter: float) -> None:
    ceiling = min(8.0, 0.5 * 2.0 ** min(retries_used, 10))
    assert backoff(retries_used, lambda: jitter) == pytest.approx(jitter * ceiling)
    assert backoff(retries_used, lambda: 0.0) == 0.0
    assert backoff(retries_used, lambda: 1.0) == ceiling


def test_the_jitter_is_asked_once_for_each_wait() -> None:
    asked: list[float] = []

    def jitter() -> float:
        asked.append(1.0)
        return 1.0

    ask("safe", Outcome.NO_ANSWER, jitter=jitter)
    assert len(asked) == 1
    ask("safe", Outcome.ERROR_STATUS, status=429, retry_after=1.0, jitter=jitter)
    assert len(asked) == 2
    ask("unsafe", Outcome.NO_ANSWER, jitter=jitter)
    assert len(asked) == 2


def test_an_event_is_plain_data_that_does_not_change() -> None:
    event = AttemptEvent(
        operation="GET /jobs", attempt=1, outcome=Outcome.NO_ANSWER, status=None, duration=0.5, delay=0.1
    )
    assert event.data_identifier is None
    assert copy.deepcopy(event) == pickle.loads(pickle.dumps(event)) == event
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.attempt = 2  # type: ignore[misc]
    # What a log or a metric wants is the value, not the name of the member.
    assert f"{event.outcome}" == "no_answer"
    assert {f"{outcome}" for outcome in Outcome} == {
        "success",
        "not_sent",
        "no_answer",
        "error_status",
        "unreadable",
        "cancelled_after_send",
        "left_early",
    }
