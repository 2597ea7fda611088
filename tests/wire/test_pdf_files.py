"""Files that PDFs are saved as: their permissions, their places, and what else may lie there."""

from __future__ import annotations

import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from calls import item
from rawserver import (
    BILL,
    JOB,
    Memory,
    Peer,
    Reply,
    Request,
    answers,
    pdf,
    response,
    running,
    stay_silent,
    then,
    until,
)

from ropo_jobs_client import PdfDownload
from ropo_jobs_client.errors import InvalidArgument, NotAPdf, PdfTooLarge, PdfTruncated, ResponseError, RopoError

pytestmark = pytest.mark.fast

PDF = pdf(200_000)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes_in(directory: Path) -> dict[str, int]:
    return {path.name: mode_of(path) for path in directory.iterdir()}


@pytest.mark.anyio
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
async def test_a_new_file_has_exactly_the_mode_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    async with running(answers(response(PDF))) as (_, client):
        old = os.umask(umask)
        try:
            await client.pdf(jobid=1).save(tmp_path / "a.pdf")
            await client.pdf(jobid=1).save(tmp_path / "b.pdf", mode=0o664)
            await client.save_pdfs(["c"], tmp_path)
            await client.save_pdfs(["d"], tmp_path, mode=0o640)
        finally:
            os.umask(old)
    assert modes_in(tmp_path) == {"a.pdf": 0o600, "b.pdf": 0o664, "c.pdf": 0o600, "d.pdf": 0o640}


@pytest.mark.anyio
@pytest.mark.parametrize("mode", [0o600, 0o444, 0o664])
async def test_a_file_that_is_replaced_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"old")
    file.chmod(mode)
    async with running(answers(response(PDF))) as (_, client):
        await client.pdf(jobid=1).save(file, mode=0o640)
        assert (mode_of(file), file.read_bytes()) == (mode, PDF)
        file.chmod(0o700)
        file.write_bytes(b"cut")
        file.chmod(mode)
        await client.save_pdfs(["a"], tmp_path, mode=0o640)
    assert (mode_of(file), file.read_bytes()) == (mode, PDF)


@pytest.mark.anyio
async def test_what_replaces_a_link_has_the_mode_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"old")
    (tmp_path / "elsewhere").chmod(0o666)
    (tmp_path / "a.pdf").symlink_to("elsewhere")
    async with running(answers(response(PDF))) as (_, client):
        await client.pdf(jobid=1).save(tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").is_symlink()
    assert mode_of(tmp_path / "a.pdf") == 0o600


@pytest.mark.anyio
async def test_nobody_else_can_read_it_before_it_is_whole(tmp_path: Path) -> None:
    seen: list[int] = []

    async def look(request: object) -> None:
        seen.extend(modes_in(tmp_path).values())

    async with running(answers(look, response(PDF)), timeout=0.2, retries=0) as (_, client):
        with pytest.raises(Exception, match="no whole response"):
            await client.pdf(jobid=1).save(tmp_path / "a.pdf", mode=0o666)
    assert seen == [0o600]


@pytest.mark.anyio
@pytest.mark.parametrize(("mode", "kind"), [(-1, InvalidArgument), (0o1777, InvalidArgument), (True, TypeError)])
async def test_what_is_no_mode_sends_nothing(mode: int, kind: type[Exception], tmp_path: Path) -> None:
    async with running(answers(response(PDF))) as (server, client):
        with pytest.raises(kind, match="mode"):
            await client.pdf(jobid=1).save(tmp_path / "a.pdf", mode=mode)
        with pytest.raises(kind, match="mode"):
            await client.save_pdfs(["1"], tmp_path, mode=mode)
        assert server.accepted == 0
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["bill\ud800.pdf", "bill\0.pdf"])
async def test_a_path_that_no_file_can_have_sends_nothing(name: str, tmp_path: Path) -> None:
    async with running(answers(response(PDF))) as (server, client):
        for download in (client.pdf(jobid=1), client.local_print([item()])):
            with pytest.raises(InvalidArgument, match="path"):
                await download.save(f"{tmp_path}/{name}")
        assert server.accepted == 0
        # Its one use is still to come.
        await download.save(tmp_path / "a.pdf")
    assert os.listdir(tmp_path) == ["a.pdf"]  # noqa: PTH208


@pytest.mark.anyio
async def test_a_relative_path_is_that_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    async def go_elsewhere(request: Request) -> None:
        os.chdir(tmp_path / "there")
        request.peer.send(response(PDF))

    async with running(answers(go_elsewhere)) as (_, client):
        await client.pdf(jobid=1).save("a.pdf")
        os.chdir(tmp_path / "here")
        await client.save_pdfs(["b", "c"], ".", concurrency=1)
    assert sorted(os.listdir(tmp_path / "here")) == ["a.pdf", "b.pdf", "c.pdf"]  # noqa: PTH208
    assert modes_in(tmp_path / "there") == {}


@pytest.mark.anyio
async def test_odd_entries_stop_no_others(tmp_path: Path) -> None:
    (tmp_path / "1.pdf").mkdir()
    os.mkfifo(tmp_path / "2.pdf")
    (tmp_path / "3.pdf").symlink_to("nowhere")
    (tmp_path / "4.pdf").symlink_to(".")
    os.mkfifo(tmp_path / f".{'0' * 32}.part")
    (tmp_path / f".{'1' * 32}.part").mkdir()
    (tmp_path / f".{'2' * 32}.part").symlink_to("3.pdf")
    (tmp_path / f".{'3' * 32}.part").write_bytes(b"left behind")
    async with running(answers(response(PDF))) as (_, client):
        report = await client.save_pdfs(["1", "2", "3", "4", "5"], tmp_path)
    assert report.saved == 2
    assert sorted((failed.ref, type(failed.error)) for failed in report.failed) == [
        ("1", InvalidArgument),
        ("2", InvalidArgument),
        ("4", InvalidArgument),
    ]
    assert (tmp_path / "3.pdf").read_bytes() == (tmp_path / "5.pdf").read_bytes() == PDF
    assert not (tmp_path / f".{'3' * 32}.part").exists()
    assert (tmp_path / "2.pdf").is_fifo()


# What came of a job that was taken


TAKEN = "must not be sent again"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "kind", "raw"),
    [
        (then(response(PDF)[:100_000], Peer.close), PdfTruncated, PDF[: 100_000 - len(response(PDF)) + len(PDF)]),
        (response(PDF[:-7]), PdfTruncated, PDF[:-7]),
        (response(b"<html>" + PDF * 2, content_type="text/html"), NotAPdf, b"<html>" + PDF * 2),
        (response(b"<html>" * 1_000), NotAPdf, b"<html>" * 1_000),
        (response(PDF, status=206), NotAPdf, PDF),
        (response(PDF * 4), PdfTooLarge, PDF * 4),
        (response(b"x" * 2_000_000), PdfTooLarge, b"x" * 1_000_000),
    ],
    ids=["broken", "no end mark", "text", "no PDF", "a part", "too large", "more than is kept"],
)
@pytest.mark.parametrize("way", ["read", "save", "put"])
async def test_errors_of_a_local_print_hold_what_came(
    reply: bytes, kind: type[ResponseError], raw: bytes, way: str, tmp_path: Path
) -> None:
    async with running(answers(reply, JOB), max_response_bytes=1_000_000, max_connections=1) as (server, client):
        download = client.local_print([BILL], max_bytes=500_000)
        ways: dict[str, Callable[[], Awaitable[object]]] = {
            "read": download.read,
            "save": lambda: download.save(tmp_path / "a.pdf"),
            "put": lambda: download.put(Memory(), "a.pdf"),
        }
        with pytest.raises(kind, match=TAKEN) as caught:
            await ways[way]()
        assert caught.value.raw == raw
        with pytest.raises(RuntimeError, match="used once"):
            await download.read()
        assert len(server.requests) == 1
        await client.get_job(jobid=1)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


USES: dict[str, Callable[[PdfDownload, Path], Awaitable[object]]] = {
    "stream": lambda download, _: _stream(download),
    "read": lambda download, _: download.read(),
    "save": lambda download, directory: download.save(directory / "a.pdf"),
    "put": lambda download, _: download.put(Memory(), "a.pdf"),
}
every_use = pytest.mark.parametrize("use", USES.values(), ids=USES.keys())


async def _stream(download: PdfDownload) -> bytes:
    async with download as opened:
        return await opened.read()


@pytest.mark.anyio
@every_use
async def test_a_use_that_failed_before_it_was_sent_does_not_count(
    use: Callable[[PdfDownload, Path], Awaitable[object]], tmp_path: Path
) -> None:
    tokens: list[str] = []

    async def token() -> str:
        return tokens[0]

    items = [item() for _ in range(250)]
    async with running(answers(response(PDF)), credentials=token) as (server, client):
        download = client.local_print(items)
        # Of a long list, the end is checked when it is sent.
        cast("Any", items[240]).billnum = 5
        with pytest.raises(TypeError, match=r"JobItem\.billnum must be a str"):
            await use(download, tmp_path)
        items[240].billnum = "5"
        with pytest.raises(IndexError):
            await use(download, tmp_path)
        tokens.append("t")
        with anyio.CancelScope() as scope:
            scope.cancel()
            await use(download, tmp_path)
        assert len(server.requests) == 0
        await use(download, tmp_path)
        with pytest.raises(RuntimeError, match="used once"):
            await use(download, tmp_path)
        assert len(server.requests) == 1


@pytest.mark.anyio
@every_use
@pytest.mark.parametrize("reply", [then(b"", Peer.close), response(b"{}", status=400), response(b"{}", status=401)])
async def test_a_use_that_may_have_been_sent_counts(
    use: Callable[[PdfDownload, Path], Awaitable[object]], reply: bytes | Reply, tmp_path: Path
) -> None:
    async with running(answers(reply)) as (server, client):
        download = client.local_print([BILL])
        with pytest.raises(RopoError):
            await use(download, tmp_path)
        with pytest.raises(RuntimeError, match="used once"):
            await use(download, tmp_path)
        assert len(server.requests) == 1


@pytest.mark.anyio
@every_use
async def test_a_use_that_is_cancelled_after_it_was_sent_counts(
    use: Callable[[PdfDownload, Path], Awaitable[object]], tmp_path: Path
) -> None:
    async with running(answers(stay_silent)) as (server, client):
        download = client.local_print([BILL])
        async with anyio.create_task_group() as group:
            group.start_soon(cast("Any", use), download, tmp_path)
            await until(lambda: len(server.requests) == 1)
            group.cancel_scope.cancel()
        with pytest.raises(RuntimeError, match="used once"):
            await use(download, tmp_path)
