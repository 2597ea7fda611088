"""All operations through the client, against the sandbox, under asyncio and trio."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import anyio
import pytest
import sniffio
from calls import EXAMPLES, UPDATE, change, item
from rawserver import RawServer, Request, answers, connect, connect_to, response
from replies import answer

from ropo_jobs_client import UNSET, ApiCode, AttemptEvent, BearerToken, Environment, RopoJobsClient, models
from ropo_jobs_client.api import OPERATIONS
from ropo_jobs_client.errors import (
    AmbiguousJob,
    ApiError,
    AuthenticationFailed,
    Conflict,
    DecodeError,
    JobNotFound,
    OutcomeUnknown,
    PartlyAccepted,
    ResponseError,
    TimedOut,
)
from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from pytest_httpx import HTTPXMock

TODAY = date(2026, 11, 22)
URL = Environment.FINLAND_TEST.base_url


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    with Sandbox(today=TODAY) as running:
        yield running


def client(sandbox: Sandbox, **options: Any) -> RopoJobsClient:
    return connect_to(sandbox.base_url, credentials=ApiCode(sandbox.cid, sandbox.apicode), **options)


def mocked(**options: Any) -> RopoJobsClient:
    return RopoJobsClient(BearerToken("t"), environment=Environment.FINLAND_TEST, **options)


def sent(sandbox: Sandbox, operation: str) -> list[Any]:
    return [request for request in sandbox.requests if request.operation == operation]


@pytest.mark.anyio
@pytest.mark.fast
async def test_these_tests_run_on_the_library_that_they_name(anyio_backend: str, sandbox: Sandbox) -> None:
    assert sniffio.current_async_library() == anyio_backend
    jobid = sandbox.add_example_job()
    async with client(sandbox) as ropo:
        assert (await ropo.get_job(jobid=jobid)).jobid == jobid
    assert sniffio.current_async_library() == anyio_backend


def test_the_examples_are_the_whole_api() -> None:
    assert {example.operation for example in EXAMPLES} == OPERATIONS.keys() - {"POST /token"}


# POST /token


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_token_is_fetched_once_and_sent_with_every_call(sandbox: Sandbox) -> None:
    jobid = sandbox.add_example_job()
    async with client(sandbox) as ropo:
        assert sandbox.token_requests == 0
        await ropo.get_job(jobid=jobid)
        await ropo.get_job(jobid=jobid)
    first, second, third = sandbox.requests
    assert (first.operation, first.status) == ("POST /token", 201)
    assert first.json == {"cid": sandbox.cid, "apicode": sandbox.apicode}
    assert "authorization" not in first.headers
    assert second.headers["authorization"].startswith("Bearer ey")
    assert second.headers["authorization"] == third.headers["authorization"]


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_wrong_api_code(sandbox: Sandbox) -> None:
    async with connect_to(sandbox.base_url, credentials=ApiCode(sandbox.cid, "wrong-code")) as ropo:
        with pytest.raises(AuthenticationFailed) as caught:
            await ropo.get_job(jobid=1)
    assert (caught.value.operation, caught.value.status) == ("POST /token", 400)
    assert caught.value.message == "Invalid cid or apicode"
    assert [request.operation for request in sandbox.requests] == ["POST /token"]


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_token_that_the_service_forgot_is_renewed(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A")
    async with client(sandbox) as ropo:
        await ropo.get_job(jobid=1)
        sandbox.expire_tokens()
        await ropo.add_payment(models.JobAddPayment(amount=5, paydate=TODAY, billnum="A"))
    assert sandbox.token_requests == 2
    assert [request.status for request in sent(sandbox, "POST /jobs/payment")] == [401, 201]
    assert len(sandbox.payments()) == 1


# Bills


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("jobid", [1, "1", "001"])
async def test_get_job_by_jobid(sandbox: Sandbox, jobid: int | str) -> None:
    sandbox.add_example_job(billnum="11213", billcode="1232", custnum="1022")
    async with client(sandbox) as ropo:
        job = await ropo.get_job(jobid=jobid)
    assert isinstance(job, models.JobJobInfo)
    assert (job.jobid, job.billnum, job.billcode, job.custnum) == (1, "11213", "1232", "1022")
    assert (job.currentstatus, job.currentstatustext) == (0, "Invoicing")
    assert (job.nextstatus, job.nextstatustext, job.nextstatusdate) == (10, "Due", "2026-12-07")
    assert (job.paydate, job.origjobdate) == ("2026-12-06", "2026-11-22")
    assert (job.person, job.city) == ("Teppo Testaaja", "KUOPIO")
    assert (job.company, job.refundtojobid) == (UNSET, UNSET)
    assert sent(sandbox, "GET /jobs")[0].query == {"jobid": "1"}


@pytest.mark.anyio
@pytest.mark.fast
async def test_get_job_by_billnum(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A")
    sandbox.add_example_job(billnum="B")
    sandbox.advance(days=30)
    async with client(sandbox) as ropo:
        job = await ropo.get_job(billnum="B")
    assert (job.jobid, job.billnum, job.currentstatustext) == (2, "B", "Reminder")
    assert [(request.operation, request.query) for request in sandbox.requests[1:]] == [
        ("GET /jobs/statusupdates", {"billnum": "B"}),
        ("GET /jobs", {"jobid": "2"}),
    ]


@pytest.mark.anyio
@pytest.mark.fast
async def test_looking_up_a_billnum_takes_nothing_out_of_the_feed(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A")
    async with client(sandbox) as ropo:
        await ropo.get_job(billnum="A")
        await ropo.get_status_updates(date=TODAY)
    assert sandbox.state()["status_updates_waiting"] == 1


@pytest.mark.anyio
@pytest.mark.fast
async def test_an_unknown_jobid(sandbox: Sandbox) -> None:
    async with client(sandbox) as ropo:
        with pytest.raises(JobNotFound, match="Job not found: jobid 7") as caught:
            await ropo.get_job(jobid=7)
    assert (caught.value.status, caught.value.operation) == (404, "GET /jobs")


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_billnum_without_changes_is_not_found(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A")
    async with client(sandbox) as ropo:
        with pytest.raises(JobNotFound) as caught:
            await ropo.get_job(billnum="B")
    assert caught.value.operation == "GET /jobs/statusupdates"
    assert sent(sandbox, "GET /jobs") == []


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_billnum_of_several_jobs_is_ambiguous(sandbox: Sandbox) -> None:
    for _ in range(3):
        sandbox.add_example_job(billnum="A")
    async with client(sandbox) as ropo:
        with pytest.raises(AmbiguousJob) as caught:
            await ropo.get_job(billnum="A")
    assert caught.value.jobids == (1, 2, 3)
    assert sent(sandbox, "GET /jobs") == []


def looked_up(httpx_mock: HTTPXMock, changes: object, job: object = None) -> None:
    httpx_mock.add_response(url=f"{URL}/jobs/statusupdates?billnum=11213", json=changes)
    if job is not None:
        httpx_mock.add_response(url=f"{URL}/jobs?jobid=123", json=job)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "others",
    [
        [{**UPDATE, "jobid": 1, "billnum": "11213-2"}],
        [{**UPDATE, "jobid": 1, "billnum": "011213"}],
        [{**UPDATE, "jobid": 1, "billnum": " 11213"}],
        [{**UPDATE, "jobid": 1, "billnum": None}],
        [{**UPDATE, "jobid": 1, "billnum": ""}, {"jobid": 2}],
        [{"billnum": "1"}],
    ],
)
async def test_only_changes_of_the_very_billnum_count(httpx_mock: HTTPXMock, others: list[object]) -> None:
    looked_up(httpx_mock, [*others, UPDATE, *others], {"jobid": 123, "billnum": "11213"})
    async with mocked() as ropo:
        assert (await ropo.get_job(billnum="11213")).jobid == 123


@pytest.mark.asyncio
@pytest.mark.parametrize("changes", [[], {}, [{**UPDATE, "billnum": "11214"}], [{"jobid": 123}]])
async def test_no_change_of_the_very_billnum_is_no_job(httpx_mock: HTTPXMock, changes: object) -> None:
    looked_up(httpx_mock, changes)
    async with mocked() as ropo:
        with pytest.raises(JobNotFound):
            await ropo.get_job(billnum="11213")


@pytest.mark.asyncio
async def test_nothing_at_all_of_a_billnum_is_no_job(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(status_code=204)
    async with mocked() as ropo:
        with pytest.raises(JobNotFound):
            await ropo.get_job(billnum="11213")


@pytest.mark.asyncio
@pytest.mark.parametrize("numbers", [("123", 11213), (123.0, "11213")])
async def test_numbers_and_texts_are_the_same_in_a_change(
    httpx_mock: HTTPXMock, numbers: tuple[object, object]
) -> None:
    jobid, billnum = numbers
    changes = {"updates": [{"jobid": jobid, "billnum": billnum}, UPDATE]}
    looked_up(httpx_mock, changes, {"jobid": "123", "billnum": 11213})
    async with mocked() as ropo:
        assert (await ropo.get_job(billnum="11213")).billnum == "11213"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "changes",
    [
        [{"billnum": "11213"}],
        [{"billnum": "11213", "jobid": None}],
        [UPDATE, {"billnum": "11213", "jobid": ""}],
        [{"billnum": "11213", "jobid": "many"}],
        [{"billnum": "11213", "jobid": [123]}],
    ],
)
async def test_a_change_without_a_jobid_cannot_be_read(httpx_mock: HTTPXMock, changes: object) -> None:
    looked_up(httpx_mock, changes)
    async with mocked() as ropo:
        with pytest.raises(DecodeError) as caught:
            await ropo.get_job(billnum="11213")
    error = caught.value
    assert (error.field, error.operation) == ("JobStatusUpdate.jobid", "GET /jobs/statusupdates")
    assert error.status == 200
    assert isinstance(error.raw, bytes)
    assert json.loads(error.raw) == changes


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "job", [{"jobid": 124, "billnum": "11213"}, {"jobid": 123, "billnum": "11214"}, {"jobid": "1230"}]
)
async def test_another_job_than_the_one_asked_for(httpx_mock: HTTPXMock, job: object) -> None:
    looked_up(httpx_mock, [UPDATE], job)
    async with mocked() as ropo:
        with pytest.raises(ResponseError, match="another job") as caught:
            await ropo.get_job(billnum="11213")
    error = caught.value
    assert type(error) is ResponseError
    assert (error.operation, error.status, error.attempts) == ("GET /jobs", 200, 1)
    assert isinstance(error.raw, bytes)
    assert json.loads(error.raw) == job


@pytest.mark.asyncio
async def test_another_jobid_than_the_one_asked_for(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"jobid": 1})
    async with mocked() as ropo:
        with pytest.raises(ResponseError, match="another job"):
            await ropo.get_job(jobid=123)


PAYMENT: dict[str, Any] = {"amount": Decimal("10.00"), "paydate": "2026-11-22"}
NOTE: dict[str, Any] = {"amount": Decimal("10.00"), "date": "2026-11-22"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("named", "answered"),
    [
        ({"billnum": "11213"}, {"jobid": 123, "billnum": "11214"}),
        ({"billcode": "00123"}, {"billcode": 1234, "jobid": 123}),
        ({"jobid": 123}, {"jobid": "124", "billnum": "11213"}),
    ],
)
async def test_the_answer_to_what_was_booked_names_another_job(
    httpx_mock: HTTPXMock, named: dict[str, Any], answered: dict[str, Any]
) -> None:
    httpx_mock.add_response(status_code=201, json=answered, is_reusable=True)
    told: list[AttemptEvent] = []
    async with mocked(on_attempt=told.append) as ropo:
        with pytest.raises(OutcomeUnknown, match=r"answered with success \(2xx\), but named another") as payment:
            await ropo.add_payment(models.JobAddPayment(**PAYMENT, **named))
        with pytest.raises(OutcomeUnknown, match="find_jobs_by_end_customer") as note:
            await ropo.add_credit_note(models.JobAddCreditNote(**NOTE, **named))
    assert len(httpx_mock.get_requests()) == 2
    assert [event.outcome for event in told] == ["unreadable", "unreadable"]
    for caught in (payment, note):
        error = copy.copy(caught.value)
        assert (error.status, error.sent_at is not None) == (201, True)
        assert error.response is not None
        assert error.response.to_dict() == type(error.response).from_dict(answered).to_dict()
        assert "response" not in repr(error)


@pytest.mark.asyncio
@pytest.mark.parametrize("jobid", ["1.5e3", "1e99999999"])
async def test_a_number_with_an_exponent_is_another_job(httpx_mock: HTTPXMock, jobid: str) -> None:
    httpx_mock.add_response(status_code=201, content=f'{{"jobid": {jobid}}}'.encode())
    async with mocked() as ropo:
        with pytest.raises(OutcomeUnknown):
            await ropo.add_payment(models.JobAddPayment(**PAYMENT, jobid=1))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("named", "answered"),
    [
        ({"billnum": "r 11213"}, {"billnum": " R11213 ", "jobid": 5, "billcode": "9"}),
        ({"billcode": "00 123"}, {"billcode": 123}),
        ({"jobid": "0123"}, {"jobid": "123", "billnum": "other"}),
        ({"billnum": "11213"}, {"jobid": 124}),
        ({"billnum": "11213"}, {"billnum": "", "billcode": None}),
        ({"billnum": "11213"}, {}),
        ({"jobid": 123}, {"jobid": 123.0}),
        ({"jobid": 123}, {"jobid": "123.0"}),
        ({"jobid": 1000}, {"jobid": 1e3}),
        ({"billnum": "11213"}, {"billnum": "  "}),
        ({"jobid": 123}, {"jobid": 0}),
    ],
)
async def test_the_answer_to_what_was_booked_names_the_job(
    httpx_mock: HTTPXMock, named: dict[str, Any], answered: dict[str, Any]
) -> None:
    httpx_mock.add_response(json=answered, is_reusable=True)
    async with mocked() as ropo:
        await ropo.add_payment(models.JobAddPayment(**PAYMENT, **named))
        await ropo.add_credit_note(models.JobAddCreditNote(**NOTE, **named))


@pytest.mark.asyncio
@pytest.mark.parametrize("nothing", [[], {}, None, True, {"a": 1}])
async def test_what_is_no_identifier_is_not_compared(httpx_mock: HTTPXMock, nothing: object) -> None:
    httpx_mock.add_response(json={"billnum": nothing})
    async with mocked() as ropo:
        await ropo.add_credit_note(models.JobAddCreditNote(**NOTE, billnum="11213"))


@pytest.mark.asyncio
async def test_errors_with_an_answer_are_plain_data_however_deep_it_is(httpx_mock: HTTPXMock) -> None:
    text = f'{{"accepted": 2, "billnum": "2", "x": {"[" * 500}{"]" * 500}}}'
    httpx_mock.add_response(text=text, headers={"Content-Type": "application/json"}, is_reusable=True)
    async with mocked() as ropo:
        with pytest.raises(PartlyAccepted) as partly:
            await ropo.add_bills([item()])
        with pytest.raises(OutcomeUnknown) as unknown:
            await ropo.add_credit_note(models.JobAddCreditNote(**NOTE, billnum="1"))
    assert "named another billnum" in str(unknown.value)
    for error in (partly.value, unknown.value):
        assert error.response is None
        assert str(pickle.loads(pickle.dumps(error))) == str(copy.deepcopy(error)) == str(error)


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_look_up_takes_no_longer_than_the_deadline() -> None:
    async def late(request: Request) -> None:
        await anyio.sleep(0.6)
        body = b'[{"jobid": 1, "billnum": "1"}]' if "statusupdates" in request.operation else b'{"jobid": 1}'
        request.peer.send(response(body, content_type="application/json"))

    with RawServer(answers(late)) as server:
        async with connect(server, deadline=1.0, retries=0) as ropo:
            with pytest.raises(TimedOut, match="the deadline of 0"):
                await ropo.get_job(billnum="1")


@pytest.mark.anyio
async def test_what_becomes_of_the_bills_meanwhile_makes_no_difference() -> None:
    job = models.Job(datastream=models.JobDatastream(dataset=[item(billnum=str(number)) for number in range(150)]))

    def clears(_: object) -> None:
        job.datastream.dataset.clear()

    with RawServer(answers(answer(201, {"accepted": 150}))) as server:
        async with connect(server, on_attempt=clears) as ropo:
            assert (await ropo.add_bills(job)).accepted == 150


@pytest.mark.anyio
@pytest.mark.fast
async def test_add_one_job(sandbox: Sandbox) -> None:
    job = models.Job(datastream=models.JobDatastream(dataset=[item(billnum="11213")]))
    async with client(sandbox) as ropo:
        response = await ropo.add_bills(job, data_type_identifier="invoices")
    assert isinstance(response, models.JobResponse)
    assert response.accepted == 1
    added = sandbox.job(1)
    assert added is not None
    assert (added["billnum"], added["total"]) == ("11213", "43.40")
    assert added["identifiers"]["data_type_identifier"] == "invoices"
    assert added["identifiers"]["batchid"] == response.additional_properties["batchid"]


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("kind", [list, tuple])
async def test_add_a_sequence_of_bills(
    sandbox: Sandbox, kind: Callable[[list[models.JobItem]], list[models.JobItem]]
) -> None:
    async with client(sandbox) as ropo:
        response = await ropo.add_bills(kind([item(billnum="A"), item(billnum="B")]))
    assert response.accepted == 2
    assert [job["billnum"] for job in sandbox.jobs()] == ["A", "B"]


@pytest.mark.anyio
@pytest.mark.fast
async def test_add_many_bills(sandbox: Sandbox) -> None:
    async with client(sandbox) as ropo:
        response = await ropo.add_bills([item(billnum=f"B{place}") for place in range(300)])
    assert response.accepted == 300
    assert [job["billnum"] for job in sandbox.jobs()] == [f"B{place}" for place in range(300)]
    assert sandbox.carried_out("POST /jobs") == 1


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_bill_with_all_its_parts(sandbox: Sandbox) -> None:
    bill = models.JobItem(
        jobtype=0,
        customertype=1,
        company="Matin konepaja Oy",
        govid="2262509-5",
        address="Satamakatu 1",
        postcode="70100",
        city="KUOPIO",
        billnum="11213",
        billdate=TODAY,
        paydate=date(2026, 12, 6),
        payrow=[models.PayRow(desc="Työ", count=2, itemtype="h", amount=Decimal("35.00"), taxpr=Decimal("25.50"))],
        accountrow=[models.AccountRow(accountid="3000", credit=Decimal("70.00"), debit=0)],
        propertyrow=[models.PropertyRow(propname="site", propvalue="Kuopio")],
        attachment=[models.Attachment(attachmentid="file-1")],
        cashdiscountrow=[models.CashDiscountRow(discountdate="2026-11-29", discountpercent=2)],
        payplan=models.PayPlan(instalment=[models.PayPlanInstalment(date=TODAY, amount=Decimal("43.93"))]),
    )
    async with client(sandbox) as ropo:
        await ropo.add_bills([bill])
    request = sent(sandbox, "POST /jobs")[0]
    assert request.json == {
        "datastream": {
            "dataset": [
                {
                    "jobtype": 0,
                    "customertype": 1,
                    "company": "Matin konepaja Oy",
                    "govid": "2262509-5",
                    "address": "Satamakatu 1",
                    "postcode": "70100",
                    "city": "KUOPIO",
                    "billnum": "11213",
                    "billdate": "2026-11-22",
                    "paydate": "2026-12-06",
                    "payrow": [{"desc": "Työ", "count": 2, "itemtype": "h", "amount": 35.0, "taxpr": 25.5}],
                    "accountrow": [{"accountid": "3000", "credit": 70.0, "debit": 0}],
                    "propertyrow": [{"propname": "site", "propvalue": "Kuopio"}],
                    "attachment": [{"attachmentid": "file-1"}],
                    "cashdiscountrow": [{"discountdate": "2026-11-29", "discountpercent": 2}],
                    "payplan": {"instalment": [{"date": "2026-11-22", "amount": 43.93}]},
                }
            ]
        }
    }
    assert sandbox.jobs()[0]["total"] == "87.85"


@pytest.mark.asyncio
@pytest.mark.parametrize("accepted", [0, 1, 3, "1"])
async def test_another_number_than_was_sent_is_partly_accepted(httpx_mock: HTTPXMock, accepted: object) -> None:
    httpx_mock.add_response(status_code=201, json={"accepted": accepted, "batchid": "b-1"})
    async with mocked() as ropo:
        with pytest.raises(PartlyAccepted, match="2 bills were sent") as caught:
            await ropo.add_bills([item(billnum="A"), item(billnum="B")])
    error = caught.value
    assert (error.accepted, error.sent, error.operation) == (int(str(accepted)), 2, "POST /jobs")
    assert isinstance(error.response, models.JobResponse)
    assert error.response.additional_properties == {"batchid": "b-1"}
    assert len(httpx_mock.get_requests()) == 1
    again = copy.copy(error)
    assert (again.accepted, again.sent, str(again)) == (error.accepted, error.sent, str(error))


@pytest.mark.asyncio
@pytest.mark.parametrize("body", [{}, {"accepted": None}, {"accepted": ""}, {"accepted": "2"}, {"accepted": 2.0}])
async def test_a_number_that_is_unknown_or_right_is_success(httpx_mock: HTTPXMock, body: object) -> None:
    httpx_mock.add_response(status_code=201, json=body)
    async with mocked() as ropo:
        response = await ropo.add_bills([item(billnum="A"), item(billnum="B")])
    assert response.accepted in (UNSET, 2)


@pytest.mark.anyio
@pytest.mark.fast
async def test_checkbillnum_refuses_a_number_that_exists(sandbox: Sandbox) -> None:
    async with client(sandbox) as ropo:
        await ropo.add_bills([item(billnum="11213", checkbillnum=1)])
        with pytest.raises(Conflict, match="11213 exists already") as caught:
            await ropo.add_bills([item(billnum="11213", checkbillnum=1)])
    assert (caught.value.status, caught.value.operation, caught.value.attempts) == (409, "POST /jobs", 1)
    assert len(sandbox.jobs()) == 1


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("named", [{"jobid": 1}, {"jobid": "1"}, {"billnum": "A"}])
async def test_modify_job(sandbox: Sandbox, named: dict[str, Any]) -> None:
    sandbox.add_example_job(billnum="A", country="FIN", custnum="1022")
    async with client(sandbox) as ropo:
        await ropo.modify_job(change(city="OULU", paydate="2026-12-24"), **named)
        job = await ropo.get_job(jobid=1)
    assert (job.city, job.paydate, job.country, job.custnum) == ("OULU", "2026-12-24", "FIN", "1022")


@pytest.mark.anyio
@pytest.mark.fast
async def test_unset_leaves_a_field_and_none_empties_it(sandbox: Sandbox) -> None:
    sandbox.add_example_job(country="FIN", custnum="1022")
    data = models.JobDataSet(address="Katu 1", city="OULU", customertype=2, jobtype=0, country=UNSET, custnum=None)
    async with client(sandbox) as ropo:
        await ropo.modify_job(data, jobid=1)
        job = await ropo.get_job(jobid=1)
    fields = {"address": "Katu 1", "city": "OULU", "customertype": 2, "jobtype": 0, "custnum": None}
    assert sent(sandbox, "PATCH /jobs")[0].json == fields
    assert (job.country, job.custnum) == ("FIN", UNSET)


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("named", [{"jobid": 7}, {"billnum": "nobody"}])
async def test_modify_an_unknown_job(sandbox: Sandbox, named: dict[str, Any]) -> None:
    async with client(sandbox) as ropo:
        with pytest.raises(JobNotFound):
            await ropo.modify_job(change(), **named)


@pytest.mark.anyio
@pytest.mark.fast
async def test_modify_open_invoices(sandbox: Sandbox) -> None:
    for number in (10232, 10232, 1):
        sandbox.add_example_job(custnum="1022", ordernumber=number)
    async with client(sandbox) as ropo:
        response = await ropo.modify_open_invoices(change(city="OULU"), custnum="1022", ordernumber="10232")
    assert isinstance(response, models.JobPatchOpenSalesInvoicesResponse)
    assert response.additional_properties == {"modified": 2, "jobids": [1, 2]}
    assert [job["city"] for job in sandbox.jobs()] == ["OULU", "OULU", "KUOPIO"]


# Status


@pytest.mark.anyio
@pytest.mark.fast
async def test_status_updates_of_a_day_and_of_a_bill(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A")
    sandbox.add_example_job(billnum="B")
    sandbox.advance(days=15)
    async with client(sandbox) as ropo:
        of_text = await ropo.get_status_updates(date="2026-12-07")
        of_day = await ropo.get_status_updates(date=date(2026, 12, 7))
        of_bill = await ropo.get_status_updates(billnum="A")
        of_nobody = await ropo.get_status_updates(billnum="C")
    assert [(update.jobid, update.billnum, update.statustext) for update in of_day] == [
        (1, "A", "Due"),
        (2, "B", "Due"),
    ]
    assert of_text == of_day
    assert [(update.status, update.statusdate) for update in of_bill] == [(0, "2026-11-22"), (10, "2026-12-07")]
    assert of_nobody == []


@pytest.mark.anyio
@pytest.mark.fast
async def test_update_delivery_status(sandbox: Sandbox) -> None:
    report = models.JobDeliveryStatusRequest(id="1", service="post", created_at="2026-11-22 10:00:00")
    async with client(sandbox) as ropo:
        await ropo.update_delivery_status(report)
    bodies = [note["body"] for note in sandbox.notes("delivery")]
    assert bodies == [{"id": "1", "service": "post", "created_at": "2026-11-22 10:00:00"}]


@pytest.mark.anyio
@pytest.mark.fast
async def test_send_transfer_report(sandbox: Sandbox) -> None:
    async with client(sandbox) as ropo:
        await ropo.send_transfer_report("b/1 ä")
    assert [note["body"] for note in sandbox.notes("transfer report")] == [{"batchid": "b/1 ä"}]


# PDFs: more of them in their own tests


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("named", [{"jobid": 1}, {"jobid": "1"}, {"billnum": "A"}, {"contractnum": "C-1"}])
async def test_get_the_pdf_of_a_bill(sandbox: Sandbox, named: dict[str, Any], tmp_path: Any) -> None:
    sandbox.add_example_job(billnum="A", contractnum="C-1")
    async with client(sandbox) as ropo:
        async with ropo.pdf(**named, origdata=0) as pdf:
            content = await pdf.read()
        saved = await ropo.pdf(**named).save(tmp_path / "a.pdf")
    assert content.startswith(b"%PDF-")
    assert (pdf.filename, pdf.size) == ("A.pdf", len(content))
    assert (tmp_path / "a.pdf").stat().st_size == saved.size
    assert sent(sandbox, "GET /jobs/pdf")[0].query == {**{k: str(v) for k, v in named.items()}, "origdata": "0"}


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_document_of_a_day(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A", contractnum="C-1")
    async with client(sandbox) as ropo:
        async with ropo.pdf(contractnum="C-1", documentdate=TODAY, documenttype="d", joistocolumn="JobId") as pdf:
            assert (await pdf.read()).endswith(b"%%EOF\n")
        with pytest.raises(JobNotFound):
            await ropo.pdf(billnum="A", documentdate="2026-11-23").__aenter__()
    asked = [request.query for request in sent(sandbox, "GET /jobs/pdf")]
    assert asked == [
        {"contractnum": "C-1", "documentdate": "2026-11-22", "documenttype": "d", "joistocolumn": "JobId"},
        {"billnum": "A", "documentdate": "2026-11-23"},
    ]


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_preview_adds_nothing(sandbox: Sandbox, tmp_path: Any) -> None:
    bills = [item(pdfname="tänään.pdf")]
    async with client(sandbox) as ropo:
        async with ropo.preview(bills) as pdf:
            assert pdf.filename == "tänään.pdf"
            assert (await pdf.read()).startswith(b"%PDF-")
        await ropo.preview(models.Job(datastream=models.JobDatastream(dataset=bills))).save(tmp_path / "p.pdf")
    assert (tmp_path / "p.pdf").read_bytes().startswith(b"%PDF-")
    assert sandbox.jobs() == []


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_local_print_adds_bills(sandbox: Sandbox, tmp_path: Any) -> None:
    async with client(sandbox) as ropo:
        async with ropo.local_print([item(billnum="A")]) as pdf:
            assert (await pdf.read()).startswith(b"%PDF-")
        await ropo.local_print([item(billnum="B")]).save(tmp_path / "l.pdf")
    assert (tmp_path / "l.pdf").read_bytes().startswith(b"%PDF-")
    assert [job["billnum"] for job in sandbox.jobs()] == ["A", "B"]


# Money


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("named", [{"jobid": 1}, {"jobid": "1"}, {"billnum": "A"}, {"billcode": "1232"}])
async def test_add_a_payment_and_a_credit_note(sandbox: Sandbox, named: dict[str, Any]) -> None:
    sandbox.add_example_job(billnum="A", billcode="1232")
    payment = models.JobAddPayment(amount=Decimal("710.10"), paydate="2026-11-22", type="directpayment", **named)
    note = models.JobAddCreditNote(amount=Decimal("0.20"), date=date(2026, 11, 23), creditnotebillnum="26251", **named)
    async with client(sandbox) as ropo:
        paid = await ropo.add_payment(payment)
        credited = await ropo.add_credit_note(note)
    assert (paid.jobid, paid.billnum, paid.billcode, paid.paydate) == (1, "A", "1232", "2026-11-22")
    assert isinstance(credited, models.JobAddCreditNoteResponse)
    assert credited.additional_properties["jobid"] == 1
    assert [entry["amount"] for entry in sandbox.payments()] == ["710.10"]
    assert [entry["date"] for entry in sandbox.credit_notes()] == ["2026-11-23"]


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize(
    ("amount", "wire"),
    [
        (Decimal("710.00"), b'"amount":710.00,'),
        (Decimal("0.1"), b'"amount":0.1,'),
        (Decimal("1E+3"), b'"amount":1000,'),
        (Decimal("12345678901234567890.12"), b'"amount":12345678901234567890.12,'),
        (Decimal("5.10000"), b'"amount":5.10000,'),
        (Decimal("1E-2"), b'"amount":0.01,'),
        (19.96, b'"amount":19.96,'),
        (7, b'"amount":7,'),
    ],
)
async def test_an_amount_goes_out_digit_for_digit(amount: Any, wire: bytes) -> None:
    with RawServer(answers(answer(201, {}))) as server:
        async with connect(server) as ropo:
            await ropo.add_payment(models.JobAddPayment(amount=amount, paydate="2026-11-22", billnum="A"))
    assert server.calls[0].body.startswith(b"{" + wire)


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (b"19.96", "19.96"),
        (b"0.10", "0.10"),
        (b'"12.340"', "12.340"),
        (b"-0.05", "-0.05"),
        (b"12345678901234567890.123456789", "12345678901234567890.123456789"),
        (b"1e2", "1E+2"),
        (b"7", "7"),
    ],
)
async def test_an_amount_comes_in_digit_for_digit(wire: bytes, expected: str) -> None:
    body = b'{"jobs": [{"open_amount": ' + wire + b"}]}"
    with RawServer(answers(answer(200, body, content_type="application/json"))) as server:
        async with connect(server) as ropo:
            (job,) = await ropo.find_jobs_by_end_customer(custnum="1")
    assert type(job.open_amount) is Decimal
    assert str(job.open_amount) == expected


# Disputes and customers


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("named", [{"jobid": 1}, {"jobid": "1"}, {"billnum": "A"}])
async def test_a_dispute_and_its_end(sandbox: Sandbox, named: dict[str, Any]) -> None:
    sandbox.add_example_job(billnum="A")
    reason = models.JobDisputeRequest()
    reason.additional_properties["reason"] = "too much"
    async with client(sandbox) as ropo:
        disputed = await ropo.dispute_job(reason, **named)
        assert (await ropo.get_job(jobid=1)).currentstatustext == "Disputed"
        with pytest.raises(Conflict, match="disputed already"):
            await ropo.dispute_job(reason, **named)
        resolved = await ropo.resolve_dispute(models.JobResolveDisputeRequest(), **named)
        assert (await ropo.get_job(jobid=1)).currentstatustext == "Invoicing"
    assert str(disputed.created_at).startswith("2026-11-22T")
    assert isinstance(resolved, models.JobDisputeResponse)
    query = {"jobid": "1"} if "jobid" in named else {"invoice_number": "A"}
    assert [request.query for request in sent(sandbox, "POST /jobs/dispute")] == [query, query]
    assert [note["body"] for note in sandbox.notes("dispute")] == [{"reason": "too much"}]


@pytest.mark.anyio
@pytest.mark.fast
async def test_find_jobs_by_end_customer(sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="A", govid="131052-308T", custnum="7")
    sandbox.add_example_job(billnum="B", govid="131052-308T", custnum="7", cashbill=1)
    sandbox.add_example_job(billnum="C", custnum="7")
    async with client(sandbox) as ropo:
        by_ssn = await ropo.find_jobs_by_end_customer(ssn="131052-308T")
        paid_too = await ropo.find_jobs_by_end_customer(ssn="131052-308T", include_paid=True)
        by_custnum = await ropo.find_jobs_by_end_customer(custnum="7")
        nobody = await ropo.find_jobs_by_end_customer(custnum="8")
    assert [job.invoice_number for job in by_ssn] == ["A"]
    assert [job.invoice_number for job in paid_too] == ["A", "B"]
    assert [job.invoice_number for job in by_custnum] == ["A", "C"]
    assert nobody == []
    assert (by_ssn[0].status, by_ssn[0].group_job, by_ssn[0].group_case_numbers) == ("invoicing", 0, [])
    assert by_ssn[0].open_amount == by_ssn[0].group_total_payable
    assert isinstance(by_ssn[0].open_amount, Decimal)
    assert [request.json for request in sent(sandbox, "POST /jobs/findbyendcustomer")] == [
        {"ssn": "131052-308T", "all_invoices": 0},
        {"ssn": "131052-308T", "all_invoices": 1},
        {"custnum": "7", "all_invoices": 0},
        {"custnum": "8", "all_invoices": 0},
    ]


# DataIdentifier


class Identifies(Protocol):
    """A call that takes identifiers."""

    def __call__(self, ropo: Any, **given: Any) -> Any: ...


def identified() -> list[Identifies]:
    return [
        lambda ropo, **given: ropo.add_bills([item()], **given),
        lambda ropo, **given: ropo.preview([item()], **given).__aenter__(),
        lambda ropo, **given: ropo.local_print([item()], **given).__aenter__(),
    ]


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("call", identified())
async def test_each_call_has_a_fresh_data_identifier(call: Any) -> None:
    with RawServer(answers(answer(403, {"error": "no"}))) as server:
        async with connect(server) as ropo:
            for _ in range(3):
                with pytest.raises(ApiError):
                    await call(ropo)
            with pytest.raises(ApiError):
                await call(ropo, data_identifier="mine", data_type_identifier="type")
    identifiers = [request.headers.get("dataidentifier") for request in server.calls]
    assert len({UUID(identifier) for identifier in identifiers[:3]}) == 3
    assert identifiers[3] == "mine"
    assert [request.headers.get("datatypeidentifier") for request in server.calls] == [None, None, None, "type"]


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("call", identified())
@pytest.mark.parametrize("given", [{}, {"data_identifier": "mine"}])
async def test_a_repeat_has_the_same_data_identifier(call: Any, given: dict[str, str]) -> None:
    busy = answer(429, {"error": "wait"}, headers={"Retry-After": "0"})
    with RawServer(answers(busy, busy, answer(403, {"error": "no"}))) as server:
        async with connect(server) as ropo:
            with pytest.raises(ApiError) as caught:
                await call(ropo, **given)
    assert caught.value.attempts == 3
    identifiers = [request.headers.get("dataidentifier") for request in server.calls]
    assert len(identifiers) == 3
    assert len(set(identifiers)) == 1
    assert identifiers[0] == given.get("data_identifier", identifiers[0])
