"""The models of the API, each imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .account_row import AccountRow
    from .attachment import Attachment
    from .auth_error import AuthError
    from .auth_login import AuthLogin
    from .auth_token import AuthToken
    from .cash_discount_row import CashDiscountRow
    from .http_api_problem import HttpApiProblem
    from .job import Job
    from .job_add_credit_note import JobAddCreditNote
    from .job_add_credit_note_response import JobAddCreditNoteResponse
    from .job_add_payment import JobAddPayment
    from .job_add_payment_response import JobAddPaymentResponse
    from .job_by_end_customer import JobByEndCustomer
    from .job_data_set import JobDataSet
    from .job_datastream import JobDatastream
    from .job_delivery_status_request import JobDeliveryStatusRequest
    from .job_dispute_request import JobDisputeRequest
    from .job_dispute_response import JobDisputeResponse
    from .job_image import JobImage
    from .job_item import JobItem
    from .job_job_info import JobJobInfo
    from .job_package_details import JobPackageDetails
    from .job_patch_open_sales_invoices_response import JobPatchOpenSalesInvoicesResponse
    from .job_payee import JobPayee
    from .job_resolve_dispute_request import JobResolveDisputeRequest
    from .job_response import JobResponse
    from .job_response_errors import JobResponseErrors
    from .job_status_update import JobStatusUpdate
    from .jobs_by_end_customer_request import JobsByEndCustomerRequest
    from .jobs_by_end_customer_response import JobsByEndCustomerResponse
    from .jobs_status_updates_envelope import JobsStatusUpdatesEnvelope
    from .pay_plan import PayPlan
    from .pay_plan_instalment import PayPlanInstalment
    from .pay_row import PayRow
    from .property_row import PropertyRow

_MODULES = {
    "AccountRow": ".account_row",
    "Attachment": ".attachment",
    "AuthError": ".auth_error",
    "AuthLogin": ".auth_login",
    "AuthToken": ".auth_token",
    "CashDiscountRow": ".cash_discount_row",
    "HttpApiProblem": ".http_api_problem",
    "Job": ".job",
    "JobAddCreditNote": ".job_add_credit_note",
    "JobAddCreditNoteResponse": ".job_add_credit_note_response",
    "JobAddPayment": ".job_add_payment",
    "JobAddPaymentResponse": ".job_add_payment_response",
    "JobByEndCustomer": ".job_by_end_customer",
    "JobDataSet": ".job_data_set",
    "JobDatastream": ".job_datastream",
    "JobDeliveryStatusRequest": ".job_delivery_status_request",
    "JobDisputeRequest": ".job_dispute_request",
    "JobDisputeResponse": ".job_dispute_response",
    "JobImage": ".job_image",
    "JobItem": ".job_item",
    "JobJobInfo": ".job_job_info",
    "JobPackageDetails": ".job_package_details",
    "JobPatchOpenSalesInvoicesResponse": ".job_patch_open_sales_invoices_response",
    "JobPayee": ".job_payee",
    "JobResolveDisputeRequest": ".job_resolve_dispute_request",
    "JobResponse": ".job_response",
    "JobResponseErrors": ".job_response_errors",
    "JobStatusUpdate": ".job_status_update",
    "JobsByEndCustomerRequest": ".jobs_by_end_customer_request",
    "JobsByEndCustomerResponse": ".jobs_by_end_customer_response",
    "JobsStatusUpdatesEnvelope": ".jobs_status_updates_envelope",
    "PayPlan": ".pay_plan",
    "PayPlanInstalment": ".pay_plan_instalment",
    "PayRow": ".pay_row",
    "PropertyRow": ".property_row",
}


def __getattr__(name: str) -> Any:
    try:
        module = _MODULES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    model = globals()[name] = getattr(import_module(module, __name__), name)
    return model


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = (
    "AccountRow",
    "Attachment",
    "AuthError",
    "AuthLogin",
    "AuthToken",
    "CashDiscountRow",
    "HttpApiProblem",
    "Job",
    "JobAddCreditNote",
    "JobAddCreditNoteResponse",
    "JobAddPayment",
    "JobAddPaymentResponse",
    "JobByEndCustomer",
    "JobDataSet",
    "JobDatastream",
    "JobDeliveryStatusRequest",
    "JobDisputeRequest",
    "JobDisputeResponse",
    "JobImage",
    "JobItem",
    "JobJobInfo",
    "JobPackageDetails",
    "JobPatchOpenSalesInvoicesResponse",
    "JobPayee",
    "JobResolveDisputeRequest",
    "JobResponse",
    "JobResponseErrors",
    "JobStatusUpdate",
    "JobsByEndCustomerRequest",
    "JobsByEndCustomerResponse",
    "JobsStatusUpdatesEnvelope",
    "PayPlan",
    "PayPlanInstalment",
    "PayRow",
    "PropertyRow",
)
