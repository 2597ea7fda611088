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
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import attrs

from ropo_jobs_client import models

from . import example

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .values import Json


class AnyModel(Protocol):
    """A model of the library, or of a copy of it that a package has inside itself."""

    @classmethod
    def from_dict(cls, source: object) -> Self:
        """Read what ``to_dict`` gave."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that are set."""
        ...


M = TypeVar("M", bound=AnyModel)


def example_of(model: type[M], **changes: Any) -> M:
    """An example of any model below, of the class that is given, such as that of a copy of the library.

    Raises:
        TypeError: there is no example of such a model, or a keyword is none of its fields.
    """
    today = _today()
    bill = example.example_item(today)
    bills: Mapping[str, Json] = {"JobItem": bill, "Job": {"datastream": {"dataset": [bill]}}}
    for examples in (bills, example.PARTS, example.requests(today), example.ANSWERS):
        if model.__name__ in examples:
            return _made(model, examples[model.__name__], changes)
    raise TypeError(f"there is no example of {model.__name__}")


# What is sent: bills


def job(*items: models.JobItem) -> models.Job:
    """The body of ``add_bills``, previews and local prints: these bills, or one."""
    return models.Job(datastream=models.JobDatastream(dataset=list(items) or [job_item()]))


def job_item(**changes: Any) -> models.JobItem:
    """A bill: an invoice of today over 102.56, due in 14 days."""
    return example_of(models.JobItem, **changes)


def pay_row(**changes: Any) -> models.PayRow:
    """A row of a bill."""
    return example_of(models.PayRow, **changes)


def account_row(**changes: Any) -> models.AccountRow:
    """A bookkeeping entry of a bill."""
    return example_of(models.AccountRow, **changes)


def property_row(**changes: Any) -> models.PropertyRow:
    """A free property of a bill."""
    return example_of(models.PropertyRow, **changes)


def attachment(**changes: Any) -> models.Attachment:
    """An attachment of a bill: a PDF of two lines."""
    return example_of(models.Attachment, **changes)


def cash_discount_row(**changes: Any) -> models.CashDiscountRow:
    """A discount for early payment: 2 per cent."""
    return example_of(models.CashDiscountRow, **changes)


def pay_plan(**changes: Any) -> models.PayPlan:
    """A payment plan of two instalments, for companies only."""
    return example_of(models.PayPlan, **changes)


def pay_plan_instalment(**changes: Any) -> models.PayPlanInstalment:
    """An instalment of a payment plan."""
    return example_of(models.PayPlanInstalment, **changes)


def image(**changes: Any) -> models.JobImage:
    """The image of a bill. The vendor names none of its fields."""
    return example_of(models.JobImage, **changes)


def package_details(**changes: Any) -> models.JobPackageDetails:
    """The package details of a bill. The vendor names none of their fields."""
    return example_of(models.JobPackageDetails, **changes)


def payee(**changes: Any) -> models.JobPayee:
    """The payee of a bill. The vendor names none of its fields."""
    return example_of(models.JobPayee, **changes)


# What is sent: everything else


def job_data(**changes: Any) -> models.JobDataSet:
    """The data of ``modify_job`` and ``modify_open_invoices``: the four fields that are required."""
    return example_of(models.JobDataSet, **changes)


def payment(**changes: Any) -> models.JobAddPayment:
    """A payment of 102.56 for the bill 11213. It names its job in one way: ``payment(billnum=UNSET, jobid=5)``."""
    return example_of(models.JobAddPayment, **changes)


def credit_note(**changes: Any) -> models.JobAddCreditNote:
    """A credit note of 10.00 for the bill 11213. It names its job as a payment does."""
    return example_of(models.JobAddCreditNote, **changes)


def delivery_status(**changes: Any) -> models.JobDeliveryStatusRequest:
    """What ``update_delivery_status`` reports."""
    return example_of(models.JobDeliveryStatusRequest, **changes)


def dispute(**changes: Any) -> models.JobDisputeRequest:
    """A dispute. The vendor names none of its fields."""
    return example_of(models.JobDisputeRequest, **changes)


def dispute_resolution(**changes: Any) -> models.JobResolveDisputeRequest:
    """The end of a dispute. The vendor names none of its fields."""
    return example_of(models.JobResolveDisputeRequest, **changes)


# What comes back


def job_info(**changes: Any) -> models.JobJobInfo:
    """What ``get_job`` gives."""
    return example_of(models.JobJobInfo, **changes)


def bills_added(**changes: Any) -> models.JobResponse:
    """What ``add_bills`` gives for one bill."""
    return example_of(models.JobResponse, **changes)


def open_invoices_modified(**changes: Any) -> models.JobPatchOpenSalesInvoicesResponse:
    """What ``modify_open_invoices`` gives."""
    return example_of(models.JobPatchOpenSalesInvoicesResponse, **changes)


def status_update(**changes: Any) -> models.JobStatusUpdate:
    """One of the changes that ``get_status_updates`` and the feed give: a reminder."""
    return example_of(models.JobStatusUpdate, **changes)


def payment_added(**changes: Any) -> models.JobAddPaymentResponse:
    """What ``add_payment`` gives."""
    return example_of(models.JobAddPaymentResponse, **changes)


def credit_note_added(**changes: Any) -> models.JobAddCreditNoteResponse:
    """What ``add_credit_note`` gives."""
    return example_of(models.JobAddCreditNoteResponse, **changes)


def dispute_noted(**changes: Any) -> models.JobDisputeResponse:
    """What ``dispute_job`` and ``resolve_dispute`` give."""
    return example_of(models.JobDisputeResponse, **changes)


def end_customer_job(**changes: Any) -> models.JobByEndCustomer:
    """One of the jobs that ``find_jobs_by_end_customer`` gives."""
    return example_of(models.JobByEndCustomer, **changes)


# Making them


def _made(model: type[M], fields: Mapping[str, Any], changes: Json) -> M:
    extra: Mapping[str, Any] = changes.pop("additional_properties", {})
    whole: Any = model.from_dict(copy.deepcopy(fields))
    # The model's own __init__ refuses what is none of its fields.
    made: Any = attrs.evolve(whole, **changes)
    made.additional_properties = {**whole.additional_properties, **extra}
    same: M = made
    return same


def _today() -> date:
    # The biller's own day, as the sandbox's clock has it.
    return date.today()  # noqa: DTZ011
