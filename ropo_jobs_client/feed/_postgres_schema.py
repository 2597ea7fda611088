"""The tables of the journal in PostgreSQL. They only ever grow: a version that is older goes on reading."""

from __future__ import annotations

import hashlib
from typing import Any, Final, LiteralString, cast

import psycopg

# Each brings the tables to the next version. `oldest` is the oldest version that may still read them.
_MIGRATIONS: Final = (
    """
    CREATE TABLE {s}.feeds (
        feed text PRIMARY KEY,
        owner text,
        epoch bigint NOT NULL DEFAULT 0,
        counter bigint NOT NULL DEFAULT 0,
        tokens bigint NOT NULL DEFAULT 0,
        reading bigint,
        drained date,
        repeats boolean NOT NULL DEFAULT false,
        system bigint,
        timeline integer
    );
    CREATE TABLE {s}.answers (
        feed text NOT NULL REFERENCES {s}.feeds,
        number bigint NOT NULL,
        token bigint,
        day date NOT NULL,
        content bytea NOT NULL,
        recovered boolean NOT NULL,
        repeats boolean NOT NULL,
        acknowledged boolean NOT NULL DEFAULT false,
        PRIMARY KEY (feed, number),
        UNIQUE (feed, token)
    );
    CREATE INDEX answers_day ON {s}.answers (feed, day);
    CREATE INDEX answers_waiting ON {s}.answers (feed, number) WHERE NOT acknowledged;
    CREATE TABLE {s}.gaps (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        feed text NOT NULL REFERENCES {s}.feeds,
        since date,
        until date,
        retry_at timestamptz,
        unproven boolean NOT NULL
    );
    CREATE FUNCTION {s}.acknowledge(of_feed text, of_number bigint) RETURNS void LANGUAGE plpgsql AS $body$
    BEGIN
        UPDATE {s}.answers SET acknowledged = true
        WHERE feed = of_feed AND number = of_number AND NOT acknowledged;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'batch % of feed % is acknowledged already, or there is no such batch', of_number, of_feed;
        END IF;
    END
    $body$;
    """,
)
_OLDEST: Final = 1


def create_schema(db: psycopg.Connection[Any], schema: str) -> None:
    """Make the tables where there are none, and bring them up to date where they are older.

    Raises:
        ValueError: a newer version of the library made them, and this one may not read them.
    """

    def sql(query: str) -> LiteralString:
        # Only the name of the schema, which the journal has checked.
        return cast("LiteralString", query.replace("{s}", schema))  # type: ignore[redundant-cast] # pyright needs it

    digest = hashlib.blake2b(f"ropo_jobs schema {schema}".encode(), digest_size=8).digest()
    with db.transaction():
        # One at a time: two that start together must not both make them.
        db.execute("SELECT pg_advisory_xact_lock(%s)", (int.from_bytes(digest, "big", signed=True),))
        row = db.execute("SELECT to_regclass(%s)", (f"{schema}.version",)).fetchone()
        version, oldest = 0, 0
        if row is not None and row[0] is not None:
            found = db.execute(sql("SELECT version, oldest FROM {s}.version")).fetchone()
            version, oldest = found or (0, 0)
        else:
            has_schema = db.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
            if has_schema is None:
                db.execute(sql("CREATE SCHEMA {s}"))
            db.execute(sql("CREATE TABLE {s}.version (version integer NOT NULL, oldest integer NOT NULL)"))
            db.execute(sql("INSERT INTO {s}.version VALUES (0, 0)"))
        if oldest > len(_MIGRATIONS):
            raise ValueError(f"the schema {schema} has version {version}, made by a newer version of this library")
        for statements in _MIGRATIONS[version:]:
            db.execute(sql(statements))
        if version < len(_MIGRATIONS):
            db.execute(sql("UPDATE {s}.version SET version = %s, oldest = %s"), (len(_MIGRATIONS), _OLDEST))
