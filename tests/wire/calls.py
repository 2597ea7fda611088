"""Every operation of the client, called rightly: what to call, and what a service would answer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ropo_jobs_client import models

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ropo_jobs_client import RopoJobsClient

PDF = b"%PDF-1.7\n" + b"x" * 2000 + b"\n%%EOF\n"

UPDATE = {"jobid": 123, "billnum": "11213", "status": 1, "statustext": "Reminder", "statusdate": "2018-01-15"}


def item(**fields: object) -> models.JobItem:
    """A bill as the guides write it."""
    whole: dict[str, object] = {
        "jobtype": 0,
        "person": "Teppo Testaaja",
        "address": "Sammonkatu 23-25 A 7",
        "postcode": "70100",
        "city": "KUOPIO",
        "customertype": 2,
        "billdate": "2026-11-22",
        "paydate": "2026-12-06",
        "payrow": [{"desc": "Hieronta", "count": 1, "itemtype": "h", "amount": Decimal("35.00"), "taxpr": 24}],
        **fields,
    }
    return models.JobItem.from_dict(whole)


def change(**fields: object) -> models.JobDataSet:
    """The data of PATCH /jobs: the fields that it requires, and others."""
    whole: dict[str, object] = {
        "address": "Sammonkatu 23-25 A 7",
        "city": "KUOPIO",
        "customertype": 2,
        "jobtype": 0,
        **fields,
    }
    return models.JobDataSet.from_dict(whole)


def payment(billnum: str = "11213") -> models.JobAddPayment:
    return models.JobAddPayment(amount=Decimal("710.00"), paydate="2026-11-22", billnum=billnum)


def credit_note(billnum: str = "11213") -> models.JobAddCreditNote:
    return models.JobAddCreditNote(amount=Decimal("10.00"), date="2026-11-22", billnum=billnum)


@dataclass(frozen=True)
class Example:
    """An operation, and a call of it."""

    operation: str
    retry: Literal["safe", "idempotent", "unsafe"]
    call: Callable[[RopoJobsClient], Awaitable[object]]
    status: int
    body: bytes
    content_type: str | None = "application/json"
    may_be_empty: bool = False
    # The same call, of a job with this jobid: for tests that have no call of their own for the operation.
    of_job: Callable[[RopoJobsClient, int], Awaitable[object]] | None = None

    @property
    def is_harmless(self) -> bool:
        return self.retry != "unsafe"


def of_job(
    operation: str,
    retry: Literal["safe", "idempotent", "unsafe"],
    call: Callable[[RopoJobsClient, int], Awaitable[object]],
    status: int,
    body: bytes,
    *,
    may_be_empty: bool = False,
) -> Example:
    """The example of an operation that a jobid is enough for."""
    return Example(operation, retry, lambda ropo: call(ropo, 123), status, body, may_be_empty=may_be_empty, of_job=call)


async def _pdf(ropo: RopoJobsClient) -> bytes:
    async with ropo.pdf(billnum="11213") as pdf:
        return await pdf.read()


async def _preview(ropo: RopoJobsClient) -> bytes:
    async with ropo.preview([item(billnum="11213")]) as pdf:
        return await pdf.read()


async def _local_print(ropo: RopoJobsClient) -> bytes:
    async with ropo.local_print([item(billnum="11213")]) as pdf:
        return await pdf.read()


EXAMPLES = (
    of_job("GET /jobs", "safe", lambda ropo, jobid: ropo.get_job(jobid=jobid), 200, b'{"jobid": 123}'),
    Example("POST /jobs", "unsafe", lambda ropo: ropo.add_bills([item(billnum="11213")]), 201, b'{"accepted": 1}'),
    Example(
        "PATCH /jobs",
        "idempotent",
        lambda ropo: ropo.modify_job(change(), jobid=123),
        200,
        b"",
        None,
        may_be_empty=True,
    ),
    Example(
        "PATCH /jobs/opensalesinvoices",
        "idempotent",
        lambda ropo: ropo.modify_open_invoices(change(), custnum="1022", ordernumber="10232"),
        200,
        b'{"modified": 2}',
        may_be_empty=True,
    ),
    Example(
        "GET /jobs/statusupdates",
        "safe",
        lambda ropo: ropo.get_status_updates(billnum="11213"),
        200,
        b'[{"jobid": 123, "billnum": "11213"}]',
        may_be_empty=True,
    ),
    Example("GET /jobs/pdf", "safe", _pdf, 200, PDF, "application/pdf"),
    Example("POST /jobs/preview", "safe", _preview, 200, PDF, "application/pdf"),
    Example("POST /jobs/localprint", "unsafe", _local_print, 200, PDF, "application/pdf"),
    Example(
        "POST /jobs/payment",
        "unsafe",
        lambda ropo: ropo.add_payment(payment()),
        201,
        b'{"jobid": 123, "billnum": "11213", "billcode": "4349", "paydate": "2026-11-22"}',
    ),
    Example(
        "POST /jobs/creditnote",
        "unsafe",
        lambda ropo: ropo.add_credit_note(credit_note()),
        201,
        b"{}",
        may_be_empty=True,
    ),
    Example(
        "PATCH /jobs/deliverystatus",
        "unsafe",
        lambda ropo: ropo.update_delivery_status(models.JobDeliveryStatusRequest(id="1", service="post")),
        200,
        b"",
        None,
        may_be_empty=True,
    ),
    Example(
        "GET /jobs/transferconfirmation",
        "unsafe",
        lambda ropo: ropo.send_transfer_report("b-1"),
        200,
        b"",
        None,
        may_be_empty=True,
    ),
    Example(
        "POST /jobs/dispute",
        "unsafe",
        lambda ropo: ropo.dispute_job(models.JobDisputeRequest(), jobid=123),
        200,
        b'{"created_at": "2026-11-22 10:00:00"}',
    ),
    Example(
        "POST /jobs/dispute/resolve",
        "unsafe",
        lambda ropo: ropo.resolve_dispute(models.JobResolveDisputeRequest(), billnum="11213"),
        200,
        b'{"created_at": "2026-11-22 10:00:00"}',
    ),
    Example(
        "POST /jobs/findbyendcustomer",
        "safe",
        lambda ropo: ropo.find_jobs_by_end_customer(custnum="1022"),
        200,
        b'{"jobs": [{"invoice_number": "11213", "open_amount": 19.96}]}',
    ),
)
"""All but `POST /token`, which every first call makes by itself."""

BY_OPERATION = {example.operation: example for example in EXAMPLES}
