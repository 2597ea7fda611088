"""What journals share that work in a thread of their own."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

import anyio

from .._loops import run_in_worker
from ..errors import JournalInUse

T = TypeVar("T")

_journals: Final[weakref.WeakSet[WorkerJournal]] = weakref.WeakSet()


class WorkerJournal:
    """What a task began is carried out, also when the task is cancelled. One worker does it all, in the order in which
    it was asked: nothing that comes late undoes what came after it.
    """

    # Seconds between two looks at whether another process has let go of the journal.
    _LOOK_AGAIN = 0.1
    # How often to look before it is told that another one has it, where nobody is to wait: of one that has just ended,
    # a child that was being forked may keep it for a moment.
    _LOOKS = 3
    # Whether who is cancelled leaves the worker to itself.
    _IS_ABANDONED = False

    def __init__(self) -> None:
        self._begin_work()
        _journals.add(self)

    def _begin_work(self) -> None:
        """Begin as if nothing had been done: also in a forked child, where all that there is belongs to the parent."""
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="ropo journal")

    async def open(self, *, wait: bool) -> None:
        looks = 0
        while True:
            looks += 1
            opening = self._worker.submit(self._open)
            try:
                return await self._result(opening)
            except JournalInUse:
                if not wait and looks >= self._LOOKS:
                    raise
            except BaseException:
                # Cancelled: it may come to be open all the same, and nobody would close it.
                self._worker.submit(self._undo, opening)
                raise
            await anyio.sleep(self._LOOK_AGAIN)

    async def close(self) -> None:
        closing = self._worker.submit(self._close)
        with anyio.CancelScope(shield=True):
            await self._result(closing)

    def _open(self) -> None:
        raise NotImplementedError

    def _close(self) -> None:
        raise NotImplementedError

    def _undo(self, opening: Future[None]) -> None:
        if opening.exception() is None:
            self._close()

    async def _run(self, work: Callable[[], T]) -> T:
        return await self._result(self._worker.submit(work))

    async def _result(self, future: Future[T]) -> T:
        return await run_in_worker(future.result, abandon_on_cancel=self._IS_ABANDONED)


def in_use(journal: object) -> JournalInUse:
    """Return the error for a journal that has a reader."""
    return JournalInUse(f"another feed has the journal open: {journal}")


def not_open() -> RuntimeError:
    """Return the error for a journal that is not open."""
    return RuntimeError("the journal is not open: a feed is used inside its `async with` block")


def _after_fork_in_child() -> None:
    for journal in list(_journals):
        journal._begin_work()  # pyright: ignore[reportPrivateUsage] # of this module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
