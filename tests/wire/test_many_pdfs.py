"""Saving many PDFs over real sockets: what is skipped, what fails, what stops it, and what an interruption leaves."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import pickle
import random
from collections.abc import Awaitable, Callable
from io import FileIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest
from rawserver import Handler, Peer, Request, assert_nothing_held, pdf, response, running, until

from ropo_jobs_client import ApiCode, FailedPdf, PdfProgress, SavedPdfs
from ropo_jobs_client._files import AtomicFile
from ropo_jobs_client.errors import (
    AuthenticationFailed,
    InvalidArgument,
    JobNotFound,
    NotAPdf,
    PdfTruncated,
    RopoError,
    ServerError,
)

pytestmark = pytest.mark.fast


def content(ref: str | int) -> bytes:
    """The PDF of a bill: each is another."""
    return pdf(3_000)[:-6] + f"% {ref}\n%%EOF\n".encode()


def _ref(request: Request) -> str:
    query = parse_qs(urlsplit(request.target).query)
    return query["billnum"][0] if "billnum" in query else f"job-{query['jobid'][0]}"


def serving(
    special: dict[str, bytes] | None = None, before: Callable[[Peer], Awaitable[None]] | None = None
) -> Handler:
    """Answer with the PDF of the bill, or with what is said of it."""

    async def handle(peer: Peer) -> None:
        while (request := await peer.receive()) is not None:
            if before is not None:
                await before(peer)
            ref = _ref(request)
            peer.send((special or {}).get(ref) or response(content(ref)))

    return handle


def saved(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def expected(*refs: str) -> dict[str, bytes]:
    return {f"{ref}.pdf": content(ref) for ref in refs}


@pytest.mark.anyio
async def test_many_are_saved_and_only_what_is_missing_or_broken_is_fetched_again(tmp_path: Path) -> None:
    refs: list[str | int] = [*map(str, range(30)), "1", 5, 5]
    events: list[PdfProgress] = []
    async with running(serving()) as (server, client):
        report = await client.save_pdfs(iter(refs), tmp_path, on_progress=events.append)
        whole = expected(*map(str, range(30)), "job-5")
        assert saved(tmp_path) == whole
        size = sum(map(len, whole.values()))
        assert report == SavedPdfs(31, 0, (), size)
        assert (tmp_path / report.name(5)).read_bytes() == content("job-5")
        assert len(server.requests) == 31

        assert [event.saved + event.skipped + event.failed for event in events] == list(range(1, 32))
        assert {event.total for event in events} == {31}
        assert {event.ref for event in events} == set(refs)
        assert events[-1].size == size
        for event in events:
            assert event.pdf is not None
            assert event.pdf.path == tmp_path / event.name == tmp_path / report.name(event.ref)
            assert event.error is None

        # Empty, cut, of another kind, and one that is whole but not what the service has now.
        (tmp_path / "0.pdf").write_bytes(b"")
        (tmp_path / "1.pdf").write_bytes(content("1")[:-6])
        (tmp_path / "2.pdf").write_bytes(b"<html>" * 1_000 + b"%%EOF")
        (tmp_path / "3.pdf").write_bytes(content("my own"))
        (tmp_path / "4.pdf").unlink()
        events.clear()
        report = await client.save_pdfs(refs, str(tmp_path), on_progress=events.append)
        assert (report.saved, report.skipped, report.failed) == (4, 27, ())
        assert len(server.requests) == 35
        assert saved(tmp_path) == {**whole, "3.pdf": content("my own")}
        assert [event.pdf is None for event in events].count(True) == 27

        assert await client.save_pdfs([], tmp_path) == SavedPdfs(0, 0, (), 0)


@pytest.mark.anyio
async def test_options_go_with_each(tmp_path: Path) -> None:
    async with running(serving()) as (server, client):
        report = await client.save_pdfs(["1"], tmp_path, origdata=0, documenttype="x", max_bytes=len(content("1")))
        assert report.saved == 1
        report = await client.save_pdfs(["22"], tmp_path, max_bytes=10)
        assert [failed.ref for failed in report.failed] == ["22"]
        assert parse_qs(urlsplit(server.requests[0].target).query) == {
            "billnum": ["1"],
            "origdata": ["0"],
            "documenttype": ["x"],
        }


@pytest.mark.anyio
@pytest.mark.parametrize(("concurrency", "connections"), [(1, 20), (3, 20), (20, 4)])
async def test_no_more_at_once_than_asked_for(concurrency: int, connections: int, tmp_path: Path) -> None:
    now = most = 0
    limit = min(concurrency, connections)
    full = asyncio.Event()

    async def wait(_: Peer) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == limit:
            full.set()
        await full.wait()
        await asyncio.sleep(0.002)
        now -= 1

    async with running(serving(before=wait), max_connections=connections) as (_, client):
        report = await client.save_pdfs(map(str, range(30)), tmp_path, concurrency=concurrency)
        assert report.saved == 30
    assert most == limit


# What fails

_NOT_FOUND = response(b'{"error": "Job not found"}', status=404, content_type="application/json")


@pytest.mark.anyio
async def test_what_fails_is_in_the_report_and_stops_no_other(tmp_path: Path) -> None:
    special = {
        "3": _NOT_FOUND,
        "5": response(status=500),
        "7": response(b"<html>no</html>", content_type="text/html"),
        "9": response(content("9")[:-6]),
    }
    kinds = {"3": JobNotFound, "5": ServerError, "7": NotAPdf, "9": PdfTruncated}
    events: list[PdfProgress] = []
    async with running(serving(special), retries=0) as (_, client):
        (tmp_path / "9.pdf").write_bytes(b"old")
        report = await client.save_pdfs(map(str, range(20)), tmp_path, on_progress=events.append)
        assert {failed.ref: type(failed.error) for failed in report.failed} == kinds
        assert (report.saved, report.skipped) == (16, 0)
        others = [str(i) for i in range(20) if str(i) not in kinds]
        assert saved(tmp_path) == {**expected(*others), "9.pdf": b"old"}
        assert {event.ref for event in events if event.error is not None} == set(kinds)
        for failed in report.failed:
            # It holds on to nothing that was under way.
            assert failed.error.__traceback__ is None
            assert failed.error.__context__ is None
            assert isinstance(failed.error, RopoError)
            assert failed.error.operation == "GET /jobs/pdf"
        copy: SavedPdfs = pickle.loads(pickle.dumps(report))
        assert [type(failed) for failed in copy.failed] == [FailedPdf] * 4
        assert_nothing_held(client, 20)


@pytest.mark.anyio
async def test_a_token_that_cannot_be_had_stops_it(tmp_path: Path) -> None:
    async def no_token(peer: Peer) -> None:
        while await peer.receive() is not None:
            peer.send(response(b"{}", status=500, content_type="application/json"))

    async with running(no_token, credentials=ApiCode(cid="1000011", apicode="x"), retries=0) as (server, client):
        with pytest.raises(ServerError) as caught:
            await client.save_pdfs([str(i) for i in range(1_000)], tmp_path, concurrency=1)
    assert caught.value.operation == "POST /token"
    assert [request.operation for request in server.requests] == ["POST /token"]
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@pytest.mark.anyio
async def test_credentials_that_are_refused_stop_it(tmp_path: Path) -> None:
    refused = response(b"{}", status=401, content_type="application/json")
    special = {str(i): refused for i in range(20, 1_000)}
    async with running(serving(special)) as (server, client):
        with pytest.raises(AuthenticationFailed):
            await client.save_pdfs(map(str, range(1_000)), tmp_path, concurrency=4)
        assert len(server.requests) <= 28
        assert saved(tmp_path).items() <= expected(*map(str, range(20))).items()
        assert len(saved(tmp_path)) >= 16
        assert_nothing_held(client, 20)


@pytest.mark.anyio
async def test_a_directory_that_is_gone_stops_it(tmp_path: Path) -> None:
    directory = tmp_path / "pdfs"
    directory.mkdir()
    asked: list[Peer] = []

    async def before(peer: Peer) -> None:
        asked.append(peer)
        if len(asked) == 3:
            directory.rename(tmp_path / "elsewhere")

    async with running(serving(before=before)) as (_, client):
        with pytest.raises(FileNotFoundError, match="pdfs"):
            await client.save_pdfs(map(str, range(50)), directory, concurrency=1)
    assert len(asked) == 3


@pytest.mark.anyio
async def test_a_full_disk_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 10

    class Full(FileIO):
        def write(self, data: Any, /) -> int:
            nonlocal room
            room -= 1
            if room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    monkeypatch.setattr("ropo_jobs_client._files.FileIO", Full)
    async with running(serving()) as (server, client):
        with pytest.raises(OSError, match="No space"):
            await client.save_pdfs(map(str, range(1_000)), tmp_path, concurrency=4)
        assert len(server.requests) <= 18
        assert all(name.endswith(".pdf") for name in saved(tmp_path))
        assert_nothing_held(client, 20)


@pytest.mark.anyio
async def test_a_closed_client_stops_it(tmp_path: Path) -> None:
    async with running(serving()) as (server, client):
        await client.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await client.save_pdfs(map(str, range(1_000)), tmp_path)
        assert server.accepted == 0
    assert saved(tmp_path) == {}


@pytest.mark.anyio
async def test_wrong_arguments_send_nothing_and_touch_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def tell(_: PdfProgress) -> None: ...

    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"refs": ["1", 0]}, ValueError, r"refs\[1\]"),
        ({"refs": ["1", None]}, TypeError, r"refs\[1\]"),
        ({"to": tmp_path / "missing"}, InvalidArgument, "to"),
        ({"to": tmp_path / "file"}, InvalidArgument, "to"),
        ({"to": " "}, InvalidArgument, "to"),
        ({"to": "bills\ud800"}, InvalidArgument, "to"),
        ({"to": None}, TypeError, "to"),
        ({"to": b"x"}, TypeError, "to"),
        ({"concurrency": 0}, ValueError, "concurrency"),
        ({"concurrency": 1.5}, TypeError, "concurrency"),
        ({"on_progress": tell}, TypeError, "on_progress"),
        ({"on_progress": 5}, TypeError, "on_progress"),
        ({"documenttype": " "}, ValueError, "documenttype"),
        ({"origdata": "x"}, ValueError, "origdata"),
        ({"documenttype": b"x"}, TypeError, "documenttype"),
        ({"origdata": []}, TypeError, "origdata"),
        ({"max_bytes": 0}, ValueError, "max_bytes"),
        ({"max_bytes": -1}, ValueError, "max_bytes"),
    ]
    async with running(serving()) as (server, client):
        for options, kind, text in wrong:
            given: dict[str, Any] = {"refs": ["1"], "to": tmp_path, **options}
            with pytest.raises(kind, match=text):
                await client.save_pdfs(**given)
            # Whether or not there is one to fetch.
            with pytest.raises(kind, match=text):
                await client.save_pdfs(**{**given, "refs": options.get("refs", [])})
        assert server.accepted == 0
    assert saved(tmp_path) == {"file": b""}


@pytest.mark.anyio
@pytest.mark.parametrize("error", [ZeroDivisionError("a secret"), asyncio.CancelledError("a secret")], ids=repr)
async def test_a_hook_that_fails_harms_nothing(
    error: BaseException, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: PdfProgress) -> None:
        raise error

    async with running(serving()) as (_, client):
        assert (await client.save_pdfs(["1", "2"], tmp_path, on_progress=fail)).saved == 2
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert told == [f"the on_progress hook raised {type(error).__name__}"] * 2


# Interrupted


@pytest.mark.anyio
async def test_cancelled_at_random_points_it_leaves_whole_files_only_and_goes_on(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    refs = list(map(str, range(100)))
    async with running(serving(), max_connections=4) as (server, client):
        for _ in range(20):
            with anyio.move_on_after(chance.random() * 0.05):
                await client.save_pdfs(refs, tmp_path)
            assert saved(tmp_path).items() <= expected(*refs).items()
            assert_nothing_held(client, 4)
        report = await client.save_pdfs(refs, tmp_path)
        assert report.failed == ()
        assert saved(tmp_path) == expected(*refs)
        # Of those under way, eight, each may have been received and not yet saved.
        assert len(server.requests) <= 100 + 20 * 8


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_native_cancellation_leaves_whole_files_only(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    refs = list(map(str, range(100)))
    async with running(serving(), max_connections=4) as (_, client):
        for _ in range(30):
            task = asyncio.ensure_future(client.save_pdfs(refs, tmp_path))
            await asyncio.sleep(chance.random() * 0.04)
            for _ in range(chance.randint(1, 3)):
                task.cancel()
                await asyncio.sleep(0)
            await asyncio.wait([task])
            assert task.cancelled() or task.result().failed == ()
            assert saved(tmp_path).items() <= expected(*refs).items()
        assert (await client.save_pdfs(refs, tmp_path)).failed == ()
        assert saved(tmp_path) == expected(*refs)


@pytest.mark.anyio
async def test_a_cancellation_ends_it_at_once(tmp_path: Path) -> None:
    async def never(peer: Peer) -> None:
        await peer.gone()

    async with running(serving(before=never)) as (server, client):
        began = anyio.current_time()
        async with anyio.create_task_group() as group:
            group.start_soon(client.save_pdfs, map(str, range(1_000)), tmp_path)
            await until(lambda: len(server.requests) == 8)
            group.cancel_scope.cancel()
        assert anyio.current_time() - began < 5
        assert_nothing_held(client, 20)
    assert saved(tmp_path) == {}
    gc.collect()


@pytest.mark.anyio
async def test_parts_of_the_dead_are_swept_away_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    dead = tmp_path / f".{'0' * 32}.part"
    dead.write_bytes(b"half")
    for name in (".my.part", "0.part", f".{'0' * 32}.part.bak"):
        (tmp_path / name).write_bytes(b"mine")
    living = AtomicFile(tmp_path / "other.pdf", 0o600)
    living.open()
    living.write([content("other")])
    async with running(serving()) as (_, client):
        assert (await client.save_pdfs(["1"], tmp_path)).saved == 1
    assert not dead.exists()
    assert living.finish([]).size == len(content("other"))
    mine = {".my.part": b"mine", "0.part": b"mine", f".{'0' * 32}.part.bak": b"mine"}
    assert saved(tmp_path) == {**expected("1", "other"), **mine}


@pytest.mark.anyio
async def test_two_at_once_in_one_directory_harm_each_other_in_nothing(tmp_path: Path) -> None:
    refs = list(map(str, range(50)))
    reports: list[SavedPdfs] = []
    async with running(serving()) as (_, client):

        async def save() -> None:
            reports.append(await client.save_pdfs(refs, tmp_path))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(save)
    assert [report.failed for report in reports] == [()] * 4
    assert saved(tmp_path) == expected(*refs)
