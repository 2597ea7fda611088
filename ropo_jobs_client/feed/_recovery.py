"""What the service lists by day, compared with what the journal has. Pure; it may run in a thread of its own."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from ._items import joined, read_each
from ._journal import Stored

# What the service hands out at most in one response. A day that answers with as many may have more.
MOST_CHANGES: Final = 1_000

# How many days back are read when a response was lost before the feed had been empty once.
_BEFORE: Final = 30
_FURTHEST: Final = 366


def earliest_day(delivered: list[Stored], earliest: date) -> date:
    """Return the first day that a change of these responses names, or the one given, whichever is earlier."""
    for stored in delivered:
        days = read_each(stored.content, lambda item: item.day) or ()
        earliest = min([earliest, *(day for day in days if day)])
    return earliest


def first_day(earliest: date, today: date) -> date:
    """Return the day to read from, where nobody knows how old the changes of a lost response were.

    If the service hands out older changes first, they were about as old as those that came. That is not documented, so
    it proves nothing of the days before; and one day costs one request.
    """
    return date.fromordinal(max(min(earliest, today).toordinal() - _BEFORE, today.toordinal() - _FURTHEST, 1))


class Comparison:
    """Changes are compared as a multiset: at-least-once where it cannot be told whether one was delivered."""

    def __init__(self) -> None:
        self._days: set[date] = set()
        # What was listed, in its order, and the text of each. Not a list for each: the collector would visit them all,
        # again and again, while the event loop waits.
        self._listed: list[str] = []
        self._texts: dict[str, str] = {}
        self._came = Counter[str]()
        self._recovered = Counter[str]()
        # The days that list as many changes as a response can hold.
        self.full: list[date] = []
        # The days whose list lacks a change that the journal has, and that names that day itself.
        self.lacking: set[date] = set()

    def list_day(self, day: date, content: bytes | None) -> bool:
        """Take what the service lists for a day; None where it says that there is nothing.

        Return False where it is no list, which says nothing of the day.
        """
        listed = [] if content is None else read_each(content, lambda item: (item.key, item.text))
        if listed is None:
            return False
        for key, text in listed:
            self._listed.append(key)
            self._texts[key] = text
        if len(listed) >= MOST_CHANGES:
            self.full.append(day)
        self._days.add(day)
        return True

    def discount(self, delivered: list[Stored], inside: set[int], surely: set[int]) -> None:
        """Take some of what the journal has, in its order, after all days were listed.

        Args:
            delivered: some of it.
            inside: the numbers of what came on these days. In what came before, only what names one of these days
                itself counts.
            surely: the numbers of what holds nothing of before these days. Elsewhere, what names no day may be older,
                whenever it came.
        """
        for stored in delivered:
            for key, day in read_each(stored.content, lambda item: (item.key, item.day)) or ():
                is_named = day is not None and day in self._days
                if key not in self._texts:
                    if day is not None and is_named and day not in self.full:
                        self.lacking.add(day)
                elif not is_named and stored.number not in (inside if day else surely):
                    continue
                elif stored.recovered:
                    self._recovered[key] += 1
                else:
                    self._came[key] += 1
                    # What was recovered while it waited, and then came by itself, is one change.
                    if self._recovered[key]:
                        self._recovered[key] -= 1

    def missing(self) -> tuple[int, list[bytes]]:
        """Return how many changes were never delivered, and these as contents for the journal. To be called once.

        They stand in the order in which they were listed: a bill that was disputed, resolved and disputed again is
        disputed at the end. Of those that are alike, the first are those that came.
        """
        texts: list[str] = []
        delivered = self._came + self._recovered
        for key in self._listed:
            if delivered[key] > 0:
                delivered[key] -= 1
            else:
                texts.append(self._texts[key])
        for no_more in (self._listed, self._texts, self._came, self._recovered):
            # Here, in the worker thread: to free millions of objects later would block the event loop.
            no_more.clear()
        return len(texts), list(joined(texts, MOST_CHANGES))
