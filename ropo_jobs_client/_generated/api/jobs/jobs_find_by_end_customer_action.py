from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.jobs_by_end_customer_response import JobsByEndCustomerResponse
from ...operations import JOBS_FIND_BY_END_CUSTOMER_ACTION
from ...types import Caller, Request

if TYPE_CHECKING:
    from ...models.jobs_by_end_customer_request import JobsByEndCustomerRequest


async def call(
    caller: Caller,
    *,
    body: JobsByEndCustomerRequest,
) -> JobsByEndCustomerResponse:
    """Find jobs by end customer."""
    return await caller.call(
        Request(
            JOBS_FIND_BY_END_CUSTOMER_ACTION,
            JobsByEndCustomerResponse.from_dict,
            body=body.to_dict(),
        )
    )
