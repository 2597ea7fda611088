"""The journal of the status feed: the protocol, and what a journal knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import LiteralString, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Gap:
    """A time for which changes may be missing, because a response with changes was lost.

    Attributes:
        since: the first day that may be concerned. None where it is not known, because a response was lost before the
            feed had been empty once: when nothing is left, days are read again as far back as makes sense, and those up
            to `until` stay open for `feed.recover(since=…)` or `feed.accept(gap)`.
        until: the last day, where reading again could not close it, or None for the day after now.
        retry_at: when to read it once more, because the lost request may still be carried out late; None for at once.
        unproven: whether the service's lists of these days lack changes that it handed out before, so that nobody
            knows what else they lack: it is not read again by itself, and `feed.accept(gap)` closes it. Or, with
            `until` None, its clock and ours did not agree on which days they are: it is read again when they agree.
    """

    since: date | None
    until: date | None = None
    retry_at: datetime | None = None
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A response in the journal.

    Attributes:
        number: its place in the order in which responses were stored. Never used again, and never changed.
        content: the body, as it came.
        recovered: whether it is no response, but changes that were found missing.
        repeats: whether it may hold changes that an earlier one holds: it is `recovered`, was stored late, or holds
            what waited at the service while missing changes were read by day.
    """

    number: int
    content: bytes = field(repr=False)
    recovered: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a journal knows beside its responses.

    Attributes:
        reading: the token of a read that was begun and never ended, or None.
        drained: the day of the last response after which there was nothing left, or None where that is not known.
        gaps: the open gaps.
        repeats: whether missing changes were stored since the last response that said there was nothing left.
        owner: whose changes it holds, as `claim` noted it, or None.
    """

    reading: int | None = None
    drained: date | None = None
    gaps: tuple[Gap, ...] = ()
    repeats: bool = False
    owner: str | None = None


class Journal(Protocol):
    """Where a status feed keeps what it read. Each method is one transaction, durable when it returns.

    Bring your own to keep it elsewhere; `ropo_jobs_sandbox.journal_conformance` tests it. Only one reader may have a
    journal open at a time. Where the place as reader is lost (another one took over, or the database is gone), all but
    `open`, `close`, `save_late` and `acknowledge` raise `JournalLost`, and nothing is written.
    """

    async def open(self, *, wait: bool) -> None:
        """Open it for one reader. Raises `JournalInUse` when it has one, unless `wait` says to wait for that to end."""
        ...

    async def close(self) -> None:
        """Close it. It can be opened again."""
        ...

    async def state(self) -> State:
        """Return the state."""
        ...

    async def claim(self, owner: str) -> None:
        """Note whose changes it holds."""
        ...

    async def begin_read(self) -> int:
        """Note that a read begins. Return its token, which no other read has or had: above 0."""
        ...

    async def end_read(
        self,
        token: int,
        day: date | None = None,
        content: bytes | None = None,
        *,
        drained: bool = False,
        gap: Gap | None = None,
        once: bool = False,
    ) -> None:
        """Note that the read ended: its response, that nothing was left, or the gap that it opened.

        Args:
            token: of the read. `JournalLost` where it is not the one that was begun last.
            day: the day on which the response came.
            content: the response. `repeats` of what is stored is that of the state.
            drained: nothing was left. This sets `drained` of the state to the day, and `repeats` to False.
            gap: a gap to add, unless it is there already.
            once: do not store the content where the response that was stored last has the same.
        """
        ...

    async def save_late(self, token: int, day: date, content: bytes) -> None:
        """Store the response of a read whose reader has lost its place, whether the journal is open or not.

        It is stored with `repeats`, and once for each token: where `end_read` has stored it after all, this does
        nothing. Where the read is still noted as begun, it ends.
        """
        ...

    async def recover(
        self, day: date, contents: Sequence[bytes], closed: tuple[Gap, ...], left: tuple[Gap, ...]
    ) -> None:
        """Store changes that were missing, remove the closed gaps, and add those that are left, unless they are there.

        The contents are stored as `recovered`, with `repeats`, and if there are any, `repeats` of the state is set.
        """
        ...

    async def unacknowledged(self, after: int, limit: int) -> list[Stored]:
        """Return the first responses with a greater number that were not acknowledged, at most so many, in order."""
        ...

    async def since(self, day: date, after: int, limit: int) -> list[Stored]:
        """Return the first responses of that day or later with a greater number, acknowledged or not, in order."""
        ...

    async def acknowledge(self, number: int) -> None:
        """Note that everything in a response was handled. A second time changes nothing."""
        ...

    async def prune(self, before: date) -> None:
        """Forget acknowledged responses that came before a day."""
        ...


@runtime_checkable
class SqlJournal(Protocol):
    """A journal in a database that other programs use too."""

    def ack_sql(self, number: int) -> LiteralString:
        """Return a statement that acknowledges a response, and fails where it is acknowledged already."""
        ...
