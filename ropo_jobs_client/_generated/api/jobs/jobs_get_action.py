from __future__ import annotations

from ...._codec.encode import write_int
from ...models.job_job_info import JobJobInfo
from ...operations import JOBS_GET_ACTION
from ...types import ApiRequest, Caller, drop_unset


async def call(
    caller: Caller,
    *,
    jobid: int,
) -> JobJobInfo:
    """Get jobs.

    Args:
        jobid: Id of the job. Example: 123.
    """
    return await caller.call(
        ApiRequest(
            JOBS_GET_ACTION,
            JobJobInfo.from_dict,
            params=drop_unset(
                jobid=str(write_int(jobid, "jobid")),
            ),
        )
    )
