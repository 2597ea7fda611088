from __future__ import annotations

from ...._codec.encode import write_header
from ...._validate import write_model
from ...models.job import Job
from ...operations import JOBS_PREVIEW_ACTION
from ...types import ApiRequest, Client, decode_binary


def request(
    *, job: Job, data_identifier: str | None = None, data_type_identifier: str | None = None
) -> ApiRequest[bytes]:
    """Preview of the invoice. `POST /jobs/preview`

    Args:
        job: the body.
        data_identifier: Data identifier defined by customer for tracking purposes.
        data_type_identifier: Data type identifier.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(job, "job", Job)
    _headers: dict[str, str] = {}
    if data_identifier is not None:
        _headers["DataIdentifier"] = write_header(data_identifier, "data_identifier")
    if data_type_identifier is not None:
        _headers["DataTypeIdentifier"] = write_header(data_type_identifier, "data_type_identifier")
    return ApiRequest(JOBS_PREVIEW_ACTION, decode_binary, headers=_headers, body=_body)


async def call(
    client: Client, *, job: Job, data_identifier: str | None = None, data_type_identifier: str | None = None
) -> bytes:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(
        request(job=job, data_identifier=data_identifier, data_type_identifier=data_type_identifier)
    )
