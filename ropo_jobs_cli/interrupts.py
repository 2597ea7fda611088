"""Ctrl-C and the like while something changes: it ends once, and what may have left is told."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import signal
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

# A terminal that is closed sends SIGHUP, where there is one.
_SIGNALS: Final = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupts:
    """The signals that tell a program to end, for the rest of its time.

    The first one cancels the calls under way. Later ones are ignored, also when the calls are over: only the outcome is
    still to be told, and the exit code of a payment must not be replaced.
    """

    def __init__(self) -> None:
        self._came = False
        self._cancel: Callable[[], object] | None = None
        self._is_over = False

    def hold(self) -> None:
        """Take the signals, except those that were to be ignored from the start, as by nohup."""
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._take)
        # While Python ends, it puts back what a signal does by itself, which is to kill: but not in place of SIG_IGN.
        atexit.register(_ignore)

    @contextlib.contextmanager
    def cancelling(self) -> Generator[None]:
        """Run calls that the first signal cancels. Leaves quietly when it has."""
        import anyio

        loop = asyncio.get_running_loop()
        try:
            with anyio.CancelScope() as scope:
                self._cancel = lambda: loop.call_soon_threadsafe(scope.cancel)
                yield
        finally:
            self._cancel, self._is_over = None, True

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        if self._came or self._is_over:
            return
        self._came = True
        if self._cancel is None:
            raise KeyboardInterrupt
        self._cancel()


def _ignore() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
