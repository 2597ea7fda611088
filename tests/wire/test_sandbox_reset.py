"""A sandbox that was reset is as new."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sandbox_support import TODAY, Service, item, running, token

from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path


def use(service: Service) -> None:
    """Leaves something of every kind behind."""
    sandbox = service.sandbox
    [jobid] = service.add(item(billnum="1"))
    service.call("POST /jobs/payment", json={"jobid": jobid, "amount": 1, "paydate": "2026-11-22"}, expect=201)
    service.call("POST /jobs/creditnote", json={"jobid": jobid, "amount": 1, "date": "2026-11-22"}, expect=201)
    service.call("POST /jobs/dispute", params={"jobid": str(jobid)}, json={}, expect=200)
    service.updates()
    sandbox.set_pdf_size("1", 100_000)
    sandbox.advance(days=30)
    sandbox.fault("GET /jobs", "empty")
    service.client.get("/jobs", params={"jobid": jobid})
    sandbox.fault("GET /jobs", "html", None)
    sandbox.fault_at_random(1, ["reset"])


def as_new(sandbox: Sandbox) -> dict[str, Any]:
    state = sandbox.state()
    del state["open_connections"]
    return {**state, "faults": sandbox.faults, "notes": sandbox.notes(), "requests": len(sandbox.requests)}


@pytest.mark.parametrize("today", [TODAY, None])
def test_it_is_as_new(today: date | None) -> None:
    with Sandbox(today=today) as fresh:
        expected = as_new(fresh)
    with running(today=today) as service:
        use(service)
        assert as_new(service.sandbox) != expected
        service.sandbox.reset()
        assert as_new(service.sandbox) == expected
        # Tokens are forgotten, and the connection is not.
        assert service.sandbox.open_connections == 1
        assert service.client.get("/jobs", params={"jobid": 1}).status_code == 401
        service.client.headers["Authorization"] = f"Bearer {token(service.client, service.sandbox)}"
        assert service.add(item(billnum="1")) == [1]
        assert len(service.call("GET /jobs/pdf", params={"jobid": 1}, expect=200).content) < 100_000


def test_over_http_too_and_in_a_data_file(tmp_path: Path) -> None:
    with running(data=tmp_path / "sandbox.db") as service:
        use(service)
        refused = service.client.post(f"{service.sandbox.address}/_sandbox/reset")
        assert (refused.status_code, len(service.sandbox.jobs())) == (415, 1)
        assert service.client.post(f"{service.sandbox.address}/_sandbox/reset", json={}).json() == {}
        assert service.sandbox.jobs() == []
    with Sandbox(data=tmp_path / "sandbox.db") as sandbox:
        assert (sandbox.jobs(), sandbox.today) == ([], TODAY)


def test_refused_connections_stay_refused() -> None:
    with running() as service, service.sandbox.refuse_connections():
        service.sandbox.reset()
        with pytest.raises(httpx.ConnectError):
            service.client.get("/jobs")


def test_that_it_forgets_every_table() -> None:
    with running() as service:
        use(service)
        store = service.sandbox._running.store  # pyright: ignore[reportPrivateUsage]
        with store.transaction():
            store.clear()
            rows = store._all("SELECT name FROM sqlite_master WHERE type = 'table'")  # pyright: ignore[reportPrivateUsage]
            assert {row["name"]: store.count(row["name"]) for row in rows} == {row["name"]: 0 for row in rows}


def test_a_sandbox_that_does_not_run_cannot_be_reset() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        Sandbox().reset()
