"""docs/observability.md: each recipe runs as it stands, tells what it promises, and nothing personal."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Generator
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from doc_blocks import DOCS, python

from ropo_jobs_client import AttemptEvent, Environment, Outcome
from ropo_jobs_client._generated.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
STRUCTLOG, PROMETHEUS, SPANS, HTTPX_SPANS, SENTRY = python("observability.md")
PERSONAL = ("131052-308T", "Teppo", "KUOPIO", "customer-canary", "Bearer")

# Calls that succeed, fail, are repeated and are in doubt, with personal data wherever it can be. The last answer is no
# HTTP, which the transport quotes.
CALLS = """
async def calls(**options):
    from ropo_jobs_client import BearerToken
    from ropo_jobs_client.errors import RopoError
    from ropo_jobs_sandbox.factories import job_item, payment
    from rawserver import Peer, RawServer, answers, then

    async with Sandbox() as sandbox:
        async with RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url, **options) as ropo:
            await ropo.add_bills([job_item(billnum="canary-1", custnum="customer-canary", govid="131052-308T")])
            await ropo.get_job(billnum="canary-1")
            await ropo.find_jobs_by_end_customer(ssn="131052-308T")
            sandbox.fault("POST /jobs/payment", "disconnect-after")
            sandbox.fault("POST /jobs/payment", "status", status=409, form="error")
            for _ in range(2):
                try:
                    await ropo.add_payment(payment(billnum="canary-1", description="Teppo"))
                except RopoError:
                    pass
        sent = sandbox.requests
    with RawServer(answers(then(b"HTTP/1.1 200 OK\\r\\nTeppo Testaaja 131052-308T\\r\\n\\r\\n", Peer.close))) as server:
        async with RopoJobsClient(BearerToken("t"), base_url=server.base_url, retries=0, **options) as ropo:
            try:
                await ropo.get_job(jobid=1)
            except RopoError:
                pass
    return sent
"""


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "wire")])
    variables = {**os.environ, "PYTHONPATH": path, **environment}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=variables, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "Warning:" not in result.stderr
    return result


def json_lines(text: str) -> list[dict[str, Any]]:
    # In its debug mode, asyncio says what took long on a busy machine.
    return [json.loads(line) for line in text.splitlines() if line and not line.startswith("Executing <")]


def spans(text: str) -> list[dict[str, Any]]:
    """What the ConsoleSpanExporter wrote: one JSON object after the other."""
    found: list[dict[str, Any]] = []
    while text := text.lstrip():
        span, end = json.JSONDecoder().raw_decode(text)
        found.append(span)
        text = text[end:]
    return found


def test_structlog() -> None:
    result = run(STRUCTLOG)
    attempts = json_lines(result.stdout)
    assert [(line["operation"], line["outcome"], line["level"]) for line in attempts] == [
        ("POST /token", "success", "info"),
        ("GET /jobs", "success", "info"),
    ]
    lines = json_lines(result.stderr)
    assert [line["event"].partition(":")[0] for line in lines] == ["POST /token", "GET /jobs"]
    assert all({"level", "timestamp"} <= line.keys() for line in [*attempts, *lines])


def test_structlog_tells_nothing_personal() -> None:
    result = run(f"{STRUCTLOG}\n{CALLS}\nasyncio.run(calls(on_attempt=log_attempt))")
    assert len(json_lines(result.stdout)) > 8
    assert "OutcomeUnknown" in result.stderr
    assert not [text for text in PERSONAL if text in result.stdout]
    # The lines name the bill that somebody may have to look up, and the rest of it not.
    assert "billnum canary-1" in result.stderr
    assert not [text for text in (*PERSONAL[:3], "canary-2", "Bearer") if text in result.stderr]


def test_prometheus() -> None:
    told = run(PROMETHEUS).stdout
    assert 'ropo_attempt_seconds_count{operation="GET /jobs",outcome="error_status"} 1.0' in told
    assert 'ropo_attempt_seconds_count{operation="GET /jobs",outcome="success"} 1.0' in told
    assert 'ropo_repeats_total{operation="GET /jobs"} 1.0' in told


def test_prometheus_keeps_so_many_series_and_no_more() -> None:
    code = """
from ropo_jobs_client import Outcome
from ropo_jobs_client._generated.operations import OPERATIONS
for operation in OPERATIONS:
    for outcome in Outcome:
        for n in range(3):
            count_attempt(AttemptEvent(operation=operation, attempt=n, outcome=outcome, status=200 + n,
                                       duration=n / 10, delay=n / 7, data_identifier=f"canary-{n}"))
print(generate_latest().decode())
"""
    told = run(PROMETHEUS + code).stdout.rpartition("# HELP ropo_attempt_seconds How")[2]
    assert told.count("ropo_attempt_seconds_count{") == len(OPERATIONS) * len(Outcome)
    assert told.count("ropo_repeats_total{") == len(OPERATIONS)
    assert "canary" not in told


def test_spans_of_attempts() -> None:
    token, job, above = spans(run(SPANS).stdout)
    assert [span["name"] for span in (token, job, above)] == ["POST /token", "GET /jobs", "billing"]
    assert token["parent_id"] == job["parent_id"] == above["context"]["span_id"]
    assert job["attributes"] == {"ropo.outcome": "success", "ropo.attempt": 1, "http.response.status_code": 200}
    assert above["start_time"] <= token["start_time"] <= token["end_time"] <= job["end_time"] <= above["end_time"]


def test_spans_of_attempts_with_the_instrumentation_told_to_leave_them_out() -> None:
    code = f"""{SPANS}
{CALLS}
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
HTTPXClientInstrumentor().instrument()
sent = asyncio.run(calls(on_attempt=trace_attempt))
assert not [request for request in sent if "traceparent" in request.headers]
"""
    result = run(code, OTEL_PYTHON_HTTPX_EXCLUDED_URLS=r"127\.0\.0\.1:\d+/")
    found = spans(result.stdout)[3:]
    assert [(span["name"], span["attributes"]["ropo.outcome"], span["status"]["status_code"]) for span in found] == [
        ("POST /token", "success", "UNSET"),
        ("POST /jobs", "success", "UNSET"),
        ("GET /jobs/statusupdates", "success", "UNSET"),
        ("GET /jobs", "success", "UNSET"),
        ("POST /jobs/findbyendcustomer", "success", "UNSET"),
        ("POST /jobs/payment", "no_answer", "ERROR"),
        ("POST /jobs/payment", "error_status", "ERROR"),
        ("GET /jobs", "no_answer", "ERROR"),
    ]
    for text in PERSONAL:
        assert text not in result.stdout


def test_what_is_excluded_is_each_environment() -> None:
    page = (DOCS / "observability.md").read_text(encoding="utf-8")
    [pattern] = re.findall(r'export OTEL_PYTHON_HTTPX_EXCLUDED_URLS="(.*)"', page)
    for environment in Environment:
        assert re.search(pattern, f"{environment.base_url}/jobs?jobid=1"), environment
    assert not re.search(pattern, "https://api.example.com/ropo24")


def test_spans_of_httpx_without_the_query() -> None:
    found = spans(run(HTTPX_SPANS).stdout)
    paths = [re.sub(r"http://127.0.0.1:\d+", "", span["attributes"]["http.url"]) for span in found]
    assert paths == ["/rest/token", "/rest/jobs/statusupdates", "/rest/jobs"]


def test_spans_of_httpx_hold_nothing_personal_but_what_the_transport_quotes() -> None:
    code = HTTPX_SPANS.replace("HTTPXClientInstrumentor().uninstrument()", "") + CALLS + "asyncio.run(calls())\n"
    for conventions in ("", "http", "http/dup"):
        *found, quoting = spans(run(code, OTEL_SEMCONV_STABILITY_OPT_IN=conventions).stdout)
        for text in PERSONAL:
            assert text not in json.dumps(found)
        # The page says so.
        assert "Teppo" in quoting["status"]["description"]


def test_the_fields_of_an_event_are_told() -> None:
    page = (DOCS / "observability.md").read_text(encoding="utf-8").partition("\nThe function ")[0]
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [field.name for field in fields(AttemptEvent)]
    [outcomes] = re.findall(r"^\| `outcome` \| (.*) \|$", page, re.MULTILINE)
    assert re.findall(r"`(\w+)`", outcomes) == [outcome.value for outcome in Outcome]


# Sentry


class Sentry:
    """Takes envelopes as Sentry does, over HTTP."""

    def __init__(self) -> None:
        self.envelopes: list[str] = []
        taken = self.envelopes

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.append((gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body).decode())
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the name of the base class
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dsn = f"http://key@127.0.0.1:{self.server.server_port}/1"

    def events(self) -> list[dict[str, Any]]:
        """What would be shown, without the envelopes' heads."""
        lines = [json.loads(line) for envelope in self.envelopes for line in envelope.splitlines() if line]
        return [line for line in lines if "event_id" in line and "platform" in line]


@pytest.fixture
def sentry() -> Generator[Sentry]:
    found = Sentry()
    thread = threading.Thread(target=found.server.serve_forever)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_sentry(sentry: Sentry) -> None:
    run(SENTRY, SENTRY_DSN=sentry.dsn)
    [event] = sentry.events()
    assert event["fingerprint"] == ["ropo-outcome-unknown", "POST /jobs/payment"]
    assert event["level"] == "fatal"
    [told] = [value for value in event["exception"]["values"] if value["type"] == "OutcomeUnknown"]
    assert "billnum 11213" in told["value"]
    crumbs = [crumb for crumb in event["breadcrumbs"]["values"] if crumb["category"] == "ropo"]
    assert [(crumb["message"], crumb["data"]["outcome"]) for crumb in crumbs] == [
        ("POST /token", "success"),
        ("POST /jobs/payment", "no_answer"),
    ]
    assert not [crumb for crumb in event["breadcrumbs"]["values"] if crumb.get("type") == "http"]


def test_sentry_is_told_of_what_was_cancelled(sentry: Sentry) -> None:
    code = """
async def cancelled():
    async with Sandbox() as sandbox:
        sandbox.add_example_job(billnum="11213")
        sandbox.fault("POST /jobs/payment", "stall-after")
        async with RopoJobsClient(
            ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url, on_attempt=tell_sentry
        ) as ropo:
            paying = asyncio.ensure_future(ropo.add_payment(payment(billnum="11213")))
            while not sandbox.carried_out("POST /jobs/payment"):
                await asyncio.sleep(0.01)
            paying.cancel()
            await asyncio.wait([paying])

asyncio.run(cancelled())
sentry_sdk.flush()
"""
    run(SENTRY + code, SENTRY_DSN=sentry.dsn)
    said = [event.get("message") or event.get("logentry", {}).get("message") for event in sentry.events()]
    assert said == [None, "POST /jobs/payment was cancelled and may have been carried out"]


def test_sentry_is_told_nothing_personal(sentry: Sentry) -> None:
    capture = "\nsentry_sdk.capture_message('the end', level='error')\nsentry_sdk.flush()\n"
    run(f"{SENTRY}\n{CALLS}\nasyncio.run(calls(on_attempt=tell_sentry)){capture}", SENTRY_DSN=sentry.dsn)
    crumbs = [json.dumps(event["breadcrumbs"]) for event in sentry.events()]
    assert len(crumbs) == 2
    # The line about a payment that somebody has to look up names its bill.
    assert not [text for text in (*PERSONAL[:3], "canary-2", "Bearer") if any(text in crumb for crumb in crumbs)]
