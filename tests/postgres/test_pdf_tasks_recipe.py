"""One task for each PDF, as it stands in docs/recipes: workers are killed, and each PDF is there once, whole.

Prints its figures. `ROPO_KILLS` says how often to kill, at least six times (5; `make test-postgres` takes 50).
"""

from __future__ import annotations

import hashlib
import importlib
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import postgres_fixtures
import psycopg
import pytest
import test_recipes
from postgres_server import needs
from test_recipes import PATIENCE, rows, start, until, write

from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_sandbox import Sandbox

server, database, sandbox = postgres_fixtures.server, test_recipes.database, test_recipes.sandbox

TURNS = max(2, int(os.environ.get("ROPO_KILLS", "5")) // 3)
WORKERS, CONCURRENCY = 3, 4
# Bills that are added in each turn. When the first of them are under way, all workers are killed.
EACH = 20
BILLS = EACH * (TURNS + 1)
# Every sixth is so large that it is uploaded in parts.
LARGE = 7_000_000
READ = "GET /jobs/pdf"
FAULTS: list[str | Mapping[str, Any]] = [
    *("disconnect-before", "disconnect-after", "reset", "truncate", "truncate-close", "reset-body", "html", "empty"),
    {"kind": "status", "status": 503},
    {"kind": "delay-body", "seconds": 0.3},
    # Its first part is under way by then.
    {"kind": "delay-body", "seconds": 0.3, "after": 6_500_000},
    {"kind": "truncate", "after": 6_500_000},
]
ENQUEUE = """
import asyncio, bill_pdfs, psycopg, sys
async def main(first, count):
    async with (
        bill_pdfs.app.open_async(),
        await psycopg.AsyncConnection.connect(bill_pdfs.os.environ["DATABASE_URL"]) as database,
    ):
        for number in range(first, first + count):
            await bill_pdfs.enqueue(database, str(number))
asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
"""
STALLED = """
import asyncio, bill_pdfs
async def main():
    async with bill_pdfs.app.open_async():
        await bill_pdfs.retry_stalled(seconds=0)
asyncio.run(main())
"""
# What is to be tried again in some minutes is tried again now.
NOW = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND scheduled_at > now()"
UNFINISHED = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'save_pdf' AND status IN ('todo', 'doing')"
DONE = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = 'save_pdf' GROUP BY status"


class Bucket:
    """A bucket of a stand-in for S3 that keeps every version of an object."""

    def __init__(self, url: str) -> None:
        boto3: Any = importlib.import_module("boto3")
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        self._client = boto3.client("s3", endpoint_url=url, region_name="eu-north-1", **keys)
        place = {"LocationConstraint": "eu-north-1"}
        self._client.create_bucket(Bucket="bills", CreateBucketConfiguration=place)
        self._client.put_bucket_versioning(Bucket="bills", VersioningConfiguration={"Status": "Enabled"})
        self.settings = {
            "PDF_STORE": "s3://bills/2026-11",
            "AWS_ENDPOINT": url,
            "AWS_REGION": "eu-north-1",
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_ALLOW_HTTP": "true",
        }

    def pdfs(self) -> dict[str, str]:
        """The digest of each; each was put once."""
        found = self._client.list_object_versions(Bucket="bills")["Versions"]
        times = Counter(version["Key"] for version in found)
        assert set(times.values()) == {1}, times
        return {key.removeprefix("2026-11/"): digest(self._read(key)) for key in times}

    def _read(self, key: str) -> bytes:
        content: bytes = self._client.get_object(Bucket="bills", Key=key)["Body"].read()
        return content

    def left_over(self) -> list[float]:
        """When each upload began that was neither completed nor aborted."""
        found = self._client.list_multipart_uploads(Bucket="bills").get("Uploads", [])
        return [upload["Initiated"].timestamp() for upload in found]

    def close(self) -> None:
        self._client.close()


class Directory:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.settings = {"PDF_STORE": path.as_uri()}

    def pdfs(self) -> dict[str, str]:
        return {path.name: digest(path.read_bytes()) for path in self._path.iterdir() if path.suffix == ".pdf"}

    def left_over(self) -> list[float]:
        """When each file was written to that is none of the PDFs."""
        return [path.stat().st_mtime for path in self._path.iterdir() if path.suffix != ".pdf"]

    def close(self) -> None:
        pass


@dataclass
class Workers:
    """Three processes that run the recipe's worker."""

    folder: Path
    sandbox: Sandbox
    database: str
    settings: Mapping[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    def python(self, *words: str) -> None:
        process = start(self.folder, self.sandbox, *words, database=self.database, **self.settings)
        assert process.wait(PATIENCE) == 0, (self.folder / "log").read_text(encoding="utf-8")

    def start(self) -> None:
        words = ["-m", "procrastinate", "--app=bill_pdfs.app", "worker", f"--concurrency={CONCURRENCY}"]
        for _ in range(WORKERS):
            process = start(self.folder, self.sandbox, *words, database=self.database, **self.settings)
            self.running.append(process)

    def end(self) -> None:
        """Ask them to end, as a deployment does."""
        for process in self.running:
            process.terminate()
        assert [process.wait(PATIENCE) for process in self.running] == [0] * len(self.running)
        self.running.clear()

    def kill(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()
        self.running.clear()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def expected(sandbox: Sandbox) -> dict[str, str]:
    async with RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url) as ropo:
        return {f"{i}.pdf": digest(await ropo.pdf(billnum=str(i)).read()) for i in range(BILLS)}


@pytest.fixture(params=["s3", "directory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Bucket | Directory]:
    needs("obstore")
    if request.param == "directory":
        archive = tmp_path / "archive"
        archive.mkdir()
        yield Directory(archive)
        return
    needs("moto")
    moto_server: Any = importlib.import_module("moto.server")
    moto = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    bucket = Bucket("http://{}:{}".format(*moto.get_host_and_port()))
    yield bucket
    bucket.close()
    moto.stop()


@pytest.fixture
def workers(tmp_path: Path, sandbox: Sandbox, database: str, place: Bucket | Directory) -> Generator[Workers]:
    needs("procrastinate")
    write("pdf-tasks.md", tmp_path)
    workers = Workers(tmp_path, sandbox, database, place.settings)
    workers.python("-m", "procrastinate", "--app=bill_pdfs.app", "schema", "--apply")
    yield workers
    workers.kill()


def add_bills(sandbox: Sandbox) -> dict[str, str]:
    """Add the bills, and return what each PDF's digest is."""
    for number in range(BILLS):
        sandbox.add_example_job(billnum=str(number))
        if number % 6 == 0:
            sandbox.set_pdf_size(str(number), LARGE)
    whole = anyio.run(expected, sandbox)
    assert len(set(whole.values())) == BILLS
    return whole


def kill_them(workers: Workers, chance: random.Random) -> None:
    """Kill one after the other when something is under way, and have their tasks run again by the next."""
    goal = len(workers.sandbox.requests) + EACH // 2
    workers.start()
    until(lambda: len(workers.sandbox.requests) >= goal, workers.folder)
    chance.shuffle(workers.running)
    for process in workers.running:
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.wait()
    workers.running.clear()
    # With no worker alive, whatever is under way is stalled.
    workers.python("-c", STALLED)


def test_killed_and_hit_by_faults(
    workers: Workers, sandbox: Sandbox, database: str, place: Bucket | Directory, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    whole = add_bills(sandbox)
    started, before = time.monotonic(), len(sandbox.requests)
    sandbox.fault_at_random(0.3, FAULTS, seed=seed, operations=(READ,))
    for turn in range(TURNS):
        workers.python("-c", ENQUEUE, str(turn * EACH), str(EACH))
        kill_them(workers, chance)
    last_kill = time.time()
    workers.python("-c", ENQUEUE, str(TURNS * EACH), str(EACH))
    workers.start()

    def is_done() -> bool:
        with psycopg.connect(database) as db:
            db.execute(NOW)
        return rows(database, UNFINISHED) == [(0,)]

    until(is_done, workers.folder)
    struck, fetched = sum(sandbox.faults_struck.values()), len(sandbox.requests) - before
    assert rows(database, DONE) == [("succeeded", BILLS)], f"seed {seed}"
    workers.end()
    assert place.pdfs() == whole, f"seed {seed}"
    # Only a process that was killed leaves some, of large PDFs that it had under way.
    left = place.left_over()
    assert len(left) <= TURNS * WORKERS * CONCURRENCY
    assert all(begun <= last_kill for begun in left), f"seed {seed}"
    with capsys.disabled():
        print(
            f"\nPDFs as tasks, {type(place).__name__}: {BILLS} bills, {TURNS * WORKERS} SIGKILLs of {WORKERS} workers, "
            f"{struck} faults in {fetched} requests: each PDF there once and whole, {len(left)} unfinished uploads of "
            f"killed workers, none of others, {time.monotonic() - started:.0f} s, seed {seed}"
        )
