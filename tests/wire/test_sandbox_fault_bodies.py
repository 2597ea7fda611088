"""Faults of the body: exactly what is on the wire, for JSON, for PDFs and for empty answers."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from fault_support import PAYMENT, POST, Count, closes, prepared, restored, whole
from raw_http import Caller, unchunked

from ropo_jobs_sandbox.faults import KINDS

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


@pytest.mark.parametrize(
    ("kind", "status", "media_type", "body"),
    [
        ("html", 200, "text/html; charset=utf-8", None),
        ("empty", 200, None, b""),
        ("list-for-object", 201, "application/json", b"[]"),
        ("numbers-as-strings", 201, "application/json", b'{"jobid":"1","billnum":"A","billcode":"1232",'),
        ("unknown-fields", 201, "application/json", b'{"jobid":1,"billnum":"A","billcode":"1232",'),
        ("invalid-json", 201, "application/json", b'{"jobid":1,"billnum":"A","billcode":"1232",'),
        ("latin-1", 201, "application/json", b'{"jobid":1,"billnum":"A","billcode":"1232",'),
        ("wrong-type", 201, "text/html; charset=utf-8", b'{"jobid":1,"billnum":"A","billcode":"1232",'),
    ],
)
def test_other_bodies(caller: Caller, kind: str, status: int, media_type: str | None, body: bytes | None) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, kind)
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers.get("content-type"), heard.end) == (status, media_type, "closed")
    assert heard.headers["content-length"] == str(len(heard.body))
    assert heard.body.startswith(b"<!DOCTYPE html>" if body is None else body)
    assert count.done == 1
    if kind == "unknown-fields":
        assert set(heard.json) == {"jobid", "billnum", "billcode", "paydate", "unknown_text", "unknown_object"}
    elif kind == "invalid-json":
        with pytest.raises(json.JSONDecodeError):
            _ = heard.json
    elif kind == "latin-1":
        with pytest.raises(UnicodeDecodeError):
            heard.body.decode()
        assert json.loads(heard.body.decode("latin-1"))["jobid"] == 1


def test_numbers_as_strings_and_unknown_fields_reach_every_depth(caller: Caller) -> None:
    operation = "POST /jobs/findbyendcustomer"
    plain = caller.call(operation, {"custnum": "1022"}).json["jobs"][0]
    caller.sandbox.fault(operation, "numbers-as-strings")
    stringy = caller.call(operation, {"custnum": "1022"}).json["jobs"][0]
    numbers = {name: value for name, value in plain.items() if isinstance(value, int | float)}
    assert numbers
    assert {name: stringy[name] for name in numbers} == {name: str(value) for name, value in numbers.items()}
    caller.sandbox.fault(operation, "unknown-fields")
    found = caller.call(operation, {"custnum": "1022"}).json
    assert "unknown_object" in found
    assert {**plain, **found["jobs"][0]} == found["jobs"][0]
    assert "unknown_text" in found["jobs"][0]


def test_gzip(caller: Caller) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "gzip")
    heard = caller.call(POST, PAYMENT)
    assert (heard.status, heard.headers["content-encoding"]) == (201, "gzip")
    assert (gzip.decompress(heard.body), count.done) == (expected, 1)


def test_gzip_bomb(caller: Caller) -> None:
    expected, count = whole(caller), Count(caller)
    caller.sandbox.fault(POST, "gzip-bomb", size=20_000_000)
    heard = caller.call(POST, PAYMENT)
    packed, complete = unchunked(heard.body)
    assert (heard.headers["content-encoding"], complete, count.done) == ("gzip", True, 1)
    assert len(packed) < 100_000
    unpacked = zlib.decompress(packed, wbits=31)
    assert len(unpacked) == 20_000_000
    assert unpacked.rstrip() == expected


@pytest.mark.parametrize("announced", [True, False])
def test_huge(caller: Caller, announced: bool) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, "huge", size=5_000_000, announced=announced)
    heard = caller.call(POST, PAYMENT)
    body, complete = (heard.body, True) if announced else unchunked(heard.body)
    assert heard.headers.get("content-length") == ("5000000" if announced else None)
    assert (len(body), complete, json.loads(body)["jobid"], count.done) == (5_000_000, True, 1, 1)


def test_endless(caller: Caller) -> None:
    count = Count(caller)
    caller.sandbox.fault(POST, "endless")
    heard = caller.call(POST, PAYMENT, most=10_000_000)
    assert (heard.status, heard.headers["transfer-encoding"], heard.end) == (201, "chunked", "open")
    closes(caller)
    caller.sandbox.fault(POST, "endless", size=1, interval=0.02)
    heard = caller.call(POST, PAYMENT, most=len(heard.head) + 4 + 6 * 5)
    assert set(re.findall(rb"1\r\n(.)\r\n", heard.body)) == {b"[", b" "}
    assert heard.seconds >= 0.08
    closes(caller)
    assert count.done == 2


PDF_AFTER = {
    "delay-headers": "same",
    "delay-body": "same",
    "html": "replaced",
    "empty": "replaced",
    "list-for-object": "replaced",
    "numbers-as-strings": "untouched",
    "unknown-fields": "untouched",
    "invalid-json": "replaced",
    "latin-1": "untouched",
    "gzip": "gzip",
    "gzip-bomb": "gzip",
    "huge": "large",
    "wrong-type": "same",
    "endless": "start",
}


@pytest.mark.parametrize("sized", [False, True])
@pytest.mark.parametrize("kind", PDF_AFTER)
def test_what_comes_of_a_pdf(caller: Caller, kind: str, sized: bool) -> None:
    given = {"seconds": 0.01, "size": 300_000}
    options: dict[str, Any] = {name: given[name] for name in KINDS[kind] if name in given}
    billnum = f"{kind}-{sized}"
    caller.sandbox.add_example_job(billnum=billnum)
    if sized:
        caller.sandbox.set_pdf_size(billnum, 200_000)
    operation = f"GET /jobs/pdf?billnum={billnum}"
    pdf = caller.call(operation).body
    caller.sandbox.fault("GET /jobs/pdf", kind, **options)
    heard = caller.call(operation, most=1_000_000)
    assert heard.status == 200
    body = heard.body if "content-length" in heard.headers else unchunked(heard.body)[0]
    if heard.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    match PDF_AFTER[kind]:
        case "replaced":
            assert b"%PDF" not in body
            assert heard.headers.get("content-type") != "application/pdf"
        case "untouched":
            assert (body, heard.headers["content-type"]) == (pdf, "application/pdf")
        case "start":
            assert (body[:5], len(body) > 300_000, heard.end) == (b"%PDF-", True, "open")
        case _:
            assert body.startswith(b"%PDF-")
            assert b"%%EOF" in body[-100:]
            assert len(body) == (300_000 if kind in ("huge", "gzip-bomb") else len(pdf))
    assert (heard.headers.get("content-type") == "text/html; charset=utf-8") is (kind in ("wrong-type", "html"))
    closes(caller)


def test_an_empty_answer_and_faults_of_the_body(caller: Caller) -> None:
    caller.call("GET /jobs/statusupdates")
    expected = {
        "html": b"<!DOCTYPE",
        "empty": b"",
        "list-for-object": b"[]",
        "numbers-as-strings": None,
        "unknown-fields": None,
        "invalid-json": b"[",
        "latin-1": b'["Hyv\xe4',
        "wrong-type": b"[]",
        "huge": b"[]   ",
    }
    for kind, body in expected.items():
        caller.sandbox.fault("GET /jobs/statusupdates", kind, **({"size": 10} if kind == "huge" else {}))
        heard = caller.call("GET /jobs/statusupdates")
        assert heard.status == (204 if body is None else 200), kind
        assert heard.body.startswith(body or b""), kind
        assert body or not heard.body, kind


def test_latin_1_in_a_list_of_objects(caller: Caller) -> None:
    caller.sandbox.fault("GET /jobs/statusupdates", "latin-1")
    heard = caller.call("GET /jobs/statusupdates?billnum=A")
    assert [update["unknown_text"] for update in json.loads(heard.body.decode("latin-1"))] == ["Hyvää päivää"]


def test_refusals_are_struck_too(caller: Caller) -> None:
    caller.sandbox.fault(POST, "html")
    assert caller.call(POST, {**PAYMENT, "billnum": "nobody"}).status == 200
    caller.sandbox.fault(POST, "truncate")
    assert caller.call(POST, {**PAYMENT, "billnum": "nobody"}).status == 404
