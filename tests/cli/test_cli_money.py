"""What moves money: asked first, never sent twice, and told when nobody knows how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import time
from pathlib import Path
from typing import Any

import cli_support
import pytest
from cli_support import BILL, PATIENCE, Program, answer, plain, wait_until

from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program

PAY = ["pay", "10.00", "--billnum", "11213"]
CHANGES = {
    "POST /jobs/payment": PAY,
    "POST /jobs/creditnote": ["credit", "3.40", "--billnum", "11213"],
    "POST /jobs/dispute": ["dispute", "--billnum", "11213"],
    "POST /jobs/dispute/resolve": ["resolve", "--billnum", "11213"],
    "POST /jobs": ["add", "bills.json", "--data-identifier", "mine-1"],
}
MONEY = ("POST /jobs/payment", "POST /jobs/creditnote")
# Of the example bill.
OPEN = "102.56"


@pytest.fixture(autouse=True)
def bill(program: Program, sandbox: Sandbox) -> Path:
    sandbox.add_example_job(billnum="11213")
    return program.write_bills({**BILL, "billnum": "4 5"})


@pytest.mark.parametrize("operation", CHANGES)
@pytest.mark.parametrize("fault", ["disconnect-after", "truncate", "status"])
def test_outcome_unknown(program: Program, sandbox: Sandbox, operation: str, fault: str) -> None:
    _prepare(program, operation)
    options = {"status": 502, "carried_out": True} if fault == "status" else {}
    sandbox.fault(operation, fault, **options)
    told = program.fails(5, *CHANGES[operation], "--yes")
    assert told.startswith(f"ropo-jobs: OUTCOME UNKNOWN: {operation} was sent and may have been carried out.\n")
    assert "Do not send it again before you know. Wait some minutes, and find out:\n" in told
    billnum = "'4 5'" if operation == "POST /jobs" else "11213"
    if operation in MONEY:
        amount = CHANGES[operation][1]
        assert f"  amount: {amount}\n  open before: {OPEN}, looked at 20" in told
        assert f"    ropo-jobs settle {amount} --billnum 11213 --custnum 1022 --open-before {OPEN}\n" in told
    else:
        assert f"    ropo-jobs get --billnum {billnum}\n    ropo-jobs status --billnum {billnum}\n" in told
    assert "  sent at: 20" in told
    assert ("  DataIdentifier: mine-1\n" in told) == (operation == "POST /jobs")
    # Once, and no more.
    assert sandbox.carried_out(operation) == 1


@pytest.mark.parametrize("command", ["pay", "credit"])
def test_negative_amount_is_asked_about_and_sent(program: Program, sandbox: Sandbox, command: str) -> None:
    operation = "POST /jobs/payment" if command == "pay" else "POST /jobs/creditnote"
    sandbox.fault(operation, "disconnect-after")
    with program.terminal(command, "--billnum", "11213", "--", "-10.00") as terminal:
        terminal.expect("[y/N]")
        seen = plain(terminal.seen)
        assert "Amount       -10.00" in seen
        assert "Note         negative: what that does is not documented" in seen
        assert sandbox.carried_out(operation) == 0
        terminal.type("y\r")
        assert terminal.end() == 5
    assert sandbox.carried_out(operation) == 1
    # The command that was printed, as it stands.
    (printed,) = [line for line in plain(terminal.seen).splitlines() if "ropo-jobs settle" in line]
    assert "TAKEN" in program.run(*shlex.split(printed)[1:]).stdout


@pytest.mark.parametrize("operation", CHANGES)
def test_ctrl_c_while_it_is_under_way(program: Program, sandbox: Sandbox, operation: str) -> None:
    _prepare(program, operation)
    sandbox.fault(operation, "stall-after")
    with program.terminal(*CHANGES[operation], "--yes") as terminal:
        wait_until(lambda: sandbox.carried_out(operation) == 1)
        terminal.type("\x03")
        assert terminal.end() == 5
    assert f"OUTCOME UNKNOWN: {operation} was sent" in terminal.seen
    assert "sent at: 20" in terminal.seen
    assert ("DataIdentifier: mine-1" in terminal.seen) == (operation == "POST /jobs")
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_told_to_end_while_it_is_under_way(program: Program, sandbox: Sandbox, number: signal.Signals) -> None:
    sandbox.fault("POST /jobs/payment", "stall-after")
    process = program.start(*PAY, "--yes")
    wait_until(lambda: sandbox.carried_out("POST /jobs/payment") == 1)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (5, b"")
    assert err.startswith(b"ropo-jobs: OUTCOME UNKNOWN: POST /jobs/payment was sent")


def test_more_of_them_do_not_replace_the_outcome(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("POST /jobs/payment", "stall-after")
    reading, writing = os.pipe()
    # Nobody reads: it hangs while it tells.
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b" " * 65536)
    os.set_blocking(writing, True)
    process = program.start(*PAY, "--yes", stdout=writing, stderr=writing)
    os.close(writing)
    wait_until(lambda: sandbox.carried_out("POST /jobs/payment") == 1)
    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process.send_signal(number)
        # It is written when the signal was taken.
        wait_until(lambda: not _pending(process.pid))
    with open(reading, "rb") as told:  # noqa: PTH123
        assert b"OUTCOME UNKNOWN" in told.read()
    assert process.wait(timeout=PATIENCE) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("is_lost", [True, False])
def test_one_more_while_python_ends(program: Program, sandbox: Sandbox, number: signal.Signals, is_lost: bool) -> None:
    if is_lost:
        sandbox.fault("POST /jobs/payment", "disconnect-after")
    process = program.start(*PAY, "--yes")
    told = process.stderr if is_lost else process.stdout
    assert told is not None
    # A key that is held down: from the first word that is told to the very end.
    with process:
        assert told.read(1)
        while process.poll() is None:
            process.send_signal(number)
            time.sleep(0.001)
    assert process.returncode == (5 if is_lost else 0)


def _pending(pid: int) -> bool:
    """Whether a signal has been sent to a process and not been taken yet."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return any(int(line.split()[1], 16) for line in lines if line.startswith(("SigPnd", "ShdPnd")))


def test_what_nohup_ignores_stays_ignored(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("POST /jobs/payment", "delay-headers", seconds=1)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = program.start(*PAY, "--yes")
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_until(lambda: _asked(sandbox, "POST /jobs/payment") == 1)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def _asked(sandbox: Sandbox, operation: str) -> int:
    return [request.operation for request in sandbox.requests].count(operation)


def _prepare(program: Program, operation: str) -> None:
    if operation == "POST /jobs/dispute/resolve":
        assert program.run("dispute", "--billnum", "11213", "--yes").returncode == 0


def test_ctrl_c_before_it_is_sent(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("POST /token", "stall-after")
    with program.terminal(*PAY, "--yes") as terminal:
        wait_until(lambda: sandbox.token_requests == 1)
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "interrupted: nothing was sent" in terminal.seen
    assert not sandbox.payments()


def test_unknown_outcome_of_a_jobid_and_of_a_reference(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("POST /jobs/payment", "disconnect-after", 2)
    told = program.fails(5, "pay", "1", "--jobid", 1, "--yes")
    assert f"    ropo-jobs settle 1 --billnum 11213 --custnum 1022 --open-before {OPEN}\n" in told
    job = sandbox.jobs()[0]
    told = program.fails(5, "pay", "1", "--billcode", job["billcode"], "--yes")
    assert "  open before: not known: a bill code cannot be looked up\n" in told
    assert f"    look for the reference {job['billcode']} in Ropo One, and for the 1 in it\n" in told


def test_of_many_bills_some_are_named(program: Program, sandbox: Sandbox) -> None:
    path = program.write_bills(*({**BILL, "billnum": str(i)} for i in range(50)))
    sandbox.fault("POST /jobs", "disconnect-after")
    told = program.fails(5, "add", path, "--yes")
    assert "  billnum: 0, 1, 2, 3, 4 and 45 more\n" in told
    assert "    and so for 45 more bills\n" in told


def test_bills_that_are_taken_in_part(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        program.environ["ROPO_BASE_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}/rest"
        process = program.start("add", "bills.json", "--yes")
        answer(server, b'{"token": "abc"}', b'{"accepted": 0}')
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5
    told = err.decode()
    assert "TAKEN IN PART: 1 bill was sent and the service accepted 0; nothing was sent again" in told
    assert "  billnum: 4 5\n  DataIdentifier: " in told
    assert f"  service: {program.environ['ROPO_BASE_URL']}\n" in told
    assert "    ropo-jobs get --billnum '4 5'\n" in told


def test_answer_that_names_another_bill(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        program.environ["ROPO_BASE_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}/rest"
        process = program.start("pay", "10.00", "--billcode", "1232", "--yes")
        answer(server, b'{"token": "abc"}', b'{"jobid": 2, "billnum": "99 9", "billcode": "12\\u001b32"}')
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5
    told = err.decode()
    what = "the service answered with success (2xx), but named another billcode than the one that was sent"
    assert f"  but: {what}: jobid 2, billnum 99 9, billcode 12 32\n" in told
    assert "    look for the reference 1232 in Ropo One, and for the 10.00 in it\n    ropo-jobs get --jobid 2\n" in told
    assert "    ropo-jobs get --billnum '99 9'\n" in told


def test_too_many_requests(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("POST /jobs/payment", "status", status=429, retry_after=100, times=2)
    told = program.fails(3, *PAY, "--yes")
    assert told.endswith(
        "; it asks to wait 100 s; HTTP says that nothing was done then, but look before you send it again\n"
    )
    sandbox.fault("GET /jobs", "status", status=429, retry_after=100)
    assert program.fails(3, "get", "--jobid", "1").endswith("; it asks to wait 100 s\n")


def test_numbers_beyond_reason_are_shown(program: Program, sandbox: Sandbox) -> None:
    bill = {**BILL, "payrow": [{"amount": 1e26, "count": 1e20, "taxpr": 25.5}]}
    program.write_bills(bill, bill)
    with program.terminal("add", "bills.json") as terminal:
        seen = "".join(plain(terminal.expect("[y/N]")).split())
        terminal.type("n\r")
        assert terminal.end() == 4
    assert f"KUOPIO:1255{'0' * 43}.00," in seen
    assert f"Together2510{'0' * 43}.00" in seen
    assert sandbox.carried_out("POST /jobs") == 0


@pytest.mark.parametrize("operation", CHANGES)
def test_asks_first(program: Program, sandbox: Sandbox, operation: str) -> None:
    with program.terminal(*CHANGES[operation]) as terminal:
        seen = plain(terminal.expect("[y/N]"))
        assert "To" in seen
        assert sandbox.base_url in seen
        assert "PRODUCTION" not in seen
        assert (f"Open now     {OPEN}" in seen) == (operation in MONEY)
        terminal.type("no\n")
        assert terminal.end() == 4
    assert "ropo-jobs: nothing was sent" in terminal.seen
    # Only money is looked up first.
    assert bool(sandbox.requests) == (operation in MONEY)
    assert not _asked(sandbox, operation)


def test_yes_sends_it(program: Program, sandbox: Sandbox) -> None:
    with program.terminal(*PAY, "--date", "2026-11-22", "--description", "Käteinen") as terminal:
        seen = plain(terminal.expect("[y/N]"))
        facts = ["Amount       10.00", "Date         2026-11-22", "Bill number  11213", "Description  Käteinen"]
        assert "\n".join(["Add a payment", *facts]) in seen
        terminal.type("y\n")
        assert terminal.end() == 0
    assert "Paid         10.00" in plain(terminal.seen)
    assert len(sandbox.payments()) == 1


@pytest.mark.parametrize(("typed", "code"), [("\x03", 130), ("\x04", 4), ("\n", 4)])
def test_no_answer_sends_nothing(program: Program, sandbox: Sandbox, typed: str, code: int) -> None:
    with program.terminal(*PAY) as terminal:
        terminal.expect("[y/N]")
        terminal.type(typed)
        assert terminal.end() == code
    assert "nothing was sent" in terminal.seen
    assert "Traceback" not in terminal.seen
    assert not _asked(sandbox, "POST /jobs/payment")


@pytest.mark.parametrize(
    ("name", "value", "is_production"),
    [
        ("ROPO_ENVIRONMENT", "FINLAND", True),
        ("ROPO_ENVIRONMENT", "FINLAND_TEST", False),
        ("ROPO_BASE_URL", "https://ropo24.se/rest/", True),
        ("ROPO_BASE_URL", "https://www.ropo24.fi/rest", True),
        ("ROPO_BASE_URL", "https://ropo24.fi./rest", True),
        ("ROPO_BASE_URL", "https://RC.ropo24.se/rest", False),
        ("ROPO_BASE_URL", "https://ropo.example/rest", False),
    ],
)
def test_production_is_named(program: Program, name: str, value: str, is_production: bool) -> None:
    del program.environ["ROPO_BASE_URL"]
    program.environ[name] = value
    # Nothing is looked up, so nobody has to answer there.
    with program.terminal("dispute", "--billnum", "11213") as terminal:
        seen = plain(terminal.expect("[y/N]"))
        terminal.type("n\n")
        assert terminal.end() == 4
    assert ("Send this to PRODUCTION? [y/N]" in seen) == is_production
    assert ("To           PRODUCTION " in seen) == is_production


def test_bills_from_stdin_are_asked_for_at_the_terminal(program: Program, sandbox: Sandbox, bill: Path) -> None:
    with bill.open("rb") as opened, program.terminal("add", "-", stdin=opened.fileno()) as terminal:
        assert "Bills           4 5 to Teppo Testaaja, KUOPIO: 87.85, due 2026-12-06" in plain(terminal.expect("[y/N]"))
        terminal.type("y\n")
        assert terminal.end() == 0
    assert len(sandbox.jobs()) == 2


ROW = BILL["payrow"][0]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "11213 to Teppo Testaaja, KUOPIO: 87.85, due 2026-12-06"),
        ({"person": None, "company": "Matin konepaja Oy"}, "11213 to Matin konepaja Oy, KUOPIO: 87.85"),
        ({"person": None}, "11213 to KUOPIO: 87.85"),
        ({"person": "", "city": ""}, "11213 to nobody: 87.85"),
        ({"billnum": None}, "without a bill number to Teppo Testaaja"),
        ({"totalamount": 90, "currency": "SEK"}, ": 90.00 SEK, due"),
        ({"payrow": None, "amount": "12.3"}, ": 12.30, due"),
        ({"payrow": []}, ": amount not known before, due"),
        ({"payrow": [{"desc": "x"}]}, ": amount not known before"),
        # What a discount means is not documented.
        ({"payrow": [{**ROW, "discount": 10}]}, ": amount not known before"),
        ({"payrow": [{**ROW, "discount": 10, "totalamount": 80}]}, ": 80.00, due"),
        ({"payrow": [ROW, {"amount": "-0.15", "count": 3}]}, ": 87.40, due"),
        ({"person": "Teppo\x1b[2J"}, "11213 to Teppo [2J, KUOPIO"),
    ],
    ids=str,
)
def test_add_shows_recipient_and_amount(program: Program, changes: dict[str, Any], shown: str) -> None:
    # One bill, without a list around it.
    path = program.directory / "bills.json"
    path.write_text(json.dumps({**BILL, **changes}))
    with program.terminal("add", path, width=100) as terminal:
        assert shown in plain(terminal.expect("[y/N]"))
        terminal.type("n\n")
        assert terminal.end() == 4


def test_add_shows_what_many_bills_come_to(program: Program) -> None:
    bills = [{**BILL, "billnum": str(number)} for number in range(1, 8)]
    cases: tuple[tuple[list[dict[str, Any]], str], ...] = (
        ([], "Together        614.95\n"),
        ([{**BILL, "payrow": []}], "Together        614.95, and 1 whose amount is not known before"),
        ([{**BILL, "currency": "SEK"}], "Together        in several currencies"),
    )
    for more, together in cases:
        path = program.write_bills(*bills, *more)
        with program.terminal("add", path, width=100) as terminal:
            seen = plain(terminal.expect("[y/N]"))
            terminal.type("n\n")
            assert terminal.end() == 4
        assert f"5 to Teppo Testaaja, KUOPIO: 87.85, due 2026-12-06\n                and {2 + len(more)} more\n" in seen
        assert together in seen


def test_unknown_fields_are_shown(program: Program) -> None:
    path = program.write_bills({**BILL, "paydaet": "2026-12-06"})
    with program.terminal("add", path) as terminal:
        assert "Unknown fields  paydaet (sent as they are)" in plain(terminal.expect("[y/N]"))
        terminal.type("n\n")
        assert terminal.end() == 4
    path.write_text(
        json.dumps({"datastream": {"dataset": [{**BILL, "payrow": [{**ROW, "taxrp": 25.5}]}], "extra": 1}, "more": 2})
    )
    with program.terminal("add", path) as terminal:
        seen = plain(terminal.expect("[y/N]"))
        assert "Unknown fields  datastream.extra, more, payrow.taxrp (sent as they are)" in seen
        terminal.type("n\n")
        assert terminal.end() == 4


def test_answer_whose_reader_is_gone_is_still_paid_once(program: Program, sandbox: Sandbox) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = program.start(*PAY, "--yes", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=PATIENCE)
    _is_told_not_to_repeat(process.returncode, err)
    assert len(sandbox.payments()) == 1


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_answer_that_finds_the_disk_full_is_still_paid_once(
    program: Program, sandbox: Sandbox, as_json: list[str]
) -> None:
    with Path("/dev/full").open("wb") as full:
        process = program.start(*PAY, "--yes", *as_json, stdout=full)
        _, err = process.communicate(timeout=PATIENCE)
    _is_told_not_to_repeat(process.returncode, err)
    assert len(sandbox.payments()) == 1


def _is_told_not_to_repeat(code: int, err: bytes) -> None:
    text = b"ropo-jobs: POST /jobs/payment was carried out, but its answer could not be shown: do not repeat it\n"
    assert (code, err) == (5, text)


# Finding out


def _unknown(program: Program, sandbox: Sandbox, fault: str = "disconnect-after") -> list[str]:
    """Pay, with the answer lost. Gives the command that is printed."""
    sandbox.fault("POST /jobs/payment", fault)
    told = program.fails(5, "pay", "50.00", "--billnum", "11213", "--yes")
    [command] = [line for line in told.splitlines() if "ropo-jobs settle" in line]
    return shlex.split(command)[1:]


def test_settle_a_payment_that_was_taken(program: Program, sandbox: Sandbox) -> None:
    command = _unknown(program, sandbox)
    done = program.run(*command)
    assert (done.returncode, done.stderr) == (0, "")
    facts = dict(line.split("  ", 1) for line in done.stdout.splitlines())
    assert facts["Verdict"].strip() == "TAKEN"
    assert [facts[name].strip() for name in ("Sent", "Open before", "Open now")] == ["50.00", "102.56", "52.56"]
    assert facts["Looked at"].strip().startswith("20")
    assert "Another booking of it would look the same" in facts["Why"]
    [told] = program.lines(*command, "--json")
    reason, looked_at = told.pop("reason"), told.pop("looked_at")
    assert reason.startswith("102.56 was open before, and 52.56 at ")
    assert looked_at in reason
    assert told == {
        "verdict": "taken",
        "billnum": "11213",
        "custnum": "1022",
        "amount": "50.00",
        "open_before": "102.56",
        "open_now": "52.56",
        "service": sandbox.base_url,
    }
    assert len(sandbox.payments()) == 1


@pytest.mark.parametrize("operation", ["POST /jobs/payment", "POST /jobs/dispute"])
def test_the_commands_look_at_the_same_service(program: Program, sandbox: Sandbox, operation: str) -> None:
    settings = {name: program.environ.pop(name) for name in list(program.environ) if name.startswith("ROPO_")}
    path = program.directory / "live service.toml"
    path.write_text("".join(f'{name} = "{text}"\n' for name, text in settings.items()))
    path.chmod(0o600)
    sandbox.fault(operation, "disconnect-after")
    # From elsewhere, its name alone would lead nowhere.
    told = program.fails(5, "--config", "live service.toml", *CHANGES[operation], "--yes")
    assert f"  service: {sandbox.base_url}\n" in told
    commands = [shlex.split(line)[1:] for line in told.splitlines() if line.startswith("    ropo-jobs ")]
    program.directory = program.directory.parent
    assert commands
    for command in commands:
        assert command[:2] == ["--config", str(path)]
        assert program.run(*command).returncode == 0


@pytest.mark.parametrize("before", ["102.5600", "52.559999999999995", "-0.005"])
def test_what_was_open_is_taken_as_the_service_says_it(program: Program, before: str) -> None:
    done = program.run("settle", "50.00", "--billnum", "11213", "--custnum", "1022", "--open-before", before)
    assert (done.returncode, done.stderr) == (5, "")


def test_what_was_typed_before_the_question_answers_nothing(program: Program, sandbox: Sandbox) -> None:
    sandbox.fault("POST /jobs/findbyendcustomer", "delay-headers", seconds=5.0)
    with program.terminal(*PAY) as terminal:
        wait_until(lambda: _asked(sandbox, "POST /jobs/findbyendcustomer") == 1)
        terminal.type("y\n")
        terminal.expect("[y/N]")
        terminal.type("\n")
        assert terminal.end() == 4
    assert not sandbox.payments()


def test_settle_a_payment_without_a_trace(program: Program, sandbox: Sandbox) -> None:
    done = program.run(*_unknown(program, sandbox, "disconnect-before"))
    assert done.returncode == 5
    assert "NO TRACE YET" in done.stdout
    assert "It may have been taken and not show yet: look again later" in done.stdout
    assert "safe" not in done.stdout
    assert not sandbox.payments()


def test_settle_what_cannot_be_told(program: Program, sandbox: Sandbox) -> None:
    command = _unknown(program, sandbox)
    assert program.run("pay", "1", "--billnum", "11213", "--yes").returncode == 0
    done = program.run(*command)
    assert (done.returncode, done.stderr) == (5, "")
    assert "CANNOT TELL" in done.stdout
    assert "less by 51.00, and 50.00 was sent. Something else was booked too" in done.stdout
    # Without what was open before, it shows what is open now.
    done = program.run("settle", "50.00", "--jobid", 1)
    assert done.returncode == 5
    assert "Open now     51.56" in done.stdout
    assert "not known: see --open-before" in done.stdout


def test_settle_changes_nothing(program: Program, sandbox: Sandbox) -> None:
    program.run("settle", "50.00", "--jobid", 1, "--open-before", "102.56")
    asked = {request.operation for request in sandbox.requests}
    assert asked == {"POST /token", "GET /jobs", "POST /jobs/findbyendcustomer"}


def test_what_is_open_is_not_known(program: Program, sandbox: Sandbox, bill: Path) -> None:
    bills = json.loads(bill.read_text(encoding="utf-8"))
    del bills[0]["custnum"]
    program.write_bills(*bills)
    assert program.run("add", "bills.json", "--yes").returncode == 0
    sandbox.fault("POST /jobs/payment", "disconnect-after")
    told = program.fails(5, "pay", "1", "--billnum", "4 5", "--yes")
    reason = "not known: the job has no customer number to look it up by"
    assert f"  amount: 1\n  open before: {reason}\n" in told
    assert "    ropo-jobs get --billnum '4 5'\n    look for the bill in Ropo One, and for the 1 in it\n" in told


@pytest.mark.parametrize("fault", ["disconnect-after", "html", "list-for-object"])
def test_a_look_that_fails_keeps_nobody_from_paying(program: Program, sandbox: Sandbox, fault: str) -> None:
    sandbox.fault("POST /jobs/findbyendcustomer", fault)
    with program.terminal(*PAY, width=200) as terminal:
        assert "Open now     not known: " in plain(terminal.expect("[y/N]"))
        terminal.type("y\n")
        assert terminal.end() == 0
    assert len(sandbox.payments()) == 1


def test_with_the_number_of_the_customer_it_is_one_look(program: Program, sandbox: Sandbox) -> None:
    assert program.run(*PAY, "--custnum", "1022", "--yes").returncode == 0
    assert [request.operation for request in sandbox.requests] == [
        "POST /token",
        "POST /jobs/findbyendcustomer",
        "POST /token",
        "POST /jobs/payment",
    ]
