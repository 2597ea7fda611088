"""Example data, in the form in which they go over the wire: what the factories make, and what is answered by hand.

The person is the vendor's own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .values import Json

JOBID, BILLNUM, BILLCODE = 123, "11213", "4349"

DAY, DUE = "2026-11-22", "2026-12-06"
_ROW: Json = {"desc": "Hieronta 60 min", "count": "2", "itemtype": "h", "amount": "35.00", "taxpr": "25.50"}
_ADDRESS: Json = {"address": "Sammonkatu 23-25 A 7", "city": "KUOPIO"}


def example_item(today: date) -> Json:
    """A dataset item for an invoice of today, due in 14 days."""
    return {
        "jobtype": 0,
        "customertype": 2,
        "person": "Teppo Testaaja",
        **_ADDRESS,
        "postcode": "70100",
        "custnum": "1022",
        "billdate": today.isoformat(),
        "paydate": (today + timedelta(days=14)).isoformat(),
        "payrow": [
            _ROW,
            {"desc": "Hierontaöljy", "count": "1", "itemtype": "kpl", "amount": "12.90", "taxpr": "14.00"},
        ],
    }


PARTS: Mapping[str, Json] = {
    "PayRow": _ROW,
    "AccountRow": {"accountid": "3000", "credit": "70.00", "desc": "Hieronta", "netamount": "70.00", "taxpr": "25.50"},
    "PropertyRow": {"propname": "hoitaja", "propvalue": "Liisa Liukaas"},
    "Attachment": {"attachmentname": "ehdot.pdf", "attachmentfile": "JVBERi0xLjQKJSVFT0YK"},
    "CashDiscountRow": {"discountdate": "2026-11-29", "discountpercent": "2.00"},
    "PayPlanInstalment": {"date": DUE, "amount": "50.00"},
    "PayPlan": {"instalment": [{"date": DUE, "amount": "50.00"}, {"date": "2027-01-06", "amount": "52.56"}]},
    "JobImage": {},
    "JobPackageDetails": {},
    "JobPayee": {},
}
"""The parts of a bill, each by the name of its model. Of the empty ones the vendor names no field."""


def requests(today: date) -> Mapping[str, Json]:
    """What is sent, beside bills, each by the name of its model."""
    return {
        "JobDataSet": {"jobtype": 0, "customertype": 2, **_ADDRESS},
        "JobAddPayment": {"amount": "102.56", "paydate": today.isoformat(), "billnum": BILLNUM},
        "JobAddCreditNote": {"amount": "10.00", "date": today.isoformat(), "billnum": BILLNUM},
        "JobDeliveryStatusRequest": {"id": BILLNUM, "service": "post", "created_at": today.isoformat()},
        "JobDisputeRequest": {},
        "JobResolveDisputeRequest": {},
    }


_NAMED: Json = {"jobid": JOBID, "billnum": BILLNUM}

ANSWERS: Mapping[str, Json] = {
    "JobJobInfo": {
        **_NAMED,
        "currentstatus": 0,
        "currentstatustext": "Invoicing",
        "currentpaydate": DUE,
        "nextstatus": 10,
        "nextstatustext": "Due",
        "nextstatusdate": "2026-12-07",
        "origjobtype": 0,
        "origjobtext": "Invoicing",
        "origjobdate": DAY,
        "billcode": BILLCODE,
        "reference": BILLCODE,
        "accountdate": DAY,
        "paydate": DUE,
        **_ADDRESS,
        "custnum": "1022",
        "person": "Teppo Testaaja",
        "postcode": "70100",
    },
    "JobResponse": {"accepted": 1, "batchid": "5f0c9a3e7b12"},
    "JobPatchOpenSalesInvoicesResponse": {"modified": 1, "jobids": [JOBID]},
    "JobStatusUpdate": {**_NAMED, "status": 1, "statustext": "Reminder", "statusdate": DAY},
    "JobAddPaymentResponse": {**_NAMED, "billcode": BILLCODE, "paydate": DAY},
    "JobAddCreditNoteResponse": {**_NAMED, "billcode": BILLCODE, "date": DAY},
    "JobDisputeResponse": {"created_at": f"{DAY}T10:00:00+00:00"},
    "JobByEndCustomer": {
        "invoice_number": BILLNUM,
        "original_invoice_date": DAY,
        "status": "invoicing",
        "open_amount": "102.56",
        "group_job": 0,
        "group_case_numbers": [],
        "group_total_payable": "102.56",
        "my_ropo_link": f"https://my.ropo.example/invoice/{JOBID}",
    },
}
"""What comes back, each by the name of its model."""
