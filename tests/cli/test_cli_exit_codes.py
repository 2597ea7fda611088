"""Every documented exit code, whatever stdout is. None is changed by Python at its end, which would make it 120."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cli_support
import pytest
from cli_support import PATIENCE, Program

from ropo_jobs_cli.stops import MEANINGS
from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program

OUTPUTS = ["full disk", "closed pipe", "terminal", "file", "closed"]
# What an end becomes where it had something to write and could not.
UNWRITTEN = {"full disk": 1, "closed pipe": 141, "closed": 1}
PAY = ["pay", "10", "--billnum", "11213", "--yes"]
CARRIED_OUT = "ropo-jobs: POST /jobs/payment was carried out, but its answer could not be shown: do not repeat it\n"


@dataclass(frozen=True)
class End:
    """How a command ends.

    Attributes:
        arguments: what is typed.
        code: the exit code, or where it writes, the one when it could.
        writes: whether something goes to stdout.
        fault: what the service is made to do, or None.
    """

    arguments: list[str]
    code: int
    writes: bool = False
    fault: tuple[str, str] | None = None

    def code_for(self, output: str) -> int:
        return UNWRITTEN.get(output, self.code) if self.writes else self.code


ENDS = {
    "shows": End(["get", "--jobid", "1"], 0, writes=True),
    "shows JSON": End(["get", "--jobid", "1", "--json"], 0, writes=True),
    "shows little": End(["status", "--billnum", "11213"], 0, writes=True),
    "writes a feed": End(["feed", "--journal", "feed.db"], 0, writes=True),
    "shows its help": End(["--help"], 0, writes=True),
    "shows the help of a command": End(["pay", "--help"], 0, writes=True),
    "shows its version": End(["--version"], 0, writes=True),
    "saves": End(["pdf", "a.pdf", "--jobid", "1"], 0),
    "some of many fail": End(["pdfs", ".", "--from", "list.txt"], 1),
    # What failed is told first, whatever became of the rest.
    "some of many fail, as JSON": End(["pdfs", ".", "--from", "list.txt", "--json"], 1),
    "wrong input": End(["pay", "10,5", "--billnum", "11213", "--yes"], 2),
    "no command": End([], 2),
    "refused": End(["get", "--billnum", "none"], 3),
    "no answer": End(PAY, 4, fault=("POST /token", "disconnect-before")),
    "in doubt": End(PAY, 5, fault=("POST /jobs/payment", "disconnect-after")),
}


@contextmanager
def opened(output: str, folder: Path) -> Generator[int]:
    """Open what stdout is to be."""
    others: list[int] = []
    if output == "full disk":
        number = os.open("/dev/full", os.O_WRONLY)
    elif output == "closed pipe":
        reading, number = os.pipe()
        os.close(reading)
    elif output == "terminal":
        master, number = os.openpty()
        others.append(master)
    else:
        number = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
    try:
        yield number
    finally:
        for each in (number, *others):
            os.close(each)


def run(
    program: Program, output: str, arguments: list[str], wait: Callable[[subprocess.Popen[str]], object] | None = None
) -> tuple[int, str]:
    """Run a command with such a stdout; give its exit code and what it says on stderr."""
    launch = [sys.executable, "-m", "ropo_jobs_cli", *arguments]
    if output == "closed":
        launch = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *launch]
    with opened(output, program.directory) as stdout:
        process = subprocess.Popen(
            launch,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=program.environ,
            cwd=program.directory,
            text=True,
            start_new_session=True,
        )
        if wait is not None:
            wait(process)
        _, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


@pytest.fixture(autouse=True)
def bill(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    (program.directory / "list.txt").write_text("11213\nnone\n")


def test_every_documented_code_is_reached() -> None:
    reached = {end.code_for(output) for end in ENDS.values() for output in OUTPUTS}
    assert reached | {130} == set(MEANINGS)


@pytest.mark.product
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("name", ENDS)
def test_an_end(program: Program, sandbox: Sandbox, name: str, output: str) -> None:
    end = ENDS[name]
    if end.fault is not None:
        sandbox.fault(*end.fault, times=10)
    code, err = run(program, output, end.arguments)
    assert code == end.code_for(output), err
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    if end.writes and output in ("full disk", "closed") and end.code == 0:
        said = {"full disk": "No space left on device", "closed": "Bad file descriptor"}[output]
        assert err == f"ropo-jobs: {said}\n"


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["for people", "JSON"])
def test_a_payment_that_was_carried_out(program: Program, sandbox: Sandbox, as_json: list[str], output: str) -> None:
    code, err = run(program, output, [*PAY, *as_json])
    assert (code, err) == ((5, CARRIED_OUT) if output in UNWRITTEN else (0, ""))
    assert len(sandbox.payments()) == 1


@pytest.mark.parametrize("output", OUTPUTS)
def test_an_interrupted_call(program: Program, sandbox: Sandbox, output: str) -> None:
    sandbox.fault("GET /jobs", "stall-after")

    def interrupt(process: subprocess.Popen[str]) -> None:
        cli_support.wait_until(lambda: any(request.method == "GET" for request in sandbox.requests))
        process.send_signal(2)

    assert run(program, output, ["get", "--jobid", "1"], interrupt) == (130, "ropo-jobs: interrupted\n")


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["", "debug"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [([], 2), (["get"], 2), (["get", "--billnum", "none"], 3), (["get", "--jobid", "1"], 1), (PAY, 5)],
    ids=["no command", "wrong input", "refused", "shows", "pays"],
)
def test_stderr_is_full_too(
    program: Program, sandbox: Sandbox, arguments: list[str], code: int, debug: list[str]
) -> None:
    launch = [sys.executable, "-m", "ropo_jobs_cli", *debug, *arguments]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            launch, stdin=subprocess.DEVNULL, stdout=full, stderr=full, env=program.environ, cwd=program.directory,
            check=False, timeout=PATIENCE,
        )  # fmt: skip
    assert done.returncode == code
    assert len(sandbox.payments()) == (arguments == PAY)


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&- 2>&-", "<&-", "2>&-"])
def test_streams_that_were_closed_before_it_began(program: Program, sandbox: Sandbox, closed: str) -> None:
    """No connection and no file takes the number of one of them."""
    launch = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "ropo_jobs_cli", *PAY]
    done = subprocess.run(
        launch, env=program.environ, cwd=program.directory, capture_output=True, text=True, check=False
    )
    unwritten = " >&-" in f" {closed}"
    assert done.returncode == (5 if unwritten else 0)
    assert (done.stderr, bool(done.stdout)) == ("", not unwritten)
    assert len(sandbox.payments()) == 1
