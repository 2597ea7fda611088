"""A sandbox in which something has happened, and a browser to look at it."""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx

from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Generator

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 812}
COMPANY = {"customertype": 1, "company": "Matin konepaja Oy", "person": ""}
HOLIDAY = [{"desc": "Mökkiviikko 29", "count": "1", "itemtype": "kpl", "amount": "1180.00", "taxpr": "14.00"}]


def browser_path() -> str | None:
    """Where the browser is, if there is one: ``ROPO_BROWSER`` names another."""
    named = os.environ.get("ROPO_BROWSER")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextlib.contextmanager
def lived_in(port: int = 0) -> Generator[Sandbox]:
    """A sandbox with bills in every status, payments, a dispute, requests and faults."""
    with Sandbox(port=port, today=date(2026, 10, 5)) as sandbox, httpx.Client(base_url=sandbox.base_url) as client:
        login = {"cid": sandbox.cid, "apicode": sandbox.apicode}
        client.headers["Authorization"] = f"Bearer {client.post('/token', json=login).json()['token']}"
        client.headers["User-Agent"] = "ropo-jobs-client/0.1.0"

        def call(method: str, path: str, **options: Any) -> None:
            assert client.request(method, path, **options).is_success

        sandbox.add_example_job(billnum="11207", **COMPANY)
        sandbox.advance(days=15)
        sandbox.add_example_job(billnum="11208")
        sandbox.advance(days=9)
        sandbox.add_example_job(billnum="11209", payrow=HOLIDAY)
        sandbox.add_example_job(billnum="11210", **COMPANY)
        sandbox.advance(days=5)
        call("POST", "/jobs/dispute", params={"invoice_number": "11210"}, json={"reason": "Ordered one, got two"})
        call("POST", "/jobs/payment", json={"billnum": "11209", "amount": "500.00", "paydate": "2026-11-02"})
        sandbox.advance(days=17)
        for billnum in ("11211", "11212"):
            sandbox.add_example_job(billnum=billnum)
        sandbox.add_example_job(billnum="11213", payrow=HOLIDAY, **COMPANY)
        sandbox.add_example_job(billnum="11214", putonhold=1)
        sandbox.advance(days=2)
        call("POST", "/jobs/payment", json={"billnum": "11211", "amount": "102.56", "paydate": "2026-11-22"})
        call("GET", "/jobs", params={"jobid": "3"})
        call("GET", "/jobs/pdf", params={"billnum": "11213"})
        call("POST", "/jobs/findbyendcustomer", json={"ssn": "131052-308T"})
        assert client.get("/jobs", params={"jobid": "99"}).status_code == 404
        sandbox.fault("POST /jobs/payment", "disconnect-after")
        with contextlib.suppress(httpx.TransportError):
            client.post("/jobs/payment", json={"billnum": "11213", "amount": "180.00", "paydate": "2026-11-22"})
        sandbox.fault("GET /jobs/pdf", "truncate", times=2)
        sandbox.fault("*", "status", times=None, status=503, retry_after=2)
        client.get("/jobs/statusupdates")
        yield sandbox


@contextlib.contextmanager
def browser(sync_api: Any, path: str) -> Generator[Any]:
    """A browser without a window, driven by Playwright."""
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield running
        finally:
            running.close()
