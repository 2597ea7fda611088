"""The clients that are compared: one small GET, a PDF as a stream, a PDF to a file.

What is compared is loaded by name: it is installed in the environment of the benchmarks only.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_client.client import DEFAULT_MAX_CONNECTIONS

from . import answers

_OURS: dict[str, dict[str, Any]] = {"default": {}, "fast": {"transport": "fast"}}

# httpx as it comes, and with as many connections as this library's default.
_AS_IT_COMES = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_OUR_LIMITS = httpx.Limits(max_connections=DEFAULT_MAX_CONNECTIONS, max_keepalive_connections=DEFAULT_MAX_CONNECTIONS)
_LIMITS = {"httpx": _AS_IT_COMES, "httpx-20": _OUR_LIMITS, "stock": _AS_IT_COMES, "stock-20": _OUR_LIMITS}
# However long a call waits for its connection: a reference that gives up would be none.
_TIMEOUT = httpx.Timeout(60, pool=None)


class UnavailableError(Exception):
    """This library cannot do that yet."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What a client can do.

    Attributes:
        get: gets the job and gives its id.
        stream: reads the PDF of a jobid and gives its size.
        save: saves the PDF of a jobid and gives its SHA-256.
        keep: fetches the PDFs of jobids into memory, some at once.
    """

    get: Callable[[], Awaitable[object]]
    stream: Callable[[int], Awaitable[int]]
    save: Callable[[int, Path], Awaitable[str]] | None = None
    keep: Callable[[range], Awaitable[None]] | None = None


# PDFs that are fetched at once.
_AT_ONCE = 8


class _Memory:
    """A sink that keeps nothing."""

    async def has(self, name: str) -> bool:
        del name
        return False

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        del name, size, content_type
        _ = b"".join([chunk async for chunk in chunks])


def our_client(name: str, base_url: str) -> RopoJobsClient:
    """Make a client of ours, and open its backend.

    Raises:
        UnavailableError: there is no such transport.
    """
    options: dict[str, Any] = {**_OURS[name], "base_url": base_url}
    try:
        client = RopoJobsClient(ApiCode("1000011", "secret"), **options)
        open_backend(client)
    except (TypeError, ValueError, ImportError) as error:
        if name == "default":
            raise
        raise UnavailableError(f"{type(error).__name__}: {error}") from None
    return client


def open_backend(client: Any) -> None:
    """Do what a client leaves for its first call, short of connecting."""
    _ = client._pipeline.connections.transport


@contextlib.asynccontextmanager
async def ours(name: str, base_url: str) -> AsyncGenerator[Actions]:
    """This library."""
    async with our_client(name, base_url) as ropo:

        async def get() -> object:
            return (await ropo.get_job(jobid=answers.JOBID)).jobid

        async def stream(jobid: int) -> int:
            size = 0
            async with ropo.pdf(jobid=jobid) as pdf:
                async for chunk in pdf:
                    size += len(chunk)
            return size

        async def save(jobid: int, path: Path) -> str:
            return (await ropo.pdf(jobid=jobid).save(path)).sha256

        async def keep(jobids: range) -> None:
            report = await ropo.save_pdfs(jobids, _Memory(), concurrency=_AT_ONCE)
            if report.saved != len(jobids):
                raise RuntimeError("not all PDFs")

        yield Actions(get, stream, save, keep)


@contextlib.asynccontextmanager
async def bare_httpx(name: str, base_url: str) -> AsyncGenerator[Actions]:
    """httpx alone."""
    job_url = f"{base_url}/jobs?jobid={answers.JOBID}"
    async with httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS[name]) as client:

        async def get() -> object:
            return (await client.get(job_url)).json()["jobid"]

        async def stream(jobid: int) -> int:
            size = 0
            async with client.stream("GET", f"{base_url}/jobs/pdf?jobid={jobid}") as response:
                async for chunk in response.aiter_raw():
                    size += len(chunk)
            return size

        async def save(jobid: int, path: Path) -> str:
            digest = hashlib.sha256()
            with path.open("wb") as file:  # the fastest way, which is what it stands for
                async with client.stream("GET", f"{base_url}/jobs/pdf?jobid={jobid}") as response:
                    async for chunk in response.aiter_raw():
                        file.write(chunk)
                        digest.update(chunk)
            return digest.hexdigest()

        async def keep(jobids: range) -> None:
            left = iter(jobids)

            async def work() -> None:
                for jobid in left:
                    if len((await client.get(f"{base_url}/jobs/pdf?jobid={jobid}")).content) != answers.MANY_PDF:
                        raise RuntimeError("not the whole PDF")

            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(work())

        yield Actions(get, stream, save, keep)


@contextlib.asynccontextmanager
async def stock(name: str, base_url: str) -> AsyncGenerator[Actions]:
    """What openapi-python-client generates from openapi.yaml without our templates."""
    package = import_module("stock_client")
    get_action = import_module("stock_client.api.jobs.jobs_get_action")
    pdf_action = import_module("stock_client.api.jobs.jobs_get_pdf_action")
    options = {"timeout": _TIMEOUT, "httpx_args": {"limits": _LIMITS[name]}}
    async with package.AuthenticatedClient(base_url, answers.TOKEN["token"], **options) as client:

        async def get() -> object:
            return (await get_action.asyncio(client=client, jobid=answers.JOBID)).jobid

        async def stream(jobid: int) -> int:
            return len((await pdf_action.asyncio(client=client, jobid=jobid)).payload.getvalue())

        yield Actions(get, stream)


@contextlib.asynccontextmanager
async def aiohttp(_: str, base_url: str) -> AsyncGenerator[Actions]:
    """aiohttp as it comes."""
    job_url = f"{base_url}/jobs?jobid={answers.JOBID}"
    async with import_module("aiohttp").ClientSession() as session:

        async def get() -> object:
            async with session.get(job_url) as response:
                return (await response.json())["jobid"]

        async def stream(jobid: int) -> int:
            size = 0
            async with session.get(f"{base_url}/jobs/pdf?jobid={jobid}") as response:
                async for chunk in response.content.iter_any():
                    size += len(chunk)
            return size

        yield Actions(get, stream)


@contextlib.asynccontextmanager
async def pyreqwest(_: str, base_url: str) -> AsyncGenerator[Actions]:
    """pyreqwest by its own API."""
    job_url = f"{base_url}/jobs?jobid={answers.JOBID}"
    async with import_module("pyreqwest.client").ClientBuilder().build() as client:

        async def get() -> object:
            response = await client.get(job_url).build().send()
            return (await response.json())["jobid"]

        async def stream(jobid: int) -> int:
            size = 0
            async with client.get(f"{base_url}/jobs/pdf?jobid={jobid}").build_streamed() as response:
                while (chunk := await response.body_reader.read_chunk()) is not None:
                    size += len(chunk)
            return size

        yield Actions(get, stream)


CLIENTS: dict[str, Callable[[str, str], contextlib.AbstractAsyncContextManager[Actions]]] = {
    "default": ours,
    "fast": ours,
    "httpx": bare_httpx,
    "httpx-20": bare_httpx,
    "stock": stock,
    "stock-20": stock,
    "aiohttp": aiohttp,
    "pyreqwest": pyreqwest,
}
