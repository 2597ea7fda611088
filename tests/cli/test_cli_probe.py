"""`ropo-jobs probe`: against the sandbox all is as guessed, and a server that does otherwise is told guess by guess."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import cli_support
import pytest
from cli_support import Program, plain

from ropo_jobs_cli.probe import observed
from ropo_jobs_cli.probe.guesses import GUESSES
from ropo_jobs_sandbox import Sandbox

sandbox, program = cli_support.sandbox, cli_support.program

NAMES = {guess.name for guess in GUESSES}

# What would be personal or secret in a report.
PRIVATE = ("Teppo", "Sammonkatu", "KUOPIO", "11213", "1022", "1000011", "eyJ")


def results(program: Program, *arguments: object, code: int = 0) -> dict[str, tuple[str, str]]:
    done = program.run("probe", "--yes", "--json", *arguments)
    assert done.returncode == code, done
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = {line["guess"]: (line["result"], line["came"]) for line in lines}
    assert found.keys() == NAMES
    return found


def test_the_sandbox_is_as_guessed(program: Program, sandbox: Sandbox) -> None:
    program.run("add", program.write_bills(), "--yes")
    asked = len(sandbox.requests)
    report = program.directory / "probe.md"
    found = results(program, "--billnum", "11213", "--jobid", 1, "--idle", "4.5", "--report", report)
    assert {name for name, (result, _) in found.items() if result != "confirmed"} == {"feed-end", "retry-after"}
    assert {found[name][0] for name in ("feed-end", "retry-after")} == {"not tried"}

    requests = sandbox.requests[asked:]
    named = {request.operation for request in requests}
    reads = {"GET /jobs", "GET /jobs/pdf", "GET /jobs/statusupdates"}
    assert named == {*reads, "POST /token", "POST /jobs/preview"}
    read = [request for request in requests if request.operation == "GET /jobs/statusupdates"]
    assert read
    assert all(request.query for request in read)
    assert sandbox.carried_out("POST /jobs") == 1

    text = report.read_text(encoding="utf-8")
    assert [name for name in PRIVATE if name in text] == []
    assert all(f"`{name}`" in text for name in NAMES)


def test_without_a_bill_less_is_tried(program: Program) -> None:
    found = results(program, "--idle", "0")
    untried = {name for name, (result, _) in found.items() if result == "not tried"}
    changes = {"changes-envelope", "changes-fields", "date-read"}
    assert untried == {*changes, "job-fields", "feed-end", "retry-after", "keep-alive"}
    assert "see --date, --billnum" in found["changes-fields"][1]


def test_it_says_first_what_it_will_send_and_asks(program: Program, sandbox: Sandbox) -> None:
    assert "there is no terminal to ask at" in program.run("probe").stderr
    with program.terminal("probe") as terminal:
        said = plain(terminal.expect("Begin? [y/N]"))
        terminal.type("n\n")
        assert terminal.end() == 4
    assert "where nothing is changed" in said
    assert "POST /jobs/preview" in said
    assert "GET /jobs/statusupdates?date=" in said
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "where",
    [
        {"ROPO_ENVIRONMENT": "FINLAND"},
        {"ROPO_ENVIRONMENT": "SWEDEN"},
        {"ROPO_ENVIRONMENT": "NORWAY"},
        {"ROPO_BASE_URL": "https://ropo24.fi/rest"},
        {"ROPO_BASE_URL": "https://ROPO24.fi:443/rest"},
        {"ROPO_BASE_URL": "https://ropo24.fi./rest"},
        {"ROPO_BASE_URL": "https://gateway.example.com/rest"},
    ],
    ids=lambda where: next(iter(where.values())),
)
def test_production_is_refused(tmp_path: Path, where: dict[str, str]) -> None:
    program = Program(tmp_path, {"ROPO_CID": "1000011", "ROPO_APICODE": "secret", **where})
    assert "is no test environment" in program.fails(2, "probe", "--yes")


@pytest.mark.parametrize("name", ["FINLAND_TEST", "sweden-test", "NORWAY_TEST"])
def test_a_test_environment_is_taken(tmp_path: Path, name: str) -> None:
    program = Program(tmp_path, {"ROPO_CID": "1000011", "ROPO_APICODE": "secret", "ROPO_ENVIRONMENT": name})
    done = program.run("probe")
    assert done.returncode == 2
    assert done.stderr.startswith(f"To {name.upper().replace('-', '_')} (https://rc.ropo24.")
    assert "there is no terminal to ask at" in done.stderr


def test_a_report_is_not_written_over(program: Program, sandbox: Sandbox) -> None:
    (program.directory / "probe.md").write_text("mine")
    assert "is there already" in program.fails(2, "probe", "--yes", "--report", "probe.md")
    assert sandbox.requests == []


def test_wrong_credentials(program: Program) -> None:
    program.environ["ROPO_APICODE"] = "wrong"
    assert "POST /token gave no token: 400" in program.run("probe", "--yes").stderr
    del program.environ["ROPO_CID"], program.environ["ROPO_APICODE"]
    program.environ["ROPO_TOKEN"] = "stale"
    done = program.run("probe", "--yes")
    assert (done.returncode, done.stdout) == (3, "")
    assert "the token was not accepted" in done.stderr


def jwt(life: int) -> str:
    claims = (
        base64.urlsafe_b64encode(json.dumps({"iat": 0, "exp": life, "name": "Teppo"}).encode()).decode().rstrip("=")
    )
    return f"eyJ.{claims}.x"


class Otherwise(BaseHTTPRequestHandler):
    """A service that does everything in another way than is guessed."""

    protocol_version = "HTTP/1.0"
    reads = 0

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        if address.path == "/rest/jobs/statusupdates":
            self._changes(query)
        elif address.path == "/rest/jobs/pdf":
            self._answer(400, "text/html", b"<html>Laskua 11213 ei ole</html>")
        elif "Authorization" not in self.headers:
            self._answer(403, "application/json", {"code": "Teppo Testaaja"})
        elif query["jobid"] == ["7"]:
            self._answer(200, "application/json", {"jobid": "seven", "person": "Teppo Testaaja", "owner": "Teppo"})
        else:
            self._answer(200, "application/json", [])

    def _changes(self, query: dict[str, list[str]]) -> None:
        change = {"job_id": 7, "code": 1, "created": "2026-11-22", "who": "Teppo Testaaja", "11213": 1}
        if "date" in query:
            # Whatever is read is gone.
            type(self).reads += 1
            self._answer(200, "application/json", {"items": [change] if self.reads == 1 else []})
        elif query == {"billnum": ["11213"]}:
            self._answer(200, "application/json", {"11213": {"Teppo Testaaja": [change]}, "at": "2026-11-22"})
        else:
            self._answer(404, "application/json", {"message": "no bill"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/rest/token":
            self._answer(200, "application/json", {"token": jwt(3600), "expires": 3600})
        else:
            self._answer(201, "application/octet-stream", b"%PDF-1.7 %%EOF", {"X-Filename": "bill.pdf"})

    def _answer(self, status: int, kind: str, body: object, headers: dict[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response_only(status)
        more = {"Server": "Teppo's machine", "Ropo-Trace-Id": "Teppo", **(headers or {})}
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class's name
        pass


class Impatient(Otherwise):
    """The same, but it keeps connections, and closes them soon."""

    protocol_version = "HTTP/1.1"
    timeout = 0.3


@pytest.fixture(params=[Otherwise])
def otherwise(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Program]:
    request.param.reads = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/rest"
    yield Program(tmp_path, {"ROPO_BASE_URL": url, "ROPO_CID": "1000011", "ROPO_APICODE": "secret"})
    server.shutdown()
    thread.join()
    server.server_close()


def test_whatever_is_otherwise_is_told(otherwise: Program) -> None:
    report = otherwise.directory / "probe.md"
    found = results(otherwise, "--billnum", "11213", "--jobid", 7, "--report", report, code=1)
    assert found == {
        "token-status": ("differs", "200, application/json, {token: string, expires: integer}"),
        "token-life": ("differs", "it lives for 3600 s"),
        "no-token": ("differs", "403, application/json, {code: string}"),
        "wrong-jobid": ("differs", "200, application/json, a list of 0"),
        "wrong-billnum": ("differs", "400, text/html, a body"),
        "no-changes": ("differs", "404, application/json, {message: string}"),
        "changes-envelope": (
            "differs",
            "200, application/json, {(a name of 5 characters): object, at: string}",
        ),
        "changes-fields": ("not tried", "the list of changes was not found"),
        "date-read": (
            "differs",
            "first 200, application/json, {items: list}; then 200, application/json, {items: list}",
        ),
        "feed-end": ("not tried", "reading without a filter would take changes away from the feed"),
        "preview": ("differs", "201, application/octet-stream, a body"),
        "preview-name": ("differs", "in no header as it was asked for"),
        "job-fields": ("differs", "otherwise: {jobid: string, owner: string}"),
        "date-header": ("differs", "on 0 of 11 answers"),
        "request-id": ("differs", "ropo-trace-id"),
        "retry-after": ("not tried", "nothing was refused for now"),
        "http-version": ("differs", "HTTP/1.0"),
        "keep-alive": ("differs", "the service closes each connection at once"),
    }
    text = report.read_text(encoding="utf-8")
    assert [name for name in PRIVATE if name in text] == []
    assert "Server: (something unusual)" in text


def test_other_names_of_fields_are_told(otherwise: Program) -> None:
    found = results(otherwise, code=1)
    assert found["changes-envelope"] == ("confirmed", "an object that holds one list, items")
    fields = "{job_id: integer, code: integer, created: string, who: string, (a name of 5 characters): integer}"
    assert found["changes-fields"] == ("differs", fields)


@pytest.mark.parametrize("otherwise", [Impatient], indirect=True)
def test_a_connection_that_is_closed_soon_is_told(otherwise: Program) -> None:
    found = results(otherwise, code=1)
    assert found["http-version"] == ("confirmed", "HTTP/1.1")
    result, came = found["keep-alive"]
    assert (result, came.startswith("closed after ")) == ("differs", True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("statusdate", "statusdate"),
        ("X-Request-Id", "X-Request-Id"),
        ("TA0001", "(a name of 6 characters)"),
        ("010170-123A", "(a name of 11 characters)"),
        ("Teppo Testaaja", "(a name of 14 characters)"),
        ("teppo@example.com", "(a name of 17 characters)"),
    ],
)
def test_what_does_not_look_like_a_name_is_not_shown(name: str, shown: str) -> None:
    assert observed.safe_name(name) == shown


@pytest.mark.parametrize(
    "token", ["", "a", "a.b.c", "a.e30.c", "a.bnVsbA.c", "a.W10.c", f"a.{'W' * 100_000}.c"], ids=len
)
def test_a_token_that_says_nothing(token: str) -> None:
    assert observed.life_of(token) is None
