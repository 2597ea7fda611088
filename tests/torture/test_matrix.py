"""Every operation and every fault of the sandbox: what the caller gets is what the contract says, in each cell.

Of each cell: the exact error or success, how often it was carried out, that no connection is held, that nothing secret
or personal is told, and that it ends in time. Prints its size and result. By default the whole matrix runs under
asyncio, and one operation of each class under trio and over the fast transport; `ROPO_MATRIX=full` (`make torture`)
runs all of it under all three.
"""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import socket
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import anyio
import pytest
from matrix_table import (
    FAULTS,
    MAX_BYTES,
    OF_JOB,
    ONE_OF_EACH_CLASS,
    REFUSE,
    RETRIES,
    ROWS,
    Expected,
    Fault,
    Row,
    contradicts_itself,
    expected,
    hides_what_it_did,
    max_pdf_bytes,
    waits,
)

from ropo_jobs_client import ApiCode, AttemptEvent, RopoJobsClient, errors, models
from ropo_jobs_client._generated.api.jobs import jobs_get_status_updates_action
from ropo_jobs_client._generated.operations import OPERATIONS
from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.faults import KINDS

FULL = os.environ.get("ROPO_MATRIX") == "full"
CONNECTIONS = 3
# Lanes that are busy all the time, and lanes that mostly wait.
BUSY, WAITING = 4, 32

CANARY = "CANARY"
PERSONAL = {
    name: f"{CANARY} {name}"
    for name in ("person", "company", "address", "postcode", "city", "email", "phone", "freetext", "contactperson")
}
DAY = "2026-11-22"


@dataclass(frozen=True)
class Target:
    """What a cell works on: a job of its own."""

    jobid: int
    number: int
    path: Path
    max_bytes: int

    @property
    def billnum(self) -> str:
        return f"M{self.number}"

    @property
    def ssn(self) -> str:
        return f"{CANARY}-{self.number}"


def _item(target: Target) -> models.JobItem:
    row = {"desc": "Hieronta", "count": 1, "itemtype": "h", "amount": Decimal("35.00"), "taxpr": 24}
    fields: dict[str, Any] = {"jobtype": 0, "customertype": 2, "billdate": DAY, "paydate": DAY, "payrow": [row]}
    return models.JobItem.from_dict({**fields, **PERSONAL, "billnum": f"{target.billnum}-new", "govid": target.ssn})


def _change(_: Target) -> models.JobDataSet:
    return models.JobDataSet.from_dict({"customertype": 2, "jobtype": 0, **PERSONAL})


def _dispute(target: Target) -> models.JobDisputeRequest:
    return models.JobDisputeRequest.from_dict({"claimtext": target.ssn})


async def _drain(stream: Any) -> None:
    async with stream as pdf:
        content = await pdf.read()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


async def _consume(ropo: RopoJobsClient) -> list[models.JobStatusUpdate]:
    """Read what is handed out once, as only the status feed does."""
    pipeline = cast("Any", ropo)._pipeline
    result: list[models.JobStatusUpdate] = await pipeline.send(jobs_get_status_updates_action.request())
    return result


Call = Callable[[RopoJobsClient, Target], Awaitable[object]]


def _of_job(of_job: Callable[[RopoJobsClient, int], Awaitable[object]]) -> Call:
    return lambda ropo, target: of_job(ropo, target.jobid)


CALLS: Mapping[str, Call] = {
    **{operation: _of_job(call) for operation, call in OF_JOB.items()},
    # As every call does that has no token. Not by a call, whose own deadline would end at the same time.
    "POST /token": lambda ropo, _: cast("Any", ropo)._pipeline.tokens.get(),
    "POST /jobs": lambda ropo, target: ropo.add_bills([_item(target)]),
    "PATCH /jobs": lambda ropo, target: ropo.modify_job(_change(target), jobid=target.jobid),
    "PATCH /jobs/opensalesinvoices": lambda ropo, target: ropo.modify_open_invoices(
        _change(target), custnum=target.billnum, ordernumber=target.billnum
    ),
    "GET /jobs/statusupdates": lambda ropo, target: ropo.get_status_updates(billnum=target.billnum),
    "GET /jobs/statusupdates consuming": lambda ropo, _: _consume(ropo),
    "GET /jobs/pdf": lambda ropo, target: _drain(ropo.pdf(jobid=target.jobid, max_bytes=target.max_bytes)),
    "GET /jobs/pdf saved": lambda ropo, target: ropo.pdf(jobid=target.jobid, max_bytes=target.max_bytes).save(
        target.path
    ),
    "POST /jobs/preview": lambda ropo, target: _drain(ropo.preview([_item(target)], max_bytes=target.max_bytes)),
    "POST /jobs/preview saved": lambda ropo, target: ropo.preview([_item(target)], max_bytes=target.max_bytes).save(
        target.path
    ),
    "POST /jobs/localprint": lambda ropo, target: _drain(ropo.local_print([_item(target)], max_bytes=target.max_bytes)),
    "POST /jobs/localprint saved": lambda ropo, target: ropo.local_print(
        [_item(target)], max_bytes=target.max_bytes
    ).save(target.path),
    "POST /jobs/payment": lambda ropo, target: ropo.add_payment(
        models.JobAddPayment(amount=Decimal("1.00"), paydate=DAY, billnum=target.billnum)
    ),
    "POST /jobs/creditnote": lambda ropo, target: ropo.add_credit_note(
        models.JobAddCreditNote(amount=Decimal("1.00"), date=DAY, jobid=target.jobid)
    ),
    "PATCH /jobs/deliverystatus": lambda ropo, target: ropo.update_delivery_status(
        models.JobDeliveryStatusRequest(id=target.billnum, service="post")
    ),
    "GET /jobs/transferconfirmation": lambda ropo, target: ropo.send_transfer_report(target.billnum),
    "POST /jobs/dispute": lambda ropo, target: ropo.dispute_job(_dispute(target), jobid=target.jobid),
    "POST /jobs/dispute/resolve": lambda ropo, target: ropo.resolve_dispute(
        models.JobResolveDisputeRequest.from_dict({"claimtext": target.ssn}), billnum=target.billnum
    ),
    "POST /jobs/findbyendcustomer": lambda ropo, target: ropo.find_jobs_by_end_customer(ssn=target.ssn),
}

# What an `OutcomeUnknown` names, so that someone can find out.
NAMED: Mapping[str, Callable[[Target], Mapping[str, object]]] = {
    "POST /jobs": lambda target: {"billnums": (f"{target.billnum}-new",)},
    "POST /jobs/localprint": lambda target: {"billnums": (f"{target.billnum}-new",)},
    "POST /jobs/payment": lambda target: {"billnums": (target.billnum,)},
    "POST /jobs/creditnote": lambda target: {"jobid": target.jobid},
    "POST /jobs/dispute": lambda target: {"jobid": target.jobid},
    "POST /jobs/dispute/resolve": lambda target: {"billnums": (target.billnum,)},
    "PATCH /jobs/deliverystatus": lambda _: {},
    "GET /jobs/transferconfirmation": lambda _: {},
}


@dataclass(frozen=True)
class Cell:
    """An operation, a fault, and whether it strikes once or for ever."""

    row: Row
    fault: Fault
    for_ever: bool

    def __str__(self) -> str:
        return f"{self.row.name}, {self.fault.name}, {'for ever' if self.for_ever else 'once'}"


def cells_of(rows: Sequence[str]) -> list[Cell]:
    """All cells that there are."""
    whole = itertools.product(map(Row, rows), FAULTS, (False, True))
    return [Cell(row, fault, for_ever) for row, fault, for_ever in whole if not contradicts_itself(row, fault)]


# What is told on the way

_lines: ContextVar[list[str] | None] = ContextVar("lines", default=None)


class _Listener(logging.Handler):
    """Gives each cell its own log lines: a record is handled in the task that writes it."""

    def emit(self, record: logging.LogRecord) -> None:
        lines = _lines.get()
        if lines is not None:
            lines += [self.format(record), repr(record.args)]


@contextmanager
def _listening() -> Generator[None]:
    logger, listener = logging.getLogger("ropo_jobs_client"), _Listener()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    # Thousands of failures that are as they should be: nobody wants to read them.
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = propagate
        logger.setLevel(level)
        logger.removeHandler(listener)


def _texts(error: BaseException) -> Iterator[str]:
    """All that a program could print of an error and of those it comes from."""
    seen: list[BaseException | None] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or any(one is other for other in seen):
            continue
        seen.append(one)
        left += [one.__cause__, one.__context__]
        yield from (str(one), repr(one), repr(one.args), *getattr(one, "__notes__", ()))
        if isinstance(one, errors.RopoError):
            again = pickle.loads(pickle.dumps(one))
            assert (type(again), str(again), repr(again)) == (type(one), str(one), repr(one))


# Running a cell


@dataclass
class _Outcome:
    error: errors.RopoError | None
    seconds: float
    carried_out: int
    events: list[AttemptEvent]
    lines: list[str]


@dataclass
class Lane:
    """A sandbox, and a client that makes one call after the other."""

    sandbox: Sandbox
    folder: Path
    trap: str
    client: RopoJobsClient = field(init=False)
    events: list[AttemptEvent] = field(default_factory=list[AttemptEvent])
    number: int = 0
    # What to do after the next attempt.
    after_attempt: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.client = self.connect()

    def connect(self, timeout: float = 2.0, deadline: float = 6.0) -> RopoJobsClient:
        return RopoJobsClient(
            ApiCode(self.sandbox.cid, self.sandbox.apicode),
            base_url=self.sandbox.base_url,
            timeout=timeout,
            deadline=deadline,
            retries=RETRIES,
            max_connections=CONNECTIONS,
            max_response_bytes=MAX_BYTES,
            on_attempt=self._attempted,
        )

    def _attempted(self, event: AttemptEvent) -> None:
        self.events.append(event)
        after, self.after_attempt = self.after_attempt, None
        if after is not None:
            after()

    async def check(self, cell: Cell) -> str:
        """Make the call and compare; returns what came of it."""
        if cell.row.name != "POST /token":
            return await self._check(self.client, cell)
        # A client that has no token yet, and copies of a client get theirs as the first one does.
        async with self.connect(cell.fault.timeout, cell.fault.deadline) as client:
            return await self._check(client, cell)

    async def _check(self, client: RopoJobsClient, cell: Cell) -> str:
        target = await self._prepare(cell)
        _arm(self, cell)
        lines: list[str] = []
        context = _lines.set(lines)
        self.events = []
        before = self.sandbox.carried_out(cell.row.operation)
        options = client.with_options(timeout=cell.fault.timeout, deadline=cell.fault.deadline)
        started = time.monotonic()
        error: errors.RopoError | None = None
        try:
            # Far beyond: whoever hangs here is a failure, and not the end of the test.
            with anyio.fail_after(10 * cell.fault.deadline):
                await CALLS[cell.row.name](options, target)
        except errors.RopoError as raised:
            error = raised
        finally:
            seconds = time.monotonic() - started
            _lines.reset(context)
            events, self.events, self.after_attempt = self.events, [], None
        done = self.sandbox.carried_out(cell.row.operation) - before
        assert_nothing_held(client)
        found = expected(cell.row, cell.fault, for_ever=cell.for_ever)
        _compare(cell, target, found, _Outcome(error, seconds, done, events, lines))
        _nothing_told(client, target, error, events, lines)
        _files(cell, target, error)
        self.sandbox.clear_faults()
        self.sandbox.accept_connections()
        job = await client.get_job(jobid=target.jobid)
        assert job.billnum == target.billnum
        assert_nothing_held(client)
        return "success" if error is None else type(error).__name__

    async def _prepare(self, cell: Cell) -> Target:
        self.number += 1
        billnum = f"M{self.number}"
        fields = {**PERSONAL, "custnum": billnum, "ordernumber": billnum, "govid": f"{CANARY}-{self.number}"}
        jobid = self.sandbox.add_example_job(billnum=billnum, **fields)
        target = Target(jobid, self.number, self.folder / "saved.pdf", max_pdf_bytes(cell.fault))
        target.path.write_bytes(b"old")
        if cell.row.name == "POST /jobs/dispute/resolve":
            await self.client.dispute_job(_dispute(target), jobid=jobid)
        if cell.row.retry == "consuming":
            self.sandbox.make_changes(2)
        # The client has a token, and a connection that it could use.
        await self.client.get_job(jobid=jobid)
        return target


def _arm(lane: Lane, cell: Cell) -> None:
    sandbox, fault = lane.sandbox, cell.fault
    if fault.kind == REFUSE:
        sandbox.refuse_connections()
        # Until then, a connection that is being closed looks as if it could be used.
        patience = time.monotonic() + 10
        while sandbox.open_connections:
            assert time.monotonic() < patience
        if not cell.for_ever:
            lane.after_attempt = sandbox.accept_connections
        return
    options = dict(fault.options)
    if fault.kind == "redirect":
        options["location"] = lane.trap
    sandbox.fault(cell.row.operation, fault.kind, None if cell.for_ever else 1, **options)


def assert_nothing_held(client: RopoJobsClient) -> None:
    places = cast("Any", client)._pipeline.connections.here
    assert places.taken == set(), "a connection is held"
    assert places.limiter.value == CONNECTIONS, "a place of the limiter is held"


def _compare(cell: Cell, target: Target, wanted: Expected, came: _Outcome) -> None:
    error = came.error
    assert type(error) is (wanted.error or type(None)), f"{error!r}, {came.events}"
    events = [event for event in came.events if event.operation == cell.row.operation]
    assert len(events) == wanted.attempts, f"{len(events)} attempts: {events}"
    assert [event.attempt for event in events] == list(range(1, wanted.attempts + 1))
    assert came.carried_out == wanted.carried_out, f"carried out {came.carried_out} times"
    if cell.row.retry == "unsafe":
        assert came.carried_out <= 1
    # A bound, not a benchmark.
    assert came.seconds < 3 * cell.fault.deadline, f"{came.seconds:.1f} s"
    if error is None:
        return
    assert error.operation == cell.row.operation
    assert error.attempts == wanted.attempts
    if isinstance(error, errors.ApiError | errors.ResponseError | errors.OutcomeUnknown):
        assert error.status == wanted.status
    if isinstance(error, errors.ApiError):
        _compare_api_error(cell, error)
    if isinstance(error, errors.OutcomeUnknown):
        assert type(error.__cause__) is wanted.cause
        named = NAMED[cell.row.operation](target)
        for name in ("jobid", "billnums", "billcode"):
            assert getattr(error, name) == named.get(name), name
        takes_identifier = cell.row.operation in {"POST /jobs", "POST /jobs/localprint"}
        assert (error.data_identifier is not None) is takes_identifier
        assert error.sent_at is not None
        assert "look up" in str(error)
    else:
        assert error.__cause__ is None
    if cell.row.is_pdf and cell.row.retry == "unsafe" and isinstance(error, errors.ResponseError):
        assert "must not be sent again" in str(error)


def _compare_api_error(cell: Cell, error: errors.ApiError) -> None:
    match cell.fault.options.get("retry_after"):
        case None:
            assert error.retry_after is None
        case "date":
            assert error.retry_after is not None
            assert 0 <= error.retry_after <= 2
        case seconds:
            assert error.retry_after == float(seconds)


def _nothing_told(
    client: RopoJobsClient,
    target: Target,
    error: errors.RopoError | None,
    events: Sequence[AttemptEvent],
    lines: Sequence[str],
) -> None:
    texts = [*lines, *(text for event in events for text in (str(event), repr(event)))]
    if error is not None:
        texts += _texts(error)
    assert lines, "nothing is logged"
    known: tuple[str, float] | None = cast("Any", client)._pipeline.tokens._known
    secrets = [CANARY, target.ssn, "sandbox-apicode", *([] if known is None else [known[0]])]
    for text, secret in itertools.product(texts, secrets):
        assert secret.casefold() not in text.casefold(), f"{secret} is told"


def _files(cell: Cell, target: Target, error: errors.RopoError | None) -> None:
    assert list(target.path.parent.iterdir()) == [target.path], "a file is left over"
    content = target.path.read_bytes()
    if cell.row.answer == "save" and error is None:
        assert content.startswith(b"%PDF-")
        assert content.rstrip().endswith(b"%%EOF")
    else:
        assert content == b"old"


# Running them all


@contextmanager
def _trap() -> Generator[str]:
    """Where redirects lead: nobody may come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(BlockingIOError):
            server.accept()


@dataclass
class Result:
    """What came of the cells."""

    came: dict[str, str] = field(default_factory=dict[str, str])
    failures: list[str] = field(default_factory=list[str])


async def _lane(number: int, cells: deque[Cell], result: Result, folder: Path, trap: str) -> None:
    folder = folder / str(number)
    folder.mkdir(parents=True)
    sandbox = Sandbox()
    sandbox.start()
    try:
        lane = Lane(sandbox, folder, trap)
        try:
            while cells:
                cell = cells.popleft()
                try:
                    result.came[str(cell)] = await lane.check(cell)
                except Exception as error:  # noqa: BLE001 # every cell is looked at, and all that fail are shown
                    result.came[str(cell)] = "FAILED"
                    where = error.__traceback__
                    while where is not None and where.tb_next is not None:
                        where = where.tb_next
                    line = where.tb_lineno if where is not None else 0
                    result.failures.append(f"{cell}: {type(error).__name__} in line {line}: {error}")
                    # Whatever it left behind is its own business.
                    await lane.client.aclose()
                    sandbox.clear_faults()
                    sandbox.accept_connections()
                    lane = Lane(sandbox, folder, trap, number=lane.number)
        finally:
            await lane.client.aclose()
    finally:
        sandbox.stop()


async def _run(cells: Sequence[Cell], result: Result, folder: Path, trap: str) -> None:
    waiting = [cell for cell in cells if waits(cell.row, cell.fault)]
    busy = [cell for cell in cells if not waits(cell.row, cell.fault)]
    # One after the other, so that what is timed has the machine to itself.
    for name, part, lanes in (("waiting", waiting, WAITING), ("busy", busy, BUSY)):
        queue = deque(part)
        async with anyio.create_task_group() as tasks:
            for number in range(min(lanes, len(part))):
                tasks.start_soon(_lane, number, queue, result, folder / name, trap)


def test_no_cell_is_missing() -> None:
    """Whatever the document or the sandbox gets in addition has to be expected of something."""
    rows = [Row(name) for name in ROWS]
    assert {row.operation for row in rows} == set(OPERATIONS)
    assert ROWS.keys() == CALLS.keys()
    assert {fault.kind for fault in FAULTS} == {*KINDS, REFUSE}
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        assert fault.options.keys() <= KINDS.get(fault.kind, {}).keys()
    for operation, each in OPERATIONS.items():
        classes = {row.retry for row in rows if row.operation == operation}
        assert classes == ({"safe", "consuming"} if each.retry_safe_with else {each.retry})
    assert {Row(name).retry for name in ONE_OF_EACH_CLASS} == {"safe", "idempotent", "unsafe", "consuming"}
    for cell in cells_of(list(ROWS)):
        wanted = expected(cell.row, cell.fault, for_ever=cell.for_ever)
        assert cell.row.retry != "unsafe" or wanted.carried_out <= 1


def _use(backend: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let clients use the fast transport, if that is it, and give what to run them on."""
    monkeypatch.setattr("ropo_jobs_client._http.retry._FIRST_BACKOFF", 0.0)
    if backend != "fast":
        return backend
    defaults = RopoJobsClient.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "transport", "fast")
    return "asyncio"


@pytest.mark.parametrize("backend", ["asyncio", "trio", "fast"])
def test_matrix(
    backend: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs_on = _use(backend, monkeypatch)
    rows = list(ROWS) if FULL or backend == "asyncio" else ONE_OF_EACH_CLASS
    cells, result = cells_of(rows), Result()
    started = time.monotonic()
    with _listening(), _trap() as trap:
        anyio.run(_run, cells, result, tmp_path, trap, backend=runs_on)
    seconds = time.monotonic() - started
    came = Counter(result.came.values())
    with capsys.disabled():
        by_class = ", ".join(f"{count} {name}" for name, count in came.most_common())
        print(
            f"\nmatrix, {backend}: {len(result.came)} cells of {len(rows)} calls, {len(FAULTS)} faults, once and for "
            f"ever: {len(result.failures)} wrong: {by_class}; {seconds:.0f} s"
        )
    assert not result.failures, f"{len(result.failures)} cells are wrong:\n" + "\n".join(result.failures[:60])
    assert result.came.keys() == {str(cell) for cell in cells}


# The status feed: whatever befalls a read, each change is handed out at least once


async def _follow(ropo: RopoJobsClient, journal: Path) -> list[object]:
    found: list[object] = []
    async with ropo.status_feed(journal) as feed:
        async for batch in feed:
            found += [change.status for change in batch.updates]
            await batch.ack()
    return found


async def _decode(fault: Fault, journal: Path, trap: str) -> str:
    """Read changes while a fault strikes once, and return what came of it; try again when it is an error."""
    with Sandbox() as sandbox:
        lane = Lane(sandbox, journal.parent, trap)
        async with lane.connect(fault.timeout, fault.deadline) as ropo:
            sandbox.make_changes(3)
            await _follow(ropo, journal)
            wanted = {change["status"] for change in sandbox.make_changes(5)}
            lane.client = ropo
            _arm(lane, Cell(Row("GET /jobs/statusupdates consuming"), fault, for_ever=False))
            found: list[object] = []
            came = "success"
            try:
                with anyio.fail_after(10 * fault.deadline):
                    found += await _follow(ropo, journal)
            except errors.RopoError as error:
                came = type(error).__name__
                list(_texts(error))
            assert_nothing_held(ropo)
            sandbox.clear_faults()
            sandbox.accept_connections()
            found += await _follow(ropo, journal)
            assert wanted <= set(found), f"{len(wanted - set(found))} changes are lost, after {came}"
            assert_nothing_held(ropo)
    return came


async def _feeds(faults: deque[Fault], result: Result, folder: Path, trap: str) -> None:
    while faults:
        fault = faults.popleft()
        try:
            result.came[fault.name] = await _decode(fault, folder / f"{len(faults)}.db", trap)
        except Exception as error:  # noqa: BLE001 # every cell is looked at, and all that fail are shown
            result.came[fault.name] = "FAILED"
            result.failures.append(f"{fault.name}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("backend", ["asyncio", "trio", "fast"])
def test_feed(
    backend: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs_on = _use(backend, monkeypatch)
    # Where it is told to come back in 100 seconds, it waits, and has lost nothing.
    patient = [fault for fault in FAULTS if fault.options.get("retry_after") != "100"]
    faults = [fault for fault in patient if not hides_what_it_did(fault)]
    result = Result()
    started = time.monotonic()

    async def run(trap: str) -> None:
        queue = deque(faults)
        async with anyio.create_task_group() as tasks:
            for _ in range(BUSY):
                tasks.start_soon(_feeds, queue, result, tmp_path, trap)

    with _listening(), _trap() as trap:
        anyio.run(run, trap, backend=runs_on)
    seconds = time.monotonic() - started
    by_class = ", ".join(f"{count} {name}" for name, count in Counter(result.came.values()).most_common())
    with capsys.disabled():
        print(
            f"\nmatrix of the feed, {backend}: {len(result.came)} faults, each in one read: "
            f"{len(result.failures)} lost a change: {by_class}; {seconds:.0f} s"
        )
    assert not result.failures, f"{len(result.failures)} cells are wrong:\n" + "\n".join(result.failures[:60])
    assert result.came.keys() == {fault.name for fault in faults}
