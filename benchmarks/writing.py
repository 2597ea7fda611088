"""The ways of making bytes of bills that are compared, and how long the event loop stands still while they are sent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx

from ropo_jobs_client import models

from . import answers


def bills(count: int) -> list[models.JobItem]:
    """Make bills of 5 rows."""
    return [
        models.JobItem(
            jobtype=0,
            customertype=2,
            person="Teppo Testaaja",
            address="Sammonkatu 23-25 A 7",
            postcode="70100",
            city="KUOPIO",
            custnum="1022",
            billnum=str(number),
            payrow=[models.PayRow(desc=f"Hieronta {row}", count=2, amount=Decimal("35.50")) for row in range(5)],
        )
        for number in range(count)
    ]


def plain(count: int) -> list[dict[str, Any]]:
    """Make the same as dictionaries, without a number that JSON has not."""
    return [json.loads(bill.to_json()) for bill in bills(count)]


def writer(client: str) -> Callable[[], bytes]:
    """Return what writes 1,000 bills: `ours` from objects, `json` from plain dictionaries."""
    if client == "json":
        found = {"datastream": {"dataset": plain(answers.OBJECTS)}}
        return lambda: json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()
    return models.Job(datastream=models.JobDatastream(dataset=bills(answers.OBJECTS))).to_json


async def block(client: str, base_url: str) -> float:
    """Send 5,000 bills once, and return the longest time in seconds for which no other task could run."""
    send: Callable[[], Awaitable[object]]
    if client == "httpx":
        body = {"datastream": {"dataset": plain(answers.BILLS)}}
        theirs = httpx.AsyncClient(trust_env=False)
        close = theirs.aclose
        send = lambda: theirs.post(f"{base_url}/jobs", json=body)  # noqa: E731
    else:
        from .clients import our_client

        ours = our_client(client, base_url)
        close = ours.aclose
        await ours.get_job(jobid=answers.JOBID)
        added = bills(answers.BILLS)
        send = lambda: ours.add_bills(added)  # noqa: E731
    gaps: list[float] = []

    async def tick() -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            gaps.append(now - before)
            before = now

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    gaps.clear()
    await send()
    await asyncio.sleep(0)
    ticking.cancel()
    await close()
    return max(gaps)
