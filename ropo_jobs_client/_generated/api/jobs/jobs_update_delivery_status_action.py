from __future__ import annotations

from ...._validate import write_model
from ...models.job_delivery_status_request import JobDeliveryStatusRequest
from ...operations import JOBS_UPDATE_DELIVERY_STATUS_ACTION
from ...types import ApiRequest, Client, decode_none


def request(*, status: JobDeliveryStatusRequest) -> ApiRequest[None]:
    """Update invoice delivery status. `PATCH /jobs/deliverystatus`

    Args:
        status: the body.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(status, "status", JobDeliveryStatusRequest)
    return ApiRequest(JOBS_UPDATE_DELIVERY_STATUS_ACTION, decode_none, body=_body)


async def call(client: Client, *, status: JobDeliveryStatusRequest) -> None:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(status=status))
