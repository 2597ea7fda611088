"""What the sandbox remembers: a SQLite database, in memory or in a file.

One connection, one lock: whoever reads or writes holds a ``transaction``, the server's thread and the test's alike. A
transaction is committed before anything is answered, so what a client has seen is what a restart finds.
"""

# Tables, columns and conditions are this package's own words; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import contextlib
import json
import re
import threading
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .database import open_database
from .lifecycle import Case, Status
from .values import Json, as_text, to_json

if TYPE_CHECKING:
    import os
    import sqlite3
    from collections.abc import Generator

_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is remembered: ``data`` as it is now, ``original`` as it was sent, and where it stands."""

    jobid: int
    billnum: str
    billcode: str
    data: Json
    original: Json
    identifiers: Json
    added_on: date
    case: Case
    status: Status


@dataclass(frozen=True, slots=True)
class Entry:
    """Money that came in for a job. ``kind`` is payment, creditnote, or creditinvoice (an invoice that refunds it)."""

    id: int
    jobid: int
    kind: str
    amount: Decimal
    day: date
    body: Json


class Store:
    """The database. Every method but ``transaction`` and ``close`` expects to be called inside a transaction."""

    def __init__(self, data: str | os.PathLike[str] | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = open_database(data)

    def close(self) -> None:
        """Closes the database; a second time does nothing."""
        with self._lock:
            self._connection.close()

    def clear(self) -> None:
        """Forgets everything; the next jobid is the first again."""
        tables = self._all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for table in (*(str(row["name"]) for row in tables), "sqlite_sequence"):
            self._do(f"DELETE FROM {table}")

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing: commits at the end of the outermost block, undoes everything when an exception leaves it."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    # Settings and tokens

    def setting(self, name: str) -> str | None:
        """A remembered setting."""
        row = self._one("SELECT value FROM settings WHERE name = ?", name)
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Remembers a setting."""
        self._do("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value)

    def add_token(self, token: str, expires_at: float, *, now: float) -> None:
        """Remembers a token, and forgets those that have expired."""
        self._do("DELETE FROM tokens WHERE expires_at <= ?", now)
        self._do("INSERT INTO tokens VALUES (?, ?)", token, expires_at)

    def token_valid(self, token: str, *, now: float) -> bool:
        """Whether a token was handed out and has not expired."""
        return self._one("SELECT 1 FROM tokens WHERE token = ? AND expires_at > ?", token, now) is not None

    def forget_token(self, token: str) -> None:
        """Makes a token invalid."""
        self._do("DELETE FROM tokens WHERE token = ?", token)

    def forget_tokens(self) -> None:
        """Makes every token invalid."""
        self._do("DELETE FROM tokens")

    # Jobs

    def next_jobid(self) -> int:
        """The jobid that the next added job gets."""
        row = self._one("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'")
        return 1 if row is None else int(row[0]) + 1

    def add_job(self, job: Job) -> None:
        """Remembers a new job under its jobid."""
        columns = {"jobid": job.jobid, **_columns(job)}
        marks = ", ".join("?" * len(columns))
        self._do(f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({marks})", *columns.values())

    def save_job(self, job: Job) -> None:
        """Remembers a job as it is now."""
        columns = _columns(job)
        self._do(
            f"UPDATE jobs SET {', '.join(f'{name} = ?' for name in columns)} WHERE jobid = ?",
            *columns.values(),
            job.jobid,
        )

    def job(self, jobid: int) -> Job | None:
        """A job by its id."""
        if not 0 < jobid <= _LARGEST_ID:
            return None
        found = self.jobs_where("jobid = ?", jobid)
        return found[0] if found else None

    def jobs_where(self, condition: str, *values: object) -> list[Job]:
        """The jobs for which an SQL condition holds, in the order in which they were added."""
        found = self._all(f"SELECT * FROM jobs WHERE {condition} ORDER BY jobid", *values)
        return [self._job(row) for row in found]

    def jobs(self, *, offset: int = 0, limit: int = -1) -> list[Job]:
        """A page of the jobs, in the order in which they were added."""
        return [
            self._job(row) for row in self._all("SELECT * FROM jobs ORDER BY jobid LIMIT ? OFFSET ?", limit, offset)
        ]

    def find_jobs(self, search: str, *, offset: int, limit: int) -> list[Job]:
        """A page of the jobs in whose bill number a text occurs, the newest first."""
        found = self._all(
            "SELECT * FROM jobs WHERE billnum LIKE ? ESCAPE '\\' ORDER BY jobid DESC LIMIT ? OFFSET ?",
            _containing(search),
            limit,
            offset,
        )
        return [self._job(row) for row in found]

    def count_jobs(self, search: str) -> int:
        """In how many jobs' bill number a text occurs."""
        return self.count("jobs", "billnum LIKE ? ESCAPE '\\'", _containing(search))

    def count(self, table: str, condition: str = "1", *values: object) -> int:
        """How many rows of a table an SQL condition holds for."""
        row = self._one(f"SELECT count(*) FROM {table} WHERE {condition}", *values)
        return 0 if row is None else int(row[0])

    def first_day_due(self, until: date) -> date | None:
        """The earliest day, up to one, on which a job takes its next step."""
        row = self._one("SELECT min(next_day) FROM jobs WHERE next_day <= ?", until.isoformat())
        return None if row is None or row[0] is None else date.fromisoformat(row[0])

    # Money

    def add_entry(self, jobid: int, kind: str, amount: Decimal, day: date, body: Json) -> None:
        """Remembers money that came in for a job."""
        self._do(
            "INSERT INTO entries (jobid, kind, amount, day, body) VALUES (?, ?, ?, ?, ?)",
            jobid,
            kind,
            format(amount, "f"),
            day.isoformat(),
            to_json(body),
        )

    def entries(self, kind: str | None = None, *, jobid: int | None = None, billnum: str | None = None) -> list[Entry]:
        """What came in, in order: of one kind, for one job, for the jobs of one bill number, or all of it."""
        found = self._all(
            "SELECT entries.* FROM entries JOIN jobs USING (jobid) WHERE kind IS ifnull(?, kind)"
            " AND entries.jobid IS ifnull(?, entries.jobid) AND billnum IS ifnull(?, billnum) ORDER BY entries.id",
            kind,
            jobid,
            billnum,
        )
        return [
            Entry(
                row["id"],
                row["jobid"],
                row["kind"],
                Decimal(row["amount"]),
                date.fromisoformat(row["day"]),
                json.loads(row["body"]),
            )
            for row in found
        ]

    # Status changes

    def add_update(self, jobid: int, status: int, day: date) -> None:
        """Remembers a status change, to be handed out."""
        self._do("INSERT INTO updates (jobid, status, day) VALUES (?, ?, ?)", jobid, int(status), day.isoformat())

    def take_updates(self, limit: int) -> list[Json]:
        """The oldest changes that were not handed out yet, and marks them as handed out."""
        found = self._updates("handed_out = 0", limit=limit)
        if found:
            self._do("UPDATE updates SET handed_out = 1 WHERE handed_out = 0 AND id <= ?", found[-1]["id"])
        return [_update(row) for row in found]

    def updates(
        self, *, day: date | None = None, billnum: str | None = None, jobid: int | None = None, after: int = 0
    ) -> list[Json]:
        """The changes of a day, of a bill number, of a job or after another, whether they were handed out or not."""
        found = self._updates(
            "day IS ifnull(?, day) AND billnum IS ifnull(?, billnum) AND jobid IS ifnull(?, jobid) AND updates.id > ?",
            None if day is None else day.isoformat(),
            billnum,
            jobid,
            after,
        )
        return [_update(row) for row in found]

    def last_update(self) -> int:
        """The id of the latest change; 0 when there is none."""
        row = self._one("SELECT max(id) FROM updates")
        return 0 if row is None or row[0] is None else int(row[0])

    def highest_status(self) -> int:
        """The highest number of a status that a change has had; 0 when there is none."""
        row = self._one("SELECT max(status) FROM updates")
        return 0 if row is None or row[0] is None else int(row[0])

    def _updates(self, condition: str, *values: object, limit: int = -1) -> list[sqlite3.Row]:
        return self._all(
            "SELECT updates.id, jobid, billnum, updates.status, day FROM updates JOIN jobs USING (jobid)"
            f" WHERE {condition} ORDER BY updates.id LIMIT {limit}",
            *values,
        )

    # Everything else

    def add_note(self, kind: str, jobid: int | None, body: Json, day: date) -> None:
        """Remembers something that was reported or asked for: a dispute, a delivery, a transfer report."""
        self._do(
            "INSERT INTO notes (kind, jobid, body, day) VALUES (?, ?, ?, ?)",
            kind,
            jobid,
            to_json(body),
            day.isoformat(),
        )

    def notes(self, kind: str | None = None, *, jobid: int | None = None) -> list[Json]:
        """What was noted, in order: of one kind, for one job, or all of it."""
        found = self._all(
            "SELECT * FROM notes WHERE kind IS ifnull(?, kind) AND jobid IS ifnull(?, jobid) ORDER BY id",
            kind,
            jobid,
        )
        return [{**dict(row), "body": json.loads(row["body"])} for row in found]

    def set_pdf_size(self, billnum: str, size: int) -> None:
        """Remembers how large the PDF of a bill is to be."""
        self._do("INSERT OR REPLACE INTO pdf_sizes VALUES (?, ?)", billnum, size)

    def pdf_size(self, billnum: str) -> int | None:
        """How large the PDF of a bill is to be, if someone asked for a size."""
        row = self._one("SELECT size FROM pdf_sizes WHERE billnum = ?", billnum)
        return None if row is None else int(row[0])

    def _job(self, row: sqlite3.Row) -> Job:
        amounts = self._all("SELECT amount FROM entries WHERE jobid = ?", row["jobid"])
        case = Case(
            stage=Status(row["stage"]),
            since=date.fromisoformat(row["since"]),
            paydate=None if row["paydate"] is None else date.fromisoformat(row["paydate"]),
            last_stage=Status(row["last_stage"]),
            not_before=date.fromisoformat(row["not_before"]),
            payable=Decimal(row["payable"]),
            covered=sum((Decimal(amount[0]) for amount in amounts), Decimal(0)),
            cash=bool(row["cash"]),
            disputed=bool(row["disputed"]),
            on_hold=bool(row["on_hold"]),
        )
        return Job(
            row["jobid"],
            row["billnum"],
            row["billcode"],
            json.loads(row["data"]),
            json.loads(row["original"]),
            json.loads(row["identifiers"]),
            date.fromisoformat(row["added_on"]),
            case,
            Status(row["status"]),
        )

    def _do(self, statement: str, *values: object) -> None:
        self._connection.execute(statement, values).close()

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        found: list[sqlite3.Row] = self._connection.execute(query, values).fetchall()
        return found

    def _one(self, query: str, *values: object) -> sqlite3.Row | None:
        found = self._all(query, *values)
        return found[0] if found else None


def _containing(text: str) -> str:
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return f"%{escaped}%"


def _columns(job: Job) -> dict[str, Any]:
    case, step = job.case, job.case.next_step
    sought = ("custnum", "ordernumber", "govid", "contractnum", "origbillnum", "billdate")
    return {
        "billnum": job.billnum,
        "billcode": job.billcode,
        **{name: as_text(job.data.get(name)) for name in sought},
        "data": to_json(job.data),
        "original": to_json(job.original),
        "identifiers": to_json(job.identifiers),
        "added_on": job.added_on.isoformat(),
        "stage": int(case.stage),
        "since": case.since.isoformat(),
        "paydate": None if case.paydate is None else case.paydate.isoformat(),
        "last_stage": int(case.last_stage),
        "not_before": case.not_before.isoformat(),
        "payable": format(case.payable, "f"),
        "cash": int(case.cash),
        "disputed": int(case.disputed),
        "on_hold": int(case.on_hold),
        "status": int(job.status),
        "next_day": None if step is None else step.day.isoformat(),
    }


def _update(row: sqlite3.Row) -> Json:
    status = int(row["status"])
    known = status in Status.__members__.values()
    return {
        "jobid": row["jobid"],
        "billnum": row["billnum"],
        "status": status,
        "statustext": Status(status).text if known else f"Change {status}",
        "statusdate": row["day"],
    }
