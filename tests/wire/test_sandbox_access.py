"""Tokens, and requests that are refused before they mean anything."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sandbox_support import Service, item, running, token

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture
def service() -> Generator[Service]:
    with running() as found:
        yield found


def check_problem(response: httpx.Response, status: int, detail: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert list(problem) == ["type", "title", "status", "detail"]
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert detail in problem["detail"]


def test_a_token_looks_like_one(service: Service) -> None:
    made = token(service.client, service.sandbox)
    assert len(made.split(".")) == 3
    assert made != token(service.client, service.sandbox)


@pytest.mark.parametrize(
    "credentials",
    [
        {"cid": "1000011", "apicode": "wrong"},
        {"cid": "1", "apicode": "sandbox-apicode"},
        {"cid": "1000011"},
        {},
        {"cid": "1000011", "apicode": ""},
        {"cid": 1000011, "apicode": "sandbox-apicode"},
        [],
    ],
)
def test_a_login_that_is_refused(service: Service, credentials: Any) -> None:
    response = service.client.post("/token", json=credentials)
    assert response.status_code == 400
    error = response.json()
    assert list(error) == ["errorId", "errorText"]
    assert isinstance(error["errorId"], int)
    assert isinstance(error["errorText"], str)


def test_a_login_that_is_not_json(service: Service) -> None:
    headers = {"Content-Type": "application/json"}
    assert list(service.client.post("/token", content=b"{", headers=headers).json()) == ["errorId", "errorText"]
    check_problem(service.client.post("/token", data={"cid": "1"}), 415, "POST /token takes application/json")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic eDp5", "Bearer a.b.c", "token"])
def test_a_request_without_a_good_token(service: Service, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    del service.client.headers["Authorization"]
    response = service.client.get("/jobs/statusupdates", headers=headers)
    check_problem(response, 401, "oken")
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert service.sandbox.carried_out("GET /jobs/statusupdates") == 0


def test_the_token_comes_before_the_request(service: Service) -> None:
    del service.client.headers["Authorization"]
    check_problem(service.client.post("/jobs", content=b"nonsense"), 401, "required")


def test_tokens_can_be_made_to_expire(service: Service) -> None:
    service.call("GET /jobs/statusupdates", expect=204)
    service.sandbox.expire_tokens()
    check_problem(service.call("GET /jobs/statusupdates"), 401, "expired")
    service.client.headers["Authorization"] = f"bearer {token(service.client, service.sandbox)}"
    service.call("GET /jobs/statusupdates", expect=204)
    assert service.sandbox.token_requests == 2


def test_tokens_expire_by_the_real_clock() -> None:
    with running(token_ttl=0.2) as service:
        service.call("GET /jobs/statusupdates", expect=204)
        service.sandbox.advance(days=10)
        service.call("GET /jobs/statusupdates", expect=204)
        while service.call("GET /jobs/statusupdates").status_code != 401:
            pass


def test_what_the_document_does_not_have(service: Service) -> None:
    check_problem(service.call("GET /nothing"), 404, "There is no /nothing")
    check_problem(service.client.get(service.sandbox.base_url), 404, "There is no")
    response = service.call("PUT /jobs")
    check_problem(response, 405, "/jobs takes GET, POST, PATCH, not PUT")
    assert response.headers["allow"] == "GET, POST, PATCH"
    assert service.client.get(f"{service.sandbox.address}/other").status_code == 404


def test_requests_that_do_not_fit_the_document(service: Service) -> None:
    service.add(item(billnum="A"))
    assert service.refusal("GET /jobs", 400) == "jobid: required"
    assert service.refusal("GET /jobs", 400, params={"jobid": "x"}) == 'jobid: "x" is not integer'
    assert "no such parameter" in service.refusal("GET /jobs", 400, params={"jobid": 1, "billnum": "A"})
    assert service.refusal("POST /jobs", 400, json={}) == "datastream: required"
    assert "datastream.dataset" in service.refusal("POST /jobs", 400, json={"datastream": {"dataset": []}})
    text = service.refusal("POST /jobs", 400, json={"datastream": {"dataset": [item(billdate="22.11.2026")]}})
    assert text == 'datastream.dataset[0].billdate: "22.11.2026" is not a date (YYYY-MM-DD)'
    text = service.refusal("POST /jobs", 400, json={"datastream": {"dataset": [item(), item(address=None)]}})
    assert text == "datastream.dataset[1].address: required"
    # What was sent comes back in the text, as real services have it: a client has to mask that.
    assert "teppo@example.com" in service.refusal(
        "POST /jobs", 400, json={"datastream": {"dataset": [item(email=["teppo@example.com"])]}}
    )
    assert len(service.sandbox.jobs()) == 1


def test_bodies_that_are_not_json(service: Service) -> None:
    headers = {"Content-Type": "application/json"}
    check_problem(service.call("POST /jobs/payment", content=b"{", headers=headers), 400, "not JSON")
    check_problem(service.call("POST /jobs/payment", content=b"\xff", headers=headers), 400, "not UTF-8")
    check_problem(service.call("POST /jobs/payment", content=b"", headers=headers), 400, "not JSON")
    check_problem(service.call("POST /jobs/payment", data={"amount": "1"}), 415, "x-www-form-urlencoded")


def test_a_body_that_is_too_large(service: Service) -> None:
    headers = {"Content-Type": "application/json"}
    large = b" " * (64 * 1024 * 1024 + 1)
    check_problem(service.call("POST /jobs", content=large, headers=headers), 413, "larger than")


def test_a_session_cookie_as_php_sends_it(service: Service) -> None:
    with httpx.Client(base_url=service.sandbox.base_url) as client:
        response = client.get("/jobs")
        assert response.headers["set-cookie"].startswith("PHPSESSID=")
        assert "set-cookie" not in client.get("/jobs").headers
    assert "cookie" not in service.sandbox.requests[-2].headers
    assert "cookie" in service.sandbox.requests[-1].headers


@pytest.mark.parametrize("host", ["evil.example:80", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]"])
def test_foreign_host_names_are_refused(service: Service, host: str) -> None:
    for path in ("/rest/token", "/_sandbox/state"):
        response = service.client.get(f"{service.sandbox.address}{path}", headers={"Host": host})
        assert response.status_code == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.8.8.8:1", "[::1]:80", "ropo.localhost"])
def test_loopback_host_names_are_taken(service: Service, host: str) -> None:
    response = service.client.get(f"{service.sandbox.address}/_sandbox/state", headers={"Host": host})
    assert response.status_code == 200


def test_who_listens_everywhere_takes_every_name() -> None:
    with running(host="0.0.0.0") as service:
        assert service.sandbox.base_url.startswith("http://127.0.0.1:")
        service.call("GET /jobs/statusupdates", headers={"Host": "sandbox.example"}, expect=204)


def test_a_request_that_stops_halfway_is_not_carried_out(service: Service) -> None:
    host, port = service.sandbox.address.removeprefix("http://").split(":")
    whole = json.dumps({"datastream": {"dataset": [item()]}}).encode()
    head = f"POST /rest/jobs HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: {service.client.headers['Authorization']}\r\nContent-Length: {len(whole)}\r\n\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + whole[:-5])
    service.call("GET /jobs/statusupdates", expect=204)
    assert service.sandbox.jobs() == []
    assert service.sandbox.carried_out("POST /jobs") == 0


def test_http_1_0_and_pipelining(service: Service) -> None:
    host, port = service.sandbox.address.removeprefix("http://").split(":")
    request = f"GET /_sandbox/state HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request * 2 + request.replace(b"1.1\r\n", b"1.0\r\n", 1))
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.count(b"HTTP/1.1 200 OK") == 3
