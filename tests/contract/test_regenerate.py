"""docs/regenerating.md, followed on a copy: an operation and a field that do not exist reach the facade."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest
import yaml
from doc_blocks import DOCS, blocks, titled

ROOT = Path(__file__).parents[2]
COPIED = ("codegen", "docs", "ropo_jobs_client", "ropo_jobs_sandbox", "tests")
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
    for name in ("openapi.yaml", "generator-config.yml", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def change_document(copy: Path) -> None:
    """Step 1. As text: written by a YAML library, the rest would lose its quotes and comments."""
    path = copy / "openapi.yaml"
    text = path.read_text(encoding="utf-8")
    for block in blocks("regenerating.md"):
        if block.language == "yaml":
            parts, at = block.title.split("."), 0
            for depth, part in enumerate(parts):
                key = f"\n{'  ' * depth}{part}:\n"
                at = text.index(key, max(0, at - 1)) + len(key)
            text = text[:at] + textwrap.indent(block.code, "  " * len(parts)) + text[at:]
            found: Any = yaml.safe_load(text)
            for part in parts:
                found = found[part]
            assert found.items() >= yaml.safe_load(block.code).items()
    path.write_text(text, encoding="utf-8")


def insert(path: Path, before: str, text: str) -> None:
    code = path.read_text(encoding="utf-8")
    assert code.count(before) == 1, (path, before)
    path.write_text(code.replace(before, text + before), encoding="utf-8")


# Before which line the code of a step goes. The method and the handler have theirs below: they are done one by one.
PLACES = {
    "ropo_jobs_sandbox/example.py": '    "JobDisputeResponse": {',
    "ropo_jobs_sandbox/factories.py": "# Making them\n",
    "ropo_jobs_sandbox/canned.py": "# What goes wrong: ",
    "tests/wire/calls.py": '    Example("POST /jobs", ',
    "docs/reference/models.md": "## Delivery, disputes and customers\n",
}

# What holds the document, the client, the sandbox, the test kit and the pages against each other.
TESTS = (
    "tests/contract/test_openapi.py",
    "tests/contract/test_public.py",
    "tests/contract/test_readme.py",
    "tests/contract/test_docs.py::test_every_model_is_in_the_reference",
    "tests/contract/test_generated.py::test_operations_are_those_of_the_document",
    "tests/unit/test_sandbox_contract.py",
    "tests/wire/test_kit.py",
    "tests/wire/test_operations.py::test_the_examples_are_the_whole_api",
    "tests/torture/test_matrix.py::test_no_cell_is_missing",
)


def add_method(copy: Path) -> None:
    """Step 3."""
    client = copy / "ropo_jobs_client" / "client.py"
    insert(client, "    # Disputes and customers\n", BLOCKS["ropo_jobs_client/client.py"] + "\n")


def add_handler(copy: Path) -> None:
    """Step 4, its first part."""
    operations = copy / "ropo_jobs_sandbox" / "operations.py"
    known = '            "GET /jobs": self.get_job,\n'
    insert(operations, known, '            "GET /jobs/payments": self.get_payments,\n')
    insert(operations, "    # Finding what a call names\n", BLOCKS["ropo_jobs_sandbox/operations.py"] + "\n")


def add_the_rest(copy: Path) -> None:
    """What follows."""
    for name, place in PLACES.items():
        gap = "" if name.endswith(("example.py", "calls.py")) else "\n" if name.endswith(".md") else "\n\n"
        insert(copy / name, place, BLOCKS[name] + gap)
    # Its second half: what it generates is there already.
    assert run(copy, "-m", "codegen.readme").returncode == 0


def test_the_page_leads_to_an_operation_that_works(copy: Path) -> None:
    change_document(copy)
    openapi_spec_validator.validate(yaml.safe_load((copy / "openapi.yaml").read_text(encoding="utf-8")))
    generated = run(copy, "-m", "codegen.generate")
    assert (generated.returncode, generated.stderr) == (0, "")
    add_method(copy)
    before = run(copy, "-c", USE)
    assert "the service answered 501: The sandbox does not know GET /jobs/payments" in before.stderr
    add_handler(copy)
    result = run(copy, "-c", USE)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"GET /jobs/payments\n{copy / 'ropo_jobs_client' / '__init__.py'}\n"


def test_after_the_steps_of_the_page_nothing_fails(copy: Path) -> None:
    change_document(copy)
    assert run(copy, "-m", "codegen.generate").returncode == 0
    add_method(copy)
    add_handler(copy)
    add_the_rest(copy)
    row = "| `GET /jobs/payments` | `get_payments` | jobid | `JobPaymentsResponse` | safe |\n"
    assert row in (copy / "README.md").read_text(encoding="utf-8")
    result = run(copy, "-m", "pytest", "-q", "-n", "0", *TESTS)
    assert result.returncode == 0, result.stdout
    assert "skipped" not in result.stdout


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
