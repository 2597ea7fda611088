"""What becomes of bills in the sandbox: the clock, status updates, payments, credit notes, disputes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_support import TODAY, Service, change, item, running

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture
def service() -> Generator[Service]:
    with running() as found:
        yield found


def pay(service: Service, amount: object = "43.40", **named: Any) -> dict[str, Any]:
    payment = {"amount": amount, "paydate": "2026-11-25", **named}
    answer: dict[str, Any] = service.call("POST /jobs/payment", json=payment, expect=201).json()
    return answer


# The clock


def test_a_bill_follows_what_it_announces(service: Service) -> None:
    service.add()
    seen: list[str] = []
    while (job := service.job(1))["nextstatus"] != -1:
        days = (date.fromisoformat(job["nextstatusdate"]) - service.sandbox.today).days
        service.sandbox.advance(days=days - 1)
        assert service.job(1)["currentstatus"] == job["currentstatus"]
        service.sandbox.advance(days=1)
        after = service.job(1)
        assert (after["currentstatus"], after["currentstatustext"]) == (job["nextstatus"], job["nextstatustext"])
        seen.append(after["currentstatustext"])
    assert seen == ["Due", "Reminder", "Collection"]
    assert service.job(1)["currentpaydate"] == "2027-01-17"
    assert service.job(1)["paydate"] == "2026-12-06"


def test_one_long_jump_is_many_short_steps(service: Service) -> None:
    service.add(item(), item(paydate="2026-11-25"))
    assert service.sandbox.advance(days=365) == TODAY + timedelta(days=365)
    changes = service.updates()
    assert changes[2:] == [
        (2, "Due", "2026-11-26"),
        (1, "Due", "2026-12-07"),
        (2, "Reminder", "2026-12-09"),
        (1, "Reminder", "2026-12-20"),
        (2, "Collection", "2026-12-23"),
        (1, "Collection", "2027-01-03"),
    ]


def test_the_clock_does_not_go_back(service: Service) -> None:
    with pytest.raises(ValueError, match="never goes back"):
        service.sandbox.advance(days=-1)
    with pytest.raises(ValueError, match="9998"):
        service.sandbox.advance(days=10_000_000)
    assert service.sandbox.today == TODAY


def test_the_clock_follows_the_real_day_by_default() -> None:
    with running(today=None) as service:
        before = date.today()  # noqa: DTZ011
        assert before <= service.sandbox.today <= date.today()  # noqa: DTZ011
        assert service.sandbox.advance(days=3) >= before + timedelta(days=3)


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"jobtype": 1, "amount": "10", "billcode": "1232"}, 1, "Reminder"),
        (
            {"jobtype": 2, "amount": "10", "billcode": "1232", "billnum": "A", "noticedate": "2026-11-01"},
            2,
            "Collection",
        ),
        ({"cashbill": 1}, 20, "Paid"),
        ({"putonhold": 1}, 100, "On hold"),
        ({"jobtype": 300}, 0, "Invoicing"),
        ({"jobtype": 301}, 0, "Invoicing"),
    ],
)
def test_where_a_job_starts(service: Service, fields: dict[str, Any], status: int, text: str) -> None:
    service.add(item(**fields))
    job = service.job(1)
    assert (job["currentstatus"], job["currentstatustext"]) == (status, text)
    assert service.updates() == [(1, text, "2026-11-22")]


# Status updates


def test_updates_are_handed_out_once_and_at_most_a_thousand(service: Service) -> None:
    service.add(*(item() for _ in range(1_001)))
    first = service.updates()
    assert [jobid for jobid, _, _ in first] == list(range(1, 1_001))
    assert service.updates() == [(1_001, "Invoicing", "2026-11-22")]
    response = service.call("GET /jobs/statusupdates", expect=204)
    assert response.content == b""


def test_an_update_has_the_fields_of_the_document(service: Service) -> None:
    service.add(item(billnum="A"))
    assert service.call("GET /jobs/statusupdates", expect=200).json() == [
        {"jobid": 1, "billnum": "A", "status": 0, "statustext": "Invoicing", "statusdate": "2026-11-22"}
    ]


def test_filters_read_again_and_consume_nothing(service: Service) -> None:
    service.add(item(billnum="A"), item(billnum="B"))
    service.sandbox.advance(days=15)
    of_a = [(1, "Invoicing", "2026-11-22"), (1, "Due", "2026-12-07")]
    of_day = [(1, "Due", "2026-12-07"), (2, "Due", "2026-12-07")]
    for _ in range(2):
        assert service.updates(billnum="A") == of_a
        assert service.updates(date="2026-12-07") == of_day
    assert len(service.updates()) == 4
    assert service.updates() == []
    assert service.updates(billnum="A") == of_a
    assert service.updates(date="2026-12-07") == of_day
    assert service.updates(billnum="nobody") == []
    assert service.updates(date="2026-12-08") == []


def test_both_filters_are_refused(service: Service) -> None:
    service.add()
    both = {"date": "2026-11-22", "billnum": "A"}
    assert service.refusal("GET /jobs/statusupdates", 400, params=both) == "date or billnum: at most one of them"
    assert len(service.updates()) == 1


# Payments and credit notes


@pytest.mark.parametrize("named", [{"billcode": "1232"}, {"jobid": 1}, {"jobid": "1"}, {"billnum": "A"}])
def test_a_payment_in_full(service: Service, named: dict[str, Any]) -> None:
    service.add(item(billnum="A", billcode="1232"))
    assert pay(service, **named) == {"jobid": 1, "billnum": "A", "billcode": "1232", "paydate": "2026-11-25"}
    job = service.job(1)
    assert (job["currentstatustext"], job["nextstatus"]) == ("Paid", -1)
    assert "nextstatusdate" not in job
    assert service.updates(billnum="A")[-1] == (1, "Paid", "2026-11-22")
    assert service.sandbox.payments(billnum="A") == [
        {**named, "paydate": "2026-11-25", "jobid": 1, "amount": "43.40", "date": "2026-11-25"}
    ]


def test_a_payment_sent_twice_counts_twice(service: Service) -> None:
    service.add(item(billnum="A"))
    pay(service, "20", billnum="A")
    assert service.sandbox.jobs()[0]["open_amount"] == "23.40"
    assert service.job(1)["currentstatustext"] == "Invoicing"
    pay(service, "20", billnum="A")
    assert service.sandbox.jobs()[0]["open_amount"] == "3.40"
    assert service.sandbox.carried_out("POST /jobs/payment") == 2
    assert len(service.sandbox.payments(billnum="A")) == len(service.sandbox.payments()) == 2
    assert service.sandbox.payments(billnum="B") == []


def test_payments_and_credit_notes_add_up(service: Service) -> None:
    service.add(item(billnum="A"))
    pay(service, 40, billnum="A")
    note = {"billnum": "A", "amount": 3.4, "date": "2026-11-26", "creditnotebillnum": "26251"}
    answer = service.call("POST /jobs/creditnote", json=note, expect=201).json()
    assert (answer["jobid"], answer["billnum"], answer["date"]) == (1, "A", "2026-11-26")
    assert service.job(1)["currentstatustext"] == "Paid"
    assert [entry["amount"] for entry in service.sandbox.credit_notes(billnum="A")] == ["3.4"]
    assert len(service.sandbox.payments()) == 1


@pytest.mark.parametrize("operation", ["POST /jobs/payment", "POST /jobs/creditnote"])
@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({}, 400, "Exactly one of billcode, jobid, billnum is required, not 0"),
        ({"billnum": ""}, 400, "not 0"),
        ({"billnum": "A", "jobid": 1}, 400, "not 2"),
        ({"billnum": "nobody"}, 404, "Job not found: billnum nobody"),
        ({"jobid": 99}, 404, "Job not found: jobid 99"),
        ({"jobid": 10**30}, 404, "Job not found"),
        ({"billcode": "99"}, 404, "Job not found: billcode 99"),
        ({"billnum": "A", "amount": 0}, 422, "amount: 0 is not an amount other than 0, with at most two decimals"),
        ({"billnum": "A", "amount": "7.105"}, 422, "amount: 7.105 is not"),
        ({"billnum": "A", "amount": "1e300"}, 400, "amount:"),
        ({"billnum": "A", "amount": "much"}, 400, 'amount: "much" is not number'),
        ({"billnum": "A", "day": "2026-13-01"}, 400, '"2026-13-01" is not a date (YYYY-MM-DD)'),
    ],
)
def test_money_that_is_refused(
    service: Service, operation: str, fields: dict[str, Any], status: int, text: str
) -> None:
    service.add(item(billnum="A"))
    fields = {"amount": 10, "day": "2026-11-25", **fields}
    fields["paydate" if operation.endswith("payment") else "date"] = fields.pop("day")
    assert text in service.refusal(operation, status, json=fields)
    assert service.sandbox.carried_out(operation) == 0
    assert service.sandbox.payments() == service.sandbox.credit_notes() == []


def test_a_negative_payment_takes_back_what_came_in(service: Service) -> None:
    service.add(item(billnum="A"))
    pay(service, "30", billnum="A")
    pay(service, "-10.00", billnum="A")
    assert service.sandbox.jobs()[0]["open_amount"] == "23.40"


# Disputes


@pytest.mark.parametrize("named", [{"jobid": "1"}, {"invoice_number": "A"}])
def test_a_dispute_stops_the_clock_of_a_bill(service: Service, named: dict[str, str]) -> None:
    service.add(item(billnum="A"))
    answer = service.call("POST /jobs/dispute", params=named, json={"reason": "too much"}, expect=200).json()
    assert answer["created_at"].startswith("2026-11-22T")
    job = service.job(1)
    assert (job["currentstatustext"], job["nextstatus"]) == ("Disputed", -1)
    service.sandbox.advance(days=100)
    assert service.job(1)["currentstatustext"] == "Disputed"
    service.call("POST /jobs/dispute/resolve", params=named, json={}, expect=200)
    job = service.job(1)
    assert (job["currentstatustext"], job["nextstatustext"]) == ("Invoicing", "Due")
    assert job["nextstatusdate"] == (TODAY + timedelta(days=101)).isoformat()
    assert [text for _, text, _ in service.updates()] == ["Invoicing", "Disputed", "Invoicing"]
    assert [note["body"] for note in service.sandbox.notes("dispute")] == [{"reason": "too much"}]


def test_a_disputed_bill_that_is_paid(service: Service) -> None:
    service.add(item(billnum="A"))
    service.call("POST /jobs/dispute", params={"jobid": 1}, json={}, expect=200)
    pay(service, billnum="A")
    assert service.job(1)["currentstatustext"] == "Disputed"
    service.call("POST /jobs/dispute/resolve", params={"jobid": 1}, json={}, expect=200)
    assert service.job(1)["currentstatustext"] == "Paid"


@pytest.mark.parametrize(
    ("operation", "params", "status", "text"),
    [
        ("POST /jobs/dispute", {}, 400, "Exactly one of jobid, invoice_number is required, not 0"),
        ("POST /jobs/dispute", {"jobid": "1", "invoice_number": "A"}, 400, "Exactly one"),
        ("POST /jobs/dispute", {"jobid": "one"}, 400, "jobid: one is not a jobid"),
        ("POST /jobs/dispute", {"jobid": "9"}, 404, "Job not found: jobid 9"),
        ("POST /jobs/dispute", {"invoice_number": "9"}, 404, "Job not found: billnum 9"),
        ("POST /jobs/dispute/resolve", {"jobid": "1"}, 409, "Job 1 is not disputed"),
    ],
)
def test_disputes_that_are_refused(
    service: Service, operation: str, params: dict[str, str], status: int, text: str
) -> None:
    service.add(item(billnum="A"))
    assert text in service.refusal(operation, status, params=params, json={})


def test_a_second_dispute_is_refused(service: Service) -> None:
    service.add()
    service.call("POST /jobs/dispute", params={"jobid": 1}, json={}, expect=200)
    assert "disputed already" in service.refusal("POST /jobs/dispute", 409, params={"jobid": 1}, json={})


# Reports


def test_deliveries_and_transfer_reports_are_noted(service: Service) -> None:
    report = {"id": "1", "service": "post", "created_at": "2026-11-22"}
    assert service.call("PATCH /jobs/deliverystatus", json=report, expect=200).content == b""
    assert service.call("GET /jobs/transferconfirmation", params={"batchid": "b-1"}, expect=200).content == b""
    assert service.refusal("GET /jobs/transferconfirmation", 400) == "batchid: required"
    assert [note["body"] for note in service.sandbox.notes("delivery")] == [report]
    assert [note["body"] for note in service.sandbox.notes("transfer report")] == [{"batchid": "b-1"}]


def test_a_paid_bill_can_be_asked_for_more(service: Service) -> None:
    service.add(item(billnum="A"))
    pay(service, billnum="A")
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(totalamount=50), expect=200)
    assert [text for _, text, _ in service.updates()] == ["Invoicing", "Paid", "Invoicing"]
