"""Programs that put PDFs in a stand-in for S3 and end at once: how they end is what they say, whoever aborts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import test_object_stores
from rawserver import Peer, RawServer, Reply, answers, pdf, response, then, then_silence
from test_object_stores import objects, uploads

server, s3 = test_object_stores.server, test_object_stores.s3

PATIENCE = 60.0
LARGE = pdf(8_000_000)
CUT = response(LARGE)[:6_500_000]
# Of those that are aborted, every second or third is.
TIMES = 12

SCRIPT = """
import asyncio, sys
from collections.abc import AsyncIterator
from obstore.store import MemoryStore
from ropo_jobs_client.sinks import ObjectStoreSink

async def chunks(count, broken):
    for _ in range(count):
        yield bytes(100_000)
    if broken:
        raise EOFError

async def main(how):
    sink = ObjectStoreSink(MemoryStore())
    if how == "has":
        await sink.has("a.pdf")
    else:
        await sink.put("a.pdf", chunks(10 if how == "small" else 80, how == "broken"), None, None)

try:
    asyncio.run(main(sys.argv[1]))
except EOFError:
    sys.exit(3)
"""


def ends(*processes: subprocess.Popen[bytes]) -> set[int]:
    return {process.wait(PATIENCE) for process in processes}


@pytest.mark.parametrize(("how", "code"), [("has", 0), ("small", 0), ("large", 0), ("broken", 3)])
def test_a_program_that_ends_after_its_last_call(how: str, code: int) -> None:
    for _ in range(TIMES // 3):
        # Side by side, so that their threads wait for each other.
        running = [subprocess.Popen([sys.executable, "-c", SCRIPT, how]) for _ in range(3)]
        assert ends(*running) == {code}


def ropo_jobs(base_url: str, store: str, folder: Path, url: str) -> subprocess.Popen[bytes]:
    """Start the program with four bills."""
    (folder / "bills.txt").write_text("0\n1\n2\n3\n")
    where: Mapping[str, str] = {
        "PATH": os.environ["PATH"],
        "ROPO_BASE_URL": base_url,
        "ROPO_TOKEN": "a-token",
        "AWS_ENDPOINT": store,
        "AWS_REGION": "eu-north-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ALLOW_HTTP": "true",
    }
    words = ["-m", "ropo_jobs_cli", "pdfs", "--to", url, "--from", str(folder / "bills.txt")]
    return subprocess.Popen([sys.executable, *words], env=where, stderr=subprocess.PIPE)


def said(process: subprocess.Popen[bytes]) -> str:
    return process.communicate(timeout=PATIENCE)[1].decode()


FAILING: list[bytes | Reply] = [then(CUT, Peer.close)]


@pytest.mark.parametrize(
    ("replies", "code", "text", "kept"),
    [
        pytest.param([response(LARGE)], 0, "", 4, id="saved"),
        pytest.param(FAILING, 1, "4 could not be saved", 0, id="broken"),
        pytest.param([response(LARGE), *FAILING], 1, "3 could not be saved", 1, id="broken-in-part"),
    ],
)
def test_exit_codes(
    replies: list[bytes | Reply], code: int, text: str, kept: int, server: str, s3: Any, tmp_path: Path
) -> None:
    for turn in range(TIMES // 3):
        with RawServer(answers(*replies)) as service:
            process = ropo_jobs(service.base_url, server, tmp_path, f"s3://bills/{turn}")
            assert text in said(process)
            assert process.returncode == code
        assert set(objects(s3).values()) <= {len(LARGE)}
        assert len(objects(s3)) == kept * (turn + 1)
        assert uploads(s3) == []


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for another process")
def test_ctrl_c_leaves_no_upload(server: str, s3: Any, tmp_path: Path) -> None:
    for _ in range(TIMES // 3):
        with RawServer(answers(then_silence(CUT))) as service:
            process = ropo_jobs(service.base_url, server, tmp_path, "s3://bills")
            end = time.monotonic() + PATIENCE
            while len(uploads(s3)) < 4:
                assert time.monotonic() < end
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            assert said(process).startswith("ropo-jobs: interrupted: 0 of 4 PDFs are in s3://bills")
            assert process.returncode == 130
        assert (objects(s3), uploads(s3)) == ({}, [])


def test_a_bucket_that_is_not_there(server: str, s3: Any, tmp_path: Path) -> None:
    with RawServer(answers(response(LARGE))) as service:
        process = ropo_jobs(service.base_url, server, tmp_path, "s3://no-such-bucket")
        assert said(process).startswith("ropo-jobs: the store failed: ")
        assert process.returncode == 1
