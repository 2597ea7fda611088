"""Fixtures: a server for each test module, and the name of an empty schema for each test.

A test module takes them over: `server, conninfo, schema = postgres_fixtures.server, ...`.

Where no server is installed, the tests are skipped, and fail with ROPO_POSTGRES=required (`make test-postgres`).
"""

from __future__ import annotations

import itertools
from collections.abc import Generator

import pytest
from postgres_server import PostgresServer, require

_schemas = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    """A running server. A test that stops it starts it again."""
    require()
    with PostgresServer() as server:
        yield server


@pytest.fixture
def conninfo(server: PostgresServer) -> str:
    """How to connect to it."""
    return server.conninfo()


@pytest.fixture
def schema() -> str:
    """The name of a schema that is not there yet."""
    return f"ropo_jobs_{next(_schemas)}"
