"""A server for each test module, and an empty schema for each test.

Where no server is installed, the tests are skipped, and fail with ROPO_POSTGRES=required (`make test-postgres`).
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator

import postgres_server
import pytest
from postgres_server import PostgresServer

_schemas = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Generator[PostgresServer]:
    """A running server. A test that stops it starts it again."""
    missing = postgres_server.missing()
    if missing is not None:
        text = f"NOT TESTED against PostgreSQL: {missing} is missing"
        if os.environ.get("ROPO_POSTGRES") == "required":
            pytest.fail(text)
        pytest.skip(text)
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
