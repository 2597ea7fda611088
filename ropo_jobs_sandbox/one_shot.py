"""A transport that leaves nothing behind."""

from __future__ import annotations

from ropo_jobs_client._http.httpx import DefaultTransport


class OneShotTransport(DefaultTransport):
    """The library's own transport, with a connection for each request, closed with the answer.

    A fixture is torn down outside of the event loop of its test, where no connection can be closed any more.
    """

    def __init__(self) -> None:
        super().__init__(plain=True)
