"""Making many status changes in the sandbox."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_support import running

from ropo_jobs_sandbox import Sandbox

READ = "GET /jobs/statusupdates"


def test_ten_thousand_changes_over_fifty_days() -> None:
    with running() as service:
        made: list[dict[str, Any]] = []
        for _ in range(50):
            made += service.sandbox.make_changes(200)
            service.sandbox.advance(days=1)
        assert len(made) == 10_000
        assert service.sandbox.all_status_updates() == made
        assert len({(change["billnum"], change["status"], change["statustext"]) for change in made}) == 10_000
        assert len({change["statusdate"] for change in made}) == 50
        of_day = service.call(READ, params={"date": made[0]["statusdate"]}, expect=200).json()
        assert of_day == made[:200]
        read: list[dict[str, Any]] = []
        while (response := service.call(READ)).status_code == 200:
            read += response.json()
        assert read == service.sandbox.all_status_updates() == made


def test_few_changes() -> None:
    with Sandbox() as sandbox:
        assert sandbox.make_changes(0) == []
        assert [change["billnum"] for change in sandbox.make_changes(2)] == ["changes-0", "changes-1"]
        assert [change["status"] for change in sandbox.make_changes(3)] == [100, 1001, 1002]
        assert sandbox.make_changes(1)[0]["statustext"] == "Change 1003"
        assert len(sandbox.all_status_updates()) == 6
        with pytest.raises(ValueError, match="count"):
            sandbox.make_changes(-1)


def test_changes_over_http() -> None:
    with running() as service:
        address = f"{service.sandbox.address}/_sandbox/status-updates"
        before = service.client.get(address).json()
        made = service.client.post(address, json={"count": 3}).json()
        assert len(made) == 3
        assert service.client.get(address).json() == [*before, *made]
        assert service.client.post(address, content=b"{}").status_code == 415
