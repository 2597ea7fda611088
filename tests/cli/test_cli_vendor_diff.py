"""`ropo-jobs vendor-diff`: where the document comes from, what is shown, and the exit code a weekly job goes by."""

from __future__ import annotations

import copy
import json
import socket
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cli_support import Program

VENDOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "contract" / "vendor" / "swagger.json").read_text(encoding="utf-8")
)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Without credentials: none are needed."""
    return Program(tmp_path, {})


def write(program: Program, document: dict[str, Any]) -> str:
    path = program.directory / "swagger.json"
    path.write_text(json.dumps(document))
    return str(path)


def changed() -> dict[str, Any]:
    document = copy.deepcopy(VENDOR)
    del document["components"]["schemas"]["JobJobInfo"]["properties"]["nextstatusdate"]
    document["components"]["schemas"]["JobDataSet"]["properties"]["channel"] = {"type": "string"}
    return document


def test_no_news(program: Program) -> None:
    done = program.run("vendor-diff", write(program, VENDOR))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Not covered here: /contract, 2 operations",
        "No news; 42 accepted, 23 in words only (see --all)",
    ]


def test_news(program: Program) -> None:
    done = program.run("vendor-diff", write(program, changed()))
    assert (done.returncode, done.stderr) == (1, "")
    bodies = "POST /jobs, PATCH /jobs, POST /jobs/preview, POST /jobs/localprint, PATCH /jobs/opensalesinvoices"
    breaks, lost, missing, new, *rest = done.stdout.splitlines()
    assert (breaks, missing) == ("Breaks callers:", "Missing here:")
    assert lost == "  JobJobInfo.nextstatusdate: field: the vendor nothing; here string (GET /jobs)"
    assert new.startswith("  JobDataSet.channel: field: the vendor string; here nothing (")
    assert sorted(new[:-1].partition("(")[2].split(", ")) == sorted(bodies.split(", "))
    assert rest == [
        "Not covered here: /contract, 2 operations",
        "2 pieces of news; 42 accepted, 23 in words only (see --all)",
    ]


def test_all_shows_what_is_accepted_with_its_reason(program: Program) -> None:
    shown = program.run("vendor-diff", write(program, VENDOR), "--all").stdout
    assert "  JobAddPayment.paydate: format: the vendor nothing; here date" in shown
    assert "      Ours is stricter: the vendor says YYYY-MM-DD in words only" in shown
    assert "Words only:\n" in shown


def test_json(program: Program) -> None:
    done = program.run("vendor-diff", write(program, changed()), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0] == {
        "effect": "breaks",
        "what": "field",
        "where": "JobJobInfo.nextstatusdate",
        "ours": "string",
        "theirs": None,
        "operations": ["GET /jobs"],
        "accepted": None,
    }
    assert lines[-1] == {"area": "/contract", "operations": 2}
    assert len([line for line in lines if line.get("accepted")]) == 42


def test_what_a_user_accepts_is_no_news(program: Program) -> None:
    known = program.directory / "known.toml"
    known.write_text(
        '[[accepted]]\nwhere = "JobJobInfo.nextstatusdate"\nwhat = "field"\nours = "string"\nreason = "announced"\n'
        '[[accepted]]\nwhere = "JobDataSet.*"\nwhat = "field"\ntheirs = "string"\nreason = "not used"\n'
    )
    assert program.run("vendor-diff", write(program, changed()), "--accepted", known).returncode == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "is not TOML"),
        ("accepted = 1", "holds [[accepted]] tables, and nothing else"),
        ('[[accepted]]\nwhere = "a"\nwhat = "b"', "entry 1: reason is missing"),
        ('[[accepted]]\nwhere = "a"\nwhy = "b"', "there is no 'why' (of ours, reason, theirs, what, where)"),
        ("[[accepted]]\nwhere = 1", "it holds texts only"),
    ],
)
def test_a_wrong_list_is_refused(program: Program, text: str, says: str) -> None:
    known = program.directory / "known.toml"
    known.write_text(text)
    assert says in program.fails(2, "vendor-diff", write(program, VENDOR), "--accepted", known)


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        ("none.json", 2, "none.json: it cannot be read: No such file or directory"),
        ("http://rc.ropo24.fi/swagger/swagger.json", 2, "only https is read"),
        ("ftp://rc.ropo24.fi/swagger.json", 2, "only https is read"),
        ("https://", 2, ""),
    ],
)
def test_a_source_that_is_none(program: Program, source: str, code: int, says: str) -> None:
    assert says in program.fails(code, "vendor-diff", source)


class Server:
    """Answers each path with what stands for it."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.seen: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.seen.append((self.path, self.headers["Authorization"]))
                status, headers, body = outer.answers[self.path]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def server() -> Generator[Server]:
    made = Server()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_from_a_url_without_credentials(program: Program, server: Server) -> None:
    program.environ |= {"ROPO_CID": "1000011", "ROPO_APICODE": "secret", "ROPO_ENVIRONMENT": "FINLAND_TEST"}
    server.answers = {
        "/": (302, {"Location": "/swagger.json"}, b""),
        "/swagger.json": (200, {"Content-Type": "application/json"}, json.dumps(VENDOR).encode()),
    }
    assert program.run("vendor-diff", f"{server.url}/").returncode == 0
    assert server.seen == [("/", None), ("/swagger.json", None)]


def test_a_redirect_to_http_is_not_followed(program: Program, server: Server) -> None:
    server.answers = {"/": (302, {"Location": "http://rc.ropo24.fi/swagger/swagger.json"}, b"")}
    assert "only https is read, also after a redirect" in program.fails(2, "vendor-diff", f"{server.url}/")


def test_a_document_without_end_is_refused(program: Program, server: Server) -> None:
    server.answers = {"/": (200, {}, b" " * (16 * 1024 * 1024 + 1))}
    assert "larger than 16 MiB" in program.fails(2, "vendor-diff", f"{server.url}/")


def test_an_error_instead_of_a_document(program: Program, server: Server) -> None:
    server.answers = {"/": (404, {}, b"{}")}
    assert "the server answered 404" in program.fails(3, "vendor-diff", f"{server.url}/")


def test_no_answer(program: Program) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert "it did not come: ConnectError" in program.fails(4, "vendor-diff", url)
