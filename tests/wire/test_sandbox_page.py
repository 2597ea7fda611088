"""The sandbox's page over plain HTTP: what it shows, what it masks, and whom it refuses. Browsers: tests/browser."""

from __future__ import annotations

import html
import re
import textwrap
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sandbox_support import TODAY, Service, item, running

from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.faults import KINDS
from ropo_jobs_sandbox.page import showing, words

if TYPE_CHECKING:
    from collections.abc import Generator

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def service() -> Generator[Service]:
    with running() as found:
        yield found


def get(service: Service, path: str, *, expect: int = 200, **options: Any) -> httpx.Response:
    response = service.client.get(service.sandbox.address + path, **options)
    assert response.status_code == expect, response.text
    return response


def post(service: Service, path: str, /, **fields: str) -> httpx.Response:
    return submit(service, path, fields)


def submit(
    service: Service, path: str, fields: dict[str, str], headers: dict[str, str] | None = None
) -> httpx.Response:
    token = re.findall(r'name="token" value="([\w-]+)"', get(service, "/").text)[0]
    data = {"token": token, **fields}
    return service.client.post(service.sandbox.address + path, data=data, headers=headers)


def followed(service: Service, response: httpx.Response) -> str:
    """What the page says after a change."""
    assert response.status_code == 303, response.text
    page = get(service, response.headers["location"]).text
    return html.unescape(re.findall(r'<p class="notice">(.*?)(?: <a|</p>)', page)[0])


# Showing


def test_every_page_has_its_headers(service: Service) -> None:
    service.add(item(billnum="A"))
    for path in ("/", "/jobs/1", "/requests", "/requests/1", "/faults", "/reference"):
        response = get(service, path)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
        assert not re.search(r"<script(?! src)|<style|style=|\son\w+=|https?://(?!127\.0\.0\.1)", response.text)
        for asset in re.findall(r'(?:src|href)="(/(?:static|reference)/[^"]+)"', response.text):
            assert get(service, asset).headers["x-content-type-options"] == "nosniff"


def test_an_empty_sandbox_says_what_to_do(service: Service) -> None:
    page = html.unescape(get(service, "/").text)
    assert "No bills yet." in page
    code = re.findall(r"<code>(from .*?)</code>", page, re.DOTALL)[0]
    assert service.sandbox.base_url in code
    body = f"import asyncio\nasync def main():\n{textwrap.indent(code, '    ')}\nasyncio.run(main())"
    exec(compile(body, "page", "exec"), {})
    assert service.sandbox.jobs()[0]["person"] == "Teppo Testaaja"
    assert "No bills yet." not in get(service, "/").text
    assert "No fault is armed" in get(service, "/faults").text


def test_no_requests_yet() -> None:
    with Sandbox() as sandbox, httpx.Client() as client:
        page = client.get(f"{sandbox.address}/requests").text
    assert "No requests yet." in page
    assert sandbox.apicode in page


def test_hostile_texts_are_escaped(service: Service) -> None:
    fields = dict.fromkeys(("billnum", "person", "address", "postcode", "city", "custnum"), HOSTILE)
    service.add(item(**fields))
    service.call("POST /jobs/dispute", params={"jobid": 1}, json={HOSTILE: HOSTILE}, expect=200)
    payment = {"jobid": 1, "amount": 1, "paydate": "2026-11-22", "description": HOSTILE}
    service.call("POST /jobs/payment", json=payment, expect=201)
    service.call("GET /jobs/statusupdates", params={"billnum": HOSTILE}, headers={"DataIdentifier": HOSTILE})
    service.client.get(f"/{HOSTILE}")
    for path in ("/", "/jobs/1", "/requests", "/requests/2", "/requests/4", "/requests/5", "/requests/6"):
        page = get(service, path).text
        assert HOSTILE not in page
        assert "<script>" not in page
        assert "alert(1)" in page
    page = get(service, "/", params={"search": HOSTILE, "notice": HOSTILE}).text
    assert "<script>" not in page


def test_secrets_are_masked(service: Service) -> None:
    ssn = "131052-308T"
    service.call("POST /jobs/findbyendcustomer", json={"ssn": ssn}, expect=200)
    service.call("POST /jobs/payment", json={"billnum": ssn, "amount": 1, "paydate": "2026-11-22"}, expect=404)
    service.call("GET /jobs/statusupdates", params={"billnum": ssn}, headers={"DataIdentifier": "d-1"}, expect=200)
    service.add(item(billnum="A", govid=ssn))
    service.client.post("/token", json={"cid": "x", "apicode": "wrong-apicode"})
    token = service.client.headers["Authorization"].split()[1]
    pages = [get(service, f"/requests/{number}").text for number in range(1, 7)]
    for page in [*pages, get(service, "/requests").text, get(service, "/jobs/1").text]:
        for secret in (token, service.sandbox.apicode, "wrong-apicode", ssn, "Bearer"):
            assert secret not in page
    assert "d-1" in pages[3]
    assert "&#34;apicode&#34;: &#34;***&#34;" in pages[0]
    assert "&#34;token&#34;: &#34;***&#34;" in pages[0]


def test_answers_are_shown_as_the_fault_left_them(service: Service) -> None:
    service.add(item(billnum="A"))
    service.sandbox.fault("GET /jobs", "status", form="text")
    service.client.get("/jobs", params={"jobid": 1})
    service.sandbox.fault("GET /jobs", "disconnect-after")
    with pytest.raises(httpx.RemoteProtocolError):
        service.client.get("/jobs", params={"jobid": 1})
    service.call("GET /jobs/pdf", params={"jobid": 1}, expect=200)
    service.sandbox.fault("GET /jobs", "endless")
    with service.client.stream("GET", "/jobs", params={"jobid": 1}) as response:
        assert response.status_code == 200
    struck, silent, pdf, endless = (get(service, f"/requests/{number}").text for number in (3, 4, 5, 6))
    assert "503, text/plain" in struck
    assert "<code>503 Service Unavailable" in struck
    assert "The client got no answer." in silent
    assert "disconnect-after" in silent
    assert re.search(r"200, application/pdf, [\d,]+ bytes", pdf)
    assert "The body of the answer" not in pdf
    assert "of unknown size" in endless


def test_the_list_is_paged_and_searched(service: Service) -> None:
    service.add(*(item(billnum=f"B_{number:03d}") for number in range(120)))

    def billnums(**params: Any) -> list[str]:
        return re.findall(r">(B_\d+)</a>", get(service, "/", params=params).text)

    assert billnums() == [f"B_{number:03d}" for number in range(119, 69, -1)]
    assert billnums(page=3) == billnums(page=99) == [f"B_{number:03d}" for number in range(19, -1, -1)]
    assert billnums(page="x") == billnums(page=-1) == billnums(page=1)
    assert billnums(search="b_11") == [f"B_{number}" for number in range(119, 109, -1)]
    # neither is a wildcard
    assert billnums(search="B%") == billnums(search="B\\") == []
    assert billnums(search="B_0", page=2) == [f"B_{number:03d}" for number in range(49, -1, -1)]
    page = get(service, "/", params={"search": "B_0", "page": 2}).text
    assert "Page 2 of 2" in page
    assert '<a href="/?search=B_0&amp;page=1" rel="prev">Previous</a>' in page
    assert service.sandbox.count_jobs("_11") == 10


def test_the_pdf_is_the_one_that_the_service_sends(service: Service) -> None:
    service.add(item(billnum="A"))
    shown = get(service, "/jobs/1/pdf")
    assert shown.content == service.call("GET /jobs/pdf", params={"jobid": 1}, expect=200).content
    assert shown.headers["content-disposition"] == 'inline; filename="job-1.pdf"'
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    assert get(service, "/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_the_reference_names_this_sandbox_alone(service: Service) -> None:
    document = get(service, "/reference/openapi.json").json()
    assert document["servers"] == [{"url": "/rest", "description": "This sandbox"}]
    assert document["paths"] == service.sandbox.document["paths"]
    assert "ropo24.fi" in service.sandbox.document["servers"][0]["url"]
    assert get(service, "/reference/swagger-ui-bundle.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/jobs/7",
        "/jobs/7/pdf",
        "/requests/7",
        "/static/nothing",
        "/static/../site.py",
        "/reference/x",
    ],
)
def test_what_there_is_not_is_a_page_too(service: Service, path: str) -> None:
    page = get(service, path, expect=404).text
    assert "404 Not Found" in page
    assert "Go to the bills" in page


# Changing


def test_each_form_does_what_it_says(service: Service) -> None:
    assert followed(service, post(service, "/jobs", billnum=" A ")) == "Bill A was added."
    assert followed(service, post(service, "/jobs", billnum="")).startswith("Bill ")
    assert service.sandbox.jobs()[0]["billnum"] == "A"
    assert followed(service, post(service, "/clock", days="7")) == "The clock was moved on to 2026-11-29."
    armed = post(service, "/faults", operation="*", kind="delay-body", times="2", after="5", seconds="")
    assert followed(service, armed) == "The fault delay-body is armed for every operation."
    options = {"seconds": 1.0, "after": 5}
    assert service.sandbox.faults == [{"operation": "*", "kind": "delay-body", "times": 2, **options}]
    assert followed(service, post(service, "/faults/clear")) == "All faults were cleared."
    assert service.sandbox.faults == []


def test_faults_at_random_are_shown(service: Service) -> None:
    service.sandbox.fault_at_random(0.25, ["reset", "html"])
    page = get(service, "/faults").text
    assert "At random, reset, html" in page
    assert "25.0 %" in page


@pytest.mark.parametrize(
    ("path", "fields", "text"),
    [
        ("/clock", {"days": "-1"}, "days: -1 is negative"),
        ("/clock", {"days": "9999999999"}, "beyond the year"),
        ("/clock", {}, "Give a number of days."),
        ("/faults", {"operation": "GET /x", "kind": "reset"}, "'GET /x' is not an operation"),
        ("/faults", {"operation": "*", "kind": HOSTILE}, "is not a kind of fault"),
        ("/faults", {"operation": "*", "kind": "reset", "times": "0"}, "times: '0' is not a whole number, 1 or more"),
        ("/faults", {"operation": "*", "kind": "reset", "seconds": "1"}, "reset has no such option"),
    ],
)
def test_mistakes_are_explained(service: Service, path: str, fields: dict[str, str], text: str) -> None:
    response = post(service, path, **fields)
    assert response.status_code == 400
    assert text in html.unescape(response.text)
    assert HOSTILE not in response.text
    assert service.sandbox.today == TODAY
    assert service.sandbox.faults == []


@pytest.mark.parametrize("path", ["/clock", "/jobs", "/faults", "/faults/clear"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[evil"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json"},
        {"Host": "evil.example"},
    ],
)
def test_who_is_refused(service: Service, path: str, headers: dict[str, str]) -> None:
    service.sandbox.fault("GET /jobs", "reset")
    fields = {"days": "1", "operation": "*", "kind": "html"}
    assert submit(service, path, fields, headers).status_code in (403, 415)
    assert (service.sandbox.today, service.sandbox.count_jobs(), len(service.sandbox.faults)) == (TODAY, 0, 1)


@pytest.mark.parametrize("path", ["/clock", "/jobs", "/faults", "/faults/clear"])
def test_without_the_token_nothing_is_changed(service: Service, path: str) -> None:
    for token in ({}, {"token": ""}, {"token": "ä"}, {"token": "x" * 43}):
        fields = {"days": "1", "operation": "*", "kind": "html", **token}
        response = service.client.post(service.sandbox.address + path, data=fields)
        assert response.status_code == 403
        assert "403 Forbidden" in response.text
    assert (service.sandbox.today, service.sandbox.count_jobs(), service.sandbox.faults) == (TODAY, 0, [])
    assert get(service, "/clock", expect=405).headers["allow"] == "POST"


def test_a_browser_on_this_page_is_taken(service: Service) -> None:
    own = {"Origin": service.sandbox.address, "Sec-Fetch-Site": "same-origin"}
    assert submit(service, "/clock", {"days": "1"}, own).status_code == 303


def test_a_form_that_is_too_large(service: Service) -> None:
    assert post(service, "/jobs", billnum="x" * 70_000).status_code == 413


@pytest.mark.parametrize("back", ["//evil.example/", "http://evil.example/", "javascript:alert(1)", "/\\evil", ""])
def test_the_way_back_stays_here(service: Service, back: str) -> None:
    location = post(service, "/clock", days="1", back=back).headers["location"]
    assert httpx.URL(service.sandbox.address).join(location).host == "127.0.0.1"
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_the_way_back_keeps_what_was_searched(service: Service) -> None:
    location = post(service, "/clock", days="1", back="/?search=%C3%A4&notice=old&page=2").headers["location"]
    assert re.fullmatch(r"/\?search=%C3%A4&page=2&notice=\w+", location)


def test_only_the_last_messages_are_kept(service: Service) -> None:
    first = post(service, "/clock", days="0").headers["location"]
    assert "The clock was moved on" in get(service, first).text
    for _ in range(100):
        post(service, "/clock", days="0")
    assert "The clock was moved on" not in get(service, first).text


def test_a_failure_is_a_page_and_a_line_in_the_log(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_self: object, _search: str = "") -> int:
        raise RuntimeError("for a test")

    monkeypatch.setattr(type(service.sandbox), "count_jobs", fail)
    page = get(service, "/", expect=500).text
    assert "The sandbox failed" in page
    assert "for a test" not in page
    assert "for a test" in caplog.text


# What it is made of


def test_every_kind_of_fault_is_described_once() -> None:
    assert sorted(kind for kinds in words.FAULTS.values() for kind in kinds) == sorted(KINDS)


def test_every_choice_of_an_option_is_taken(service: Service) -> None:
    for name, choices in showing.CHOICES.items():
        kinds = [kind for kind, options in KINDS.items() if name in options]
        for kind in kinds:
            for choice in choices:
                assert post(service, "/faults", operation="*", kind=kind, **{name: choice}).status_code == 303


@pytest.mark.parametrize(
    ("value", "text"), [("1234.5", "1,234.50"), ("-3", "\N{MINUS SIGN}3.00"), ("0", "0.00"), ("", ""), (None, "")]
)
def test_amounts(value: object, text: str) -> None:
    assert words.amount(value) == text
