"""What belongs to one event loop, the worker threads of this library, and functions of the caller's that it calls."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

T = TypeVar("T")
R = TypeVar("R")

# As many as anyio has by itself. Those may all be taken by the application, waiting for this library.
_WORKERS: Final = 40

logger: Final = logging.getLogger("ropo_jobs_client")


class PerLoop(Generic[T]):
    """A value for each event loop of this process, made at the first use in it.

    Kept here and not in a `RunVar` of anyio: a value that leads to its loop would keep the loop alive for ever.

    Args:
        make: makes the value.
        let_go: is told of the value of a loop that is closed, when another loop uses this.
    """

    def __init__(self, make: Callable[[], T], let_go: Callable[[T], object] | None = None) -> None:
        self._make = make
        self._let_go = let_go
        self._values: dict[Any, T] = {}
        # What was there before a fork belongs to the parent. It is kept, so that the garbage collector closes nothing.
        self._inherited: list[dict[Any, T]] = []
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def here(self) -> T:
        """Return the value of the running loop."""
        if self._pid != os.getpid():
            self._begin_again()
        loop = anyio.lowlevel.current_token().native_token
        value = self._values.get(loop)
        return self._add(loop) if value is None else value

    def all(self) -> list[tuple[Any, T]]:
        """Return the values of this process, each with its loop (of trio: its token)."""
        if self._pid != os.getpid():
            self._begin_again()
        with self._lock:
            return list(self._values.items())

    def _add(self, loop: Any) -> T:
        with self._lock:
            over = [self._values.pop(other) for other in list(self._values) if _is_closed(other)]
            value = self._values[loop] = self._make()
        if self._let_go is not None:
            for old in over:
                self._let_go(old)
        return value

    def _begin_again(self) -> None:
        self._inherited.append(self._values)
        self._values = {}
        # Another thread of the parent may have held it.
        self._lock = threading.Lock()
        self._pid = os.getpid()


def _is_closed(loop: Any) -> bool:
    if isinstance(loop, asyncio.AbstractEventLoop):
        return loop.is_closed()
    try:
        loop.run_sync_soon(_nothing, idempotent=True)
    except Exception:  # noqa: BLE001 # trio's RunFinishedError: trio is not imported for it
        return True
    return False


def _nothing() -> None:
    pass


_workers: Final = PerLoop(lambda: anyio.CapacityLimiter(_WORKERS))


async def run_in_worker(function: Callable[..., R], *args: Any, abandon_on_cancel: bool = False) -> R:
    """Run a function that blocks in a worker thread.

    The limit is the library's own: of the threads that anyio counts, all may be waiting for a call of this library.

    Args:
        function: the function.
        args: its arguments.
        abandon_on_cancel: whether a cancelled task leaves the thread to itself.
    """
    result: list[R] = []
    await anyio.to_thread.run_sync(
        # Not returned: asyncio's debug mode would log what passes through its callbacks.
        lambda: result.append(function(*args)),
        limiter=_workers.here(),
        abandon_on_cancel=abandon_on_cancel,
    )
    return result[0]


def call_hook(hook: Callable[[R], object], event: R, name: str) -> None:
    """Call a function of the caller's with an event. What it raises is logged: the call matters more.

    A cancellation of asyncio that it raises is its own, as from the `result()` of a cancelled future: one of the task
    comes only where something is awaited. One of trio passes: it can be made by trio alone.
    """
    try:
        hook(event)
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 # someone else's code
        logger.warning("the %s hook raised %s", name, type(error).__name__)
