"""One measurement, in a process of its own: `python -m benchmarks.worker JOB`, which prints its figures as JSON.

Nothing is imported here that a measurement does not need.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from . import answers

Figures = dict[str, float]

_WARM_UP: Final = 300

# The first uses no instructions of the processor for it, where it is built without OpenSSL; Python's hashlib does.
_HASHES: Final = {"sha256sum": "sha256sum", "openssl": "openssl dgst -sha256 -r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to measure.

    Attributes:
        scenario: one of `SCENARIOS`.
        client: what is measured.
        kind: what of; its meaning is the scenario's.
        tasks: how many are at work at once.
        calls: how many calls, or repeats, are measured.
        base_url: of the server, ending in /rest.
        folder: the server's files; what is saved goes there too.
        pdf_size: bytes of the large PDF.
        sha256: of the large PDF.
    """

    scenario: str
    client: str
    kind: str
    tasks: int
    calls: int
    base_url: str
    folder: str
    pdf_size: int
    sha256: str


async def calls(job: Job) -> Figures:
    """Small GETs by so many tasks at once: CPU of all threads, and calls a second."""
    from .clients import CLIENTS

    async with CLIENTS[job.client](job.client, job.base_url) as actions:
        await _many(actions.get, min(job.tasks, 100), _WARM_UP)
        wall, cpu = time.perf_counter(), time.process_time()
        await _many(actions.get, job.tasks, job.calls)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu_us": cpu / job.calls * 1e6, "calls_per_s": job.calls / wall}


async def _many(get: Callable[[], Awaitable[object]], tasks: int, number: int) -> None:
    async def work(share: int) -> None:
        for _ in range(share):
            if await get() != answers.JOBID:
                raise RuntimeError("another answer than the server's")

    each, rest = divmod(number, tasks)
    await asyncio.gather(*[work(each + (i < rest)) for i in range(tasks)])


async def long(job: Job) -> Figures:
    """Many calls, one at a time: what the first and the last twentieth of them cost."""
    from .clients import CLIENTS

    part = job.calls // 20
    costs: list[float] = []
    async with CLIENTS[job.client](job.client, job.base_url) as actions:
        await _many(actions.get, 1, _WARM_UP)
        for _ in range(20):
            cpu = time.process_time()
            await _many(actions.get, 1, part)
            costs.append((time.process_time() - cpu) / part * 1e6)
    return {"first_cpu_us": costs[0], "last_cpu_us": costs[-1]}


async def stream(job: Job) -> Figures:
    """The large PDF, read and thrown away."""
    if job.client == "curl":
        return _command(job, "curl -s -o /dev/null '{url}'")
    from .clients import CLIENTS

    async with CLIENTS[job.client](job.client, job.base_url) as actions:
        await actions.stream(answers.SMALL_JOBID)
        wall, cpu = time.perf_counter(), time.process_time()
        size = await actions.stream(answers.JOBID)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if size != job.pdf_size:
        raise RuntimeError("not the whole PDF")
    return {"mb_per_s": size / wall / 1e6, "cpu_s": cpu}


async def save(job: Job) -> Figures:
    """The large PDF to a file, hashed; and by how much the peak of resident memory rises above what there was."""
    target = Path(job.folder, f"saved-{job.client}.pdf")
    if job.client in _HASHES:
        return _command(job, f"curl -s '{{url}}' | tee {target} | {_HASHES[job.client]}")
    from .clients import CLIENTS

    async with CLIENTS[job.client](job.client, job.base_url) as actions:
        if actions.save is None:
            raise RuntimeError(f"{job.client} does not save")
        await actions.save(answers.SMALL_JOBID, target)
        before = _reset_peak()
        wall, cpu = time.perf_counter(), time.process_time()
        sha256 = await actions.save(answers.JOBID, target)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        growth = _memory("VmHWM") - before
    if sha256 != job.sha256 or await asyncio.to_thread(os.path.getsize, target) != job.pdf_size:
        raise RuntimeError("not the PDF that was sent")
    return {"mb_per_s": job.pdf_size / wall / 1e6, "cpu_s": cpu, "growth_mb": growth}


async def keep(job: Job) -> Figures:
    """Many small PDFs into memory: CPU of all threads, for each."""
    from .clients import CLIENTS

    async with CLIENTS[job.client](job.client, job.base_url) as actions:
        if actions.keep is None:
            raise RuntimeError(f"{job.client} keeps no PDFs")
        first = answers.MANY_JOBID
        await actions.keep(range(first, first + 50))
        cpu = time.process_time()
        await actions.keep(range(first, first + job.calls))
        return {"cpu_us": (time.process_time() - cpu) / job.calls * 1e6}


def _command(job: Job, command: str) -> Figures:
    """Time a shell command. What starting its programs costs is taken off: it is known from a small PDF."""

    def run(jobid: int) -> tuple[float, float, str]:
        line = command.format(url=f"{job.base_url}/jobs/pdf?jobid={jobid}")
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        output = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
        wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, output

    small = [run(answers.SMALL_JOBID) for _ in range(5)]
    wall, cpu, output = run(answers.JOBID)
    if output and output.split()[0] != job.sha256:
        raise RuntimeError("not the PDF that was sent")
    wall -= statistics.median(one[0] for one in small)
    cpu -= statistics.median(one[1] for one in small)
    return {"mb_per_s": (job.pdf_size - answers.SMALL_PDF) / wall / 1e6, "cpu_s": cpu}


def _reset_peak() -> float:
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    return _memory("VmRSS")


def _memory(name: str) -> float:
    """Return a figure of /proc/self/status in MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


def read(job: Job) -> Figures:
    """The body of 1,000 objects to typed objects."""
    from .reading import reader

    content = Path(job.folder, f"{job.kind}.json").read_bytes()
    decode = reader(job.client, job.kind)
    found = [(item.jobid, item.billnum) for item in decode(content)]
    if found != [(item["jobid"], item["billnum"]) for item in json.loads(content)]:
        raise RuntimeError("other objects than were sent")
    for _ in range(20):
        decode(content)
    cpu = time.process_time()
    for _ in range(job.calls):
        decode(content)
    return {"read_ms": (time.process_time() - cpu) / job.calls * 1e3}


def write(job: Job) -> Figures:
    """1,000 bills of 5 rows to bytes."""
    from .writing import writer

    to_bytes = writer(job.client)
    to_bytes()
    cpu = time.process_time()
    for _ in range(job.calls):
        to_bytes()
    return {"write_ms": (time.process_time() - cpu) / job.calls * 1e3}


async def block(job: Job) -> Figures:
    """5,000 bills that are sent while another task wants to run."""
    from . import writing

    return {"block_ms": await writing.block(job.client, job.base_url) * 1e3}


_READY = """
from ropo_jobs_client import BearerToken, Environment, RopoJobsClient
client = RopoJobsClient(BearerToken("x"), environment=Environment.FINLAND_TEST{options})
"""
# What the first call does before it connects: imports, and certificates.
_OPEN = _READY + "client._pipeline.connections.transport\n"
_OURS_ANSWER = """
import asyncio
from ropo_jobs_client import BearerToken, RopoJobsClient
async def main():
    async with RopoJobsClient(BearerToken("x"), base_url="{base_url}"{options}) as ropo:
        assert (await ropo.get_job(jobid=123)).jobid == 123
asyncio.run(main())
"""
_HTTPX_ANSWER = """
import asyncio, httpx
async def main():
    async with httpx.AsyncClient(verify=False) as client:
        assert (await client.get("{base_url}/jobs?jobid=123")).json()["jobid"] == 123
asyncio.run(main())
"""
_STOCK = "import sys; sys.path.insert(0, {folder!r}); "
CODE: Final = {
    "ropo_jobs_client": "import ropo_jobs_client",
    "ready": _READY.replace("{options}", ""),
    "open": _OPEN.replace("{options}", ""),
    "open-fast": _OPEN.replace("{options}", ', transport="fast"'),
    "httpx": "import httpx",
    "httpx-client": "import httpx; httpx.AsyncClient()",
    "attrs": "import attrs",
    "anyio": "import anyio",
    "aiohttp": "import aiohttp",
    "stock": f"{_STOCK}import stock_client",
    "stock-endpoint": f"{_STOCK}from stock_client.api.jobs import jobs_get_action",
    "openai": "import openai",
    "githubkit": "import githubkit",
    "answer": _OURS_ANSWER.replace("{options}", ""),
    "answer-fast": _OURS_ANSWER.replace("{options}", ', transport="fast"'),
    "answer-httpx": _HTTPX_ANSWER,
}


def start(job: Job) -> Figures:
    """A Python process that runs a line, less one that runs `pass` right after it."""
    code = CODE[job.client].format(base_url=job.base_url, folder=job.folder)
    if job.client.endswith("-fast"):
        asyncio.run(second(replace(job, client="fast")))  # is it there?
    _python(code)  # what is compiled or read from disk at first is not measured
    ours: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    for _ in range(job.calls):
        ours.append(_python(code))
        bare.append(_python("pass"))
    wall, cpu = (statistics.median(a[i] - b[i] for a, b in zip(ours, bare, strict=True)) * 1e3 for i in (0, 1))
    return {"wall_ms": wall, "cpu_ms": cpu, "bare_ms": statistics.median(one[0] for one in bare) * 1e3}


def _python(code: str) -> tuple[float, float]:
    wall = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-I", "-c", code])
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - wall
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{code!r} failed")
    return wall, usage.ru_utime + usage.ru_stime


async def second(job: Job) -> Figures:
    """Another client where there is one already, up to what it does before it connects."""
    make: Callable[[], Any]
    if job.client == "httpx":
        make = import_module("httpx").AsyncClient
    else:
        from .clients import our_client

        make = lambda: our_client(job.client, "https://rc.ropo24.fi/rest")  # noqa: E731
    clients = [make()]
    wall = time.perf_counter()
    clients.append(make())
    wall = time.perf_counter() - wall
    for client in clients:
        close: Any = client.aclose
        await close()
    return {"second_ms": wall * 1e3}


SCENARIOS: Final[dict[str, Callable[[Job], Figures | Coroutine[Any, Any, Figures]]]] = {
    "calls": calls,
    "long": long,
    "stream": stream,
    "save": save,
    "keep": keep,
    "read": read,
    "write": write,
    "block": block,
    "start": start,
    "second": second,
}


def main(job: Job) -> Figures:
    """Measure."""
    sys.path.insert(0, job.folder)  # the stock client
    found = SCENARIOS[job.scenario](job)
    return found if isinstance(found, dict) else asyncio.run(found)


if __name__ == "__main__":
    given = Job(**json.loads(sys.argv[1]))
    try:
        print(json.dumps(main(given)), flush=True)
    except Exception as error:
        if type(error).__name__ != "UnavailableError":
            raise
        print(json.dumps({"unavailable": str(error)}))
