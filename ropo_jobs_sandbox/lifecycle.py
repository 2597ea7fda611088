"""How a bill goes its way as days pass: invoiced, due, reminded, collected, paid. Pure.

Everything here is a guess about the service, made to behave plausibly. The documents show the statuses 0 (Invoicing), 1
(Reminder), 2 (Collection, by jobtype) and 100 (``putonhold``), and the words due and paid; the numbers 10, 20 and 90
are this sandbox's own, and so are all the spans below:

- a bill is Due on the day after its due date,
- it is reminded 14 days after its due date; the reminder gives 7 days to pay,
- it goes to collection 14 days after the reminder, with another 14 days to pay,
- paid in full (payments, credit notes and advance payments together) it is Paid, and nothing follows,
- a dispute or a hold stops the clock of the bill; when that ends, the next step comes on the next day at the earliest.

A disputed bill that gets paid stays Disputed until the dispute is resolved. Mailings and sub-invoices are not followed
at all; print service, ``collectionprocess`` "T1" and ``sensible`` 1 ("no automatic payment notice") stop at Due.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum

from . import jobtypes
from .values import Json, as_date, as_int, as_text, flag

REMINDER_AFTER = timedelta(days=14)
COLLECTION_AFTER = timedelta(days=14)
REMINDER_TERM = timedelta(days=7)
COLLECTION_TERM = timedelta(days=14)
_DAY = timedelta(days=1)


class Status(IntEnum):
    """What ``currentstatus`` and ``nextstatus`` can be."""

    INVOICING = 0
    REMINDER = 1
    COLLECTION = 2
    DUE = 10
    PAID = 20
    DISPUTED = 90
    ON_HOLD = 100

    @property
    def text(self) -> str:
        """The status in words, as ``currentstatustext`` has it."""
        return self.name.replace("_", " ").capitalize()


_STAGES = (Status.INVOICING, Status.DUE, Status.REMINDER, Status.COLLECTION)

ORIGINAL_TEXT = {
    jobtypes.INVOICE: Status.INVOICING.text,
    jobtypes.REMINDER: Status.REMINDER.text,
    jobtypes.COLLECTION: Status.COLLECTION.text,
    jobtypes.PRINT: "Printing service",
    jobtypes.MAILING: "Mailing service",
    jobtypes.SUB_INVOICE: "Sub-invoice",
}
"""What ``origjobtext`` says of each kind of job."""


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next for a bill, and on which day."""

    status: Status
    day: date


@dataclass(frozen=True, slots=True)
class Case:
    """Where a bill stands.

    ``stage`` began on ``since``; ``paydate`` is the due date as it is now; ``last_stage`` is how far the bill is
    followed; no step is taken before ``not_before``. ``payable`` was asked for and ``covered`` was paid or credited.
    """

    stage: Status
    since: date
    paydate: date | None
    last_stage: Status
    not_before: date
    payable: Decimal
    covered: Decimal = Decimal(0)
    cash: bool = False
    disputed: bool = False
    on_hold: bool = False

    @property
    def open_amount(self) -> Decimal:
        """What is left to pay: negative when too much was paid."""
        return Decimal(0) if self.cash else self.payable - self.covered

    @property
    def paid(self) -> bool:
        """Whether there was something to pay and nothing of it is left."""
        return self.cash or (self.payable > 0 and self.open_amount <= 0)

    @property
    def status(self) -> Status:
        """The status that is shown."""
        if self.disputed:
            return Status.DISPUTED
        if self.paid:
            return Status.PAID
        return Status.ON_HOLD if self.on_hold else self.stage

    @property
    def next_step(self) -> Step | None:
        """What comes next if nothing else happens; None when nothing does."""
        if self.disputed or self.paid or self.on_hold or self.payable <= 0:
            return None
        if self.paydate is None or self.stage is self.last_stage:
            return None
        if self.stage is Status.INVOICING:
            status, day = Status.DUE, self.paydate + _DAY
        elif self.stage is Status.DUE:
            status, day = Status.REMINDER, max(self.paydate + REMINDER_AFTER, self.since + REMINDER_AFTER - _DAY)
        else:
            status, day = Status.COLLECTION, max(self.paydate + _DAY, self.since + COLLECTION_AFTER)
        return Step(status, max(day, self.not_before, self.since + _DAY))

    def after(self, step: Step) -> Case:
        """The case once a step was taken: a reminder and a collection letter give a new due date."""
        term = {Status.REMINDER: REMINDER_TERM, Status.COLLECTION: COLLECTION_TERM}.get(step.status)
        paydate = self.paydate if term is None else step.day + term
        return replace(self, stage=step.status, since=step.day, paydate=paydate)

    def released(self, today: date) -> Case:
        """The case after what stopped it is over: it goes on tomorrow at the earliest."""
        return replace(self, not_before=max(self.not_before, today + _DAY))

    def due_on(self, paydate: date | None, today: date) -> Case:
        """The case with another due date: a bill that was due and is not any more is being invoiced again."""
        moved = replace(self, paydate=paydate)
        if self.stage is Status.DUE and paydate is not None and paydate >= today:
            return replace(moved, stage=Status.INVOICING, since=today)
        return moved


def first_case(item: Json, payable: Decimal, today: date) -> Case:
    """Where a new job starts, by its kind: what was added today takes its first step tomorrow at the earliest."""
    kind = as_int(item.get("jobtype"))
    stage = {jobtypes.REMINDER: Status.REMINDER, jobtypes.COLLECTION: Status.COLLECTION}.get(
        kind or 0, Status.INVOICING
    )
    return Case(
        stage=stage,
        since=today,
        paydate=as_date(item.get("paydate")),
        last_stage=max(stage, _last_stage(item), key=_STAGES.index),
        not_before=today + _DAY,
        payable=payable,
        cash=flag(item, "cashbill"),
        on_hold=flag(item, "putonhold"),
    )


def _last_stage(item: Json) -> Status:
    kind = as_int(item.get("jobtype"))
    if kind in (jobtypes.MAILING, jobtypes.SUB_INVOICE):
        return Status.INVOICING
    if kind == jobtypes.PRINT or flag(item, "sensible") or as_text(item.get("collectionprocess")).upper() == "T1":
        return Status.DUE
    return Status.COLLECTION
