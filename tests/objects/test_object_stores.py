"""PDFs in object stores: a stand-in for S3 (moto's server), and obstore's own stores in a directory and in memory."""

from __future__ import annotations

import asyncio
import importlib
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore, S3Store
from rawserver import Peer, Reply, Request, answers, no_pauses, pdf, response, running, then

from ropo_jobs_client.errors import NotAPdf, PdfTruncated
from ropo_jobs_client.sinks import ObjectStoreSink

SMALL, LARGE = pdf(60_000), pdf(23_000_000)
SIZES = [1_000, 5 * 1024**2 - 1, 5 * 1024**2, 5 * 1024**2 + 1, 10 * 1024**2, 23_000_000]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    # Both are in this environment alone.
    moto_server: Any = importlib.import_module("moto.server")
    moto = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def s3(server: str) -> Iterator[Any]:
    boto3: Any = importlib.import_module("boto3")
    client = boto3.client(
        "s3", endpoint_url=server, region_name="eu-north-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    client.create_bucket(Bucket="bills", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    yield client
    for found in client.list_objects_v2(Bucket="bills").get("Contents", []):
        client.delete_object(Bucket="bills", Key=found["Key"])
    client.delete_bucket(Bucket="bills")
    client.close()


def store_at(server: str, **options: Any) -> S3Store:
    return S3Store(
        "bills",
        endpoint=server,
        region="eu-north-1",
        access_key_id="x",
        secret_access_key="x",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
        **options,
    )


def uploads(s3: Any) -> list[str]:
    return [upload["Key"] for upload in s3.list_multipart_uploads(Bucket="bills").get("Uploads", [])]


def objects(s3: Any) -> dict[str, int]:
    return {found["Key"]: found["Size"] for found in s3.list_objects_v2(Bucket="bills").get("Contents", [])}


def files_in(directory: Path) -> list[str]:
    return [path.name for path in directory.rglob("*") if path.is_file()]


@pytest.mark.asyncio
@pytest.mark.parametrize("size", SIZES)
async def test_what_is_put_comes_back(size: int, server: str, s3: Any) -> None:
    data = pdf(size)
    async with running(answers(response(data))) as (_, client):
        saved = await client.pdf(jobid=1).put(ObjectStoreSink(store_at(server), "2026/11/"), "a.pdf")
    assert saved.size == size
    found = s3.get_object(Bucket="bills", Key="2026/11/a.pdf")
    assert found["Body"].read() == data
    assert found["ContentType"] == "application/pdf"
    assert uploads(s3) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["memory", "directory"])
@pytest.mark.parametrize("size", [1_000, 23_000_000])
async def test_other_stores(kind: str, size: int, tmp_path: Path) -> None:
    store = MemoryStore() if kind == "memory" else LocalStore(tmp_path)
    sink = ObjectStoreSink(store, "pdfs")
    data = pdf(size)
    async with running(answers(response(data), then(response(data)[: size // 2], Peer.close)), retries=0) as (
        _,
        client,
    ):
        assert not await sink.has("1.pdf")
        assert (await client.save_pdfs(["1"], sink)).saved == 1
        assert (await client.save_pdfs(["1"], sink)).skipped == 1
        report = await client.save_pdfs(["2"], sink)
        assert [type(failed.error) for failed in report.failed] == [PdfTruncated]
    listing: Any = store
    found: Any = listing.list()
    listed = [one["path"] for one in found.collect()]
    assert listed == ["pdfs/1.pdf"]
    assert bytes((await obstore.get_async(store, "pdfs/1.pdf")).bytes()) == data
    # No part of it, of whatever name.
    assert files_in(tmp_path) == (["1.pdf"] if kind == "directory" else [])


@pytest.mark.asyncio
@pytest.mark.parametrize("whole", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("part", [0.2, 0.9])
async def test_what_is_not_whole_is_not_there(
    whole: bytes, part: float, server: str, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_pauses(monkeypatch)
    cut = then(response(whole)[: int(len(whole) * part)], Peer.close)
    replies: list[bytes | Reply] = [
        cut,
        response(whole[:-7]),
        response(whole + b"1 0 obj"),
        response(b"x" * len(whole)),
        cut,
        response(whole),
    ]
    sink = ObjectStoreSink(store_at(server))
    async with running(answers(*replies), retries=0) as (_, client):
        for kind in (PdfTruncated, PdfTruncated, PdfTruncated, NotAPdf):
            with pytest.raises(kind):
                await client.pdf(jobid=1).put(sink, "a.pdf")
            assert (objects(s3), uploads(s3)) == ({}, [])
        await client.with_options(retries=1).pdf(jobid=1).put(sink, "a.pdf")
    assert (objects(s3), uploads(s3)) == ({"a.pdf": len(whole)}, [])


@pytest.mark.asyncio
async def test_fifty_cancellations_leave_no_upload(server: str, s3: Any) -> None:
    """At any time, natively: while it is read, sent, ended or given up."""
    noise = random.Random(11)
    sink = ObjectStoreSink(store_at(server))

    wanted = sent = 0

    async def a_part(request: Request) -> None:
        nonlocal sent
        whole = response(LARGE)
        for i in range(wanted):
            request.peer.send(whole[i * 1_000_000 : (i + 1) * 1_000_000])
            await request.peer.sent()
            sent = i + 1
        if wanted < 24:
            await request.peer.gone()

    cancelled = 0
    async with running(answers(a_part)) as (_, client):
        for i in range(50):
            # Every fifth comes whole, and may be there before it is cancelled.
            wanted, sent = 24 if i % 5 == 0 else noise.randrange(24), 0
            task = asyncio.create_task(client.pdf(jobid=1).put(sink, f"{i}.pdf"))
            while not (sent == wanted or task.done()):  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(0.001)
            await asyncio.sleep(noise.uniform(0, 0.05))
            task.cancel()
            if i % 2 == 0:
                await asyncio.sleep(0.001)
                task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                cancelled += 1
    assert cancelled >= 40
    assert uploads(s3) == []
    assert set(objects(s3).values()) <= {len(LARGE)}
    # A cancellation that came when the store was joining the parts leaves the object: it is verified, and whole.
    assert len(objects(s3)) >= 50 - cancelled


@pytest.mark.asyncio
async def test_a_store_that_refuses_or_is_gone_is_told_as_it_is(server: str, s3: Any) -> None:
    async with running(answers(response(LARGE), response(SMALL))) as (requests, client):
        none = S3Store(
            "no-such-bucket",
            endpoint=server,
            region="eu-north-1",
            access_key_id="x",
            secret_access_key="x",
            client_options={"allow_http": True},
        )
        for _ in range(2):
            with pytest.raises(Exception, match=r"NoSuchBucket|not found|404"):
                await client.pdf(jobid=1).put(ObjectStoreSink(none), "a.pdf")
        gone = store_at("http://127.0.0.1:9", retry_config={"max_retries": 0})
        with pytest.raises(obstore.exceptions.BaseError):
            await client.save_pdfs(["1", "2"], ObjectStoreSink(gone), concurrency=1)
        assert len(requests.requests) == 2


MEMORY = r"""
import asyncio, re, sys
from pathlib import Path
from obstore.store import S3Store
from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client.sinks import ObjectStoreSink

def most():
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))[1])

async def main(base_url, server):
    store = S3Store("bills", endpoint=server, region="eu-north-1", access_key_id="x", secret_access_key="x",
                    client_options={"allow_http": True})
    sink = ObjectStoreSink(store)
    async with RopoJobsClient(BearerToken("a"), base_url=base_url) as client:
        await client.pdf(jobid=1).put(sink, "small.pdf")
        before = most()
        await client.pdf(jobid=1).put(sink, "large.pdf")
        print(most() - before)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.asyncio
async def test_a_large_one_takes_little_memory(server: str, s3: Any) -> None:
    large = pdf(150_000_000)
    async with running(answers(response(SMALL), response(large))) as (requests, _):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", MEMORY, requests.base_url, server, stdout=subprocess.PIPE
        )
        out, _ = await process.communicate()
    assert process.returncode == 0
    print(f"{int(out) / 1024:.1f} MiB over")
    assert int(out) <= 20 * 1024
    assert objects(s3) == {"small.pdf": len(SMALL), "large.pdf": len(large)}


def test_under_trio_it_says_what_it_needs() -> None:
    trio = pytest.importorskip("trio")

    with pytest.raises(RuntimeError, match="asyncio"):
        trio.run(ObjectStoreSink(MemoryStore()).has, "a.pdf")
