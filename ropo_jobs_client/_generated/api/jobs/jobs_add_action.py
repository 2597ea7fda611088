from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_header
from ...models.job_response import JobResponse
from ...operations import JOBS_ADD_ACTION
from ...types import UNSET, ApiRequest, Caller, Unset, drop_unset

if TYPE_CHECKING:
    from ...models.job import Job


async def call(
    caller: Caller,
    *,
    body: Job,
    data_identifier: str | Unset = UNSET,
    data_type_identifier: str | Unset = UNSET,
) -> JobResponse:
    """Add bills.

    Args:
        data_identifier: Data identifier defined by customer for tracking purposes.
        data_type_identifier: Data type identifier.
    """
    return await caller.call(
        ApiRequest(
            JOBS_ADD_ACTION,
            JobResponse.from_dict,
            headers=drop_unset(
                DataIdentifier=UNSET if data_identifier is UNSET else write_header(data_identifier, "data_identifier"),
                DataTypeIdentifier=UNSET
                if data_type_identifier is UNSET
                else write_header(data_type_identifier, "data_type_identifier"),
            ),
            body=body.to_dict(),
        )
    )
