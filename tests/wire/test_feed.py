"""The status feed: each change at least once and none lost, whatever breaks, is cancelled, or is opened again."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from rawserver import RawServer, Request, answers, stay_silent
from replies import answer, hang_up

from ropo_jobs_client import ApiCode, BearerToken, Environment, RopoJobsClient
from ropo_jobs_client.errors import (
    ConnectionFailed,
    ConnectionLost,
    DecodeError,
    InvalidArgument,
    PermissionDenied,
    ResponseError,
    RopoError,
)
from ropo_jobs_client.feed import (
    Gap,
    Journal,
    JournalInUse,
    JournalLost,
    SqliteJournal,
    State,
    StatusBatch,
    StatusFeed,
    Stored,
)
from ropo_jobs_client.feed import _feed as feed_module  # pyright: ignore[reportPrivateUsage] # its clock
from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from rawserver import Reply

pytestmark = pytest.mark.anyio

READ = "GET /jobs/statusupdates"
# Some days before the real one, so that it can be moved on.
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
PATIENCE = 10.0
LOSSES: list[tuple[str, dict[str, Any]]] = [
    ("disconnect-after", {}),
    ("reset", {}),
    ("reset-body", {}),
    ("truncate", {}),
    ("truncate-chunked", {}),
    ("truncate-close", {}),
    ("stall-after", {}),
    ("status", {"status": 503, "carried_out": True}),
    ("status", {"status": 500, "carried_out": True}),
    ("redirect", {"carried_out": True}),
    ("html", {}),
    ("invalid-json", {}),
    ("latin-1", {}),
    ("empty", {}),
    ("list-for-object", {}),
    ("huge", {"size": 300_000}),
]


@dataclass
class MemoryJournal:
    """A journal of one's own: the Protocol is all that a feed needs."""

    is_open: bool = False
    known: State = field(default_factory=State)
    tokens: int = 0
    answers: list[tuple[date, int | None, Stored]] = field(default_factory=list[tuple[date, int | None, Stored]])
    acknowledged: set[int] = field(default_factory=set[int])

    async def open(self, *, wait: bool) -> None:
        if self.is_open:
            raise JournalInUse("it is open")
        self.is_open = True

    async def close(self) -> None:
        self.is_open = False

    async def state(self) -> State:
        return self.known

    async def claim(self, owner: str) -> None:
        self.known = replace(self.known, owner=owner)

    async def begin_read(self) -> int:
        self.tokens += 1
        self.known = replace(self.known, reading=self.tokens)
        return self.tokens

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
        if self.known.reading != token:
            raise JournalLost("another one reads")
        self.known = replace(self.known, reading=None)
        if drained:
            self.known = replace(self.known, drained=day, repeats=False)
        if gap is not None and gap not in self.known.gaps:
            self.known = replace(self.known, gaps=(*self.known.gaps, gap))
        is_there = once and bool(self.answers) and self.answers[-1][2].content == content
        if day is not None and content is not None and not is_there:
            self._store(day, content, token, repeats=self.known.repeats)

    async def save_late(self, token: int, day: date, content: bytes) -> None:
        if all(token != other for _, other, _ in self.answers):
            self._store(day, content, token, repeats=True)
        if self.known.reading == token:
            self.known = replace(self.known, reading=None)

    async def recover(
        self, day: date, contents: Sequence[bytes], closed: tuple[Gap, ...], left: tuple[Gap, ...]
    ) -> None:
        gaps = [gap for gap in self.known.gaps if gap not in closed]
        self.known = replace(self.known, gaps=tuple(dict.fromkeys([*gaps, *left])))
        for content in contents:
            self._store(day, content, None, recovered=True, repeats=True)
            self.known = replace(self.known, repeats=True)

    def _store(
        self, day: date, content: bytes, token: int | None, *, recovered: bool = False, repeats: bool = False
    ) -> None:
        self.answers.append((day, token, Stored(len(self.answers) + 1, content, recovered, repeats)))

    async def unacknowledged(self, after: int, limit: int) -> list[Stored]:
        found = [one for _, _, one in self.answers if one.number > after and one.number not in self.acknowledged]
        return found[:limit]

    async def since(self, day: date, after: int, limit: int) -> list[Stored]:
        return [one for came, _, one in self.answers if came >= day and one.number > after][:limit]

    async def acknowledge(self, number: int) -> None:
        self.acknowledged.add(number)

    async def prune(self, before: date) -> None:
        pass


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    with Sandbox(today=TODAY) as sandbox:
        yield sandbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.db"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses after errors, which are not waited for."""
    pauses: list[float] = []

    def pause(_: object, failures: int) -> float:
        pauses.append(0.5 * 2**failures)
        return 0.001

    monkeypatch.setattr(feed_module.Timing, "pause", pause)
    return pauses


def client_of(sandbox: Sandbox | RawServer, **options: Any) -> RopoJobsClient:
    credentials = ApiCode(sandbox.cid, sandbox.apicode) if isinstance(sandbox, Sandbox) else BearerToken("secret-token")
    settings: dict[str, Any] = {"timeout": 0.3, "deadline": 2.0, "max_response_bytes": 200_000, **options}
    return RopoJobsClient(credentials, base_url=sandbox.base_url, **settings)


@asynccontextmanager
async def feeding(
    sandbox: Sandbox | RawServer, journal: Path | Journal, *, follow: float | None = None, **options: Any
) -> AsyncGenerator[StatusFeed]:
    async with client_of(sandbox, **options) as ropo, ropo.status_feed(journal, follow=follow) as feed:
        yield feed


def statuses(*batches: StatusBatch) -> list[int]:
    return [change.status for batch in batches for change in batch.updates if isinstance(change.status, int)]


async def read_on(feed: StatusFeed, *, acknowledge: bool = True) -> list[StatusBatch]:
    """Read until the feed ends."""
    batches: list[StatusBatch] = []
    with anyio.fail_after(PATIENCE):
        async for batch in feed:
            batches.append(batch)
            if acknowledge:
                await batch.ack()
    return batches


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(PATIENCE):
        while not condition():  # noqa: ASYNC110 # the sandbox's threads know nothing of events
            await anyio.sleep(0.01)


async def drained(sandbox: Sandbox, journal: Path | Journal) -> None:
    """Read all there is, the changes that set up the sandbox's jobs among it."""
    sandbox.make_changes(20)
    async with feeding(sandbox, journal) as feed:
        await read_on(feed)
        assert not feed.gaps


def made(sandbox: Sandbox, count: int) -> list[int]:
    return [int(str(change["status"])) for change in sandbox.make_changes(count)]


def reads(sandbox: Sandbox) -> list[str | None]:
    """The reads that came in: the date of each."""
    return [one.query.get("date") for one in sandbox.requests if one.operation == READ]


# What it hands out


async def test_all_in_order_until_nothing_is_left(sandbox: Sandbox, path: Path) -> None:
    expected = [change["status"] for change in sandbox.make_changes(2_500)]
    async with feeding(sandbox, path) as feed:
        batches = await read_on(feed)
        assert statuses(*batches) == expected
        assert [len(batch.updates) for batch in batches] == [1000, 1000, 500]
        assert all(batch.unreadable == [] for batch in batches)
        assert await read_on(feed) == []
        more = made(sandbox, 3)
        assert statuses(*await read_on(feed)) == more


async def test_a_journal_of_ones_own(sandbox: Sandbox) -> None:
    journal = MemoryJournal()
    await drained(sandbox, journal)
    expected = made(sandbox, 30)
    sandbox.fault(READ, "disconnect-after")
    async with feeding(sandbox, journal) as feed:
        assert statuses(*await read_on(feed, acknowledge=False)) == expected
        with pytest.raises(JournalInUse):
            async with feeding(sandbox, journal):
                pass
    assert not journal.is_open
    async with feeding(sandbox, journal) as feed:
        assert statuses(*await read_on(feed)) == expected
    async with feeding(sandbox, journal) as feed:
        assert await read_on(feed) == []


async def test_unacknowledged_comes_again_first(sandbox: Sandbox, path: Path) -> None:
    made(sandbox, 2_100)
    async with feeding(sandbox, path) as feed:
        first, second, third = await read_on(feed, acknowledge=False)
        # In any order, and twice.
        await second.ack()
        await second.ack()
    with pytest.raises(RuntimeError, match="not open"):
        await third.ack()
    new = made(sandbox, 5)
    async with feeding(sandbox, path) as feed:
        again = await read_on(feed)
        assert statuses(*again) == [*statuses(first), *statuses(third), *new]
    async with feeding(sandbox, path) as feed:
        assert await read_on(feed) == []


async def test_a_feed_can_be_opened_again(sandbox: Sandbox, path: Path) -> None:
    made(sandbox, 2_100)
    async with client_of(sandbox, timeout=PATIENCE, deadline=PATIENCE) as ropo:
        feed = ropo.status_feed(path)
        with pytest.raises(RuntimeError, match="not open"):
            await anext(feed)
        async with feed:
            first = await anext(feed)
        with pytest.raises(RuntimeError, match="not open"):
            await anext(feed)
        async with feed:
            batches = await read_on(feed)
            assert len(statuses(*batches)) == 2_100
            assert statuses(batches[0]) == statuses(first)
        async with feed:
            assert await read_on(feed) == []


async def test_acknowledged_is_durable(sandbox: Sandbox, path: Path) -> None:
    made(sandbox, 1_500)
    async with feeding(sandbox, path) as feed:
        batch = await anext(feed)
        await batch.ack()
        await anext(feed)
        # As a kill leaves it: copied while it is open.
        for name in ("feed.db", "feed.db-wal"):
            content = await anyio.Path(path.with_name(name)).read_bytes()
            await anyio.Path(path.with_name(f"copy-{name}")).write_bytes(content)
    query = "SELECT acknowledged FROM answers"
    code = f"import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute({query!r}).fetchall())"
    for name in ("feed.db", "copy-feed.db"):
        command = [sys.executable, "-c", code, str(path.with_name(name))]
        found = await anyio.to_thread.run_sync(partial(subprocess.check_output, command, text=True))
        assert found.strip() == "[(1,), (0,)]"


async def test_following_it(sandbox: Sandbox, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            new.extend(made(sandbox, 2))
        await anyio.lowlevel.checkpoint()

    new: list[int] = []
    await drained(sandbox, path)
    monkeypatch.setattr("ropo_jobs_client.feed._feed.anyio.sleep", sleep)
    async with feeding(sandbox, path, follow=3.0) as feed:
        batch = await anext(feed)
        assert statuses(batch) == new
        assert pauses == [0.5, 1.0, 2.0, 3.0, 3.0]
        monkeypatch.undo()
        with anyio.move_on_after(0.05) as scope:
            await anext(feed)
        assert scope.cancelled_caught
        assert not feed.gaps


async def test_one_reader_at_a_time(sandbox: Sandbox, path: Path) -> None:
    got: list[int] = []

    async def wait_for_it() -> None:
        async with client_of(sandbox) as ropo, ropo.status_feed(path, wait=True) as feed:
            got.extend(statuses(*await read_on(feed)))

    expected = made(sandbox, 20)
    async with anyio.create_task_group() as group, feeding(sandbox, path) as feed:
        await anext(feed)
        with pytest.raises(JournalInUse):
            async with feeding(sandbox, path):
                pass
        with pytest.raises(JournalInUse):
            async with feed:
                pass
        group.start_soon(wait_for_it)
        await anyio.wait_all_tasks_blocked()
        assert await read_on(feed) == []
        assert got == []
    assert got[-10:] == expected[-10:]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_wrong_arguments_are_refused_when_it_is_called(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    wrong: list[tuple[str, Any, type[Exception]]] = [
        *(("journal", journal, InvalidArgument) for journal in ("", " ", "a\0b", "\ud800.db")),
        ("journal", b"feed.db", TypeError),
        ("journal", 7, TypeError),
        ("follow", 10**400, InvalidArgument),
        ("follow", 0, InvalidArgument),
        *(("wait", wait, TypeError) for wait in (None, 1, "yes")),
        ("keep", 0, InvalidArgument),
    ]
    async with RopoJobsClient(BearerToken("x"), environment=Environment.FINLAND_TEST) as ropo:
        for name, value, error in wrong:
            arguments: dict[str, Any] = {"journal": path, name: value}
            with pytest.raises(error, match=name) as caught:
                ropo.status_feed(**arguments)
            assert isinstance(caught.value, TypeError) or getattr(caught.value, "argument", None) == name
    with pytest.raises(InvalidArgument, match="path"):
        SqliteJournal("")
    assert not [*path.parent.iterdir()]


async def test_nothing_is_sent_before_the_journal_is_open(sandbox: Sandbox, path: Path) -> None:
    async with client_of(sandbox) as ropo:
        with pytest.raises(FileNotFoundError, match="nowhere"):
            async with ropo.status_feed(path.parent / "nowhere" / "feed.db"):
                pass
        await anyio.Path(path).write_bytes(b"no database" * 1000)
        with pytest.raises(sqlite3.DatabaseError, match=r"feed\.db"):
            async with ropo.status_feed(path):
                pass
    assert sandbox.requests == []


# Lost reads


@pytest.mark.parametrize(("kind", "options"), LOSSES, ids=[f"{kind} {options or ''}" for kind, options in LOSSES])
async def test_a_lost_read_is_found_while_it_runs(
    sandbox: Sandbox, path: Path, kind: str, options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    await drained(sandbox, path)
    sandbox.advance(days=3)
    lost = made(sandbox, 30)
    sandbox.fault(READ, kind, **options)
    with caplog.at_level(logging.DEBUG, "ropo_jobs_client"):
        if kind == "redirect":
            async with feeding(sandbox, path) as feed:
                with pytest.raises(RopoError):
                    await anext(feed)
                assert feed.gaps == (Gap(TODAY - DAY),)
        async with feeding(sandbox, path) as feed:
            batches = await read_on(feed)
            assert not feed.gaps
    assert Counter(statuses(*batches)) == Counter(lost)
    unreadable = [item for batch in batches for item in batch.unreadable]
    assert len(unreadable) == (kind in {"html", "invalid-json", "latin-1", "truncate-close"})
    days = {day for day in reads(sandbox) if day}
    assert days == {(TODAY + n * DAY).isoformat() for n in range(-1, 5)}
    assert sandbox.apicode not in caplog.text
    assert "changes-" not in caplog.text
    async with feeding(sandbox, path) as feed:
        assert await read_on(feed) == []


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_lost_read_is_found_at_start(sandbox: Sandbox, path: Path, *, is_known: bool) -> None:
    if is_known:
        await drained(sandbox, path)
    lost = made(sandbox, 30)
    sandbox.fault(READ, "stall-after")
    async with feeding(sandbox, path, timeout=30, deadline=30) as feed:
        with anyio.move_on_after(PATIENCE) as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(feed.__anext__)
                await until(lambda: bool(sandbox.faults_struck))
                scope.cancel()
    assert scope.cancelled_caught
    new = made(sandbox, 1)
    async with feeding(sandbox, path) as feed:
        assert Counter(statuses(*await read_on(feed))) >= Counter([*lost, *new])
        # How old the changes of the first of all answers were, nobody knows: never guessed away.
        unknown = () if is_known else (Gap(None, TODAY - 31 * DAY),)
        assert feed.gaps == unknown
    async with feeding(sandbox, path) as feed:
        assert feed.gaps == unknown
        # Days that were read again already prove nothing of those before.
        assert await feed.recover(since=TODAY - 30 * DAY) == 0
        assert feed.gaps == unknown
        assert await feed.recover(since=TODAY - 31 * DAY) == 0
        assert not feed.gaps


@pytest.mark.parametrize(
    "fault", [{"kind": "disconnect-after"}, {"kind": "status", "status": 500, "carried_out": True}]
)
async def test_lost_reads_before_the_feed_was_once_empty(
    sandbox: Sandbox, path: Path, fault: dict[str, Any], clock: type[Later]
) -> None:
    """They come when nothing is left, and once: before that, the days list what waits, too."""
    for _ in range(8):
        sandbox.make_changes(600)
        sandbox.advance(days=1)
    expected = Counter(int(str(change["status"])) for change in sandbox.all_status_updates())
    got = Counter[int]()
    for _ in range(2):
        async with feeding(sandbox, path, retries=0) as feed:
            batch = await anext(feed)
            got.update(statuses(batch))
            await batch.ack()
            sandbox.fault(READ, **fault)
            with pytest.raises(RopoError):
                await anext(feed)
            assert feed.gaps == (Gap(None),)
    async with feeding(sandbox, path) as feed:
        batches = await read_on(feed)
        assert feed.gaps == (Gap(None, TODAY - 31 * DAY),)
        assert [batch.recovered for batch in batches] == [False, True, True]
        got.update(statuses(*batches))
        assert got == expected
        asked = reads(sandbox)
        assert asked[:6] == [None] * 6, "no day is read before nothing is left"
        assert all(asked[6:-1])
        # Once more, as after any lost answer; and then only what is new.
        clock.by = timedelta(minutes=6)
        assert await read_on(feed) == []
        before = len(reads(sandbox))
        assert await read_on(feed) == []
        assert len(reads(sandbox)) == before + 1


@pytest.mark.parametrize(
    ("named", "first"),
    [
        (TODAY - 100 * DAY, TODAY - 130 * DAY),
        (TODAY + 100 * DAY, TODAY - 30 * DAY),
        (date.min, TODAY - 366 * DAY),
        (None, TODAY - 30 * DAY),
    ],
)
async def test_how_far_back_the_days_are_read(path: Path, named: date | None, first: date) -> None:
    """As far as what came tells: 30 days before the first day that a change names, and a year at most."""
    with scripted() as (script, server):
        known = change(2) | ({} if named is None else {"statusdate": named.isoformat()})
        lost = [change(1, statusdate=first.isoformat()), change(1, statusdate=(first - DAY).isoformat())]
        script.replies = [hang_up, script.says([known])]
        script.listed = [*lost, known]
        async with feeding(server, path) as feed:
            found = [batch.updates[0].statusdate for batch in await read_on(feed)]
            assert found == [known["statusdate"], first.isoformat()]
            assert feed.gaps == (Gap(None, first - DAY),)
            assert await feed.recover(since=first - DAY) == 1
            assert not feed.gaps
        assert len(server.requests) < 800


async def test_a_gap_of_old_that_nobody_closed(path: Path) -> None:
    """Another version left it, and the feed was empty since then."""
    journal = MemoryJournal(known=State(drained=TODAY, gaps=(Gap(None),)))
    with scripted() as (script, server):
        script.listed = [change(1)]
        async with feeding(server, journal) as feed:
            assert statuses(*await read_on(feed)) == [1]
            assert feed.gaps == (Gap(None, TODAY - 31 * DAY),)


async def test_many_days_need_not_all_go_well_at_once(path: Path) -> None:
    """A day that cannot be read is tried again by itself: beginning anew each time, 31 of them would never end."""
    with scripted() as (script, server):
        script.replies = [hang_up]
        script.listed = [change(1)]
        script.of_days = [script.says([]), hang_up, *[script.says([])] * 12, answer(503)]
        async with feeding(server, path) as feed:
            assert statuses(*await read_on(feed)) == [1]
        days = [dict(one.query)["date"] for one in server.requests if one.query]
        assert len(days) == len(set(days)) + 2


async def test_old_days_that_are_refused_hold_up_no_new_ones(
    path: Path, clock: type[Later], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = TODAY - 200 * DAY
    journal = MemoryJournal(known=State(drained=TODAY, gaps=(Gap(old), Gap(TODAY - 30 * DAY))))
    with scripted() as (script, server):
        script.first_day = TODAY - 100 * DAY
        script.listed = [change(1)]
        async with feeding(server, journal, retries=0) as feed:
            assert statuses(*await read_on(feed)) == [1]
            assert feed.gaps == (Gap(old),)
            # One that is lost now is found all the same, and what looks like the end is one.
            script.replies, script.listed = [answer(200)], [change(1), change(2)]
            assert statuses(*await read_on(feed)) == [2]
            assert feed.gaps == (Gap(old),)

    def asked() -> int:
        return sum(("date", old.isoformat()) in one.query for one in server.requests)

    # Each try costs a request for each of many days: they lie further apart.

    def pause(_: object, failures: int) -> float:
        del failures
        return 1.0

    monkeypatch.setattr(feed_module.Timing, "pause", pause)
    with scripted() as (script, server):
        script.first_day = TODAY
        async with feeding(server, journal, follow=0.001) as feed, anyio.create_task_group() as group:
            journal.known = State(drained=TODAY, gaps=(Gap(old),))

            async def read_all() -> None:
                async for batch in feed:
                    await batch.ack()

            group.start_soon(read_all)
            await until(lambda: asked() == 1)
            clock.by = timedelta(seconds=5)
            before = len(server.requests)
            await until(lambda: len(server.requests) > before + 3)
            assert asked() == 1
            clock.by = timedelta(seconds=40)
            await until(lambda: asked() == 2)
            group.cancel_scope.cancel()


@pytest.mark.parametrize("days", [1, 200], ids=["near", "far"])
async def test_who_has_little_time_gets_what_is_new(path: Path, days: int) -> None:
    """Days that take longer than the caller has are not begun anew at each call."""
    journal = MemoryJournal(known=State(drained=TODAY, gaps=(Gap(TODAY - days * DAY),)))
    with scripted() as (script, server):
        script.of_days = [stay_silent] * 9
        script.replies = [script.says([change(5)])]
        got: list[StatusBatch] = []

        def asked() -> int:
            return sum(bool(one.query) for one in server.requests)

        async def read_until_a_day_is_asked_for(feed: StatusFeed) -> None:
            before = asked()
            async with anyio.create_task_group() as group:

                async def stop() -> None:
                    await until(lambda: asked() > before)
                    group.cancel_scope.cancel()

                group.start_soon(stop)
                got.append(await anext(feed))
                group.cancel_scope.cancel()

        async with feeding(server, journal, timeout=PATIENCE, deadline=PATIENCE) as feed:
            # How long it pauses is drawn, and grows: the first pause may be over at once.
            for _ in range(6):
                if not got:
                    await read_until_a_day_is_asked_for(feed)
            assert statuses(*got) == [5]
            assert feed.gaps == (Gap(TODAY - days * DAY),)


async def test_what_was_not_sent_opens_no_gap(sandbox: Sandbox, path: Path) -> None:
    expected = made(sandbox, 20)
    async with feeding(sandbox, path, retries=0) as feed:
        with sandbox.refuse_connections(), pytest.raises(ConnectionFailed):
            await anext(feed)
        sandbox.fault("POST /token", "status", status=500)
        with pytest.raises(RopoError):
            await anext(feed)
        for status in (429, 403):
            sandbox.fault(READ, "status", status=status)
            with pytest.raises(RopoError):
                await anext(feed)
        assert not feed.gaps
        assert statuses(*await read_on(feed)) == expected
    assert all(day is None for day in reads(sandbox))


async def test_retry_after_is_heeded(sandbox: Sandbox, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await anyio.lowlevel.checkpoint()

    made(sandbox, 1)
    for seconds in (5, 4_000):
        sandbox.fault(READ, "status", status=503, retry_after=seconds)
    monkeypatch.setattr("ropo_jobs_client.feed._feed.anyio.sleep", sleep)
    async with feeding(sandbox, path, follow=1.0) as feed:
        await anext(feed)
    assert pauses == [5.0, 60.0]


async def test_a_day_with_as_many_as_an_answer_holds_stays_open(sandbox: Sandbox, path: Path) -> None:
    await drained(sandbox, path)
    sandbox.advance(days=1)
    lost = made(sandbox, 1_000)
    sandbox.fault(READ, "disconnect-after")
    full = Gap(TODAY + DAY, TODAY + DAY)
    async with feeding(sandbox, path) as feed:
        assert Counter(statuses(*await read_on(feed))) == Counter(lost)
        assert feed.gaps == (full,)
        sandbox.advance(days=2)
        # It is not read again and again; nor is it closed by what does not hold it.
        before = len(reads(sandbox))
        assert await read_on(feed) == []
        assert len(reads(sandbox)) == before + 1
        await feed.recover(since=TODAY + 2 * DAY)
        assert feed.gaps == (full,)
        await feed.recover(since=TODAY)
        assert feed.gaps == (full,)
    async with feeding(sandbox, path) as feed:
        assert await read_on(feed) == []
        assert feed.gaps == (full,)


async def test_a_request_that_is_carried_out_late(sandbox: Sandbox, path: Path, clock: type[Later]) -> None:
    """The answer was given up, the days were read again, and only then does the service take what is new."""
    await drained(sandbox, path)
    sandbox.fault(READ, "disconnect-before")
    async with feeding(sandbox, path) as feed:
        assert await read_on(feed) == []
        assert not feed.gaps
    late = made(sandbox, 5)
    # What the lost request does now.
    async with feeding(sandbox, MemoryJournal()) as other:
        assert statuses(*await read_on(other)) == late
    async with feeding(sandbox, path) as feed:
        assert await read_on(feed) == []
        clock.by = timedelta(minutes=6)
        assert Counter(statuses(*await read_on(feed))) == Counter(late)
        before = len(reads(sandbox))
        assert await read_on(feed) == []
        assert len(reads(sandbox)) == before + 1


# Against a server that says what a test wants


def change(status: int, **fields: Any) -> dict[str, Any]:
    return {"jobid": 1, "billnum": "11213", "status": status, "statusdate": TODAY.isoformat(), **fields}


def dated(day: date) -> dict[str, str]:
    return {"Date": f"{day:%a, %d %b %Y} 12:00:00 GMT"}


class Script:
    """A service: what the reads get, one after the other, then 204; and what a day lists."""

    def __init__(self, *replies: Reply) -> None:
        self.replies: list[Reply] = list(replies)
        self.listed: list[dict[str, Any]] = []
        self.of_days: list[Reply] = []
        # The service refuses the days before this one.
        self.first_day = date.min
        self.headers = dated(TODAY)

    async def __call__(self, request: Request) -> None:
        found: Reply = self.says([])
        if request.query:
            day = dict(request.query)["date"]
            found = (
                self.of_days.pop(0)
                if self.of_days
                else answer(400)
                if day < self.first_day.isoformat()
                else self.says([one for one in self.listed if one["statusdate"] == day])
            )
        elif self.replies:
            found = self.replies.pop(0)
        await found(request)

    def says(self, changes: object) -> Reply:
        return answer(200, changes, headers=self.headers) if changes else answer(204, headers=self.headers)


@contextmanager
def scripted(*replies: Reply) -> Generator[tuple[Script, RawServer]]:
    script = Script(*replies)
    with RawServer(answers(script)) as server:
        yield script, server


async def test_items_that_cannot_be_read(path: Path) -> None:
    odd: list[Any] = [None, 7, "text", {"jobid": "no number"}, [change(1)]]
    with scripted() as (script, server):
        script.replies = [script.says([change(1), *odd, change(2)])]
        async with feeding(server, path) as feed:
            (batch,) = await read_on(feed)
            assert statuses(batch) == [1, 2]
            assert batch.unreadable == odd


async def test_identical_changes_are_counted(path: Path) -> None:
    """A lost change that is the same as one that came is missing all the same."""
    with scripted() as (script, server):
        script.replies = [script.says([change(1)]), script.says([]), hang_up]
        script.listed = [change(1), change(2), change(1)]
        async with feeding(server, path) as feed:
            assert statuses(*await read_on(feed)) == [1]
            assert sorted(statuses(*await read_on(feed))) == [1, 2]
            assert not feed.gaps


@pytest.mark.parametrize("named", ["0000-00-00", TODAY.isoformat()])
async def test_what_came_before_the_days_that_are_read_again(path: Path, named: str) -> None:
    """It counts for a listed change where it names one of these days. One that names none may be of a day before."""
    known = change(90, statusdate=named)
    with scripted() as (script, server):
        script.headers = dated(TODAY - 2 * DAY)
        script.replies = [script.says([known])]
        async with feeding(server, path) as feed:
            assert statuses(*await read_on(feed)) == [90]
            script.headers = dated(TODAY)
            assert await read_on(feed) == []
            script.replies = [hang_up]
            script.of_days = [script.says(listed) for listed in ([], [known], [])]
            assert statuses(*await read_on(feed)) == [90] * (named == "0000-00-00")


async def test_a_change_without_a_day_may_be_older_than_its_answer(path: Path, clock: type[Later]) -> None:
    """One that is the same as one that came late is missing all the same."""
    known = change(90, statusdate="")
    with scripted() as (script, server):
        script.headers = dated(TODAY - 6 * DAY)
        async with feeding(server, path) as feed:
            assert await read_on(feed) == []
            script.headers = dated(TODAY)
            script.replies = [script.says([known])]
            assert statuses(*await read_on(feed)) == [90]
            script.replies = [hang_up]
            script.of_days = [script.says(listed) for listed in ([], [known], [])]
            assert statuses(*await read_on(feed)) == [90]
            # What was found in these days is of these days.
            clock.by = timedelta(minutes=6)
            script.of_days = [script.says(listed) for listed in ([], [known], [])]
            assert await read_on(feed) == []


async def test_a_change_without_a_day_that_came_since_nothing_was_left(path: Path) -> None:
    """It is of the days that are read again: it does not come twice."""
    known = change(90, statusdate="")
    with scripted() as (script, server):
        async with feeding(server, path) as feed:
            assert await read_on(feed) == []
            script.replies = [script.says([known]), hang_up]
            script.of_days = [script.says(listed) for listed in ([], [known], [])]
            assert statuses(*await read_on(feed)) == [90]
            # Another feed does not know what this one saw: as often as it cannot be told, it is handed out again.
        async with feeding(server, path) as feed:
            script.of_days = [script.says(listed) for listed in ([], [known], [])]
            assert await feed.recover(since=TODAY - DAY) == 1
            assert statuses(*await read_on(feed)) == [90]


async def test_an_empty_200_at_the_end_and_changes_without_a_day(path: Path) -> None:
    """The days are read at each end, and that ends."""
    known = change(90, statusdate="")
    with scripted() as (script, server):
        blank = answer(200, b"[]", headers=script.headers)
        script.replies = [script.says([known]), script.says([])]
        async with feeding(server, path) as feed:
            assert statuses(*await read_on(feed)) == [90]
            for expected in ([90], [], []):
                script.replies = [blank] * 2
                script.of_days = [script.says(listed) for listed in ([], [known], []) * 2]
                assert statuses(*await read_on(feed)) == expected
                script.of_days = []


async def test_changes_that_are_alike_are_found_in_their_order(path: Path) -> None:
    """Disputed, resolved, disputed: what a bill is at the end depends on it."""
    with scripted() as (script, server):
        script.replies = [script.says([change(0), change(90)]), script.says([]), hang_up]
        script.listed = [change(status) for status in (0, 90, 90, 0, 90, 0, 90)]
        async with feeding(server, path) as feed:
            assert statuses(*await read_on(feed)) == [0, 90]
            assert statuses(*await read_on(feed)) == [90, 0, 90, 0, 90]
            assert not feed.gaps


async def test_what_comes_after_it_was_recovered_counts_once(path: Path) -> None:
    """The days list what still waits, too: it comes twice, and must not stand for the next of its kind."""
    with scripted() as (script, server):
        script.replies = [script.says([]), hang_up, script.says([change(1)]), script.says([]), hang_up]
        script.listed = [change(1)]
        async with feeding(server, path) as feed:
            assert await read_on(feed) == []
            assert statuses(*await read_on(feed)) == [1, 1]
            script.listed = [change(1), change(1)]
            assert statuses(*await read_on(feed)) == [1]


async def test_what_json_can_say_and_utf8_cannot(path: Path) -> None:
    odd = change(3, statustext="\ud800", large=10**400)
    with scripted() as (script, server):
        script.replies = [script.says([]), hang_up, hang_up]
        script.listed = [odd]
        async with feeding(server, path) as feed:
            assert await read_on(feed) == []
            assert statuses(*await read_on(feed)) == [3]
            assert not feed.gaps
            assert await read_on(feed) == []


@pytest.mark.parametrize(
    "header",
    ["Mon, 01 Jan 2026 00:00:00 +99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "yesterday", ""],
)
async def test_odd_dates(path: Path, header: str) -> None:
    """What the service says of its day may be nonsense: no change is lost for that, and nothing stops."""
    today = datetime.now(UTC).date()
    with scripted() as (script, server):
        script.headers = {"Date": header}
        script.replies = [script.says([change(1)]), script.says([]), hang_up]
        script.listed = [change(2, statusdate=today.isoformat())]
        if header.startswith("Fri"):
            # A clock that is put right.
            async def lose(request: Request) -> None:
                script.headers["Date"] = f"{today:%a, %d %b %Y} 12:00:00 GMT"
                await hang_up(request)

            script.replies[2] = lose
        async with client_of(server) as ropo, ropo.status_feed(path, keep=10_000_000) as feed:
            assert statuses(*await read_on(feed)) == [1]
            assert statuses(*await read_on(feed)) == [2]
            assert not feed.gaps


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b" \n"])
async def test_nothing_with_200_is_the_end_only_when_the_days_say_so(path: Path, content: bytes) -> None:
    with scripted() as (script, server):
        blank = answer(200, content, headers=script.headers)
        script.replies = [script.says([])]
        async with feeding(server, path) as feed:
            assert await read_on(feed) == []
            script.replies = [blank]
            assert await read_on(feed) == [], "nothing was lost"
            # The second in a row loses what the first did not.
            script.replies, script.listed = [blank, script.says([change(2)])], [change(1)]
            assert statuses(*await read_on(feed)) == [1, 2]
            assert not feed.gaps


async def test_a_service_that_always_ends_with_200(path: Path, clock: type[Later]) -> None:
    """Its days prove the end as a 204 does: else each end would read one day more than the last."""
    journal = SqliteJournal(path)
    with scripted() as (script, server):
        script.replies, script.listed = [script.says([change(1)]), script.says([])], [change(1)]
        async with client_of(server) as ropo, ropo.status_feed(journal, keep=3) as feed:
            assert statuses(*await read_on(feed)) == [1]
            for days in (10, 20, 30):
                clock.by += timedelta(minutes=6)
                script.headers = dated(TODAY + days * DAY)
                counts = [len(server.requests)]
                for _ in range(2):
                    script.replies = [answer(200, b"[]", headers=script.headers)]
                    assert await read_on(feed) == []
                    counts.append(len(server.requests))
                assert counts[2] - counts[1] < 6
            assert await journal.since(date.min, 0, 9) == []
            # One that such an end loses on the day of the last one is found.
            script.replies = [answer(200, b"[]", headers=script.headers)]
            script.listed += [change(2, statusdate=(TODAY + 30 * DAY).isoformat())]
            assert statuses(*await read_on(feed)) == [2]


async def test_nothing_with_200_where_nothing_is_known(path: Path) -> None:
    with scripted() as (script, server):
        script.replies = [answer(200), script.says([change(1)]), answer(200), answer(200), script.says([change(2)])]
        async with feeding(server, path) as feed:
            assert statuses(*await read_on(feed)) == [1]
            assert feed.gaps == (Gap(None),)
            assert script.replies != []


async def test_pages_in_place_of_answers_are_not_read_at_full_speed(path: Path, short_pauses: list[float]) -> None:
    page = answer(200, "<html>We will be back soon</html>", content_type="text/html")
    with scripted(*[page] * 50) as (_script, server):
        async with feeding(server, path) as feed:
            # What came is handed out; then it is an error, each time.
            outcomes: list[object] = []
            for _ in range(6):
                try:
                    outcomes.append((await anext(feed)).unreadable)
                except DecodeError as error:
                    outcomes.append(type(error))
        assert outcomes == [[b"<html>We will be back soon</html>"], *[DecodeError] * 5], "the same page is kept once"
        assert short_pauses == [1.0, 2.0]
        assert len(server.requests) == len(short_pauses) + 5
        async with feeding(server, path, follow=0.01) as feed:
            short_pauses.clear()

            async def read_all() -> None:
                async for batch in feed:
                    await batch.ack()

            with anyio.move_on_after(PATIENCE) as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(read_all)
                    await until(lambda: len(short_pauses) > 9)
                    scope.cancel()
        assert short_pauses[:9] == [0.5 * 2**n for n in range(1, 10)], "growing, whatever is handed out between"


@pytest.mark.parametrize("follow", [None, 0.01])
async def test_days_that_cannot_be_read_again_do_not_stop_it(path: Path, follow: float | None) -> None:
    broken: list[Reply] = [answer(500), answer(200, "<html>", content_type="text/html"), answer(403), hang_up]
    for reply in broken:
        with scripted() as (script, server):
            journal = MemoryJournal()
            async with feeding(server, journal) as feed:
                assert await read_on(feed) == []
            script.replies = [hang_up, script.says([change(1)])]
            script.of_days = [reply] * 100
            async with feeding(server, journal, follow=follow) as feed:
                with anyio.fail_after(PATIENCE):
                    assert statuses(await anext(feed)) == [1]
                assert len(feed.gaps) == 1, "never guessed away"
                # When the days can be read again, they are.
                script.of_days, script.listed = [], [change(2)]
                with anyio.fail_after(PATIENCE):
                    batch = await anext(feed)
                    assert (statuses(batch), batch.recovered) == ([2], True)
                assert not feed.gaps


class Later(datetime):
    """A clock that can be put forward."""

    by = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + cls.by


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Later]:
    monkeypatch.setattr(Later, "by", timedelta())
    monkeypatch.setattr(feed_module, "datetime", Later)
    return Later


ERRORS = [
    b'{"type": "about:blank", "status": 500, "errors": []}',
    b'{"error": "the database is down", "trace": ["a", "b"]}',
]


@pytest.mark.parametrize("content", ERRORS)
async def test_an_error_with_200_that_holds_a_list_is_a_lost_answer(path: Path, content: bytes) -> None:
    with scripted() as (script, server):
        script.replies = [script.says([]), answer(200, content, headers=script.headers)]
        script.listed = [change(1)]
        async with feeding(server, path) as feed:
            assert await read_on(feed) == []
            batches = await read_on(feed)
            assert statuses(*batches) == [1]
            assert [item for batch in batches for item in batch.unreadable] == [content]
            assert not feed.gaps


@pytest.mark.parametrize("content", [b"", b"{}", b"<html>", b'[{"jobid": 1', *ERRORS])
async def test_what_is_no_list_says_nothing_of_a_day(path: Path, content: bytes) -> None:
    """A blank 200, or one that is cut after its head, does not close a gap."""
    with scripted() as (script, server):
        script.replies = [script.says([]), hang_up]
        script.listed = [change(1)]
        script.of_days = [answer(200, content, headers=script.headers)] * 10
        async with feeding(server, path, retries=0) as feed:
            assert await read_on(feed) == []
            with pytest.raises(RopoError):
                await read_on(feed)
            assert await read_on(feed) == []
            assert len(feed.gaps) == 1
            script.of_days = []
            await anyio.sleep(0.01)
            assert statuses(*await read_on(feed)) == [1]
            assert not feed.gaps


async def test_lists_that_lack_what_was_handed_out(
    path: Path, clock: type[Later], caplog: pytest.LogCaptureFixture
) -> None:
    """A list that lacks what the service handed out on that day proves nothing of the rest."""
    with scripted() as (script, server):
        script.replies = [script.says([change(1)]), script.says([]), hang_up]
        script.listed = [change(2)]
        async with feeding(server, path) as feed:
            (batch,) = await read_on(feed)
            assert (statuses(batch), batch.recovered) == ([1], False)
            (batch,) = await read_on(feed)
            assert (statuses(batch), batch.recovered) == ([2], True)
            assert not feed.gaps, "it is read once more"
            clock.by = timedelta(minutes=6)
            assert await read_on(feed) == []
            assert feed.gaps == (Gap(TODAY, TODAY, unproven=True),)
            # Not read again by itself, and told once.
            before = len(server.requests)
            clock.by = timedelta(minutes=60)
            assert await read_on(feed) == []
            assert len(server.requests) == before + 1
            assert await feed.recover(since=TODAY) == 0
            assert feed.gaps == (Gap(TODAY, TODAY, unproven=True),)
            assert caplog.text.count("others may be missing, from 2026-03-02 to 2026-03-02") == 1
        async with feeding(server, path) as feed:
            (gap,) = feed.gaps
            with pytest.raises(TypeError, match="gap"):
                await feed.accept("2026-03-02")  # type: ignore[arg-type] # the point
            await feed.accept(gap)
            await feed.accept(gap)
            assert not feed.gaps
        # Where the list is whole again, recovering closes it.
        async with feeding(server, path) as feed:
            script.replies = [hang_up]
            assert await read_on(feed) == []
            clock.by = timedelta(minutes=120)
            assert await read_on(feed) == []
            assert feed.gaps
            script.listed = [change(1), change(2)]
            assert await feed.recover(since=TODAY) == 0
            assert not feed.gaps


@asynccontextmanager
async def over_https(server: RawServer, journal: Path | Journal) -> AsyncGenerator[StatusFeed]:
    """A feed that takes the service for a real one: its day should be ours."""
    async with client_of(server) as ropo:
        feed = ropo.status_feed(journal)
        feed._trusts_dates = False  # pyright: ignore[reportPrivateUsage] # as over https
        async with feed:
            yield feed


@pytest.mark.parametrize("said", [date(1970, 6, 1), date(9999, 6, 1), -40, -10, -3, 3, 10, 40])
async def test_a_clock_that_is_far_off_is_not_believed(
    path: Path, said: date | int, caplog: pytest.LogCaptureFixture, clock: type[Later]
) -> None:
    """Today is read whatever the service's clock says, and the gap is not closed while the clocks differ."""
    today = datetime.now(UTC).date()
    with scripted() as (script, server):
        script.headers = dated(today)
        script.replies = [script.says([]), hang_up]
        script.listed = [change(1, statusdate=today.isoformat())]
        async with over_https(server, path) as feed:
            assert await read_on(feed) == []
            script.headers = dated(today + said * DAY if isinstance(said, int) else said)
            assert statuses(*await read_on(feed)) == [1]
            clock.by = timedelta(minutes=6)
            assert await read_on(feed) == []
            # How far the days go is what the clocks do not agree on.
            assert feed.gaps == (Gap(today - DAY, unproven=True),)
            before = len(server.requests)
            assert before < 80
            assert await read_on(feed) == []
            assert len(server.requests) == before + 1, "it is not read again while they differ"
            # When they agree again, the days prove what they list.
            script.headers = dated(today)
            assert await read_on(feed) == []
            assert not feed.gaps
    assert caplog.text.count("the service says that it is") == 1
    assert caplog.text.count("others may be missing") == 1


@pytest.mark.parametrize("ahead", [-10, -3, 3, 10])
async def test_our_clock_is_wrong(path: Path, ahead: int, clock: type[Later]) -> None:
    """The service's day is read, too."""
    today = datetime.now(UTC).date()
    clock.by = timedelta(days=ahead)
    with scripted() as (script, server):
        script.headers = dated(today)
        script.replies = [script.says([]), hang_up]
        script.listed = [change(1, statusdate=today.isoformat())]
        async with over_https(server, path) as feed:
            assert await read_on(feed) == []
            assert statuses(*await read_on(feed)) == [1]
            clock.by += timedelta(minutes=6)
            assert await read_on(feed) == []
            assert [gap.unproven for gap in feed.gaps] == [True]


@pytest.mark.parametrize("ahead", [-40, -3, 3, 10, 40])
@pytest.mark.parametrize("was_empty", [True, False])
async def test_our_clock_was_wrong_when_nothing_was_left(
    path: Path, ahead: int, clock: type[Later], *, was_empty: bool
) -> None:
    """Since when changes may have waited is never taken for later than it was, though the clock is right again."""
    today = datetime.now(UTC).date()
    journal = MemoryJournal(known=State(drained=today - 2 * DAY if was_empty else None))
    with scripted() as (script, server):
        script.headers = dated(today)
        script.replies = [script.says([]), hang_up]
        script.listed = [change(1, statusdate=today.isoformat())]
        async with over_https(server, journal) as feed:
            clock.by = timedelta(days=ahead)
            assert await read_on(feed) == []
            clock.by = timedelta()
            found = statuses(*await read_on(feed))
            clock.by = timedelta(minutes=6)
            assert await read_on(feed) == []
            assert found == [1]
            # Where nobody could know which clock was right, nobody knows since when it had been empty.
            is_known = was_empty or abs(ahead) < 40
            assert feed.gaps == (() if is_known else (Gap(None, today - 31 * DAY),))


@pytest.mark.parametrize("behind", [365, 9_000])
async def test_our_clock_is_behind_while_days_are_read_again(path: Path, behind: int, clock: type[Later]) -> None:
    """The days up to the service's own stay in the gap, and are read when the clocks agree."""
    today = datetime.now(UTC).date()
    journal = MemoryJournal(known=State(drained=today - 3 * DAY))
    with scripted() as (script, server):
        script.headers = dated(today)
        script.replies = [hang_up]
        script.listed = [change(1, statusdate=today.isoformat())]
        clock.by = timedelta(days=-behind)
        async with over_https(server, journal) as feed:
            assert await read_on(feed) == []
            clock.by += timedelta(minutes=6)
            assert await read_on(feed) == []
            assert feed.gaps == (Gap(today - 4 * DAY, unproven=True),)
            clock.by = timedelta()
            assert statuses(*await read_on(feed)) == [1]
            assert not feed.gaps


@pytest.mark.parametrize("is_told", [True, False])
async def test_nothing_was_left_on_a_day_to_come(path: Path, clock: type[Later], *, is_told: bool) -> None:
    """A clock that was ahead noted it. No window begins there: nobody knows when the feed was empty."""
    today = datetime.now(UTC).date()
    drained = today + 365 * DAY
    journal = MemoryJournal(known=State(drained=drained, gaps=(Gap(drained - DAY),)))
    with scripted() as (script, server):
        script.headers = dated(today) if is_told else {"Date": ""}
        script.listed = [change(1, statusdate=today.isoformat())]
        async with over_https(server, journal) as feed:
            assert statuses(*await read_on(feed)) == [1]
            assert journal.known.drained == today
            # Without a second clock, nobody knows either whether ours is right now.
            unproven = () if is_told else (Gap(drained - DAY, unproven=True),)
            assert sorted(feed.gaps, key=str) == sorted([Gap(None, today - 31 * DAY), *unproven], key=str)
            before = len(server.requests)
            assert await read_on(feed) == []
            assert len(server.requests) == before + 1


@pytest.mark.parametrize(
    "ahead", [timedelta(days=365), timedelta(minutes=5, seconds=30)], ids=["a year", "half a minute"]
)
async def test_a_second_look_that_a_clock_ahead_put_off_is_taken(ahead: timedelta, clock: type[Later]) -> None:
    now = datetime.now(UTC)
    gap = Gap(now.date() - DAY, retry_at=now + ahead)
    journal = MemoryJournal(known=State(drained=now.date(), gaps=(gap,)))
    with scripted() as (script, server):
        script.headers = dated(now.date())
        script.listed = [change(1, statusdate=now.date().isoformat())]
        async with over_https(server, journal) as feed:
            assert statuses(*await read_on(feed)) == [1]
            # That was early: the lost request may still be carried out.
            (left,) = journal.known.gaps
            assert left.retry_at is not None
            assert left.retry_at < now + timedelta(minutes=6)
            script.listed.append(change(2, statusdate=now.date().isoformat()))
            clock.by = timedelta(minutes=6)
            assert statuses(*await read_on(feed)) == [2]
            assert journal.known.gaps == ()


async def test_what_is_new_comes_first_after_a_long_stop() -> None:
    """A window that begins long ago is far, however long ago the feed was empty."""
    today = datetime.now(UTC).date()
    journal = MemoryJournal(known=State(drained=today - 200 * DAY, reading=1), tokens=1)
    with scripted() as (script, server):
        script.headers = dated(today)
        script.replies, script.listed = [script.says([change(5)])], [change(4, statusdate=today.isoformat())]
        async with over_https(server, journal) as feed:
            assert statuses(await anext(feed)) == [5]
            assert [one.query for one in server.requests] == [[]]
            assert statuses(*await read_on(feed)) == [4]
            assert not feed.gaps


async def test_the_second_look_is_at_the_days_that_may_lack_something(clock: type[Later]) -> None:
    """Not at all days that somebody had read again."""
    journal = MemoryJournal(known=State(drained=TODAY, gaps=(Gap(TODAY - DAY),)))
    with scripted() as (script, server):
        async with feeding(server, journal) as feed:
            await feed.recover(since=TODAY - 100 * DAY)
            before = len(server.requests)
            clock.by = timedelta(minutes=6)
            script.listed = [change(1)]
            assert statuses(*await read_on(feed)) == [1]
            assert len(server.requests) - before < 8


async def test_one_retry_loop(sandbox: Sandbox, path: Path, short_pauses: list[float]) -> None:
    attempts: list[object] = []
    async with client_of(sandbox, retries=2, on_attempt=attempts.append) as ropo, ropo.status_feed(path) as feed:
        with sandbox.refuse_connections(), pytest.raises(ConnectionFailed):
            await anext(feed)
        assert len(attempts) == 3, "the login is repeated by itself"
        assert await read_on(feed) == []
        attempts.clear()
        with sandbox.refuse_connections(), pytest.raises(ConnectionFailed):
            await anext(feed)
        assert len(attempts) == 3
        assert short_pauses == [1.0, 2.0]


async def test_pages_of_what_waits(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = MemoryJournal()
    with scripted() as (script, server):
        script.replies = [script.says([change(n)]) for n in range(45)]
        async with feeding(server, journal) as feed:
            assert len(await read_on(feed, acknowledge=False)) == 45
        async with feeding(server, journal) as feed:
            assert len(feed._pending) == 20  # pyright: ignore[reportPrivateUsage] # how much is held at once
            assert statuses(*await read_on(feed)) == list(range(45))


async def test_replaying(sandbox: Sandbox, path: Path) -> None:
    expected: list[int] = []
    for _ in range(3):
        expected += made(sandbox, 1_100)
        async with feeding(sandbox, path) as feed:
            await read_on(feed)
        sandbox.advance(days=1)
    async with feeding(sandbox, path) as feed:
        before = len(sandbox.requests)
        again = [batch async for batch in feed.replay(since=TODAY)]
        assert statuses(*again) == expected
        assert [batch.number for batch in again] == [1, 2, 3, 4, 5, 6]
        assert statuses(*[batch async for batch in feed.replay(since=TODAY + 2 * DAY)]) == expected[2_200:]
        assert [batch async for batch in feed.replay(since=TODAY + 3 * DAY)] == []
        assert len(sandbox.requests) == before
        assert await read_on(feed) == []
        with pytest.raises(TypeError, match="since"):
            feed.replay(since="2026-03-02")  # type: ignore[arg-type] # the point


async def test_the_number_of_a_batch_is_stable(sandbox: Sandbox, path: Path) -> None:
    made(sandbox, 2_100)
    seen: list[list[tuple[int, list[int]]]] = []
    for _ in range(2):
        async with feeding(sandbox, path) as feed:
            seen.append([(one.number, statuses(one)) for one in await read_on(feed, acknowledge=False)])
    assert seen[0] == seen[1]
    async with feeding(sandbox, path) as feed:
        batch = await anext(feed)
        with pytest.raises(TypeError, match=r"SqliteJournal has no ack_sql: use `await batch.ack\(\)`"):
            _ = batch.ack_sql
        assert all(json.loads(raw)["status"] in statuses(batch) for raw in batch.raw)
        assert len(batch.raw) == len(batch.updates)


@pytest.mark.parametrize("follow", [None, 0.01])
@pytest.mark.parametrize("is_back", [True, False])
async def test_the_place_is_lost_while_it_reads(path: Path, *, follow: float | None, is_back: bool) -> None:
    """What is in hand is stored all the same: the service does not hand it out again."""
    journal = MemoryJournal()
    with scripted() as (script, server):

        async def taken_over(request: Request) -> None:
            # Another reader finds the mark.
            journal.known = replace(journal.known, reading=None, gaps=(Gap(TODAY - DAY),))
            await script.says([change(1)])(request)

        script.replies = [script.says([]), taken_over]
        script.listed = [change(1)]
        save_late, failures = journal.save_late, 0 if is_back else 100 if follow is None else 3

        async def unreachable(*args: Any) -> None:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise JournalLost("the database is gone")
            await save_late(*args)

        journal.save_late = unreachable  # type: ignore[method-assign, assignment] # the point
        async with feeding(server, journal, follow=follow) as feed:
            with anyio.fail_after(PATIENCE):
                if follow is None:
                    assert await read_on(feed) == []
                    with pytest.raises(JournalLost):
                        await anext(feed)
                batch = await anext(feed)
            assert (statuses(batch), batch.recovered) == ([1], True)


async def test_recovering_and_reading_at_once(sandbox: Sandbox, path: Path) -> None:
    """Tasks that iterate or recover at the same time take turns: no mark of one read is cleared by another."""
    await drained(sandbox, path)
    expected = made(sandbox, 50)
    got: list[int] = []

    async def work(feed: StatusFeed) -> None:
        for batch in await read_on(feed):
            got.extend(statuses(batch))

    async def recover(feed: StatusFeed) -> None:
        # The fault strikes whoever comes first.
        with suppress(ConnectionLost):
            await feed.recover(since=TODAY)

    sandbox.fault(READ, "disconnect-after")
    async with feeding(sandbox, path) as feed, anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(work, feed)
            group.start_soon(recover, feed)
    assert set(got) >= set(expected)
    for bad in (datetime.now(UTC), "2026-11-22", None):
        with pytest.raises(TypeError, match="since"):
            await feed.recover(since=bad)  # type: ignore[arg-type] # the point


async def test_recovering_hands_out_nothing_again_and_nothing_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed out while the journal is asked what waits is not put back."""
    journal = MemoryJournal()
    unacknowledged = journal.unacknowledged
    numbers: list[int] = []

    async def slow(after: int, limit: int) -> list[Stored]:
        found = await unacknowledged(after, limit)
        await anyio.sleep(0.03)
        return found

    with scripted() as (script, server):
        script.replies = [script.says([change(n)]) for n in range(30)]
        async with feeding(server, journal) as feed:
            await read_on(feed, acknowledge=False)
        monkeypatch.setattr(journal, "unacknowledged", slow)
        async with feeding(server, journal) as feed, anyio.create_task_group() as group:

            async def work() -> None:
                async for batch in feed:
                    numbers.append(batch.number)
                    await batch.ack()
                    await anyio.sleep(0.005)

            group.start_soon(work)
            for _ in range(3):
                await feed.recover(since=TODAY)
        assert numbers == list(range(1, 31))


async def test_a_recovery_that_fails_changes_nothing(sandbox: Sandbox, path: Path) -> None:
    made(sandbox, 2)
    sandbox.fault(READ, "disconnect-after")
    async with feeding(sandbox, path, retries=0) as feed:
        with pytest.raises(RopoError):
            await anext(feed)
        for kind, error in (("html", DecodeError), ("huge", ResponseError), ("status", RopoError)):
            sandbox.fault(READ, kind, **({"size": 300_000} if kind == "huge" else {}))
            with pytest.raises(error):
                await feed.recover(since=TODAY)
            assert feed.gaps == (Gap(None),)
        sandbox.fault(READ, "status", status=403)
        with pytest.raises(PermissionDenied):
            await anext(feed)
        # Found while batches wait: it comes after them.
        assert await feed.recover(since=TODAY) > 0
        assert feed.gaps == (Gap(None),), "no day is known to be early enough"
        assert len(await read_on(feed)) == 1


# Pruning


async def test_pruning(sandbox: Sandbox, path: Path) -> None:
    def rows() -> list[Any]:
        with closing(sqlite3.connect(path)) as db:
            return [day for (day,) in db.execute("SELECT day FROM answers ORDER BY number")]

    days: list[str] = []
    for _ in range(5):
        made(sandbox, 10)
        async with client_of(sandbox) as ropo, ropo.status_feed(path, keep=3) as feed:
            await read_on(feed)
        days.append(sandbox.today.isoformat())
        sandbox.advance(days=1)
    assert await anyio.to_thread.run_sync(rows) == days[-4:]
    # Not what is not acknowledged, and nothing that an open window is compared with.
    made(sandbox, 10)
    async with client_of(sandbox) as ropo, ropo.status_feed(path, keep=1) as feed:
        await read_on(feed, acknowledge=False)
    days.append(sandbox.today.isoformat())
    sandbox.advance(days=30)
    made(sandbox, 10)
    sandbox.fault(READ, "status", status=500, carried_out=True)
    sandbox.fault(READ, "status", times=20, status=403)
    async with client_of(sandbox) as ropo, ropo.status_feed(path, keep=1) as feed:
        for _ in range(3):
            with pytest.raises(PermissionDenied):
                await read_on(feed)
        assert feed.gaps
        sandbox.clear_faults()
        await read_on(feed, acknowledge=False)
    assert days[-1] in await anyio.to_thread.run_sync(rows)


async def test_pruning_goes_on_beside_what_nobody_knows(path: Path) -> None:
    """A gap that only its reader can close does not keep everything for ever."""
    journal = SqliteJournal(path)
    with scripted() as (script, server):
        script.replies = [hang_up, script.says([change(1)])]
        async with client_of(server) as ropo, ropo.status_feed(journal, keep=3) as feed:
            await read_on(feed)
            script.headers = dated(TODAY + 9 * DAY)
            # Its days are read once more, and no more: then nothing is compared with it.
            (later,) = [gap for gap in (await journal.state()).gaps if gap.since]
            await journal.recover(TODAY, (), (later,), ())
            await read_on(feed)
            assert feed.gaps == (Gap(None, TODAY - 31 * DAY),)
            assert await journal.since(date.min, 0, 9) == []


# Cancellation


async def _cancelled_at_random(sandbox: Sandbox, path: Path, times: int, *, natively: bool) -> None:
    chance = random.Random(20261122)
    await drained(sandbox, path)
    expected, got = Counter[int](), Counter[int]()
    async with client_of(sandbox, timeout=2.0) as ropo:
        feed = ropo.status_feed(path, wait=True)

        async def handle() -> None:
            async for batch in feed:
                got.update(statuses(batch))
                await batch.ack()

        async def session() -> None:
            async with feed:
                await handle()

        for number in range(times):
            expected.update(made(sandbox, 3))
            if number % 7 == 0:
                sandbox.fault(READ, chance.choice(["disconnect-after", "truncate", "empty", "html"]))
            seconds = chance.random() ** 2 * 0.02
            if natively:
                task = asyncio.create_task(session())
                await asyncio.sleep(seconds)
                for _ in range(chance.randrange(1, 4)):
                    task.cancel()
                    await asyncio.sleep(0)
                await asyncio.wait([task])
            elif number % 3:
                # One feed that stays open, and is cancelled while it iterates.
                with anyio.CancelScope() as open_scope:
                    async with feed:
                        for _ in range(2):
                            # The feed goes on where it was.
                            with anyio.move_on_after(seconds):
                                await handle()
                assert not open_scope.cancelled_caught
            else:
                with anyio.move_on_after(seconds):
                    await session()
        sandbox.clear_faults()
        with anyio.fail_after(PATIENCE):
            await session()
        assert not feed.gaps
    assert expected - got == Counter()


async def test_cancelled_at_random(sandbox: Sandbox, path: Path) -> None:
    # Two of three times it is cancelled twice: 300 cancellations.
    await _cancelled_at_random(sandbox, path, 180, natively=False)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_cancelled_natively_at_random(sandbox: Sandbox, path: Path) -> None:
    """As `asyncio.timeout` and `wait_for` do it, which no shield stops; and several times."""
    await _cancelled_at_random(sandbox, path, 300, natively=True)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_answer_that_was_stored_for_a_cancelled_task_is_handed_out(path: Path) -> None:
    """It is in the journal: the same feed hands it out at the next iteration, not only the next process."""
    with scripted() as (script, server):
        script.replies = [script.says([change(1)])]
        journal = SqliteJournal(path)
        async with feeding(server, journal) as feed:
            end_read = journal.end_read

            async def cancelled(*args: Any, **options: Any) -> None:
                journal.end_read = end_read  # type: ignore[method-assign] # only once
                await end_read(*args, **options)
                raise asyncio.CancelledError

            journal.end_read = cancelled  # type: ignore[method-assign] # what a native cancellation looks like
            with pytest.raises(asyncio.CancelledError):
                await anext(feed)
            assert statuses(*await read_on(feed)) == [1]
            assert not feed.gaps


def test_what_the_journal_holds_is_what_came(path: Path) -> None:
    """Bytes, as they came: nothing is lost by decoding."""
    content = b' [ {"jobid" : 1.0, "status": "7", "new": 1.10} ]\n'

    async def main() -> None:
        with scripted(answer(200, content)) as (_, server):
            async with feeding(server, path) as feed:
                (batch,) = await read_on(feed)
                assert statuses(batch) == [7]

    anyio.run(main)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT content FROM answers").fetchall() == [(content,)]
    assert json.loads(content)


async def test_a_journal_of_another_customer(sandbox: Sandbox, path: Path) -> None:
    """Another customer's or environment's journal is refused before anything is sent."""
    journal = MemoryJournal()
    journal.known = State(owner="1000099 at https://ropo24.fi/rest")
    async with client_of(sandbox) as ropo:
        with pytest.raises(InvalidArgument, match=r"holds the status changes of 1000099 at https://ropo24\.fi/rest"):
            async with ropo.status_feed(journal):
                pass
    assert not journal.is_open
    assert sandbox.requests == []
    here = RopoJobsClient(ApiCode("1000011", "x"), environment=Environment.FINLAND_TEST)
    for credentials, environment, is_same in (
        (ApiCode("1000011", "y"), Environment.FINLAND_TEST, True),
        (BearerToken("abc"), Environment.FINLAND_TEST, True),
        (ApiCode("1000012", "x"), Environment.FINLAND_TEST, False),
        (ApiCode("1000011", "x"), Environment.FINLAND, False),
        (BearerToken("abc"), Environment.FINLAND, False),
    ):
        async with here.status_feed(path):
            pass
        feed = RopoJobsClient(credentials, environment=environment).status_feed(path)
        if is_same:
            async with feed:
                pass
        else:
            with pytest.raises(InvalidArgument, match=r"1000011 at https://rc\.ropo24\.fi/rest"):
                async with feed:
                    pass
    # A token tells nothing of the customer; who tells it later is believed.
    other = path.with_name("other.db")
    for client in (RopoJobsClient(BearerToken("abc"), environment=Environment.FINLAND_TEST), here):
        async with client.status_feed(other):
            pass
    with pytest.raises(InvalidArgument):
        async with RopoJobsClient(ApiCode("7", "x"), environment=Environment.FINLAND_TEST).status_feed(other):
            pass


async def test_several_changes_of_one_bill_on_one_day(sandbox: Sandbox, path: Path) -> None:
    """Dispute, resolve, dispute: alike as they are, each is a change, and the last one is the bill's status."""
    sandbox.add_example_job(billnum="11213")
    await drained(sandbox, path)
    for faulty in (False, True):
        sandbox.advance(days=1)
        sandbox.change_status("11213", 90, 0, 90)
        sandbox.change_status("11213", 0, 90)
        if faulty:
            sandbox.fault(READ, "disconnect-after")
        async with feeding(sandbox, path) as feed:
            found = statuses(*await read_on(feed))
            assert sorted(found) == [0, 0, 90, 90, 90]
            assert faulty or found == [90, 0, 90, 0, 90]
    with pytest.raises(ValueError, match="there is no bill 7"):
        sandbox.change_status("7", 1)


async def test_what_the_sandbox_can_do_wrong(sandbox: Sandbox, path: Path) -> None:
    """A wrong clock, a page that says maintenance, a day that is blank: nothing is lost for that."""
    await drained(sandbox, path)
    expected = made(sandbox, 5)
    sandbox.fault(READ, "wrong-date", date="Fri, 31 Dec 9999 23:59:59 GMT")
    sandbox.fault(READ, "html")
    sandbox.fault(READ, "empty", times=2)
    got: list[int] = []
    async with client_of(sandbox) as ropo:
        feed = ropo.status_feed(path)
        feed._trusts_dates = False  # pyright: ignore[reportPrivateUsage] # as over https
        async with feed:
            got += statuses(*await read_on(feed))
    assert Counter(got) >= Counter(expected)
