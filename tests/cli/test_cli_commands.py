"""Each command does its work, for people and for pipes."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import cli_support
import pytest
from cli_support import BILL, PATIENCE, Program, answer, plain

from ropo_jobs_cli.app import cli
from ropo_jobs_cli.stops import MEANINGS
from ropo_jobs_client import __version__
from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program

COMMANDS = sorted(cli.commands)


def examples(command: str) -> list[str]:
    epilog = cli.commands[command].epilog or ""
    return [line.strip()[2:] for line in epilog.splitlines() if line.strip().startswith("$ ")]


def test_every_command_has_an_example() -> None:
    names = ["get", "add", "pdf", "pdfs", "status", "feed", "pay", "credit", "dispute", "resolve", "find", "sandbox"]
    assert sorted([*names, "settle", "vendor-diff", "probe"]) == COMMANDS
    assert all(examples(command) for command in COMMANDS)


@pytest.mark.parametrize(
    "example",
    [
        example
        for command in COMMANDS
        if command != "sandbox"
        for example in examples(command)
        # The vendor's host cannot be asked, nor can a store.
        if "https:" not in example and "s3:" not in example
    ],
)
def test_examples_work(program: Program, sandbox: Sandbox, example: str) -> None:
    if not example.startswith("ropo-jobs add"):
        sandbox.add_example_job(billnum="11213", govid="010170-123A")
    program.write_bills()
    (program.directory / "pdfs").mkdir()
    for name, text in {"billnums.txt": "11213\n", "jobids.txt": "1\n", "ssn.txt": "010170-123A\n"}.items():
        (program.directory / name).write_text(text)
    if example.startswith("ropo-jobs resolve"):
        program.run("dispute", "--jobid", 1, "--yes")
    if example.startswith("ropo-jobs settle"):
        program.write_bills({**BILL, "billnum": "11214"})
        assert program.run("add", "bills.json", "--yes").returncode == 0
        # The example bill of the sandbox comes to another amount.
        example = example.replace("11213", "11214").replace("--jobid 1", "--jobid 2")
        assert program.run("pay", "10.00", "--billnum", "11214", "--yes").returncode == 0
    shutil.copy(Path(__file__).parents[1] / "contract" / "vendor" / "swagger.json", program.directory)
    # The questions among the examples are answered by --yes: the test has no terminal.
    asks = example == "ropo-jobs add bills.json" or example.startswith("ropo-jobs probe")
    words = example.replace("ropo-jobs", f"{shlex.quote(sys.executable)} -m ropo_jobs_cli", 1) + " --yes" * asks
    done = subprocess.run(
        ["/bin/sh", "-c", words],
        env=program.environ,
        cwd=program.directory,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 0, done


def test_sandbox_example_starts_one(program: Program) -> None:
    (example,) = examples("sandbox")
    # Any free port: another may run here.
    process = program.start(*example.replace("8787", "0").split()[1:])
    assert process.stdout is not None
    assert b"The Ropo One sandbox is at http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, b"")
    assert out.endswith(b"Stopped.\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each(program: Program, command: str) -> None:
    done = program.run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: ropo-jobs {command} ")
    assert all(example in done.stdout for example in examples(command))


@pytest.mark.parametrize("command", [*([name] for name in COMMANDS), []], ids=str)
def test_help_fits_a_terminal(program: Program, command: list[str]) -> None:
    with program.terminal(*command, "--help", width=80) as terminal:
        assert terminal.end() == 0
    assert [line for line in terminal.seen.splitlines() if len(line) > 80] == []
    # No sentence is cut off.
    assert [line for line in terminal.seen.splitlines() if line.startswith(" ") and line.endswith("...")] == []


def test_help_tells_the_exit_codes(program: Program) -> None:
    done = program.run("--help")
    assert done.returncode == 0
    for code, meaning in MEANINGS.items():
        assert f" {code}  {meaning}\n" in done.stdout
    assert all(f"  {command} " in done.stdout for command in COMMANDS)


def test_documentation_tells_the_exit_codes_and_commands() -> None:
    text = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    for code, meaning in MEANINGS.items():
        assert f"| {code} | {meaning} |" in text
    assert re.findall(r"^\| `([a-z-]+)", text, re.MULTILINE) == list(dict.fromkeys(cli.commands))


def test_version(program: Program) -> None:
    assert program.run("--version").stdout == f"ropo-jobs {__version__}\n"


def test_help_imports_no_http_stack(program: Program) -> None:
    code = (
        "import sys\nfrom ropo_jobs_cli.__main__ import main\nsys.argv[1:] = ['--help']\nmain()\n"
        "sys.exit(any(name in sys.modules for name in ('httpx', 'rich', 'anyio')))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=program.environ, capture_output=True, check=False)
    assert done.returncode == 0, done


@pytest.mark.parametrize(
    ("blocked", "arguments", "extra"), [("click", ["--help"], "cli"), ("starlette", ["sandbox"], "sandbox")]
)
def test_missing_extra_is_told(program: Program, blocked: str, arguments: list[str], extra: str) -> None:
    code = (
        f"import sys\nsys.modules[{blocked!r}] = None\nsys.argv[1:] = {arguments!r}\n"
        "from ropo_jobs_cli.__main__ import main\nsys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=program.environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(f"pip install 'ropo-jobs-client[{extra}]'\n")
    assert done.stderr.count("\n") == 1


def test_library_does_not_know_the_program() -> None:
    library = Path(__file__).parents[2] / "ropo_jobs_client"
    assert not [
        path for path in library.rglob("*.py") if re.search(r"ropo_jobs_cli\b", path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("typed", "offered"), [("ropo-jobs pa", "plain,pay"), ("ropo-jobs get --bill", "plain,--billnum")]
)
def test_completion(program: Program, typed: str, offered: str) -> None:
    program.environ |= {
        "_ROPO_JOBS_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    assert program.run().stdout == f"{offered}\n"


def test_a_bill_from_adding_to_credit(program: Program, sandbox: Sandbox) -> None:
    path = program.write_bills(BILL, {**BILL, "billnum": "11214"})
    (added,) = program.lines("add", path, "--yes", "--json", "--data-identifier", "mine-1")
    assert added["accepted"] == 2
    assert sandbox.requests[-1].headers["dataidentifier"] == "mine-1"

    (job,) = program.lines("get", "--billnum", "11214", "--json")
    assert (job["jobid"], job["person"]) == (2, "Teppo Testaaja")
    shown = program.run("get", "--jobid", "2").stdout
    assert "Bill number  11214\n" in shown
    assert "Status       Invoicing\n" in shown
    assert "Next         Due on 2026-12-07\n" in shown
    assert "Address      Sammonkatu 23-25 A 7\n             70100 KUOPIO\n" in shown

    (paid,) = program.lines("pay", "10.5", "--billnum", "11213", "--date", "2026-11-22", "--yes", "--json")
    assert paid["jobid"] == 1
    (payment,) = sandbox.payments()
    assert (payment["amount"], payment["date"]) == ("10.5", "2026-11-22")
    assert program.run("credit", "3", "--jobid", 1, "--yes").stdout.startswith("Credited     3.00\nJob id       1\n")
    assert len(sandbox.credit_notes()) == 1
    assert program.run("dispute", "--jobid", 1, "--yes").stdout.startswith("Disputed  20")
    assert program.run("resolve", "--jobid", 1, "--yes").stdout.startswith("Resolved  20")
    assert [note["kind"] for note in sandbox.notes()][-2:] == ["dispute", "dispute resolved"]

    changes = program.lines("status", "--billnum", "11213", "--json")
    assert [change["statustext"] for change in changes] == ["Invoicing", "Disputed", "Invoicing"]
    table = program.run("status", "--date", changes[0]["statusdate"]).stdout.splitlines()
    assert table[0].split() == ["Date", "Bill", "Job", "Status"]
    assert len(table) == 5


def test_amounts_are_aligned_and_exact(program: Program, sandbox: Sandbox) -> None:
    for billnum, amount in (("1", "5"), ("2", "1234567890.15")):
        rows = [{"desc": "Hieronta", "count": "1", "itemtype": "h", "amount": amount, "taxpr": "0"}]
        sandbox.add_example_job(billnum=billnum, payrow=rows, custnum="77")
    table = program.run("find", "--custnum", "77").stdout.splitlines()
    assert table[1].endswith("           5.00")
    assert table[2].endswith("  1234567890.15")
    assert len(table[1]) == len(table[2])
    out = program.run("find", "--custnum", "77", "--json").stdout
    assert '"open_amount":1234567890.15,' in out
    assert out.count("\n") == 2


def test_fields_are_sent_with_a_dispute(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    (program.directory / "fields.json").write_text('{"reason": "wrong price"}')
    program.lines("dispute", "--billnum", "11213", "--fields", "fields.json", "--yes", "--json")
    assert json.loads(sandbox.requests[-1].body) == {"reason": "wrong price"}


def test_ssn_from_stdin_and_prompt(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213", govid="010170-123A")
    (found,) = program.lines("find", "--ssn", "--json", stdin="010170-123A\n")
    assert found["invoice_number"] == "11213"
    with program.terminal("find", "--ssn") as terminal:
        terminal.expect("Identity code: ")
        terminal.type("010170-123A\n")
        assert terminal.end() == 0
        assert "11213" in terminal.seen
        assert "010170" not in terminal.seen


def test_nothing_found(program: Program) -> None:
    for arguments in (["find", "--custnum", "none"], ["status", "--date", "2001-01-01"]):
        done = program.run(*arguments)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.startswith("no ")


def test_text_of_the_service_does_not_steer_the_terminal(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="1", person="Teppo \x1b[2JTestaaja [red]x[/red]")
    with program.terminal("get", "--jobid", 1) as terminal:
        assert terminal.end() == 0
    assert "\x1b[2J" not in terminal.seen
    assert "[red]x[/red]" in terminal.seen


@pytest.mark.parametrize("width", [80, 40])
def test_colours_and_width(program: Program, sandbox: Sandbox, width: int) -> None:
    sandbox.add_example_job(billnum="11213")
    with program.terminal("get", "--jobid", 1, width=width) as terminal:
        assert terminal.end() == 0
    assert "\x1b[1m" in terminal.seen
    assert max(map(len, plain(terminal.seen).splitlines())) <= width
    program.environ["NO_COLOR"] = "1"
    with program.terminal("status", "--billnum", "11213", width=width) as terminal:
        assert terminal.end() == 0
    assert "\x1b" not in terminal.seen
    assert "Invoicing" in terminal.seen


def test_output_whose_reader_is_gone(program: Program, sandbox: Sandbox) -> None:
    sandbox.add_example_job(billnum="11213")
    for arguments in (["get", "--jobid", 1], ["status", "--billnum", "11213", "--json"]):
        process = program.start(*arguments)
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(PATIENCE) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""
        process.stderr.close()


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_disk_that_is_full(program: Program, sandbox: Sandbox, as_json: list[str]) -> None:
    sandbox.add_example_job(billnum="11213")
    with Path("/dev/full").open("wb") as full:
        process = program.start("get", "--jobid", 1, *as_json, stdout=full)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (1, b"ropo-jobs: No space left on device\n")


def test_values_that_json_cannot_carry_are_told(program: Program) -> None:
    change = b'{"jobid": 1, "billnum": "11213", "statustext": "%s"}'
    # Half of a surrogate pair.
    first, half, last = (change.replace(b"%s", text) for text in (b"one", rb"a\ud800", b"three"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        program.environ["ROPO_BASE_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}/rest"
        program.environ["ROPO_TOKEN"] = "token"
        del program.environ["ROPO_CID"], program.environ["ROPO_APICODE"]
        for arguments, body in (
            (["status", "--billnum", "11213", "--json"], b"[" + b",".join((first, half, last)) + b"]"),
            (["get", "--jobid", "1", "--json"], half.replace(b"statustext", b"person")),
        ):
            process = program.start(*arguments)
            answer(server, body)
            out, err = process.communicate(timeout=PATIENCE)
            assert process.returncode == 1
            assert err.startswith(b"ropo-jobs: object ")
            assert b"of the answer cannot be written as JSON: Job" in err
            assert err.count(b"\n") == 1
            # The others are there.
            told = [json.loads(line)["statustext"] for line in out.splitlines()]
            assert told == (["one", "three"] if arguments[0] == "status" else [])
