from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.job_add_credit_note_response import JobAddCreditNoteResponse
from ...operations import JOBS_ADD_CREDIT_NOTE_ACTION
from ...types import ApiRequest, Caller

if TYPE_CHECKING:
    from ...models.job_add_credit_note import JobAddCreditNote


async def call(
    caller: Caller,
    *,
    body: JobAddCreditNote,
) -> JobAddCreditNoteResponse:
    """Add credit note to existing job."""
    return await caller.call(
        ApiRequest(
            JOBS_ADD_CREDIT_NOTE_ACTION,
            JobAddCreditNoteResponse.from_dict,
            body=body.to_dict(),
        )
    )
