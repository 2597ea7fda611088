"""Starting and stopping the sandbox: as an object, from a terminal, with a data file."""

from __future__ import annotations

import contextlib
import gc
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import sniffio
from sandbox_support import item, running

import ropo_jobs_sandbox
from ropo_jobs_sandbox import Sandbox, SandboxError

FILES = Path("/proc/self/fd")
ROOT = Path(ropo_jobs_sandbox.__file__).parent.parent


@pytest.mark.anyio
async def test_in_an_asynchronous_test(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with Sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.base_url) as client:
        login = {"cid": sandbox.cid, "apicode": sandbox.apicode}
        answer = await client.post("/token", json=login)
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        jobid = sandbox.add_example_job()
        job = await client.get("/jobs", params={"jobid": jobid}, headers=headers)
        assert job.json()["currentstatustext"] == "Invoicing"
        assert sandbox.base_url.endswith("/rest")
        assert repr(sandbox) == f"<Sandbox {sandbox.base_url}>"
    assert "ropo_jobs_sandbox" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.anyio
async def test_after_refusing_connections_it_is_itself_again(anyio_backend: str) -> None:
    """Under trio too: what comes in afterwards must not take trio for its own."""
    async with Sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.base_url) as client:
        with sandbox.refuse_connections(), pytest.raises(httpx.ConnectError):
            await client.get("/jobs")
        # A body in parts is sent in a group of tasks.
        sandbox.fault("GET /jobs", "huge", size=100_000)
        answer = await client.get("/jobs")
        assert (answer.status_code, len(answer.content)) == (401, 100_000)


@pytest.mark.anyio
async def test_it_stops_even_when_the_test_is_cancelled(anyio_backend: str) -> None:
    sandbox = Sandbox()
    with anyio.move_on_after(0.05):
        async with sandbox:
            await anyio.sleep_forever()
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.address


@pytest.mark.anyio
async def test_a_hundred_calls_at_once(anyio_backend: str) -> None:
    statuses: list[int] = []
    async with Sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.base_url, timeout=30) as client:
        answer = await client.post("/token", json={"cid": sandbox.cid, "apicode": sandbox.apicode})
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        sandbox.add_example_job(billnum="A")

        async def pay() -> None:
            payment = {"billnum": "A", "amount": "0.01", "paydate": "2026-11-22"}
            statuses.append((await client.post("/jobs/payment", json=payment)).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(100):
                tasks.start_soon(pay)
        assert statuses == [201] * 100
        assert len(sandbox.payments(billnum="A")) == sandbox.carried_out("POST /jobs/payment") == 100


def test_it_stops_at_once_whoever_is_connected() -> None:
    with running() as service, contextlib.ExitStack() as stack:
        service.add(item(billnum="A"))
        service.sandbox.set_pdf_size("A", 10_000_000_000)
        host, port = service.sandbox.address.removeprefix("http://").split(":")
        idle = stack.enter_context(socket.create_connection((host, int(port))))
        half = stack.enter_context(socket.create_connection((host, int(port))))
        half.sendall(b"POST /rest/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        with service.client.stream("GET", "/jobs/pdf", params={"billnum": "A"}) as response:
            # Held on to: a generator that is dropped would close the connection.
            chunks = response.iter_raw()
            next(chunks)
            deadline = time.monotonic() + 5
            while service.sandbox.open_connections < 3:
                assert time.monotonic() < deadline
            began = time.monotonic()
            service.sandbox.stop()
            assert time.monotonic() - began < 1
        assert idle.recv(1) == b""
    assert "ropo_jobs_sandbox" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def open_files() -> int:
    """How many file handles this process holds, where the system tells."""
    return len(list(FILES.iterdir())) if FILES.is_dir() else 0


def test_many_in_a_row_leave_nothing_behind() -> None:
    with running():
        pass
    gc.collect()
    before, threads = open_files(), threading.active_count()
    for _ in range(10):
        with running() as service:
            service.call("GET /jobs/statusupdates", expect=204)
    gc.collect()
    # A thread of an earlier test may have ended since.
    assert open_files() <= before
    assert threading.active_count() <= threads


def test_several_at_once_are_apart() -> None:
    with running() as one, running() as other:
        one.add()
        assert (len(one.sandbox.jobs()), len(other.sandbox.jobs())) == (1, 0)


def test_it_can_be_started_again_but_not_twice() -> None:
    sandbox = Sandbox()
    assert repr(sandbox) == "<Sandbox, not running>"
    sandbox.stop()
    for _ in range(2):
        with sandbox, pytest.raises(RuntimeError, match="running already"):
            sandbox.start()


def test_a_port_that_is_taken() -> None:
    with Sandbox() as sandbox:
        port = int(sandbox.address.rpartition(":")[2])
        with pytest.raises(SandboxError, match=f"can't listen on 127.0.0.1 port {port}: address already in use"):
            Sandbox(port=port).start()
    with Sandbox(port=port) as again:
        assert again.base_url == f"http://127.0.0.1:{port}/rest"


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_over_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with running(host="::1") as service:
        assert service.sandbox.base_url.startswith("http://[::1]:")
        service.call("GET /jobs/statusupdates", expect=204)


# Data files


def test_a_data_file_keeps_everything(tmp_path: Path) -> None:
    data = tmp_path / "sandbox.db"
    with running(data=data) as service:
        service.add(item(billnum="A"), item(billnum="B"))
        service.call("POST /jobs/payment", json={"billnum": "A", "amount": 1, "paydate": "2026-11-22"}, expect=201)
        assert len(service.updates()) == 2
        service.sandbox.advance(days=15)
        service.sandbox.set_pdf_size("A", 50_000)
        authorization = service.client.headers["Authorization"]
    assert data.stat().st_mode & 0o777 == 0o600
    with running(data=data, today=date(2030, 1, 1)) as service:
        service.client.headers["Authorization"] = authorization
        assert service.sandbox.today == date(2026, 12, 7)
        assert [job["open_amount"] for job in service.sandbox.jobs()] == ["42.40", "43.40"]
        assert service.updates() == [(1, "Due", "2026-12-07"), (2, "Due", "2026-12-07")]
        assert service.add() == [3]
        assert len(service.call("GET /jobs/pdf", params={"billnum": "A"}).content) == 50_000


def test_a_killed_sandbox_has_lost_nothing_it_answered(tmp_path: Path) -> None:
    data = tmp_path / "sandbox.db"
    process, address = spawn("--port", "0", "--data", str(data))
    with process, httpx.Client(base_url=f"{address}/rest") as client:
        assert client.post(f"{address}/_sandbox/jobs", json={"billnum": "A"}).status_code == 201
        process.kill()
        process.communicate()
    with running(data=data, today=None) as service:
        assert [job["billnum"] for job in service.sandbox.jobs()] == ["A"]


def test_data_files_that_cannot_be_used(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("hello, this is certainly no database " * 100)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE precious (id)")
    connection.close()
    held = tmp_path / "held.db"
    before = other.read_bytes()
    with running(data=held):
        for path, reason in [
            (text, "not a data file"),
            (other, "not a data file of this version"),
            (held, "another sandbox is using it"),
            (tmp_path, "is a directory"),
            (tmp_path / "no" / "where.db", "no such file or directory"),
        ]:
            with pytest.raises(SandboxError, match=f"can't use the data file .*{reason}") as caught:
                Sandbox(data=path).start()
            assert "\n" not in str(caught.value)
    assert other.read_bytes() == before


# From a terminal


def spawn(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "ropo_jobs_sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_it_is_and_stops(number: signal.Signals) -> None:
    process, address = spawn("--port", "0", "--today", "2026-11-22")
    with process, httpx.Client(base_url=f"{address}/rest") as client:
        assert client.get(f"{address}/_sandbox/state").json()["today"] == "2026-11-22"
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - began < 3
        assert process.stdout is not None
        assert process.stderr is not None
        out = process.stdout.read()
        assert process.stderr.read() == ""
    for line in (f"ROPO_BASE_URL={address}/rest", "ROPO_CID=1000011", "ROPO_APICODE=sandbox-apicode", "Stopped."):
        assert line in out


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--port", "99999"], 2, "a port is a number from 0 to 65535"),
        (["--port", "x"], 2, "a port is a number"),
        (["--today", "2026-02-30"], 2, "a day of the calendar is written YYYY-MM-DD"),
        (["--port", "0", "--data", "/proc/nowhere/x.db"], 1, "can't use the data file"),
        (["--port", "0", "--host", "host.invalid"], 1, "can't listen on host.invalid"),
    ],
)
def test_mistakes_get_one_line(arguments: list[str], code: int, text: str) -> None:
    command = [sys.executable, "-m", "ropo_jobs_sandbox", *arguments]
    found = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert found.returncode == code
    assert text in found.stderr
    assert "Traceback" not in found.stderr


def test_importing_the_package_imports_nothing_else() -> None:
    large = {"starlette", "uvicorn", "fpdf", "jinja2", "yaml"}
    code = f"import sys, ropo_jobs_sandbox; print(sorted({large} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"
    assert set(ropo_jobs_sandbox.__all__) <= set(dir(ropo_jobs_sandbox))
    missing: Any = ropo_jobs_sandbox
    with pytest.raises(AttributeError, match="Nothing"):
        _ = missing.Nothing


def test_the_sandbox_is_independent_of_the_library() -> None:
    # The test kit is for users of the library; the service that it is tested against knows neither of the two.
    kit = {"canned", "factories", "journal_conformance", "one_shot", "pytest_plugin"}
    for path in (ROOT / "ropo_jobs_sandbox").rglob("*.py"):
        if path.stem not in kit:
            code = path.read_text(encoding="utf-8")
            # How the document names the fields of a status change is generated from it.
            code = code.replace("\nfrom ropo_jobs_client.models import JobStatusUpdate\n", "\n")
            assert "ropo_jobs_client" not in code, path.name
            assert not [module for module in kit if re.search(rf"(from|import) \.?{module}\b", code)], path.name
