"""Follows the status feed until it is killed: writes down each change, durably, and then acknowledges it.

`python feed_worker.py BASE_URL CID APICODE JOURNAL HANDLED`
"""

from __future__ import annotations

import os
import sys

import anyio

from ropo_jobs_client import ApiCode, RopoJobsClient


async def follow(base_url: str, cid: str, apicode: str, journal: str, handled: str) -> None:
    out = os.open(handled, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    async with (
        RopoJobsClient(ApiCode(cid, apicode), base_url=base_url, timeout=0.5, deadline=3.0) as ropo,
        ropo.status_feed(journal, follow=0.05, wait=True) as feed,
    ):
        async for batch in feed:
            lines = [f"{change.status}\n" for change in batch.updates]
            os.write(out, "".join([*lines, *("?\n" for _ in batch.unreadable)]).encode())
            os.fsync(out)
            await batch.ack()


if __name__ == "__main__":
    base_url, cid, apicode, journal, handled = sys.argv[1:]
    anyio.run(follow, base_url, cid, apicode, journal, handled)
