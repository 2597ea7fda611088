"""Status changes in any number, to have a status feed read many: each can be told from every other.

Their numbers, from 1001 on, are none of the statuses that a bill takes by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .example import example_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .bills import Bills
    from .store import Job
    from .values import Json

_JOBS = 10
_FIRST = 1001


@dataclass(frozen=True, slots=True)
class Changes:
    """Makes status changes. To be used inside a transaction."""

    bills: Bills

    def make(self, count: int) -> list[Json]:
        """Notes so many changes of today, the first status of jobs that have to be added among them."""
        if count < 0:
            raise ValueError(f"count: {count} is negative")
        store, today = self.bills.books.store, self.bills.books.today()
        last, number = store.last_update(), max(store.highest_status(), _FIRST - 1)
        jobs = [self._job(f"changes-{place}") for place in range(min(count, _JOBS))]
        added = len(store.updates(after=last))
        for place in range(count - added):
            store.add_update(jobs[place % len(jobs)].jobid, number + 1 + place, today)
        return store.updates(after=last)

    def of_bill(self, billnum: str, statuses: Sequence[int]) -> list[Json]:
        """Notes changes of today for a bill, alike or not."""
        store = self.bills.books.store
        jobs = store.jobs_where("billnum = ?", billnum)
        if not jobs:
            raise ValueError(f"billnum: there is no bill {billnum}")
        last, today = store.last_update(), self.bills.books.today()
        for status in statuses:
            store.add_update(jobs[-1].jobid, status, today)
        return store.updates(after=last)

    def _job(self, billnum: str) -> Job:
        found = self.bills.books.store.jobs_where("billnum = ?", billnum)
        if found:
            return found[0]
        # On hold, it makes no changes by itself as days pass.
        item = {**example_item(self.bills.books.today()), "billnum": billnum, "putonhold": 1}
        return self.bills.add([item], {})[0]
