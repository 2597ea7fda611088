"""A transport that leaves nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropo_jobs_client._http.httpx import PoolTransport

if TYPE_CHECKING:
    import httpx


class OneShotTransport(PoolTransport):
    """The library's own transport, with a connection for each request, closed with the answer.

    A fixture is torn down outside of the event loop of its test, where no connection can be closed any more.
    """

    def __init__(self) -> None:
        super().__init__(max_connections=100, plain=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and has the connection closed after it."""
        request.headers["Connection"] = "close"
        return await super().handle_async_request(request)
