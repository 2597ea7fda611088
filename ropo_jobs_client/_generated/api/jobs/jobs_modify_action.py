from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_int, write_str
from ...operations import JOBS_MODIFY_ACTION
from ...types import UNSET, ApiRequest, Caller, Unset, decode_none, drop_unset

if TYPE_CHECKING:
    from ...models.job_data_set import JobDataSet


async def call(
    caller: Caller,
    *,
    body: JobDataSet,
    jobid: int | Unset = UNSET,
    billnum: str | Unset = UNSET,
) -> None:
    """Modify existing bill data.

    Args:
        jobid: Id of the job to modify [jobid or billnum is required]. Example: 123.
        billnum: Billnum of the job to modify [jobid or billnum is required]. Example: 11213.
    """
    return await caller.call(
        ApiRequest(
            JOBS_MODIFY_ACTION,
            decode_none,
            params=drop_unset(
                jobid=UNSET if jobid is UNSET else str(write_int(jobid, "jobid")),
                billnum=UNSET if billnum is UNSET else write_str(billnum, "billnum"),
            ),
            body=body.to_dict(),
        )
    )
