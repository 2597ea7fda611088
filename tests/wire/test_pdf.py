"""PDFs over real sockets: what is handed out and saved, and every way in which one can be broken."""

from __future__ import annotations

import asyncio
import errno
import functools
import gc
import gzip
import hashlib
import os
import random
import sys
import textwrap
import time
import types
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from rawserver import (
    BILL,
    JOB,
    PATIENCE,
    Memory,
    Peer,
    RawServer,
    Reply,
    answers,
    assert_nothing_held,
    chunked,
    connect_to,
    no_pauses,
    pdf,
    response,
    running,
    stay_silent,
    then,
    then_silence,
    until,
)

from ropo_jobs_client import ApiCode, AttemptEvent, PdfDownload, PdfStream, RopoJobsClient, SavedPdf, api
from ropo_jobs_client.errors import (
    ApiError,
    ConnectionLost,
    JobNotFound,
    NotAPdf,
    NotFound,
    OutcomeUnknown,
    PdfTooLarge,
    PdfTruncated,
    PermissionDenied,
    ResponseError,
    RopoError,
    ServerError,
    TimedOut,
)
from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Awaitable

pytestmark = pytest.mark.fast

PDF = pdf(200_000)
TAKEN = "must not be sent again"

Stream = Callable[..., AbstractAsyncContextManager[PdfStream]]
Save = Callable[..., "Awaitable[SavedPdf]"]


def _stream_pdf(client: RopoJobsClient, **options: Any) -> AbstractAsyncContextManager[PdfStream]:
    return client.pdf(jobid=1, **options)


def _stream_preview(client: RopoJobsClient, **options: Any) -> AbstractAsyncContextManager[PdfStream]:
    return client.preview([BILL], **options)


def _stream_local_print(client: RopoJobsClient, **options: Any) -> AbstractAsyncContextManager[PdfStream]:
    return client.local_print([BILL], **options)


async def _save_pdf(client: RopoJobsClient, path: Any, **options: Any) -> SavedPdf:
    return await client.pdf(jobid=1, **options).save(path)


async def _save_preview(client: RopoJobsClient, path: Any, **options: Any) -> SavedPdf:
    return await client.preview([BILL], **options).save(path)


async def _save_local_print(client: RopoJobsClient, path: Any, **options: Any) -> SavedPdf:
    return await client.local_print([BILL], **options).save(path)


all_streams = pytest.mark.parametrize(
    "stream", [_stream_pdf, _stream_preview, _stream_local_print], ids=["pdf", "preview", "local print"]
)
all_saves = pytest.mark.parametrize(
    "save", [_save_pdf, _save_preview, _save_local_print], ids=["pdf", "preview", "print"]
)


def _nothing_left(directory: Path, *names: str) -> None:
    assert sorted(path.name for path in directory.iterdir()) == sorted(names)


# Against the sandbox


@asynccontextmanager
async def _sandbox(**options: Any) -> AsyncGenerator[tuple[Sandbox, RopoJobsClient]]:
    async with Sandbox() as sandbox:
        credentials = ApiCode(cid=sandbox.cid, apicode=sandbox.apicode)
        async with connect_to(sandbox.base_url, credentials=credentials, **options) as client:
            yield sandbox, client
        await until(lambda: sandbox.open_connections == 0)


@pytest.mark.anyio
@all_streams
async def test_a_pdf_is_streamed(stream: Stream) -> None:
    async with _sandbox() as (sandbox, client):
        sandbox.add_example_job()
        async with stream(client) as found:
            chunks = [chunk async for chunk in found]
        whole = b"".join(chunks)
        assert whole.startswith(b"%PDF-")
        assert b"%%EOF" in whole[-1_024:]
        assert found.size == len(whole)
        assert found.content_type == "application/pdf"
        assert found.filename is not None
        assert found.filename.endswith(".pdf")
        assert all(chunks)


@pytest.mark.anyio
@all_saves
@pytest.mark.parametrize("kind", [str, Path])
async def test_a_pdf_is_saved(save: Save, kind: type, tmp_path: Path) -> None:
    async with _sandbox() as (sandbox, client):
        sandbox.add_example_job()
        target = tmp_path / "a.pdf"
        saved = await save(client, kind(target))
        content = target.read_bytes()
        assert content.startswith(b"%PDF-")
        assert saved == SavedPdf(target, len(content), hashlib.sha256(content).hexdigest())
        _nothing_left(tmp_path, "a.pdf")


@pytest.mark.anyio
async def test_a_pdf_of_the_size_that_was_asked_for(tmp_path: Path) -> None:
    async with _sandbox() as (sandbox, client):
        sandbox.add_example_job(billnum="11213")
        sandbox.set_pdf_size("11213", 5_000_000)
        async with client.pdf(billnum="11213") as stream:
            assert stream.size == 5_000_000
            assert len(await stream.read()) == 5_000_000
        saved = await client.pdf(billnum="11213").save(tmp_path / "a.pdf")
        assert saved.size == 5_000_000
        with (tmp_path / "a.pdf").open("rb") as file:
            assert saved.sha256 == hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.anyio
async def test_there_is_no_such_job(tmp_path: Path) -> None:
    async with _sandbox() as (_, client):
        with pytest.raises(JobNotFound) as caught:
            await client.pdf(jobid=404).__aenter__()
        assert caught.value.operation == "GET /jobs/pdf"
        with pytest.raises(JobNotFound):
            await client.pdf(jobid=404).save(tmp_path / "a.pdf")
        _nothing_left(tmp_path)


# What is handed out


@pytest.mark.anyio
@all_streams
@pytest.mark.parametrize(
    "whole",
    [response(PDF), response(PDF, length=None), chunked(PDF[:1], PDF[1:3], PDF[3:70_000], PDF[70_000:])],
    ids=["length", "until the end", "chunked"],
)
async def test_a_whole_pdf_whichever_way_it_is_sent(stream: Stream, whole: bytes) -> None:
    has_length = b"Content-Length" in whole
    async with running(answers(then(whole, Peer.close))) as (server, client):
        async with stream(client) as found:
            assert found.size == (len(PDF) if has_length else None)
            assert b"".join([chunk async for chunk in found]) == PDF
            # What has ended stays so.
            assert [chunk async for chunk in found] == []
        assert_nothing_held(client, 20)
        (request,) = server.requests
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["accept"].startswith("application/pdf")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "content_type",
    [
        "application/pdf",
        "application/x-pdf",
        "application/octet-stream",
        "Application/PDF; charset=binary",
        "application/force-download",
        "application/x-download",
        "application/download",
        "binary/octet-stream",
        "application/pdf, application/pdf",
        "text/html, application/pdf",
        "",
        None,
    ],
)
async def test_content_types_that_a_pdf_can_have(content_type: str | None) -> None:
    handler = answers(response(PDF, content_type=content_type))
    async with running(handler) as (_, client), client.pdf(jobid=1) as found:
        assert await found.read() == PDF
        assert found.content_type == content_type


@pytest.mark.anyio
@pytest.mark.parametrize(
    "padding", [b"\n" * 1_100, b"\0" * 300_000, b"<!-- 7 ms -->" * 1_000], ids=["lines", "zeros", "more"]
)
async def test_what_follows_the_end_does_not_matter_where_the_length_shows_that_all_is_here(padding: bytes) -> None:
    async with running(answers(response(PDF + padding))) as (_, client), client.pdf(jobid=1) as found:
        assert await found.read() == PDF + padding


@pytest.mark.anyio
async def test_a_length_beside_chunks_says_nothing() -> None:
    padded = PDF + b"\n" * 1_100
    whole = chunked(padded).replace(b"\r\n", b"\r\nContent-Length: %d\r\n" % len(padded), 1)
    async with running(answers(whole), retries=0) as (_, client):
        # One transport refuses the response, the other reads its chunks.
        with pytest.raises((PdfTruncated, ConnectionLost)):
            await client.pdf(jobid=1).read()


@pytest.mark.anyio
async def test_a_pdf_that_was_compressed_all_the_same() -> None:
    handler = answers(response(gzip.compress(PDF), Content_Encoding="gzip"))
    async with running(handler) as (_, client), client.pdf(jobid=1) as found:
        assert found.size is None
        assert await found.read() == PDF


@pytest.mark.product
@pytest.mark.anyio
@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (None, None),
        ("attachment", None),
        ('attachment; filename="11213.pdf"', "11213.pdf"),
        ("attachment; filename=11213.pdf", "11213.pdf"),
        ("attachment; filename=plain.pdf; filename*=UTF-8''lasku%20%C3%A4.pdf", "lasku ä.pdf"),
        ("attachment; filename*=iso-8859-1''lasku%20%E4.pdf", "lasku ä.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="/etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Windows\\\\bill.pdf"', "bill.pdf"),
        ('attachment; filename="C:bill.pdf"', "bill.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fbill.pdf", "bill.pdf"),
        ("attachment; filename*=UTF-8''bill%00.exe%0d%0a.pdf", "bill.exe.pdf"),
        ("attachment; filename*=UTF-8''bill%E2%80%AEfdp.exe", "billfdp.exe"),
        ("attachment; filename*=UTF-8''%E2%80%8F%E2%80%8Ebill.pdf", "bill.pdf"),
        ('attachment; filename=".."', None),
        ('attachment; filename="   "', None),
        ('attachment; filename="NUL.pdf"', None),
        ('attachment; filename="invoice.pdf', "invoice.pdf"),
        ('attachment; filename="invoice.pdf; size=7', "invoice.pdf"),
        ('attachment; filename="Lasku "11".pdf"', "Lasku 11.pdf"),
        ('attachment; filename="Lasku "11".pdf" ; size=7', "Lasku 11.pdf"),
        (r'attachment; filename="Lasku \"11\".pdf"; size=7', "Lasku 11.pdf"),
        ('attachment; filename="a;b.pdf"', "a;b.pdf"),
        ('attachment; filename=""', None),
        ("attachment; filename*=UTF-8''lasku%E4.pdf; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename*=UTF-8''lasku%2; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename*=UTF-8''%zz.pdf; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename*=broken.pdf; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename*=utf-16''broken.pdf; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename*=UTF-8''; filename=plain.pdf", "plain.pdf"),
        ("attachment; filename*=UTF-8''lasku%E4.pdf", None),
        (f'attachment; filename="{"x" * 300}.pdf"', "x" * 251 + ".pdf"),
        (f"attachment; filename*=UTF-8''{'%C3%A4' * 300}.pdf", "ä" * 125 + ".pdf"),
    ],
)
async def test_the_file_name_is_safe(disposition: str | None, name: str | None) -> None:
    headers: dict[str, Any] = {} if disposition is None else {"Content_Disposition": disposition}
    async with running(answers(response(PDF, **headers))) as (_, client), client.pdf(jobid=1) as found:
        assert found.filename == name


@pytest.mark.anyio
async def test_what_is_read_whole_may_be_as_large_as_the_client_says() -> None:
    async with running(answers(response(PDF)), max_response_bytes=len(PDF)) as (_, client):
        assert await client.pdf(jobid=1).read() == PDF
        assert await client.send(api.jobs.jobs_get_pdf_action.request(jobid=1)) == PDF
    async with running(answers(response(PDF)), max_response_bytes=len(PDF) - 1) as (_, client):
        for read in (
            client.pdf(jobid=1).read,
            lambda: client.send(api.jobs.jobs_get_pdf_action.request(jobid=1)),
        ):
            with pytest.raises(PdfTooLarge, match=rf"larger than max_response_bytes \({len(PDF) - 1}\)"):
                await read()
        async with client.pdf(jobid=1) as found:
            assert await found.read(max_bytes=len(PDF)) == PDF


@pytest.mark.anyio
async def test_a_reader_that_takes_its_time_is_not_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = 0.0
    clock = types.SimpleNamespace(monotonic=lambda: time.monotonic() + ahead)
    monkeypatch.setattr(sys.modules[PdfStream.__module__], "time", clock)
    async with running(answers(response(PDF)), deadline=5.0) as (_, client), client.pdf(jobid=1) as found:
        out = b""
        async for chunk in found:
            out += chunk
            ahead += 100
    assert out == PDF


@pytest.mark.anyio
async def test_reading_whole_stops_at_max_bytes() -> None:
    async with running(answers(response(PDF)), max_connections=1) as (_, client):
        async with client.pdf(jobid=1) as found:
            assert await found.read(max_bytes=len(PDF)) == PDF
        async with client.pdf(jobid=1) as found:
            with pytest.raises(PdfTooLarge, match=str(len(PDF) - 1)):
                await found.read(max_bytes=len(PDF) - 1)
        async with client.pdf(jobid=1) as found:
            first = await anext(aiter(found))
            assert first + await found.read() == PDF
        assert_nothing_held(client, 1)


# What is refused


# Its first end mark stands early, and is the last of what is left after a cut.
LINEARIZED = (b"%PDF-1.7\n1 0 obj\n<</Linearized 1 /L 200000 /H [1 2]>>\nendobj\n" + PDF)[:89_990] + b"\n%%EOF\n" + PDF
UPDATED = PDF + b"12 0 obj\n<<>>"

PACKED = gzip.compress(PDF)


def _http_1_0(body: bytes) -> bytes:
    return response(body, length=None).replace(b"HTTP/1.1", b"HTTP/1.0", 1)


_HTML = b"<html><body>Sivu ei ole saatavilla</body></html>"
_JSON = b'{"error": "personal data of 131052-308T"}'

REFUSED: dict[str, tuple[bytes | Reply, type[ResponseError]]] = {
    "cut, with a length": (then(response(PDF)[:100_000], Peer.close), PdfTruncated),
    "cut before anything": (then(response(PDF)[: -len(PDF)], Peer.close), PdfTruncated),
    "cut without a length": (then(response(PDF[:-100], length=None), Peer.close), PdfTruncated),
    "chunks without an end": (then(chunked(PDF, whole=False), Peer.close), PdfTruncated),
    "half a chunk": (then(chunked(PDF)[:100_000], Peer.close), PdfTruncated),
    "chunks that are none": (then(chunked(PDF[:50_000], whole=False) + b"zz\r\n", Peer.close), PdfTruncated),
    "reset": (then(response(PDF)[:100_000], Peer.reset), PdfTruncated),
    "reset without a length": (then(response(PDF[:100_000], length=None), Peer.reset), PdfTruncated),
    "more than the length": (then(response(PDF, length=len(PDF) - 1_000), Peer.close), PdfTruncated),
    "fewer than the length": (then(response(PDF, length=len(PDF) + 1), Peer.close), PdfTruncated),
    "no end mark": (response(PDF[:-7] + b"\n" * 7), PdfTruncated),
    "an early end mark": (then(response(PDF + b"\n" * 1_100, length=None), Peer.close), PdfTruncated),
    "another part begins": (response(UPDATED), PdfTruncated),
    "a linearized one, cut at its first end mark": (response(LINEARIZED[:90_000]), PdfTruncated),
    "a part, by the status": (response(PDF, status=206, Content_Range=f"bytes 0-{len(PDF) - 1}/*"), NotAPdf),
    "HTML": (response(_HTML, content_type="text/html"), NotAPdf),
    "HTML, called a PDF": (response(_HTML), NotAPdf),
    "JSON": (response(_JSON, content_type="application/json"), NotAPdf),
    "JSON, called a PDF": (response(_JSON), NotAPdf),
    "text": (response(PDF, content_type="text/plain"), NotAPdf),
    "a problem": (response(PDF, content_type="application/problem+json; charset=utf-8"), NotAPdf),
    "text, twice": (response(PDF, content_type="text/html, text/plain"), NotAPdf),
    "a late header": (response(b"\n" * 1_020 + PDF), NotAPdf),
    "empty": (response(b""), NotAPdf),
    "204": (response(b"", status=204, content_type=None, length=None), NotAPdf),
    "HTTP/1.0, cut": (then(_http_1_0(PDF[:-3]), Peer.close), PdfTruncated),
    "HTTP/1.0, cut at its first end mark": (then(_http_1_0(LINEARIZED[:90_000]), Peer.close), PdfTruncated),
    "damaged gzip": (response(PDF, Content_Encoding="gzip"), NotAPdf),
    "cut gzip": (response(gzip.compress(PDF)[:-30_000], Content_Encoding="gzip"), PdfTruncated),
    # All of the PDF is there.
    "gzip, cut in its trailer": (response(PACKED[:-3], Content_Encoding="gzip"), PdfTruncated),
    "gzip, cut before its trailer": (response(PACKED[:-8], Content_Encoding="gzip"), PdfTruncated),
    "gzip, cut in its trailer, without a length": (
        then(response(PACKED[:-3], length=None, Content_Encoding="gzip"), Peer.close),
        PdfTruncated,
    ),
    "gzip, shorter than its length": (then(response(PACKED, Content_Encoding="gzip")[:-3], Peer.close), PdfTruncated),
}
refused = pytest.mark.parametrize(("reply", "kind"), REFUSED.values(), ids=REFUSED.keys())


@pytest.mark.product
@pytest.mark.anyio
@refused
@pytest.mark.parametrize("stream", [_stream_pdf, _stream_local_print], ids=["pdf", "print"])
async def test_what_is_no_whole_pdf_is_refused(reply: bytes | Reply, kind: type[ResponseError], stream: Stream) -> None:
    async def read(client: RopoJobsClient, out: list[bytes]) -> None:
        async with stream(client) as found:
            async for chunk in found:
                out.append(chunk)  # noqa: PERF401 - what came before it broke matters too

    async with running(answers(reply, JOB), max_connections=1) as (server, client):
        out: list[bytes] = []
        with pytest.raises(kind) as caught:
            await read(client, out)
        error = caught.value
        assert type(error) is kind
        assert any(whole.startswith(b"".join(out).rstrip(b"\n")) for whole in (PDF, LINEARIZED, UPDATED))
        assert error.operation == ("GET /jobs/pdf" if stream is _stream_pdf else "POST /jobs/localprint")
        assert error.status in {200, 204, 206}
        assert error.attempts == 1
        assert (TAKEN in str(error)) is (stream is _stream_local_print)
        assert "131052" not in str(error) + repr(error)
        assert len(server.requests) == 1
        # The connection and its place are free again.
        assert_nothing_held(client, 1)
        await client.get_job(jobid=1)


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [_stream_pdf, _stream_local_print], ids=["pdf", "print"])
@pytest.mark.parametrize("whole", [response(PDF), chunked(PDF)], ids=["length", "chunked"])
async def test_what_is_over_max_bytes_is_refused(stream: Stream, whole: bytes) -> None:
    async def read(client: RopoJobsClient, max_bytes: int) -> int:
        size = 0
        async with stream(client, max_bytes=max_bytes) as found:
            async for chunk in found:
                size += len(chunk)
                assert size <= max_bytes
        return size

    async with running(answers(whole), max_connections=1) as (_, client):
        assert await read(client, len(PDF)) == len(PDF)
        with pytest.raises(PdfTooLarge, match=str(len(PDF) - 1)) as caught:
            await read(client, len(PDF) - 1)
        assert (TAKEN in str(caught.value)) is (stream is _stream_local_print)
        assert_nothing_held(client, 1)


@pytest.mark.anyio
async def test_a_compressed_bomb_stops_at_max_bytes() -> None:
    bomb = gzip.compress(b"%PDF-1.7\n" + b"\0" * 30_000_000, 1)
    async with running(answers(response(bomb, Content_Encoding="gzip"))) as (_, client):
        with pytest.raises(PdfTooLarge):
            async with client.pdf(jobid=1, max_bytes=1_000_000) as found:
                await found.read()


@pytest.mark.anyio
@pytest.mark.parametrize("end", [200, 300, 100_000])
async def test_a_pdf_that_stops_coming(end: int, tmp_path: Path) -> None:
    async with running(answers(then_silence(response(PDF)[:end])), timeout=0.1, max_connections=1) as (_, client):
        with pytest.raises(TimedOut) as caught:
            async with client.pdf(jobid=1) as found:
                await found.read()
        assert caught.value.operation == "GET /jobs/pdf"
        assert_nothing_held(client, 1)
        with pytest.raises(PdfTruncated, match=TAKEN):
            async with client.local_print([BILL]) as found:
                await found.read()
        assert_nothing_held(client, 1)
        with pytest.raises(PdfTruncated, match=TAKEN):
            await client.local_print([BILL]).save(tmp_path / "a.pdf")
        assert_nothing_held(client, 1)
        _nothing_left(tmp_path)


def _drips(begun: bytes, drop: bytes) -> Reply:
    async def reply(request: Any) -> None:
        request.peer.send(begun)
        while await request.peer.sent():
            request.peer.send(drop)
            await asyncio.sleep(0.02)

    return reply


_PDF_HEAD = b"HTTP/1.1 200 -\r\nContent-Type: application/pdf\r\n"
_CHUNKS = _PDF_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n%PDF-\r\n"
# The head of a gzip file; and a block of it that holds nothing.
_GZIP = _PDF_HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff"
_NOTHING = b"\0\0\0\xff\xff"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("begun", "drop"),
    [(_GZIP, _NOTHING), (_CHUNKS + b"1;", b"x"), (_CHUNKS + b"0\r\nX: ", b"x"), (_PDF_HEAD + b"\r\n%PDF-", b"x")],
    ids=["blocks of nothing", "an extension of a chunk", "a trailer", "the PDF itself"],
)
async def test_what_only_drips_ends_with_the_deadline(begun: bytes, drop: bytes, tmp_path: Path) -> None:
    async with running(answers(_drips(begun, drop)), timeout=5.0, deadline=0.7, retries=0) as (_, client):
        with anyio.fail_after(PATIENCE):
            with pytest.raises(TimedOut, match=r"less than 64 KiB of the PDF came in 0\.7 s"):
                await client.pdf(jobid=1).read()
            with pytest.raises(TimedOut):
                await client.pdf(jobid=1).save(tmp_path / "a.pdf")
            with pytest.raises(PdfTruncated, match=TAKEN):
                await client.local_print([BILL]).read()
        assert_nothing_held(client, 20)
    _nothing_left(tmp_path)


@pytest.mark.anyio
async def test_a_body_that_unpacks_to_nothing_is_not_read_for_ever() -> None:
    sent = 0

    async def flood(request: Any) -> None:
        nonlocal sent
        request.peer.send(_GZIP)
        while await request.peer.sent():
            request.peer.send(_NOTHING * 10_000)
            sent += 50_000

    async with running(answers(flood), retries=0) as (_, client):
        with anyio.fail_after(PATIENCE), pytest.raises(NotAPdf, match="cannot be decompressed"):
            await client.pdf(jobid=1, max_bytes=1_000).read()
        with anyio.fail_after(PATIENCE), pytest.raises(ResponseError, match="cannot be decompressed"):
            await client.get_job(jobid=1)
    # What the systems at both ends hold is on top.
    assert sent < 60_000_000


@pytest.mark.anyio
async def test_a_pdf_that_drips_ends_and_says_once_that_a_job_was_taken() -> None:
    async def drip(request: Any) -> None:
        request.peer.send(response(PDF[:1_000], length=len(PDF)))
        while await request.peer.sent():
            request.peer.send(b"x")
            await asyncio.sleep(0.01)

    too_slow = pytest.raises((TimedOut, PdfTruncated), match=r"less than 64 KiB of the PDF came in 0\.3 s")
    async with running(answers(drip), deadline=0.3, retries=0) as (_, client):
        with too_slow as late:
            await client.pdf(jobid=1).read()
        with too_slow as caught:
            async with client.local_print([BILL]) as found:
                await found.read()
    assert (type(late.value), type(caught.value)) == (TimedOut, PdfTruncated)
    assert str(caught.value).count(TAKEN) == 1


@pytest.mark.anyio
async def test_the_deadline_ends_with_the_headers_and_the_timeout_is_for_each_piece() -> None:
    async def slowly(request: Any) -> None:
        whole = response(PDF)
        for start in range(0, len(whole), 25_000):
            request.peer.send(whole[start : start + 25_000])
            await request.peer.sent()
            # Eight pieces: together longer than the deadline and the timeout.
            await asyncio.sleep(0.15)

    async with running(answers(slowly), timeout=0.9, deadline=1.0) as (_, client):
        began = anyio.current_time()
        async with client.pdf(jobid=1) as found:
            assert await found.read() == PDF
        assert anyio.current_time() - began > 1.0


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, b'{"error": "Job not found"}', JobNotFound),
        (404, _HTML, NotFound),
        (403, b"", PermissionDenied),
        (500, b"", ServerError),
        (302, b"", ApiError),
    ],
)
async def test_an_error_before_the_body(status: int, body: bytes, kind: type[ApiError], tmp_path: Path) -> None:
    old = tmp_path / "a.pdf"
    old.write_bytes(b"old")
    async with running(answers(response(body, status=status)), max_connections=1) as (_, client):
        with pytest.raises(kind) as caught:
            await client.pdf(jobid=1).__aenter__()
        assert type(caught.value) is kind
        assert caught.value.status == status
        assert_nothing_held(client, 1)
        with pytest.raises(kind):
            await client.pdf(jobid=1).save(old)
        assert_nothing_held(client, 1)
    assert old.read_bytes() == b"old"
    _nothing_left(tmp_path, "a.pdf")


@pytest.mark.anyio
async def test_a_stream_is_repeated_before_its_block_is_entered_and_not_after(monkeypatch: pytest.MonkeyPatch) -> None:
    no_pauses(monkeypatch)
    busy = response(status=503)
    async with running(answers(busy, then(b"", Peer.reset), response(PDF))) as (server, client):
        async with client.pdf(jobid=1) as found:
            assert await found.read() == PDF
        assert len(server.requests) == 3
    async with running(answers(busy, then(response(PDF)[:-100], Peer.close), response(PDF))) as (server, client):
        with pytest.raises(PdfTruncated) as caught:
            async with client.pdf(jobid=1) as found:
                await found.read()
        assert caught.value.attempts == 2
        assert len(server.requests) == 2


# Leaving early


@pytest.mark.product
@pytest.mark.anyio
@all_streams
@pytest.mark.parametrize("whole", [response(PDF), chunked(*[PDF[i : i + 50] for i in range(0, len(PDF), 50)])])
@pytest.mark.parametrize("after", [0, 1, 2])
async def test_leaving_the_block_early_frees_the_connection(stream: Stream, whole: bytes, after: int) -> None:
    """Under trio, a generator that is left to the garbage collector would warn, and a warning is an error here."""
    async with running(answers(whole, JOB), max_connections=1) as (server, client):
        async with stream(client) as found:
            for _ in range(after):
                await anext(aiter(found))
        assert_nothing_held(client, 1)
        await client.get_job(jobid=1)
        del found
        gc.collect()
        await until(lambda: server.open == 1)


@pytest.mark.anyio
@all_streams
async def test_an_exception_in_the_block_frees_the_connection(stream: Stream) -> None:
    async def fail(client: RopoJobsClient) -> None:
        async with stream(client) as found:
            async for _ in found:
                raise ZeroDivisionError

    async with running(answers(response(PDF), JOB), max_connections=1) as (_, client):
        with pytest.raises(ZeroDivisionError):
            await fail(client)
        assert_nothing_held(client, 1)
        await client.get_job(jobid=1)
        gc.collect()


@pytest.mark.anyio
@all_streams
async def test_a_cancellation_in_the_middle_frees_the_connection(stream: Stream) -> None:
    async with running(answers(then_silence(response(PDF)[:100_000]), JOB), max_connections=1) as (_, client):
        came = 0
        with anyio.CancelScope() as scope:
            async with stream(client) as found:
                async for chunk in found:
                    came += len(chunk)
                    if came > 90_000:
                        scope.cancel()
        assert scope.cancelled_caught
        assert_nothing_held(client, 1)
        await client.get_job(jobid=1)
        gc.collect()


@pytest.mark.anyio
async def test_the_sandbox_sees_an_abandoned_connection_go() -> None:
    async with _sandbox(max_connections=1) as (sandbox, client):
        sandbox.add_example_job(billnum="11213")
        sandbox.set_pdf_size("11213", 50_000_000)
        async with client.pdf(billnum="11213") as found:
            await anext(aiter(found))
            assert sandbox.open_connections == 1
        await until(lambda: sandbox.open_connections == 0)
        await client.get_job(jobid=1)
        assert sandbox.open_connections == 1


@pytest.mark.anyio
async def test_a_large_error_text_is_left_unread() -> None:
    async with running(answers(response(b"x" * 500_000, status=404), JOB), max_connections=1) as (_, client):
        with pytest.raises(NotFound):
            await client.pdf(jobid=1).__aenter__()
        assert_nothing_held(client, 1)
        await client.get_job(jobid=1)
        gc.collect()


@pytest.mark.anyio
async def test_reading_on_after_a_cancellation_is_not_taken_for_the_end() -> None:
    """A PDF that was changed by appending holds several end marks: an early one must not pass for the last."""
    part = PDF + b"more objects"
    handler = answers(then_silence(chunked(part, whole=False)))
    async with running(handler) as (_, client), client.pdf(jobid=1) as found:
        came = b""
        with anyio.CancelScope() as scope:
            async for chunk in found:
                came += chunk
                if came == part:
                    scope.cancel()
        assert came == part
        with pytest.raises(PdfTruncated):
            await found.read()


@pytest.mark.anyio
@pytest.mark.parametrize("after", [0, 1])
async def test_reading_after_the_block_is_not_taken_for_the_end(after: int) -> None:
    part = PDF + b"more objects"
    async with running(answers(then_silence(chunked(part, whole=False)))) as (_, client):
        async with client.pdf(jobid=1) as found:
            for _ in range(after):
                await anext(aiter(found))
        with pytest.raises(RuntimeError, match="block"):
            await found.read()


# Saving


@pytest.mark.anyio
@pytest.mark.parametrize("size", [1, 50, 70_000])
async def test_a_pdf_is_saved_whatever_the_size_of_its_chunks(size: int, tmp_path: Path) -> None:
    content = pdf(3_000_000) if size > 1 else pdf(30_000)
    pieces = [content[i : i + size] for i in range(0, len(content), size)]
    async with running(answers(chunked(*pieces))) as (_, client):
        saved = await client.pdf(jobid=1).save(tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == content
    assert saved == SavedPdf(tmp_path / "a.pdf", len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.anyio
@all_saves
async def test_an_old_file_is_replaced(save: Save, tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old" * 100_000)
    async with running(answers(chunked(PDF))) as (_, client):
        saved = await save(client, target)
    assert target.read_bytes() == PDF
    assert saved == SavedPdf(target, len(PDF), hashlib.sha256(PDF).hexdigest())
    _nothing_left(tmp_path, "a.pdf")


@pytest.mark.product
@pytest.mark.anyio
@refused
@pytest.mark.parametrize(
    ("save", "old"), [(_save_pdf, b"old"), (_save_pdf, None), (_save_local_print, b"old")], ids=["pdf", "new", "print"]
)
async def test_a_failure_leaves_the_old_file_and_no_new_one(
    reply: bytes | Reply, kind: type[ResponseError], save: Save, old: bytes | None, tmp_path: Path
) -> None:
    target = tmp_path / "a.pdf"
    if old is not None:
        target.write_bytes(old)
    async with running(answers(reply), max_connections=1, retries=0) as (server, client):
        with pytest.raises(kind) as caught:
            await save(client, target)
        assert (TAKEN in str(caught.value)) is (save is _save_local_print)
        assert len(server.requests) == 1
        assert_nothing_held(client, 1)
    if old is None:
        _nothing_left(tmp_path)
    else:
        _nothing_left(tmp_path, "a.pdf")
        assert target.read_bytes() == old


@pytest.mark.anyio
@refused
async def test_it_is_neither_read_nor_put_in_a_sink(reply: bytes | Reply, kind: type[ResponseError]) -> None:
    sink = Memory()
    async with running(answers(reply), max_connections=1, retries=0) as (server, client):
        for use in (PdfDownload.read, functools.partial(PdfDownload.put, sink=sink, name="a.pdf")):
            with pytest.raises(kind) as caught:
                await use(client.pdf(jobid=1))
            assert type(caught.value) is kind
            assert_nothing_held(client, 1)
        assert len(server.requests) == 2
    assert sink.kept == {}


BROKEN: dict[str, tuple[Reply, type[RopoError]]] = {
    "cut": (then(response(PDF)[:100_000], Peer.close), PdfTruncated),
    "reset": (then(response(PDF)[:100_000], Peer.reset), PdfTruncated),
    "stalled": (then_silence(response(PDF)[:100_000]), TimedOut),
    "disconnected": (then(b"", Peer.close), ConnectionLost),
    "silent": (stay_silent, TimedOut),
}
broken = pytest.mark.parametrize(("reply", "kind"), BROKEN.values(), ids=BROKEN.keys())


@pytest.mark.anyio
@broken
@pytest.mark.parametrize("save", [_save_pdf, _save_preview], ids=["pdf", "preview"])
async def test_saving_starts_afresh(
    reply: Reply, kind: type[RopoError], save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)
    longer = pdf(300_000)
    first = then(response(longer)[:280_000], Peer.close)
    async with running(answers(first, reply, response(PDF)), timeout=0.2, max_connections=1) as (server, client):
        saved = await save(client, tmp_path / "a.pdf")
        assert len(server.requests) == 3
        assert_nothing_held(client, 1)
    assert (tmp_path / "a.pdf").read_bytes() == PDF
    assert saved == SavedPdf(tmp_path / "a.pdf", len(PDF), hashlib.sha256(PDF).hexdigest())
    _nothing_left(tmp_path, "a.pdf")


@pytest.mark.product
@pytest.mark.anyio
@broken
@pytest.mark.parametrize("retries", [0, 1, 2])
async def test_saving_gives_up_after_retries(
    reply: Reply, kind: type[RopoError], retries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)
    async with running(answers(reply), timeout=0.1, retries=retries) as (server, client):
        with pytest.raises(kind) as caught:
            await client.pdf(jobid=1).save(tmp_path / "a.pdf")
        assert type(caught.value) is kind
        assert caught.value.attempts == len(server.requests) == retries + 1
    _nothing_left(tmp_path)


@pytest.mark.anyio
async def test_breaks_before_and_after_the_headers_share_the_retries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)
    cut = then(response(PDF)[:100_000], Peer.close)
    events: list[AttemptEvent] = []
    async with running(
        answers(response(status=503), cut, response(status=503), cut, response(PDF)),
        retries=3,
        on_attempt=events.append,
    ) as (server, client):
        with pytest.raises(PdfTruncated) as caught:
            await client.pdf(jobid=1).save(tmp_path / "a.pdf")
        assert len(server.requests) == 4
        assert caught.value.attempts == 4
        assert [event.attempt for event in events] == [1, 2, 3, 4]
    _nothing_left(tmp_path)


@pytest.mark.anyio
@pytest.mark.parametrize("name", [name for name, (_, kind) in REFUSED.items() if kind is NotAPdf])
async def test_what_is_no_pdf_at_all_is_not_asked_for_again(name: str, tmp_path: Path) -> None:
    async with running(answers(REFUSED[name][0]), retries=5) as (server, client):
        with pytest.raises(NotAPdf):
            await client.pdf(jobid=1).save(tmp_path / "a.pdf")
        assert len(server.requests) == 1


@pytest.mark.anyio
@broken
async def test_a_local_print_is_never_sent_again(reply: Reply, kind: type[RopoError], tmp_path: Path) -> None:
    async with running(answers(reply, response(PDF)), timeout=0.1, retries=5) as (server, client):
        with pytest.raises((PdfTruncated, OutcomeUnknown)) as caught:
            await client.local_print([BILL], data_identifier="my-own").save(tmp_path / "a.pdf")
        assert len(server.requests) == 1
        error = caught.value
        if kind is PdfTruncated or reply is BROKEN["stalled"][0]:
            assert isinstance(error, PdfTruncated)
            assert TAKEN in str(error)
            assert error.status == 200
        else:
            assert isinstance(error, OutcomeUnknown)
            assert error.status is None
            assert error.data_identifier == "my-own"
            assert error.sent_at is not None
    _nothing_left(tmp_path)


# Paths


@pytest.mark.product
@pytest.mark.anyio
@all_saves
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("{}", ValueError),
        ("{}/sub", ValueError),
        ("{}/missing/a.pdf", ValueError),
        ("{}/file/a.pdf", ValueError),
        ("{}/a\0.pdf", ValueError),
        ("{}/" + "x" * 300 + ".pdf", OSError),
        ("", ValueError),
        ("  ", ValueError),
        (".", ValueError),
        ("..", ValueError),
        (None, TypeError),
        (b"a.pdf", TypeError),
        (7, TypeError),
    ],
)
async def test_a_path_that_cannot_be_written_sends_nothing(
    save: Save, path: Any, kind: type[Exception], tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").touch()
    async with running(answers(response(PDF))) as (server, client):
        with pytest.raises(kind):
            await save(client, path.format(tmp_path) if isinstance(path, str) else path)
        assert server.accepted == 0
    _nothing_left(tmp_path, "sub", "file")


@pytest.mark.anyio
@all_saves
async def test_a_directory_that_cannot_be_written_sends_nothing(
    save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refused:
        def __init__(self, *_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "no")

    if os.geteuid() == 0:
        # To root, every directory can be written.
        monkeypatch.setattr("ropo_jobs_client._files.FileIO", Refused)
    os.chmod(tmp_path, 0o500)  # noqa: PTH101
    try:
        async with running(answers(response(PDF))) as (server, client):
            with pytest.raises(PermissionError):
                await save(client, tmp_path / "a.pdf")
            assert server.accepted == 0
    finally:
        os.chmod(tmp_path, 0o700)  # noqa: PTH101
    _nothing_left(tmp_path)


@pytest.mark.anyio
async def test_a_symbolic_link_is_replaced_and_what_it_points_to_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"old")
    link = tmp_path / "a.pdf"
    link.symlink_to("elsewhere")
    dangling = tmp_path / "b.pdf"
    dangling.symlink_to("nowhere")
    async with running(answers(response(PDF), then(response(PDF)[:9_000], Peer.close)), retries=0) as (_, client):
        await client.pdf(jobid=1).save(link)
        with pytest.raises(PdfTruncated):
            await client.pdf(jobid=1).save(dangling)
    assert not link.is_symlink()
    assert link.read_bytes() == PDF
    assert (tmp_path / "elsewhere").read_bytes() == b"old"
    assert dangling.is_symlink()
    _nothing_left(tmp_path, "a.pdf", "b.pdf", "elsewhere")


@pytest.mark.anyio
async def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    async with running(answers(response(b"{}"))) as (server, client):
        with pytest.raises(ValueError, match=r"^path must name a file, and is a device, a pipe or a socket$"):
            await client.pdf(jobid=1).save(pipe)
        assert server.requests == []
    assert pipe.is_fifo()
    assert os.listdir(tmp_path) == ["pipe"]  # noqa: PTH208


@pytest.mark.anyio
async def test_a_link_to_a_directory_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("sub")
    async with running(answers(response(PDF))) as (server, client):
        with pytest.raises(ValueError, match="path"):
            await client.pdf(jobid=1).save(tmp_path / "link")
        assert server.accepted == 0


@pytest.mark.anyio
async def test_a_relative_path_and_the_longest_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(answers(response(PDF))) as (_, client):
        assert (await client.pdf(jobid=1).save("a.pdf")).path == Path("a.pdf")
        await client.pdf(jobid=1).save("x" * 251 + ".pdf")
    _nothing_left(tmp_path, "a.pdf", "x" * 251 + ".pdf")


@pytest.mark.anyio
async def test_twenty_tasks_that_save_to_one_path(tmp_path: Path) -> None:
    async with running(answers(response(PDF))) as (_, client), anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(_save_pdf, client, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == PDF
    _nothing_left(tmp_path, "a.pdf")


# The disk


@pytest.mark.anyio
@pytest.mark.parametrize("save", [_save_pdf, _save_local_print], ids=["pdf", "print"])
@pytest.mark.parametrize("where", ["write", "sync", "replace"])
async def test_a_disk_that_fails(save: Save, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(FileIO):
        def write(self, data: Any, /) -> int:
            # Half of it fits.
            super().write(bytes(data)[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    if where == "write":
        monkeypatch.setattr("ropo_jobs_client._files.FileIO", Full)
    else:
        monkeypatch.setattr(*{"sync": ("os.fsync", fail), "replace": ("pathlib.Path.replace", fail)}[where])
    async with running(answers(response(PDF)), max_connections=1) as (server, client):
        with pytest.raises(OSError, match="No space" if where == "write" else "Input/output"):
            await save(client, target)
        assert len(server.requests) == 1
        assert_nothing_held(client, 1)
    assert target.read_bytes() == b"old"
    _nothing_left(tmp_path, "a.pdf")


@pytest.mark.anyio
async def test_a_disk_that_takes_a_little_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(FileIO):
        def write(self, data: Any, /) -> int:
            return super().write(bytes(data)[:30_000])

    monkeypatch.setattr("ropo_jobs_client._files.FileIO", Slow)
    async with running(answers(response(PDF))) as (_, client):
        saved = await client.pdf(jobid=1).save(tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == PDF
    assert saved.size == len(PDF)


@pytest.mark.anyio
async def test_a_directory_that_cannot_be_synced_does_not_undo_what_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems refuse it. The file is in its place by then: an error would say that it is not."""

    def fail(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    def sync(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112 - what it stands for is asked
            fail()

    monkeypatch.setattr("os.fsync", sync)
    async with running(answers(response(PDF))) as (_, client):
        saved = await client.pdf(jobid=1).save(tmp_path / "a.pdf")
    assert saved.size == len(PDF)
    _nothing_left(tmp_path, "a.pdf")


# Cancelled while saving


@pytest.mark.anyio
@pytest.mark.parametrize("save", [_save_pdf, _save_local_print], ids=["pdf", "print"])
async def test_saving_that_is_cancelled_at_random_points_is_all_or_nothing(save: Save, tmp_path: Path) -> None:
    chance = random.Random(20261124)
    content = pdf(3_000_000)
    target = tmp_path / "a.pdf"
    outcomes = {True: 0, False: 0}
    async with running(answers(chunked(content[:1_500_000], content[1_500_000:])), max_connections=2) as (_, client):
        for _ in range(60):
            target.write_bytes(b"old")
            saved: SavedPdf | None = None
            # Half of them early, however fast this is.
            with anyio.move_on_after(chance.random() * chance.choice([0.003, 0.06])):
                saved = await save(client, target)
            outcomes[saved is not None] += 1
            assert target.read_bytes() == (b"old" if saved is None else content)
            _nothing_left(tmp_path, "a.pdf")
            assert_nothing_held(client, 2)
    assert outcomes[False] > 5


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "fast"], indirect=True)
async def test_saving_that_is_cancelled_natively_leaves_no_part(tmp_path: Path) -> None:
    """No shield stops a native cancellation: it also strikes while a worker thread has the file."""
    chance = random.Random(20261125)
    content = pdf(3_000_000)
    target = tmp_path / "a.pdf"
    async with running(answers(response(content)), max_connections=2) as (_, client):
        for _ in range(60):
            target.write_bytes(b"old")
            task = asyncio.ensure_future(_save_pdf(client, target))
            await asyncio.sleep(chance.random() * 0.04)
            for _ in range(chance.randint(1, 3)):
                task.cancel()
                await asyncio.sleep(0)
            await asyncio.wait([task])
            assert task.cancelled() or task.result().size == len(content)
            # Whole, whichever it is: the last step may be under way already.
            assert target.read_bytes() in {b"old", content}
            _nothing_left(tmp_path, "a.pdf")


@pytest.mark.anyio
async def test_a_cancelled_local_print_that_was_taken_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(answers(then_silence(response(PDF)[:100_000]))) as (server, client):
        async with anyio.create_task_group() as group:
            group.start_soon(_save_local_print, client, tmp_path / "a.pdf")
            await until(lambda: len(server.requests) == 1)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        identifier = server.requests[0].headers["dataidentifier"]
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "POST /jobs/localprint" in told
    assert identifier in told
    _nothing_left(tmp_path)


# Memory

_SAVE_IN_A_PROCESS = """
    import asyncio, sys
    from ropo_jobs_client import BearerToken, RopoJobsClient

    def peak():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

    async def main():
        transport = "fast" if sys.argv[3] == "fast" else None
        async with RopoJobsClient(BearerToken("t"), base_url=sys.argv[1], transport=transport) as client:
            await client.pdf(billnum="small").save(sys.argv[2])
            before = peak()
            saved = await client.pdf(billnum="large").save(sys.argv[2])
            print(saved.size, peak() - before)

    asyncio.run(main())
"""


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("transport", ["default", "fast"])
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures by /proc")
async def test_50_mb_are_saved_in_little_memory(transport: str, tmp_path: Path) -> None:
    small, large = response(pdf(2_500_000)), response(pdf(50_000_000))

    async def reply(request: Any) -> None:
        request.peer.send(small if "small" in request.target else large)

    with RawServer(answers(reply)) as server:
        arguments = [server.base_url, str(tmp_path / "a.pdf"), transport]
        command = [sys.executable, "-c", textwrap.dedent(_SAVE_IN_A_PROCESS), *arguments]
        done = await anyio.run_process(command, stderr=None)
    size, growth = map(int, done.stdout.split())
    assert size == 50_000_000
    assert growth < 4 * 1024, f"{growth} KiB"
