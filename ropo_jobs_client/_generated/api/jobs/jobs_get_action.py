from __future__ import annotations

from ...._validate import check_jobid
from ...models.job_job_info import JobJobInfo
from ...operations import JOBS_GET_ACTION
from ...types import ApiRequest, Client, Unset


def request(*, jobid: int | str | Unset) -> ApiRequest[JobJobInfo]:
    """Get jobs. `GET /jobs`

    Args:
        jobid: Id of the job. Example: 123.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _params: dict[str, str] = {"jobid": str(check_jobid(jobid, "jobid"))}
    return ApiRequest(JOBS_GET_ACTION, JobJobInfo.from_dict, params=_params)


async def call(client: Client, *, jobid: int | str | Unset) -> JobJobInfo:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(jobid=jobid))
