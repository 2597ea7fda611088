"""What may have been carried out is never reported as anything else, however oddly it ends."""

from __future__ import annotations

import errno
import logging
import os
import resource
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from rawserver import connect_to

from ropo_jobs_client import ApiCode, AttemptEvent, BearerToken, RopoJobsClient, SqliteJournal, StatusBatch
from ropo_jobs_client.errors import ConnectionFailed, ConnectionLost, OutcomeUnknown, PdfTruncated, ResponseError
from ropo_jobs_client.feed._journal import Stored
from ropo_jobs_client.models import JobAddPayment, JobDisputeRequest, JobItem, PayRow
from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpx import HTTPXMock

URL = "http://127.0.0.1:9/rest"
PAYMENT = JobAddPayment(amount=Decimal("1.00"), paydate="2026-11-22", billnum="11213")


class Broken(httpx.AsyncBaseTransport):
    """A transport that fails in its own way, after it sent the request."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        raise self.error


@pytest.mark.anyio
@pytest.mark.parametrize("error", [OSError("TLS"), TimeoutError("?"), RuntimeError("Event loop is closed"), KeyError()])
async def test_whatever_the_transport_raises(error: Exception) -> None:
    events: list[AttemptEvent] = []
    transport = Broken(error)
    async with RopoJobsClient(BearerToken("t"), base_url=URL, transport=transport, on_attempt=events.append) as ropo:
        with pytest.raises(OutcomeUnknown) as caught:
            await ropo.add_payment(PAYMENT)
    assert transport.sent == 1
    assert caught.value.billnums == ("11213",)
    assert [event.outcome for event in events] == ["no_answer"]


@pytest.mark.anyio
async def test_an_error_of_the_system_is_a_lost_connection_where_a_repeat_is_harmless() -> None:
    transport = Broken(OSError("TLS"))
    async with RopoJobsClient(BearerToken("t"), base_url=URL, transport=transport, retries=1) as ropo:
        with pytest.raises(ConnectionLost):
            await ropo.get_job(jobid=1)
    assert transport.sent == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fields", [{"jobid": "X12"}, {"datastream": "weekly"}, {"datastream": {"x": 1}}, {"datastream": {"dataset": [1]}}]
)
async def test_a_body_of_any_shape_does_not_hide_it(fields: dict[str, Any]) -> None:
    request = JobDisputeRequest()
    request.additional_properties.update(fields)
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    async with RopoJobsClient(BearerToken("t"), base_url=URL, transport=transport) as ropo:
        with pytest.raises(OutcomeUnknown) as caught:
            await ropo.dispute_job(request, jobid=7)
    assert caught.value.jobid == 7


@pytest.mark.asyncio
async def test_a_mock_in_place_of_the_pool_gives_no_evidence_that_nothing_left(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("slow"), is_reusable=True)
    async with RopoJobsClient(BearerToken("t"), base_url=URL) as ropo:
        with pytest.raises(OutcomeUnknown):
            await ropo.add_payment(PAYMENT)
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("body", [{"error": "No such job"}, {"errorId": 3, "errorText": "No"}])
async def test_an_error_with_the_status_of_success(body: dict[str, object]) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    async with RopoJobsClient(BearerToken("t"), base_url=URL, transport=transport) as ropo:
        with pytest.raises(ResponseError) as caught:
            await ropo.get_job(jobid=1)
        assert isinstance(caught.value.raw, bytes)
        assert "No" not in str(caught.value)
        with pytest.raises(OutcomeUnknown):
            await ropo.add_payment(PAYMENT)


def _bill() -> JobItem:
    return JobItem(
        jobtype=0,
        person="Teppo Testaaja",
        address="Sammonkatu 23-25 A 7",
        postcode="70100",
        city="KUOPIO",
        customertype=2,
        billdate="2026-11-22",
        paydate="2026-12-06",
        payrow=[PayRow(desc="Hieronta", count=1, amount=Decimal("35.00"), taxpr=Decimal("25.5"))],
    )


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_full_disk_says_that_the_local_print_was_taken(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with Sandbox() as sandbox:
        async with connect_to(sandbox.base_url, credentials=ApiCode(sandbox.cid, sandbox.apicode)) as ropo:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
            try:
                with pytest.raises(OSError) as caught:  # noqa: PT011 # which one, the next line says
                    await ropo.local_print([_bill()]).save(tmp_path / "bill.pdf")
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert sandbox.carried_out("POST /jobs/localprint") == 1
    assert caught.value.errno == errno.EFBIG
    assert "must not be sent again" in caught.value.__notes__[0]
    assert os.listdir(tmp_path) == []  # noqa: PTH208 # one quick look


@pytest.mark.anyio
async def test_reading_on_after_a_failure_is_no_end() -> None:
    headers = {"Content-Type": "application/pdf"}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=b"%PDF-1.7 cut"))
    async with (
        RopoJobsClient(BearerToken("t"), base_url=URL, transport=transport) as ropo,
        ropo.pdf(jobid=1) as pdf,
    ):
        for _ in range(3):
            with pytest.raises(PdfTruncated):
                await pdf.read()


@pytest.mark.anyio
async def test_httpcore_logs_no_header_of_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        Sandbox() as sandbox,
        RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url) as ropo,
    ):
        jobid = sandbox.add_example_job(billnum="canary 4711")
        async with ropo.pdf(jobid=jobid) as pdf:
            assert pdf.filename == "canary 4711.pdf"
            assert (await pdf.read()).startswith(b"%PDF-")
    seen = [record.getMessage() for record in caplog.records if record.name.startswith("httpcore")]
    assert any("send_request_headers.started" in text for text in seen)
    assert not any("PHPSESSID" in text or "canary" in text for text in seen)


@pytest.mark.anyio
async def test_the_text_of_an_error_of_the_caller_is_none_of_ours() -> None:
    async with RopoJobsClient(
        BearerToken("t"), base_url=URL, transport=Broken(httpx.ConnectTimeout("")), retries=0
    ) as ropo:
        try:
            raise ValueError("Teppo Testaaja")
        except ValueError:
            with pytest.raises(ConnectionFailed) as caught:
                await ropo.add_payment(PAYMENT)
    assert "Teppo" not in str(caught.value)


def test_what_could_not_be_read_is_in_no_repr() -> None:
    unread: list[object] = [{"person": "Teppo Testaaja"}]
    batch = StatusBatch(1, [], unread, recovered=False, raw=["Teppo"], _journal=SqliteJournal("feed.db"))
    assert batch.unreadable == unread
    assert "Teppo" not in repr(batch)
    assert "Teppo" not in repr(Stored(1, b"Teppo"))
