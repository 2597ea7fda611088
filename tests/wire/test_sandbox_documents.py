"""PDFs over the wire: of jobs, previews, local prints, and very large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sandbox_support import Service, body, change, item, running

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture
def service() -> Generator[Service]:
    with running() as found:
        yield found


def pdf(service: Service, **params: Any) -> httpx.Response:
    response = service.call("GET /jobs/pdf", params=params, expect=200)
    check(response)
    return response


def check(response: httpx.Response) -> None:
    assert response.headers["content-type"] == "application/pdf"
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.content.startswith(b"%PDF-")
    assert response.content.endswith(b"%%EOF\n")


def test_the_pdf_of_a_job_by_each_name(service: Service) -> None:
    service.add(item(billnum="A", contractnum="C-1"))
    first = pdf(service, jobid=1)
    assert first.headers["content-disposition"] == 'attachment; filename="A.pdf"'
    for names in ({"billnum": "A"}, {"contractnum": "C-1"}, {"jobid": 1, "billnum": "A", "contractnum": "C-1"}):
        assert pdf(service, **names).content == first.content


def test_a_file_name_beyond_ascii(service: Service) -> None:
    service.add(item(billnum="Lasku/Ä"))
    header = pdf(service, jobid=1).headers["content-disposition"]
    assert header == "attachment; filename=\"Lasku/_.pdf\"; filename*=UTF-8''Lasku%2F%C3%84.pdf"


@pytest.mark.parametrize(
    ("params", "status", "text"),
    [
        ({}, 400, "jobid, billnum or contractnum: at least one is required"),
        ({"documentdate": "2026-11-22"}, 400, "at least one"),
        ({"jobid": 1, "documentdate": "2026-11-22"}, 400, "documentdate: goes with contractnum or billnum"),
        ({"jobid": 9}, 404, "Document not found"),
        ({"billnum": "nobody"}, 404, "Document not found"),
        ({"billnum": "A", "documentdate": "2026-11-23"}, 404, "Document not found"),
        ({"jobid": 2, "billnum": "A"}, 400, "jobid, billnum: they name different documents"),
        ({"jobid": 9, "billnum": "A"}, 404, "Document not found"),
        ({"jobid": 1, "origdata": 2}, 400, "origdata: 2 is neither"),
        ({"jobid": 1, "origdata": "x"}, 400, "origdata:"),
    ],
)
def test_documents_that_there_are_not(service: Service, params: dict[str, Any], status: int, text: str) -> None:
    service.add(item(billnum="A"), item(billnum="B"))
    assert text in service.refusal("GET /jobs/pdf", status, params=params)


def test_the_date_chooses_among_the_documents_of_a_contract(service: Service) -> None:
    service.add(
        item(billnum="A", contractnum="C", billdate="2026-10-01"),
        item(billnum="B", contractnum="C", billdate="2026-11-01"),
    )
    assert 'filename="B.pdf"' in pdf(service, contractnum="C").headers["content-disposition"]
    dated = pdf(service, contractnum="C", documentdate="2026-10-01")
    assert 'filename="A.pdf"' in dated.headers["content-disposition"]


def test_original_and_current_data(service: Service) -> None:
    service.add(item(billnum="A"))
    original = pdf(service, jobid=1).content
    service.call("PATCH /jobs", params={"jobid": 1}, json=change(city="OULU"), expect=200)
    assert pdf(service, jobid=1).content == pdf(service, jobid=1, origdata=1).content == original
    assert pdf(service, jobid=1, origdata=0).content != original


def test_a_preview_creates_nothing(service: Service) -> None:
    response = service.call("POST /jobs/preview", json=body(item(pdfname="katso tätä.pdf")), expect=200)
    check(response)
    assert "filename*=UTF-8''katso%20t%C3%A4t%C3%A4.pdf" in response.headers["content-disposition"]
    assert service.sandbox.jobs() == []
    assert service.updates() == []
    service.add(item(billnum="A"))
    service.call("POST /jobs/preview", json=body(item(billnum="A", checkbillnum=1)), expect=200)
    unnamed = service.call("POST /jobs/preview", json=body(item()), expect=200)
    assert unnamed.headers["content-disposition"] == 'attachment; filename="preview.pdf"'


def test_a_local_print_creates_a_job(service: Service) -> None:
    response = service.call("POST /jobs/localprint", json=body(item(billnum="A")), expect=200)
    check(response)
    assert response.headers["content-disposition"] == 'attachment; filename="A.pdf"'
    assert response.content == pdf(service, billnum="A").content
    assert service.updates() == [(1, "Invoicing", "2026-11-22")]
    named = service.call("POST /jobs/localprint", json=body(item(pdfname="x.pdf"), item(pdfname="y.pdf")), expect=200)
    assert named.headers["content-disposition"] == 'attachment; filename="x.pdf"'
    assert len(service.sandbox.jobs()) == 3


@pytest.mark.parametrize("operation", ["POST /jobs/preview", "POST /jobs/localprint"])
def test_a_bill_that_lacks_something_is_not_drawn(service: Service, operation: str) -> None:
    text = service.refusal(operation, 422, json=body(item(), item(billdate=None)))
    assert text == "dataset[1].billdate: required for jobtype 0"
    assert service.sandbox.jobs() == []


def test_a_pdf_of_exactly_the_size_asked_for(service: Service) -> None:
    service.add(item(billnum="A"))
    for size in (100_000, 20_000_001):
        service.sandbox.set_pdf_size("A", size)
        assert len(pdf(service, billnum="A").content) == size


def test_a_huge_pdf_is_streamed(service: Service) -> None:
    service.add(item(billnum="A"))
    service.sandbox.set_pdf_size("A", 100_000_000_000)
    with service.client.stream("GET", "/jobs/pdf", params={"billnum": "A"}) as response:
        assert response.headers["content-length"] == "100000000000"
        received = 0
        for chunk in response.iter_raw():
            received += len(chunk)
            if received > 5_000_000:
                break


def test_sizes_that_cannot_be(service: Service) -> None:
    service.add(item(billnum="A"))
    with pytest.raises(ValueError, match="too small"):
        service.sandbox.set_pdf_size("A", 100)
    with pytest.raises(ValueError, match="there is no bill B"):
        service.sandbox.set_pdf_size("B", 100_000)
