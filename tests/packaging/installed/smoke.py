"""What was installed works: `make dist-check` runs this where the wheel and what it needs is, and nothing else.

So it uses no test tool, and no server but a few lines of its own.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

import ropo_jobs_client
from ropo_jobs_client import ApiCode, RopoError, RopoJobsClient
from ropo_jobs_client.errors import JobNotFound
from ropo_jobs_client.models import JobJobInfo

# Each base dependency, with what it needs in turn.
DISTRIBUTIONS = {
    "ropo-jobs-client",
    "httpx",
    "httpcore",
    "anyio",
    "attrs",
    "certifi",
    "h11",
    "idna",
    "typing-extensions",
}
MODULES = {
    "ropo_jobs_client",
    "httpx",
    "httpcore",
    "anyio",
    "attr",
    "attrs",
    "certifi",
    "h11",
    "idna",
    "typing_extensions",
}

DOCUMENT = b"%PDF-1.7\n" + b"x" * 100_000 + b"\n%%EOF\n"
JOB = {"jobid": 1, "billnum": "11213", "person": "Teppo Testaaja"}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    length = next((int(line[15:]) for line in head.lower().splitlines() if line.startswith("content-length:")), 0)
    await reader.readexactly(length)
    status, kind, body = answer(*head.split()[:2], is_known="authorization: bearer abc" in head.lower())
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n".encode())
    writer.write(b"Connection: close\r\n\r\n" + body)
    await writer.drain()
    writer.close()


def answer(method: str, target: str, *, is_known: bool) -> tuple[int, str, bytes]:
    address = urlsplit(target)
    if (method, address.path) == ("POST", "/rest/token"):
        return 201, "application/json", b'{"token": "abc"}'
    if not is_known:
        return 401, "application/json", b"{}"
    if address.query != "jobid=1":
        return 404, "application/json", b'{"error": "Job not found"}'
    if address.path == "/rest/jobs/pdf":
        return 200, "application/pdf", DOCUMENT
    return 200, "application/json", json.dumps(JOB).encode()


class Installed(unittest.TestCase):
    def test_it_is_the_installed_one(self) -> None:
        assert Path(ropo_jobs_client.__file__).is_relative_to(sys.prefix)
        with self.assertRaises(ModuleNotFoundError):
            __import__("codegen")

    def test_nothing_but_the_base_dependencies_is_there(self) -> None:
        names = {distribution.metadata["Name"].replace("_", "-") for distribution in importlib.metadata.distributions()}
        # Which of them are needed depends on the Python.
        assert names <= DISTRIBUTIONS

    def test_the_version_is_that_of_the_metadata(self) -> None:
        assert ropo_jobs_client.__version__ == importlib.metadata.version("ropo-jobs-client")

    def test_it_is_typed(self) -> None:
        for package in ("ropo_jobs_client", "ropo_jobs_sandbox"):
            assert (Path(ropo_jobs_client.__file__).parents[1] / package / "py.typed").is_file()

    def test_every_public_name_is_there(self) -> None:
        for name in ropo_jobs_client.__all__:
            assert getattr(ropo_jobs_client, name) is not None
        for name in dir(ropo_jobs_client.models):
            assert getattr(ropo_jobs_client.models, name) is not None

    def test_the_import_is_lazy(self) -> None:
        script = "import sys, ropo_jobs_client; print('ropo_jobs_client.client' in sys.modules); "
        script += "ropo_jobs_client.RopoJobsClient; print('ropo_jobs_client.client' in sys.modules)"
        result = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
        assert result.stdout.split() == ["False", "True"]


class Calls(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        self.ropo = RopoJobsClient(ApiCode("1000011", "x"), base_url=f"http://127.0.0.1:{port}/rest")

    async def asyncTearDown(self) -> None:
        await self.ropo.aclose()
        self.server.close()
        await self.server.wait_closed()

    async def test_a_call(self) -> None:
        job = await self.ropo.get_job(jobid=1)
        assert isinstance(job, JobJobInfo)
        assert job.billnum == "11213"
        assert "Teppo" not in repr(job)

    async def test_an_error(self) -> None:
        with self.assertRaises(JobNotFound) as caught:
            await self.ropo.get_job(jobid=2)
        assert isinstance(caught.exception, RopoError)
        assert (caught.exception.status, caught.exception.message) == (404, "Job not found")

    async def test_a_saved_pdf(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bill.pdf"
            saved = await self.ropo.pdf(jobid=1).save(path)
            assert (saved.size, path.read_bytes()) == (len(DOCUMENT), DOCUMENT)

    async def test_nothing_else_is_loaded(self) -> None:
        await self.ropo.get_job(jobid=1)
        installed = str(Path(ropo_jobs_client.__file__).parents[1])
        files = {name: str(getattr(module, "__file__", None)) for name, module in list(sys.modules.items())}
        loaded = {name.partition(".")[0] for name, file in files.items() if file.startswith(installed)}
        assert {"ropo_jobs_client", "httpx", "anyio"} <= loaded
        assert loaded <= MODULES


if __name__ == "__main__":
    unittest.main(verbosity=2)
