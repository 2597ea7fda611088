from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_str
from ...models.job_dispute_response import JobDisputeResponse
from ...operations import JOBS_RESOLVE_DISPUTE_ACTION
from ...types import UNSET, ApiRequest, Caller, Unset, drop_unset

if TYPE_CHECKING:
    from ...models.job_resolve_dispute_request import JobResolveDisputeRequest


async def call(
    caller: Caller,
    *,
    body: JobResolveDisputeRequest,
    jobid: str | Unset = UNSET,
    invoice_number: str | Unset = UNSET,
) -> JobDisputeResponse:
    """Resolve a disputed job.

    Args:
        jobid: Job ID, required if invoice_number not given. Example: 123.
        invoice_number: Invoice number, required if job ID not given. Example: 11213.
    """
    return await caller.call(
        ApiRequest(
            JOBS_RESOLVE_DISPUTE_ACTION,
            JobDisputeResponse.from_dict,
            params=drop_unset(
                jobid=UNSET if jobid is UNSET else write_str(jobid, "jobid"),
                invoice_number=UNSET if invoice_number is UNSET else write_str(invoice_number, "invoice_number"),
            ),
            body=body.to_dict(),
        )
    )
