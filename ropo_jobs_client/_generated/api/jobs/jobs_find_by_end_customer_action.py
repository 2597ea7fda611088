from __future__ import annotations

from ...._validate import write_model
from ...models.jobs_by_end_customer_request import JobsByEndCustomerRequest
from ...models.jobs_by_end_customer_response import JobsByEndCustomerResponse
from ...operations import JOBS_FIND_BY_END_CUSTOMER_ACTION
from ...types import ApiRequest, Client


def request(*, body: JobsByEndCustomerRequest) -> ApiRequest[JobsByEndCustomerResponse]:
    """Find jobs by end customer. `POST /jobs/findbyendcustomer`

    Args:
        body: the body.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(body, "body", JobsByEndCustomerRequest, ("ssn", "custnum"))
    return ApiRequest(JOBS_FIND_BY_END_CUSTOMER_ACTION, JobsByEndCustomerResponse.from_dict, body=_body)


async def call(client: Client, *, body: JobsByEndCustomerRequest) -> JobsByEndCustomerResponse:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(body=body))
