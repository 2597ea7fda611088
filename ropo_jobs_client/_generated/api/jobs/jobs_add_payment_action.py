from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.job_add_payment_response import JobAddPaymentResponse
from ...operations import JOBS_ADD_PAYMENT_ACTION
from ...types import ApiRequest, Caller

if TYPE_CHECKING:
    from ...models.job_add_payment import JobAddPayment


async def call(
    caller: Caller,
    *,
    body: JobAddPayment,
) -> JobAddPaymentResponse:
    """Add payment to existing job.."""
    return await caller.call(
        ApiRequest(
            JOBS_ADD_PAYMENT_ACTION,
            JobAddPaymentResponse.from_dict,
            body=body.to_dict(),
        )
    )
