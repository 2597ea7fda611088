"""A test that is marked `fast` runs over the fast transport: where it forgets to, it fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rawserver import JOB, RawServer, answers, connect, connect_to, is_fast

HERE = Path(__file__).parent

FORGETFUL = """
import httpx
import pytest
from rawserver import JOB, RawServer, answers, connect

from ropo_jobs_client import BearerToken, RopoJobsClient

pytestmark = [pytest.mark.anyio, pytest.mark.fast]


@pytest.fixture
def server():
    with RawServer(answers(JOB)) as running:
        yield running


async def test_right(server):
    async with connect(server) as client:
        await client.get_job(jobid=1)


async def test_forgets(server):
    async with connect(server) as client, RopoJobsClient(BearerToken("t"), base_url=server.base_url) as other:
        await client.get_job(jobid=1)
        await other.get_job(jobid=1)


async def test_takes_the_default_one(server):
    async with connect(server, transport=None) as client:
        await client.get_job(jobid=1)


async def test_brings_its_own(server):
    async with connect(server, transport=httpx.AsyncHTTPTransport()) as client:
        await client.get_job(jobid=1)
"""


@pytest.mark.anyio
@pytest.mark.fast
async def test_clients_go_over_the_transport_of_their_test(request: pytest.FixtureRequest) -> None:
    with RawServer(answers(JOB)) as server:
        for client in (connect(server), connect_to(server.base_url)):
            async with client:
                await client.get_job(jobid=1)
                assert is_fast(client) is ("[fast]" in request.node.name)


def test_a_test_that_is_marked_fast_and_goes_over_the_default_transport_fails(tmp_path: Path) -> None:
    shutil.copy(HERE.parent / "conftest.py", tmp_path)
    (tmp_path / "test_forgetful.py").write_text(FORGETFUL)
    path = os.pathsep.join(map(str, [HERE, *HERE.parents[:2]]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "anyio.pytest_plugin", "-rA", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    failed = re.findall(r"^(?:ERROR|FAILED) \S+::(\S+)", done.stdout, re.MULTILINE)
    assert sorted(failed) == ["test_forgets[fast]", "test_takes_the_default_one[fast]"], done.stdout
    assert "over the default transport" in done.stdout
    assert len(re.findall(r"^PASSED ", done.stdout, re.MULTILINE)) == 4 * 3, done.stdout
