"""Measure the status feed, and print a table: `make bench-feed`.

Changes a second from the service's answer to acknowledged, in SQLite and PostgreSQL, beside a loop that journals
nothing; what a poll costs that finds nothing, by the number of journalled answers; a recovery, and the longest time
that the loop stood still.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import psycopg

from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client.feed import Journal, PostgresJournal, SqliteJournal

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "postgres"))

from postgres_server import PostgresServer, missing

QUICK = "--quick" in sys.argv
ANSWERS = 20 if QUICK else 100
POLLS = 20 if QUICK else 100
JOURNALLED = (10, 10_000) if QUICK else (10, 10_000, 1_000_000)
RECOVERED = 20_000 if QUICK else 200_000


def changes(count: int, first: int = 0, day: str = "2026-11-22") -> bytes:
    """An answer."""
    rows = [
        {"jobid": n, "billnum": f"{n % 5000}", "status": n, "statustext": "Reminder", "statusdate": day}
        for n in range(first, first + count)
    ]
    return json.dumps(rows).encode()


class Service:
    """Answers the reads with what is put there, then 204; and lists days."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.days: dict[str, bytes] = {}

    def next(self) -> bytes:
        """What is handed out next."""
        return self.waiting.pop(0) if self.waiting else b""

    @contextmanager
    def running(self) -> Generator[str]:
        """Its base URL."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                body = service.days.get(query["date"][0], b"") if query else service.next()
                self.send_response(200 if body else 204)
                self.send_header("Content-Type", "application/json")
                if body:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # http.server's name
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/rest"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


async def rate(url: str, service: Service, journal: Journal | None) -> float:
    """Changes a second."""
    service.waiting = [changes(1_000, n * 1_000) for n in range(ANSWERS)]
    async with RopoJobsClient(BearerToken("x"), base_url=url) as ropo:
        started = time.perf_counter()
        if journal is None:
            while (await ropo._pipeline.fetch(_read())).status == 200:  # pyright: ignore[reportPrivateUsage]
                pass
        else:
            async with ropo.status_feed(journal) as feed:
                async for batch in feed:
                    await batch.ack()
        return ANSWERS * 1_000 / (time.perf_counter() - started)


def _read() -> Any:
    from ropo_jobs_client._generated.api.jobs import jobs_get_status_updates_action

    return jobs_get_status_updates_action.request()


async def poll(url: str, journal: Journal) -> float:
    """Milliseconds of a poll that finds nothing."""
    took: list[float] = []
    async with RopoJobsClient(BearerToken("x"), base_url=url) as ropo, ropo.status_feed(journal) as feed:
        for _ in range(POLLS):
            started = time.perf_counter()
            async for _ in feed:
                pass
            took.append(time.perf_counter() - started)
    return statistics.median(took) * 1_000


async def recovery(url: str, service: Service, journal: Journal) -> tuple[float, float, float]:
    """Seconds of a recovery of which half was delivered; the longest time in ms that the loop stood still; and the most
    processor time in ms that this process and its service used meanwhile: on a busy machine, the rest is others'.
    """
    today = datetime.now(UTC).date()
    days = RECOVERED // 2_000
    per_day = 2_000
    service.days = {
        (today - timedelta(days=n)).isoformat(): changes(per_day, n * per_day, (today - timedelta(days=n)).isoformat())
        for n in range(days)
    }
    service.waiting = [
        changes(1_000, first, (today - timedelta(days=first // per_day)).isoformat())
        for first in range(0, RECOVERED // 2, 1_000)
    ]
    longest, most, found, took = 0.0, 0.0, 0, 0.0

    async def watch() -> None:
        nonlocal longest, most
        while True:
            before, used = time.perf_counter(), time.process_time()
            await anyio.sleep(0.001)
            longest = max(longest, time.perf_counter() - before - 0.001)
            most = max(most, time.process_time() - used)

    async with RopoJobsClient(BearerToken("x"), base_url=url) as ropo, ropo.status_feed(journal) as feed:
        async for batch in feed:
            await batch.ack()
        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            started = time.perf_counter()
            found = await feed.recover(since=today - timedelta(days=days - 1))
            took = time.perf_counter() - started
            group.cancel_scope.cancel()
        assert found == RECOVERED // 2, found
    return took, longest * 1_000, most * 1_000


def fill_sqlite(path: Path, count: int) -> None:
    with sqlite3.connect(path) as db:
        query = "INSERT INTO answers (day, content, recovered, acknowledged) VALUES (?, ?, 0, 1)"
        today = datetime.now(UTC).date().isoformat()
        db.executemany(query, ((today, b"[]") for _ in range(count)))
    db.close()


def fill_postgres(conninfo: str, feed: str, count: int) -> None:
    with psycopg.connect(conninfo) as db:
        query = (
            "INSERT INTO ropo_jobs.answers SELECT %s, n, NULL, current_date, '[]', false, false, true"
            " FROM generate_series(1, %s) n"
        )
        db.execute(query, (feed, count))
        db.execute("UPDATE ropo_jobs.feeds SET counter = %s WHERE feed = %s", (count, feed))


async def opened_once(journal: Journal) -> None:
    await journal.open(wait=False)
    await journal.close()


def main() -> None:
    service = Service()
    has_server = missing() is None
    with (
        service.running() as url,
        tempfile.TemporaryDirectory() as folder,
        PostgresServer() if has_server else nullcontext() as server,
    ):
        conninfo = server.conninfo() if server else ""

        def run(work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
            return anyio.run(work, *arguments)

        print(f"read and acknowledged, nothing journalled: {run(rate, url, service, None):,.0f} changes/s")
        print(f"SQLite: {run(rate, url, service, SqliteJournal(Path(folder) / 'rate.db')):,.0f} changes/s")
        if server:
            print(f"PostgreSQL: {run(rate, url, service, PostgresJournal(conninfo, 'rate')):,.0f} changes/s")
        for count in JOURNALLED:
            path = Path(folder) / f"poll-{count}.db"
            run(opened_once, SqliteJournal(path))
            fill_sqlite(path, count)
            print(f"idle poll, {count:,} journalled answers, SQLite: {run(poll, url, SqliteJournal(path)):.1f} ms")
            if server:
                journal = PostgresJournal(conninfo, f"poll-{count}")
                run(opened_once, journal)
                fill_postgres(conninfo, f"poll-{count}", count)
                print(f"idle poll, {count:,} journalled answers, PostgreSQL: {run(poll, url, journal):.1f} ms")
        took, longest, most = run(recovery, url, service, SqliteJournal(Path(folder) / "recovery.db"))
        blocked = f"loop blocked at most {longest:.0f} ms, {most:.0f} ms of processor time"
        print(f"recovery of {RECOVERED:,} changes, half of them missing: {took:.1f} s, {blocked}")


if __name__ == "__main__":
    main()
