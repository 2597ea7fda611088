from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_date, write_str
from ...models.job_status_update import JobStatusUpdate
from ...operations import JOBS_GET_STATUS_UPDATES_ACTION
from ...types import UNSET, ApiRequest, Caller, Unset, decode_list, drop_unset

if TYPE_CHECKING:
    from datetime import date


async def call(
    caller: Caller,
    *,
    date: str | date | Unset = UNSET,
    billnum: str | Unset = UNSET,
) -> list[JobStatusUpdate]:
    """Get jobs status update information.

    Args:
        date: Date (YYYY-MM-DD) to define to get all status update of given day. Example: 2017-10-10.
        billnum: Invoice number. Response will contain all status updates for the invoice. Example: 11213.
    """
    return await caller.call(
        ApiRequest(
            JOBS_GET_STATUS_UPDATES_ACTION,
            decode_list(JobStatusUpdate),
            params=drop_unset(
                date=UNSET if date is UNSET else write_date(date, "date"),
                billnum=UNSET if billnum is UNSET else write_str(billnum, "billnum"),
            ),
        )
    )
