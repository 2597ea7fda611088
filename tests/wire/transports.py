"""Which transport the clients of a test go over, and that none of a test on the fast one goes over the default one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal
from unittest.mock import patch

import httpx

chosen: Literal["fast"] | None = None
"""What the clients of the test that runs are given as `transport`."""


@contextmanager
def only_the_fast_one() -> Generator[None]:
    """Choose the fast transport, and fail in the end if a request went over the default one all the same.

    The default one is watched where httpx lets its own mocks in. A transport that a test brings is no business of this.
    """
    strays: list[str] = []
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def watched(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if type(transport).__module__.startswith("ropo_jobs_client."):
            strays.append(f"{request.method} {request.url.path}")
        return await send(transport, request)

    sending = patch.object(httpx.AsyncHTTPTransport, "handle_async_request", watched)
    with sending, patch(f"{__name__}.chosen", "fast"):
        yield
    assert not strays, f"over the default transport, in place of the fast one, went {strays}: open clients by connect()"
