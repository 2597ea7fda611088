"""PDFs that are kept in a sink: each whole or not at all, whatever the service, the sink or the caller does."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import os
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
from rawserver import (
    BILL,
    Memory,
    Peer,
    Request,
    answers,
    assert_nothing_held,
    no_pauses,
    pdf,
    response,
    running,
    stay_silent,
    then,
    then_silence,
)

from ropo_jobs_client import AttemptEvent, SavedPdf, SavedPdfs
from ropo_jobs_client.errors import ConnectionLost, InvalidArgument, PdfTruncated, ServerError, TimedOut
from ropo_jobs_client.models import JobAddPayment
from ropo_jobs_client.sinks import ObjectStoreSink

pytestmark = pytest.mark.fast

PDF = pdf(200_000)
CUT = then(response(PDF)[:100_000], Peer.close)


class Odd(Memory):
    """A sink that does something else."""

    def __init__(self, error: Exception | None = None, *, after: int = 1, hides: bool = False) -> None:
        super().__init__()
        self.error, self.after, self.hides = error, after, hides

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        seen = 0
        try:
            async for _ in chunks:
                seen += 1
                if seen == self.after and self.error is not None:
                    raise self.error
                if seen == self.after:
                    return
        except PdfTruncated as error:
            if not self.hides:
                raise ValueError("the sink's own") from error


@pytest.mark.anyio
async def test_a_sink_takes_no_mode() -> None:
    async with running(answers(response(PDF))) as (server, client):
        with pytest.raises(InvalidArgument, match=r"^mode goes with a directory"):
            await client.save_pdfs(["1"], Memory(), mode=0o640)
        assert not server.requests


@pytest.mark.anyio
async def test_a_pdf_is_put() -> None:
    told: list[tuple[object, ...]] = []

    class Telling(Memory):
        async def put(
            self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None
        ) -> None:
            told.append((name, size, content_type))
            await super().put(name, chunks, size, content_type)

    sink = Telling()
    async with running(answers(response(PDF)), max_connections=1) as (_, client):
        saved = await client.pdf(jobid=1).put(sink, "a.pdf")
        assert saved == SavedPdf(None, len(PDF), hashlib.sha256(PDF).hexdigest())
        assert_nothing_held(client, 1)
    assert sink.kept == {"a.pdf": PDF}
    assert told == [("a.pdf", len(PDF), "application/pdf")]


@pytest.mark.anyio
async def test_putting_starts_afresh_and_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    no_pauses(monkeypatch)
    sink = Memory()
    async with running(answers(CUT, response(status=503), response(PDF), CUT)) as (server, client):
        await client.pdf(jobid=1).put(sink, "a.pdf")
        assert len(server.requests) == 3
        with pytest.raises(PdfTruncated) as caught:
            await client.pdf(jobid=1).put(sink, "b.pdf")
        assert caught.value.attempts == 3
    assert sink.kept == {"a.pdf": PDF}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error", [httpx.ConnectError("x"), OSError("full"), KeyError("x"), TimedOut("another call"), ServerError("x")]
)
async def test_what_a_sink_raises_is_raised_as_it_is_and_nothing_is_sent_again(error: Exception) -> None:
    """Also what the library would take for a failure of its own call."""
    error = copy.copy(error)
    async with running(answers(response(PDF)), max_connections=1) as (server, client):
        with pytest.raises(type(error)) as caught:
            await client.pdf(jobid=1).put(Odd(error), "a.pdf")
        assert caught.value is error
        assert not hasattr(error, "__notes__")
        with pytest.raises(type(error)) as caught:
            await client.local_print([BILL]).put(Odd(error), "a.pdf")
        assert caught.value is error
        assert "must not be sent again" in error.__notes__[0]
        assert len(server.requests) == 2
        assert_nothing_held(client, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("hides", [True, False])
async def test_a_sink_cannot_hide_that_a_pdf_is_not_whole(hides: bool) -> None:
    async with running(answers(CUT), retries=0) as (_, client):
        with pytest.raises(PdfTruncated):
            await client.pdf(jobid=1).put(Odd(after=10**9, hides=hides), "a.pdf")


@pytest.mark.anyio
async def test_a_sink_that_does_not_read_to_the_end_has_kept_nothing() -> None:
    async with running(answers(response(PDF)), max_connections=1) as (_, client):
        with pytest.raises(RuntimeError, match="to its end"):
            await client.pdf(jobid=1).put(Odd(), "a.pdf")
        assert_nothing_held(client, 1)


@pytest.mark.anyio
async def test_wrong_arguments_send_nothing() -> None:
    wrong: list[tuple[Any, Any, type[Exception]]] = [
        (Memory(), " ", InvalidArgument),
        (Memory(), "a\0", InvalidArgument),
        (Memory(), None, TypeError),
        ("pdfs", "a.pdf", TypeError),
    ]
    async with running(answers(response(PDF))) as (server, client):
        for sink, name, kind in wrong:
            with pytest.raises(kind):
                await client.pdf(jobid=1).put(sink, name)
        assert server.accepted == 0
    for store in (object(), None):
        with pytest.raises(TypeError, match="obstore"):
            ObjectStoreSink(store)


# Many


@pytest.mark.anyio
async def test_many_are_put_and_only_what_is_missing_is_fetched() -> None:
    sink = Memory()
    async with running(answers(response(PDF))) as (server, client):
        report = await client.save_pdfs(["1", "2", 3], sink)
        assert report == SavedPdfs(3, 0, (), 3 * len(PDF))
        assert sink.kept == {"1.pdf": PDF, "2.pdf": PDF, "job-3.pdf": PDF}
        assert report.name(3) == "job-3.pdf"
        assert await client.save_pdfs(["1", "4"], sink) == SavedPdfs(1, 1, (), len(PDF))
        assert len(server.requests) == 4


@pytest.mark.anyio
async def test_a_sink_that_fails_stops_it() -> None:
    async with running(answers(response(PDF))) as (server, client):
        with pytest.raises(httpx.ConnectError):
            await client.save_pdfs(map(str, range(1_000)), Odd(httpx.ConnectError("x")), concurrency=4)
        assert len(server.requests) <= 8


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (response(status=500), ServerError),
        (then(b"", Peer.close), ConnectionLost),
        (stay_silent, TimedOut),
    ],
    ids=["500", "disconnected", "silent"],
)
async def test_ten_failures_in_a_row_of_a_service_that_is_down_stop_it(reply: Any, kind: type[Exception]) -> None:
    sink = Memory()
    replies = [response(PDF), *[reply] * 9, response(PDF), *[reply] * 9, response(b"{}", status=404), reply]
    # Each of the silent ones takes as long, and the good ones have it on a busy machine.
    seconds = 0.25 if kind is TimedOut else 10
    async with running(answers(*replies), timeout=seconds, retries=0) as (server, client):
        with pytest.raises(kind, match="10 PDFs in a row failed so: the service seems to be down"):
            await client.save_pdfs(map(str, range(1_000)), sink, concurrency=1)
        assert len(server.requests) == 31
    assert len(sink.kept) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_many_are_looked_for_in_little_memory() -> None:
    class Full(Memory):
        async def has(self, name: str) -> bool:
            return True

    async with running(answers(response(PDF))) as (server, client):
        count = 100_000 if "ROPO_PDFS" in os.environ else 5_000
        refs = range(1, count + 1)
        tracemalloc.start()
        try:
            report = await client.save_pdfs(refs, Full())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert report == SavedPdfs(0, count, (), 0)
        # The numbers themselves, and no two of them twice.
        assert peak < 250 * count
        assert server.requests == []


@pytest.mark.anyio
async def test_cancellation_leaves_nothing() -> None:
    sink = Memory()

    async def never_ending(request: Request) -> None:
        request.peer.send(response(PDF)[:100_000])
        await request.peer.gone()

    async with running(answers(never_ending), max_connections=4) as (_, client):
        with anyio.move_on_after(0.2):
            await client.save_pdfs(["1", "2"], sink)
        assert_nothing_held(client, 4)
    assert sink.kept == {}


class Impatient(Memory):
    """A sink that limits its own time."""

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        with anyio.fail_after(0.2):
            async for _ in chunks:
                pass


class Refused(Memory):
    """A sink whose store refuses while a task of its own reads the PDF."""

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        async def read() -> None:
            async for _ in chunks:
                pass

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        raise PermissionError("403")


@pytest.mark.anyio
@pytest.mark.parametrize(("sink", "kind"), [(Impatient, TimeoutError), (Refused, PermissionError)])
async def test_a_sink_may_cancel_its_own_reading(sink: type[Memory], kind: type[Exception]) -> None:
    late = answers(then_silence(response(PDF)[:100_000]))
    told: list[AttemptEvent] = []
    async with running(late, on_attempt=told.append) as (_, client):
        with pytest.raises(kind):
            await client.pdf(jobid=1).put(sink(), "a.pdf")
        assert [event.outcome for event in told] == ["left_early"]
        with pytest.raises(kind):
            await client.save_pdfs([1, 2, 3], sink(), concurrency=1)
        assert_nothing_held(client, 20)


@pytest.mark.asyncio
async def test_a_sink_that_cancels_a_task_that_is_not_its_own_is_told_of() -> None:
    class Wrong(Memory):
        async def put(
            self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None
        ) -> None:
            raise asyncio.CancelledError

    async with running(answers(response(PDF))) as (_, client):
        with pytest.raises(RuntimeError, match="not all PDFs were looked at"):
            await client.save_pdfs([1, 2, 3], Wrong())


@pytest.mark.anyio
async def test_a_local_print_whose_sink_does_not_read_to_the_end_says_that_the_job_was_taken() -> None:
    async with running(answers(response(PDF))) as (_, client):
        with pytest.raises(RuntimeError, match="to its end") as caught:
            await client.local_print([BILL]).put(Odd(), "a.pdf")
    assert any("the job was taken" in note for note in caught.value.__notes__)


@pytest.mark.anyio
async def test_a_stall_ends_with_the_deadline() -> None:
    late = answers(then_silence(response(PDF)[:100_000]))
    async with running(late, timeout=30.0, deadline=0.3, retries=0) as (_, client):
        with anyio.fail_after(10), pytest.raises(TimedOut):
            await client.pdf(jobid=1).put(Memory(), "a.pdf")


@pytest.mark.anyio
async def test_credentials_that_are_none_stop_it() -> None:
    async def nothing() -> str:
        return ""

    async with running(answers(response(PDF)), credentials=nothing) as (server, client):
        with pytest.raises(InvalidArgument, match=r"^credentials gave a token that is not"):
            await client.save_pdfs([1, 2, 3], Memory())
    assert server.calls == []


@pytest.mark.anyio
async def test_a_cancelled_pdf_is_told_of() -> None:
    told: list[AttemptEvent] = []
    late = answers(then_silence(response(PDF)[:100_000]))
    async with running(late, on_attempt=told.append) as (_, client):
        with anyio.move_on_after(0.3):
            await client.pdf(jobid=1).put(Memory(), "a.pdf")
        with anyio.move_on_after(0.3):
            async with client.pdf(jobid=1) as found:
                async for _ in found:
                    pass
    assert [event.outcome for event in told] == ["left_early", "left_early"]


@pytest.mark.anyio
async def test_what_is_cancelled_while_it_waits_for_its_turn_was_not_sent() -> None:
    told: list[AttemptEvent] = []
    payment = JobAddPayment(amount=1, paydate="2026-11-22", jobid=1)
    one = running(answers(stay_silent), on_attempt=told.append, max_connections=1)
    async with one as (_, client), anyio.create_task_group() as group:
        group.start_soon(lambda: client.get_job(jobid=1))
        await anyio.wait_all_tasks_blocked()
        with anyio.move_on_after(0.2):
            await client.add_payment(payment)
        group.cancel_scope.cancel()
    assert [event.outcome for event in told] == ["not_sent"]
