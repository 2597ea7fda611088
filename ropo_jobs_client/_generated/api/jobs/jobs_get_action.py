from __future__ import annotations

from ...._codec.encode import write_int
from ...models.job_job_info import JobJobInfo
from ...operations import JOBS_GET_ACTION
from ...types import Caller, Request, given


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
        Request(
            JOBS_GET_ACTION,
            JobJobInfo.from_dict,
            params=given(
                jobid=str(write_int(jobid, "jobid")),
            ),
        )
    )
