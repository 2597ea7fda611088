"""What type checkers say of the public API: the type of every call, and that wrong calls are refused.

This file is checked, never run. Each wrong call bears the error that it must give: an ignore that is not needed is an
error too.
"""
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import datetime
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, LiteralString, assert_type

import httpx

from ropo_jobs_client import (
    UNSET,
    ApiCode,
    AttemptEvent,
    BearerToken,
    Environment,
    FailedPdf,
    Gap,
    InvalidArgument,
    Journal,
    JournalInUse,
    Outcome,
    PdfDownload,
    PdfProgress,
    PdfStream,
    RopoError,
    RopoJobsClient,
    SavedPdf,
    SavedPdfs,
    SqliteJournal,
    StatusBatch,
    StatusFeed,
    Unset,
    __version__,
    settlement,
)
from ropo_jobs_client.api import ApiRequest
from ropo_jobs_client.api.jobs import jobs_get_action, jobs_get_pdf_action
from ropo_jobs_client.errors import (
    AmbiguousJob,
    ApiError,
    AuthenticationFailed,
    BadRequest,
    Conflict,
    ConnectionFailed,
    ConnectionLost,
    DecodeError,
    JobNotFound,
    JournalLost,
    NotAPdf,
    NotFound,
    OutcomeUnknown,
    PartlyAccepted,
    PdfTooLarge,
    PdfTruncated,
    PermissionDenied,
    RateLimited,
    ResponseError,
    ServerError,
    TimedOut,
    TransportError,
    UnprocessableEntity,
)
from ropo_jobs_client.feed import State, Stored
from ropo_jobs_client.models import (
    Job,
    JobAddCreditNote,
    JobAddCreditNoteResponse,
    JobAddPayment,
    JobAddPaymentResponse,
    JobByEndCustomer,
    JobDataSet,
    JobDatastream,
    JobDeliveryStatusRequest,
    JobDisputeRequest,
    JobDisputeResponse,
    JobItem,
    JobJobInfo,
    JobPatchOpenSalesInvoicesResponse,
    JobPayee,
    JobResolveDisputeRequest,
    JobResponse,
    JobStatusUpdate,
    JobType,
    PayRow,
)
from ropo_jobs_client.sinks import ObjectStoreSink, PdfSink

DAY = datetime.date(2026, 11, 22)


async def token() -> str:
    return "abc"


def plain_token() -> str:
    return "abc"


def hook(event: AttemptEvent) -> None:
    assert_type(event.operation, str)
    assert_type(event.attempt, int)
    assert_type(event.outcome, Outcome)
    assert_type(event.status, int | None)
    assert_type(event.duration, float)
    assert_type(event.delay, float | None)
    assert_type(event.data_identifier, str | None)
    assert_type(event.request_id, str | None)
    assert_type(event.date, datetime.datetime | None)
    event.attempt = 2  # type: ignore[misc]


async def clients(transport: httpx.AsyncBaseTransport) -> None:
    assert_type(len(__version__), int)
    code = ApiCode(cid="1000011", apicode="x")
    assert_type(code.cid, str)
    assert_type(code.apicode, str)
    assert_type(BearerToken("x").token, str)
    assert_type(RopoJobsClient(code, environment=Environment.FINLAND_TEST), RopoJobsClient)
    assert_type(RopoJobsClient(BearerToken("x"), base_url="https://ropo24.fi/rest"), RopoJobsClient)
    assert_type(RopoJobsClient(token, base_url="x", transport=transport, on_attempt=hook), RopoJobsClient)
    assert_type(RopoJobsClient(token, base_url="x", transport="fast"), RopoJobsClient)
    RopoJobsClient(token, base_url="x", transport="slow")  # type: ignore[arg-type]
    RopoJobsClient(
        code,
        environment=Environment.SWEDEN,
        timeout=5,
        deadline=60.5,
        retries=0,
        max_connections=5,
        max_response_bytes=1_000_000,
        proxy="http://127.0.0.1:3128",
        ssl_context=ssl.create_default_context(),
        user_agent_suffix="billing/1.0",
    )
    assert_type(RopoJobsClient.from_env(), RopoJobsClient)
    assert_type(RopoJobsClient.from_env(timeout=5), RopoJobsClient)
    assert_type(Environment.FINLAND.base_url, str)
    made = RopoJobsClient.from_env()
    assert_type(made.record_attempts(), AbstractContextManager[list[AttemptEvent]])
    with made.record_attempts() as attempts:
        assert_type(attempts, list[AttemptEvent])
    made.record_attempts(1)  # type: ignore[call-arg]
    RopoJobsClient(environment=Environment.FINLAND)  # type: ignore[call-arg]
    RopoJobsClient("x", environment=Environment.FINLAND)  # type: ignore[arg-type]
    RopoJobsClient(plain_token, environment=Environment.FINLAND)  # type: ignore[arg-type]
    RopoJobsClient(code, Environment.FINLAND)  # type: ignore[call-arg, misc, unused-ignore]
    RopoJobsClient(code, environment="FINLAND")  # type: ignore[arg-type]
    RopoJobsClient(code, environment=Environment.FINLAND, timeout="5")  # type: ignore[arg-type]
    RopoJobsClient(code, environment=Environment.FINLAND, no_such_option=5)  # type: ignore[call-arg]
    RopoJobsClient(code, environment=Environment.FINLAND, on_attempt=token)  # type: ignore[arg-type]
    RopoJobsClient.from_env(code)  # type: ignore[arg-type]
    ApiCode(1000011, "x")  # type: ignore[arg-type]
    BearerToken(b"x")  # type: ignore[arg-type]
    code.apicode = "y"  # type: ignore[misc]
    async with RopoJobsClient(code, environment=Environment.FINLAND) as ropo:
        assert_type(ropo, RopoJobsClient)
        assert_type(ropo.base_url, str)
        assert_type(await ropo.send(jobs_get_action.request(jobid=1)), JobJobInfo)
        await ropo.send("GET /jobs")  # type: ignore[arg-type]
        assert_type(await jobs_get_action.call(ropo, jobid=1), JobJobInfo)
        assert_type(await jobs_get_pdf_action.call(ropo, billnum="1"), bytes)
        assert_type(jobs_get_pdf_action.request(billnum="1"), ApiRequest[bytes])
        jobs_get_pdf_action.request()  # type: ignore[call-overload]
        jobs_get_pdf_action.request(billnum="1", jobid=1)  # type: ignore[call-overload]
        assert_type(ropo.with_options(timeout=5, deadline=60, retries=0), RopoJobsClient)
        ropo.with_options(5)  # type: ignore[call-arg, misc, unused-ignore]
        ropo.with_options(retries=0.5)  # type: ignore[arg-type]
        ropo.with_options(max_connections=5)  # type: ignore[call-arg]
        assert_type(await ropo.aclose(), None)
        await ropo.aclose(1)  # type: ignore[call-arg]


async def jobs(ropo: RopoJobsClient, job: Job, item: JobItem, data: JobDataSet) -> None:
    assert_type(await ropo.get_job(jobid=1), JobJobInfo)
    assert_type(await ropo.get_job(jobid="1"), JobJobInfo)
    assert_type(await ropo.get_job(billnum="1"), JobJobInfo)
    await ropo.get_job()  # type: ignore[call-overload]
    await ropo.get_job(1)  # type: ignore[call-overload]
    await ropo.get_job(jobid=1, billnum="1")  # type: ignore[call-overload]
    await ropo.get_job(jobid=None)  # type: ignore[call-overload]
    await ropo.get_job(billnum=1)  # type: ignore[call-overload]
    await ropo.get_job(jobid=1.0)  # type: ignore[call-overload]

    assert_type(await ropo.add_bills(job), JobResponse)
    assert_type(await ropo.add_bills([item]), JobResponse)
    assert_type(await ropo.add_bills((item, item), data_identifier="x", data_type_identifier="y"), JobResponse)
    await ropo.add_bills(item)  # type: ignore[arg-type]
    await ropo.add_bills([data])  # type: ignore[list-item]
    await ropo.add_bills({})  # type: ignore[arg-type]
    await ropo.add_bills(job, "x")  # type: ignore[call-arg, misc, unused-ignore]

    assert_type(await ropo.modify_job(data, jobid=1), None)
    assert_type(await ropo.modify_job(data, jobid="1"), None)
    assert_type(await ropo.modify_job(data, billnum="1"), None)
    await ropo.modify_job(data)  # type: ignore[call-overload]
    await ropo.modify_job(data, jobid=1, billnum="1")  # type: ignore[call-overload]
    await ropo.modify_job(item, jobid=1)  # type: ignore[call-overload]
    await ropo.modify_job(data, 1)  # type: ignore[call-overload]
    await ropo.modify_job(jobid=1)  # type: ignore[call-overload]

    assert_type(
        await ropo.modify_open_invoices(data, custnum="1", ordernumber="2"),
        JobPatchOpenSalesInvoicesResponse,
    )
    await ropo.modify_open_invoices(data, custnum="1")  # type: ignore[call-arg]
    await ropo.modify_open_invoices(data, custnum="1", ordernumber=2)  # type: ignore[arg-type]
    await ropo.modify_open_invoices(data, "1", "2")  # type: ignore[call-arg, misc, unused-ignore]


async def status(ropo: RopoJobsClient, delivery: JobDeliveryStatusRequest) -> None:
    assert_type(await ropo.get_status_updates(date="2026-11-22"), list[JobStatusUpdate])
    assert_type(await ropo.get_status_updates(date=DAY), list[JobStatusUpdate])
    assert_type(await ropo.get_status_updates(billnum="1"), list[JobStatusUpdate])
    await ropo.get_status_updates()  # type: ignore[call-overload]
    await ropo.get_status_updates(date=DAY, billnum="1")  # type: ignore[call-overload]
    await ropo.get_status_updates(date=20261122)  # type: ignore[call-overload]
    await ropo.get_status_updates(DAY)  # type: ignore[call-overload]
    await ropo.get_status_updates(billnum=1)  # type: ignore[call-overload]

    assert_type(await ropo.update_delivery_status(delivery), None)
    await ropo.update_delivery_status({"id": "1"})  # type: ignore[arg-type]
    assert_type(await ropo.send_transfer_report("1"), None)
    await ropo.send_transfer_report(1)  # type: ignore[arg-type]


async def feed(ropo: RopoJobsClient, path: Path, journal: Journal) -> None:
    assert_type(ropo.status_feed("feed.db"), StatusFeed)
    assert_type(ropo.status_feed(path, follow=60, wait=True, keep=10), StatusFeed)
    assert_type(ropo.status_feed(SqliteJournal("feed.db")), StatusFeed)
    assert_type(ropo.status_feed(journal), StatusFeed)
    ropo.status_feed()  # type: ignore[call-arg]
    ropo.status_feed(1)  # type: ignore[arg-type]
    ropo.status_feed(ropo)  # type: ignore[arg-type]
    ropo.status_feed(path, 60)  # type: ignore[call-arg, misc, unused-ignore]
    ropo.status_feed(path, follow="60")  # type: ignore[arg-type]
    ropo.status_feed(path, keep=0.5)  # type: ignore[arg-type]
    async with ropo.status_feed("feed.db") as opened:
        assert_type(opened, StatusFeed)
        assert_type(aiter(opened), AsyncIterator[StatusBatch])
        async for batch in opened:
            assert_type(batch, StatusBatch)
            assert_type(batch.updates, list[JobStatusUpdate])
            assert_type(batch.unreadable, list[object])
            assert_type(await batch.ack(), None)
            assert_type(batch.number, int)
            assert_type(batch.recovered, bool)
            assert_type(batch.raw, list[str])
            assert_type(batch.ack_sql, LiteralString)
            batch.updates = []  # type: ignore[misc]
        assert_type(opened.gaps, tuple[Gap, ...])
        assert_type(await opened.recover(since=DAY), int)
        await opened.recover(DAY)  # type: ignore[call-arg, misc, unused-ignore]
        await opened.recover(since="2026-11-22")  # type: ignore[arg-type]
        for gap in opened.gaps:
            assert_type(gap.since, datetime.date | None)
            assert_type(gap.until, datetime.date | None)
            assert_type(gap.retry_at, datetime.datetime | None)
            assert_type(gap.unproven, bool)
            assert_type(await opened.accept(gap), None)
        assert_type(opened.replay(since=DAY), AsyncIterator[StatusBatch])
    in_use: list[type[RopoError]] = [JournalInUse, JournalLost]
    assert_type(InvalidArgument("jobid", "must be at least 1").argument, str)
    assert_type(in_use, list[type[RopoError]])


async def journals(journal: Journal) -> None:
    assert_type(await journal.open(wait=True), None)
    assert_type(await journal.state(), State)
    assert_type(await journal.claim("1000011"), None)
    assert_type(await journal.begin_read(), int)
    assert_type(await journal.end_read(1, DAY, b"[]", drained=True, gap=Gap(DAY), once=True), None)
    assert_type(await journal.save_late(1, DAY, b"[]"), None)
    assert_type(await journal.recover(DAY, [b"[]"], (), (Gap(None),)), None)
    assert_type(await journal.unacknowledged(0, 20), list[Stored])
    assert_type(await journal.since(DAY, 0, 20), list[Stored])
    assert_type(await journal.acknowledge(1), None)
    assert_type(await journal.prune(DAY), None)
    assert_type(await journal.close(), None)
    await journal.open()  # type: ignore[call-arg]
    await journal.acknowledge("1")  # type: ignore[arg-type]


async def pdfs(ropo: RopoJobsClient, job: Job, items: Sequence[JobItem], path: Path) -> None:
    assert_type(ropo.pdf(jobid=1), PdfDownload)
    assert_type(ropo.pdf(jobid="1", origdata=1, max_bytes=5), PdfDownload)
    assert_type(ropo.pdf(billnum="1", documentdate=DAY, joistocolumn="JobId"), PdfDownload)
    assert_type(
        ropo.pdf(contractnum="1", documentdate="2026-11-22", documenttype="x"),
        PdfDownload,
    )
    ropo.pdf()  # type: ignore[call-overload]
    ropo.pdf(1)  # type: ignore[call-overload]
    ropo.pdf(jobid=1, billnum="1")  # type: ignore[call-overload]
    ropo.pdf(billnum="1", contractnum="1")  # type: ignore[call-overload]
    ropo.pdf(jobid=1, documentdate=DAY)  # type: ignore[call-overload]
    ropo.pdf(jobid=1, origdata="1")  # type: ignore[call-overload]

    assert_type(await ropo.pdf(jobid=1).save(path), SavedPdf)
    assert_type(await ropo.pdf(billnum="1", documenttype="x", joistocolumn="JobId").save("x.pdf"), SavedPdf)
    assert_type(await ropo.pdf(contractnum="1", documentdate=DAY, origdata=0, max_bytes=5).save("x.pdf"), SavedPdf)
    await ropo.pdf().save("x.pdf")  # type: ignore[call-overload]
    await ropo.pdf(jobid=1, contractnum="1").save("x.pdf")  # type: ignore[call-overload]
    await ropo.pdf(jobid=1, documentdate=DAY).save("x.pdf")  # type: ignore[call-overload]
    await ropo.pdf(1).save("x.pdf")  # type: ignore[call-overload]
    await ropo.pdf(jobid=1).save(1)  # type: ignore[arg-type]
    async with ropo.pdf(jobid=1) as pdf:
        assert_type(pdf, PdfStream)
    assert_type(await ropo.pdf(jobid=1).read(), bytes)

    assert_type(ropo.preview(job), PdfDownload)
    assert_type(
        ropo.preview(items, data_identifier="x", data_type_identifier="y", max_bytes=5),
        PdfDownload,
    )
    assert_type(ropo.local_print(job), PdfDownload)
    assert_type(
        ropo.local_print(items, data_identifier="x", data_type_identifier="y", max_bytes=5),
        PdfDownload,
    )
    assert_type(await ropo.preview(items).save(path), SavedPdf)
    assert_type(
        await ropo.preview(job, data_identifier="x", data_type_identifier="y", max_bytes=5).save("x.pdf"), SavedPdf
    )
    assert_type(await ropo.local_print(items).save(path), SavedPdf)
    assert_type(
        await ropo.local_print(job, data_identifier="x", data_type_identifier="y", max_bytes=5).save("x.pdf"), SavedPdf
    )
    ropo.preview()  # type: ignore[call-arg]
    ropo.preview(job, "x")  # type: ignore[call-arg, misc, unused-ignore]
    ropo.local_print(path)  # type: ignore[arg-type]
    ropo.local_print(job, max_bytes="5")  # type: ignore[arg-type]
    await ropo.preview().save(job)  # type: ignore[call-arg, arg-type]
    await ropo.preview(items, "x").save(path)  # type: ignore[call-arg, misc, unused-ignore]
    await ropo.local_print(path).save(job)  # type: ignore[arg-type]
    await ropo.local_print().save(path)  # type: ignore[call-arg]

    def told(progress: PdfProgress) -> None:
        assert_type(progress.ref, str | int)
        assert_type(progress.name, str)
        assert_type(progress.pdf, SavedPdf | None)
        assert_type(progress.error, RopoError | InvalidArgument | None)
        assert_type(progress.saved, int)
        assert_type(progress.skipped, int)
        assert_type(progress.failed, int)
        assert_type(progress.total, int)
        assert_type(progress.size, int)

    assert_type(
        await ropo.save_pdfs(
            ["11213", 5], path, concurrency=4, on_progress=told, origdata=1, documenttype="x", max_bytes=5
        ),
        SavedPdfs,
    )
    report = await ropo.save_pdfs(["11213"], "pdfs")
    assert_type(report.saved, int)
    assert_type(report.skipped, int)
    assert_type(report.size, int)
    assert_type(report.failed, tuple[FailedPdf, ...])
    assert_type(report.failed[0].ref, str | int)
    assert_type(report.failed[0].error, RopoError | InvalidArgument)
    assert_type(report.name(5), str)
    sink: PdfSink = ObjectStoreSink(object(), prefix="2026-11")
    assert_type(await ropo.save_pdfs([5], sink), SavedPdfs)
    assert_type(await ropo.save_pdfs([5], path, mode=0o640), SavedPdfs)
    assert_type(await ropo.pdf(jobid=1).put(sink, "x.pdf"), SavedPdf)
    assert_type(await ropo.pdf(jobid=1).save("x.pdf", mode=0o640), SavedPdf)
    assert_type(await sink.has("x.pdf"), bool)
    await ropo.save_pdfs([5], object())  # type: ignore[arg-type]
    await ropo.save_pdfs(str(i) for i in range(5))  # type: ignore[call-arg]
    await ropo.save_pdfs([5.0], path)  # type: ignore[list-item]

    async with ropo.pdf(jobid=1) as pdf:
        assert_type(pdf, PdfStream)
        assert_type(pdf.filename, str | None)
        assert_type(pdf.size, int | None)
        assert_type(pdf.content_type, str | None)
        async for chunk in pdf:
            assert_type(chunk, bytes)
        assert_type(await pdf.read(), bytes)
        assert_type(await pdf.read(max_bytes=5), bytes)
    saved = await ropo.pdf(jobid=1).save("x.pdf")
    assert_type(saved.path, Path | None)
    assert_type(saved.size, int)
    assert_type(saved.sha256, str)
    saved.size = 5  # type: ignore[misc]


async def money(ropo: RopoJobsClient, payment: JobAddPayment, note: JobAddCreditNote) -> None:
    assert_type(await ropo.add_payment(payment), JobAddPaymentResponse)
    assert_type(await ropo.add_credit_note(note), JobAddCreditNoteResponse)
    await ropo.add_payment(note)  # type: ignore[arg-type]
    await ropo.add_credit_note(payment)  # type: ignore[arg-type]
    await ropo.add_payment(amount=5)  # type: ignore[call-arg]
    await ropo.add_payment({"amount": 5})  # type: ignore[arg-type]
    await ropo.add_credit_note()  # type: ignore[call-arg]


async def disputes(ropo: RopoJobsClient, dispute: JobDisputeRequest, resolved: JobResolveDisputeRequest) -> None:
    assert_type(await ropo.dispute_job(dispute, jobid=1), JobDisputeResponse)
    assert_type(await ropo.dispute_job(dispute, billnum="1"), JobDisputeResponse)
    assert_type(await ropo.resolve_dispute(resolved, jobid="1"), JobDisputeResponse)
    assert_type(await ropo.resolve_dispute(resolved, billnum="1"), JobDisputeResponse)
    await ropo.dispute_job(dispute)  # type: ignore[call-overload]
    await ropo.dispute_job(dispute, jobid=1, billnum="1")  # type: ignore[call-overload]
    await ropo.dispute_job(resolved, jobid=1)  # type: ignore[call-overload]
    await ropo.resolve_dispute(dispute, jobid=1)  # type: ignore[call-overload]
    await ropo.resolve_dispute(resolved)  # type: ignore[call-overload]
    await ropo.resolve_dispute(resolved, jobid=1, billnum="1")  # type: ignore[call-overload]
    await ropo.resolve_dispute(resolved, 1)  # type: ignore[call-overload]


async def customers(ropo: RopoJobsClient) -> None:
    assert_type(await ropo.find_jobs_by_end_customer(ssn="x"), list[JobByEndCustomer])
    assert_type(await ropo.find_jobs_by_end_customer(custnum="1", include_paid=True), list[JobByEndCustomer])
    await ropo.find_jobs_by_end_customer()  # type: ignore[call-overload]
    await ropo.find_jobs_by_end_customer("x")  # type: ignore[call-overload]
    await ropo.find_jobs_by_end_customer(ssn="x", custnum="1")  # type: ignore[call-overload]
    await ropo.find_jobs_by_end_customer(include_paid=True)  # type: ignore[call-overload]
    await ropo.find_jobs_by_end_customer(ssn="x", include_paid="yes")  # type: ignore[call-overload]
    await ropo.find_jobs_by_end_customer(custnum=1)  # type: ignore[call-overload]


def models() -> None:
    payment = JobAddPayment(amount=710, paydate=DAY, jobid="1")
    JobAddPayment(amount=7.5, paydate="2026-11-22", billnum="1")
    JobAddPayment(amount=Decimal("7.50"), paydate="2026-11-22", jobid=1)
    assert_type(payment.amount, Decimal)
    assert_type(payment.paydate, str)
    assert_type(payment.jobid, int | Unset)
    assert_type(payment.billnum, str | Unset)
    assert_type(payment.to_dict(), dict[str, Any])
    assert_type(payment.to_json(), bytes)
    assert_type(payment.additional_properties, dict[str, Any])
    assert_type(JobAddPayment.from_dict({}), JobAddPayment)
    JobAddPayment(710, DAY)  # type: ignore[call-arg, misc, unused-ignore]
    JobAddPayment(amount=710)  # type: ignore[call-arg]
    JobAddPayment(amount="710", paydate=DAY)  # type: ignore[arg-type]
    JobAddPayment(amount=710, paydate=20261122)  # type: ignore[arg-type]
    JobAddPayment(amount=710, paydate=DAY, no_such_field=1)  # type: ignore[call-arg]
    JobAddPayment(amount=710, paydate=DAY, billnum=None)  # type: ignore[arg-type]
    payment.no_such_field = 1  # type: ignore[attr-defined]

    item = JobItem(jobtype=0, customertype=1, address="x", city="y", accountdate=None, amount=None, billdate=DAY)
    assert_type(item.accountdate, str | None | Unset)
    assert_type(item.amount, Decimal | None | Unset)
    assert_type(item.payee, JobPayee | None | Unset)
    assert_type(item.payrow, list[PayRow] | Unset)
    JobItem(jobtype=0, customertype=1, address="x", city="y", billnum=UNSET)
    JobItem(jobtype=0, customertype=1, address="x")  # type: ignore[call-arg]
    JobItem(jobtype=0, customertype=1, address="x", city="y", payrow=[{}])  # type: ignore[list-item]
    assert_type(Job(datastream=JobDatastream(dataset=[item])).datastream.dataset, list[JobItem])
    if item.amount is not None and item.amount is not UNSET:
        assert_type(item.amount, Decimal)
    if item.payrow is UNSET:
        return
    assert_type(item.payrow, list[PayRow])
    assert_type(JobItem(jobtype=JobType.INVOICE, customertype=1, address="x", city="y").jobtype, int)
    JobAddPayment(amount=710, paydate=DAY, additional_properties={"x": 1})
    JobAddPayment(amount=710, paydate=DAY, additional_properties=1)  # type: ignore[arg-type]
    if item.amount:
        assert_type(item.amount, Decimal)


def errors(error: RopoError) -> None:
    assert_type(error.operation, str | None)
    assert_type(error.attempts, int)
    if isinstance(error, ApiError):
        assert_type(error.status, int)
        assert_type(error.message, str | None)
        assert_type(error.problem, dict[str, Any] | None)
        assert_type(error.retry_after, float | None)
        assert_type(error.request_id, str | None)
    elif isinstance(error, OutcomeUnknown):
        assert_type(error.status, int | None)
        assert_type(error.jobid, int | None)
        assert_type(error.billnums, tuple[str, ...] | None)
        assert_type(error.billcode, str | None)
        assert_type(error.data_identifier, str | None)
        assert_type(error.sent_at, datetime.datetime | None)
    elif isinstance(error, DecodeError):
        assert_type(error.field, str | None)
    elif isinstance(error, ResponseError):
        assert_type(error.status, int | None)
        assert_type(error.raw, object)
    elif isinstance(error, AmbiguousJob):
        assert_type(error.jobids, tuple[int, ...])
    elif isinstance(error, PartlyAccepted):
        assert_type(error.accepted, int)
        assert_type(error.sent, int)
        assert_type(error.response, JobResponse | None)
    kinds: list[type[RopoError]] = [
        TransportError,
        OutcomeUnknown,
        ApiError,
        ResponseError,
        PartlyAccepted,
        AmbiguousJob,
    ]
    assert_type(kinds, list[type[RopoError]])
    transport: list[type[TransportError]] = [ConnectionFailed, ConnectionLost, TimedOut]
    assert_type(transport, list[type[TransportError]])
    answers: list[type[ApiError]] = [
        BadRequest, AuthenticationFailed, PermissionDenied, NotFound, Conflict, UnprocessableEntity, RateLimited,
        ServerError,
    ]  # fmt: skip
    assert_type(answers, list[type[ApiError]])
    unusable: list[type[ResponseError]] = [DecodeError, NotAPdf, PdfTruncated, PdfTooLarge]
    assert_type(unusable, list[type[ResponseError]])
    not_found: list[type[NotFound]] = [JobNotFound]
    assert_type(not_found, list[type[NotFound]])
    assert_type(InvalidArgument("jobid", "must be at least 1").argument, str)
    wrong: list[type[TransportError]] = [OutcomeUnknown]  # type: ignore[list-item]
    assert_type(wrong, list[type[TransportError]])


async def settlements(ropo: RopoJobsClient) -> None:
    before = await settlement.find_open_amount(ropo, billnum="11213")
    assert_type(before, settlement.OpenAmount)
    assert_type(await settlement.find_open_amount(ropo, jobid=1, custnum="1022"), settlement.OpenAmount)
    assert_type(before.amount, Decimal | None)
    assert_type(before.looked_at, datetime.datetime | None)
    found = await settlement.settle(ropo, before, Decimal("50.00"))
    assert_type(found, settlement.Settlement)
    assert_type(found.verdict, settlement.Verdict)
    assert_type(settlement.judge(found.before, found.now, 50), settlement.Settlement)
    await settlement.find_open_amount(ropo)  # type: ignore[call-overload]
    await settlement.find_open_amount(ropo, jobid=1, billnum="1")  # type: ignore[call-overload]
