"""Fixtures for pytest: a running sandbox that is empty before each test, and a client on it.

To be switched on in the ``conftest.py`` at the top of the tests, or with ``-p``::

    pytest_plugins = ["ropo_jobs_sandbox.pytest_plugin"]

They need no plugin for asynchronous tests, and work with each: pytest-asyncio, anyio's, pytest-trio, or ``anyio.run``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import ModuleType

    from ropo_jobs_client import RopoJobsClient

    from .sandbox import Sandbox

# Everything else is imported when a fixture is used: tests that use none of them pay for nothing.


@pytest.fixture(scope="session")
def ropo_sandbox_server() -> Generator[Sandbox]:
    """The sandbox, started once for all tests. What one test does to it, the next one finds.

    To have one with other settings, override it in ``conftest.py``.
    """
    try:
        from .sandbox import Sandbox
    except ModuleNotFoundError as error:
        text = f"the sandbox needs ropo-jobs-client with its extra [sandbox]: there is no module {error.name}"
        pytest.fail(text, pytrace=False)
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def ropo_sandbox(ropo_sandbox_server: Sandbox) -> Sandbox:
    """The sandbox as new: no jobs, no faults, no records, and connections are taken."""
    ropo_sandbox_server.accept_connections()
    ropo_sandbox_server.reset()
    return ropo_sandbox_server


@pytest.fixture(scope="session")
def ropo_library() -> ModuleType:
    """The library that `ropo_client` is a client of: the one that is installed.

    To test with a copy that a package has inside itself, override it in ``conftest.py``.
    """
    import ropo_jobs_client

    return ropo_jobs_client


@pytest.fixture
def ropo_client(ropo_sandbox: Sandbox, ropo_library: ModuleType) -> RopoJobsClient:
    """A client that is logged in to ``ropo_sandbox``, which is as new. It needs no closing."""
    from .one_shot import OneShotTransport

    credentials = ropo_library.ApiCode(ropo_sandbox.cid, ropo_sandbox.apicode)
    client: RopoJobsClient = ropo_library.RopoJobsClient(
        credentials, base_url=ropo_sandbox.base_url, transport=OneShotTransport()
    )
    return client
