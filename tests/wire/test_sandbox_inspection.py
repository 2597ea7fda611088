"""What the sandbox tells about itself, in Python and over HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sandbox_support import TODAY, Service, body, item, running

from ropo_jobs_sandbox import RecordedRequest
from ropo_jobs_sandbox.records import Records

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture
def service() -> Generator[Service]:
    with running() as found:
        yield found


def inspect(service: Service, path: str, **options: Any) -> Any:
    response = service.client.get(f"{service.sandbox.address}/_sandbox{path}", **options)
    assert response.status_code == 200, response.text
    return response.json()


def change(service: Service, path: str, **options: Any) -> httpx.Response:
    return service.client.post(f"{service.sandbox.address}/_sandbox{path}", **options)


def test_requests_are_recorded_as_they_came(service: Service) -> None:
    service.call("POST /jobs", json=body(item(billnum="Ä")), headers={"DataIdentifier": "d-1"}, expect=201)
    service.call("GET /jobs/statusupdates", params={"billnum": "Ä +&"}, expect=200)
    login, added, read = service.sandbox.requests
    assert service.sandbox.last_request is read
    assert (login.operation, login.status, login.json["apicode"]) == ("POST /token", 201, service.sandbox.apicode)
    assert (added.method, added.path, added.operation, added.status) == ("POST", "/rest/jobs", "POST /jobs", 201)
    assert added.headers["dataidentifier"] == "d-1"
    assert added.headers["authorization"].startswith("Bearer ")
    assert added.json == body(item(billnum="Ä"))
    assert (read.query, read.body) == ({"billnum": "Ä +&"}, b"")
    service.call("GET /nothing")
    last = service.sandbox.last_request
    assert last is not None
    assert (last.operation, last.status) == ("", 404)


def test_the_repr_of_a_request_shows_no_secret(service: Service) -> None:
    service.call("GET /jobs/statusupdates", params={"billnum": "secret-bill"})
    shown = repr(service.sandbox.requests)
    for secret in (service.sandbox.apicode, "Bearer", "secret-bill", "apicode"):
        assert secret not in shown
    assert "GET /jobs/statusupdates" in shown


def test_only_the_last_requests_are_kept() -> None:
    records = Records()
    for place in range(1_500):
        records.add(RecordedRequest("GET", f"/{place}", "", {}, operation="GET /jobs"))
    assert len(records.requests()) == 1_000
    assert records.requests()[0].path == "/500"
    assert records.received("GET /jobs") == 1_500
    for _ in range(5):
        records.add(RecordedRequest("POST", "/large", "", {}, bytes(30_000_000)))
    assert [record.path for record in records.requests()] == ["/large", "/large"]


def test_carried_out_counts_what_was_really_done(service: Service) -> None:
    payment = {"billnum": "nobody", "amount": 1, "paydate": "2026-11-22"}
    service.call("POST /jobs/payment", json=payment, expect=404)
    assert service.sandbox.carried_out("POST /jobs/payment") == 0
    service.add(item(billnum="nobody"))
    service.call("POST /jobs/payment", json=payment, expect=201)
    assert service.sandbox.carried_out("POST /jobs/payment") == 1
    with pytest.raises(ValueError, match="not an operation"):
        service.sandbox.carried_out("POST /jobs/payments")


def test_open_connections(service: Service) -> None:
    assert service.sandbox.open_connections == 1
    with httpx.Client(base_url=service.sandbox.base_url) as other:
        other.get("/jobs")
        assert service.sandbox.open_connections == 2
        assert inspect(service, "/connections") == {"open": 1}
    deadline = time.monotonic() + 5
    while service.sandbox.open_connections > 1:
        assert time.monotonic() < deadline
    assert inspect(service, "/connections") == {"open": 0}


def test_an_example_job(service: Service) -> None:
    assert service.sandbox.add_example_job() == 1
    assert service.sandbox.add_example_job(billnum="A", customertype=1, company="Matin konepaja Oy") == 2
    assert service.job(2)["company"] == "Matin konepaja Oy"
    assert service.sandbox.jobs()[1]["billnum"] == "A"
    with pytest.raises(ValueError, match="payrow: required"):
        service.sandbox.add_example_job(payrow=[])
    with pytest.raises(ValueError, match="exists already"):
        service.sandbox.add_example_job(billnum="A", checkbillnum=1)


def test_the_details_of_a_job(service: Service) -> None:
    service.add(item(billnum="A"))
    service.call("POST /jobs/payment", json={"billnum": "A", "amount": 1, "paydate": "2026-11-22"}, expect=201)
    service.call("POST /jobs/dispute", params={"jobid": 1}, json={"why": "so"}, expect=200)
    details = inspect(service, "/jobs/1")
    assert details == service.sandbox.job(1)
    assert (details["total"], details["open_amount"], details["paid"]) == ("43.40", "42.40", False)
    assert details["data"]["billnum"] == "A"
    assert [len(details[name]) for name in ("payments", "credit_notes", "status_updates", "notes")] == [1, 0, 2, 1]
    assert service.sandbox.job(2) is None
    assert service.client.get(f"{service.sandbox.address}/_sandbox/jobs/2").status_code == 404


def test_everything_over_http(service: Service) -> None:
    assert change(service, "/jobs", json={"billnum": "A"}).json() == {"jobid": 1}
    assert change(service, "/clock", json={"days": "20"}).json() == {"today": "2026-12-12"}
    assert service.sandbox.today.isoformat() == "2026-12-12"
    assert change(service, "/pdf-size", json={"billnum": "A", "size_bytes": 50_000}).status_code == 200
    assert len(service.call("GET /jobs/pdf", params={"billnum": "A"}).content) == 50_000
    service.call("POST /jobs/payment", json={"billnum": "A", "amount": 1, "paydate": "2026-11-22"}, expect=201)
    assert [entry["amount"] for entry in inspect(service, "/payments", params={"billnum": "A"})] == ["1"]
    assert inspect(service, "/credit-notes") == []
    assert [job["billnum"] for job in inspect(service, "/jobs")] == ["A"]
    assert inspect(service, "/jobs", params={"offset": 1}) == []
    state = inspect(service, "/state")
    assert state["today"] == "2026-12-12"
    assert (state["jobs"], state["payments"], state["status_updates_waiting"]) == (1, 1, 2)
    assert state["carried_out"] == {"POST /token": 1, "GET /jobs/pdf": 1, "POST /jobs/payment": 1}
    assert change(service, "/tokens/expire").status_code == 415
    assert change(service, "/tokens/expire", json={}).status_code == 200
    service.call("GET /jobs/statusupdates", expect=401)


def test_recorded_requests_over_http_are_masked(service: Service) -> None:
    service.client.post("/token", content=b"{apicode: sandbox-apicode", headers={"Content-Type": "application/json"})
    service.client.post("/jobs/payment", json={"apicode": service.sandbox.apicode, "amount": 1})
    shown = service.client.get(f"{service.sandbox.address}/_sandbox/requests").text
    assert service.sandbox.apicode not in shown
    assert "Bearer" not in shown
    assert inspect(service, "/requests", params={"limit": 1})[0]["operation"] == "POST /jobs/payment"
    assert inspect(service, "/requests", params={"limit": 0}) == []


@pytest.mark.parametrize("path", ["/clock", "/tokens/expire", "/pdf-size", "/jobs"])
def test_a_foreign_page_can_change_nothing(service: Service, path: str) -> None:
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
        assert change(service, path, content=b'{"days": 1}', headers=headers).status_code == 415
    assert service.client.get(f"{service.sandbox.address}/_sandbox{path}").status_code in (200, 405)
    for headers in (
        {"Origin": "http://x"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "x"},
    ):
        refused = change(service, path, json={"days": 1}, headers=headers)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
    assert service.sandbox.today == TODAY
    assert service.sandbox.state()["jobs"] == 0


def test_a_page_of_the_sandbox_itself_can(service: Service) -> None:
    own = {"Origin": service.sandbox.address, "Sec-Fetch-Site": "same-origin"}
    assert change(service, "/clock", json={"days": 1}, headers=own).json() == {"today": "2026-11-23"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/clock", b"{}"),
        ("/clock", b'{"days": -1}'),
        ("/clock", b'{"days": "soon"}'),
        ("/clock", b"["),
        ("/clock", b"[]"),
        ("/pdf-size", b'{"billnum": "nobody", "size_bytes": 100000}'),
        ("/pdf-size", b'{"size_bytes": 100000}'),
        ("/jobs", b'{"payrow": []}'),
    ],
)
def test_mistakes_get_a_sentence(service: Service, path: str, content: bytes) -> None:
    response = change(service, path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
