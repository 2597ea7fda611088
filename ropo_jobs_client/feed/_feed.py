"""The status feed: the service hands each change out once, so every answer is journalled before the caller gets it.

A mark "read begun" is durable before a request leaves, and is cleared in the transaction that stores the answer. A mark
that is found means that an answer was lost. Then the feed reads the days that may be concerned again with `date=`,
which hands everything out again, and gives its caller what the service lists more often than the journal. In doubt,
twice.
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self, cast

import anyio

from .._codec.decode import unwrap_list
from .._codec.headers import parse_http_date
from .._codec.json import decode_json, encode_json
from .._generated.api.jobs import jobs_get_status_updates_action
from .._generated.types import ApiRequest
from .._http.pipeline import Pipeline, RawResponse
from .._http.retry import MAX_RETRY_AFTER, backoff
from ..errors import ApiError, ConnectionFailed, DecodeError, RateLimited, RopoError, ServerError
from ..models import JobStatusUpdate
from ._journal import Gap, Journal, State, Stored

logger: Final = logging.getLogger("ropo_jobs_client")

# What the service hands out at most in one answer. A day that answers with as many may have more.
MOST_CHANGES: Final = 1_000

_OPERATION: Final = "GET /jobs/statusupdates"

# A request whose answer was lost may still wait on the service's side, and take what changes after the days were read
# again. So they are read once more when it must have ended.
_LATE: Final = timedelta(minutes=5)
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
    # Nobody knows what it holds, so no repr shows it.
    unreadable: list[object] = field(repr=False)
    _journal: Journal = field(repr=False)
    _number: int = field(repr=False)

    async def ack(self) -> None:
        """Note that it was handled: durable when this returns. What was not acknowledged comes again next time."""
        await self._journal.acknowledge(self._number)


class StatusFeed:
    """All status changes, each at least once. Use it with `async with`, and iterate over it.

    One feed at a time for each journal, across processes.
    """

    def __init__(self, pipeline: Pipeline, journal: Journal, *, follow: float | None, wait: bool, keep: int) -> None:
        self._pipeline = pipeline
        self._journal = journal
        self._follow = follow
        self._wait = wait
        self._keep = keep
        # One read at a time, whichever tasks iterate or recover.
        self._reading = anyio.Lock()
        self._pending: deque[Stored] = deque()
        # The number of the answer that was given last.
        self._last_delivered = 0
        self._state = State(reading=False, drained=None, gaps=())
        self._failures = 0
        self._polls = 0
        self._was_blank = False
        # Whether gaps are left alone until nothing is left, because they cannot be read again now.
        self._recovery_deferred = False

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The times for which changes may be missing. `recover(since=…)` reads again."""
        return tuple(gap for gap in self._state.gaps if gap.retry_at is None)

    async def __aenter__(self) -> Self:
        await self._journal.open(wait=self._wait)
        try:
            self._last_delivered, self._failures, self._recovery_deferred, self._was_blank = 0, 0, False, False
            await self._refresh()
        except BaseException:
            await self._journal.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pending.clear()
        await self._journal.close()

    def __aiter__(self) -> AsyncIterator[StatusBatch]:
        return self

    async def __anext__(self) -> StatusBatch:
        while not self._pending:
            try:
                async with self._reading:
                    is_drained = await self._read()
            except RopoError as error:
                await self._pause(error)
                continue
            self._failures = 0
            if self._pending:
                self._polls = 0
            elif is_drained:
                self._recovery_deferred = False
                if self._follow is None:
                    raise StopAsyncIteration
                await anyio.sleep(min(self._follow, _FIRST_POLL * 2.0 ** min(self._polls, 30)))
                self._polls += 1
        stored = self._pending.popleft()
        self._last_delivered = stored.number
        return self._batch(stored)

    async def recover(self, *, since: date) -> int:
        """Read all changes since a day again, and hand out at the next iteration what was missing.

        Closes the gaps that begin on that day or later, and those of which it is not known when they begin.

        Args:
            since: the first day to read.

        Returns:
            How many changes were missing.

        Raises:
            RopoError: the service could not be read; nothing is changed.
        """
        if isinstance(since, datetime) or not isinstance(cast("object", since), date):
            raise TypeError("since must be a datetime.date")
        async with self._reading:
            await self._refresh()
            return await self._recover(since, named=True)

    async def _pause(self, error: RopoError) -> None:
        """Wait before the next try, or raise what does not get better by waiting."""
        self._failures += 1
        if not _is_transient(error) or (self._follow is None and self._failures > self._pipeline.options.retries):
            raise error
        asked = min((error.retry_after or 0.0) if isinstance(error, ApiError) else 0.0, MAX_RETRY_AFTER)
        await anyio.sleep(max(asked, backoff(min(self._failures, 10), random.random)))

    async def _fetch(self, request: ApiRequest[Any]) -> RawResponse:
        # The feed waits and tries again by its own schedule: a second loop inside would multiply the two.
        return await self._pipeline.fetch(request, retries=0)

    async def _refresh(self) -> None:
        """Take from the journal what is so: a task that was cancelled does not know what became of its last step."""
        self._state = await self._journal.state()
        self._pending = deque(await self._journal.unacknowledged(self._last_delivered))

    async def _read(self) -> bool:
        """Read once, after closing what gaps can be closed. Tell whether nothing is left."""
        await self._refresh()
        if self._state.reading:
            await self._end_read(gap=self._new_gap())
        await self._close_gaps()
        if self._pending:
            return False
        await self._journal.begin_read()
        try:
            response = await self._fetch(jobs_get_status_updates_action.request())
        except RopoError as error:
            await self._end_read(gap=None if _certainly_not_consumed(error) else self._new_gap())
            raise
        day, content = _day_of(response), response.content
        if response.status == 204:
            # Where the clocks differ, the earlier day: the next window begins there.
            day = min(day, datetime.now(UTC).date())
            await self._end_read(day, drained=True)
            await self._prune(day)
            return True
        # Stored as it came, before anything is made of it.
        items = _items(content)
        if items is None:
            # No list of changes: it stands where changes may have been, and comes from something that is not well.
            await self._end_read(day, content, gap=self._new_gap())
            raise _no_list()
        if items:
            await self._end_read(day, content)
            self._was_blank = False
            return False
        # The end is a 204. PHP may also answer 200 with nothing in it, at the end as well as after a crash: see what
        # the days say, or where it is not known which, ask twice.
        gap, was_blank, self._was_blank = self._new_gap(), self._was_blank, True
        await self._end_read(gap=gap)
        return was_blank if gap.since is None else await self._recover(gap.since) == 0

    async def _end_read(
        self, day: date | None = None, content: bytes | None = None, *, drained: bool = False, gap: Gap | None = None
    ) -> None:
        await self._journal.end_read(day, content, drained=drained, gap=gap)
        await self._refresh()

    def _new_gap(self) -> Gap:
        # What was lost may have waited since nothing was left, and days end at other hours elsewhere.
        return Gap(_shifted(self._state.drained, -1) if self._state.drained else None)

    async def _close_gaps(self) -> None:
        """Read again what can be. Where that goes wrong, it does not keep what is new from being read for long."""
        now = datetime.now(UTC)
        days = [gap.since for gap in self._state.gaps if gap.since and not gap.until and _is_due(gap, now)]
        if not days or self._recovery_deferred:
            return
        try:
            await self._recover(min(days))
        except RopoError as error:
            if _is_transient(error) and self._failures < self._pipeline.options.retries:
                raise
            self._recovery_deferred = True
            logger.warning("the days since %s cannot be read again now: %s", min(days), type(error).__name__)

    async def _recover(self, since: date, *, named: bool = False) -> int:
        listed = Counter[bytes]()
        full: list[date] = []
        day, last = since, date.min
        while True:
            response = await self._fetch(jobs_get_status_updates_action.request(date=day))
            today = _day_of(response)
            forms = _canonical_items(response.content) if response.status != 204 else []
            if forms is None:
                raise _no_list()
            listed.update(forms)
            if len(forms) >= MOST_CHANGES:
                full.append(day)
            # Only now is it known what day it is to the service.
            last = max(last, today)
            if day > last or day == date.max:
                break
            day = _shifted(day, 1)
        # What changed on a day may have come on the day before, as the Date header has it.
        missing = list((listed - _count_delivered(await self._journal.since(_shifted(since, -1)))).elements())
        now = datetime.now(UTC)
        closed = tuple(
            gap for gap in self._state.gaps if _is_due(gap, now) and (gap.since >= since if gap.since else named)
        )
        left = [Gap(full[0], full[-1])] if full else []
        if any(gap.until is None and gap.retry_at is None for gap in closed):
            left.append(Gap(since, retry_at=now + _LATE))
        found = b"[" + b",".join(missing) + b"]" if missing else None
        await self._journal.recover(today, found, closed, tuple(left))
        await self._refresh()
        return len(missing)

    async def _prune(self, today: date) -> None:
        """Forget what was acknowledged long ago, but nothing that an open window is compared with."""
        windows = [gap.since for gap in self._state.gaps]
        if None not in windows:
            # One day before the window that would open now, and before each that is open.
            days = [_shifted(today, -1), *(day for day in windows if day)]
            await self._journal.prune(min(_shifted(today, -self._keep), *(_shifted(day, -1) for day in days)))

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


def _is_transient(error: RopoError) -> bool:
    """Return whether waiting may help."""
    return not isinstance(error, ApiError) or isinstance(error, ServerError | RateLimited) or error.status == 408


def _certainly_not_consumed(error: RopoError) -> bool:
    """Return whether the read provably handed nothing out."""
    if error.operation != _OPERATION or isinstance(error, ConnectionFailed):
        return True
    return isinstance(error, ApiError) and 400 <= error.status < 500 and error.status != 408


def _no_list() -> DecodeError:
    return DecodeError("the status updates are no list", operation=_OPERATION)


def _is_due(gap: Gap, now: datetime) -> bool:
    return gap.retry_at is None or gap.retry_at <= now


def _items(content: bytes) -> list[object] | None:
    """Return the changes of an answer, or None where it is no list of any."""
    if not content.strip():
        return []
    try:
        return unwrap_list(decode_json(content), "JobStatusUpdate")
    except (ValueError, DecodeError):
        return None


def _day_of(response: RawResponse) -> date:
    """Return the service's day, not ours: its changes are listed by it."""
    return (parse_http_date(response.date) or datetime.now(UTC)).date()


def _canonical_items(content: bytes) -> list[bytes] | None:
    """Return the changes of an answer in canonical form, or None where it is no list of any."""
    try:
        items = _items(content)
        return None if items is None else [_canonical(item) for item in items]
    except RecursionError:
        return None


def _count_delivered(answers: list[Stored]) -> Counter[bytes]:
    """Count what was handed out. What was recovered and comes by itself later counts once: in doubt, twice."""
    came, recovered = Counter[bytes](), Counter[bytes]()
    for answer in answers:
        forms = Counter(_canonical_items(answer.content) or ())
        if answer.recovered:
            recovered += forms
        else:
            came += forms
            recovered -= forms
    return came + recovered


def _canonical(item: object) -> bytes:
    try:
        return encode_json(_sorted(item))
    except ValueError:
        # What is not to be sent, such as half a character: the form of it does for comparing and reading.
        return json.dumps(item, sort_keys=True, default=str).encode()


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {key: _sorted(fields[key]) for key in sorted(fields)}
    return [_sorted(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


def _shifted(day: date, days: int) -> date:
    """Return another day, and where there is none, the first or the last that there is."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
