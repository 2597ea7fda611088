from __future__ import annotations

from datetime import date
from typing import Any, overload

from ...._codec.encode import write_date, write_int
from ...._validate import check_jobid, only_with, require_one_of, write_identifier
from ...operations import JOBS_GET_PDF_ACTION
from ...types import ApiRequest, Client, Unset, decode_binary


@overload
def request(
    *,
    jobid: int | str | Unset,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> ApiRequest[bytes]: ...
@overload
def request(
    *,
    billnum: str | Unset,
    documentdate: str | date | None = None,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> ApiRequest[bytes]: ...
@overload
def request(
    *,
    contractnum: str | Unset,
    documentdate: str | date | None = None,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> ApiRequest[bytes]: ...
def request(
    *,
    jobid: int | str | Unset | None = None,
    billnum: str | Unset | None = None,
    contractnum: str | Unset | None = None,
    documentdate: str | date | None = None,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> ApiRequest[bytes]:
    """Get bill in pdf-format. `GET /jobs/pdf`

    Args:
        jobid: Id of the job [contractnum, billnum or jobid is required]. Example: 123.
        billnum: Billnum of the job [contractnum, billnum or jobid is required]. Example: 11213.
        contractnum: Contractnum of the job [contractnum, billnum or jobid is required].
        documentdate: Document date of the job [also contractnum or billnum is required]. Example: 2017-10-10.
        origdata: 0 = current, 1 = original [default]. Example: 1.
        documenttype: Documenttype for Joisto archive.
        joistocolumn: Column name in Joisto archive (JobId, Laskunumero, Laskunro). Example: Laskunumero.

    Raises:
        TypeError: the call is wrongly written, or not exactly one of jobid, billnum, contractnum is given.
        InvalidArgument: a value is wrong.
    """
    require_one_of(jobid=jobid, billnum=billnum, contractnum=contractnum)
    _params: dict[str, str] = {}
    if jobid is not None:
        _params["jobid"] = str(check_jobid(jobid, "jobid"))
    if billnum is not None:
        _params["billnum"] = write_identifier(billnum, "billnum")
    if contractnum is not None:
        _params["contractnum"] = write_identifier(contractnum, "contractnum")
    if documentdate is not None:
        only_with("documentdate", documentdate, billnum=billnum, contractnum=contractnum)
        _params["documentdate"] = write_date(documentdate, "documentdate")
    if origdata is not None:
        _params["origdata"] = str(write_int(origdata, "origdata"))
    if documenttype is not None:
        _params["documenttype"] = write_identifier(documenttype, "documenttype")
    if joistocolumn is not None:
        _params["joistocolumn"] = write_identifier(joistocolumn, "joistocolumn")
    return ApiRequest(JOBS_GET_PDF_ACTION, decode_binary, params=_params)


# With every argument, which no overload allows.
_request: Any = request


@overload
async def call(
    client: Client,
    *,
    jobid: int | str | Unset,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> bytes: ...
@overload
async def call(
    client: Client,
    *,
    billnum: str | Unset,
    documentdate: str | date | None = None,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> bytes: ...
@overload
async def call(
    client: Client,
    *,
    contractnum: str | Unset,
    documentdate: str | date | None = None,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> bytes: ...
async def call(
    client: Client,
    *,
    jobid: int | str | Unset | None = None,
    billnum: str | Unset | None = None,
    contractnum: str | Unset | None = None,
    documentdate: str | date | None = None,
    origdata: int | None = None,
    documenttype: str | None = None,
    joistocolumn: str | None = None,
) -> bytes:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    built: ApiRequest[bytes] = _request(
        jobid=jobid,
        billnum=billnum,
        contractnum=contractnum,
        documentdate=documentdate,
        origdata=origdata,
        documenttype=documenttype,
        joistocolumn=joistocolumn,
    )
    return await client.send(built)
