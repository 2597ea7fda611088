from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_header
from ...operations import JOBS_PREVIEW_ACTION
from ...types import UNSET, ApiRequest, Streamer, T, Unset, decode_none, drop_unset

if TYPE_CHECKING:
    from ...models.job import Job


def stream(
    streamer: Streamer[T],
    *,
    body: Job,
    data_identifier: str | Unset = UNSET,
    data_type_identifier: str | Unset = UNSET,
) -> T:
    """Preview of the invoice.

    Args:
        data_identifier: Data identifier defined by customer for tracking purposes.
        data_type_identifier: Data type identifier.
    """
    return streamer.stream(
        ApiRequest(
            JOBS_PREVIEW_ACTION,
            decode_none,
            headers=drop_unset(
                DataIdentifier=UNSET if data_identifier is UNSET else write_header(data_identifier, "data_identifier"),
                DataTypeIdentifier=UNSET
                if data_type_identifier is UNSET
                else write_header(data_type_identifier, "data_type_identifier"),
            ),
            body=body.to_dict(),
        )
    )
