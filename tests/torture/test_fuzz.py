"""The fuzzer finds what it is there for: each fault is planted, and found within seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import Any

import pytest
from fuzz import fuzz

from ropo_jobs_client._http import fast_connection, retry
from ropo_jobs_client._http.base import Response

SECONDS = 60.0
HTTP = "ropo_jobs_client._http"

Patch = pytest.MonkeyPatch


def _reuse_whatever_is_left(patch: Patch) -> None:
    def always(_: object) -> bool:
        return True

    patch.setattr(f"{HTTP}.httpx._Connection.is_reusable", always)


def _do_not_tell_what_was_sent(patch: Patch) -> None:
    module: Any = fast_connection
    send = module.FastConnection.send

    async def untold(connection: Any, request: Any, _: object) -> Any:
        return await send(connection, request, None)

    patch.setattr(f"{HTTP}.fast_connection.FastConnection.send", untold)


def _repeat_whatever_it_is(patch: Patch) -> None:
    decide: Any = retry.decide_retry

    def as_if_it_were_safe(_: object, *args: Any, **options: Any) -> Any:
        return decide("safe", *args, **options)

    patch.setattr(f"{HTTP}.pipeline.decide_retry", as_if_it_were_safe)


def _lose_places(patch: Patch) -> None:
    give_back = Response.aclose

    async def sometimes(response: Response) -> None:
        if response.status != 422:
            await give_back(response)

    patch.setattr(f"{HTTP}.base.Response.aclose", sometimes)


def _say_nothing_of_cancellations(patch: Patch) -> None:
    def nothing(*_: object) -> None:
        pass

    patch.setattr(f"{HTTP}.pipeline.Pipeline._report_abandoned", nothing)


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: Patch) -> Generator[None]:
    backoff = retry.backoff
    yield
    logging.disable(logging.NOTSET)
    monkeypatch.setattr(f"{HTTP}.retry.backoff", backoff)


@pytest.mark.parametrize(
    ("plant", "finding"),
    [
        (_reuse_whatever_is_left, "the answer of another call"),
        (_do_not_tell_what_was_sent, "denied"),
        (_repeat_whatever_it_is, "twice"),
        (_lose_places, "places were lost"),
        (_say_nothing_of_cancellations, "denied"),
    ],
)
def test_what_is_planted_is_found(plant: Callable[[Patch], None], finding: str, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    found = fuzz(SECONDS, seed=20261122, is_enough=lambda problem: finding in problem)
    assert any(finding in problem for problem in found)
