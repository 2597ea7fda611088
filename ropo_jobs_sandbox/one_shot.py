"""A transport that leaves nothing behind."""

from __future__ import annotations

import ssl

import httpx


class OneShotTransport(httpx.AsyncHTTPTransport):
    """The transport of httpx, with a connection for each request, closed with the answer.

    A fixture is torn down outside of the event loop of its test, where no connection can be closed any more.
    """

    def __init__(self) -> None:
        # Plain http only: certificates are not loaded.
        super().__init__(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, and has the connection closed after it."""
        request.headers["Connection"] = "close"
        return await super().handle_async_request(request)
