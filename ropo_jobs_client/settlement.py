"""After `OutcomeUnknown`: whether a payment or credit note was taken, as far as the API tells.

No operation lists payments. What the API tells is how much of a bill is open: note it before you send, and compare.

    before = await find_open_amount(ropo, billnum="11213")
    try:
        await ropo.add_payment(payment)
    except OutcomeUnknown:
        ...  # some minutes later, and again while there is no trace yet
        settlement = await settle(ropo, before, payment.amount)

None of the verdicts says that it may be sent again: nothing documents how soon a payment shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, cast, overload

from . import _validate
from .errors import InvalidArgument

if TYPE_CHECKING:
    from .client import RopoJobsClient

__all__ = ["OpenAmount", "Settlement", "Verdict", "find_open_amount", "judge", "settle"]


_CENT: Final = Decimal("0.01")
_NOISE: Final = Decimal("0.000001")
# Whatever context the application computes in: numbers that are read have at most 4,300 digits before their point.
_EXACT: Final = Context(prec=10_000)


@dataclass(frozen=True, slots=True)
class OpenAmount:
    """What is open of a bill at a moment. Plain data: keep it where it outlives the process.

    Attributes:
        billnum: bill number, or "" where it is not known.
        custnum: customer number, or "" where it is not known.
        amount: what is still to be paid, in the currency of the bill, or None where it is not known.
        looked_at: when it was looked up (UTC), or None where that is not known.
        reason: why the amount is not known, or "".
    """

    billnum: str
    custnum: str
    amount: Decimal | None
    looked_at: datetime | None
    reason: str = ""


class Verdict(Enum):
    """What can be said of a payment or credit note whose answer was lost."""

    TAKEN = "taken"
    """The open amount fell by exactly what was sent. Another booking of that amount would look the same; where 0 is
    open now or was before, any of at least that would."""

    NO_TRACE_YET = "no trace yet"
    """The open amount is what it was, and not 0. It may have been taken all the same, and not show yet."""

    CANNOT_TELL = "cannot tell"
    """The amounts do not add up, are not known, or are 0 where a service may show no less: a person has to look."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A verdict, and what it rests on. Its `str` says both, and holds no personal data.

    Attributes:
        verdict: what can be said.
        reason: what was looked at and when, in words.
        before: what was open before it was sent.
        now: what is open now.
    """

    verdict: Verdict
    reason: str
    before: OpenAmount
    now: OpenAmount

    def __str__(self) -> str:
        return f"{self.verdict.value}: {self.reason}"


@overload
async def find_open_amount(ropo: RopoJobsClient, *, jobid: int | str, custnum: str | None = None) -> OpenAmount: ...
@overload
async def find_open_amount(ropo: RopoJobsClient, *, billnum: str, custnum: str | None = None) -> OpenAmount: ...
async def find_open_amount(
    ropo: RopoJobsClient, *, jobid: int | str | None = None, billnum: str | None = None, custnum: str | None = None
) -> OpenAmount:
    """Look up what is open of a bill. `POST /jobs/findbyendcustomer`

    With `billnum` and `custnum` it is one request. Without the customer's number, the job is looked up first to learn
    it (`RopoJobsClient.get_job`), which the vendor asks not to do in bulk.

    Args:
        ropo: the client.
        jobid: id of the job, at least 1.
        billnum: bill number of the job. Exactly one of `jobid` and `billnum` is needed.
        custnum: customer number of the bill.

    Returns:
        The amount, or the reason why it is not known.

    Raises:
        JobNotFound: there is no such job.
        AmbiguousJob: several jobs have this billnum.
        TypeError, InvalidArgument: an argument is wrong; nothing was sent.
        RopoError: the call failed; see `ropo_jobs_client.errors`.
    """
    _validate.require_one_of(jobid=jobid, billnum=billnum)
    if billnum is not None:
        billnum = _validate.write_identifier(billnum, "billnum")
    if custnum is not None:
        custnum = _validate.write_identifier(custnum, "custnum")
    if billnum is None or custnum is None:
        selector: dict[str, Any] = {"jobid": jobid} if billnum is None else {"billnum": billnum}
        job = await ropo.get_job(**selector)
        billnum = billnum or _text(job.billnum)
        custnum = custnum or _text(job.custnum)
    # Of the time before the answer: what is booked meanwhile may be in it or not.
    looked_at = datetime.now(UTC)
    if not billnum or not custnum:
        missing = "customer number" if billnum else "bill number"
        return OpenAmount(billnum, custnum, None, looked_at, f"the job has no {missing} to look it up by")
    found = [
        job.open_amount
        for job in await ropo.find_jobs_by_end_customer(custnum=custnum, include_paid=True)
        if job.invoice_number == billnum
    ]
    if len(found) != 1:
        count = "no bill" if not found else f"{len(found)} bills"
        reason = f"the service lists {count} of this customer with this bill number"
        return OpenAmount(billnum, custnum, None, looked_at, reason)
    if not isinstance(found[0], Decimal):
        return OpenAmount(billnum, custnum, None, looked_at, "the service does not say what is open of this bill")
    return OpenAmount(billnum, custnum, found[0], looked_at)


async def settle(ropo: RopoJobsClient, before: OpenAmount, amount: Decimal | int) -> Settlement:
    """Look again, and say whether a payment or credit note was taken.

    A request whose answer was lost may still be at work: wait some minutes before you ask, and ask again while there is
    no trace yet. It takes one payment or credit note of a bill at a time: of two under way, nobody can tell which one
    was taken.

    Args:
        ropo: the client.
        before: what `find_open_amount` gave before it was sent. It needs `billnum` and `custnum`.
        amount: what was sent, in the currency of the bill.

    Raises:
        InvalidArgument: `before` names no bill or no customer, or `amount` is zero or not finite.
        RopoError: the call failed; see `ropo_jobs_client.errors`.
    """
    if not before.billnum or not before.custnum:
        raise InvalidArgument("before", "must name a bill and its customer, to look it up again")
    wanted = _amount(amount)
    now = await find_open_amount(ropo, billnum=before.billnum, custnum=before.custnum)
    return judge(before, now, wanted)


def judge(before: OpenAmount, now: OpenAmount, amount: Decimal | int) -> Settlement:
    """Compare two looks at a bill. Does no I/O.

    Args:
        before: what was open before it was sent.
        now: what is open now.
        amount: what was sent, in the currency of the bill.

    Raises:
        InvalidArgument: `amount` is zero or not finite, or both looks are not at the same bill.
    """
    wanted = _amount(amount)
    if (before.billnum, before.custnum) != (now.billnum, now.custnum):
        raise InvalidArgument("now", "must be of the same bill and customer as before")
    verdict, reason = _decide(before, now, wanted)
    return Settlement(verdict, reason, before, now)


def _decide(before: OpenAmount, now: OpenAmount, amount: Decimal) -> tuple[Verdict, str]:
    if before.amount is None or now.amount is None:
        unknown = now if before.amount is not None else before
        when = "now" if before.amount is not None else "before it was sent"
        return Verdict.CANNOT_TELL, f"what was open {when} is not known" + (unknown.reason and f": {unknown.reason}")
    seen = f"{before.amount:f} was open {_time(before, 'before')}, and {now.amount:f} {_time(now, 'now')}"
    fell = _EXACT.subtract(_cents(before.amount), _cents(now.amount))
    change = f"less by {fell:f}" if fell > 0 else f"more by {fell.copy_negate():f}"
    # Some services show no amount below 0: there, 0 may stand for less.
    shows_zero = not _cents(before.amount) or not _cents(now.amount)
    if fell == amount:
        other = "Any other booking of at least that" if shows_zero else "Another booking of it"
        return Verdict.TAKEN, f"{seen}: {change}, and {amount:f} was sent. {other} would look the same"
    if shows_zero and fell.copy_abs() < amount.copy_abs():
        return Verdict.CANNOT_TELL, f"{seen}. A service may show 0 where less than that is open. A person has to look"
    if not fell:
        return Verdict.NO_TRACE_YET, f"{seen}. It may have been taken and not show yet: look again later"
    return Verdict.CANNOT_TELL, f"{seen}: {change}, and {amount:f} was sent. Something else was booked too"


def _amount(value: Decimal | int) -> Decimal:
    if isinstance(value, bool) or not isinstance(cast("object", value), Decimal | int):
        raise TypeError(f"amount must be a Decimal or an int, not {type(value).__name__}")
    amount = Decimal(value)
    if not amount.is_finite() or not amount:
        raise InvalidArgument("amount", "must be a finite number that is not zero")
    return amount


def _cents(amount: Decimal) -> Decimal:
    """Return an amount without the noise of a service that counts in floats, such as 52.559999999999995."""
    cents = amount.quantize(_CENT, context=_EXACT)
    return cents if _EXACT.subtract(amount, cents).copy_abs() < _NOISE else amount


def _time(look: OpenAmount, otherwise: str) -> str:
    return f"at {look.looked_at.isoformat(timespec='seconds')}" if look.looked_at else otherwise


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
