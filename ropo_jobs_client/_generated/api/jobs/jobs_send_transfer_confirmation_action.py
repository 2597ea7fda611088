from __future__ import annotations

from ...._codec.encode import write_str
from ...operations import JOBS_SEND_TRANSFER_CONFIRMATION_ACTION
from ...types import ApiRequest, Caller, decode_none, drop_unset


async def call(
    caller: Caller,
    *,
    batchid: str,
) -> None:
    """Send transfer report based on Batch ID.

    Args:
        batchid: Transferconfirmation batchid identifier.
    """
    return await caller.call(
        ApiRequest(
            JOBS_SEND_TRANSFER_CONFIRMATION_ACTION,
            decode_none,
            params=drop_unset(
                batchid=write_str(batchid, "batchid"),
            ),
        )
    )
