"""Models with valid example data, for tests: one function for each model that a caller gives or gets.

    payment(billnum="11213")            # everything else as in the example
    job_item(person=UNSET, company="Matin konepaja Oy", customertype=1)
    dispute(additional_properties={"reason": "..."})

Keywords are the fields of the model; another one is a ``TypeError`` that names it. What is sent is dated today, so that
a sandbox that follows the real day takes it as new; what comes back is dated 2026-11-22 and belongs to the job 123 with
the bill number 11213.
"""

from __future__ import annotations

import copy
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from ropo_jobs_client import models
from ropo_jobs_client.models import Model

from . import example

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .values import Json

M = TypeVar("M", bound=Model)


# What is sent: bills


def job(*items: models.JobItem) -> models.Job:
    """The body of ``add_bills``, previews and local prints: these bills, or one."""
    return models.Job(datastream=models.JobDatastream(dataset=list(items) or [job_item()]))


def job_item(**changes: Any) -> models.JobItem:
    """A bill: an invoice of today over 102.56, due in 14 days."""
    return _made(models.JobItem, example.example_item(_today()), changes)


def pay_row(**changes: Any) -> models.PayRow:
    """A row of a bill."""
    return _part(models.PayRow, changes)


def account_row(**changes: Any) -> models.AccountRow:
    """A bookkeeping entry of a bill."""
    return _part(models.AccountRow, changes)


def property_row(**changes: Any) -> models.PropertyRow:
    """A free property of a bill."""
    return _part(models.PropertyRow, changes)


def attachment(**changes: Any) -> models.Attachment:
    """An attachment of a bill: a PDF of two lines."""
    return _part(models.Attachment, changes)


def cash_discount_row(**changes: Any) -> models.CashDiscountRow:
    """A discount for early payment: 2 per cent."""
    return _part(models.CashDiscountRow, changes)


def pay_plan(**changes: Any) -> models.PayPlan:
    """A payment plan of two instalments, for companies only."""
    return _part(models.PayPlan, changes)


def pay_plan_instalment(**changes: Any) -> models.PayPlanInstalment:
    """An instalment of a payment plan."""
    return _part(models.PayPlanInstalment, changes)


def image(**changes: Any) -> models.JobImage:
    """The image of a bill. The vendor names none of its fields."""
    return _part(models.JobImage, changes)


def package_details(**changes: Any) -> models.JobPackageDetails:
    """The package details of a bill. The vendor names none of their fields."""
    return _part(models.JobPackageDetails, changes)


def payee(**changes: Any) -> models.JobPayee:
    """The payee of a bill. The vendor names none of its fields."""
    return _part(models.JobPayee, changes)


# What is sent: everything else


def job_data(**changes: Any) -> models.JobDataSet:
    """The data of ``modify_job`` and ``modify_open_invoices``: the four fields that are required."""
    return _request(models.JobDataSet, changes)


def payment(**changes: Any) -> models.JobAddPayment:
    """A payment of 102.56 for the bill 11213. It names its job in one way: ``payment(billnum=UNSET, jobid=5)``."""
    return _request(models.JobAddPayment, changes)


def credit_note(**changes: Any) -> models.JobAddCreditNote:
    """A credit note of 10.00 for the bill 11213. It names its job as a payment does."""
    return _request(models.JobAddCreditNote, changes)


def delivery_status(**changes: Any) -> models.JobDeliveryStatusRequest:
    """What ``update_delivery_status`` reports."""
    return _request(models.JobDeliveryStatusRequest, changes)


def dispute(**changes: Any) -> models.JobDisputeRequest:
    """A dispute. The vendor names none of its fields."""
    return _request(models.JobDisputeRequest, changes)


def dispute_resolution(**changes: Any) -> models.JobResolveDisputeRequest:
    """The end of a dispute. The vendor names none of its fields."""
    return _request(models.JobResolveDisputeRequest, changes)


# What comes back


def job_info(**changes: Any) -> models.JobJobInfo:
    """What ``get_job`` gives."""
    return _answer(models.JobJobInfo, changes)


def bills_added(**changes: Any) -> models.JobResponse:
    """What ``add_bills`` gives for one bill."""
    return _answer(models.JobResponse, changes)


def open_invoices_modified(**changes: Any) -> models.JobPatchOpenSalesInvoicesResponse:
    """What ``modify_open_invoices`` gives."""
    return _answer(models.JobPatchOpenSalesInvoicesResponse, changes)


def status_update(**changes: Any) -> models.JobStatusUpdate:
    """One of the changes that ``get_status_updates`` and the feed give: a reminder."""
    return _answer(models.JobStatusUpdate, changes)


def payment_added(**changes: Any) -> models.JobAddPaymentResponse:
    """What ``add_payment`` gives."""
    return _answer(models.JobAddPaymentResponse, changes)


def credit_note_added(**changes: Any) -> models.JobAddCreditNoteResponse:
    """What ``add_credit_note`` gives."""
    return _answer(models.JobAddCreditNoteResponse, changes)


def dispute_noted(**changes: Any) -> models.JobDisputeResponse:
    """What ``dispute_job`` and ``resolve_dispute`` give."""
    return _answer(models.JobDisputeResponse, changes)


def end_customer_job(**changes: Any) -> models.JobByEndCustomer:
    """One of the jobs that ``find_jobs_by_end_customer`` gives."""
    return _answer(models.JobByEndCustomer, changes)


# Making them


def _part(model: type[M], changes: Json) -> M:
    return _made(model, example.PARTS[model.__name__], changes)


def _request(model: type[M], changes: Json) -> M:
    return _made(model, example.requests(_today())[model.__name__], changes)


def _answer(model: type[M], changes: Json) -> M:
    return _made(model, example.ANSWERS[model.__name__], changes)


def _made(model: type[M], fields: Mapping[str, Any], changes: Json) -> M:
    extra: Mapping[str, Any] = changes.pop("additional_properties", {})
    whole: Any = model.from_dict(copy.deepcopy(fields))
    # The model's own __init__ refuses what is none of its fields.
    made: M = attrs.evolve(whole, **changes)
    made.additional_properties = {**whole.additional_properties, **extra}
    return made


def _today() -> date:
    # The biller's own day, as the sandbox's clock has it.
    return date.today()  # noqa: DTZ011
