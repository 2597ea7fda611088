"""The store with a clock: days pass, and bills go their way with them.

The clock shows the real day until it is moved on; with a fixed first day it stands still until then. Only whole days
count.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from .lifecycle import Case, Status

if TYPE_CHECKING:
    from .store import Job, Store

_OFFSET, _FIXED = "days moved on", "fixed day"
_LAST_DAY = date(9999, 1, 1)


class Books:
    """The jobs, and what happens to them by itself. Like the store, to be used inside a transaction."""

    def __init__(self, store: Store, first_day: date | None = None) -> None:
        self.store = store
        self._first_day = first_day
        self._begin()

    def clear(self) -> None:
        """Forgets everything, and begins on the first day again."""
        self.store.clear()
        self._begin()

    def _begin(self) -> None:
        if self._first_day is not None and self.store.setting(_FIXED) is None and self.store.count("jobs") == 0:
            self.store.set_setting(_FIXED, self._first_day.isoformat())

    def today(self) -> date:
        """The day that the sandbox believes it is."""
        fixed = self.store.setting(_FIXED)
        if fixed is not None:
            return date.fromisoformat(fixed)
        # A biller's own day, in the zone of this machine.
        return date.today() + timedelta(days=int(self.store.setting(_OFFSET) or 0))  # noqa: DTZ011

    def now(self) -> datetime:
        """The sandbox's day with the real time of day, in UTC."""
        return datetime.combine(self.today(), datetime.now(UTC).timetz())

    def advance(self, days: int) -> date:
        """Moves the clock on, and every bill with it; returns the new day. The clock never goes back."""
        if days < 0:
            raise ValueError(f"days: {days} is negative, and the clock never goes back")
        today = self.today()
        if days > (_LAST_DAY - today).days:
            raise ValueError(f"days: {days} is beyond the year 9998")
        if self.store.setting(_FIXED) is not None:
            self.store.set_setting(_FIXED, (today + timedelta(days=days)).isoformat())
        else:
            self.store.set_setting(_OFFSET, str(int(self.store.setting(_OFFSET) or 0) + days))
        self.catch_up()
        return self.today()

    def catch_up(self) -> None:
        """Takes every step that is due, day by day, so that the changes of all bills come in the order of time."""
        today = self.today()
        while (day := self.store.first_day_due(today)) is not None:
            for job in self.store.jobs_where("next_day <= ?", day.isoformat()):
                step = job.case.next_step
                if step is None:  # pragma: no cover - next_day is written from next_step
                    raise AssertionError(f"job {job.jobid} has a next day and no next step")
                self.note(replace(job, case=job.case.after(step)), step.day)

    def add(self, job: Job) -> None:
        """Adds a new job, and notes its first status."""
        self.store.add_job(job)
        self.store.add_update(job.jobid, job.status, job.added_on)

    def note(self, job: Job, day: date | None = None) -> Job:
        """Saves a job; if its status has changed, that is noted as a status update of the day."""
        status = job.case.status
        if status is not job.status:
            self.store.add_update(job.jobid, status, day or self.today())
        saved = replace(job, status=status)
        self.store.save_job(saved)
        return saved

    def moved(self, job: Job, case: Case) -> Job:
        """Puts a job where it stands now; one that was stopped and goes on takes no step before tomorrow."""
        stopped = (Status.DISPUTED, Status.ON_HOLD)
        if job.case.status in stopped and case.status not in stopped:
            case = case.released(self.today())
        return self.note(replace(job, case=case))


def http_date(books: Books, *, seconds: int = 0) -> str:
    """The moment that the sandbox believes it is, or some seconds later, as HTTP headers write it."""
    with books.store.transaction():
        now = books.now()
    return format_datetime(now + timedelta(seconds=seconds), usegmt=True)
