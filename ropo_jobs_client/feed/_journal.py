"""The journal of the status feed: the protocol, and what a journal knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Gap:
    """A time for which changes may be missing, because an answer with changes was lost.

    Attributes:
        since: the first day that may be concerned, or None where it is not known: `feed.recover(since=…)` needs one.
        until: the last day, where reading again could not close it, or None for the day after now.
        retry_at: when to read it once more, because the lost request may still be carried out late; None for at once.
    """

    since: date | None
    until: date | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer in the journal.

    Attributes:
        number: its place in the order in which answers came.
        content: the body, as it came.
        recovered: whether it is no answer, but changes that were missing.
    """

    number: int
    content: bytes = field(repr=False)
    recovered: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a journal knows beside its answers.

    Attributes:
        reading: whether a read was begun that never ended.
        drained: the day of the last answer that said there was nothing left, or None.
        gaps: the open gaps.
    """

    reading: bool
    drained: date | None
    gaps: tuple[Gap, ...]


class Journal(Protocol):
    """Where a status feed keeps what it read. Each method is one transaction, durable when it returns.

    Bring your own to keep it in your own database. Only one feed may have a journal open at a time.
    """

    async def open(self, *, wait: bool) -> None:
        """Open it for one reader. Raises `JournalInUse` when it has one, unless `wait` says to wait for that to end."""
        ...

    async def close(self) -> None:
        """Close it. It can be opened again."""
        ...

    async def state(self) -> State:
        """Tell the state."""
        ...

    async def begin_read(self) -> None:
        """Note that a read begins."""
        ...

    async def end_read(
        self, day: date | None = None, content: bytes | None = None, *, drained: bool = False, gap: Gap | None = None
    ) -> None:
        """Note that the read ended; store its answer, that nothing was left, or the gap that it opened."""
        ...

    async def recover(self, day: date, content: bytes | None, closed: tuple[Gap, ...], left: tuple[Gap, ...]) -> None:
        """Store changes that were missing, close gaps, and keep what is left open of them."""
        ...

    async def unacknowledged(self, after: int) -> list[Stored]:
        """List the answers that were not acknowledged and have a greater number, in their order."""
        ...

    async def since(self, day: date) -> list[Stored]:
        """List all answers that came on that day or later, acknowledged or not, in their order."""
        ...

    async def acknowledge(self, number: int) -> None:
        """Note that everything in an answer was handled."""
        ...

    async def prune(self, before: date) -> None:
        """Forget acknowledged answers that came before a day."""
        ...
