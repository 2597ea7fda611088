from __future__ import annotations

from typing import TYPE_CHECKING

from ...._codec.encode import write_str
from ...models.job_patch_open_sales_invoices_response import JobPatchOpenSalesInvoicesResponse
from ...operations import JOBS_MODIFY_OPEN_SALES_INVOICES_ACTION
from ...types import ApiRequest, Caller, drop_unset

if TYPE_CHECKING:
    from ...models.job_data_set import JobDataSet


async def call(
    caller: Caller,
    *,
    body: JobDataSet,
    custnum: str,
    ordernumber: str,
) -> JobPatchOpenSalesInvoicesResponse:
    """Modify existing bill data for multiple open invoices by customer and order number.

    Args:
        custnum: Customer number of job(s) to modify. Example: 1022.
        ordernumber: Order number of job(s) to modify. Example: 10232.
    """
    return await caller.call(
        ApiRequest(
            JOBS_MODIFY_OPEN_SALES_INVOICES_ACTION,
            JobPatchOpenSalesInvoicesResponse.from_dict,
            params=drop_unset(
                custnum=write_str(custnum, "custnum"),
                ordernumber=write_str(ordernumber, "ordernumber"),
            ),
            body=body.to_dict(),
        )
    )
