"""OpenTelemetry's own instrumentation of httpx on the library: one span a request, and no other outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from opentelemetry.instrumentation.httpx import AsyncOpenTelemetryTransport, HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_client.errors import ConnectionFailed, OutcomeUnknown, PermissionDenied
from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.factories import job_item, payment

if TYPE_CHECKING:
    from collections.abc import Generator

SSN = "131052-308T"
PAY = "POST /jobs/payment"


class Traced:
    """A sandbox, the spans so far, and how to make clients whose requests are traced."""

    def __init__(self, sandbox: Sandbox, provider: TracerProvider, *, wrapped: bool) -> None:
        self.sandbox = sandbox
        self._exporter = InMemorySpanExporter()
        self._provider = provider
        self._wrapped = wrapped
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    def client(self, **options: Any) -> RopoJobsClient:
        if self._wrapped:
            inner = httpx.AsyncHTTPTransport()
            options["transport"] = AsyncOpenTelemetryTransport(inner, tracer_provider=self._provider)
        credentials = ApiCode(self.sandbox.cid, self.sandbox.apicode)
        return RopoJobsClient(credentials, base_url=self.sandbox.base_url, **options)

    def spans(self) -> list[ReadableSpan]:
        """What was exported since the last time."""
        found = list(self._exporter.get_finished_spans())
        self._exporter.clear()
        return found


@pytest.fixture(scope="module")
def running() -> Generator[Sandbox]:
    with Sandbox() as found:
        yield found


@pytest.fixture(params=["instrumentor", "wrapper"])
def traced(request: pytest.FixtureRequest, running: Sandbox) -> Generator[Traced]:
    running.reset()
    running.add_example_job(billnum="11213", govid=SSN)
    provider = TracerProvider()
    made = Traced(running, provider, wrapped=request.param == "wrapper")
    if request.param == "wrapper":
        yield made
        return
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    try:
        yield made
    finally:
        HTTPXClientInstrumentor().uninstrument()


def summary(spans: list[ReadableSpan]) -> list[tuple[str, str, object]]:
    """Method, path and status of each."""
    found: list[tuple[str, str, object]] = []
    for span in spans:
        attributes = span.attributes or {}
        path = httpx.URL(str(attributes["http.url"])).path.removeprefix("/rest")
        found.append((span.name, path, attributes.get("http.status_code")))
    return found


@pytest.mark.anyio
async def test_each_request_is_one_span(traced: Traced, anyio_backend: str) -> None:
    traced.sandbox.fault("GET /jobs", "status", 2, status=503, retry_after=0)
    traced.sandbox.fault("GET /jobs", "expire-token")
    async with traced.client() as ropo:
        await ropo.get_job(jobid=1)
        spans = traced.spans()
        assert summary(spans) == [
            ("POST", "/token", 201),
            ("GET", "/jobs", 503),
            ("GET", "/jobs", 503),
            ("GET", "/jobs", 401),
            ("POST", "/token", 201),
            ("GET", "/jobs", 200),
        ]
        assert len(spans) == len(traced.sandbox.requests)
        failed = [span.status.status_code is StatusCode.ERROR for span in spans]
        assert failed == [False, True, True, True, False, False]
        async with ropo.pdf(billnum="11213") as pdf:
            await pdf.read()
        assert summary(traced.spans()) == [("GET", "/jobs/pdf", 200)]


@pytest.mark.anyio
async def test_what_never_left_is_still_known(traced: Traced, anyio_backend: str) -> None:
    async with traced.client(retries=1) as ropo:
        await ropo.get_job(jobid=1)
        traced.spans()
        with traced.sandbox.refuse_connections(), pytest.raises(ConnectionFailed):
            await ropo.add_payment(payment())
        assert [(span.name, span.status.status_code) for span in traced.spans()] == [("POST", StatusCode.ERROR)] * 2
    assert traced.sandbox.carried_out(PAY) == 0


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["disconnect-after", "reset", "truncate"])
async def test_what_may_have_been_taken_is_still_in_doubt(fault: str, traced: Traced, anyio_backend: str) -> None:
    traced.sandbox.fault(PAY, fault, None)
    async with traced.client() as ropo:
        with pytest.raises(OutcomeUnknown):
            await ropo.add_payment(payment())
    assert [name for name, path, _ in summary(traced.spans()) if path == "/jobs/payment"] == ["POST"]
    assert traced.sandbox.carried_out(PAY) == 1


@pytest.mark.anyio
async def test_of_persons_and_secrets_only_what_is_in_the_query_is_recorded(traced: Traced, anyio_backend: str) -> None:
    traced.sandbox.fault(PAY, "status", status=403)
    async with traced.client() as ropo:
        await ropo.find_jobs_by_end_customer(ssn=SSN)
        await ropo.add_bills([job_item(billnum="canary-1", govid=SSN, email="teppo@example.com")])
        with pytest.raises(PermissionDenied):
            await ropo.add_payment(payment(description="canary-2"))
        await ropo.get_status_updates(billnum="canary-3")
    told = "".join(span.to_json() for span in traced.spans())
    token = traced.sandbox.requests[-1].headers["authorization"].removeprefix("Bearer ")
    for secret in (SSN, "Teppo", "teppo", "canary-1", "canary-2", token, token[-20:], traced.sandbox.apicode):
        assert secret not in told
    # docs/observability.md says so, and how to take it out.
    assert "canary-3" in told
