"""The main job, from a new bill to its last payment, against the sandbox: `make demo`.

The sandbox is a server on this machine that speaks the service's own HTTP. Nothing leaves the machine.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import anyio

from ropo_jobs_client import ApiCode, RopoError, RopoJobsClient
from ropo_jobs_client.models import (
    JobAddCreditNote,
    JobAddPayment,
    JobDataSet,
    JobDisputeRequest,
    JobItem,
    JobResolveDisputeRequest,
    PayRow,
)
from ropo_jobs_sandbox import Sandbox

OUTPUT = Path("demo-output")
BILLNUM = "11213"


def step(number: int, what: str) -> None:
    print(f"\n{number:2}. {what}")


def tell(text: str) -> None:
    print(f"    {text}")


async def demo(sandbox: Sandbox, ropo: RopoJobsClient) -> None:
    today = sandbox.today
    bill = JobItem(
        jobtype=0,
        billnum=BILLNUM,
        custnum="1022",
        person="Teppo Testaaja",
        address="Sammonkatu 23-25 A 7",
        postcode="70100",
        city="KUOPIO",
        customertype=2,
        billdate=today,
        paydate=today + timedelta(days=14),
        payrow=[
            PayRow(desc="Hieronta", count=2, itemtype="h", amount=Decimal("35.00"), taxpr=Decimal("25.5")),
            PayRow(desc="Hierontaöljy", count=1, itemtype="kpl", amount=Decimal("12.90"), taxpr=Decimal("25.5")),
        ],
    )

    step(1, "Add an invoice with two rows (POST /jobs)")
    answer = await ropo.add_bills([bill])
    tell(f"accepted: {answer.accepted}")

    step(2, "Get it by billnum, then by jobid (GET /jobs)")
    job = await ropo.get_job(billnum=BILLNUM)
    if not isinstance(job.jobid, int):
        raise TypeError("the job came without a jobid")
    same = await ropo.get_job(jobid=job.jobid)
    tell(f"jobid {same.jobid}, {same.currentstatustext}, due {same.paydate}, reference {same.reference}")
    tell(f"next: {same.nextstatustext} on {same.nextstatusdate}")
    tell(f"what a log would show: {same!r:.70}… (no name, no address)")

    step(3, "Change its address (PATCH /jobs)")
    await ropo.modify_job(
        JobDataSet(jobtype=0, customertype=2, address="Satamakatu 123", postcode="70100", city="KUOPIO"),
        jobid=job.jobid,
    )
    tell(f"now: {(await ropo.get_job(jobid=job.jobid)).address}")

    step(4, "Preview a bill without adding it (POST /jobs/preview)")
    preview = await ropo.preview([bill]).save(OUTPUT / "preview.pdf")
    tell(f"{preview.path}: {preview.size:,} bytes")

    step(5, "Stream its PDF, then save it (GET /jobs/pdf)")
    async with ropo.pdf(billnum=BILLNUM) as pdf:
        chunks = [len(chunk) async for chunk in pdf]
        tell(f"streamed {pdf.filename}: {sum(chunks):,} of {pdf.size:,} bytes, verified")
    saved = await ropo.pdf(jobid=job.jobid).save(OUTPUT / f"{BILLNUM}.pdf")
    tell(f"saved {saved.path}: {saved.size:,} bytes, sha256 {saved.sha256[:16]}…")

    step(6, "Add a bill that is printed locally (POST /jobs/localprint)")
    bill.billnum = "11214"
    bill.pdfname = "lasku 11214.pdf"
    async with ropo.local_print([bill]) as pdf:
        content = await pdf.read()
        tell(f"to the printer: {pdf.filename}, {len(content):,} bytes")

    step(7, "Let 40 days pass, and read the bill's status changes (GET /jobs/statusupdates)")
    sandbox.advance(days=40)
    for change in await ropo.get_status_updates(billnum=BILLNUM):
        tell(f"{change.statusdate}  {change.status:>3}  {change.statustext}")

    step(8, "Dispute it, and resolve the dispute (POST /jobs/dispute, …/resolve)")
    disputed = await ropo.dispute_job(JobDisputeRequest(), billnum=BILLNUM)
    resolved = await ropo.resolve_dispute(JobResolveDisputeRequest(), jobid=job.jobid)
    tell(f"disputed at {disputed.created_at}, resolved at {resolved.created_at}")

    step(9, "Find the customer's bills (POST /jobs/findbyendcustomer)")
    for found in await ropo.find_jobs_by_end_customer(custnum="1022"):
        tell(f"{found.invoice_number}: {found.status}, open {found.open_amount} EUR")

    step(10, "Take a payment, and a credit note for the rest (POST /jobs/payment, /jobs/creditnote)")
    day = sandbox.today
    paid = await ropo.add_payment(JobAddPayment(amount=Decimal("100.00"), paydate=day, jobid=job.jobid))
    tell(f"100.00 EUR paid on {paid.paydate} for billnum {paid.billnum}, reference {paid.billcode}")
    await ropo.add_credit_note(JobAddCreditNote(amount=Decimal("4.04"), date=day, billnum=BILLNUM))
    tell(f"4.04 EUR credited: {(await ropo.get_job(jobid=job.jobid)).currentstatustext}")
    tell(f"the sandbox counts {len(sandbox.payments(billnum=BILLNUM))} payment, {sandbox.token_requests} token request")

    step(11, "Make a mistake")
    try:
        await ropo.get_job(billnum="no such bill")
    except RopoError as error:
        tell(f"{type(error).__name__}: {error}")


async def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    async with Sandbox() as sandbox:
        print(f"A sandbox of Ropo One listens at {sandbox.base_url}")
        credentials = ApiCode(cid=sandbox.cid, apicode=sandbox.apicode)
        async with RopoJobsClient(credentials, base_url=sandbox.base_url) as ropo:
            await demo(sandbox, ropo)
    print(f"\nDone. Look at {OUTPUT / f'{BILLNUM}.pdf'}")


if __name__ == "__main__":
    # A proxy of this machine has no way back to it.
    os.environ["NO_PROXY"] = "127.0.0.1"
    OUTPUT.mkdir(exist_ok=True)
    sys.exit(anyio.run(main))
