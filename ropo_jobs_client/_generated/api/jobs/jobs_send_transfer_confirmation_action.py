from __future__ import annotations

from ...._codec.encode import write_str
from ...operations import JOBS_SEND_TRANSFER_CONFIRMATION_ACTION
from ...types import Caller, Request, given, nothing


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
        Request(
            JOBS_SEND_TRANSFER_CONFIRMATION_ACTION,
            nothing,
            params=given(
                batchid=write_str(batchid, "batchid"),
            ),
        )
    )
