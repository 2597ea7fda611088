"""How a bill goes its way, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ropo_jobs_sandbox.lifecycle import Case, Status, Step, first_case

TODAY = date(2026, 11, 22)
DUE = date(2026, 12, 6)


def case(**fields: Any) -> Case:
    whole: dict[str, Any] = {
        "stage": Status.INVOICING,
        "since": TODAY,
        "paydate": DUE,
        "last_stage": Status.COLLECTION,
        "not_before": TODAY + timedelta(days=1),
        "payable": Decimal(100),
        **fields,
    }
    return Case(**whole)


def course(start: Case) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    while (step := start.next_step) is not None:
        steps.append((step.status.text, step.day.isoformat()))
        start = start.after(step)
    return steps


def test_an_invoice_becomes_due_is_reminded_and_collected() -> None:
    assert course(case()) == [
        ("Due", "2026-12-07"),
        ("Reminder", "2026-12-20"),
        ("Collection", "2027-01-03"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"last_stage": Status.DUE}, [("Due", "2026-12-07")]),
        ({"last_stage": Status.INVOICING}, []),
        ({"paydate": None}, []),
        ({"payable": Decimal(0)}, []),
        ({"payable": Decimal(-10)}, []),
        ({"covered": Decimal(100)}, []),
        ({"cash": True}, []),
        ({"disputed": True}, []),
        ({"on_hold": True}, []),
        # What was due long ago begins tomorrow, and no step is left out.
        (
            {"paydate": date(2017, 3, 17)},
            [("Due", "2026-11-23"), ("Reminder", "2026-12-06"), ("Collection", "2026-12-20")],
        ),
        ({"stage": Status.REMINDER}, [("Collection", "2026-12-07")]),
    ],
)
def test_what_follows(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert course(case(**fields)) == expected


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, Status.INVOICING),
        ({"stage": Status.REMINDER}, Status.REMINDER),
        ({"covered": Decimal("99.99")}, Status.INVOICING),
        ({"covered": Decimal(100)}, Status.PAID),
        ({"covered": Decimal(101)}, Status.PAID),
        ({"cash": True}, Status.PAID),
        ({"payable": Decimal(0)}, Status.INVOICING),
        ({"payable": Decimal(-5)}, Status.INVOICING),
        ({"on_hold": True}, Status.ON_HOLD),
        ({"on_hold": True, "covered": Decimal(100)}, Status.PAID),
        ({"disputed": True, "covered": Decimal(100)}, Status.DISPUTED),
        ({"disputed": True, "on_hold": True}, Status.DISPUTED),
    ],
)
def test_the_status_that_is_shown(fields: dict[str, Any], status: Status) -> None:
    assert case(**fields).status is status


def test_the_status_in_words() -> None:
    assert [(int(status), status.text) for status in Status] == [
        (0, "Invoicing"),
        (1, "Reminder"),
        (2, "Collection"),
        (10, "Due"),
        (20, "Paid"),
        (90, "Disputed"),
        (100, "On hold"),
    ]


def test_a_reminder_and_a_collection_letter_give_new_due_dates() -> None:
    due = case().after(Step(Status.DUE, date(2026, 12, 7)))
    reminded = due.after(Step(Status.REMINDER, date(2026, 12, 20)))
    collected = reminded.after(Step(Status.COLLECTION, date(2027, 1, 3)))
    assert [due.paydate, reminded.paydate, collected.paydate] == [DUE, date(2026, 12, 27), date(2027, 1, 17)]


def test_what_was_stopped_goes_on_tomorrow_at_the_earliest() -> None:
    released = case(stage=Status.DUE, since=date(2026, 12, 7)).released(date(2027, 3, 1))
    assert released.next_step == Step(Status.REMINDER, date(2027, 3, 2))


def test_a_later_due_date_takes_a_due_bill_back() -> None:
    due = case(stage=Status.DUE, since=date(2026, 12, 7))
    later = due.due_on(date(2026, 12, 31), date(2026, 12, 10))
    assert (later.status, later.next_step) == (Status.INVOICING, Step(Status.DUE, date(2027, 1, 1)))
    earlier = due.due_on(date(2026, 12, 1), date(2026, 12, 10))
    assert earlier.status is Status.DUE
    reminded = replace(due, stage=Status.REMINDER)
    assert reminded.due_on(date(2026, 12, 31), date(2026, 12, 10)).status is Status.REMINDER


@pytest.mark.parametrize(
    ("item", "stage", "last_stage"),
    [
        ({"jobtype": 0}, Status.INVOICING, Status.COLLECTION),
        ({"jobtype": "0", "sensible": 1}, Status.INVOICING, Status.DUE),
        ({"jobtype": 0, "collectionprocess": "t1"}, Status.INVOICING, Status.DUE),
        ({"jobtype": 300}, Status.INVOICING, Status.DUE),
        ({"jobtype": 301}, Status.INVOICING, Status.INVOICING),
        ({"jobtype": 602}, Status.INVOICING, Status.INVOICING),
        ({"jobtype": 1}, Status.REMINDER, Status.COLLECTION),
        ({"jobtype": 1, "sensible": 1}, Status.REMINDER, Status.REMINDER),
        ({"jobtype": 2}, Status.COLLECTION, Status.COLLECTION),
    ],
)
def test_where_a_new_job_starts(item: dict[str, Any], stage: Status, last_stage: Status) -> None:
    first = first_case(item, Decimal(10), TODAY)
    assert (first.stage, first.last_stage) == (stage, last_stage)
    assert first.not_before == TODAY + timedelta(days=1)
