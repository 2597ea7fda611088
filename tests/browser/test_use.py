"""What a person does on the page: each button and form, by mouse and by keyboard, with and without script."""

from __future__ import annotations

import http.server
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest
from stage import NARROW

pytest_plugins = ("page_fixtures",)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ropo_jobs_sandbox import Sandbox


@pytest.fixture(autouse=True)
def no_faults(sandbox: Sandbox) -> None:
    sandbox.clear_faults()


def said(page: Any) -> str:
    text: str = page.locator("#notice").inner_text()
    return text


def test_adding_a_bill(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/")
    before = sandbox.count_jobs()
    page.get_by_role("button", name="Add an example bill").click()
    page.get_by_label("Bill number", exact=True).fill("A <b>1</b>")
    page.get_by_role("button", name="Add an example bill").click()
    assert sandbox.count_jobs() == before + 2
    assert said(page) == "Bill A <b>1</b> was added. Look at it"
    assert page.evaluate("document.activeElement.id") == "notice"
    page.get_by_role("link", name="Look at it").click()
    assert page.locator("h1").inner_text() == "Bill A <b>1</b>"


@pytest.mark.parametrize("path", ["/", "/?search=112&page=1", "/jobs/3", "/requests", "/faults", "/reference"])
def test_moving_the_clock_leads_back(open_page: Callable[..., Any], sandbox: Sandbox, path: str) -> None:
    page = open_page(path)
    before = sandbox.today
    page.get_by_role("button", name="Move the clock on by 1 day").click()
    page.get_by_role("button", name="Move the clock on by 7 days").click()
    assert (sandbox.today - before).days == 8
    assert said(page) == f"The clock was moved on to {sandbox.today}."
    assert page.locator("header time").inner_text() == str(sandbox.today)
    assert re.sub(r"[?&]notice=\w+", "", page.url) == sandbox.address + path


def test_finding_a_bill(open_page: Callable[..., Any]) -> None:
    page = open_page("/")
    page.get_by_label("Find a bill number").fill("1121")
    page.get_by_label("Find a bill number").press("Enter")
    assert page.locator("tbody tr").count() == 5
    assert page.locator(".count").inner_text() == "5 bills with “1121”"
    page.get_by_role("link", name="11213").click()
    assert page.locator("h1").inner_text() == "Bill 11213"
    page.go_back()
    page.get_by_label("Find a bill number").fill("nobody's")
    page.get_by_role("button", name="Find").click()
    assert "No bill number has “nobody's” in it" in page.locator(".empty").inner_text()


def test_a_bill_and_its_pdf(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/jobs/4")
    text = page.locator("main").inner_text()
    for part in ("Ordered one, got two", "Disputed", "No payment yet", "Matin konepaja Oy"):
        assert part in text
    assert [frame.url for frame in page.frames][1].startswith(f"{sandbox.address}/jobs/4/pdf")
    assert page.get_by_text("This browser shows no PDFs").is_visible() is False
    page.get_by_text("As it was sent").click()
    assert '"billnum": "11210"' in page.get_by_role("region", name="The bill as it was sent").inner_text()
    page.get_by_role("link", name="Open the PDF of bill 11210").click()
    page.wait_for_url("**/jobs/4/pdf")


def test_a_request_and_its_answer(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/requests")
    page.get_by_role("link", name="POST /jobs/findbyendcustomer").click()
    text = page.locator("main").inner_text()
    assert '"ssn": "***"' in text
    assert '"jobs": []' in text
    assert "131052-308T" not in page.content()
    page = open_page("/requests")
    page.get_by_role("link", name="POST /token").click()
    text = page.locator("main").inner_text()
    assert '"token": "***"' in text
    assert '"apicode": "***"' in text


def test_arming_and_clearing_faults(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/faults", viewport=NARROW)
    assert "No fault is armed" in page.locator("main").inner_text()
    assert page.get_by_label("Media type").is_visible() is False
    page.get_by_label("Operation").select_option("POST /jobs/payment")
    page.get_by_label("Kind").select_option("status")
    assert page.get_by_label("Seconds").is_visible() is False
    page.get_by_label("Status").fill("429")
    page.get_by_label("Carried out").select_option("yes")
    page.get_by_label("All, until the faults are cleared").check()
    assert page.get_by_label("How many requests").is_disabled()
    page.get_by_role("button", name="Arm the fault").click()
    assert said(page) == "The fault status is armed for POST /jobs/payment."
    armed = {"operation": "POST /jobs/payment", "kind": "status", "times": None, "status": 429, "form": "problem"}
    assert sandbox.faults == [{**armed, "retry_after": None, "carried_out": True}]
    page.get_by_label("How many requests").fill("3")
    page.get_by_label("Kind").select_option("reset")
    page.get_by_role("button", name="Arm the fault").click()
    assert sandbox.faults[1] == {"operation": "*", "kind": "reset", "times": 3}
    page.get_by_role("button", name="Clear all faults").click()
    assert said(page) == "All faults were cleared."
    assert sandbox.faults == []


def test_a_mistaken_fault_is_shown_with_the_form_as_it_was(open_page: Callable[..., Any], watched: Any) -> None:
    page = open_page("/faults")
    page.get_by_label("Operation").select_option("GET /jobs")
    page.get_by_label("Kind").select_option("delay-headers")
    page.get_by_label("Seconds").fill("soon")
    page.get_by_role("button", name="Arm the fault").click()
    assert page.get_by_role("alert").inner_text() == "seconds: 'soon' is not a number of seconds, 0 or more"
    assert page.get_by_label("Operation").input_value() == "GET /jobs"
    assert page.get_by_label("Seconds").input_value() == "soon"
    assert "400" in watched.said.pop()


def test_trying_a_call_out_in_the_reference(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/reference")
    before = sandbox.token_requests
    page.get_by_role("button", name="POST /token").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.locator(".body-param textarea").fill(f'{{"cid": "{sandbox.cid}", "apicode": "{sandbox.apicode}"}}')
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status").first.wait_for()
    assert sandbox.token_requests == before + 1
    last = sandbox.last_request
    assert last is not None
    assert last.status == 201


def test_by_keyboard_alone(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen: list[str] = []
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        seen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
        assert outline != "none", seen[-1]
    else:
        pytest.fail(f"the keyboard does not get out: {seen[-3:]}")
    assert any("summary" in element for element in seen)
    before = sandbox.count_jobs()
    page.get_by_label("Bill number", exact=True).focus()
    page.keyboard.type("K-1")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**/?notice=*")
    assert sandbox.count_jobs() == before + 1


def test_without_script(open_page: Callable[..., Any], sandbox: Sandbox) -> None:
    page = open_page("/faults", java_script_enabled=False)
    page.get_by_label("Kind").select_option("delay-headers")
    page.get_by_label("Seconds").fill("0.5")
    page.get_by_role("button", name="Arm the fault").click()
    assert sandbox.faults == [{"operation": "*", "kind": "delay-headers", "times": 1, "seconds": 0.5}]
    page.get_by_role("button", name="Move the clock on by 1 day").click()
    assert "The clock was moved on" in said(page)


@pytest.fixture
def foreign() -> Generator[Callable[[str], str]]:
    """Serves one page from another address."""
    content: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content[0].encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def serve(page: str) -> str:
            content[:] = [page]
            return f"http://localhost:{server.server_port}/"

        yield serve
        server.shutdown()


def test_a_foreign_page_can_change_nothing(
    chromium: Any, sandbox: Sandbox, foreign: Callable[[str], str], open_page: Callable[..., Any]
) -> None:
    token = open_page("/").locator("input[name=token]").first.get_attribute("value")
    before = sandbox.today
    context = chromium.new_context()
    page = context.new_page()
    # Even one that had got hold of the token.
    page.goto(
        foreign(
            f'<form method="post" action="{sandbox.address}/clock"><input name="token" value="{token}">'
            '<button name="days" value="1">Win</button></form>'
        )
    )
    with page.expect_navigation() as navigation:
        page.get_by_role("button").click()
    assert navigation.value.status == 403
    page.goto(foreign(""))
    told = page.evaluate(
        f"fetch('{sandbox.address}/_sandbox/clock', {{method: 'POST', mode: 'no-cors', body: '{{\"days\": 1}}'}})"
        ".then(answer => answer.type, () => 'failed')"
    )
    assert told in ("opaque", "failed")
    assert sandbox.today == before
    context.close()


def test_a_foreign_page_cannot_frame_it(chromium: Any, sandbox: Sandbox, foreign: Callable[[str], str]) -> None:
    context = chromium.new_context()
    page = context.new_page()
    for path in ("/", "/jobs/3/pdf"):
        page.goto(foreign(f'<iframe src="{sandbox.address}{path}"></iframe>'))
        page.frames[1].wait_for_url("chrome-error:**")
    context.close()
