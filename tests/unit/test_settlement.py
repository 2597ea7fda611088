"""Two looks at a bill, and what they tell of a payment whose answer was lost."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, Rounded, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropo_jobs_client import InvalidArgument
from ropo_jobs_client.settlement import OpenAmount, Verdict, judge

BEFORE, NOW = datetime(2026, 11, 22, 20, 45, tzinfo=UTC), datetime(2026, 11, 22, 20, 51, 30, tzinfo=UTC)
CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)


def look(amount: str | Decimal | None, at: datetime | None = BEFORE, **changes: Any) -> OpenAmount:
    values = {"billnum": "11213", "custnum": "1022", "reason": "", **changes}
    return OpenAmount(amount=None if amount is None else Decimal(amount), looked_at=at, **values)


@pytest.mark.parametrize(
    ("before", "now", "amount", "verdict", "words"),
    [
        ("102.56", "52.56", "50", Verdict.TAKEN, "less by 50.00, and 50 was sent"),
        ("102.56", "52.56", "50", Verdict.TAKEN, "sent. Another booking of it would look the same"),
        ("102.56", "0", "102.56", Verdict.TAKEN, "sent. Any other booking of at least that would look the same"),
        ("102.56", "-7.44", "110.00", Verdict.TAKEN, "less by 110.00"),
        ("0.30", "0.20", "0.1", Verdict.TAKEN, "less by 0.1"),
        ("102.56", "112.56", "-10", Verdict.TAKEN, "more by 10.00, and -10 was sent"),
        ("102.56", "102.560", "50", Verdict.NO_TRACE_YET, "may have been taken and not show yet"),
        # 0 may stand for less: what is below it does not show.
        ("0", "100", "-100", Verdict.TAKEN, "sent. Any other booking of at least that would look the same"),
        ("0", "0", "50", Verdict.CANNOT_TELL, "A service may show 0 where less than that is open"),
        ("0.00", "-0", "50", Verdict.CANNOT_TELL, "A person has to look"),
        ("0", "0", "-100", Verdict.CANNOT_TELL, "A service may show 0 where less than that is open"),
        ("0", "50", "-100", Verdict.CANNOT_TELL, "A service may show 0 where less than that is open"),
        ("-7.44", "-7.44", "50", Verdict.NO_TRACE_YET, "look again later"),
        # A service that counts in floats.
        ("102.56", "52.559999999999995", "50", Verdict.TAKEN, "less by 50.00, and 50 was sent"),
        ("102.5600", "102.56000000000002", "50", Verdict.NO_TRACE_YET, "look again later"),
        ("1" + "0" * 40 + ".10", "1" + "0" * 40, "0.1", Verdict.TAKEN, "less by 0.1"),
        ("102.56", "52.561", "50", Verdict.CANNOT_TELL, "less by 49.999"),
        ("30.00", "0", "50", Verdict.CANNOT_TELL, "A service may show 0 where less than that is open"),
        ("102.56", "0", "50", Verdict.CANNOT_TELL, "less by 102.56, and 50 was sent. Something else was booked too"),
        ("102.56", "2.56", "50", Verdict.CANNOT_TELL, "less by 100.00, and 50 was sent"),
        ("102.56", "57.56", "50", Verdict.CANNOT_TELL, "less by 45.00"),
        ("102.56", "107.56", "50", Verdict.CANNOT_TELL, "more by 5.00"),
        (None, "52.56", "50", Verdict.CANNOT_TELL, "what was open before it was sent is not known"),
        ("102.56", None, "50", Verdict.CANNOT_TELL, "what was open now is not known"),
        (None, None, "50", Verdict.CANNOT_TELL, "before it was sent"),
    ],
)
def test_what_two_looks_tell(before: str | None, now: str | None, amount: str, verdict: Verdict, words: str) -> None:
    settlement = judge(look(before), look(now, NOW), Decimal(amount))
    assert settlement.verdict is verdict
    assert words in settlement.reason
    assert str(settlement) == f"{verdict.value}: {settlement.reason}"
    if before is not None and now is not None:
        # What was looked at, and when.
        for part in (f"{before} was open at 2026-11-22T20:45:00+00:00", f"{now} at 2026-11-22T20:51:30+00:00"):
            assert part in settlement.reason
    assert pickle.loads(pickle.dumps(settlement)) == settlement


def test_the_context_that_the_application_computes_in_decides_nothing() -> None:
    with localcontext(Context(prec=3, traps=[Inexact, Rounded])):
        assert "more by 1234.56" in judge(look("1000.00"), look("2234.56", NOW), Decimal(50)).reason
        assert judge(look("102.56"), look("52.55", NOW), Decimal(50)).verdict is Verdict.CANNOT_TELL
        assert judge(look("102.56"), look("52.56", NOW), Decimal(50)).verdict is Verdict.TAKEN


def test_a_look_whose_time_is_not_known() -> None:
    assert judge(look("3", None), look("2", NOW), 1).reason.startswith(
        "3 was open before, and 2 at 2026-11-22T20:51:30+00:00: less by 1"
    )


def test_why_an_amount_is_not_known_is_told() -> None:
    why = "the job has no customer number to look it up by"
    assert judge(look(None, reason=why), look("1"), 1).reason.endswith(f"not known: {why}")
    assert judge(look("1"), look(None, reason=why), 1).reason.endswith(f"not known: {why}")


@given(CENTS, CENTS, CENTS.filter(bool))
def test_taken_is_said_only_where_the_amounts_add_up(before: Decimal, now: Decimal, amount: Decimal) -> None:
    verdict = judge(look(before), look(now, NOW), amount).verdict
    assert (verdict is Verdict.TAKEN) == (before - now == amount)
    assert (verdict is Verdict.NO_TRACE_YET) == (before == now != 0)


@given(CENTS, CENTS, CENTS.filter(bool))
def test_no_verdict_says_that_it_may_be_sent_again(before: Decimal, now: Decimal, amount: Decimal) -> None:
    text = str(judge(look(before), look(now, NOW), amount)).lower()
    assert not any(word in text for word in ("safe", "not taken", "send it again", "repeat", "retry"))


@pytest.mark.parametrize("amount", [0, Decimal(0), Decimal("NaN"), Decimal("Infinity")])
def test_amounts_that_are_none(amount: Any) -> None:
    with pytest.raises(InvalidArgument, match="amount must be a finite number that is not zero"):
        judge(look("1"), look("1"), amount)


@pytest.mark.parametrize("amount", [True, 1.5, "1", None])
def test_amounts_of_a_wrong_type(amount: Any) -> None:
    with pytest.raises(TypeError, match="amount must be a Decimal or an int"):
        judge(look("1"), look("1"), amount)


@pytest.mark.parametrize("other", [{"billnum": "11214"}, {"custnum": "1023"}])
def test_looks_at_two_bills_are_not_compared(other: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument, match="now must be of the same bill and customer"):
        judge(look("2"), look("1", **other), 1)
