"""``Sandbox``: the stand-in as an object, for tests and for the command line."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Self

import anyio.to_thread

from . import access, padding
from .answers import Refusal
from .app import PREFIX
from .bills import info
from .example import example_item
from .pdf import draw
from .running import Parts, Settings

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal
    from types import TracebackType

    from .records import RecordedRequest
    from .store import Entry, Job
    from .values import Json


class Sandbox:
    """A stand-in for Ropo One on this machine, as a context manager: ``async with`` (asyncio, trio) or plain ``with``.

    Everything but entering and leaving may be called from any thread while it runs, and does not wait for the network.

    Args:
        port: The port to listen on; 0 takes a free one.
        host: The address to listen on. On a loopback address, requests to other host names are refused.
        data: A file that keeps everything; None keeps it in memory.
        token_ttl: How long a token is good for, in seconds of the real clock.
        today: The day on which the sandbox's clock starts and stands still until it is moved on; None follows the real
            day. A data file that holds jobs already keeps its own clock.
        strict: Refuse references, business IDs, VAT numbers and personal identity codes with wrong check digits. The
            vendor documents no such rule, and its own example of a reference would be refused.

    Raises:
        SandboxError: On entering, when the address can't be listened on or the data file can't be used.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        data: str | os.PathLike[str] | None = None,
        token_ttl: float = access.TOKEN_TTL,
        today: date | None = None,
        strict: bool = False,
    ) -> None:
        self._settings = Settings(port, host, data, token_ttl, today, strict)
        self._lock = threading.Lock()
        self._parts: Parts | None = None

    def __repr__(self) -> str:
        return f"<Sandbox {self.base_url}>" if self._parts is not None else "<Sandbox, not running>"

    # Running

    def start(self) -> None:
        """Starts it, and returns as soon as it takes requests. The context managers do this."""
        with self._lock:
            if self._parts is not None:
                raise RuntimeError("the sandbox is running already")
            self._parts = Parts(self, self._settings)

    def stop(self) -> None:
        """Stops it at once, and cuts off who is still connected. When it is not running, nothing happens."""
        with self._lock:
            if self._parts is not None:
                self._parts.close()
                self._parts = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        await anyio.to_thread.run_sync(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self.stop)

    def reset(self) -> None:
        """Makes it as new, a data file too: no jobs, tokens, faults or records, and the first day again.

        It keeps its address and its connections; where they are refused, they stay so.
        """
        running = self._running
        running.faults.forget()
        with running.store.transaction():
            running.books.clear()
        running.records.clear()

    # Reaching it

    @property
    def address(self) -> str:
        """The address of the server, such as http://127.0.0.1:8787."""
        return self._running.address

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL: the address with /rest."""
        return self.address + PREFIX

    @property
    def cid(self) -> str:
        """The customer number that it accepts."""
        return access.CID

    @property
    def apicode(self) -> str:
        """The API code that it accepts."""
        return access.APICODE

    # The clock and the tokens

    @property
    def today(self) -> date:
        """The day that the sandbox believes it is."""
        with self._running.store.transaction():
            return self._running.books.today()

    def advance(self, *, days: int) -> date:
        """Moves the clock on by some days, and every bill with it; returns the new day. ValueError below 0."""
        with self._running.store.transaction():
            return self._running.books.advance(days)

    def expire_tokens(self) -> None:
        """Makes every token that was handed out invalid at once."""
        with self._running.store.transaction():
            self._running.store.forget_tokens()

    # What it takes, and what came in

    @property
    def document(self) -> Json:
        """The API document, ``openapi.yaml``, as it was read. Not to be changed."""
        return self._running.document

    @property
    def requests(self) -> list[RecordedRequest]:
        """The last 1,000 requests to the service, oldest first, with their secrets."""
        return self._running.records.requests()

    @property
    def last_request(self) -> RecordedRequest | None:
        """The request that came in last."""
        return self._running.records.last()

    @property
    def token_requests(self) -> int:
        """How often a token was asked for, refused or not."""
        return self._running.records.received("POST /token")

    def carried_out(self, operation: str) -> int:
        """How often an operation, such as "POST /jobs/payment", was carried out. ValueError for an unknown one."""
        if operation not in self._running.operation_names:
            raise ValueError(f"{operation!r} is not an operation; one is 'GET /jobs'")
        return self._running.records.carried_out(operation)

    @property
    def operations(self) -> list[str]:
        """The operations of the document, such as "POST /jobs/payment", in its order."""
        return list(self._running.operation_names)

    @property
    def open_connections(self) -> int:
        """How many TCP connections clients hold open now."""
        return self._running.server.open_connections

    # What became of it

    def jobs(self, *, offset: int = 0, limit: int = -1) -> list[Json]:
        """The jobs in the order in which they were added: the fields of GET /jobs, with total and open amount."""
        with self._running.store.transaction():
            return [_summary(job) for job in self._running.store.jobs(offset=offset, limit=limit)]

    def find_jobs(self, search: str = "", *, offset: int = 0, limit: int = -1) -> list[Json]:
        """The jobs in whose bill number a text occurs, in the form of ``jobs``; the newest first."""
        with self._running.store.transaction():
            return [_summary(job) for job in self._running.store.find_jobs(search, offset=offset, limit=limit)]

    def count_jobs(self, search: str = "") -> int:
        """In how many jobs' bill number a text occurs."""
        with self._running.store.transaction():
            return self._running.store.count_jobs(search)

    def pdf(self, jobid: int) -> bytes | None:
        """The PDF of a job as it was sent, at its natural size; None: no such job. Takes some milliseconds."""
        with self._running.store.transaction():
            job = self._running.store.job(jobid)
        return None if job is None else draw((job.original,))

    def job(self, jobid: int) -> Json | None:
        """Everything about a job: also its data, payments, credit notes, status changes, notes. None: no such job."""
        store = self._running.store
        with store.transaction():
            job = store.job(jobid)
            if job is None:
                return None
            return {
                **_summary(job),
                "data": job.data,
                "original": job.original,
                "identifiers": job.identifiers,
                "payments": [_entry(entry) for entry in store.entries("payment", jobid=jobid)],
                "credit_notes": [_entry(entry) for entry in store.entries("creditnote", jobid=jobid)],
                "status_updates": store.updates(jobid=jobid),
                "notes": store.notes(jobid=jobid),
            }

    def payments(self, *, billnum: str | None = None) -> list[Json]:
        """The payments in the order in which they came in: all, or those for a bill number."""
        with self._running.store.transaction():
            return [_entry(entry) for entry in self._running.store.entries("payment", billnum=billnum)]

    def credit_notes(self, *, billnum: str | None = None) -> list[Json]:
        """The credit notes in the order in which they came in: all, or those for a bill number."""
        with self._running.store.transaction():
            return [_entry(entry) for entry in self._running.store.entries("creditnote", billnum=billnum)]

    def notes(self, kind: str | None = None) -> list[Json]:
        """What else was reported or asked for: "delivery", "transfer report", "dispute", "dispute resolved", or all."""
        with self._running.store.transaction():
            return self._running.store.notes(kind)

    def state(self) -> Json:
        """The whole in figures: the day, how much of everything there is, and what was carried out."""
        store = self._running.store
        with store.transaction():
            return {
                "today": self._running.books.today().isoformat(),
                "jobs": store.count("jobs"),
                "payments": store.count("entries", "kind = 'payment'"),
                "credit_notes": store.count("entries", "kind = 'creditnote'"),
                "status_updates": store.count("updates"),
                "status_updates_waiting": store.count("updates", "handed_out = 0"),
                "token_requests": self.token_requests,
                "open_connections": self.open_connections,
                "carried_out": self._running.records.all_carried_out(),
                "faults_struck": self.faults_struck,
            }

    # Making things go wrong: the kinds of faults are described in ``ropo_jobs_sandbox.faults``

    def fault(self, operation: str, kind: str, times: int | None = 1, **options: Any) -> None:
        """Arms a fault: it strikes the next requests of an operation, behind the faults that are armed already.

        Args:
            operation: Such as "POST /jobs/payment", or "*" for whatever comes to /rest.
            kind: What goes wrong, such as "disconnect-after".
            times: How many requests it strikes; None: all, until the faults are cleared.
            **options: Depends on the kind, such as ``seconds``.

        Raises:
            ValueError: For an operation, kind or option that there is not; it says what there is.
        """
        self._running.faults.arm(operation, kind, times, options)

    def fault_at_random(
        self,
        rate: float,
        kinds: Iterable[str | Mapping[str, Any]],
        *,
        seed: int = 0,
        operations: Iterable[str] = ("*",),
    ) -> None:
        """Lets a fault strike each request with a probability, until the faults are cleared; armed ones go first.

        Args:
            rate: The probability, from 0 to 1.
            kinds: The kinds, each as likely as any other: names, or objects with ``kind`` and options.
            seed: The same seed strikes the same requests in the same way, if they come in the same order.
            operations: Which operations; "*" stands for all but "POST /token", which can be named beside it.

        Raises:
            ValueError: As for ``fault``.
        """
        self._running.faults.arm_at_random(rate, kinds, seed, operations)

    def clear_faults(self) -> None:
        """Disarms all faults. Those that have struck already take their course."""
        self._running.faults.clear()

    @property
    def faults(self) -> list[Json]:
        """The faults that are still armed, with their options and the times left; last the ones at random."""
        return self._running.faults.armed()

    @property
    def faults_struck(self) -> dict[str, int]:
        """How many requests each kind of fault has struck."""
        return self._running.faults.struck()

    def refuse_connections(self) -> contextlib.AbstractContextManager[object]:
        """Refuses connections from now on, and closes those that are idle: clients get "connection refused".

        Until ``accept_connections()``, or the end of a ``with`` block.
        """
        self._running.server.refuse()
        accepting = contextlib.ExitStack()
        accepting.callback(self.accept_connections)
        return accepting

    def accept_connections(self) -> None:
        """Takes connections again, on the same port. When they are not refused, nothing happens."""
        self._running.server.accept()

    # Making things happen

    def add_example_job(self, **overrides: Any) -> int:
        """Adds an example invoice of today, due in 14 days, with other fields where given; returns its jobid.

        ValueError when the sandbox would refuse it.
        """
        try:
            with self._running.store.transaction():
                item = {**example_item(self._running.books.today()), **overrides}
                return self._running.bills.add([item], {})[0].jobid
        except Refusal as refusal:
            raise ValueError(refusal.reason) from None

    def make_changes(self, count: int) -> list[Json]:
        """Writes so many status changes of today, each with a number and a text of its own, and returns them.

        They belong to ten example jobs on hold, "changes-0" to "changes-9", which are added when they are not there
        yet: what that notes by itself is the first of the changes. ValueError below 0.
        """
        with self._running.store.transaction():
            return self._running.changes.make(count)

    def change_status(self, billnum: str, *statuses: int) -> list[Json]:
        """Writes status changes of today for a bill, in this order, and returns them.

        There can be several on one day, and a status can come back, as when a bill is disputed, the dispute is resolved
        and it is disputed again; two that are alike are two changes. The bill itself stays as it is. ValueError for no
        such bill.
        """
        with self._running.store.transaction():
            return self._running.changes.of_bill(billnum, statuses)

    def all_status_updates(self) -> list[Json]:
        """Every status change there ever was, handed out or not, oldest first, as the service hands it out."""
        with self._running.store.transaction():
            return self._running.store.updates()

    def set_pdf_size(self, billnum: str, size_bytes: int) -> None:
        """Makes the PDF of a bill exactly so many bytes large. ValueError for no such bill, or too few bytes."""
        store = self._running.store
        with store.transaction():
            jobs = store.jobs_where("billnum = ?", billnum)
            if not jobs:
                raise ValueError(f"billnum: there is no bill {billnum}")
            for job in jobs:
                padding.padded(draw((job.original,)), size_bytes)
            store.set_pdf_size(billnum, size_bytes)

    @property
    def _running(self) -> Parts:
        parts = self._parts
        if parts is None:
            raise RuntimeError("the sandbox is not running")
        return parts


def _summary(job: Job) -> Json:
    total, open_amount = job.case.payable, job.case.open_amount
    return {**info(job), "total": _number(total), "open_amount": _number(open_amount), "paid": job.case.paid}


def _entry(entry: Entry) -> Json:
    return {**entry.body, "jobid": entry.jobid, "amount": _number(entry.amount), "date": entry.day.isoformat()}


def _number(amount: Decimal) -> str:
    return format(amount, "f")
