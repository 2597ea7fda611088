"""The fuzzer finds what it is there for: each fault is planted, and found within seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import Any

import pytest
from fuzz import fuzz

from ropo_jobs_client._http import fast, httpx, pipeline, pool, retry

SECONDS = 60.0

Patch = pytest.MonkeyPatch


def _reuse_whatever_is_left(patch: Patch) -> None:
    patch.setattr(httpx._Connection, "is_reusable", lambda _: True)


def _do_not_tell_what_was_sent(patch: Patch) -> None:
    send: Any = fast._FastConnection.send

    async def untold(connection: Any, request: Any, on_sent: Callable[[bool], None] | None) -> Any:
        return await send(connection, request, None)

    patch.setattr(fast._FastConnection, "send", untold)


def _repeat_whatever_it_is(patch: Patch) -> None:
    decide: Any = retry.decide_retry
    patch.setattr(pipeline, "decide_retry", lambda _, *args, **options: decide("safe", *args, **options))


def _lose_places(patch: Patch) -> None:
    give_back: Any = pool._PooledResponse.aclose

    async def sometimes(response: Any) -> None:
        if response.status != 422:
            await give_back(response)

    patch.setattr(pool._PooledResponse, "aclose", sometimes)


def _say_nothing_of_cancellations(patch: Patch) -> None:
    patch.setattr(pipeline.Engine, "_report_cancellation", lambda *_: None)


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: Patch) -> Generator[None]:
    backoff = retry.backoff
    yield
    logging.disable(logging.NOTSET)
    monkeypatch.setattr(retry, "backoff", backoff)


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
