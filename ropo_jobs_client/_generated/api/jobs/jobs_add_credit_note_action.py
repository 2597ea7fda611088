from __future__ import annotations

from ...._validate import check_money, write_model
from ...models.job_add_credit_note import JobAddCreditNote
from ...models.job_add_credit_note_response import JobAddCreditNoteResponse
from ...operations import JOBS_ADD_CREDIT_NOTE_ACTION
from ...types import ApiRequest, Client


def request(*, note: JobAddCreditNote) -> ApiRequest[JobAddCreditNoteResponse]:
    """Add credit note to existing job. `POST /jobs/creditnote`

    Args:
        note: the body.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(note, "note", JobAddCreditNote, ("billcode", "jobid", "billnum"))
    check_money(note, "amount")
    return ApiRequest(JOBS_ADD_CREDIT_NOTE_ACTION, JobAddCreditNoteResponse.from_dict, body=_body)


async def call(client: Client, *, note: JobAddCreditNote) -> JobAddCreditNoteResponse:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(note=note))
