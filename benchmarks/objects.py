"""Measure what it costs to stream a PDF into an object store, and print it: `make bench-objects`.

A 100 MB PDF from nginx into moto's server, which stands in for S3, beside obstore alone, which puts the same bytes
from memory. The client is a fresh process each time, as are the two servers once; the runs take turns.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from obstore.store import S3Store

from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client.sinks import ObjectStoreSink

from . import answers
from .server import serve

QUICK: Final = "--quick" in sys.argv
SIZE: Final = 20_000_000 if QUICK else 100_000_000
ROUNDS: Final = 3 if QUICK else 9
TARGET: Final = 0.8
ALONE: Final = "obstore alone, from memory"
CLIENTS: Final[dict[str, Any]] = {ALONE: None, "default transport": None, "fast transport": "fast"}
# It ends with its standard input.
STORE: Final = """
import logging, sys
import boto3
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel("ERROR")
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://{}:{}".format(*server.get_host_and_port())
client = boto3.client(
    "s3", endpoint_url=url, region_name="eu-north-1", aws_access_key_id="x", aws_secret_access_key="x"
)
client.create_bucket(Bucket="bills", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
print(url, flush=True)
sys.stdin.read()
"""


@contextmanager
def store_server() -> Generator[str]:
    """Run the stand-in for S3."""
    command = [sys.executable, "-c", STORE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()


async def measure(client: str, base_url: str, store_url: str) -> dict[str, float]:
    """Put a small one, so that all that is made once is made, and then the large one."""
    store = S3Store(
        "bills",
        endpoint=store_url,
        region="eu-north-1",
        access_key_id="x",
        secret_access_key="x",  # noqa: S106 # the stand-in looks at none
        client_options={"allow_http": True},
    )
    async with RopoJobsClient(BearerToken("a"), base_url=base_url, transport=CLIENTS[client]) as ropo:
        content = b"".join(answers.pdf(SIZE)) if client == ALONE else b""

        async def put(jobid: int) -> None:
            if client == ALONE:
                await store.put_async(
                    "a.pdf", content[: answers.SMALL_PDF] if jobid == answers.SMALL_JOBID else content
                )
            else:
                await ropo.pdf(jobid=jobid).put(ObjectStoreSink(store), "a.pdf")

        await put(answers.SMALL_JOBID)
        wall, cpu = time.perf_counter(), time.process_time()
        await put(answers.JOBID)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found = await store.head_async("a.pdf")
    if found["size"] != SIZE:
        raise RuntimeError("not the whole PDF")
    return {"mb_per_s": SIZE / wall / 1e6, "cpu_ms": cpu * 1e3}


def run(client: str, base_url: str, store_url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.objects", *sys.argv[1:], "--worker", client, base_url, store_url]
    found: dict[str, float] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return found


def main() -> None:
    found: dict[str, list[dict[str, float]]] = {client: [] for client in CLIENTS}
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), SIZE, None, sys.executable) as server,
        store_server() as store_url,
    ):
        for turn in range(ROUNDS):
            for client in list(CLIENTS)[:: 1 if turn % 2 else -1]:
                found[client].append(run(client, server.base_url, store_url))
    print(f"a PDF of {SIZE / 1e6:.0f} MB into a stand-in for S3, medians of {ROUNDS} rounds, {server.software}")
    for client, runs in found.items():
        speed, cpu = (statistics.median(one[metric] for one in runs) for metric in ("mb_per_s", "cpu_ms"))
        line = f"{client}: {speed:.0f} MB/s, {cpu:.0f} ms of CPU"
        if client != ALONE:
            ratios = sorted(one["mb_per_s"] / alone["mb_per_s"] for one, alone in zip(runs, found[ALONE], strict=True))
            line += (
                f", {statistics.median(ratios):.2f} of the speed ({ratios[0]:.2f} to {ratios[-1]:.2f}), target {TARGET}"
            )
        print(line)


if __name__ == "__main__":
    if "--worker" in sys.argv:
        print(json.dumps(asyncio.run(measure(*sys.argv[sys.argv.index("--worker") + 1 :]))))
    else:
        main()
