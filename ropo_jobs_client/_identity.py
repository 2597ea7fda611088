"""What must hold of an answer beyond its form: that it is about the job that was named, and names what was looked for.

Each function returns a request whose answer is judged while it is decoded, so that the error holds all that came.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from ._codec.decode import require
from ._codec.numbers import is_short
from ._codec.unset import UNSET
from ._generated.types import ApiRequest
from .errors import ResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._codec.model import JsonBody
    from .models import JobByEndCustomer, JobJobInfo, JobsByEndCustomerResponse, JobStatusUpdate

T = TypeVar("T")

# Of a text that is a number.
_WHOLE_NUMBER: Final = re.compile(r"([0-9]+)\.0*")


def about_the_same_job(request: ApiRequest[T]) -> ApiRequest[T]:
    """Return a request whose answer is refused where it names another job than the body does.

    Only the identifier that is sent is compared, without spaces, case and leading zeros. Where the answer has none,
    nothing is compared.
    """
    body = cast("JsonBody", request.body).model
    sent = {name: value for name in request.operation.one_of if (value := getattr(body, name)) is not UNSET}

    def checked(answer: object) -> T:
        response = request.decode(answer)
        for name, value in sent.items():
            # An object: all else has been refused.
            found = _plain(cast("Mapping[str, object]", answer).get(name))
            if found and found != _plain(value):
                text = f"the service answered with success (2xx), but named another {name} than the one that was sent"
                raise ResponseError(text, response=response)
        return response

    return replace(request, decode=checked)


def about_the_job_asked_for(request: ApiRequest[JobJobInfo], billnum: object) -> ApiRequest[JobJobInfo]:
    """Return a request whose answer is refused where it is another job than the one with this id and billnum."""

    def checked(answer: object) -> JobJobInfo:
        job = request.decode(answer)
        is_other = job.jobid is not UNSET and str(job.jobid) != request.params["jobid"]
        if is_other or (billnum is not None and job.billnum not in (billnum, UNSET)):
            raise ResponseError("the service answered with another job than the one asked for")
        return job

    return replace(request, decode=checked)


def jobids_with(request: ApiRequest[list[JobStatusUpdate]], billnum: object) -> ApiRequest[list[int]]:
    """Return a request for the ids of the jobs that have this billnum by their status changes, ascending."""

    def checked(answer: object) -> list[int]:
        jobids = {change.jobid for change in request.decode(answer) if change.billnum == billnum}
        return sorted(require(jobid, "JobStatusUpdate.jobid") for jobid in jobids)

    return replace(cast("ApiRequest[Any]", request), decode=checked)


def jobs_found(request: ApiRequest[JobsByEndCustomerResponse]) -> ApiRequest[list[JobByEndCustomer]]:
    """Return a request for the jobs in the answer, which is refused where it has no list of them."""

    def checked(answer: object) -> Any:
        return require(request.decode(answer).jobs, "JobsByEndCustomerResponse.jobs")

    return replace(cast("ApiRequest[Any]", request), decode=checked)


def _plain(value: object) -> str:
    """Return what is compared, or "" where there is nothing to compare."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    # A number may come as 123.0, also in a text, or as 1.23e2.
    text = format(value, "f") if isinstance(value, Decimal) and is_short(value) else str(value)
    text = "".join(text.split()).casefold()
    whole = _WHOLE_NUMBER.fullmatch(text)
    return (whole[1] if whole else text).lstrip("0")
