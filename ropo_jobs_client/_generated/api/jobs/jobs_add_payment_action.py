from __future__ import annotations

from ...._validate import check_money, write_model
from ...models.job_add_payment import JobAddPayment
from ...models.job_add_payment_response import JobAddPaymentResponse
from ...operations import JOBS_ADD_PAYMENT_ACTION
from ...types import ApiRequest, Client


def request(*, payment: JobAddPayment) -> ApiRequest[JobAddPaymentResponse]:
    """Add payment to existing job. `POST /jobs/payment`

    Args:
        payment: the body.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(payment, "payment", JobAddPayment, ("billcode", "jobid", "billnum"))
    check_money(payment, "amount")
    return ApiRequest(JOBS_ADD_PAYMENT_ACTION, JobAddPaymentResponse.from_dict, body=_body)


async def call(client: Client, *, payment: JobAddPayment) -> JobAddPaymentResponse:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(payment=payment))
