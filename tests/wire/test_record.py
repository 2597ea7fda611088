"""`record_attempts` and the events of `on_attempt`: request ids and dates, each task its own."""

from __future__ import annotations

import asyncio
import pickle
from datetime import UTC, datetime

import pytest

from ropo_jobs_client import ApiCode, AttemptEvent, Outcome, RopoJobsClient
from ropo_jobs_client.errors import JobNotFound
from ropo_jobs_sandbox import Sandbox


async def seen_by(ropo: RopoJobsClient, billnum: str, times: int) -> list[AttemptEvent]:
    with ropo.record_attempts() as attempts:
        for _ in range(times):
            await ropo.get_job(billnum=billnum)
    await ropo.get_job(billnum=billnum)
    return attempts


@pytest.mark.asyncio
async def test_each_task_sees_its_own_attempts() -> None:
    events: list[AttemptEvent] = []
    with Sandbox() as sandbox:
        for number in range(5):
            sandbox.add_example_job(billnum=str(number))
        async with RopoJobsClient(
            ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url, on_attempt=events.append
        ) as ropo:
            all_seen = await asyncio.gather(*(seen_by(ropo, str(number), number) for number in range(5)))
            with ropo.record_attempts() as outer, ropo.record_attempts() as inner, pytest.raises(JobNotFound):
                await ropo.get_job(jobid=999_999)
    for number, seen in enumerate(all_seen):
        # Whoever comes first fetches the token.
        calls = [event.operation for event in seen if event.operation != "POST /token"]
        assert calls == ["GET /jobs/statusupdates", "GET /jobs"] * number
        assert {event.outcome for event in seen} <= {Outcome.SUCCESS}
    assert [(event.status, event.outcome) for event in outer] == [(404, Outcome.ERROR_STATUS)]
    assert outer == inner
    for event in events:
        assert event.date is not None
        # The sandbox's day is that of this machine's zone, which may be another one than that of UTC.
        seconds = (datetime.now(UTC) - event.date).total_seconds() % 86_400
        assert min(seconds, 86_400 - seconds) < 60
        assert pickle.loads(pickle.dumps(event)) == event
