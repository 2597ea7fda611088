"""Answers for pytest-httpx, in the service's own forms, for tests that need no server.

    httpx_mock.add_response(**canned.token())
    httpx_mock.add_response(**canned.get_job(job_info(billnum="11213")))
    httpx_mock.add_response(**canned.page("POST /jobs/payment", 502))

Each answers one operation, whatever the host and the query. ``get_job(billnum=...)`` asks twice, for the status updates
and for the job.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, TypedDict

from ropo_jobs_client.api import OPERATIONS

from . import answers, example, factories

if TYPE_CHECKING:
    from ropo_jobs_client import models
    from ropo_jobs_client.models import Model


class Canned(TypedDict):
    """What ``httpx_mock.add_response`` takes: which request it answers, and with what."""

    method: str
    url: re.Pattern[str]
    status_code: int
    headers: dict[str, str]
    content: bytes


# What the client's methods ask for


def token() -> Canned:
    """The token, which an ``ApiCode`` asks for before everything else."""
    return _json("POST /token", 201, b'{"token":"an-example-token"}')


def get_job(job: models.JobJobInfo | None = None) -> Canned:
    """A job."""
    return _model("GET /jobs", 200, job or factories.job_info())


def add_bills(added: models.JobResponse | None = None) -> Canned:
    """How many bills were accepted: one, where nothing else is given."""
    return _model("POST /jobs", 201, added or factories.bills_added())


def modify_job() -> Canned:
    """That a job was changed."""
    return _answer("PATCH /jobs", answers.Answer(200))


def modify_open_invoices(modified: models.JobPatchOpenSalesInvoicesResponse | None = None) -> Canned:
    """That invoices were changed."""
    return _model("PATCH /jobs/opensalesinvoices", 200, modified or factories.open_invoices_modified())


def get_status_updates(*updates: models.JobStatusUpdate) -> Canned:
    """Status changes, or one where none is given."""
    found = updates or (factories.status_update(),)
    return _json("GET /jobs/statusupdates", 200, b"[" + b",".join(update.to_json() for update in found) + b"]")


def nothing_left() -> Canned:
    """That there is no further status change to hand out: what ends a feed."""
    return _answer("GET /jobs/statusupdates", answers.Answer(204))


def get_pdf(filename: str = f"{example.BILLNUM}.pdf") -> Canned:
    """The PDF of the example bill."""
    return _pdf("GET /jobs/pdf", filename)


def preview(filename: str = "preview.pdf") -> Canned:
    """A preview of the example bill."""
    return _pdf("POST /jobs/preview", filename)


def local_print(filename: str = f"{example.BILLNUM}.pdf") -> Canned:
    """The PDF of the example bill, which was added."""
    return _pdf("POST /jobs/localprint", filename)


def add_payment(added: models.JobAddPaymentResponse | None = None) -> Canned:
    """That a payment was taken."""
    return _model("POST /jobs/payment", 201, added or factories.payment_added())


def add_credit_note(added: models.JobAddCreditNoteResponse | None = None) -> Canned:
    """That a credit note was taken."""
    return _model("POST /jobs/creditnote", 201, added or factories.credit_note_added())


def update_delivery_status() -> Canned:
    """That a delivery was noted."""
    return _answer("PATCH /jobs/deliverystatus", answers.Answer(200))


def send_transfer_report() -> Canned:
    """That a transfer report goes out."""
    return _answer("GET /jobs/transferconfirmation", answers.Answer(200))


def dispute_job(noted: models.JobDisputeResponse | None = None) -> Canned:
    """That a dispute was noted."""
    return _model("POST /jobs/dispute", 200, noted or factories.dispute_noted())


def resolve_dispute(noted: models.JobDisputeResponse | None = None) -> Canned:
    """That the end of a dispute was noted."""
    return _model("POST /jobs/dispute/resolve", 200, noted or factories.dispute_noted())


def find_jobs_by_end_customer(*jobs: models.JobByEndCustomer) -> Canned:
    """The jobs of an end customer, or one where none is given."""
    found = jobs or (factories.end_customer_job(),)
    return _json("POST /jobs/findbyendcustomer", 200, b'{"jobs":[' + b",".join(job.to_json() for job in found) + b"]}")


# What goes wrong: each takes the operation, such as "POST /jobs/payment"


def refused(operation: str, status: int = 400, error: str = "billnum: 11213 exists already") -> Canned:
    """A job call that the service refuses, as ``{"error": ...}``."""
    return _answer(operation, answers.job_error(status, error).answer)


def problem(operation: str, status: int = 401, detail: str = "The token is unknown or has expired") -> Canned:
    """An authentication or protocol error, as problem details."""
    return _answer(operation, answers.problem(status, detail).answer)


def busy(operation: str, retry_after: int, status: int = 429) -> Canned:
    """A problem with the header Retry-After, in seconds."""
    found = answers.problem(status, "Too many requests", {"Retry-After": str(retry_after)})
    return _answer(operation, found.answer)


def login_refused() -> Canned:
    """A login with a wrong customer number or API code, in the form of its own."""
    return _answer("POST /token", answers.auth_error(1, "Invalid cid or apicode").answer)


def page(operation: str, status: int = 502) -> Canned:
    """An error page in HTML, as a proxy before the service sends it."""
    return _answer(operation, answers.page_answer(status, f"{status} {HTTPStatus(status).phrase}"))


# Making them


def _model(operation: str, status: int, model: Model) -> Canned:
    return _json(operation, status, model.to_json())


def _json(operation: str, status: int, body: bytes) -> Canned:
    return _answer(operation, answers.Answer(status, body, "application/json"))


def _pdf(operation: str, filename: str) -> Canned:
    # Late: drawing needs the extra [sandbox].
    from .pdf import draw

    drawn = draw((example.example_item(date.fromisoformat(example.DAY)),))
    return _answer(operation, replace(answers.pdf_answer(filename, ()), body=drawn))


def _answer(operation: str, answer: answers.Answer) -> Canned:
    if operation not in OPERATIONS:
        raise ValueError(f"{operation!r} is not an operation; one is 'GET /jobs'")
    if not isinstance(answer.body, bytes):  # pragma: no cover - none of these is made while it is sent
        raise TypeError("the body is not ready")
    method, path = operation.split()
    media_type = {} if answer.media_type is None else {"Content-Type": answer.media_type}
    return {
        "method": method,
        "url": re.compile(rf"[^?]*{re.escape(path)}(\?.*)?$"),
        "status_code": answer.status,
        "headers": {**media_type, **answer.headers},
        "content": answer.body,
    }
