"""examples/compose.yaml, tried without containers: a sandbox and a service in network namespaces of their own.

What a container is to the network, a network namespace is: another machine, reached by a name.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "examples" / "compose.yaml").read_text(encoding="utf-8"))
SANDBOX, SERVICE = COMPOSE["services"]["sandbox"], COMPOSE["services"]["service"]
IP = shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
ADDRESS = "10.213.7.{}"

USE = """
import asyncio, logging
from ropo_jobs_client import RopoJobsClient
from ropo_jobs_sandbox.factories import job_item

logging.basicConfig(format="%(levelname)s %(message)s")

async def main():
    async with RopoJobsClient.from_env() as ropo:
        print((await ropo.add_bills([job_item(billnum="11213")])).accepted)
        print((await ropo.get_job(jobid=1)).billnum)

asyncio.run(main())
"""


def test_the_example_is_for_containers() -> None:
    host = SANDBOX["command"][SANDBOX["command"].index("--host") + 1]
    port = SANDBOX["command"][SANDBOX["command"].index("--port") + 1]
    assert host == "0.0.0.0"
    assert "ports" not in SANDBOX
    assert SERVICE["environment"]["ROPO_BASE_URL"] == f"http://sandbox:{port}/rest"
    assert f"127.0.0.1:{port}/" in SANDBOX["healthcheck"]["test"][-1]
    assert SERVICE["depends_on"] == {"sandbox": {"condition": "service_healthy"}}


def ip(*arguments: str) -> None:
    subprocess.run([str(IP), *arguments], check=True, capture_output=True)


@pytest.fixture
def hosts() -> Iterator[tuple[str, str]]:
    """Two machines that reach each other, the first by the name `sandbox`; each with a loopback address of its own."""
    if sys.platform != "linux" or IP is None or os.geteuid() != 0:
        pytest.skip("network namespaces need Linux, root and iproute2")
    number = os.getpid()
    names = (f"ropo-a{number}", f"ropo-b{number}")
    links = (f"ra{number}", f"rb{number}")
    files = Path("/etc/netns") / names[1]
    try:
        for name in names:
            ip("netns", "add", name)
        ip("link", "add", links[0], "netns", names[0], "type", "veth", "peer", "name", links[1], "netns", names[1])
        for place, (name, link) in enumerate(zip(names, links, strict=True), 1):
            ip("-n", name, "addr", "add", f"{ADDRESS.format(place)}/24", "dev", link)
            ip("-n", name, "link", "set", link, "up")
            ip("-n", name, "link", "set", "lo", "up")
        # What `ip netns exec` puts in the place of /etc/hosts, for the process alone.
        files.mkdir(parents=True)
        (files / "hosts").write_text(f"127.0.0.1 localhost\n{ADDRESS.format(1)} sandbox\n", encoding="utf-8")
        yield names
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespace can be made here: {error.stderr.decode().strip()}")
    finally:
        shutil.rmtree(files, ignore_errors=True)
        for name in names:
            subprocess.run([str(IP), "netns", "delete", name], check=False, capture_output=True)


def within(host: str, *command: str) -> list[str]:
    return [str(IP), "netns", "exec", host, *command]


@pytest.fixture
def sandbox(hosts: tuple[str, str]) -> Iterator[None]:
    assert SANDBOX["command"][0] == "python"
    command = within(hosts[0], sys.executable, *SANDBOX["command"][1:])
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            _, python, *arguments = SANDBOX["healthcheck"]["test"]
            assert python == "python"
            check = within(hosts[0], sys.executable, *arguments)
            until = time.monotonic() + 30
            while subprocess.run(check, check=False, capture_output=True).returncode:
                assert time.monotonic() < until
            yield
        finally:
            process.terminate()
            process.communicate(timeout=30)


def use(host: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {name: text for name, text in os.environ.items() if not name.startswith("ROPO_")}
    return subprocess.run(
        within(host, sys.executable, "-c", USE),
        cwd=ROOT,
        env={**variables, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("sandbox")
def test_a_service_on_another_machine_reaches_the_sandbox(hosts: tuple[str, str]) -> None:
    result = use(hosts[1], **SERVICE["environment"])
    assert result.stdout.split() == ["1", "11213"], result.stderr
    # In its debug mode, asyncio says what took long on a busy machine.
    lines = [line for line in result.stderr.splitlines() if not line.startswith("WARNING Executing <")]
    assert lines == ["WARNING http to sandbox: token, payments and personal data can be read on their way"]
    closed = use(hosts[1], **{**SERVICE["environment"], "ROPO_ALLOW_HTTP": "0"})
    assert closed.returncode == 1
    assert "ROPO_BASE_URL is wrong: base_url must be https" in closed.stderr
