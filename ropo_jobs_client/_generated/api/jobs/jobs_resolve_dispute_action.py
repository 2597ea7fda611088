from __future__ import annotations

from typing import Any, overload

from ...._validate import check_jobid, require_one_of, write_identifier, write_model
from ...models.job_dispute_response import JobDisputeResponse
from ...models.job_resolve_dispute_request import JobResolveDisputeRequest
from ...operations import JOBS_RESOLVE_DISPUTE_ACTION
from ...types import ApiRequest, Client, Unset


@overload
def request(*, request: JobResolveDisputeRequest, jobid: int | str | Unset) -> ApiRequest[JobDisputeResponse]: ...
@overload
def request(*, request: JobResolveDisputeRequest, billnum: str | Unset) -> ApiRequest[JobDisputeResponse]: ...
def request(
    *, request: JobResolveDisputeRequest, jobid: int | str | Unset | None = None, billnum: str | Unset | None = None
) -> ApiRequest[JobDisputeResponse]:
    """Resolve a disputed job. `POST /jobs/dispute/resolve`

    Args:
        request: the body.
        jobid: Job ID, required if invoice_number not given. Example: 123.
        billnum: Invoice number, required if job ID not given. Example: 11213.

    Raises:
        TypeError: the call is wrongly written, or not exactly one of jobid, billnum is given.
        InvalidArgument: a value is wrong.
    """
    require_one_of(jobid=jobid, billnum=billnum)
    _body = write_model(request, "request", JobResolveDisputeRequest)
    _params: dict[str, str] = {}
    if jobid is not None:
        _params["jobid"] = str(check_jobid(jobid, "jobid"))
    if billnum is not None:
        _params["invoice_number"] = write_identifier(billnum, "billnum")
    return ApiRequest(JOBS_RESOLVE_DISPUTE_ACTION, JobDisputeResponse.from_dict, params=_params, body=_body)


# With every argument, which no overload allows.
_request: Any = request


@overload
async def call(
    client: Client, *, request: JobResolveDisputeRequest, jobid: int | str | Unset
) -> JobDisputeResponse: ...
@overload
async def call(client: Client, *, request: JobResolveDisputeRequest, billnum: str | Unset) -> JobDisputeResponse: ...
async def call(
    client: Client,
    *,
    request: JobResolveDisputeRequest,
    jobid: int | str | Unset | None = None,
    billnum: str | Unset | None = None,
) -> JobDisputeResponse:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    built: ApiRequest[JobDisputeResponse] = _request(request=request, jobid=jobid, billnum=billnum)
    return await client.send(built)
