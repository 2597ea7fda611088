from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.jobs_by_end_customer_response import JobsByEndCustomerResponse
from ...operations import JOBS_FIND_BY_END_CUSTOMER_ACTION
from ...types import ApiRequest, Caller

if TYPE_CHECKING:
    from ...models.job_find_by_end_customer_request import JobFindByEndCustomerRequest


async def call(
    caller: Caller,
    *,
    body: JobFindByEndCustomerRequest,
) -> JobsByEndCustomerResponse:
    """Find jobs by end customer."""
    return await caller.call(
        ApiRequest(
            JOBS_FIND_BY_END_CUSTOMER_ACTION,
            JobsByEndCustomerResponse.from_dict,
            body=body.to_dict(),
        )
    )
