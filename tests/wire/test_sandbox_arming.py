"""Arming faults, in Python and over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from raw_http import Caller
from sandbox_support import Service, running

from ropo_jobs_sandbox import faults

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

READ = "GET /jobs/statusupdates"
JOB = "GET /jobs?jobid=1"


@pytest.fixture(scope="module")
def started() -> Generator[Service]:
    with running() as found:
        found.sandbox.add_example_job(billnum="A")
        yield found


@pytest.fixture
def service(started: Service) -> Generator[Service]:
    yield started
    started.sandbox.clear_faults()


def statuses(service: Service, *paths: str) -> list[int]:
    return [service.client.get(path).status_code for path in paths]


def send(service: Service, method: str, path: str, **options: Any) -> httpx.Response:
    return service.client.request(method, f"{service.sandbox.address}/_sandbox/faults{path}", **options)


def test_the_documentation_names_every_kind_and_option() -> None:
    assert faults.__doc__ is not None
    table = faults.__doc__.split("=\n")[2]
    rows = re.split(r"\n(?=\S)", table.strip())[:-1]
    described = {row.split()[0]: row for row in rows}
    assert list(described) == list(faults.KINDS)
    for kind, options in faults.KINDS.items():
        _, done, pdf = described[kind].split()[:3]
        assert pdf in ("same", "replaced", "untouched")
        fault = faults.fault_of(kind, {})
        assert fault.carried_out is (done == "yes")
        for name, (otherwise, _) in options.items():
            shown = described[kind] if name in described[kind] else described["truncate"]
            value = "True" if name == "carried_out" else repr(otherwise).replace("'", '"')
            assert name in ("after", "carried_out") or f"``{name}={value}" in shown.replace("\n", " "), (kind, name)


def test_a_fault_strikes_so_many_times_and_only_its_operation(service: Service) -> None:
    service.sandbox.fault("GET /jobs", "status", 2, status=502)
    assert statuses(service, "/jobs/statusupdates", JOB[4:], JOB[4:], JOB[4:])[1:] == [502, 502, 200]
    assert service.sandbox.faults == []


def test_the_first_armed_strikes_first_and_alone(service: Service) -> None:
    service.sandbox.fault("GET /jobs", "status", status=500)
    service.sandbox.fault("*", "status", times=None, status=503)
    service.sandbox.fault("GET /jobs", "status", status=502)
    assert [fault["times"] for fault in service.sandbox.faults] == [1, None, 1]
    paths = (JOB[4:], JOB[4:], "/jobs/statusupdates", "/no/such/operation")
    assert statuses(service, *paths) == [500, 503, 503, 503]
    assert [fault["operation"] for fault in service.sandbox.faults] == ["*", "GET /jobs"]
    service.sandbox.clear_faults()
    assert service.sandbox.faults == []
    assert statuses(service, JOB[4:], "/no/such/operation") == [200, 404]


def test_what_struck_is_recorded() -> None:
    with running() as service:
        service.sandbox.fault("GET /jobs", "status", times=3)
        service.sandbox.fault(READ, "html")
        statuses(service, "/jobs", "/jobs", "/jobs/statusupdates", "/jobs/statusupdates")
        assert [record.fault for record in service.sandbox.requests] == ["", "status", "status", "html", ""]
        assert service.sandbox.requests[1].masked()["fault"] == "status"
        assert service.sandbox.faults_struck == {"status": 2, "html": 1}
        assert service.sandbox.state()["faults_struck"] == {"status": 2, "html": 1}


@pytest.mark.parametrize(
    ("operation", "kind", "options", "complaint"),
    [
        ("GET /job", "html", {}, "'GET /job' is not an operation; one is 'GET /jobs', and '*' is all of them"),
        ("", "html", {}, "'' is not an operation"),
        ("GET /jobs", "htm", {}, "'htm' is not a kind of fault (of delay-headers, "),
        ("GET /jobs", "refuse", {}, "use sandbox.refuse_connections()"),
        ("GET /jobs", "html", {"seconds": 1}, "seconds: html has no such option (of none)"),
        ("GET /jobs", "delay-body", {"second": 1}, "second: delay-body has no such option (of seconds, after)"),
        ("GET /jobs", "delay-body", {"seconds": -1}, "seconds: -1 is not a number of seconds, 0 or more"),
        ("GET /jobs", "delay-body", {"seconds": "soon"}, "seconds: 'soon' is not"),
        ("GET /jobs", "delay-body", {"after": 1.5}, "after: 1.5 is not a whole number, 0 or more"),
        ("GET /jobs", "huge", {"announced": 1}, "announced: 1 is neither true nor false"),
        ("GET /jobs", "huge", {"size": -1}, "size: -1 is not"),
        ("GET /jobs", "endless", {"size": 0}, "size: 0 is not a whole number, 1 or more"),
        ("GET /jobs", "status", {"status": 99}, "status: 99 is not a status from 200 to 599"),
        ("GET /jobs", "redirect", {"status": 200}, "status: 200 is not a status from 300 to 399"),
        ("GET /jobs", "redirect", {"location": "x\r\nSet-Cookie: y"}, "location: 'x\\r\\nSet-Cookie: y' can't"),
        ("GET /jobs", "status", {"form": "xml"}, "form: 'xml' is none of problem, error, html, text, empty"),
        ("GET /jobs", "status", {"retry_after": -1}, "retry_after: -1 is not"),
        ("GET /jobs", "wrong-type", {"media_type": "text"}, "media_type: 'text' is not a media type such as text/html"),
        ("GET /jobs", "html", {"times": 0}, "times: 0 is not a whole number, 1 or more"),
        ("GET /jobs", "html", {"times": True}, "times: True is not"),
    ],
)
def test_mistakes(service: Service, operation: str, kind: str, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        service.sandbox.fault(operation, kind, **options)
    response = send(service, "POST", "", json={"operation": operation, "kind": kind, **options})
    assert response.status_code == 400
    assert complaint in response.json()["error"]
    assert service.sandbox.faults == []


def test_over_http(service: Service) -> None:
    armed = [{"operation": "GET /jobs", "kind": "delay-body", "times": 2, "seconds": 0.01, "after": 1}]
    fault = {"operation": "GET /jobs", "kind": "delay-body", "times": "2", "seconds": "0.01"}
    response = send(service, "POST", "", json=fault)
    assert (response.status_code, response.json()) == (201, armed)
    assert send(service, "GET", "").json() == service.sandbox.faults == armed
    assert send(service, "POST", "", json={"operation": "*", "kind": "html", "times": None}).json()[1]["times"] is None
    assert send(service, "DELETE", "", json={}).json() == []
    assert service.sandbox.faults == []
    send(service, "POST", "", json={"operation": READ, "kind": "disconnect-before"})
    heard = Caller(service.sandbox).call(READ)
    assert (heard.data, heard.end) == (b"", "closed")
    random = {"rate": 1, "kinds": ["html", {"kind": "status", "status": 502}], "seed": 1, "operations": [READ]}
    assert send(service, "POST", "/random", json=random).json()[0]["operations"] == [READ]
    assert statuses(service, "/jobs/statusupdates", JOB[4:]) in ([200, 200], [502, 200])
    assert send(service, "POST", "/clear", json={}).json() == service.sandbox.faults == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}),
        ("", {"operation": 1, "kind": "html"}),
        ("", {"operation": "GET /jobs", "kind": ["html"]}),
        ("/random", {}),
        ("/random", {"rate": 0.5}),
        ("/random", {"rate": 0.5, "kinds": "html"}),
        ("/random", {"rate": 0.5, "kinds": []}),
        ("/random", {"rate": 0.5, "kinds": [{"status": 502}]}),
        ("/random", {"rate": 0.5, "kinds": [7]}),
        ("/random", {"rate": 2, "kinds": ["html"]}),
        ("/random", {"rate": 0.5, "kinds": ["html"], "seed": "x"}),
        ("/random", {"rate": 0.5, "kinds": ["html"], "operations": [["GET /jobs"]]}),
        ("/random", {"rate": 0.5, "kinds": ["html"], "operation": "GET /jobs"}),
    ],
)
def test_mistakes_over_http_get_a_sentence(service: Service, path: str, body: dict[str, Any]) -> None:
    response = send(service, "POST", path, json=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]


def test_a_foreign_page_can_arm_nothing(service: Service) -> None:
    service.sandbox.fault("GET /jobs", "html")
    for method, path in [("POST", ""), ("DELETE", ""), ("POST", "/clear"), ("POST", "/random")]:
        content = b'{"operation": "*", "kind": "html"}'
        assert send(service, method, path, content=content, headers={"Content-Type": "text/plain"}).status_code == 415
    assert len(service.sandbox.faults) == 1


# At random


def struck(seed: int) -> list[str]:
    with running() as service:
        kinds: list[str | dict[str, Any]] = ["html", "empty", {"kind": "status", "status": 429}]
        service.sandbox.fault_at_random(0.2, kinds, seed=seed)
        statuses(service, *["/jobs"] * 200)
        return [record.fault for record in service.sandbox.requests[1:]]


def test_faults_at_random_are_the_same_for_the_same_seed() -> None:
    first = struck(1)
    assert first == struck(1)
    assert first != struck(2)
    assert set(first) == {"", "html", "empty", "status"}
    assert 20 <= 200 - first.count("") <= 60


def test_faults_at_random_spare_the_login_unless_it_is_named(service: Service) -> None:
    sandbox = service.sandbox
    login = {"cid": sandbox.cid, "apicode": sandbox.apicode}
    sandbox.fault_at_random(1, ["status"])
    assert service.client.post("/token", json=login).status_code == 201
    assert statuses(service, JOB[4:], "/no/such") == [503, 503]
    sandbox.fault("GET /jobs", "html")
    assert statuses(service, JOB[4:], JOB[4:]) == [200, 503]
    sandbox.fault_at_random(1, ["status"], operations=["POST /token"])
    assert service.client.post("/token", json=login).status_code == 503
    assert statuses(service, JOB[4:]) == [200]
    assert sandbox.faults == [
        {
            "rate": 1.0,
            "kinds": [{"kind": "status", "status": 503, "form": "problem", "retry_after": None, "carried_out": False}],
            "seed": 0,
            "operations": ["POST /token"],
        }
    ]
    sandbox.fault_at_random(0, ["status"])
    assert statuses(service, JOB[4:]) == [200]
