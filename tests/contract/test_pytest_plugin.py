"""The fixtures of the test kit, in tests of a service of its own: with every plugin, and without a trace."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from doc_blocks import python, titled

ROOT = Path(__file__).parents[2]
CONFTEST = 'pytest_plugins = ["ropo_jobs_sandbox.pytest_plugin"]\n'


def run_python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def pytest_of(folder: Path, *plugins: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Pytest on some tests, with warnings as errors, these plugins and no others."""
    for name, code in files.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    # Without it, pytest-asyncio warns.
    scope = "asyncio_default_fixture_loop_scope = function\n" if "pytest_asyncio.plugin" in plugins else ""
    (folder / "pytest.ini").write_text(f"[pytest]\nfilterwarnings = error\n{scope}")
    named = [argument for plugin in plugins for argument in ("-p", plugin)]
    return run_python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *named)


def run_pytest(folder: Path, *plugins: str, **files: str) -> str:
    """What it says, and that nothing is left to complain of when it has ended."""
    result = pytest_of(folder, *plugins, **files)
    assert result.stderr == ""
    return result.stdout


def outcome(said: str) -> dict[str, int]:
    """How many tests passed, failed or had errors."""
    return {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", said.strip().splitlines()[-1])}


# Each leaves a connection behind with a client that keeps them: after answers read and unread, broken and cancelled.
USE = """
import anyio
import asyncio
import pytest
from ropo_jobs_client import RopoJobsClient
from ropo_jobs_client.errors import OutcomeUnknown
from ropo_jobs_sandbox.factories import job_item, payment

async def use(ropo, sandbox):
    assert sandbox.jobs() == [] and sandbox.requests == [] and sandbox.faults == []
    await ropo.add_bills([job_item(billnum="11213")])
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(lambda: ropo.get_job(jobid=1))
    sandbox.set_pdf_size("11213", 1_000_000)
    async with ropo.pdf(billnum="11213") as pdf:
        async for _ in pdf:
            break
    sandbox.fault("POST /jobs/payment", "disconnect-after")
    with pytest.raises(OutcomeUnknown):
        await ropo.add_payment(payment())
    sandbox.fault("GET /jobs", "stall-after")
    with anyio.move_on_after(0.1) as scope:
        await ropo.get_job(jobid=1)
    assert scope.cancelled_caught
    sandbox.fault("GET /jobs", "status", None, status=500)
    sandbox.refuse_connections()
"""

TESTS = {
    "pytest_asyncio": """
from used import *
import pytest_asyncio

@pytest_asyncio.fixture
async def billed(ropo_client):
    await ropo_client.add_bills([job_item(billnum="1")])
    yield
    await ropo_client.get_job(jobid=1)

@pytest.mark.asyncio
async def test_own_loop(ropo_client, ropo_sandbox):
    await use(ropo_client, ropo_sandbox)

@pytest.mark.asyncio(loop_scope="module")
async def test_loop_of_the_module(ropo_client, ropo_sandbox):
    await use(ropo_client, ropo_sandbox)

@pytest.mark.asyncio
async def test_with_a_fixture(billed, ropo_client, ropo_sandbox):
    assert (await ropo_client.get_job(jobid=1)).billnum == "1"
""",
    "anyio": """
from used import *

@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param

@pytest.fixture
async def billed(anyio_backend, ropo_client):
    await ropo_client.add_bills([job_item(billnum="1")])
    yield
    await ropo_client.get_job(jobid=1)

@pytest.mark.anyio
async def test_it(ropo_client, ropo_sandbox):
    await use(ropo_client, ropo_sandbox)

@pytest.mark.anyio
async def test_with_a_fixture(billed, ropo_client):
    assert (await ropo_client.get_job(jobid=1)).billnum == "1"
""",
    "none": """
from used import *

@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it(ropo_client, ropo_sandbox, backend):
    anyio.run(use, ropo_client, ropo_sandbox, backend=backend)

def test_the_sandbox_is_the_same_one(ropo_sandbox, ropo_sandbox_server):
    assert ropo_sandbox is ropo_sandbox_server
""",
}
# anyio's own is there wherever the library is.
PLUGINS = ("anyio.pytest_plugin", "pytest_asyncio.plugin")


def test_it_leaves_nothing_behind_with_plugins(tmp_path: Path) -> None:
    tests = {f"test_{name}": TESTS[name] for name in ("pytest_asyncio", "anyio")}
    said = run_pytest(tmp_path, *PLUGINS, conftest=CONFTEST, used=USE, **tests)
    assert outcome(said) == {"passed": 7}, said


def test_it_leaves_nothing_behind_without_plugins(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, conftest=CONFTEST, used=USE, test_it=TESTS["none"])
    assert outcome(said) == {"passed": 3}, said


def test_a_client_that_keeps_connections_would_be_noticed(tmp_path: Path) -> None:
    code = (
        TESTS["pytest_asyncio"]
        + """
@pytest.fixture
def ropo_client(ropo_sandbox):
    from ropo_jobs_client import ApiCode
    return RopoJobsClient(ApiCode(ropo_sandbox.cid, ropo_sandbox.apicode), base_url=ropo_sandbox.base_url)
"""
    )
    result = pytest_of(tmp_path, *PLUGINS, conftest=CONFTEST, used=USE, test_it=code)
    assert "ResourceWarning: unclosed" in result.stdout + result.stderr
    assert result.returncode != 0


def test_without_the_extra_it_says_what_is_missing(tmp_path: Path) -> None:
    conftest = f"import sys\nsys.modules['uvicorn'] = None\n{CONFTEST}"
    said = run_pytest(tmp_path, conftest=conftest, test_it="def test_it(ropo_client): pass\ndef test_other(): pass\n")
    assert "the sandbox needs ropo-jobs-client with its extra [sandbox]: there is no module uvicorn" in said
    assert {name.rstrip("s"): count for name, count in outcome(said).items()} == {"passed": 1, "error": 1}


def test_switching_it_on_imports_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import ropo_jobs_sandbox.pytest_plugin;"
        "print(sorted(set(sys.modules) - before))"
    )
    result = run_python(tmp_path, "-c", code)
    assert (result.stdout, result.stderr) == ("['ropo_jobs_sandbox', 'ropo_jobs_sandbox.pytest_plugin']\n", "")


def test_factories_and_canned_answers_need_no_extra(tmp_path: Path) -> None:
    code = """
import sys
for name in ("fpdf", "jsonschema", "yaml", "starlette", "uvicorn", "pytest", "pytest_httpx"):
    sys.modules[name] = None
from ropo_jobs_sandbox import canned, factories
assert canned.get_job(factories.job_info())["status_code"] == 200
"""
    result = run_python(tmp_path, "-W", "error", "-c", code)
    assert (result.returncode, result.stderr) == (0, "")


# docs/testing.md


def test_the_example_of_the_docs(tmp_path: Path) -> None:
    files = {title.removesuffix(".py"): code for title, code in titled("testing.md").items()}
    fixed = files.pop("conftest.py of a fixed day")
    assert files.keys() == {"billing", "conftest", "test_billing"}
    said = run_pytest(tmp_path, "anyio.pytest_plugin", "pytest_httpx", **files)
    # Five tests, on asyncio and trio.
    assert outcome(said) == {"passed": 10}, said
    check = "def test_it(ropo_sandbox): assert ropo_sandbox.today.isoformat() == '2026-11-22'\n"
    (tmp_path / "fixed").mkdir()
    said = run_pytest(tmp_path / "fixed", conftest=fixed, test_it=check)
    assert outcome(said) == {"passed": 1}, said


@pytest.mark.parametrize("code", python("testing.md"))
def test_a_block_of_the_docs(code: str, tmp_path: Path) -> None:
    result = run_python(tmp_path, "-W", "error", "-c", code)
    assert result.returncode == 0, result.stderr
    assert "Warning" not in result.stderr
