"""What all tests share."""

from __future__ import annotations

import os

import pytest

# The proxy of this machine, if it has one, has no way back to it. Tests of proxies name their own.
for _name in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every asynchronous test runs on both backends."""
    return str(request.param)
