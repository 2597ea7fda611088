"""A payment whose answer is lost, and what looking tells of it, against the sandbox."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from decimal import Decimal
from typing import Any

import pytest

from ropo_jobs_client import ApiCode, InvalidArgument, RopoJobsClient
from ropo_jobs_client.errors import AmbiguousJob, JobNotFound, OutcomeUnknown
from ropo_jobs_client.models import JobAddCreditNote, JobAddPayment
from ropo_jobs_client.settlement import Verdict, find_open_amount, settle
from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.factories import job_item

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Generator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.reset()
    server.add_example_job(billnum="11213")
    return server


@pytest.fixture
async def ropo(sandbox: Sandbox) -> AsyncGenerator[RopoJobsClient]:
    async with RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url, retries=0) as client:
        yield client


async def pay(ropo: RopoJobsClient, amount: str) -> None:
    await ropo.add_payment(JobAddPayment(amount=Decimal(amount), paydate="2026-11-22", billnum="11213"))


async def lose(ropo: RopoJobsClient, sandbox: Sandbox, amount: str, fault: str = "disconnect-after") -> None:
    sandbox.fault("POST /jobs/payment", fault)
    with pytest.raises(OutcomeUnknown, match=r"ropo_jobs_client\.settlement"):
        await pay(ropo, amount)


@pytest.mark.parametrize("fault", ["disconnect-after", "truncate", "invalid-json"])
@pytest.mark.parametrize("share", ["part", "whole"])
async def test_payment_that_was_taken(ropo: RopoJobsClient, sandbox: Sandbox, fault: str, share: str) -> None:
    before = await find_open_amount(ropo, billnum="11213")
    assert before.amount is not None
    amount = Decimal("50.00") if share == "part" else before.amount
    await lose(ropo, sandbox, str(amount), fault)
    settlement = await settle(ropo, before, amount)
    assert settlement.verdict is Verdict.TAKEN
    assert settlement.now.amount == before.amount - amount
    assert before.looked_at is not None
    assert settlement.now.looked_at is not None
    assert before.looked_at <= settlement.now.looked_at
    assert len(sandbox.payments()) == 1


async def test_payment_that_was_not_taken_has_no_trace_yet(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    before = await find_open_amount(ropo, billnum="11213")
    await lose(ropo, sandbox, "50", "disconnect-before")
    assert (await settle(ropo, before, 50)).verdict is Verdict.NO_TRACE_YET
    # It is what a payment that shows late looks like, too: look again.
    await pay(ropo, "50")
    assert (await settle(ropo, before, 50)).verdict is Verdict.TAKEN


async def test_other_bookings_meanwhile(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    before = await find_open_amount(ropo, billnum="11213")
    await lose(ropo, sandbox, "50")
    await pay(ropo, "1")
    assert (await settle(ropo, before, 50)).verdict is Verdict.CANNOT_TELL


async def test_more_than_was_open(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    before = await find_open_amount(ropo, billnum="11213")
    await lose(ropo, sandbox, "1000")
    settlement = await settle(ropo, before, 1000)
    assert settlement.verdict is Verdict.CANNOT_TELL
    assert settlement.now.amount == 0


@pytest.mark.parametrize("fault", ["disconnect-before", "disconnect-after"])
@pytest.mark.parametrize("amount", ["50", "-100"])
async def test_bill_of_which_nothing_is_open(ropo: RopoJobsClient, sandbox: Sandbox, amount: str, fault: str) -> None:
    """The service shows 0 whatever was paid too much: it looks the same whether this was taken or not."""
    await pay(ropo, "500")
    before = await find_open_amount(ropo, billnum="11213")
    await lose(ropo, sandbox, amount, fault)
    settlement = await settle(ropo, before, Decimal(amount))
    assert before.amount == settlement.now.amount == 0
    assert settlement.verdict is Verdict.CANNOT_TELL


async def test_bill_that_somebody_else_has_paid(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    before = await find_open_amount(ropo, billnum="11213")
    assert before.amount is not None
    await lose(ropo, sandbox, str(before.amount), "disconnect-before")
    await pay(ropo, "500")
    settlement = await settle(ropo, before, before.amount)
    assert settlement.verdict is Verdict.TAKEN
    assert "Any other booking of at least that would look the same" in settlement.reason


async def test_credit_note(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    before = await find_open_amount(ropo, jobid=1)
    sandbox.fault("POST /jobs/creditnote", "disconnect-after")
    with pytest.raises(OutcomeUnknown):
        await ropo.add_credit_note(JobAddCreditNote(amount=Decimal("3.40"), date="2026-11-22", billnum="11213"))
    assert (await settle(ropo, before, Decimal("3.40"))).verdict is Verdict.TAKEN


async def test_with_the_number_of_the_customer_it_is_one_request(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    await find_open_amount(ropo, billnum="11213", custnum="1022")
    assert [request.operation for request in sandbox.requests] == ["POST /token", "POST /jobs/findbyendcustomer"]


async def test_bills_that_cannot_be_looked_up(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    await ropo.add_bills([job_item(billnum="1", custnum="")])
    look = await find_open_amount(ropo, billnum="1")
    assert (look.amount, look.custnum) == (None, "")
    assert look.reason == "the job has no customer number to look it up by"
    with pytest.raises(InvalidArgument, match="before must name a bill and its customer"):
        await settle(ropo, look, 1)
    look = await find_open_amount(ropo, billnum="11213", custnum="another")
    assert look.reason == "the service lists no bill of this customer with this bill number"
    assert (await settle(ropo, look, 1)).verdict is Verdict.CANNOT_TELL
    with pytest.raises(JobNotFound):
        await find_open_amount(ropo, billnum="none")


@pytest.mark.parametrize(("name", "wrong"), [("custnum", ""), ("custnum", " "), ("billnum", True), ("billnum", " ")])
async def test_what_names_nothing_is_refused(ropo: RopoJobsClient, sandbox: Sandbox, name: str, wrong: Any) -> None:
    named: dict[str, Any] = {"billnum": "11213", "custnum": "1022", name: wrong}
    with pytest.raises(InvalidArgument, match=f"^{name} must not be "):
        await find_open_amount(ropo, **named)
    assert not sandbox.requests


async def test_two_bills_of_one_number(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    look = await find_open_amount(ropo, jobid=1)
    assert look.reason == "the service lists 2 bills of this customer with this bill number"
    with pytest.raises(AmbiguousJob):
        await find_open_amount(ropo, billnum="11213")


async def test_looking_fails_as_other_calls_do(ropo: RopoJobsClient, sandbox: Sandbox) -> None:
    before = await find_open_amount(ropo, billnum="11213")
    sandbox.fault("POST /jobs/findbyendcustomer", "status", status=503)
    with pytest.raises(Exception, match="503"):
        await settle(ropo, before, 1)


@pytest.mark.parametrize("names", [{}, {"jobid": 1, "billnum": "1"}])
async def test_what_to_look_up(ropo: RopoJobsClient, sandbox: Sandbox, names: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="exactly one of jobid, billnum must be given"):
        await find_open_amount(ropo, **names)
    assert not sandbox.requests
