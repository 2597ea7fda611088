"""The feed: each change at least once, whatever kills it or goes away."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cli_support
from cli_support import PATIENCE, Program, answer

from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program

FEED = ["feed", "--journal", "feed.db"]


def _numbers(text: bytes) -> list[int]:
    return [json.loads(line)["status"] for line in text.splitlines()]


def _communicate(process: subprocess.Popen[bytes], server: socket.socket, *bodies: bytes) -> tuple[bytes, bytes]:
    """Answer while somebody reads: what was not taken is not acknowledged, and nothing is asked for before."""
    answering = threading.Thread(target=answer, args=(server, *bodies))
    answering.start()
    found = process.communicate(timeout=PATIENCE)
    answering.join(PATIENCE)
    return found


def _all(sandbox: Sandbox) -> set[int]:
    return {change["status"] for change in sandbox.all_status_updates()}


def test_once_each(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(2_500)
    lines = program.lines(*FEED)
    assert [change["status"] for change in lines] == [change["status"] for change in sandbox.all_status_updates()]
    assert program.lines(*FEED) == []


def test_reader_that_goes_away_gets_it_again(program: Program, sandbox: Sandbox) -> None:
    """`| head -1`: more than the pipe holds, so that it is never all written."""
    sandbox.make_changes(1_000)
    reading, writing = os.pipe()
    with contextlib.suppress(AttributeError):
        import fcntl

        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = program.start(*FEED, stdout=writing)
    os.close(writing)
    assert os.read(reading, 100)
    os.close(reading)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (141, b"")
    assert {change["status"] for change in program.lines(*FEED)} == _all(sandbox)


def test_nobody_reads(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(3)
    process = program.start(*FEED)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(PATIENCE) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert {change["status"] for change in program.lines(*FEED)} == _all(sandbox)


def test_disk_that_is_full(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(3)
    with Path("/dev/full").open("wb") as full:
        process = program.start(*FEED, stdout=full)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (1, b"ropo-jobs: No space left on device\n")
    assert {change["status"] for change in program.lines(*FEED)} == _all(sandbox)


def test_disk_of_the_journal_that_gets_full(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(5_000)
    # As if no file could grow beyond 200 KiB: the journal can be opened, and holds no more.
    process = program.start(*FEED, shell="ulimit -f 400")
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert err.startswith(b"ropo-jobs: ")
    assert err.count(b"\n") == 1
    # What was taken from the service and could not be kept is read again by its day.
    later = program.run(*FEED)
    assert "ropo-jobs: changes may be missing" in later.stderr
    missing = _all(sandbox).difference(_numbers(out), _numbers(later.stdout.encode()))
    assert not missing


def test_killed_again_and_again(program: Program, sandbox: Sandbox) -> None:
    """Each goes on where the one before was killed, and nothing is lost."""
    out = program.directory / "changes.jsonl"
    seen = Counter[int]()
    for kill_after in range(6):
        sandbox.make_changes(1_500)
        with out.open("wb") as to:
            process = program.start(*FEED, "--follow", "--every", "0.05", stdout=to)
            while out.stat().st_size < kill_after * 20_000:
                assert process.poll() is None
            process.kill()
            process.communicate()
        whole = out.read_bytes()
        # The last line may be torn: it was not acknowledged, and comes again.
        seen.update(_numbers(whole[: whole.rfind(b"\n") + 1]))
    done = program.run(*FEED)
    assert done.returncode == 0
    seen.update(_numbers(done.stdout.encode()))
    assert set(seen) == _all(sandbox), done.stderr


def test_follows_until_ctrl_c(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(1)
    with program.terminal(*FEED, "--follow", "--every", "0.05") as terminal:
        terminal.expect('"statustext"')
        sandbox.make_changes(1)
        terminal.expect(f'"status":{max(_all(sandbox))}')
        terminal.type("\x03")
        assert terminal.end() == 130
    assert terminal.seen.endswith("ropo-jobs: interrupted: what was not written comes next time\n")
    assert "Traceback" not in terminal.seen


def test_ctrl_c_while_nobody_reads_on(program: Program, sandbox: Sandbox) -> None:
    """The pipe is full and its reader sleeps: one Ctrl-C is enough, and what was not written comes again."""
    sandbox.make_changes(1_000)
    reading, writing = os.pipe()
    process = program.start(*FEED, "--follow", stdout=writing)
    os.close(writing)
    assert os.read(reading, 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    os.close(reading)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert {change["status"] for change in program.lines(*FEED)} == _all(sandbox)


def test_lost_answers_are_told_and_read_again(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(5)
    sandbox.fault("GET /jobs/statusupdates", "disconnect-after")
    done = program.run(*FEED)
    assert set(_numbers(done.stdout.encode())) == _all(sandbox)
    # It was the first of all answers: what else it held, nobody knows.
    # From the earlier of two days, where it is not the same day here and at the service.
    last = min(sandbox.today, datetime.now(UTC).date()) - timedelta(days=31)
    assert f"changes may be missing, from a day that is not known until {last}" in done.stderr
    assert "ropo-jobs feed --journal feed.db --recover YYYY-MM-DD" in done.stderr
    again = program.run(*FEED, "--recover", last)
    assert f"0 changes since {last} were missing\n" in again.stderr
    assert "may be missing" not in again.stderr


def test_the_command_that_reads_again_can_be_typed(program: Program, sandbox: Sandbox) -> None:
    config = program.directory / "my settings.toml"
    names = ("ROPO_CID", "ROPO_APICODE", "ROPO_BASE_URL")
    config.write_text("".join(f"{name} = {json.dumps(program.environ.pop(name))}\n" for name in names))
    config.chmod(0o600)
    sandbox.make_changes(5)
    sandbox.fault("GET /jobs/statusupdates", "disconnect-after")
    told = program.run("--config", config, "feed", "--journal", "my feed.db").stderr
    (printed,) = [line for line in told.splitlines() if "ropo-jobs --config" in line]
    command = shlex.split(printed.partition(": ropo-jobs ")[2].removesuffix(" reads again"))
    last = told.partition(" until ")[2][:10]
    again = program.run(*command[:-1], last)
    assert f"0 changes since {last} were missing\n" in again.stderr


def test_what_is_no_change_is_told_and_stops_nothing(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        program.environ["ROPO_BASE_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}/rest"
        process = program.start(*FEED)
        out, err = _communicate(process, server, b'{"token": "abc"}', b'[3, {"status": 7}, "Teppo"]', b"")
    assert (process.returncode, out) == (0, b'{"status":7}\n')
    assert err == (b"ropo-jobs: 2 items are no status changes and are left out; they stay in feed.db for 40 days\n")


def test_one_at_a_time(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(1)
    process = program.start(*FEED, "--follow")
    assert process.stdout is not None
    assert process.stdout.readline()
    assert "another feed has the journal open" in program.fails(1, *FEED)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130


def test_journal_that_is_none(program: Program) -> None:
    (program.directory / "feed.db").write_text("something else entirely, and long enough for a header" * 20)
    assert "the journal feed.db cannot be opened" in program.fails(2, *FEED)


def test_head(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(2_000)
    words = "python -m ropo_jobs_cli feed --journal feed.db | head -1"
    environ = program.environ | {"PATH": f"{Path(sys.executable).parent}:{program.environ['PATH']}"}
    shell = ["/bin/sh", "-c", words]
    done = subprocess.run(shell, env=environ, cwd=program.directory, capture_output=True, timeout=PATIENCE, check=True)
    assert done.stderr == b""
    assert len(_numbers(done.stdout)) == 1


def test_what_nobody_took_comes_again(program: Program, sandbox: Sandbox) -> None:
    """A pipe holds what was written and not yet read: only what its reader took is acknowledged."""
    sandbox.make_changes(300)
    reading, writing = os.pipe()
    process = program.start(*FEED, stdout=writing)
    os.close(writing)
    first = os.read(reading, 100)
    assert first
    # All of it fits into the pipe, and is written.
    assert process.poll() is None
    os.close(reading)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (141, b"")
    assert {change["status"] for change in program.lines(*FEED)} == _all(sandbox)
    assert program.lines(*FEED) == []


def test_replaying(program: Program, sandbox: Sandbox) -> None:
    sandbox.make_changes(300)
    before = program.lines(*FEED)
    requests = len(sandbox.requests)
    assert program.lines(*FEED, "--replay", sandbox.today) == before
    assert program.lines(*FEED, "--replay", "2099-01-01") == []
    assert len(sandbox.requests) == requests
    assert program.lines(*FEED) == []
    assert "--replay" in program.fails(2, *FEED, "--replay", "yesterday")


def test_what_cannot_be_written_again_is_written_as_it_came(program: Program) -> None:
    odd = rb'[{"status": 7, "statustext": "\ud800"}, {"status": 8,NL "x": 1e99999}, {"status": 9}]'.replace(
        b"NL", b"\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        program.environ["ROPO_BASE_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}/rest"
        process = program.start(*FEED)
        out, err = _communicate(process, server, b'{"token": "abc"}', odd, b"")
    assert (process.returncode, err) == (0, b"")
    assert out.splitlines() == [
        rb'{"status": 7, "statustext": "\ud800"}',
        b'{"status": 8,  "x": 1e99999}',
        b'{"status":9}',
    ]


def test_a_journal_in_a_database_that_is_not_there(program: Program) -> None:
    where = "postgresql://billing:secret@127.0.0.1:1/billing"
    told = program.fails(1, "feed", "--journal", where)
    assert "the database of the journal" in told
    assert "secret" not in told
    assert "secret" not in program.fails(2, "feed", "--journal", "postgresql://a:secret@[x/y")
    assert "--feed goes with" in program.fails(2, *FEED, "--feed", "1000011")
