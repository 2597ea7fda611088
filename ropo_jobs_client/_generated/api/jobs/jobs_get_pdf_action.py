from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_date, write_int, write_str
from ...operations import JOBS_GET_PDF_ACTION
from ...types import UNSET, ApiRequest, Streamer, T, Unset, decode_none, drop_unset

if TYPE_CHECKING:
    from datetime import date


def stream(
    streamer: Streamer[T],
    *,
    jobid: int | Unset = UNSET,
    billnum: str | Unset = UNSET,
    contractnum: str | Unset = UNSET,
    documentdate: str | date | Unset = UNSET,
    origdata: int | Unset = UNSET,
    documenttype: str | Unset = UNSET,
    joistocolumn: str | Unset = UNSET,
) -> T:
    """Get bill in pdf-format.

    Args:
        jobid: Id of the job [contractnum, billnum or jobid is required]. Example: 123.
        billnum: Billnum of the job [contractnum, billnum or jobid is required]. Example: 11213.
        contractnum: Contractnum of the job [contractnum, billnum or jobid is required].
        documentdate: Document date of the job [also contractnum or billnum is required]. Example: 2017-10-10.
        origdata: 0 = current, 1 = original [default]. Example: 1.
        documenttype: Documenttype for Joisto archive.
        joistocolumn: Column name in Joisto archive (JobId, Laskunumero, Laskunro). Example: Laskunumero.
    """
    return streamer.stream(
        ApiRequest(
            JOBS_GET_PDF_ACTION,
            decode_none,
            params=drop_unset(
                jobid=UNSET if jobid is UNSET else str(write_int(jobid, "jobid")),
                billnum=UNSET if billnum is UNSET else write_str(billnum, "billnum"),
                contractnum=UNSET if contractnum is UNSET else write_str(contractnum, "contractnum"),
                documentdate=UNSET if documentdate is UNSET else write_date(documentdate, "documentdate"),
                origdata=UNSET if origdata is UNSET else str(write_int(origdata, "origdata")),
                documenttype=UNSET if documenttype is UNSET else write_str(documenttype, "documenttype"),
                joistocolumn=UNSET if joistocolumn is UNSET else write_str(joistocolumn, "joistocolumn"),
            ),
        )
    )
