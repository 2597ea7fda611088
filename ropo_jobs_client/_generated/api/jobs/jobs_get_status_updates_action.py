from __future__ import annotations

from datetime import date
from typing import Any, overload

from ...._validate import allow_one_of, require_one_of, write_day, write_identifier
from ...models.job_status_update import JobStatusUpdate
from ...operations import JOBS_GET_STATUS_UPDATES_ACTION
from ...types import ApiRequest, Client, Unset, decode_list


@overload
def request(*, date: str | date | Unset) -> ApiRequest[list[JobStatusUpdate]]: ...
@overload
def request(*, billnum: str | Unset) -> ApiRequest[list[JobStatusUpdate]]: ...
@overload
def request() -> ApiRequest[list[JobStatusUpdate]]: ...
def request(
    *, date: str | date | Unset | None = None, billnum: str | Unset | None = None
) -> ApiRequest[list[JobStatusUpdate]]:
    """Get jobs status update information. `GET /jobs/statusupdates`

    Args:
        date: Date (YYYY-MM-DD) to define to get all status update of given day. Example: 2017-10-10.
        billnum: Invoice number. Response will contain all status updates for the invoice. Example: 11213.

    Raises:
        TypeError: the call is wrongly written, or not exactly one of date, billnum is given.
        InvalidArgument: a value is wrong.
    """
    allow_one_of(date=date, billnum=billnum)
    _params: dict[str, str] = {}
    if date is not None:
        _params["date"] = write_day(date, "date")
    if billnum is not None:
        _params["billnum"] = write_identifier(billnum, "billnum")
    return ApiRequest(JOBS_GET_STATUS_UPDATES_ACTION, decode_list(JobStatusUpdate), params=_params)


# With every argument, which no overload allows.
_request: Any = request


@overload
async def call(client: Client, *, date: str | date | Unset) -> list[JobStatusUpdate]: ...
@overload
async def call(client: Client, *, billnum: str | Unset) -> list[JobStatusUpdate]: ...
async def call(
    client: Client, *, date: str | date | Unset | None = None, billnum: str | Unset | None = None
) -> list[JobStatusUpdate]:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    # Reading without a filter takes changes away for good: only the status feed does that, which loses none.
    require_one_of(date=date, billnum=billnum)
    built: ApiRequest[list[JobStatusUpdate]] = _request(date=date, billnum=billnum)
    return await client.send(built)
