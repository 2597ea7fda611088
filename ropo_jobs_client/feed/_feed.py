"""The status feed: the service hands each change out once, so every response is journalled before the caller gets it.

A mark "read begun" is durable before a request leaves, and is cleared in the transaction that stores the response. A
mark that is found means that a response was lost. Then the feed reads the days that may be concerned again with
`date=`, which lists everything again, and gives its caller what the service lists more often than the journal.
At-least-once: if we cannot tell whether a change was delivered, deliver it again.
"""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, LiteralString, Self, cast

import anyio

from .._codec.headers import parse_http_date
from .._generated.api.jobs import jobs_get_status_updates_action
from .._http.pipeline import Pipeline, RawResponse
from .._http.retry import MAX_RETRY_AFTER
from .._loops import run_in_worker
from ..errors import (
    ApiError,
    ConnectionFailed,
    DecodeError,
    InvalidArgument,
    JournalLost,
    RateLimited,
    RopoError,
    ServerError,
)
from ..models import JobStatusUpdate
from ._items import Item, count_items, is_blank, read_items
from ._journal import Gap, Journal, SqlJournal, State, Stored
from ._recovery import Comparison, earliest_day, first_day

logger: Final = logging.getLogger("ropo_jobs_client")

_OPERATION: Final = "GET /jobs/statusupdates"
# Opened by a response that was lost before the feed had been empty once: nobody knows since when its changes waited.
_UNKNOWN: Final = Gap(None)
# How many responses are taken from the journal at once.
_PAGE: Final = 20
# Days that are read again before what is new. More of them wait until nothing is left.
_NEAR: Final = 30
# Seconds.
_FIRST_POLL: Final = 0.5
_FIRST_PAUSE: Final = 0.5
_MAX_PAUSE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock of a feed, and how long it waits.

    Attributes:
        now: gives the time, with a time zone.
        sleep: waits for so many seconds.
        jitter: gives a number from 0 to 1.
        late: how long a request whose response was lost may still be carried out on the service's side. The days are
            read once more after that.
        max_skew: how far the service's clock may be from ours.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    # Looked up when it is used.
    sleep: Callable[[float], Awaitable[None]] = lambda seconds: anyio.sleep(seconds)  # noqa: PLW0108
    jitter: Callable[[], float] = random.random
    late: timedelta = timedelta(minutes=5)
    max_skew: timedelta = timedelta(days=2)

    def pause(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row."""
        longest = min(_MAX_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures, 10))
        return longest * (0.5 + self.jitter() / 2)


@dataclass(frozen=True, slots=True)
class StatusBatch:
    """Changes that were handed out together. Acknowledge it when everything in it is handled.

    Attributes:
        number: the number of the batch. It stays the same when the batch comes again, and no other one has it: a key
            to do things once with.
        updates: the changes.
        unreadable: what could not be read as a change: JSON values, or the bytes of a response that was no list at all.
        recovered: whether it may repeat changes of an earlier batch. That happens after a response was lost.
        raw: the JSON of each of the changes in `updates`, as it came.
    """

    number: int
    updates: list[JobStatusUpdate]
    # Nobody knows what these hold, so no repr shows them.
    unreadable: list[object] = field(repr=False)
    recovered: bool
    raw: list[str] = field(repr=False)
    _journal: Journal = field(repr=False)

    async def ack(self) -> None:
        """Note that it was handled: durable when this returns. What was not acknowledged comes again next time.

        Raises:
            JournalLost: the journal's database cannot be reached. The batch comes again.
        """
        await self._journal.acknowledge(self.number)

    @property
    def ack_sql(self) -> LiteralString:
        """The statement that acknowledges it, to run in the transaction that writes what the batch leads to.

        It has no parameters, and fails where the batch is acknowledged already: then roll back, since another process
        has handled the batch.

        Raises:
            TypeError: the journal is not in a database that other programs use too, such as a `PostgresJournal`.
        """
        if not isinstance(self._journal, SqlJournal):
            raise TypeError(f"{type(self._journal).__name__} has no ack_sql: use `await batch.ack()`")
        return self._journal.ack_sql(self.number)


class StatusFeed:
    """All status changes, each at least once. Use it with `async with`, and iterate over it.

    One feed at a time for each journal, across processes.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        journal: Journal,
        *,
        follow: float | None,
        wait: bool,
        keep: int,
        owner: str | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._retries = pipeline.options.retries
        self._journal = journal
        self._follow = follow
        self._wait = wait
        self._keep = keep
        self._owner = owner
        self._timing = timing or Timing()
        # Plain http leads to a sandbox, which may live on another day.
        self._trusts_dates = timing is None and pipeline.base_url.startswith("http:")
        # One read at a time, whichever tasks iterate or recover.
        self._reading = anyio.Lock()
        self._pending: deque[Stored] = deque()
        self._state = State()
        self._skew_was_logged = False
        self._start()

    def _start(self) -> None:
        # The number of the response that was given last.
        self._last_delivered = 0
        self._failures = 0
        self._polls = 0
        self._was_blank = False
        self._is_lost = False
        # From which number on what was stored holds nothing of before which day, in the order of the numbers.
        self._begins: list[tuple[int, date]] = []
        # Whether the last response named our day. One that names none says nothing.
        self._clocks_agree = False
        # For the first of days that could not be read again: how often, and until when they are left alone.
        self._postponed: dict[date, tuple[int, datetime]] = {}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The times for which changes may be missing. `recover(since=…)` reads again."""
        return tuple(gap for gap in self._state.gaps if gap.retry_at is None)

    async def __aenter__(self) -> Self:
        await self._journal.open(wait=self._wait)
        try:
            self._start()
            await self._refresh()
            await self._check_owner()
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
            except JournalLost as error:
                self._is_lost = True
                if self._follow is None:
                    raise
                await self._pause(error)
            except RopoError as error:
                await self._pause(error)
            else:
                if is_drained and not self._pending:
                    await self._rest()
        self._polls = 0
        stored = self._pending.popleft()
        self._last_delivered = stored.number
        return self._batch(stored)

    async def recover(self, *, since: date) -> int:
        """Read all changes since a day again, and hand out at the next iteration what was missing.

        Closes the gaps that begin on that day or later, and those of which it is not known when they begin, if they end
        on that day or later; unless the service's lists still lack changes that it handed out before. Before the feed
        was empty once, it is not known how old the changes of a lost response are, and no day closes such a gap.

        Args:
            since: the first day to read.

        Returns:
            How many changes were missing.

        Raises:
            RopoError: the service could not be read; nothing is changed.
        """
        _check_day(since)
        async with self._reading:
            await self._refresh()
            return await self._recover(since, named=True)

    async def accept(self, gap: Gap) -> None:
        """Close a gap without reading again: whatever is missing there is known by other means, or is not needed.

        Args:
            gap: one of `gaps`. One that is closed already changes nothing.
        """
        if not isinstance(cast("object", gap), Gap):
            raise TypeError(f"gap must be a Gap of feed.gaps, not {type(gap).__name__}")
        async with self._reading:
            await self._journal.recover(self._timing.now().date(), (), (gap,), ())
            await self._refresh()

    def replay(self, *, since: date) -> AsyncIterator[StatusBatch]:
        """Hand out again what the journal has, acknowledged or not. The service is not asked.

        Acknowledged changes are in the journal for `keep` days.

        Args:
            since: the day on which the first response came.
        """
        _check_day(since)
        return self._replay(since)

    async def _replay(self, since: date) -> AsyncIterator[StatusBatch]:
        after = 0
        while page := await self._journal.since(since, after, _PAGE):
            for stored in page:
                yield self._batch(stored)
            after = page[-1].number

    async def _check_owner(self) -> None:
        """Refuse a journal that holds the changes of another customer or environment."""
        known = self._state.owner
        if self._owner is None or known == self._owner:
            return
        # A token does not tell the customer; then the service alone is compared.
        customer, _, service = self._owner.rpartition(" at ")
        known_customer, _, known_service = (known or "").rpartition(" at ")
        if known is not None and (
            service != known_service or (customer and known_customer and customer != known_customer)
        ):
            raise InvalidArgument("journal", f"holds the status changes of {known}, not those of {self._owner}")
        if known is None or not known_customer:
            await self._journal.claim(self._owner)

    async def _rest(self) -> None:
        """Wait until it is time to ask again; nothing is left now."""
        now = self._timing.now()
        if self._follow is None:
            again = [at for failures, at in self._postponed.values() if failures <= self._retries]
            if not again:
                raise StopAsyncIteration
            await self._timing.sleep(max(0.0, (min(again) - now).total_seconds()))
            return
        await self._timing.sleep(min(self._follow, _FIRST_POLL * 2.0 ** min(self._polls, 30)))
        self._polls += 1

    async def _pause(self, error: RopoError) -> None:
        """Wait before the next try, or raise what does not get better by waiting."""
        self._failures += 1
        # A login is repeated by itself.
        is_repeated = self._failures > self._retries or error.operation not in {None, _OPERATION}
        if not _is_transient(error) or (self._follow is None and is_repeated):
            raise error
        asked = min((error.retry_after or 0.0) if isinstance(error, ApiError) else 0.0, MAX_RETRY_AFTER)
        await self._timing.sleep(max(asked, self._timing.pause(self._failures)))

    async def _refresh(self) -> None:
        """Take from the journal what is so: a task that was cancelled does not know what became of its last step."""
        self._state = await self._journal.state()
        page = await self._journal.unacknowledged(self._last_delivered, _PAGE)
        # Another task may have been given some of it meanwhile.
        self._pending = deque(stored for stored in page if stored.number > self._last_delivered)

    async def _read(self) -> bool:
        """Read once, after closing what gaps can be closed. Return whether nothing is left."""
        if self._is_lost:
            await self._stand_by()
        await self._refresh()
        if self._state.reading is not None:
            await self._end_read(self._state.reading, gap=self._new_gap())
        await self._close_gaps(far=False)
        if self._pending:
            return False
        token = await self._journal.begin_read()
        try:
            # The feed waits and tries again by its own schedule: a second loop inside would multiply the two.
            response = await self._pipeline.fetch(jobs_get_status_updates_action.request(), retries=0)
        except RopoError as error:
            await self._end_read(token, gap=None if _certainly_not_consumed(error) else self._new_gap())
            raise
        return await self._keep_response(token, response)

    async def _keep_response(self, token: int, response: RawResponse) -> bool:
        """Store what came, as it came, before anything is made of it. Return whether nothing is left."""
        told, today, content = self._service_day(response), self._today(), response.content
        day = told or today
        # The next window begins there if nothing is left. Where the clocks differ, the earlier day; where the service's
        # is not believed, ours may be the wrong one, and what was known before is the safe one: also that nothing is.
        end = min(told, today) if told else self._state.drained
        if response.status == 204:
            self._failures = 0
            await self._end_read(token, end, drained=end is not None)
            # Now those can be closed of which it was not known when they begin, and those of many days.
            await self._close_gaps(far=True)
            await self._prune(end)
            return True
        count = 0 if is_blank(content) else await run_in_worker(count_items, content)
        if count == 0:
            return await self._after_blank(token, end)
        is_list = count is not None
        try:
            # What is no list stands where changes may have been, and comes from something that is not well.
            gap = None if is_list else self._new_gap()
            await self._end_read(token, day, content, gap=gap, once=not is_list)
        except JournalLost:
            await self._save_late(token, day, content)
            raise
        if not is_list:
            raise _no_list()
        if self._pending:
            self._note_begin(self._pending[-1].number, self._new_gap().since or date.min)
        self._failures, self._was_blank = 0, False
        return False

    async def _after_blank(self, token: int, end: date | None) -> bool:
        # The end is a 204. PHP may also answer 200 with nothing in it, at the end as well as after a crash: see what
        # the days say, or where it is not known which, ask twice.
        gap, was_blank, self._was_blank = self._new_gap(), self._was_blank, True
        await self._end_read(token, gap=gap)
        if gap.since is None or end is None:
            return was_blank
        await self._close_gaps(far=True)
        if gap in self._state.gaps:
            raise _no_list()
        self._failures = 0
        if not self._pending:
            # It was the end: where all ends look like this, each would read one day more than the last.
            await self._end_read(await self._journal.begin_read(), end, drained=True)
            await self._prune(end)
        return not self._pending

    async def _end_read(
        self,
        token: int,
        day: date | None = None,
        content: bytes | None = None,
        *,
        drained: bool = False,
        gap: Gap | None = None,
        once: bool = False,
    ) -> None:
        await self._journal.end_read(token, day, content, drained=drained, gap=gap, once=once)
        await self._refresh()

    async def _save_late(self, token: int, day: date, content: bytes) -> None:
        """Store a response although the place as reader is lost: the service does not hand it out again."""
        tries = 0
        while True:
            try:
                return await self._journal.save_late(token, day, content)
            except JournalLost:
                tries += 1
                if self._follow is None and tries > self._retries:
                    # The mark of the read is still there: whoever reads next knows that a response was lost.
                    logger.warning("a response could not be stored: the next reader reads its days again")
                    return None
                await self._timing.sleep(self._timing.pause(tries))

    async def _stand_by(self) -> None:
        """Become the reader again, once nobody else is."""
        self._pending.clear()
        await self._journal.close()
        await self._journal.open(wait=True)
        self._start()

    def _today(self) -> date:
        return self._timing.now().date()

    def _service_day(self, response: RawResponse) -> date | None:
        """Return the service's day: its changes are listed by it, and not by ours. None where nobody can believe it."""
        today = self._today()
        told = parse_http_date(response.date)
        day = told.date() if told else today
        is_ours = self._is_plausible_day(day)
        self._clocks_agree = is_ours and told is not None
        if is_ours:
            return day
        if not self._skew_was_logged:
            self._skew_was_logged = True
            text = (
                "the service says that it is %s, and here it is %s: while they differ, no gap in the changes is closed"
            )
            logger.warning(text, day, today)
        return day if abs(day - today).days <= _NEAR else None

    def _is_plausible_day(self, day: date | None) -> bool:
        """Return whether the service's day can be the same as ours."""
        return day is not None and (self._trusts_dates or abs(day - self._today()) <= self._timing.max_skew)

    def _is_due(self, gap: Gap) -> bool:
        # One that is further away than it can be was noted by a clock that was wrong.
        now = self._timing.now()
        return gap.retry_at is None or not now < gap.retry_at <= now + self._timing.late

    def _new_gap(self) -> Gap:
        # What was lost may have waited since nothing was left, and days end at other hours elsewhere.
        return Gap(_shifted(self._state.drained, -1)) if self._state.drained else _UNKNOWN

    def _note_begin(self, number: int, day: date) -> None:
        in_order = not self._begins or self._begins[-1][0] < number
        if in_order and self._begin_of(number) != day:
            self._begins.append((number, day))

    def _begin_of(self, number: int) -> date:
        """Return the day before which nothing in a response is. Of one that another feed stored, nothing is known."""
        return next((day for first, day in reversed(self._begins) if first <= number), date.min)

    async def _bound_unknown(self, today: date) -> None:
        """Have the days read again that can be, where it is not known when a gap begins. The rest stays a gap.

        Not before the feed was empty once: until then the days list what waits too, and all of it would come twice.
        """
        earliest, after = today, 0
        while page := await self._journal.since(date.min, after, _PAGE):
            earliest = await run_in_worker(earliest_day, page, earliest)
            after = page[-1].number
        since = first_day(earliest, today)
        # The near days do not wait for the far ones, which the service may refuse.
        near, rest = Gap(max(since, _shifted(today, -_NEAR))), Gap(None, _shifted(since, -1))
        await self._journal.recover(today, (), (_UNKNOWN,), (near, Gap(since), rest))
        await self._refresh()
        text = "a response was lost before the feed had been empty once: changes of before %s may be missing"
        logger.warning(text, since)

    async def _close_gaps(self, *, far: bool) -> None:
        """Read again what can be. `far`: also those of many days, which must not keep what is new from being read.

        The newest first: where an old day cannot be read, that holds up no new one. What goes wrong is tried again
        after growing pauses, and meanwhile the feed goes on.
        """
        drained, now = self._state.drained, self._timing.now()
        # A day to come was noted by a clock that was wrong, or ours is wrong now: the next end tells.
        if drained and drained <= now.date() and _UNKNOWN in self._state.gaps:
            await self._bound_unknown(drained)
        due = [gap for gap in self._state.gaps if self._is_due(gap) and (self._clocks_agree or not gap.unproven)]
        days = {gap.since for gap in due if gap.since and not gap.until}
        self._postponed = {day: found for day, found in self._postponed.items() if day in days}
        for since in sorted(days, reverse=True):
            _, until = self._postponed.get(since, (0, now))
            if now < until or (not far and self._age(since) > _NEAR + 1):
                continue
            try:
                await self._recover(since)
            except JournalLost:
                raise
            except RopoError as error:
                self._postpone(since, error.retry_after if isinstance(error, ApiError) else None)
                logger.warning("the days since %s cannot be read again now: %s", since, type(error).__name__)
            except BaseException:
                # A caller with a time limit, such as `anyio.fail_after`, is not stuck on old days: its next call reads
                # new changes first.
                self._postpone(since)
                raise
            else:
                self._postponed.pop(since, None)
                if self._clocks_agree and Gap(since, unproven=True) in self._state.gaps:
                    # They do not agree on each of the days.
                    self._postpone(since)

    def _postpone(self, since: date, retry_after: float | None = None) -> None:
        now = self._timing.now()
        failures = self._postponed.get(since, (0, now))[0] + 1
        pause = max(self._timing.pause(failures), min(retry_after or 0.0, MAX_RETRY_AFTER))
        if self._follow is not None:
            # Each try is a request for each day.
            pause *= max(1.0, self._age(since) / 8)
        self._postponed[since] = failures, now + timedelta(seconds=pause)

    def _age(self, day: date) -> int:
        """Return how many days before now this one is, or before the day on which nothing was left: the later one."""
        # In a sandbox, now may be another day than here.
        return (max(self._state.drained or day, day if self._trusts_dates else self._today()) - day).days

    async def _recover(self, since: date, *, named: bool = False) -> int:
        compared, last, is_sure = await self._read_days(since)
        # What changed on a day may have come on the day before, as the Date header has it.
        after = 0
        while page := await self._journal.since(_shifted(since, -1), after, _PAGE):
            inside = {stored.number for stored in await self._journal.since(since, after, _PAGE)}
            surely = {stored.number for stored in page if self._begin_of(stored.number) >= since}
            await run_in_worker(compared.discount, page, inside, surely)
            after = page[-1].number
        count, contents = await run_in_worker(compared.missing)
        # A gap that begins after the last day is that of a wrong clock: these days prove nothing of it.
        gaps = [gap for gap in self._state.gaps if self._is_due(gap) and not since <= last < (gap.since or since)]
        closed = tuple(gap for gap in gaps if _is_covered(gap, since, named=named))
        unsure = Gap(min((gap.since or since for gap in closed), default=since), unproven=True)
        left: tuple[Gap, ...]
        if is_sure and since > last and closed:
            # It was opened by a clock that was wrong, so that nobody knows when it begins; or ours is wrong now.
            left = (_UNKNOWN,) if self._clocks_agree else (_UNKNOWN, unsure)
        else:
            left = self._left_open(compared, closed, None if is_sure else unsure)
        await self._journal.recover(last, contents, closed, left)
        if contents and after:
            self._note_begin(after + 1, since)
        await self._refresh()
        return count

    async def _read_days(self, since: date) -> tuple[Comparison, date, bool]:
        """Return what the days list until now, the last of them, and whether the clocks agreed on that."""
        compared = Comparison()
        day, last, is_sure = since, date.min, True
        while True:
            # The first tells whether the service is well. Where it is, one of many days that fails is tried again: else
            # all would have to go well at once.
            retries = 0 if day == since else None
            response = await self._pipeline.fetch(jobs_get_status_updates_action.request(date=day), retries=retries)
            content = None if response.status == 204 else response.content
            if not await run_in_worker(compared.list_day, day, content):
                raise _no_list()
            # Only now is it known what day it is to the service.
            told = self._service_day(response)
            is_sure = is_sure and self._is_plausible_day(told)
            # By each clock: nobody knows which one is wrong.
            last = max(last, told or date.min, date.min if self._trusts_dates else self._today())
            if day > last or day == date.max:
                return compared, last, is_sure
            day = _shifted(day, 1)

    def _left_open(self, compared: Comparison, closed: tuple[Gap, ...], unsure: Gap | None) -> tuple[Gap, ...]:
        """Return the gaps that stay when these were read again; `unsure`: for days that may not be those of the gaps.

        That one has no end: how far the days go is what the clocks do not agree on.
        """
        left = [Gap(compared.full[0], compared.full[-1])] if compared.full else []
        now = self._timing.now()
        # One that is read before its time, since a clock was wrong, still has to be read in its time.
        new = [gap.since for gap in closed if gap.since and (_is_new(gap) or (gap.retry_at and gap.retry_at > now))]
        if new:
            # A request whose response was lost may still wait on the service's side, and take what changes after the
            # days were read again.
            left.append(Gap(min(new), retry_at=now + self._timing.late))
        lacking = compared.lacking
        unproven = unsure or (Gap(min(lacking), max(lacking), unproven=True) if lacking else None)
        if unproven and any(not _is_new(gap) for gap in closed):
            left.append(unproven)
            if unproven not in closed:
                reason = (
                    "the service's clock and this one do not agree"
                    if unsure
                    else "the service's lists lack changes that it handed out before"
                )
                text = "%s: others may be missing, from %s to %s"
                logger.warning(text, reason, unproven.since, unproven.until or "now")
        return tuple(left)

    async def _prune(self, today: date | None) -> None:
        """Forget what was acknowledged long ago, but nothing that an open window is compared with."""
        if today and _UNKNOWN not in self._state.gaps:
            # One day before the window that would open now, and before each that is open.
            days = [_shifted(today, -1), *(gap.since for gap in self._state.gaps if gap.since)]
            await self._journal.prune(min(_shifted(today, -self._keep), *(_shifted(day, -1) for day in days)))

    def _batch(self, stored: Stored) -> StatusBatch:
        updates: list[JobStatusUpdate] = []
        raw: list[str] = []
        unreadable: list[object] = []
        items = read_items(stored.content)
        for item in [Item(stored.content, "")] if items is None else items:
            try:
                updates.append(JobStatusUpdate.from_dict(cast("dict[str, object]", item.value)))
                raw.append(item.text)
            except DecodeError:
                unreadable.append(item.value)
        return StatusBatch(stored.number, updates, unreadable, stored.repeats, raw, self._journal)


def _check_day(since: object) -> None:
    if isinstance(since, datetime) or not isinstance(since, date):
        raise TypeError("since must be a datetime.date")


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


def _is_covered(gap: Gap, since: date, *, named: bool) -> bool:
    """Return whether reading the days since this one reads all that a gap may concern; `named`: its user says so."""
    if gap.since is not None:
        return gap.since >= since
    # While it is not known at all how old the changes are, no day is known to be early enough.
    return named and gap.until is not None and gap.until >= since


def _is_new(gap: Gap) -> bool:
    """Return whether its days were not read again yet."""
    return gap.until is None and gap.retry_at is None and not gap.unproven


def _shifted(day: date, days: int) -> date:
    """Return another day, and where there is none, the first or the last that there is."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
