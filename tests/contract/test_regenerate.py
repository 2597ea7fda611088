"""docs/regenerating.md, followed on a copy: an operation and a field that do not exist reach the facade."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest
import yaml
from doc_blocks import DOCS, blocks, titled

ROOT = Path(__file__).parents[2]
COPIED = ("codegen", "ropo_jobs_client", "ropo_jobs_sandbox")
BLOCKS = titled("regenerating.md")

USE = """
import asyncio
from decimal import Decimal

import ropo_jobs_client
from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_client.errors import JobNotFound
from ropo_jobs_client.models import JobAddPayment, JobPayment, JobPaymentsResponse
from ropo_jobs_sandbox import Sandbox

async def main():
    async with Sandbox() as sandbox:
        jobid = sandbox.add_example_job()
        async with RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url) as ropo:
            payment = JobAddPayment(jobid=jobid, amount=Decimal("0.10"), paydate="2026-11-22", payer="Teppo")
            assert "Teppo" not in repr(payment)
            await ropo.add_payment(payment)
            assert sandbox.payments()[0]["payer"] == "Teppo"
            # It is safe by the document, so it is asked again.
            sandbox.fault("GET /jobs/payments", "disconnect-after")
            found = await ropo.get_payments(jobid=str(jobid))
            assert found == JobPaymentsResponse(payments=[JobPayment(amount=Decimal("0.10"), payer="Teppo")])
            assert "Teppo" not in repr(found) and "0.1" in repr(found)
            assert sandbox.carried_out("GET /jobs/payments") == 2
            try:
                await ropo.get_payments(jobid=999)
            except JobNotFound as error:
                print(error.operation)

asyncio.run(main())
print(ropo_jobs_client.__file__)
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the pipeline reads and writes, as it is."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.yaml", "generator-config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def change_document(copy: Path) -> None:
    """Step 1."""
    path = copy / "openapi.yaml"
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for block in blocks("regenerating.md"):
        if block.language == "yaml":
            node = document
            for part in block.title.split("."):
                node = node[part]
            new: dict[str, Any] = yaml.safe_load(block.code)
            assert not node.keys() & new.keys()
            node |= new
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def insert(path: Path, before: str, text: str) -> None:
    code = path.read_text(encoding="utf-8")
    assert code.count(before) == 1, (path, before)
    path.write_text(code.replace(before, text + before), encoding="utf-8")


def test_the_page_leads_to_an_operation_that_works(copy: Path) -> None:
    change_document(copy)
    openapi_spec_validator.validate(yaml.safe_load((copy / "openapi.yaml").read_text(encoding="utf-8")))
    generated = run(copy, "-m", "codegen.generate")
    assert (generated.returncode, generated.stderr) == (0, "")

    client = copy / "ropo_jobs_client" / "client.py"
    insert(client, "    # Disputes and customers\n", BLOCKS["ropo_jobs_client/client.py"] + "\n")
    before = run(copy, "-c", USE)
    assert "the service answered 501: The sandbox does not know GET /jobs/payments" in before.stderr

    operations = copy / "ropo_jobs_sandbox" / "operations.py"
    insert(
        operations, '            "GET /jobs": self.get_job,\n', '            "GET /jobs/payments": self.get_payments,\n'
    )
    insert(operations, "    # Finding what a call names\n", BLOCKS["ropo_jobs_sandbox/operations.py"] + "\n")
    result = run(copy, "-c", USE)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"GET /jobs/payments\n{client.with_name('__init__.py')}\n"


def test_a_forgotten_x_retry_stops_it(copy: Path) -> None:
    change_document(copy)
    path = copy / "openapi.yaml"
    text = path.read_text(encoding="utf-8")
    operation = text.index("operationId: JobsGetPaymentsAction")
    path.write_text(text[:operation] + text[operation:].replace("x-retry: safe\n", "x-source: docs\n", 1))
    generated = run(copy, "-m", "codegen.generate")
    assert (generated.returncode, generated.stdout) == (1, "")
    assert generated.stderr.strip() in (DOCS / "regenerating.md").read_text(encoding="utf-8")
    assert generated.stderr.startswith("generate: GET /jobs/payments: x-retry must be one of")
    for committed in (ROOT / "ropo_jobs_client" / "_generated").rglob("*.py"):
        copied = copy / committed.relative_to(ROOT)
        assert copied.read_bytes() == committed.read_bytes()
