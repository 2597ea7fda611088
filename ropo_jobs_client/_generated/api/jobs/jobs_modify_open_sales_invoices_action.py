from __future__ import annotations

from ...._validate import write_identifier, write_model
from ...models.job_data_set import JobDataSet
from ...models.job_patch_open_sales_invoices_response import JobPatchOpenSalesInvoicesResponse
from ...operations import JOBS_MODIFY_OPEN_SALES_INVOICES_ACTION
from ...types import ApiRequest, Client


def request(*, data: JobDataSet, custnum: str, ordernumber: str) -> ApiRequest[JobPatchOpenSalesInvoicesResponse]:
    """Modify existing bill data for multiple open invoices by customer and order number. `PATCH /jobs/opensalesinvoices`

    Args:
        data: the body.
        custnum: Customer number of job(s) to modify. Example: 1022.
        ordernumber: Order number of job(s) to modify. Example: 10232.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(data, "data", JobDataSet)
    _params: dict[str, str] = {
        "custnum": write_identifier(custnum, "custnum"),
        "ordernumber": write_identifier(ordernumber, "ordernumber"),
    }
    return ApiRequest(
        JOBS_MODIFY_OPEN_SALES_INVOICES_ACTION, JobPatchOpenSalesInvoicesResponse.from_dict, params=_params, body=_body
    )


async def call(
    client: Client, *, data: JobDataSet, custnum: str, ordernumber: str
) -> JobPatchOpenSalesInvoicesResponse:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(data=data, custnum=custnum, ordernumber=ordernumber))
