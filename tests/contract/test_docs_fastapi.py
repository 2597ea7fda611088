"""The service of the FastAPI recipe behind a real server: every failure has its status, and a broken PDF is seen."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from doc_blocks import titled

from ropo_jobs_sandbox import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Generator[Sandbox]:
    with Sandbox(today=date(2026, 11, 22)) as found:
        yield found


class Service:
    """The recipe, run by uvicorn in a process of its own."""

    def __init__(self, url: str, log: Path) -> None:
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False)
        self._log = log

    def log(self) -> list[str]:
        return self._log.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def service(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Generator[Service]:
    folder = tmp_path_factory.mktemp("service")
    code = titled("recipes/fastapi.md")["service.py"]
    # As it stands, but for the time that a test waits for.
    code = code.replace("from_env()", "from_env(timeout=1.0, deadline=2.0, retries=0)")
    (folder / "service.py").write_text(code, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    named = {"ROPO_BASE_URL": sandbox.base_url, "ROPO_CID": sandbox.cid, "ROPO_APICODE": sandbox.apicode}
    command = [sys.executable, "-m", "uvicorn", "service:app", "--port", str(port), "--log-level", "warning"]
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **named, "PYTHONPATH": str(ROOT)}, stdout=file, stderr=file
        )
        found = Service(f"http://127.0.0.1:{port}", log)
        try:
            ends = time.monotonic() + 30
            while True:
                try:
                    found.http.get("/openapi.json")
                    break
                except httpx.ConnectError:
                    assert time.monotonic() < ends, log.read_text(encoding="utf-8")
                    time.sleep(0.1)
            yield found
        finally:
            found.http.close()
            process.terminate()
            process.wait()


@pytest.fixture(autouse=True)
def fresh(sandbox: Sandbox) -> None:
    sandbox.reset()
    sandbox.add_example_job(billnum="11213")


PAYMENT = {"amount": "10.00", "paydate": "2026-11-22"}

# Of a GET: the fault, and what the service answers.
GETS: list[tuple[str, dict[str, Any], int, str | None]] = [
    ("status", {"status": 429, "retry_after": 300}, 503, "300"),
    ("status", {"status": 400}, 422, None),
    ("status", {"status": 422}, 422, None),
    ("status", {"status": 409}, 409, None),
    ("status", {"status": 500}, 502, None),
    ("status", {"status": 403}, 502, None),
    ("stall-after", {}, 504, None),
    ("html", {}, 502, None),
    ("reset", {}, 502, None),
]


@pytest.mark.parametrize(("kind", "options", "status", "retry_after"), GETS)
def test_every_failure_has_its_status(
    sandbox: Sandbox, service: Service, kind: str, options: dict[str, Any], status: int, retry_after: str | None
) -> None:
    before = len(service.log())
    sandbox.fault("GET /jobs", kind, **options)
    answer = service.http.get("/bills/11213")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert "error" in answer.json()
    assert service.log()[before:] == []


def test_no_such_bill(service: Service) -> None:
    assert service.http.get("/bills/99999").status_code == 404
    assert service.http.get("/bills/99999/pdf").status_code == 404
    assert service.http.get("/bills/%20").status_code == 422


def test_several_bills_with_one_number(sandbox: Sandbox, service: Service) -> None:
    sandbox.add_example_job(billnum="11213")
    assert service.http.get("/bills/11213").status_code == 409


def test_a_payment(sandbox: Sandbox, service: Service) -> None:
    assert service.http.post("/bills/11213/payments", json=PAYMENT).status_code == 201
    for wrong in ({"amount": "0"}, {"amount": "1.005"}, {"amount": "NaN"}, {"paydate": "22.11.2026"}):
        answer = service.http.post("/bills/11213/payments", json={**PAYMENT, **wrong})
        assert answer.status_code == 422, wrong
    assert service.http.post("/bills/99999/payments", json=PAYMENT).status_code == 404
    sandbox.fault("POST /jobs/payment", "stall-after")
    assert service.http.post("/bills/11213/payments", json=PAYMENT).status_code == 502


def test_nothing_listens(sandbox: Sandbox, service: Service) -> None:
    with sandbox.refuse_connections():
        assert service.http.get("/bills/11213").status_code == 502
    assert service.http.get("/bills/11213").status_code == 200


def test_a_pdf_that_breaks_is_seen_and_logged_in_one_line(sandbox: Sandbox, service: Service) -> None:
    sandbox.set_pdf_size("11213", 3_000_000)
    assert len(service.http.get("/bills/11213/pdf").content) == 3_000_000
    before = len(service.log())
    sandbox.fault("GET /jobs/pdf", "truncate", after=1_000_000)
    with pytest.raises(httpx.RemoteProtocolError):
        service.http.get("/bills/11213/pdf")
    sandbox.fault("GET /jobs/pdf", "wrong-type")
    assert service.http.get("/bills/11213/pdf").status_code == 502
    [line] = service.log()[before:]
    assert re.fullmatch(r"ERROR: +ASGI callable returned without completing response\.", line)
