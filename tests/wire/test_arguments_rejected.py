"""What is wrong before anything is sent: an error that names the argument, and nothing leaves."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest
from calls import change, credit_note, item, payment

from ropo_jobs_client import ApiCode, BearerToken, Environment, RopoJobsClient, models
from ropo_jobs_client.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


class Asks(Protocol):
    """A call with some names. What is wrong on purpose is called through Any: type checkers would refuse it."""

    def __call__(self, ropo: Any, **one: Any) -> Any: ...


class Sends(Protocol):
    """A call with bills, rightly or wrongly."""

    def __call__(self, ropo: Any, job: Any, **more: Any) -> Any: ...


class NothingLeaves(httpx.AsyncBaseTransport):
    """A transport that must not be used."""

    def __init__(self) -> None:
        self.used = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.used += 1
        pytest.fail(f"{request.method} {request.url.path} was sent")


def opened(stream: Any) -> Awaitable[object]:
    entered: Awaitable[object] = stream.__aenter__()
    return entered


BAD_JOBIDS: list[tuple[object, type[Exception]]] = [
    (0, InvalidArgument),
    (-1, InvalidArgument),
    ("0", InvalidArgument),
    ("-1", InvalidArgument),
    ("+1", InvalidArgument),
    ("x", InvalidArgument),
    ("1.0", InvalidArgument),
    ("1e3", InvalidArgument),
    (" 1", InvalidArgument),
    ("", InvalidArgument),
    ("  ", InvalidArgument),
    ("\u0661", InvalidArgument),
    ("9" * 50, InvalidArgument),
    (10**5000, InvalidArgument),
    (True, InvalidArgument),
    (False, InvalidArgument),
    (1.0, TypeError),
    (float("nan"), TypeError),
    (Decimal(1), TypeError),
    (b"1", TypeError),
    ([1], TypeError),
]
BAD_TEXTS: list[tuple[object, type[Exception]]] = [
    ("", InvalidArgument),
    ("   ", InvalidArgument),
    ("\t\n", InvalidArgument),
    ("\u00a0", InvalidArgument),
    (True, InvalidArgument),
    (5, TypeError),
    (b"x", TypeError),
    (["x"], TypeError),
    (date(2026, 11, 22), TypeError),
    ("\ud800", InvalidArgument),
    ("x" * 70_000, InvalidArgument),
]

DISPUTE = models.JobDisputeRequest()
RESOLVE = models.JobResolveDisputeRequest()

# Each method that takes one of some names: how it is called, and the names with their wrong values.
LOOK_UPS: dict[str, tuple[Asks, dict[str, list[tuple[object, type[Exception]]]]]] = {
    "get_job": (lambda ropo, **one: ropo.get_job(**one), {"jobid": BAD_JOBIDS, "billnum": BAD_TEXTS}),
    "modify_job": (
        lambda ropo, **one: ropo.modify_job(change(), **one),
        {"jobid": BAD_JOBIDS, "billnum": BAD_TEXTS},
    ),
    "get_status_updates": (
        lambda ropo, **one: ropo.get_status_updates(**one),
        {
            "date": [
                ("", InvalidArgument),
                (" ", InvalidArgument),
                ("2026-02-30", InvalidArgument),
                ("2026-11-22 ", InvalidArgument),
                ("22.11.2026", InvalidArgument),
                ("20261122", InvalidArgument),
                ("2026-W47-7", InvalidArgument),
                ("0000-00-00", InvalidArgument),
                ("2026-11-22T00:00:00", InvalidArgument),
                (True, InvalidArgument),
                (20261122, TypeError),
                (datetime(2026, 11, 22, tzinfo=UTC), TypeError),
            ],
            "billnum": BAD_TEXTS,
        },
    ),
    "stream_pdf": (
        lambda ropo, **one: opened(ropo.pdf(**one)),
        {"jobid": BAD_JOBIDS, "billnum": BAD_TEXTS, "contractnum": BAD_TEXTS},
    ),
    "dispute_job": (
        lambda ropo, **one: ropo.dispute_job(DISPUTE, **one),
        {"jobid": BAD_JOBIDS, "billnum": BAD_TEXTS},
    ),
    "resolve_dispute": (
        lambda ropo, **one: ropo.resolve_dispute(RESOLVE, **one),
        {"jobid": BAD_JOBIDS, "billnum": BAD_TEXTS},
    ),
    "find_jobs_by_end_customer": (
        lambda ropo, **one: ropo.find_jobs_by_end_customer(**one),
        {"ssn": BAD_TEXTS[:-1], "custnum": BAD_TEXTS[:-1]},
    ),
    "add_payment": (
        lambda ropo, **one: ropo.add_payment(models.JobAddPayment(amount=1, paydate="2026-11-22", **one)),
        {
            "billcode": [("", InvalidArgument), (" ", InvalidArgument), (5, TypeError), (True, InvalidArgument)],
            "jobid": [
                (0, InvalidArgument),
                (-1, InvalidArgument),
                ("x", InvalidArgument),
                (True, InvalidArgument),
                (1.5, TypeError),
            ],
            "billnum": [("", InvalidArgument), (" ", InvalidArgument), (5, TypeError), ("\ud800", InvalidArgument)],
        },
    ),
    "add_credit_note": (
        lambda ropo, **one: ropo.add_credit_note(models.JobAddCreditNote(amount=1, date="2026-11-22", **one)),
        {
            "billcode": [("", InvalidArgument), (" ", InvalidArgument), (5, TypeError), (True, InvalidArgument)],
            "jobid": [
                (0, InvalidArgument),
                (-1, InvalidArgument),
                ("x", InvalidArgument),
                (True, InvalidArgument),
                (1.5, TypeError),
            ],
            "billnum": [("", InvalidArgument), (" ", InvalidArgument), (5, TypeError), ("\ud800", InvalidArgument)],
        },
    ),
}


async def rejects(call: Callable[[Any], Awaitable[object]], kind: type[Exception], *names: str) -> None:
    transport = NothingLeaves()
    async with RopoJobsClient(BearerToken("t"), environment=Environment.FINLAND_TEST, transport=transport) as ropo:
        with pytest.raises(kind) as caught:
            await call(ropo)
    assert type(caught.value) is kind
    for name in names:
        assert name in str(caught.value)
    assert transport.used == 0


@pytest.mark.anyio
@pytest.mark.parametrize("method", LOOK_UPS)
async def test_none_of_the_names(method: str) -> None:
    call, names = LOOK_UPS[method]
    await rejects(call, TypeError, *names)
    if not method.startswith("add_"):
        await rejects(lambda ropo: call(ropo, **dict.fromkeys(names)), TypeError, *names)


@pytest.mark.anyio
@pytest.mark.parametrize("method", LOOK_UPS)
async def test_two_of_the_names(method: str) -> None:
    call, names = LOOK_UPS[method]
    values: dict[str, Any] = {name: 1 if name == "jobid" else "2026-11-22" for name in names}
    await rejects(lambda ropo: call(ropo, **values), TypeError, *names)
    first, second, *_ = names
    await rejects(lambda ropo: call(ropo, **{first: values[first], second: values[second]}), TypeError, first, second)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "name"), [(method, name) for method, (_, names) in LOOK_UPS.items() for name in names]
)
async def test_a_wrong_name(method: str, name: str) -> None:
    call, names = LOOK_UPS[method]
    for value, kind in names[name]:
        await rejects(lambda ropo, value=value: call(ropo, **{name: value}), kind, name)  # type: ignore[misc]


JOB = models.Job(datastream=models.JobDatastream(dataset=[item()]))
EMPTY_JOB = models.Job(datastream=models.JobDatastream(dataset=[]))
ANY: Any = models

# Bills, for each of the operations that take them
BILLS: list[tuple[Any, type[Exception], str]] = [
    ([], InvalidArgument, "job"),
    ((), InvalidArgument, "job"),
    (EMPTY_JOB, InvalidArgument, "job"),
    (None, TypeError, "job"),
    ("bills", TypeError, "job"),
    (b"bills", TypeError, "job"),
    (5, TypeError, "job"),
    ({"datastream": {}}, TypeError, "job"),
    (item(), TypeError, "job"),
    ([change()], TypeError, "job[0]"),
    ([item(), {"jobtype": 0}], TypeError, "job[1]"),
    ([JOB], TypeError, "job[0]"),
    (iter([item()]), TypeError, "job"),
    (ANY.Job(datastream=None), TypeError, "datastream"),
    (ANY.Job(datastream="x"), TypeError, "datastream"),
    (ANY.Job(datastream={"dataset": []}), TypeError, "datastream"),
    (ANY.Job(datastream=ANY.JobDatastream(dataset=None)), TypeError, "job"),
    (ANY.Job(datastream=ANY.JobDatastream(dataset=[change()])), TypeError, "job[0]"),
]
SEND_BILLS: list[Sends] = [
    lambda ropo, job, **more: ropo.add_bills(job, **more),
    lambda ropo, job, **more: opened(ropo.preview(job, **more)),
    lambda ropo, job, **more: opened(ropo.local_print(job, **more)),
    lambda ropo, job, **more: ropo.preview(job, **more).save("never.pdf"),
    lambda ropo, job, **more: ropo.local_print(job, **more).save("never.pdf"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("job", "kind", "name"), BILLS)
async def test_wrong_bills(
    job: Any, kind: type[Exception], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for call in SEND_BILLS:
        await rejects(lambda ropo, call=call: call(ropo, job), kind, name)  # type: ignore[misc]
    assert not any(os.scandir(tmp_path))


# What is wrong inside a bill names the field
FIELDS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"jobtype": "x"}, InvalidArgument, "jobtype"),
    ({"jobtype": True}, TypeError, "jobtype"),
    ({"jobtype": None}, TypeError, "jobtype"),
    ({"jobtype": 1.5}, TypeError, "jobtype"),
    ({"address": None}, TypeError, "address"),
    ({"address": 5}, TypeError, "address"),
    ({"city": "\udcff"}, InvalidArgument, "city"),
    ({"billdate": "2026-13-01"}, InvalidArgument, "billdate"),
    ({"billdate": ""}, InvalidArgument, "billdate"),
    ({"billdate": "0000-00-00"}, InvalidArgument, "billdate"),
    ({"billdate": 20261122}, TypeError, "billdate"),
    ({"paydate": datetime(2026, 11, 22, tzinfo=UTC)}, TypeError, "paydate"),
    ({"amount": Decimal("NaN")}, InvalidArgument, "amount"),
    ({"amount": Decimal("sNaN")}, InvalidArgument, "amount"),
    ({"amount": float("inf")}, InvalidArgument, "amount"),
    ({"amount": Decimal("-Infinity")}, InvalidArgument, "amount"),
    ({"amount": Decimal("1E+99999")}, InvalidArgument, "amount"),
    ({"amount": "12.00"}, TypeError, "amount"),
    ({"amount": True}, TypeError, "amount"),
    ({"amount": 1j}, TypeError, "amount"),
    ({"payrow": "x"}, TypeError, "payrow"),
    ({"payrow": [{"desc": "x"}]}, TypeError, "payrow[0]"),
    ({"payrow": [models.PayRow(desc="x"), models.PayRow(amount=float("nan"))]}, InvalidArgument, "PayRow.amount"),
    ({"payplan": []}, TypeError, "payplan"),
    ({"image": {}}, TypeError, "image"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("fields", "kind", "name"), FIELDS)
async def test_a_wrong_field_of_a_bill(fields: dict[str, Any], kind: type[Exception], name: str) -> None:
    whole: dict[str, Any] = {"jobtype": 0, "customertype": 2, "address": "Katu 1", "city": "OULU", **fields}
    bill = models.JobItem(**whole)
    await rejects(lambda ropo: ropo.add_bills([bill]), kind, name)
    await rejects(lambda ropo: opened(ropo.preview([item(), bill])), kind, name)
    if not {"payrow", "payplan"} & fields.keys():
        await rejects(lambda ropo: ropo.modify_job(models.JobDataSet(**whole), jobid=1), kind, name)


BAD_HEADERS: list[tuple[object, type[Exception]]] = [
    ("a\r\nX-Evil: 1", InvalidArgument),
    ("a\nb", InvalidArgument),
    ("a\rb", InvalidArgument),
    ("a\x00b", InvalidArgument),
    ("a\tb", InvalidArgument),
    ("a\x7fb", InvalidArgument),
    ("ä", InvalidArgument),
    ("\u2028", InvalidArgument),
    ("", InvalidArgument),
    ("  ", InvalidArgument),
    (" a", InvalidArgument),
    ("a ", InvalidArgument),
    (5, TypeError),
    (b"a", TypeError),
    (True, TypeError),
]


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["data_identifier", "data_type_identifier"])
@pytest.mark.parametrize(("value", "kind"), BAD_HEADERS)
async def test_a_wrong_header_value(name: str, value: object, kind: type[Exception]) -> None:
    for call in SEND_BILLS[:3]:
        await rejects(lambda ropo, call=call: call(ropo, [item()], **{name: value}), kind, name)  # type: ignore[misc]


# Money

AMOUNTS: list[tuple[Any, type[Exception]]] = [
    (Decimal("0.001"), InvalidArgument),
    (Decimal("710.005"), InvalidArgument),
    (Decimal("1E-3"), InvalidArgument),
    (Decimal("1E-400"), InvalidArgument),
    (Decimal("12345678901234567890123456789012345.001"), InvalidArgument),
    (0.1 + 0.2, InvalidArgument),
    (1.005, InvalidArgument),
    (Decimal("NaN"), InvalidArgument),
    (Decimal("sNaN"), InvalidArgument),
    (Decimal("Infinity"), InvalidArgument),
    (float("nan"), InvalidArgument),
    (float("-inf"), InvalidArgument),
    (Decimal("1E+5000"), InvalidArgument),
    ("710.00", TypeError),
    (True, TypeError),
    (None, TypeError),
    (1j, TypeError),
]
DATES: list[tuple[Any, type[Exception]]] = [
    ("", InvalidArgument),
    ("2026-02-29", InvalidArgument),
    ("0000-00-00", InvalidArgument),
    ("22.11.2026", InvalidArgument),
    ("2026-11-22\n", InvalidArgument),
    ("\uff12\uff10\uff12\uff16-11-22", InvalidArgument),
    (datetime(2026, 11, 22, tzinfo=UTC), TypeError),
    (1_000_000, TypeError),
    (None, TypeError),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("amount", "kind"), AMOUNTS)
async def test_a_wrong_amount(amount: Any, kind: type[Exception]) -> None:
    payment = models.JobAddPayment(amount=amount, paydate="2026-11-22", jobid=1)
    note = models.JobAddCreditNote(amount=amount, date="2026-11-22", jobid=1)
    await rejects(lambda ropo: ropo.add_payment(payment), kind, "amount")
    await rejects(lambda ropo: ropo.add_credit_note(note), kind, "amount")


@pytest.mark.anyio
@pytest.mark.parametrize(("day", "kind"), DATES)
async def test_a_wrong_date(day: Any, kind: type[Exception]) -> None:
    await rejects(lambda ropo: ropo.add_payment(models.JobAddPayment(amount=1, paydate=day, jobid=1)), kind, "paydate")
    note = models.JobAddCreditNote(amount=1, date=day, jobid=1)
    await rejects(lambda ropo: ropo.add_credit_note(note), kind, "JobAddCreditNote.date")


class _Other:
    """Not a model."""


OTHERS: list[Any] = [None, {}, "x", 5, models.AuthLogin(cid="1", apicode="c"), _Other()]


@pytest.mark.anyio
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: type(other).__name__)
async def test_another_model(other: Any) -> None:
    await rejects(lambda ropo: ropo.modify_job(other, jobid=1), TypeError, "data must be a JobDataSet")
    await rejects(
        lambda ropo: ropo.modify_open_invoices(other, custnum="1", ordernumber="1"), TypeError, "data must be"
    )
    await rejects(lambda ropo: ropo.update_delivery_status(other), TypeError, "status must be")
    await rejects(lambda ropo: ropo.add_payment(other), TypeError, "payment must be a JobAddPayment")
    await rejects(lambda ropo: ropo.add_credit_note(other), TypeError, "note must be a JobAddCreditNote")
    await rejects(lambda ropo: ropo.dispute_job(other, jobid=1), TypeError, "request must be a JobDisputeRequest")
    await rejects(lambda ropo: ropo.resolve_dispute(other, jobid=1), TypeError, "request must be")


@pytest.mark.anyio
async def test_the_model_of_a_neighbour() -> None:
    await rejects(lambda ropo: ropo.add_payment(credit_note()), TypeError, "payment", "JobAddCreditNote")
    await rejects(lambda ropo: ropo.add_credit_note(payment()), TypeError, "note", "JobAddPayment")
    await rejects(lambda ropo: ropo.modify_job(item(), jobid=1), TypeError, "data", "JobItem")
    await rejects(lambda ropo: ropo.dispute_job(RESOLVE, jobid=1), TypeError, "request")
    await rejects(lambda ropo: ropo.resolve_dispute(DISPUTE, jobid=1), TypeError, "request")


OTHER_CALLS: list[tuple[Callable[[Any], Awaitable[object]], type[Exception], str]] = [
    (lambda ropo: ropo.get_job(1), TypeError, "positional"),
    (lambda ropo: ropo.modify_open_invoices(change()), TypeError, "custnum"),
    (lambda ropo: ropo.modify_open_invoices(change(), custnum="1"), TypeError, "ordernumber"),
    (lambda ropo: ropo.modify_open_invoices(change(), custnum=None, ordernumber="1"), TypeError, "custnum"),
    (lambda ropo: ropo.modify_open_invoices(change(), custnum="", ordernumber="1"), InvalidArgument, "custnum"),
    (lambda ropo: ropo.modify_open_invoices(change(), custnum="1", ordernumber=" "), InvalidArgument, "ordernumber"),
    (lambda ropo: ropo.modify_open_invoices(change(), custnum="1", ordernumber=10232), TypeError, "ordernumber"),
    (lambda ropo: ropo.send_transfer_report(""), InvalidArgument, "batchid"),
    (lambda ropo: ropo.send_transfer_report(" "), InvalidArgument, "batchid"),
    (lambda ropo: ropo.send_transfer_report(None), TypeError, "batchid"),
    (lambda ropo: ropo.send_transfer_report(5), TypeError, "batchid"),
    (lambda ropo: ropo.send_transfer_report(True), InvalidArgument, "batchid"),
    (lambda ropo: ropo.send_transfer_report("\ud800"), InvalidArgument, "batchid"),
    (lambda ropo: ropo.send_transfer_report("b" * 70_000), InvalidArgument, "batchid"),
    (lambda ropo: ropo.find_jobs_by_end_customer(ssn="1", include_paid=1), TypeError, "include_paid"),
    (lambda ropo: ropo.find_jobs_by_end_customer(ssn="1", include_paid=None), TypeError, "include_paid"),
    (lambda ropo: opened(ropo.pdf(jobid=1, documentdate="2026-11-22")), TypeError, "documentdate"),
    (lambda ropo: opened(ropo.pdf(billnum="A", documentdate="2026-11-31")), InvalidArgument, "documentdate"),
    (lambda ropo: opened(ropo.pdf(billnum="A", documentdate=5)), TypeError, "documentdate"),
    (lambda ropo: opened(ropo.pdf(jobid=1, origdata="x")), InvalidArgument, "origdata"),
    (lambda ropo: opened(ropo.pdf(jobid=1, origdata=True)), TypeError, "origdata"),
    (lambda ropo: opened(ropo.pdf(jobid=1, documenttype=5)), TypeError, "documenttype"),
    (lambda ropo: opened(ropo.pdf(jobid=1, documenttype=" ")), InvalidArgument, "documenttype"),
    (lambda ropo: opened(ropo.pdf(jobid=1, joistocolumn="")), InvalidArgument, "joistocolumn"),
    (lambda ropo: opened(ropo.pdf(jobid=1, joistocolumn="x" * 70_000)), InvalidArgument, "joistocolumn"),
    (lambda ropo: opened(ropo.pdf(jobid=1, joistocolumn="\ud800")), InvalidArgument, "joistocolumn"),
    (lambda ropo: opened(ropo.pdf(jobid=1, max_bytes=0)), InvalidArgument, "max_bytes"),
    (lambda ropo: opened(ropo.pdf(jobid=1, max_bytes=1.5)), TypeError, "max_bytes"),
    (lambda ropo: ropo.pdf(jobid=1).save(""), InvalidArgument, "path"),
    (lambda ropo: ropo.pdf(jobid=1).save("a\0b"), InvalidArgument, "path"),
    (lambda ropo: ropo.pdf(jobid=1).save(None), TypeError, "path"),
    (lambda ropo: ropo.pdf(jobid=1).save(5), TypeError, "path"),
    (lambda ropo: ropo.pdf(jobid=1).save(b"a.pdf"), TypeError, "path"),
    (lambda ropo: ropo.pdf(jobid=1).save("/"), InvalidArgument, "path"),
    (lambda ropo: ropo.pdf(jobid=1).save("/no/such/directory/a.pdf"), InvalidArgument, "path"),
    (lambda ropo: ropo.pdf().save("a.pdf"), TypeError, "jobid, billnum, contractnum"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("call", "kind", "name"), OTHER_CALLS)
async def test_another_wrong_argument(
    call: Callable[[Any], Awaitable[object]],
    kind: type[Exception],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    await rejects(call, kind, name)
    assert not any(os.scandir(tmp_path))


def test_a_stream_is_refused_when_it_is_called() -> None:
    ropo: Any = RopoJobsClient(BearerToken("t"), environment=Environment.FINLAND_TEST, transport=NothingLeaves())
    calls: list[Callable[[], object]] = [
        ropo.pdf,
        lambda: ropo.pdf(jobid=0),
        lambda: ropo.preview([]),
        lambda: ropo.local_print([item()], data_identifier="a\nb"),
    ]
    for call in calls:
        with pytest.raises((TypeError, InvalidArgument)):
            call()


# The client itself

HERE: dict[str, Any] = {"environment": Environment.FINLAND_TEST}
CLIENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({}, TypeError, "environment and base_url"),
    ({**HERE, "base_url": "https://example.com/rest"}, TypeError, "environment and base_url"),
    ({"environment": "FINLAND"}, TypeError, "environment"),
    ({"environment": "https://ropo24.fi"}, TypeError, "environment"),
    ({"base_url": "http://ropo24.fi/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "http://127.0.0.1.example.com/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "http://0.0.0.0/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "http://2130706433/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "http://[::ffff:8.8.8.8]/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "ftp://localhost/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "ropo24.fi/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "//ropo24.fi/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "/rest"}, InvalidArgument, "base_url"),
    ({"base_url": ""}, InvalidArgument, "base_url"),
    ({"base_url": "https://"}, InvalidArgument, "base_url"),
    ({"base_url": "https://host:port/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "https://host:99999/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "https://ho st/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "https://host/rest\n"}, InvalidArgument, "base_url"),
    ({"base_url": "https://user:s3cr3t@host/rest"}, InvalidArgument, "base_url"),
    ({"base_url": "https://host/rest?x=1"}, InvalidArgument, "base_url"),
    ({"base_url": "https://host/rest#x"}, InvalidArgument, "base_url"),
    ({"base_url": httpx.URL("https://host/rest")}, TypeError, "base_url"),
    ({"base_url": b"https://host/rest"}, TypeError, "base_url"),
    *[
        ({**HERE, name: value}, kind, name)
        for name in ("timeout", "deadline")
        for value, kind in [
            (0, InvalidArgument),
            (-1, InvalidArgument),
            (float("nan"), InvalidArgument),
            (float("inf"), InvalidArgument),
            ("30", TypeError),
            (True, TypeError),
            (None, TypeError),
            (httpx.Timeout(5), TypeError),
        ]
    ],
    ({**HERE, "retries": -1}, InvalidArgument, "retries"),
    ({**HERE, "retries": 1.0}, TypeError, "retries"),
    ({**HERE, "retries": True}, TypeError, "retries"),
    ({**HERE, "retries": None}, TypeError, "retries"),
    ({**HERE, "max_connections": 0}, InvalidArgument, "max_connections"),
    ({**HERE, "max_connections": "5"}, TypeError, "max_connections"),
    ({**HERE, "max_response_bytes": 0}, InvalidArgument, "max_response_bytes"),
    ({**HERE, "max_response_bytes": 1e6}, TypeError, "max_response_bytes"),
    ({**HERE, "on_attempt": "hook"}, TypeError, "on_attempt"),
    ({**HERE, "user_agent_suffix": "a\r\nb"}, InvalidArgument, "user_agent_suffix"),
    ({**HERE, "user_agent_suffix": ""}, InvalidArgument, "user_agent_suffix"),
    ({**HERE, "user_agent_suffix": "a "}, InvalidArgument, "user_agent_suffix"),
    ({**HERE, "user_agent_suffix": "ä"}, InvalidArgument, "user_agent_suffix"),
    ({**HERE, "user_agent_suffix": 5}, TypeError, "user_agent_suffix"),
    ({**HERE, "transport": "x"}, TypeError, "transport"),
    ({**HERE, "transport": httpx.HTTPTransport}, TypeError, "transport"),
    ({**HERE, "transport": NothingLeaves()}, TypeError, "proxy"),
    ({**HERE, "transport": NothingLeaves()}, TypeError, "ssl_context"),
]


@pytest.mark.parametrize(("options", "kind", "name"), CLIENTS)
def test_a_wrong_option_of_the_client(options: dict[str, Any], kind: type[Exception], name: str) -> None:
    if name == "proxy":
        options = {**options, "proxy": "http://127.0.0.1:1"}
    if name == "ssl_context":
        options = {**options, "ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    with pytest.raises(kind, match=name) as caught:
        RopoJobsClient(BearerToken("t"), **options)
    assert type(caught.value) is kind
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"timeout": 0}, InvalidArgument),
        ({"deadline": -1}, InvalidArgument),
        ({"deadline": "5"}, TypeError),
        ({"retries": -1}, InvalidArgument),
        ({"retries": True}, TypeError),
    ],
)
def test_a_wrong_option_of_a_copy(options: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind, match=next(iter(options))):
        RopoJobsClient(BearerToken("t"), **HERE).with_options(**options)


CREDENTIALS: list[tuple[Callable[[Any, Any], object], type[Exception], str]] = [
    (lambda code, _: code(cid="", apicode="c"), InvalidArgument, "cid"),
    (lambda code, _: code(cid=" ", apicode="c"), InvalidArgument, "cid"),
    (lambda code, _: code(cid=1000011, apicode="c"), TypeError, "cid"),
    (lambda code, _: code(cid="1", apicode=""), InvalidArgument, "apicode"),
    (lambda code, _: code(cid="1", apicode=None), TypeError, "apicode"),
    (lambda code, _: code(cid="1", apicode="\ud800"), InvalidArgument, "apicode"),
    (lambda _, bearer: bearer(""), InvalidArgument, "token"),
    (lambda _, bearer: bearer(" "), InvalidArgument, "token"),
    (lambda _, bearer: bearer("Bearer x"), InvalidArgument, "token"),
    (lambda _, bearer: bearer("a\r\nb"), InvalidArgument, "token"),
    (lambda _, bearer: bearer("ä"), InvalidArgument, "token"),
    (lambda _, bearer: bearer(None), TypeError, "token"),
    (lambda _, __: None, TypeError, "credentials"),
    (lambda _, __: "token", TypeError, "credentials"),
    (lambda _, __: ("1", "c"), TypeError, "credentials"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("make", "kind", "name"), CREDENTIALS)
async def test_wrong_credentials(make: Callable[[Any, Any], Any], kind: type[Exception], name: str) -> None:
    transport = NothingLeaves()
    with pytest.raises(kind, match=name):
        await RopoJobsClient(make(ApiCode, BearerToken), **HERE, transport=transport).get_job(jobid=1)
    assert transport.used == 0


async def _gives(value: Any) -> Any:
    return value


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda: "a plain function", TypeError),
        (lambda: None, TypeError),
        (lambda: _gives(None), InvalidArgument),
        (lambda: _gives(""), InvalidArgument),
        (lambda: _gives("a b"), InvalidArgument),
        (lambda: _gives("a\nb"), InvalidArgument),
        (lambda: _gives("ä"), InvalidArgument),
        (lambda: _gives(b"token"), InvalidArgument),
    ],
)
async def test_a_function_that_gives_no_token(ask: Any, kind: type[Exception]) -> None:
    transport = NothingLeaves()
    async with RopoJobsClient(ask, **HERE, transport=transport) as ropo:
        with pytest.raises(kind, match="credentials"):
            await ropo.add_payment(payment())
    assert transport.used == 0


# httpx-aiohttp

Aiohttp = type("AiohttpTransport", (NothingLeaves,), {"__module__": "httpx_aiohttp.transport"})


class _Mine(Aiohttp):  # type: ignore[misc, valid-type]
    """A transport of one's own on top of it."""


@pytest.mark.parametrize("transport", [Aiohttp(), _Mine()], ids=["itself", "a subclass"])
def test_a_transport_that_hides_what_was_sent_is_refused(transport: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"transport.*httpx-aiohttp"):
        RopoJobsClient(BearerToken("t"), **HERE, transport=transport)


# The environment

ENVIRONMENTS: list[tuple[dict[str, str], str]] = [
    ({}, "ROPO_TOKEN or else ROPO_CID and ROPO_APICODE"),
    ({"ROPO_TOKEN": "t"}, "ROPO_ENVIRONMENT or else ROPO_BASE_URL"),
    ({"ROPO_ENVIRONMENT": "FINLAND"}, "ROPO_TOKEN"),
    ({"ROPO_CID": "1", "ROPO_ENVIRONMENT": "FINLAND"}, "ROPO_APICODE"),
    ({"ROPO_APICODE": "c", "ROPO_ENVIRONMENT": "FINLAND"}, "ROPO_CID"),
    ({"ROPO_CID": "1", "ROPO_APICODE": " ", "ROPO_ENVIRONMENT": "FINLAND"}, "ROPO_APICODE"),
    ({"ROPO_CID": "1", "ROPO_APICODE": "c", "ROPO_TOKEN": "t", "ROPO_ENVIRONMENT": "FINLAND"}, "ROPO_TOKEN"),
    ({"ROPO_CID": "1", "ROPO_TOKEN": "t", "ROPO_ENVIRONMENT": "FINLAND"}, "ROPO_TOKEN"),
    ({"ROPO_TOKEN": "t", "ROPO_ENVIRONMENT": "DENMARK"}, "ROPO_ENVIRONMENT"),
    ({"ROPO_TOKEN": "t", "ROPO_ENVIRONMENT": "FINLAND", "ROPO_BASE_URL": "https://host/rest"}, "ROPO_BASE_URL"),
    ({"ROPO_TOKEN": "t", "ROPO_BASE_URL": "http://ropo24.fi/rest"}, "base_url"),
    ({"ROPO_TOKEN": "two words", "ROPO_ENVIRONMENT": "FINLAND"}, "token"),
]


@pytest.mark.parametrize(("variables", "name"), ENVIRONMENTS)
def test_wrong_environment_variables(variables: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ROPO_CID", "ROPO_APICODE", "ROPO_TOKEN", "ROPO_ENVIRONMENT", "ROPO_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidArgument, match=name) as caught:
        RopoJobsClient.from_env()
    assert "two words" not in str(caught.value)
