"""What goes wrong on purpose: exactly what is on the wire, and whether the request was carried out."""

from __future__ import annotations

import re
import socket
import time
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fault_support import PAYMENT, POST, Count, closes, prepared, restored, until, whole
from raw_http import Caller, unchunked
from sandbox_support import running

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(scope="module")
def started() -> Generator[Caller]:
    with prepared() as caller:
        yield caller


@pytest.fixture
def caller(started: Caller, caplog: pytest.LogCaptureFixture) -> Generator[Caller]:
    with restored(started, caplog) as caller:
        yield caller


# Silence


@pytest.mark.parametrize(
    ("kind", "options", "end", "done"),
    [
        ("disconnect-before", {}, "closed", 0),
        ("disconnect-after", {}, "closed", 1),
        ("stall-after", {"seconds": 0.05}, "closed", 1),
        ("stall-after", {}, "open", 1),
        ("reset", {}, "reset", 1),
    ],
)
def test_not_a_byte_comes(caller: Caller, kind: str, options: dict[str, Any], end: str, done: int) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, kind, **options)
    heard = caller.call(POST, PAYMENT, patience=0.2)
    assert (heard.data, heard.end, count.done) == (b"", end, done)
    if "seconds" in options:
        assert heard.seconds >= options["seconds"]
    record = caller.sandbox.last_request
    assert record is not None
    assert (record.operation, record.fault, record.status) == (POST, kind, None)
    closes(caller)
    assert caller.call(POST, PAYMENT).status == 201


# Pauses


def test_delay_headers(caller: Caller) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, "delay-headers", seconds=0.1)
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.end, count.done) == (201, "closed", 1)
    assert heard.seconds >= 0.1
    caller.sandbox.fault(POST, "delay-headers", seconds=60)
    assert caller.call(POST, PAYMENT, patience=0.05).data == b""
    closes(caller)
    assert count.done == 2


@pytest.mark.parametrize("after", [0, 1, 7, 10_000])
def test_delay_body(caller: Caller, after: int) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "delay-body", seconds=60, after=after)
    heard = caller.call(POST, PAYMENT, patience=0.3)
    assert (heard.status, heard.headers["content-length"]) == (201, str(len(expected)))
    assert heard.body == expected[: min(after, len(expected) - 1)]
    assert (heard.end, count.done) == ("open", 1)
    closes(caller)
    caller.sandbox.fault(POST, "delay-body", seconds=0.1, after=after)
    heard = caller.call(POST, PAYMENT)
    assert (heard.body, heard.end) == (expected, "closed")
    assert heard.seconds >= 0.1


def test_a_delayed_connection_is_kept(caller: Caller) -> None:
    with httpx.Client(base_url=caller.sandbox.base_url, verify=False) as client:
        caller.sandbox.fault("POST /token", "delay-body", times=2, seconds=0.01)
        login = {"cid": caller.sandbox.cid, "apicode": caller.sandbox.apicode}
        assert [client.post("/token", json=login).status_code for _ in range(3)] == [201] * 3
        assert caller.sandbox.open_connections == 1
    closes(caller)


# Cut short


def test_truncate(caller: Caller) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "truncate")
    heard = caller.call(POST, PAYMENT)
    assert heard.head.startswith("HTTP/1.1 201 Created\r\n")
    assert heard.headers["content-length"] == str(len(expected))
    assert (heard.body, heard.end, count.done) == (expected[: len(expected) // 2], "closed", 1)
    caller.sandbox.fault(POST, "truncate", after=10_000)
    assert caller.call(POST, PAYMENT).body == expected[:-1]
    caller.sandbox.fault(POST, "truncate", after=0)
    assert caller.call(POST, PAYMENT).body == b""


def test_truncate_chunked(caller: Caller) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "truncate-chunked")
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["transfer-encoding"]) == (201, "chunked")
    assert "content-length" not in heard.headers
    assert unchunked(heard.body) == (expected[: len(expected) // 2], False)
    assert (heard.end, count.done) == ("closed", 1)


def test_truncate_close(caller: Caller) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "truncate-close")
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["connection"]) == (201, "close")
    assert not {"content-length", "transfer-encoding"} & set(heard.headers)
    assert (heard.body, heard.end, count.done) == (expected[: len(expected) // 2], "closed", 1)


def test_reset_body(caller: Caller) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "reset-body")
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["content-length"]) == (201, str(len(expected)))
    assert (heard.body, heard.end, count.done) == (expected[: len(expected) // 2], "reset", 1)


@pytest.mark.parametrize("kind", ["truncate", "truncate-chunked", "truncate-close", "reset-body"])
def test_pdfs_are_cut_short_too(caller: Caller, kind: str) -> None:
    operation = "GET /jobs/pdf?billnum=A"
    size = len(caller.call(operation).body)
    caller.sandbox.fault("GET /jobs/pdf", kind, times=2)
    heard = caller.call(operation)
    assert heard.body.lstrip(b"0123456789abcdef\r\n").startswith(b"%PDF-")
    body = unchunked(heard.body)[0] if kind == "truncate-chunked" else heard.body
    assert len(body) == size // 2
    # One that is made while it is sent: even its start is more than fits into the buffers on the way.
    caller.sandbox.set_pdf_size("A", 30_000_000)
    try:
        heard = caller.call(operation)
    finally:
        caller.sandbox.set_pdf_size("A", size + 1_000)
    assert heard.end == ("reset" if kind == "reset-body" else "closed")
    body = unchunked(heard.body)[0] if kind == "truncate-chunked" else heard.body
    assert len(body) <= 15_000_000 if kind == "reset-body" else len(body) == 15_000_000
    closes(caller)


@pytest.mark.parametrize("kind", ["truncate", "truncate-chunked", "truncate-close", "reset-body", "delay-body"])
def test_an_empty_answer_gets_something_to_cut(caller: Caller, kind: str) -> None:
    assert caller.call("GET /jobs/statusupdates").status in (200, 204)
    assert caller.call("GET /jobs/statusupdates").status == 204
    caller.sandbox.fault("GET /jobs/statusupdates", kind)
    heard = caller.call("GET /jobs/statusupdates", patience=0.5)
    assert heard.status == 200
    assert heard.body == (b"1\r\n[\r\n" if kind == "truncate-chunked" else b"[")


# Statuses


@pytest.mark.parametrize("status", [302, 400, 408, 409, 425, 429, 500, 502, 503, 504, 520])
@pytest.mark.parametrize("carried_out", [False, True])
def test_status(caller: Caller, status: int, carried_out: bool) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, "status", status=status, carried_out=carried_out)
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.end, count.done) == (status, "closed", int(carried_out))
    assert heard.headers["content-type"] == "application/problem+json"
    assert heard.json["status"] == status
    assert "retry-after" not in heard.headers


@pytest.mark.parametrize(
    ("form", "media_type", "body"),
    [
        ("problem", "application/problem+json", r'\{"type":"about:blank",.*\}'),
        ("error", "application/json", r'\{"error":".+"\}'),
        ("html", "text/html; charset=utf-8", r"<!DOCTYPE html>(.|\n)+502 Bad Gateway(.|\n)+"),
        ("text", "text/plain; charset=utf-8", "502 Bad Gateway"),
        ("empty", None, ""),
    ],
)
def test_the_form_of_a_status(caller: Caller, form: str, media_type: str | None, body: str) -> None:
    caller.sandbox.fault(POST, "status", status=502, form=form)
    heard = caller.call(POST, PAYMENT)
    assert heard.headers.get("content-type") == media_type
    assert re.fullmatch(body, heard.body.decode())


def test_statuses_without_a_body(caller: Caller) -> None:
    for status in (204, 304):
        caller.sandbox.fault(POST, "status", status=status, form="html")
        assert caller.call(POST, PAYMENT).body == b""


@pytest.mark.parametrize(("given", "sent"), [(7, "7"), (0, "0"), ("soon", "soon"), (None, None)])
def test_retry_after(caller: Caller, given: object, sent: str | None) -> None:
    for status in (429, 503):
        caller.sandbox.fault(POST, "status", status=status, retry_after=given)
        assert caller.call(POST, PAYMENT).headers.get("retry-after") == sent


def test_retry_after_a_date(caller: Caller) -> None:
    caller.sandbox.fault(POST, "status", retry_after="date", form="empty")
    headers = caller.call(POST, PAYMENT).headers
    later = parsedate_to_datetime(headers["retry-after"]) - parsedate_to_datetime(headers["date"])
    assert 1 <= later.total_seconds() <= 2


def test_redirect(caller: Caller) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, "redirect")
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["location"], count.done) == (302, "http://127.0.0.1:1/", 0)
    caller.sandbox.fault(POST, "redirect", status=307, location="https://elsewhere.invalid/", carried_out=True)
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["location"], count.done) == (307, "https://elsewhere.invalid/", 1)


def test_expire_token(caller: Caller) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, "expire-token")
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert caller.call(POST, PAYMENT).status == 401
    caller.renew()
    assert caller.call(POST, PAYMENT).status == 201
    assert count.done == 1


# No connection at all


def test_refused_connections(caller: Caller) -> None:
    with httpx.Client(base_url=caller.sandbox.base_url, verify=False) as client:
        assert client.get("/jobs").status_code == 401
        peer = caller.peer
        with caller.sandbox.refuse_connections():
            with pytest.raises(httpx.ConnectError):
                client.get("/jobs")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(peer)
            closes(caller)
            with caller.sandbox.refuse_connections(), pytest.raises(ConnectionRefusedError):
                socket.create_connection(peer)
            caller.sandbox.refuse_connections()
        assert client.get("/jobs").status_code == 401
        assert caller.peer == peer
        caller.sandbox.accept_connections()
        assert client.get("/jobs").status_code == 401
    closes(caller)


def test_a_request_under_way_is_answered_while_others_are_refused(caller: Caller) -> None:
    caller.sandbox.fault(POST, "delay-headers", seconds=0.3)
    before = caller.sandbox.carried_out(POST)
    with caller.connect() as connection:
        connection.sendall(caller.request(POST, PAYMENT))
        until(lambda: caller.sandbox.carried_out(POST) > before)
        with caller.sandbox.refuse_connections():
            assert connection.recv(12) == b"HTTP/1.1 201"


def test_it_stops_while_it_refuses_connections_and_while_it_stalls() -> None:
    with running() as service:
        service.sandbox.refuse_connections()
    with running() as service:
        caller = Caller(service.sandbox)
        service.sandbox.fault("*", "stall-after", times=None)
        with caller.connect() as connection:
            connection.sendall(caller.request("GET /jobs/statusupdates"))
            until(lambda: service.sandbox.carried_out("GET /jobs/statusupdates") == 1)
            began = time.monotonic()
            service.sandbox.stop()
            assert time.monotonic() - began < 1
            assert connection.recv(1) == b""


# The clock in the headers


def test_the_date_header_follows_the_sandboxs_clock() -> None:
    with running() as service:
        caller = Caller(service.sandbox)
        for days in (0, 40):
            day = service.sandbox.advance(days=days)
            service.sandbox.fault("GET /jobs", "truncate", times=1)
            for _ in range(2):
                dates = re.findall("(?im)^date: (.*)$", caller.call("GET /jobs").head.replace("\r", ""))
                assert len(dates) == 1
                moment = parsedate_to_datetime(dates[0])
                assert moment.date() == day
                assert moment.tzinfo is not None
            answer = service.client.get(f"{service.sandbox.address}/_sandbox/state")
            assert parsedate_to_datetime(answer.headers["date"]).date() == day
    with running(today=None) as service:
        heard = Caller(service.sandbox).call("GET /jobs")
        shown = parsedate_to_datetime(heard.headers["date"])
        real = datetime.combine(date.today(), datetime.now(UTC).timetz())  # noqa: DTZ011
        assert abs((real - shown).total_seconds()) < 5 or real.hour == 0
