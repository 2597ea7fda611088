from __future__ import annotations

from typing import Any, overload

from ...._validate import check_jobid, require_one_of, write_identifier, write_model
from ...models.job_data_set import JobDataSet
from ...operations import JOBS_MODIFY_ACTION
from ...types import ApiRequest, Client, Unset, decode_none


@overload
def request(*, data: JobDataSet, jobid: int | str | Unset) -> ApiRequest[None]: ...
@overload
def request(*, data: JobDataSet, billnum: str | Unset) -> ApiRequest[None]: ...
def request(
    *, data: JobDataSet, jobid: int | str | Unset | None = None, billnum: str | Unset | None = None
) -> ApiRequest[None]:
    """Modify existing bill data. `PATCH /jobs`

    Args:
        data: the body.
        jobid: Id of the job to modify [jobid or billnum is required]. Example: 123.
        billnum: Billnum of the job to modify [jobid or billnum is required]. Example: 11213.

    Raises:
        TypeError: the call is wrongly written, or not exactly one of jobid, billnum is given.
        InvalidArgument: a value is wrong.
    """
    require_one_of(jobid=jobid, billnum=billnum)
    _body = write_model(data, "data", JobDataSet)
    _params: dict[str, str] = {}
    if jobid is not None:
        _params["jobid"] = str(check_jobid(jobid, "jobid"))
    if billnum is not None:
        _params["billnum"] = write_identifier(billnum, "billnum")
    return ApiRequest(JOBS_MODIFY_ACTION, decode_none, params=_params, body=_body)


# With every argument, which no overload allows.
_request: Any = request


@overload
async def call(client: Client, *, data: JobDataSet, jobid: int | str | Unset) -> None: ...
@overload
async def call(client: Client, *, data: JobDataSet, billnum: str | Unset) -> None: ...
async def call(
    client: Client, *, data: JobDataSet, jobid: int | str | Unset | None = None, billnum: str | Unset | None = None
) -> None:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    built: ApiRequest[None] = _request(data=data, jobid=jobid, billnum=billnum)
    return await client.send(built)
