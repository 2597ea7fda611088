"""The status feed: the service hands each change out once, so every answer is journalled before the caller gets it.

A mark "read begun" is durable before a request leaves, and is cleared in the transaction that stores the answer. A mark
that is found means that an answer was lost. Then the feed reads the days that may be concerned again with `date=`,
which hands everything out again, and gives its caller what the service lists more often than the journal. In doubt,
twice.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Self, TypeVar, cast

import anyio

from . import values
from ._generated.api.jobs import jobs_get_status_updates_action
from ._generated.types import Request
from .engine import Engine
from .errors import ApiError, ConnectionFailed, DecodeError, RateLimited, RopoError, ServerError
from .journal import Gap, Journal, State, Stored
from .models import JobStatusUpdate
from .retries import backoff

T = TypeVar("T")

# What the service hands out at most in one answer. A day that answers with as many may have more.
MOST_CHANGES: Final = 1_000

_DAY: Final = timedelta(days=1)
# Seconds.
_FIRST_POLL: Final = 0.5


@dataclass(frozen=True, slots=True)
class StatusBatch:
    """Changes that were handed out together. Acknowledge it when everything in it is handled.

    Attributes:
        updates: the changes.
        unreadable: what could not be read as a change: JSON values, or the bytes of an answer that was no list at all.
    """

    updates: list[JobStatusUpdate]
    unreadable: list[object]
    _journal: Journal = field(repr=False)
    _number: int = field(repr=False)

    async def ack(self) -> None:
        """Note that it was handled: durable when this returns. What was not acknowledged comes again next time."""
        await self._journal.acknowledge(self._number)


class _Reader:
    """Sends what the endpoint function makes, and keeps the answer as it came."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.status = 0
        self.content = b""
        self.day: date = datetime.now(UTC).date()

    async def call(self, request: Request[T]) -> T:
        fetched = await self._engine.fetch(request)
        self.status, self.content = fetched.status, fetched.content
        # The service's day, not ours: its changes are listed by it.
        self.day = _day_of(fetched.date)
        # What the endpoint function is to make of it is not needed: the bytes are.
        return request.decode({})


class StatusFeed:
    """All status changes, each at least once. Use it with `async with`, and iterate over it.

    One feed at a time for each journal, across processes.
    """

    def __init__(self, engine: Engine, journal: Journal, *, follow: float | None, wait: bool, keep: int) -> None:
        self._engine = engine
        self._journal = journal
        self._follow = follow
        self._wait = wait
        self._keep = timedelta(days=keep)
        self._reader = _Reader(engine)
        self._pending: deque[Stored] = deque()
        self._state = State(reading=False, drained=None, gaps=())
        # Gaps that could not be closed by reading again: trying once more would not help.
        self._hopeless: set[Gap] = set()
        self._failures = 0
        self._polls = 0
        self._was_blank = False

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The times for which changes may be missing. `recover(since=…)` reads again."""
        return self._state.gaps

    async def __aenter__(self) -> Self:
        await self._journal.open(wait=self._wait)
        try:
            self._state = await self._journal.state()
            self._pending.extend(await self._journal.unacknowledged())
        except BaseException:
            await self._journal.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._journal.close()

    def __aiter__(self) -> AsyncIterator[StatusBatch]:
        return self

    async def __anext__(self) -> StatusBatch:
        while not self._pending:
            try:
                is_drained = await self._read()
            except RopoError as error:
                await self._pause(error)
                continue
            self._failures = 0
            if self._pending:
                self._polls = 0
            elif is_drained:
                if self._follow is None:
                    raise StopAsyncIteration
                await anyio.sleep(min(self._follow, _FIRST_POLL * 2.0 ** min(self._polls, 30)))
                self._polls += 1
        return self._batch(self._pending.popleft())

    async def recover(self, *, since: date) -> int:
        """Read all changes since a day again, and hand out at the next iteration what was missing. Closes the gaps.

        Args:
            since: the first day to read.

        Returns:
            How many changes were missing.

        Raises:
            RopoError: the service could not be read; nothing is changed.
        """
        if isinstance(since, datetime) or not isinstance(cast("object", since), date):
            raise TypeError("since must be a datetime.date")
        return await self._recover(since, self._state.gaps)

    async def _pause(self, error: RopoError) -> None:
        """Wait before the next try, or raise what does not get better by waiting."""
        passes = not isinstance(error, ApiError) or isinstance(error, ServerError | RateLimited) or error.status == 408
        self._failures += 1
        if not passes or (self._follow is None and self._failures > self._engine.options.retries):
            raise error
        await anyio.sleep(backoff(min(self._failures, 10), random.random))

    async def _read(self) -> bool:
        """Read once, after closing what gaps can be closed. Tell whether nothing is left."""
        if self._state.reading:
            await self._end_read(gap=self._new_gap())
        for gap in self._state.gaps:
            if gap.since is not None and gap not in self._hopeless:
                self._was_blank = await self._recover(gap.since, (gap,)) == 0 and self._was_blank
        if self._pending:
            return False
        await self._journal.begin_read()
        self._state = State(reading=True, drained=self._state.drained, gaps=self._state.gaps)
        try:
            await jobs_get_status_updates_action.call(self._reader)
        except RopoError as error:
            await self._end_read(gap=None if _never_done(error) else self._new_gap())
            raise
        day, content = self._reader.day, self._reader.content
        if self._reader.status == 204:
            await self._end_read(day, drained=True)
            await self._prune(day)
            return True
        # Stored as it came, before anything is made of it.
        items = _items(content)
        if items:
            await self._end_read(day, content)
        elif items is None:
            # No list of changes: it stands where changes may have been.
            await self._end_read(day, content, gap=self._new_gap())
        else:
            # The end is a 204. PHP may also answer 200 with nothing in it, at the end as well as after a crash: look
            # once at what the days say.
            looks = not self._was_blank
            await self._end_read(gap=self._new_gap() if looks else None)
            self._was_blank = looks
            return not looks
        self._was_blank = False
        return False

    async def _end_read(
        self, day: date | None = None, content: bytes | None = None, *, drained: bool = False, gap: Gap | None = None
    ) -> None:
        number = await self._journal.end_read(day, content, drained=drained, gap=gap)
        if number is not None and content is not None:
            self._pending.append(Stored(number, content))
        self._state = await self._journal.state()

    def _new_gap(self) -> Gap:
        # What was lost may have waited since nothing was left, and days end at other hours elsewhere.
        return Gap(self._state.drained - _DAY if self._state.drained else None)

    async def _recover(self, since: date, closed: tuple[Gap, ...]) -> int:
        listed = Counter[bytes]()
        full: list[date] = []
        day = since
        while True:
            await jobs_get_status_updates_action.call(self._reader, date=day)
            items = _items(self._reader.content) if self._reader.status != 204 else []
            if items is None:
                raise DecodeError("the status updates of a day are no list", operation="GET /jobs/statusupdates")
            listed.update(map(_canonical, items))
            if len(items) >= MOST_CHANGES:
                full.append(day)
            # Only now is it known what day it is to the service.
            if day > self._reader.day:
                break
            day += _DAY
        kept = Counter[bytes]()
        for content in await self._journal.since(since):
            kept.update(map(_canonical, _items(content) or ()))
        missing = list((listed - kept).elements())
        found = b"[" + b",".join(missing) + b"]" if missing else None
        left = Gap(full[0], full[-1]) if full else None
        number = await self._journal.recover(self._reader.day, found, closed, left)
        if left is not None:
            self._hopeless.add(left)
        if number is not None and found is not None:
            self._pending.append(Stored(number, found))
        self._state = await self._journal.state()
        return len(missing)

    async def _prune(self, today: date) -> None:
        """Forget what was acknowledged long ago, but nothing that an open window is compared with."""
        windows = [gap.since for gap in self._state.gaps]
        if None not in windows:
            await self._journal.prune(min(today - self._keep, today - _DAY, *(day for day in windows if day)))

    def _batch(self, stored: Stored) -> StatusBatch:
        updates: list[JobStatusUpdate] = []
        unreadable: list[object] = []
        items = _items(stored.content)
        for item in [stored.content] if items is None else items:
            try:
                updates.append(JobStatusUpdate.from_dict(item))
            except DecodeError:
                unreadable.append(item)
        return StatusBatch(updates, unreadable, self._journal, stored.number)


def _never_done(error: RopoError) -> bool:
    """Tell whether the read provably handed nothing out."""
    if error.operation != "GET /jobs/statusupdates" or isinstance(error, ConnectionFailed):
        return True
    return isinstance(error, ApiError) and error.status < 500 and error.status != 408


def _items(content: bytes) -> list[object] | None:
    """Give the changes of an answer, or None where it is no list of any."""
    if not content.strip():
        return []
    try:
        return values.only_list(values.decode_json(content), "JobStatusUpdate")
    except (ValueError, DecodeError):
        return None


def _canonical(item: object) -> bytes:
    return values.encode_json(_sorted(item))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {key: _sorted(fields[key]) for key in sorted(fields)}
    return [_sorted(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


def _day_of(header: str | None) -> date:
    """Give the day of a Date header, or this machine's where there is none."""
    try:
        return parsedate_to_datetime(header or "").date()
    except ValueError:
        return datetime.now(UTC).date()
