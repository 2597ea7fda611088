"""A mistake gets one clear line on stderr and its exit code, and nothing is sent."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import cli_support
import pytest
from cli_support import BILL, Program

from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program

PAY = ["pay", "10", "--billnum", "11213", "--yes"]
SSN = "010170-123A"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["pay", "10,50", "--billnum", "1", "--yes"], "with a point and at most two decimals"),
        (["pay", "1.005", "--billnum", "1", "--yes"], "at most two decimals"),
        (["pay", "0", "--billnum", "1", "--yes"], "other than 0"),
        (["pay", "1e3", "--billnum", "1", "--yes"], "such as 710.00"),
        (["pay", "NaN", "--billnum", "1", "--yes"], "such as 710.00"),
        (
            ["pay", "-5.00", "--billnum", "1", "--yes"],
            "a value that begins with a minus comes last, after --: -- -5.00",
        ),
        (["settle", "--billnum", "1", f"-{SSN}"], "a value that begins with a minus comes last"),
        (["pay", "10", "-x", "--yes"], "No such option '-x'"),
        (["pay", "10", "--yes"], "exactly one of --billnum, --jobid, --billcode is needed"),
        (["pay", "10", "--billnum", "1", "--jobid", "1", "--yes"], "exactly one of"),
        (["pay", "10", "--billnum", "1", "--date", "22.11.2026", "--yes"], "a date is a day of the calendar"),
        (["pay", "10", "--billnum", "1", "--date", "2026-02-30", "--yes"], "calendar, written YYYY-MM-DD"),
        (["pay", "9" * 16, "--billnum", "1", "--yes"], "below 10 to the 15th"),
        (["pay", "10", "--billnum", " ", "--yes"], "billnum must not be empty or blank"),
        (["get", "--jobid", "0"], "a jobid is a number from 1"),
        (["get", "--jobid", SSN], "a jobid is a number from 1"),
        (["get"], "exactly one of --billnum, --jobid is needed"),
        (["get", SSN], "1 argument too many (see ropo-jobs get --help)"),
        (["find", "--ssn", SSN], "1 argument too many"),
        (["find", f"--ssn={SSN}"], "does not take a value"),
        (["find"], "exactly one of --custnum, --ssn is needed"),
        (["find", "--ssn"], "no identity code was given"),
        (["status", "--billnum", "1", "--date", "2026-11-22"], "exactly one of"),
        (["pdf", "x.pdf", "--jobid", "1", "--documentdate", "2026-11-22"], "--documentdate does not go with --jobid"),
        (["pdf", "nowhere/x.pdf", "--jobid", "1"], "there is no directory nowhere"),
        (["pdf", "-", "--jobid", "1", "--json"], "a PDF is not for a terminal, nor for JSON"),
        (["pdfs", "nowhere"], "there is no directory nowhere"),
        (["pdfs", "."], "stdin lists no bills"),
        (["pdfs", ".", "--from", "none.txt"], "cannot read none.txt: No such file or directory"),
        (["add", "none.json", "--yes"], "cannot read none.json: No such file or directory"),
        (["add", ".", "--yes"], "cannot read .: Is a directory"),
        (["find", f"-{SSN}"], "there is no such option (see ropo-jobs find --help)"),
        ([f"--{SSN}", "get"], "there is no such option (see ropo-jobs --help)"),
        (["pdf", "x.pdf", "--jobid", "1", "--origdata", SSN], "it is a whole number from 0 to 1"),
        (["feed", "--journal", "feed.db", "--follow", "--every", SSN], "it is a number of seconds above 0"),
        (["feed", "--journal", "feed.db", "--every", "5"], "--every goes with --follow"),
        (["feed", "--journal", "feed.db", "--replay", "2026-11-22", "--follow"], "does not go with --follow"),
        (["feed", "--journal", "feed.db", "--replay", "2026-11-22", "--recover", "2026-11-20"], "or --recover"),
        (["feed", "--journal", " "], "it is blank"),
        (["add", "none.json", "--data-identifier", "", "--yes"], "it is blank"),
        (["probe", "--report", "nowhere/probe.md", "--yes"], "there is no directory nowhere"),
        (["feed"], "Missing option '--journal'"),
        (["feed", "--journal", "none/feed.db"], "there is no directory none"),
        (["nothing"], "No such command 'nothing'"),
        ([SSN], "there is no such command"),
        ([SSN, "get"], "there is no such command"),
        (["pay", "10", "--billnum", "1"], "there is no terminal to ask at: see --yes"),
        (["credit", "10", "--billnum", "1"], "there is no terminal to ask at: see --yes"),
        (["dispute", "--billnum", "1"], "there is no terminal to ask at: see --yes"),
        (["resolve", "--billnum", "1"], "there is no terminal to ask at: see --yes"),
    ],
    ids=str,
)
def test_wrong_arguments(program: Program, sandbox: Sandbox, arguments: list[str], text: str) -> None:
    told = program.fails(2, *arguments)
    assert text in told
    assert told.count("\n") == 1
    assert SSN not in told
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('[{"jobtype": 0,}]', "bills.json is not JSON: "),
        ('[\n{"jobtype" 0}]', "line 2, column 12"),
        ('[{"jobtype": NaN}]', "NaN is no number of JSON"),
        ('[{"billnum": "1", "billnum": "2"}]', "'billnum' is there twice in an object"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe\xff", "is neither UTF-8 nor UTF-16"),
        (b"\xe4", "is neither UTF-8 nor UTF-16"),
        ("", "line 1, column 1"),
        (f'[{{"jobtype": {"9" * 5_000}}}]', "bills.json is not JSON: a number has more than 4,300 digits"),
        ({**BILL, "payrow": [{"amount": "1" * 5_000}]}, "PayRow.amount"),
        (json.dumps([BILL]).replace("35.0", "1e99999"), "PayRow.amount is a number of more than 4,300 digits"),
        ("3", "bills.json holds none of these: a bill, which has a jobtype; a list of bills; a Job"),
        ("{}", "holds none of these"),
        ({"billnum": "1"}, "holds none of these"),
        ({"datastream": 3}, "Job.datastream is a number, not an object"),
        ({**BILL, "payrow": 3}, "bill 1: JobItem.payrow is a number, not a list"),
        ("[]", "holds no bill"),
        ('{"datastream": {"dataset": []}}', "holds no bill"),
        ([3], "bill 1: JobItem is a number, not an object"),
        ([BILL, {**BILL, "payrow": 3}], "bill 2: JobItem.payrow is a number, not a list"),
        ([{**BILL, "paydate": "6.12.2026"}], "bill 1: JobItem.paydate must be a date as YYYY-MM-DD"),
        ([{**BILL, "person": {"name": "Teppo"}}], "bill 1: JobItem.person is an object, not a text"),
    ],
    ids=str,
)
def test_bills_that_are_none(program: Program, sandbox: Sandbox, content: Any, text: str) -> None:
    path = program.directory / "bills.json"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    told = program.fails(2, "add", "bills.json", "--yes")
    assert text in told
    assert told.count("\n") == 1
    assert "Teppo" not in told
    assert not sandbox.requests


def test_add_from_stdin_asks_the_terminal_or_refuses(program: Program, sandbox: Sandbox) -> None:
    bills = json.dumps([BILL])
    assert "see --yes" in program.fails(2, "add", "-", stdin=bills)
    assert not sandbox.requests
    assert program.run("add", "-", "--yes", stdin=bills).returncode == 0
    assert len(sandbox.jobs()) == 1


def test_jobids_are_numbers(program: Program, sandbox: Sandbox) -> None:
    told = program.fails(2, "pdfs", ".", "--jobids", stdin=f"# mine\n1\n\n{SSN}\n")
    assert told == "ropo-jobs: stdin, line 4: a jobid is a number from 1, with at most 19 digits\n"
    assert not sandbox.requests


# Settings


def test_no_settings(program: Program) -> None:
    for name in ("ROPO_CID", "ROPO_APICODE", "ROPO_BASE_URL"):
        del program.environ[name]
    told = program.fails(2, *PAY)
    assert "ROPO_TOKEN or else ROPO_CID and ROPO_APICODE must be set" in told
    assert f"{program.config}, which is not there" in told


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ROPO_BASE_URL", "http://ropo.example/rest", "ROPO_BASE_URL is wrong: base_url must be https"),
        ("ROPO_BASE_URL", "ropo.example", "ROPO_BASE_URL is wrong: base_url must be a full https URL"),
        ("ROPO_TOKEN", "a-secret", "and not both"),
        ("ROPO_APICODE", "", "ROPO_APICODE must be set too"),
        ("ROPO_ENVIRONMENT", "FINLAND", "ROPO_ENVIRONMENT or else ROPO_BASE_URL must be set, and not both"),
    ],
)
def test_wrong_settings(program: Program, name: str, value: str, text: str) -> None:
    program.environ[name] = value
    told = program.fails(2, *PAY)
    assert text in told
    assert "secret" not in told
    assert "sandbox-apicode" not in told


def _file(sandbox: Sandbox) -> str:
    return f'ROPO_CID = "{sandbox.cid}"\nROPO_APICODE = "{sandbox.apicode}"\nROPO_BASE_URL = "{sandbox.base_url}"\n'


@pytest.fixture
def unset(program: Program) -> Program:
    for name in ("ROPO_CID", "ROPO_APICODE", "ROPO_BASE_URL"):
        del program.environ[name]
    return program


def test_settings_from_the_file(unset: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    unset.write_config(_file(sandbox))
    assert unset.run(*PAY).returncode == 0
    # What the environment says wins, and is not mixed with the file's.
    unset.environ["ROPO_TOKEN"] = "wrong"
    assert "401" in unset.fails(3, *PAY)
    # A file that is named wins over both.
    named = unset.config.rename(unset.directory / "other.toml")
    assert unset.run("--config", named, *PAY).returncode == 0


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_file_that_others_can_read_is_refused(unset: Program, sandbox: Sandbox, mode: int) -> None:
    path = unset.write_config(_file(sandbox), mode)
    told = unset.fails(2, *PAY)
    assert told == f"ropo-jobs: {path} can be read by others (mode {mode:04o}): chmod 600 {path}\n"
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('ROPO_APICODE = "very-secret', "is not TOML: at its end"),
        ('ROPO_CID = "1"\nROPO_APICODE = very-secret', "is not TOML: line 2, column "),
        ("ROPO_CID = 1000011", "ROPO_CID must be a text"),
        ('apicode = "very-secret"', "there is no setting 'apicode'"),
        ('ROPO_CID = "1"\nROPO_APICODE = "very-secret"\nROPO_ENVIRONMENT = "MARS"', "ROPO_ENVIRONMENT must be one of"),
    ],
)
def test_files_that_are_wrong(unset: Program, text: str, told: str) -> None:
    path = unset.write_config(text)
    line = unset.fails(2, *PAY)
    assert told in line
    assert str(path) in line
    assert line.count("\n") == 1
    assert "very-secret" not in line


def test_named_file_that_is_not_there(unset: Program) -> None:
    assert "cannot read no.toml: No such file or directory" in unset.fails(2, "--config", "no.toml", *PAY)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_that_windows_wrote(unset: Program, sandbox: Sandbox, encoding: str) -> None:
    unset.write_config(_file(sandbox))
    unset.config.write_bytes(_file(sandbox).encode(encoding))
    bills = unset.directory / "bills.json"
    bills.write_bytes(json.dumps([{**BILL, "city": "ÄHTÄRI"}], ensure_ascii=False).encode(encoding))
    assert unset.run("add", "bills.json", "--yes").returncode == 0
    assert b"\xc3\x84HT" in sandbox.requests[-1].body
    (unset.directory / "list.txt").write_bytes("# mine\r\n11213\r\n".encode(encoding))
    assert unset.run("pdfs", ".", "--from", "list.txt").returncode == 0
    assert (unset.directory / "11213.pdf").exists()


# Of a user without a home directory that the system knows.
WITHOUT_HOME = """
import sys
from pathlib import Path
def home():
    raise RuntimeError("Could not determine home directory.")
Path.home = home
from ropo_jobs_cli.__main__ import main
sys.exit(main())
"""


def _without_home(program: Program) -> subprocess.CompletedProcess[str]:
    program.environ.pop("XDG_CONFIG_HOME", None)
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_HOME, *PAY],
        env=program.environ,
        cwd=program.directory,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_home_is_needed_where_the_environment_says_all(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    assert _without_home(program).returncode == 0
    del program.environ["ROPO_APICODE"], program.environ["ROPO_CID"]
    done = _without_home(program)
    assert done.returncode == 2
    assert "neither is (read: the environment variables)\n" in done.stderr


def test_no_file_is_read_where_the_environment_says_all(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    # Not even one that cannot be read.
    program.config.mkdir(parents=True)
    assert program.run(*PAY).returncode == 0
    del program.environ["ROPO_APICODE"], program.environ["ROPO_CID"]
    assert "cannot read" in program.fails(2, *PAY)


# What the service says


def test_refused(program: Program, sandbox: Sandbox) -> None:
    assert "404" in program.fails(3, "get", "--jobid", 99)
    assert "no status change names this billnum" in program.fails(3, "get", "--billnum", "none")
    assert "404" in program.fails(3, "pay", "10", "--jobid", 99, "--yes")
    program.environ["ROPO_APICODE"] = "a-wrong-secret"
    told = program.fails(3, "get", "--jobid", 1)
    assert "check cid, apicode and environment" in told
    assert "a-wrong-secret" not in told
    assert not sandbox.payments()


def test_nobody_listens(program: Program) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        program.environ["ROPO_BASE_URL"] = f"http://127.0.0.1:{closed.getsockname()[1]}/rest"
        for arguments in (["get", "--jobid", 1], PAY):
            assert program.fails(4, *arguments).count("\n") == 1


def test_wrong_address(program: Program, sandbox: Sandbox) -> None:
    program.environ["ROPO_BASE_URL"] = sandbox.address
    assert "is base_url right? It ends in /rest" in program.fails(3, "get", "--jobid", 1)


def test_answer_that_cannot_be_used(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("GET /jobs", "html")
    assert "GET /jobs" in program.fails(1, "get", "--jobid", 1)


def test_file_that_cannot_be_written(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    (program.directory / "here.pdf").mkdir()
    assert "path must name a file, and is a directory" in program.fails(2, "pdf", "here.pdf", "--jobid", 1)
    assert "No such file or directory: /proc/" in program.fails(1, "pdf", "/proc/x.pdf", "--jobid", 1)


def test_without_a_command(program: Program) -> None:
    done = program.run()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ropo-jobs ")


def test_debug_shows_where_it_came_from(program: Program, sandbox: Sandbox, tmp_path: Path) -> None:
    program.environ["ROPO_DEBUG"] = "1"
    done = program.run("get", "--jobid", 99)
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert "ropo_jobs_client: GET /jobs: 404" in done.stderr
    assert sandbox.apicode not in done.stderr
