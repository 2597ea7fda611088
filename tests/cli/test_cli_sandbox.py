"""`ropo-jobs sandbox` with its options: they reach the sandbox that it starts."""

from __future__ import annotations

import signal
import time

import cli_support
import httpx
import pytest
from cli_support import PATIENCE, Program

sandbox, program = cli_support.sandbox, cli_support.program


def test_options_reach_the_sandbox(program: Program) -> None:
    options = ("--port", "0", "--host", "localhost", "--token-ttl", "0.5", "--today", "2026-11-22", "--strict")
    process = program.start("sandbox", *options)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].decode()
        assert address.startswith("http://localhost:")
        with httpx.Client(base_url=address) as client:
            assert client.get("/_sandbox/state").json()["today"] == "2026-11-22"
            refused = client.post("/_sandbox/jobs", json={"billcode": "123467"})
            assert "billcode" in refused.json()["error"]
            login = client.post("/rest/token", json={"cid": "1000011", "apicode": "sandbox-apicode"}).json()
            headers = {"Authorization": f"Bearer {login['token']}"}
            until = time.monotonic() + PATIENCE
            while client.get("/rest/jobs?jobid=1", headers=headers).status_code != 401:
                assert time.monotonic() < until
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


@pytest.mark.parametrize("arguments", [("--token-ttl", "-1"), ("--token-ttl", "soon"), ("--host",)], ids=" ".join)
def test_what_is_no_option(program: Program, arguments: tuple[str, ...]) -> None:
    done = program.run("sandbox", "--port", "0", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert arguments[0] in done.stderr
