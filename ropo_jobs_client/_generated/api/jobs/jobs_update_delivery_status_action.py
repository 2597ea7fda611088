from __future__ import annotations

from typing import TYPE_CHECKING

from ...operations import JOBS_UPDATE_DELIVERY_STATUS_ACTION
from ...types import ApiRequest, Caller, decode_none

if TYPE_CHECKING:
    from ...models.job_delivery_status_request import JobDeliveryStatusRequest


async def call(
    caller: Caller,
    *,
    body: JobDeliveryStatusRequest,
) -> None:
    """Update invoice delivery status."""
    return await caller.call(
        ApiRequest(
            JOBS_UPDATE_DELIVERY_STATUS_ACTION,
            decode_none,
            body=body.to_dict(),
        )
    )
