"""The exact request of every operation, and that openapi.yaml allows it."""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import anyio
import httpx
import pytest
from calls import EXAMPLES, PDF, change, item
from document import complaints, operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rawserver import RawServer, answers, connect
from replies import answer

from ropo_jobs_client import ApiCode, BearerToken, Environment, RopoJobsClient, __version__, api, models
from ropo_jobs_client.errors import ApiError, DecodeError, JobNotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from calls import Example
    from pytest_httpx import HTTPXMock

HOST = "rc.ropo24.fi"
JSON = "application/json, application/problem+json"
EMPTY = "application/problem+json, application/json"
PDF_TYPES = "application/pdf, application/problem+json, application/json"
BILL = (
    b'{"datastream":{"dataset":[{"jobtype":0,"customertype":2,"address":"Sammonkatu 23-25 A 7","city":"KUOPIO",'
    b'"person":"Teppo Testaaja","postcode":"70100","billdate":"2026-11-22","paydate":"2026-12-06","payrow":'
    b'[{"desc":"Hieronta","count":1,"itemtype":"h","amount":35.00,"taxpr":24}]}]}}'
)
CHANGE = b'{"jobtype":0,"customertype":2,"address":"Sammonkatu 23-25 A 7","city":"KUOPIO"}'
PAYMENT = models.JobAddPayment(amount=Decimal("710.00"), paydate=date(2026, 11, 22), billcode="4349", description="å")
NOTE = models.JobAddCreditNote(amount=Decimal("1E+1"), date="2026-11-22", jobid="123")
DISPUTE = models.JobDisputeRequest.from_dict({"reason": "too much", "sum": Decimal("1.10")})


async def drained(stream: Any) -> None:
    async with stream as pdf:
        await pdf.read()


async def refused(call: Awaitable[object]) -> None:
    with pytest.raises((ApiError, DecodeError, JobNotFound)):
        await call


# What is called, and what goes out: method, path and query, Accept, body
REQUESTS: list[tuple[Callable[[RopoJobsClient], Awaitable[object]], str, str, str, bytes]] = [
    (lambda ropo: ropo.get_job(jobid=123), "GET", "/jobs?jobid=123", JSON, b""),
    (lambda ropo: ropo.get_job(jobid="0123"), "GET", "/jobs?jobid=123", JSON, b""),
    (lambda ropo: refused(ropo.get_job(billnum="A 1")), "GET", "/jobs/statusupdates?billnum=A%201", JSON, b""),
    (lambda ropo: ropo.add_bills([item()], data_identifier="d"), "POST", "/jobs", JSON, BILL),
    (lambda ropo: ropo.modify_job(change(), jobid=123), "PATCH", "/jobs?jobid=123", EMPTY, CHANGE),
    (lambda ropo: ropo.modify_job(change(), jobid="123"), "PATCH", "/jobs?jobid=123", EMPTY, CHANGE),
    (lambda ropo: ropo.modify_job(change(), billnum="1/2"), "PATCH", "/jobs?billnum=1%2F2", EMPTY, CHANGE),
    (
        lambda ropo: ropo.modify_job(change(custnum=None, amount=Decimal("1.50")), jobid=1),
        "PATCH",
        "/jobs?jobid=1",
        EMPTY,
        CHANGE[:-1] + b',"custnum":null,"amount":1.50}',
    ),
    (
        lambda ropo: ropo.modify_open_invoices(change(), custnum="1&2", ordernumber="3=4"),
        "PATCH",
        "/jobs/opensalesinvoices?custnum=1%262&ordernumber=3%3D4",
        JSON,
        CHANGE,
    ),
    (
        lambda ropo: refused(ropo.get_status_updates(date="2026-11-22")),
        "GET",
        "/jobs/statusupdates?date=2026-11-22",
        JSON,
        b"",
    ),
    (
        lambda ropo: refused(ropo.get_status_updates(date=date(2026, 11, 22))),
        "GET",
        "/jobs/statusupdates?date=2026-11-22",
        JSON,
        b"",
    ),
    (
        lambda ropo: refused(ropo.get_status_updates(billnum="ä+%")),
        "GET",
        "/jobs/statusupdates?billnum=%C3%A4%2B%25",
        JSON,
        b"",
    ),
    (lambda ropo: drained(ropo.pdf(jobid="123")), "GET", "/jobs/pdf?jobid=123", PDF_TYPES, b""),
    (lambda ropo: drained(ropo.pdf(billnum="A")), "GET", "/jobs/pdf?billnum=A", PDF_TYPES, b""),
    (
        lambda ropo: drained(
            ropo.pdf(
                contractnum="C", documentdate=date(2026, 11, 22), origdata=0, documenttype="t", joistocolumn="JobId"
            )
        ),
        "GET",
        "/jobs/pdf?contractnum=C&documentdate=2026-11-22&origdata=0&documenttype=t&joistocolumn=JobId",
        PDF_TYPES,
        b"",
    ),
    (
        lambda ropo: drained(ropo.preview([item()], data_identifier="d")),
        "POST",
        "/jobs/preview",
        PDF_TYPES,
        BILL,
    ),
    (
        lambda ropo: drained(ropo.local_print([item()], data_identifier="d")),
        "POST",
        "/jobs/localprint",
        PDF_TYPES,
        BILL,
    ),
    (
        lambda ropo: ropo.add_payment(PAYMENT),
        "POST",
        "/jobs/payment",
        JSON,
        '{"amount":710.00,"paydate":"2026-11-22","billcode":"4349","description":"å"}'.encode(),
    ),
    (
        lambda ropo: ropo.add_credit_note(NOTE),
        "POST",
        "/jobs/creditnote",
        JSON,
        b'{"amount":10,"date":"2026-11-22","jobid":123}',
    ),
    (
        lambda ropo: ropo.update_delivery_status(models.JobDeliveryStatusRequest(id="1", service="post")),
        "PATCH",
        "/jobs/deliverystatus",
        EMPTY,
        b'{"id":"1","service":"post"}',
    ),
    (lambda ropo: ropo.send_transfer_report("b#1?"), "GET", "/jobs/transferconfirmation?batchid=b%231%3F", EMPTY, b""),
    (
        lambda ropo: ropo.dispute_job(DISPUTE, jobid=123),
        "POST",
        "/jobs/dispute?jobid=123",
        JSON,
        b'{"reason":"too much","sum":1.10}',
    ),
    (
        lambda ropo: ropo.dispute_job(models.JobDisputeRequest(), billnum="A;B"),
        "POST",
        "/jobs/dispute?invoice_number=A%3BB",
        JSON,
        b"{}",
    ),
    (
        lambda ropo: ropo.resolve_dispute(models.JobResolveDisputeRequest(), jobid="123"),
        "POST",
        "/jobs/dispute/resolve?jobid=123",
        JSON,
        b"{}",
    ),
    (
        lambda ropo: ropo.resolve_dispute(models.JobResolveDisputeRequest(), billnum="A"),
        "POST",
        "/jobs/dispute/resolve?invoice_number=A",
        JSON,
        b"{}",
    ),
    (
        lambda ropo: refused(ropo.find_jobs_by_end_customer(ssn="131052-308T")),
        "POST",
        "/jobs/findbyendcustomer",
        JSON,
        b'{"ssn":"131052-308T","all_invoices":0}',
    ),
    (
        lambda ropo: refused(ropo.find_jobs_by_end_customer(custnum="1022", include_paid=True)),
        "POST",
        "/jobs/findbyendcustomer",
        JSON,
        b'{"custnum":"1022","all_invoices":1}',
    ),
]


def answered(httpx_mock: HTTPXMock) -> None:
    """Answer each request with a body that fits or is refused at once: here only what goes out matters."""

    def reply(request: httpx.Request) -> httpx.Response:
        if "application/pdf" in request.headers["accept"]:
            return httpx.Response(200, content=PDF, headers={"content-type": "application/pdf"})
        return httpx.Response(201, json={"jobid": None})

    httpx_mock.add_callback(reply, is_reusable=True)


def check(request: httpx.Request) -> None:
    name = f"{request.method} {request.url.path.removeprefix('/rest')}"
    query = list(httpx.QueryParams(request.url.query).multi_items())
    assert complaints(name, query, request.headers, request.content) == []


@pytest.mark.asyncio
@pytest.mark.parametrize(("call", "method", "target", "accept", "body"), REQUESTS)
async def test_the_exact_request(
    httpx_mock: HTTPXMock,
    call: Callable[[RopoJobsClient], Awaitable[object]],
    method: str,
    target: str,
    accept: str,
    body: bytes,
) -> None:
    answered(httpx_mock)
    async with RopoJobsClient(BearerToken("the-token"), environment=Environment.FINLAND_TEST) as ropo:
        await call(ropo)
    (request,) = httpx_mock.get_requests()
    assert (request.method, str(request.url)) == (method, f"https://{HOST}/rest{target}")
    is_pdf = "pdf" in accept
    expected = {
        "host": HOST,
        "user-agent": f"ropo-jobs-client/{__version__}",
        "accept": accept,
        "accept-encoding": "identity" if is_pdf else "gzip, deflate",
        "authorization": "Bearer the-token",
    }
    if body:
        expected |= {"content-type": "application/json", "content-length": str(len(body))}
    headers = dict(request.headers)
    if "dataidentifier" in headers:
        assert headers.pop("dataidentifier") == "d"
    assert headers == expected
    assert request.content == body
    check(request)


@pytest.mark.asyncio
async def test_a_body_is_written_once_and_sent_as_it_was_checked(
    httpx_mock: HTTPXMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    write_to = models.JobAddPayment.write_to

    def counted(self: models.JobAddPayment, writer: Any) -> None:
        written.append(self)
        write_to(self, writer)

    monkeypatch.setattr(models.JobAddPayment, "write_to", counted)
    answered(httpx_mock)
    payment = models.JobAddPayment(amount=Decimal("710.00"), paydate="2026-11-22", billcode="4349")
    request = api.jobs.jobs_add_payment_action.request(payment=payment)
    payment.amount = Decimal(0)
    async with RopoJobsClient(BearerToken("the-token"), environment=Environment.FINLAND_TEST) as ropo:
        await ropo.send(request)
    (sent,) = httpx_mock.get_requests()
    assert sent.content == b'{"amount":710.00,"paydate":"2026-11-22","billcode":"4349"}'
    assert len(written) == 1


class Text(str, enum.Enum):  # noqa: UP042 # a StrEnum is the harmless case
    """An enum of texts, whose str is not its text."""

    BILLNUM = "11213"
    DAY = "2026-11-22"
    WORD = "abc"


MEMBERS: list[tuple[Callable[[RopoJobsClient], Awaitable[object]], str]] = [
    (lambda ropo: ropo.get_job(jobid=Text.BILLNUM), "?jobid=11213"),
    (lambda ropo: ropo.get_status_updates(date=Text.DAY), "?date=2026-11-22"),
    (lambda ropo: ropo.get_status_updates(billnum=Text.BILLNUM), "?billnum=11213"),
    (
        lambda ropo: ropo.pdf(billnum=Text.BILLNUM, documentdate=Text.DAY, documenttype=Text.WORD).read(),
        "?billnum=11213&documentdate=2026-11-22&documenttype=abc",
    ),
    (lambda ropo: ropo.send_transfer_report(Text.WORD), "?batchid=abc"),
    (
        lambda ropo: ropo.modify_open_invoices(change(), custnum=Text.BILLNUM, ordernumber=Text.WORD),
        "?custnum=11213&ordernumber=abc",
    ),
    (lambda ropo: ropo.find_jobs_by_end_customer(ssn=Text.WORD), '"ssn":"abc"'),
    (
        lambda ropo: ropo.add_payment(models.JobAddPayment(amount=1, paydate=Text.DAY, billnum=Text.BILLNUM)),
        '"paydate":"2026-11-22","billnum":"11213"',
    ),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("call", "text"), MEMBERS)
async def test_the_member_of_an_enum_is_sent_as_its_text(
    httpx_mock: HTTPXMock, call: Callable[[RopoJobsClient], Awaitable[object]], text: str
) -> None:
    httpx_mock.add_response(status_code=400)
    async with RopoJobsClient(BearerToken(Text.WORD), environment=Environment.FINLAND_TEST, retries=0) as ropo:
        with pytest.raises(ApiError):
            await call(ropo)
    (sent,) = httpx_mock.get_requests()
    assert text in f"{sent.url}{sent.content.decode()}"
    assert sent.headers["authorization"] == "Bearer abc"


@pytest.mark.asyncio
async def test_the_exact_request_for_a_token(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"https://{HOST}/rest/token", status_code=201, json={"token": "fetched"})
    httpx_mock.add_response(json={"jobid": 1})
    async with RopoJobsClient(ApiCode("1000011", "säcret"), environment=Environment.FINLAND_TEST) as ropo:
        await ropo.get_job(jobid=1)
    login, call = httpx_mock.get_requests()
    body = '{"cid":"1000011","apicode":"säcret"}'.encode()
    assert (login.method, str(login.url), login.content) == ("POST", f"https://{HOST}/rest/token", body)
    assert dict(login.headers) == {
        "host": HOST,
        "user-agent": f"ropo-jobs-client/{__version__}",
        "accept": JSON,
        "accept-encoding": "gzip, deflate",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }
    assert call.headers["authorization"] == "Bearer fetched"
    check(login)


def test_every_operation_has_its_exact_request() -> None:
    named = {f"{method} {target.partition('?')[0]}" for _, method, target, _, _ in REQUESTS}
    assert named | {"POST /token"} == set(operations())


@pytest.mark.asyncio
@pytest.mark.parametrize("environment", Environment)
async def test_each_environment_has_its_host(httpx_mock: HTTPXMock, environment: Environment) -> None:
    httpx_mock.add_response(json={"jobid": 1})
    async with RopoJobsClient(BearerToken("t"), environment=environment) as ropo:
        await ropo.get_job(jobid=1)
    assert str(httpx_mock.get_requests()[0].url) == f"{environment.base_url}/jobs?jobid=1"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("base_url", "start"),
    [
        ("https://example.com/rest/", "https://example.com/rest/jobs"),
        ("https://example.com:8443/a/rest", "https://example.com:8443/a/rest/jobs"),
        ("http://localhost:1/rest", "http://localhost:1/rest/jobs"),
        ("http://[::1]:1/rest", "http://[::1]:1/rest/jobs"),
    ],
)
async def test_a_base_url_of_ones_own(httpx_mock: HTTPXMock, base_url: str, start: str) -> None:
    httpx_mock.add_response(json={"jobid": 1})
    async with RopoJobsClient(BearerToken("t"), base_url=base_url, user_agent_suffix="shop/1") as ropo:
        await ropo.get_job(jobid=1)
    (request,) = httpx_mock.get_requests()
    assert str(request.url) == f"{start}?jobid=1"
    assert request.headers["user-agent"] == f"ropo-jobs-client/{__version__} shop/1"


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.operation)
async def test_no_cookie_is_ever_sent(example: Example) -> None:
    cookies = {"Set-Cookie": "PHPSESSID=abc; path=/"}
    reply = answer(example.status, example.body, content_type=example.content_type, headers=cookies)
    token = answer(201, {"token": "t"}, headers=cookies)
    with RawServer(answers(reply, token=token)) as server:
        async with connect(server, credentials=ApiCode("1", "code")) as ropo:
            await example.call(ropo)
            await example.call(ropo)
    assert len(server.calls) == 2
    for request in [*server.calls, *server.token_requests]:
        assert request.headers.get("cookie") is None
        assert request.headers.get("user-agent") == f"ropo-jobs-client/{__version__}"


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.operation)
async def test_the_document_allows_every_request(example: Example) -> None:
    with RawServer(answers(answer(example.status, example.body, content_type=example.content_type))) as server:
        async with connect(server, credentials=ApiCode("1", "code")) as ropo:
            await example.call(ropo)
    for request in [*server.token_requests, *server.calls]:
        assert complaints(request.operation, request.query, request.headers, request.body) == []
    assert [request.operation for request in server.calls] == [example.operation]


@pytest.mark.anyio
async def test_the_transport_of_httpx_for_tests_will_do(tmp_path: Path) -> None:
    """Its responses are whole from the start, and count no bytes."""

    def reply(request: httpx.Request) -> httpx.Response:
        is_pdf = request.url.path.endswith("/pdf")
        return httpx.Response(200, content=PDF) if is_pdf else httpx.Response(200, json={"jobid": 1})

    transport = httpx.MockTransport(reply)
    async with RopoJobsClient(BearerToken("t"), environment=Environment.NORWAY_TEST, transport=transport) as ropo:
        assert (await ropo.get_job(jobid=1)).jobid == 1
        async with ropo.pdf(jobid=1) as pdf:
            assert await pdf.read() == PDF
        assert (await ropo.pdf(jobid=1).save(tmp_path / "a.pdf")).size == len(PDF)


# Any text arrives as it is

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(lambda text: text.strip())
TRICKY = [
    "%",
    "%41",
    "%zz",
    "a+b",
    "a b",
    "&x=1",
    "#",
    "?",
    "../x",
    "ä/ö",
    "\x00",
    "\r\n",
    "\u202e",
    "😀",
    "a\ud7ff",
    "'\"<>",
]


class Echo(httpx.AsyncBaseTransport):
    """Keeps what would go out, byte for byte."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if request.url.path.endswith("/pdf"):
            return httpx.Response(200, content=PDF)
        return httpx.Response(200, json={"jobs": []})


def arrived(text: str) -> None:
    async def check_all() -> None:
        echo = Echo()
        async with RopoJobsClient(BearerToken("t"), base_url="http://127.0.0.1/rest", transport=echo) as ropo:
            await ropo.modify_job(change(), billnum=text)
            await ropo.get_status_updates(billnum=text)
            await ropo.modify_open_invoices(change(), custnum=text, ordernumber=text)
            await ropo.send_transfer_report(text)
            await ropo.dispute_job(models.JobDisputeRequest(), billnum=text)
            await ropo.find_jobs_by_end_customer(custnum=text)
            await ropo.add_payment(models.JobAddPayment(amount=1, paydate="2026-11-22", billnum=text, description=text))
            await drained(ropo.pdf(contractnum=text))
        queries = [[value for _, value in parsed(request)] for request in echo.seen]
        assert queries == [[text], [text], [text, text], [text], [text], [], [], [text]]
        assert httpx.Response(200, content=echo.seen[5].content).json()["custnum"] == text
        payment = httpx.Response(200, content=echo.seen[6].content).json()
        assert (payment["billnum"], payment["description"]) == (text, text)

    anyio.run(check_all)


def parsed(request: httpx.Request) -> list[tuple[str, str]]:
    query = request.url.query.decode("ascii")
    return parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []


@settings(max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_any_text_arrives_unchanged(text: str) -> None:
    arrived(text)


@pytest.mark.parametrize("text", TRICKY)
def test_tricky_texts_arrive_unchanged(text: str) -> None:
    if text.strip():
        arrived(text)


@pytest.mark.anyio
@pytest.mark.fast
async def test_any_text_arrives_unchanged_over_a_socket() -> None:
    texts = [text for text in TRICKY if text.strip()]
    with RawServer(answers(answer(200, b"[]", content_type="application/json"))) as server:
        async with connect(server) as ropo:
            for text in texts:
                assert await ropo.get_status_updates(billnum=text) == []
    assert [request.query for request in server.calls] == [[("billnum", text)] for text in texts]


@pytest.mark.anyio
@pytest.mark.fast
async def test_a_large_body_goes_out_whole() -> None:
    bills = [item(billnum=f"B{i}", freetext="ä" * 1000) for i in range(500)]

    with RawServer(answers(answer(201, {"accepted": 500}))) as server:
        async with connect(server) as ropo:
            await ropo.add_bills(bills)
    (request,) = server.calls
    assert request.body == models.Job(datastream=models.JobDatastream(dataset=bills)).to_json()
    assert len(request.body) > 1_000_000
