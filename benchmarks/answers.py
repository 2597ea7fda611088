"""What the server of the benchmarks answers, and where it is found."""

from __future__ import annotations

import datetime
import json
from typing import Any, Final

JOBID: Final = 123
# A PDF that is over before it matters, under another jobid: for warming up, and to know what starting costs.
SMALL_JOBID: Final = 2
# From here on, PDFs as most bills have them.
MANY_JOBID: Final = 1_000_000
MANY_PDF: Final = 60_000
SMALL_PDF: Final = 1_000_000
OBJECTS: Final = 1_000
BILLS: Final = 5_000

TOKEN: Final[dict[str, Any]] = {"token": "t" * 256}

JOB: Final[dict[str, Any]] = {
    "jobid": JOBID,
    "currentstatus": 0,
    "currentstatustext": "Invoicing",
    "currentpaydate": "2017-12-31",
    "nextstatus": 1,
    "nextstatustext": "Reminder",
    "nextstatusdate": "2018-01-15",
    "origjobtype": 0,
    "origjobtext": "Invoicing",
    "origjobdate": "2017-11-13",
    "billnum": "11213",
    "billcode": "4349",
    "reference": "412431235",
    "accountdate": "2017-10-10",
    "paydate": "2017-11-27",
    "refundtojobid": 31211,
    "custnum": "1022",
    "person": "Teppo Nuutinen",
    "company": "Matin konepaja Oy",
    "govid": "2262509-5",
    "vatid": "FI22059054",
    "country": "FIN",
    "address": "Satamakatu 123",
    "addressaddline1": "Johto",
    "addressaddline2": "PL 43",
    "postcode": "70100",
    "city": "KUOPIO",
}

# To bills that were added.
ADDED: Final[dict[str, Any]] = {"batchid": "9126114802c7", "accepted": BILLS}

_TEXTS: Final = ("Invoicing", "Reminder", "Payment demand", "Debt collection", "Paid")


def status_updates() -> list[dict[str, Any]]:
    """Make status changes, no two alike."""
    day = datetime.date(2018, 1, 1)
    return [
        {
            "jobid": 100_000 + i,
            "billnum": str(11_213 + i),
            "status": i % 5,
            "statustext": _TEXTS[i % 5],
            "statusdate": str(day + datetime.timedelta(days=i % 365)),
        }
        for i in range(OBJECTS)
    ]


def jobs() -> list[dict[str, Any]]:
    """Make jobs, no two alike."""
    return [{**JOB, "jobid": i, "billnum": str(i), "custnum": str(i), "reference": str(i)} for i in range(OBJECTS)]


def encode(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def pdf(size: int) -> list[bytes]:
    """Make the pieces of a body that looks like a PDF at both of its ends."""
    head, tail = b"%PDF-1.7\n", b"\n%%EOF\n"
    block = bytes(range(256)) * 4096
    whole, rest = divmod(size - len(head) - len(tail), len(block))
    return [head, *[block] * whole, block[:rest], tail]
