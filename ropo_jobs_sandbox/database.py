"""Opening the database of the sandbox: its tables, and which files it takes.

A data file is held exclusively while a sandbox uses it, and is readable by its owner only.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from .errors import SandboxError

# "Ropo": tells our files from other SQLite databases, which must not be written to by mistake.
_APPLICATION_ID = 0x526F706F
_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tokens (token TEXT PRIMARY KEY, expires_at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (
    jobid INTEGER PRIMARY KEY AUTOINCREMENT,
    billnum TEXT NOT NULL, billcode TEXT NOT NULL, custnum TEXT NOT NULL, ordernumber TEXT NOT NULL,
    govid TEXT NOT NULL, contractnum TEXT NOT NULL, origbillnum TEXT NOT NULL, billdate TEXT NOT NULL,
    data TEXT NOT NULL, original TEXT NOT NULL, identifiers TEXT NOT NULL, added_on TEXT NOT NULL,
    stage INTEGER NOT NULL, since TEXT NOT NULL, paydate TEXT, last_stage INTEGER NOT NULL, not_before TEXT NOT NULL,
    payable TEXT NOT NULL, cash INTEGER NOT NULL, disputed INTEGER NOT NULL, on_hold INTEGER NOT NULL,
    status INTEGER NOT NULL, next_day TEXT
);
CREATE INDEX jobs_billnum ON jobs (billnum);
CREATE INDEX jobs_billcode ON jobs (billcode);
CREATE INDEX jobs_custnum ON jobs (custnum);
CREATE INDEX jobs_govid ON jobs (govid);
CREATE INDEX jobs_contractnum ON jobs (contractnum) WHERE contractnum <> '';
CREATE INDEX jobs_origbillnum ON jobs (origbillnum) WHERE origbillnum <> '';
CREATE INDEX jobs_next_day ON jobs (next_day) WHERE next_day IS NOT NULL;
CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, jobid INTEGER NOT NULL REFERENCES jobs, kind TEXT NOT NULL,
    amount TEXT NOT NULL, day TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX entries_job ON entries (jobid);
CREATE TABLE updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT, jobid INTEGER NOT NULL REFERENCES jobs, status INTEGER NOT NULL,
    day TEXT NOT NULL, handed_out INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX updates_waiting ON updates (id) WHERE handed_out = 0;
CREATE INDEX updates_day ON updates (day);
CREATE INDEX updates_job ON updates (jobid);
CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, jobid INTEGER, body TEXT NOT NULL,
    day TEXT NOT NULL);
CREATE TABLE pdf_sizes (billnum TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
"""


def open_database(data: str | os.PathLike[str] | None) -> sqlite3.Connection:
    """A connection to the data file, made if there is none, or to a new database in memory."""
    in_memory = data is None or os.fspath(data) == ":memory:"
    path = ":memory:" if in_memory else os.fspath(Path(os.fspath(data or "")).absolute())
    connection: sqlite3.Connection | None = None
    try:
        if not in_memory:
            # Bills hold personal data: the file is made for its owner alone before anything is in it.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        _prepare(connection, path)
    except (sqlite3.Error, OSError, SandboxError) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, SandboxError):
            raise
        raise SandboxError(f"can't use the data file {path}: {_reason(error)}") from error
    return connection


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not is_new and (application, version) != (_APPLICATION_ID, _SCHEMA_VERSION):
        connection.execute("ROLLBACK")
        raise SandboxError(f"can't use the data file {path}: it is not a data file of this version of the sandbox")
    if is_new:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    # Survives a killed process; only a power failure could take the last moments along.
    connection.execute("PRAGMA synchronous = NORMAL")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    if "locked" in str(error):
        return "another sandbox is using it"
    if "not a database" in str(error):
        return "it is not a data file of the sandbox"
    return str(error)
