"""PDFs: one, many, interrupted and gone on."""

from __future__ import annotations

import hashlib
import json
import re

import cli_support
from cli_support import PATIENCE, Program, plain

from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program


def _add(sandbox: Sandbox, count: int) -> str:
    for i in range(count):
        sandbox.add_example_job(billnum=str(i))
    return "".join(f"{i}\n" for i in range(count))


def test_one(program: Program, sandbox: Sandbox) -> None:
    _add(sandbox, 1)
    (saved,) = program.lines("pdf", "a.pdf", "--billnum", "0", "--json")
    content = (program.directory / "a.pdf").read_bytes()
    assert saved == {"path": "a.pdf", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert program.run("pdf", "b.pdf", "--jobid", 1).stderr == ""
    with program.terminal("pdf", "c.pdf", "--jobid", 1) as terminal:
        assert terminal.end() == 0
    assert re.fullmatch(r"saved c\.pdf, [0-9.]+ kB\n", terminal.seen)


def test_one_to_stdout_is_whole_or_nothing(program: Program, sandbox: Sandbox) -> None:
    _add(sandbox, 1)
    process = program.start("pdf", "-", "--jobid", 1)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"%PDF-")
    assert out.rstrip().endswith(b"%%EOF")
    sandbox.fault("GET /jobs/pdf", "truncate", None, after=500)
    assert "GET /jobs/pdf" in program.fails(1, "pdf", "-", "--jobid", 1)


def test_many(program: Program, sandbox: Sandbox) -> None:
    listed = f"# of November\n\n{_add(sandbox, 3)}  none\r\n"
    done = program.run("pdfs", ".", "--json", stdin=listed)
    assert done.returncode == 1
    assert done.stderr == (
        "ropo-jobs: 1 could not be saved; the same command tries them again:\n"
        "  none: the service answered 404: Document not found (GET /jobs/pdf)\n"
    )
    lines = sorted((json.loads(line) for line in done.stdout.splitlines()), key=lambda line: str(line["billnum"]))
    assert [line["result"] for line in lines] == ["saved", "saved", "saved", "failed"]
    assert lines[3]["error"] == "JobNotFound"
    again = program.lines("pdfs", ".", "--json", stdin="0\n1\n2\n")
    assert {line["result"] for line in again} == {"there already"}


def test_many_to_an_object_store(program: Program, sandbox: Sandbox) -> None:
    bills = _add(sandbox, 2)
    store = program.directory / "store"
    store.mkdir()
    lines = program.lines("pdfs", "--to", f"file://{store}", "--json", stdin=bills)
    assert sorted((line["result"], line["path"]) for line in lines) == [
        ("saved", f"file://{store}/0.pdf"),
        ("saved", f"file://{store}/1.pdf"),
    ]
    assert (store / "1.pdf").read_bytes().startswith(b"%PDF-")
    again = program.lines("pdfs", "--to", f"file://{store}", "--json", stdin=bills)
    assert {line["result"] for line in again} == {"there already"}
    for wrong in ("ftp://x/y", "nonsense", f"file://{store}/missing"):
        assert f"--to {wrong} cannot be used" in program.fails(2, "pdfs", "--to", wrong, stdin=bills)
    assert "exactly one" in program.fails(2, "pdfs", stdin=bills)
    assert "exactly one" in program.fails(2, "pdfs", ".", "--to", f"file://{store}", stdin=bills)


def test_the_mode_of_new_files(program: Program, sandbox: Sandbox) -> None:
    bills = _add(sandbox, 1)
    program.run("pdf", "a.pdf", "--billnum", "0")
    program.run("pdf", "b.pdf", "--billnum", "0", "--mode", "640")
    program.run("pdfs", ".", "--mode", "0664", stdin=bills)
    modes = {path.name: path.stat().st_mode & 0o777 for path in program.directory.glob("*.pdf")}
    assert modes == {"a.pdf": 0o600, "b.pdf": 0o640, "0.pdf": 0o664}
    assert "octal" in program.fails(2, "pdf", "a.pdf", "--billnum", "0", "--mode", "rw")


def test_many_by_jobid_from_a_file(program: Program, sandbox: Sandbox) -> None:
    _add(sandbox, 2)
    (program.directory / "jobids.txt").write_text("1\n2\n")
    done = program.run("pdfs", ".", "--from", "jobids.txt", "--jobids", "--concurrency", 1)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path.name for path in program.directory.glob("*.pdf")} == {"job-1.pdf", "job-2.pdf"}


def test_what_would_stop_all_stops_at_once(program: Program, sandbox: Sandbox) -> None:
    listed = _add(sandbox, 3)
    program.environ["ROPO_APICODE"] = "wrong"
    assert program.fails(3, "pdfs", ".", stdin=listed).count("\n") == 1


def test_ctrl_c_and_again(program: Program, sandbox: Sandbox) -> None:
    (program.directory / "list.txt").write_text(_add(sandbox, 40))
    sandbox.fault("GET /jobs/pdf", "delay-headers", None, seconds=0.3)
    with program.terminal("pdfs", ".", "--from", "list.txt", "--concurrency", 2) as terminal:
        # The bar tells how far it is.
        terminal.expect("4/40")
        terminal.type("\x03")
        assert terminal.end() == 130
    told = re.search(r"interrupted: (\d+) of 40 PDFs are in \.; the same command goes on\n$", plain(terminal.seen))
    assert told is not None
    assert "Traceback" not in terminal.seen
    here = {path.name for path in program.directory.glob("*.pdf")}
    assert 4 <= int(told.group(1)) <= len(here) < 40
    sandbox.clear_faults()
    with program.terminal("pdfs", ".", "--from", "list.txt") as terminal:
        assert terminal.end() == 0
    assert f"{40 - len(here)} saved (" in terminal.seen
    assert f"{len(here)} there already, 0 failed\n" in terminal.seen
    assert len(list(program.directory.glob("*.pdf"))) == 40


def test_lines_whose_reader_is_gone(program: Program, sandbox: Sandbox) -> None:
    (program.directory / "list.txt").write_text(_add(sandbox, 5))
    process = program.start("pdfs", ".", "--from", "list.txt", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(PATIENCE) == 141
    assert process.stderr.read() == b""
    process.stderr.close()
    # The PDFs are what was asked for.
    assert len(list(program.directory.glob("*.pdf"))) == 5
