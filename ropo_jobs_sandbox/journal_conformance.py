"""What every journal of a status feed must do, as tests for one of your own::

    class TestMyJournal(JournalConformance):
        @pytest.fixture
        def make_journal(self, tmp_path):
            return lambda: MyJournal(tmp_path / "feed")

They need pytest, and no plugin for asynchronous tests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import anyio
import pytest

from ropo_jobs_client.feed import Gap, Journal, JournalInUse, JournalLost, State, Stored

DAY = date(2026, 11, 22)
NEXT = date(2026, 11, 23)
MakeJournal = Callable[[], Journal]
_ALL = 1_000


def _run(test: Callable[[], Awaitable[None]]) -> None:
    # `anyio.run` names the coroutine's type; what is passed here is one.
    work: Any = test
    anyio.run(work)


async def _opened(make_journal: MakeJournal, *, wait: bool = False) -> Journal:
    journal = make_journal()
    await journal.open(wait=wait)
    return journal


async def _stored(journal: Journal, *contents: bytes, day: date = DAY) -> list[int]:
    """Store responses, and return their numbers."""
    for content in contents:
        await journal.end_read(await journal.begin_read(), day, content)
    return [one.number for one in await journal.unacknowledged(0, _ALL)]


class JournalConformance:
    """Tests of a journal. Derive a class whose name begins with `Test`, and override the fixture `make_journal`."""

    @pytest.fixture
    def make_journal(self) -> MakeJournal:
        """Return a function that makes an object for a journal: at each call another one, for the same journal."""
        raise NotImplementedError("override the fixture make_journal")

    def test_a_new_one_is_empty(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            assert await journal.state() == State()
            assert await journal.unacknowledged(0, _ALL) == []
            assert await journal.since(date.min, 0, _ALL) == []
            await journal.close()

        _run(test)

    def test_everything_is_there_when_it_is_opened_again(self, make_journal: MakeJournal) -> None:
        gaps = (
            Gap(None),
            Gap(None, DAY),
            Gap(DAY),
            Gap(DAY, NEXT),
            Gap(DAY, NEXT, unproven=True),
            Gap(DAY, retry_at=datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)),
        )

        async def test() -> None:
            journal = await _opened(make_journal)
            await journal.claim("1000011 at example")
            await _stored(journal, b"[1]", b"\x00\xff not JSON")
            await journal.recover(NEXT, (), (), gaps)
            await journal.end_read(await journal.begin_read(), NEXT, drained=True)
            token = await journal.begin_read()
            before = await journal.unacknowledged(0, _ALL)
            await journal.close()
            journal = await _opened(make_journal)
            state = await journal.state()
            assert (state.reading, state.drained, state.owner) == (token, NEXT, "1000011 at example")
            assert set(state.gaps) == set(gaps)
            assert await journal.unacknowledged(0, _ALL) == before
            assert [one.content for one in before] == [b"[1]", b"\x00\xff not JSON"]
            await journal.close()

        _run(test)

    def test_the_mark_of_a_read(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            first = await journal.begin_read()
            assert first > 0
            assert (await journal.state()).reading == first
            await journal.end_read(first, DAY, b"[1]", gap=Gap(DAY))
            assert (await journal.state()).reading is None
            second = await journal.begin_read()
            assert second != first
            await journal.close()
            journal = await _opened(make_journal)
            assert await journal.begin_read() not in {first, second}
            await journal.close()

        _run(test)

    def test_a_read_that_is_not_under_way_cannot_end(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            old = await journal.begin_read()
            new = await journal.begin_read()
            for token in (old, new + 100):
                with pytest.raises(JournalLost):
                    await journal.end_read(token, DAY, b"[1]", drained=True, gap=Gap(DAY))
            assert await journal.state() == State(reading=new)
            assert await journal.unacknowledged(0, _ALL) == []
            await journal.close()

        _run(test)

    def test_numbers_rise_and_are_not_used_again(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            numbers = await _stored(journal, *(b"[%d]" % n for n in range(5)))
            assert numbers == sorted(set(numbers))
            for number in numbers:
                await journal.acknowledge(number)
            await journal.prune(date.max)
            assert await journal.since(date.min, 0, _ALL) == []
            await journal.close()
            journal = await _opened(make_journal)
            assert min(await _stored(journal, b"[9]")) > max(numbers)
            await journal.close()

        _run(test)

    def test_acknowledging(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            first, second, third = await _stored(journal, b"[1]", b"[2]", b"[3]")
            await journal.acknowledge(second)
            await journal.acknowledge(second)
            assert [one.number for one in await journal.unacknowledged(0, _ALL)] == [first, third]
            assert [one.number for one in await journal.unacknowledged(first, _ALL)] == [third]
            assert [one.number for one in await journal.since(DAY, 0, _ALL)] == [first, second, third]
            await journal.close()
            journal = await _opened(make_journal)
            assert [one.number for one in await journal.unacknowledged(0, _ALL)] == [first, third]
            await journal.close()

        _run(test)

    def test_pages(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            numbers = await _stored(journal, *(b"[%d]" % n for n in range(7)))

            async def since_day(after: int, limit: int) -> list[Stored]:
                return await journal.since(DAY, after, limit)

            for page in (journal.unacknowledged, since_day):
                assert [one.number for one in await page(0, 3)] == numbers[:3]
                assert [one.number for one in await page(numbers[2], 3)] == numbers[3:6]
                assert [one.number for one in await page(numbers[6], 3)] == []
            await journal.close()

        _run(test)

    def test_days(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            for day in (DAY, NEXT, date.min, date.max):
                await _stored(journal, day.isoformat().encode(), day=day)
            found = [one.content.decode() for one in await journal.since(NEXT, 0, _ALL)]
            assert found == ["2026-11-23", "9999-12-31"]
            await journal.end_read(await journal.begin_read(), date.max, drained=True)
            assert (await journal.state()).drained == date.max
            await journal.close()

        _run(test)

    def test_pruning_keeps_what_is_not_acknowledged(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            (first,) = await _stored(journal, b"[1]")
            await _stored(journal, b"[2]")
            (_, _, third) = await _stored(journal, b"[3]", day=NEXT)
            await journal.acknowledge(first)
            await journal.acknowledge(third)
            await journal.prune(DAY)
            assert len(await journal.since(date.min, 0, _ALL)) == 3
            await journal.prune(NEXT)
            assert [one.content for one in await journal.since(date.min, 0, _ALL)] == [b"[2]", b"[3]"]
            await journal.prune(date.max)
            assert [one.content for one in await journal.since(date.min, 0, _ALL)] == [b"[2]"]
            await journal.close()

        _run(test)

    def test_the_same_content_once(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            for content in (b"<p>", b"<p>", b"[1]", b"<p>"):
                await journal.end_read(await journal.begin_read(), DAY, content, gap=Gap(None), once=True)
            assert [one.content for one in await journal.unacknowledged(0, _ALL)] == [b"<p>", b"[1]", b"<p>"]
            assert (await journal.state()).gaps == (Gap(None),)
            assert len(await _stored(journal, b"<p>")) == 4, "without `once`, each is stored"
            await journal.close()

        _run(test)

    def test_recovering(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            await journal.end_read(await journal.begin_read(), gap=Gap(DAY))
            await journal.end_read(await journal.begin_read(), gap=Gap(DAY))
            assert (await journal.state()).gaps == (Gap(DAY),)
            later = Gap(DAY, retry_at=datetime(2026, 11, 22, 12, tzinfo=UTC))
            await journal.recover(NEXT, [b"[1]", b"[2]"], (Gap(DAY), Gap(NEXT)), (later, later))
            assert await journal.state() == State(gaps=(later,), repeats=True)
            found = await journal.unacknowledged(0, _ALL)
            assert [(one.content, one.recovered, one.repeats) for one in found] == [
                (b"[1]", True, True),
                (b"[2]", True, True),
            ]
            # What waited while it was recovered comes by itself now, until nothing is left.
            await _stored(journal, b"[1]")
            await journal.end_read(await journal.begin_read(), NEXT, drained=True)
            await _stored(journal, b"[3]")
            found = (await journal.unacknowledged(0, _ALL))[2:]
            assert [(one.content, one.recovered, one.repeats) for one in found] == [
                (b"[1]", False, True),
                (b"[3]", False, False),
            ]
            # Each gap is itself alone, whatever it lacks.
            await journal.recover(NEXT, (), (later,), (Gap(None), Gap(None, DAY)))
            await journal.recover(NEXT, (), (Gap(None),), (Gap(NEXT), Gap(None, DAY)))
            assert set((await journal.state()).gaps) == {Gap(NEXT), Gap(None, DAY)}
            await journal.recover(NEXT, (), (Gap(None, DAY), Gap(NEXT)), ())
            assert await journal.state() == State(drained=NEXT)
            await journal.close()

        _run(test)

    def test_saving_late(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            first = await journal.begin_read()
            await journal.save_late(first, DAY, b"[1]")
            assert (await journal.state()).reading is None, "its response is here"
            await journal.save_late(first, DAY, b"[1]")
            second = await journal.begin_read()
            await journal.end_read(second, DAY, b"[2]")
            await journal.save_late(second, DAY, b"[2]")
            third = await journal.begin_read()
            await journal.close()
            # Nobody has it open.
            await journal.save_late(third, DAY, b"[3]")
            journal = await _opened(make_journal)
            fourth = await journal.begin_read()
            await journal.save_late(third, DAY, b"[3]")
            assert (await journal.state()).reading == fourth
            found: list[Stored] = await journal.unacknowledged(0, _ALL)
            assert [(one.content, one.recovered, one.repeats) for one in found] == [
                (b"[1]", False, True),
                (b"[2]", False, False),
                (b"[3]", False, True),
            ]
            await journal.close()

        _run(test)

    def test_one_reader_at_a_time(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            journal = await _opened(make_journal)
            for other in (journal, make_journal()):
                with pytest.raises(JournalInUse):
                    await other.open(wait=False)
            assert await journal.begin_read() > 0
            waiting = make_journal()
            with anyio.move_on_after(0.5) as scope:
                await waiting.open(wait=True)
            assert scope.cancelled_caught
            async with anyio.create_task_group() as group:
                group.start_soon(lambda: waiting.open(wait=True))
                await anyio.sleep(0.1)
                await journal.close()
            assert (await waiting.state()).reading is not None
            await waiting.close()
            await waiting.close()

        _run(test)

    def test_large_responses(self, make_journal: MakeJournal) -> None:
        async def test() -> None:
            content = b"[" + b" " * 5_000_000 + b"]"
            journal = await _opened(make_journal)
            await _stored(journal, content)
            (found,) = await journal.unacknowledged(0, _ALL)
            assert found.content == content
            assert content[:50].decode() not in repr(found)
            await journal.close()

        _run(test)
