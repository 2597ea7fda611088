"""A service as users write one: a client in a module, made once, used from wherever the framework calls."""

from __future__ import annotations

import asyncio
import os
from decimal import Decimal
from typing import Any, Literal

from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client.models import JobAddPayment

_TRANSPORT: Literal["fast"] | None = "fast" if os.environ.get("ECHO_TRANSPORT") == "fast" else None
ropo = RopoJobsClient(BearerToken("a-token"), base_url=os.environ["ECHO_URL"], transport=_TRANSPORT)


async def pay(number: str) -> str:
    """Pay, and return the number that the answer tells."""
    paid = await ropo.add_payment(JobAddPayment(amount=Decimal(10), paydate="2026-11-22", billnum=number))
    return str(paid.billnum)


def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A WSGI application: each request is a payment in an event loop of its own."""
    number = str(environ["PATH_INFO"]).strip("/")
    answered = asyncio.run(pay(number))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {answered}".encode()]


if os.environ.get("ECHO_USED_BEFORE_FORK"):
    # As a check at start would, in the process that the workers are forked from.
    assert asyncio.run(pay("before-fork")) == "before-fork"
