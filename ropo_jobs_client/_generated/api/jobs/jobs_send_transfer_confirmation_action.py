from __future__ import annotations

from ...._validate import write_identifier
from ...operations import JOBS_SEND_TRANSFER_CONFIRMATION_ACTION
from ...types import ApiRequest, Client, decode_none


def request(*, batchid: str) -> ApiRequest[None]:
    """Send transfer report based on Batch ID. `GET /jobs/transferconfirmation`

    Args:
        batchid: Transferconfirmation batchid identifier.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _params: dict[str, str] = {"batchid": write_identifier(batchid, "batchid")}
    return ApiRequest(JOBS_SEND_TRANSFER_CONFIRMATION_ACTION, decode_none, params=_params)


async def call(client: Client, *, batchid: str) -> None:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(batchid=batchid))
