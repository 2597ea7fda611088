"""What the tests of faults share: a payment, how often it was carried out, and waiting."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from raw_http import Caller
from sandbox_support import TODAY

from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import pytest

PAYMENT = {"billnum": "A", "amount": "0.01", "paydate": "2026-11-22"}
POST = "POST /jobs/payment"


@contextlib.contextmanager
def prepared() -> Generator[Caller]:
    """A sandbox with the bill A, to be made faulty."""
    with Sandbox(today=TODAY) as sandbox:
        sandbox.add_example_job(billnum="A", billcode="1232")
        yield Caller(sandbox)


@contextlib.contextmanager
def restored(caller: Caller, caplog: pytest.LogCaptureFixture) -> Generator[Caller]:
    """The same for one test; afterwards it is itself again."""
    yield caller
    caller.sandbox.clear_faults()
    caller.sandbox.accept_connections()
    # A fault is no mistake of the server: it has nothing to complain of.
    assert [record.getMessage() for record in caplog.get_records("call") if record.name != "httpx"] == []


def whole(caller: Caller, operation: str = POST, body: object = PAYMENT) -> bytes:
    """The body as it is without a fault."""
    return caller.call(operation, body).body


def closes(caller: Caller) -> None:
    """Waits until no connection is left."""
    until(lambda: caller.sandbox.open_connections == 0)


def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so, and fails when it does not come to it."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline


class Count:
    """How many payments were carried out since."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._before = self._now()

    def _now(self) -> tuple[int, int]:
        sandbox = self._caller.sandbox
        return sandbox.carried_out(POST), len(sandbox.payments(billnum="A"))

    @property
    def done(self) -> int:
        """As the sandbox counts it, and as its books show it."""
        counted, entered = (now - before for now, before in zip(self._now(), self._before, strict=True))
        assert counted == entered
        return counted
