"""Follows the status feed in PostgreSQL until it is killed: writes and acknowledges in one transaction.

`python postgres_worker.py BASE_URL CID APICODE CONNINFO`
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import replace
from datetime import timedelta

import anyio
import psycopg

from ropo_jobs_client import ApiCode, RopoJobsClient
from ropo_jobs_client.feed import PostgresJournal, StatusBatch
from ropo_jobs_client.feed._feed import Timing


async def handle(db: psycopg.AsyncConnection, batch: StatusBatch) -> None:
    async with db.transaction(), db.cursor() as cursor:
        rows = [
            (batch.number, place, change.billnum, change.status, batch.recovered)
            for place, change in enumerate(batch.updates)
        ]
        # The batch itself, which may hold nothing that can be read.
        rows.append((batch.number, -1, "", 0, batch.recovered))
        query = "INSERT INTO effects (batch, place, billnum, status, recovered) VALUES (%s, %s, %s, %s, %s)"
        await cursor.executemany(query, rows)
        await cursor.execute(batch.ack_sql)


async def follow(base_url: str, cid: str, apicode: str, conninfo: str) -> None:
    journal = PostgresJournal(f"{conninfo} application_name=reader-{os.getpid()}", cid, dead_after=2.0)
    async with (
        RopoJobsClient(ApiCode(cid, apicode), base_url=base_url, timeout=0.5, deadline=3.0) as ropo,
        ropo.status_feed(journal, follow=0.05, wait=True) as feed,
    ):
        # Days are read once more after seconds, not minutes: the service here carries out nothing late.
        feed._timing = replace(Timing(), late=timedelta(seconds=2))  # pyright: ignore[reportPrivateUsage]
        async for batch in feed:
            while True:
                # The database may be down, or another reader may have handed out the batch.
                with contextlib.suppress(psycopg.OperationalError):
                    try:
                        async with await psycopg.AsyncConnection.connect(conninfo, connect_timeout=2) as db:
                            await handle(db, batch)
                    except psycopg.errors.RaiseException:
                        pass
                    break
                await anyio.sleep(0.1)


async def forever(*arguments: str) -> None:
    while True:
        # A standby may find the database down when it tries.
        with contextlib.suppress(Exception):
            await follow(*arguments)
        await anyio.sleep(0.1)


if __name__ == "__main__":
    anyio.run(forever, *sys.argv[1:])
