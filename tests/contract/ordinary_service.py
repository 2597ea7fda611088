"""An ordinary service, worker and script, as users write them. Type checkers look at it; it holds not one ignore."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ropo_jobs_client import (
    UNSET,
    ApiCode,
    AttemptEvent,
    Credentials,
    Environment,
    InvalidArgument,
    RopoError,
    RopoJobsClient,
    StatusBatch,
    Unset,
)
from ropo_jobs_client.errors import ApiError, JobNotFound, OutcomeUnknown
from ropo_jobs_client.models import (
    CustomerType,
    JobAddPayment,
    JobByEndCustomer,
    JobDataSet,
    JobDisputeRequest,
    JobItem,
    JobJobInfo,
    JobStatusUpdate,
    JobType,
    PayRow,
)

log = logging.getLogger(__name__)


@dataclass
class Change:
    """A row of our own."""

    jobid: int
    status: int
    text: str | None


def set_or_none(value: str | Unset | None) -> str | None:
    return None if value is UNSET else value


# A service: values narrow, and what a model gives goes into the next call


async def open_sum(ropo: RopoJobsClient, ssn: str) -> Decimal:
    jobs: list[JobByEndCustomer] = await ropo.find_jobs_by_end_customer(ssn=ssn)
    total = Decimal(0)
    for job in jobs:
        if job.open_amount is not UNSET:
            total += job.open_amount
    return total


def row(change: JobStatusUpdate) -> Change:
    if change.jobid is UNSET or change.status is UNSET:
        raise ValueError("a change without its job")
    text = change.statustext if change.statustext is not UNSET else None
    return Change(change.jobid, change.status, text)


async def save(ropo: RopoJobsClient, billnum: str, folder: Path) -> Path | None:
    job: JobJobInfo = await ropo.get_job(billnum=billnum)
    saved = await ropo.pdf(jobid=job.jobid).save(folder / f"{billnum}.pdf")
    return saved.path


async def pay(ropo: RopoJobsClient, job: JobJobInfo, amount: Decimal) -> str | None:
    payment = JobAddPayment(amount=amount, paydate=date.today(), additional_properties={"source": "bank"})  # noqa: DTZ011
    payment.jobid = job.jobid
    with ropo.record_attempts() as attempts:
        try:
            await ropo.add_payment(payment)
        except InvalidArgument as error:
            log.info("refused: %s", error.argument)
            return None
        except OutcomeUnknown as error:
            log.warning("look at %s, sent at %s", error.jobid, error.sent_at)
            raise
    return attempts[-1].request_id


async def dispute(ropo: RopoJobsClient, jobid: int, reason: str) -> None:
    await ropo.dispute_job(JobDisputeRequest(additional_properties={"reason": reason}), jobid=jobid)


def invoice(number: int, name: str, sums: list[Decimal]) -> JobItem:
    return JobItem(
        jobtype=JobType.INVOICE,
        customertype=CustomerType.PERSON,
        address="Satamakatu 1",
        city="KUOPIO",
        person=name,
        billnum=str(number),
        billdate=date(2026, 11, 22),
        payrow=[PayRow(desc="Hieronta", count=1, amount=amount) for amount in sums],
    )


def rows_of(item: JobItem) -> list[PayRow]:
    return [] if item.payrow is UNSET else item.payrow


async def correct(ropo: RopoJobsClient, job: JobJobInfo, city: str) -> None:
    data = JobDataSet(
        jobtype=JobType.INVOICE, customertype=CustomerType.PERSON, address=set_or_none(job.address) or "", city=city
    )
    await ropo.modify_job(data, jobid=job.jobid)


# A worker


async def work(ropo: RopoJobsClient, journal: Path) -> int:
    seen = 0
    async with ropo.status_feed(journal) as feed:
        async for batch in feed:
            seen += await handle(batch)
    return seen


async def handle(batch: StatusBatch) -> int:
    rows = [row(change) for change in batch.updates]
    await batch.ack()
    return len(rows)


def measure(event: AttemptEvent) -> None:
    log.info("%s %s %s %s", event.operation, event.outcome, event.request_id, event.date)


# A script


def credentials(cid: str, apicode: str) -> Credentials:
    return ApiCode(cid, apicode)


@asynccontextmanager
async def client(cid: str, apicode: str) -> AsyncGenerator[RopoJobsClient]:
    async with RopoJobsClient(
        credentials(cid, apicode), environment=Environment.FINLAND_TEST, on_attempt=measure, timeout=10
    ) as ropo:
        yield ropo


async def main() -> int:
    async with client("1000011", "x") as ropo:
        try:
            response = await ropo.add_bills([invoice(1, "Teppo Nuutinen", [Decimal("35.00")])])
            async with ropo.pdf(billnum="1") as pdf:
                size = sum([len(chunk) async for chunk in pdf])
        except JobNotFound:
            return 1
        except ApiError as error:
            log.exception("%s: %s", error.status, error.request_id)
            return 2
        except RopoError:
            return 3
        return size if response.accepted is UNSET else response.accepted


if __name__ == "__main__":
    asyncio.run(main())
