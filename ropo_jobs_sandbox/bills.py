"""Adding, changing and finding bills.

Guessed:

- a request of several items is refused as a whole when one of them is wrong; ``checkbillnum: 1`` refuses a bill number
  that exists already, or that the same request uses for another item;
- a missing ``billnum`` is the jobid with a leading 1 (as from a number series), a missing ``billcode`` is a valid
  Finnish reference number;
- where a bill number or a reference is to name one job and names several, the call is refused with 409;
- a credit invoice (``refundtojobid``, ``refundtobillnum``) with a negative total counts towards the bill it refunds;
- a bill stays of the kind that it was added as: another ``jobtype`` in a PATCH is passed over;
- ``contractnum`` is read from a dataset item's own field of that name, which the documents do not list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from . import jobtypes
from .answers import job_error
from .identifiers import reference_number
from .invoice import totals_of
from .lifecycle import ORIGINAL_TEXT, Status, first_case
from .store import Job
from .values import Json, as_date, as_int, as_text, flag, is_blank

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from .books import Books

_INFO_TEXTS = (
    "address",
    "addressaddline1",
    "addressaddline2",
    "city",
    "company",
    "country",
    "custnum",
    "govid",
    "person",
    "postcode",
    "vatid",
)
_SUMS = ("amount", "netamount", "vatamount", "totalamount")
_REPORTED = {
    Status.INVOICING: "invoicing",
    Status.DUE: "due",
    Status.REMINDER: "reminder",
    Status.COLLECTION: "collection",
}


@dataclass(frozen=True, slots=True)
class Bills:
    """The bills in the books. To be used inside a transaction."""

    books: Books
    strict: bool = False
    """Whether check digits are looked at."""

    def add(self, items: Sequence[Json], identifiers: Json) -> list[Job]:
        """Adds one job for each dataset item, or refuses them all."""
        self._check(items)
        return [self._add(item, identifiers) for item in items]

    def check(self, items: Sequence[Json]) -> None:
        """Refuses items that could not be added, but for their bill numbers: what a preview needs."""
        for place, item in enumerate(items):
            complaint = self._complaint(item)
            if complaint is not None:
                raise job_error(422, f"dataset[{place}].{complaint}")
            self._refunded(item, place)

    def modify(self, job: Job, changes: Json) -> Job:
        """Changes the data of a job to what was sent; null empties a field."""
        kind = as_int(changes.get("jobtype"))
        if not is_blank(changes.get("jobtype")) and kind not in jobtypes.NEEDS:
            raise job_error(422, jobtypes.unknown(changes))
        kind_kept = {name: value for name, value in changes.items() if name != "jobtype"}
        data = {**job.data, **kind_kept}
        billnum = as_text(data.get("billnum")) or job.billnum
        if flag(changes, "checkbillnum") and self.books.store.count(
            "jobs", "billnum = ? AND jobid <> ?", billnum, job.jobid
        ):
            raise job_error(409, f"billnum: {billnum} exists already")
        if changes.keys() & {"payrow", "amount", "totalamount"}:
            # The old sums belong to the old rows, and to the old total.
            data = {name: value for name, value in data.items() if name not in _SUMS or name in changes}
        complaint = self._complaint({**data, "jobtype": job.original.get("jobtype")})
        if complaint is not None:
            raise job_error(422, complaint)
        billcode = as_text(data.get("billcode")) or job.billcode
        data |= {"billnum": billnum, "billcode": billcode}
        case = replace(job.case, payable=totals_of(data).payable)
        if "cashbill" in changes:
            case = replace(case, cash=flag(changes, "cashbill"))
        if "putonhold" in changes:
            case = replace(case, on_hold=flag(changes, "putonhold"))
        paydate = as_date(changes.get("paydate"))
        if paydate is not None and changes["paydate"] != job.data.get("paydate"):
            case = case.due_on(paydate, self.books.today())
        return self.books.moved(replace(job, data=data, billnum=billnum, billcode=billcode), case)

    def modify_open(self, custnum: str, ordernumber: str, changes: Json) -> list[Job]:
        """Changes every open invoice of a customer and an order number in the same way."""
        found = self.books.store.jobs_where("custnum = ? AND ordernumber = ?", custnum, ordernumber)
        return [self.modify(job, changes) for job in found if job.case.open_amount > 0]

    def one(self, *, billcode: str | None = None, jobid: int | None = None, billnum: str | None = None) -> Job:
        """The job that a billcode, a jobid or a billnum names; refuses when there is none, or more than one."""
        if billcode is not None:
            name, found = f"billcode {billcode}", self.books.store.jobs_where("billcode = ?", billcode)
        elif jobid is not None:
            job = self.books.store.job(jobid)
            name, found = f"jobid {jobid}", [] if job is None else [job]
        else:
            name, found = f"billnum {billnum}", self.books.store.jobs_where("billnum = ?", billnum)
        if not found:
            raise job_error(404, f"Job not found: {name}")
        if len(found) > 1:
            raise job_error(409, f"{name} names {len(found)} jobs")
        return found[0]

    def by_end_customer(self, *, ssn: str | None, custnum: str | None, paid_too: bool) -> list[Json]:
        """The invoices of an end customer, as JobByEndCustomer: the open ones, or those of the last two years too."""
        found = self.books.store.jobs_where(
            "upper(govid) IS upper(ifnull(?, govid)) AND custnum IS ifnull(?, custnum)", ssn, custnum
        )
        since = _two_years_before(self.books.today())
        return [
            self._reported(job)
            for job in found
            if job.case.open_amount > 0 or (paid_too and (as_date(job.data.get("billdate")) or job.added_on) >= since)
        ]

    def _complaint(self, item: Json) -> str | None:
        found = jobtypes.complaint(item)
        if found is None and self.strict:
            # Late: without it, a sandbox needs no python-stdnum.
            from . import strict

            found = strict.complaint(item)
        return found

    def _check(self, items: Sequence[Json]) -> None:
        self.check(items)
        sent: set[str] = set()
        for place, item in enumerate(items):
            billnum = as_text(item.get("billnum"))
            taken = billnum in sent or self.books.store.count("jobs", "billnum = ?", billnum) > 0
            if billnum and flag(item, "checkbillnum") and taken:
                raise job_error(409, f"dataset[{place}].billnum: {billnum} exists already")
            sent.add(billnum)

    def _add(self, item: Json, identifiers: Json) -> Job:
        today, jobid = self.books.today(), self.books.store.next_jobid()
        billnum = as_text(item.get("billnum")) or self._free_billnum(jobid)
        billcode = as_text(item.get("billcode")) or reference_number(10_000 + jobid)
        data = {**item, "billnum": billnum, "billcode": billcode}
        totals = totals_of(data)
        case = first_case(data, totals.payable, today)
        job = Job(jobid, billnum, billcode, data, data, identifiers, today, case, case.status)
        # Before it is there itself: it may have the number of the one that it refunds.
        refunded = self._refunded(item, 0)
        self.books.add(job)
        if refunded is not None and totals.total < 0:
            body: Json = {"creditnotebillnum": billnum}
            self.books.store.add_entry(refunded.jobid, "creditinvoice", -totals.total, today, body)
            self.books.moved(refunded, replace(refunded.case, covered=refunded.case.covered - totals.total))
        return job

    def _free_billnum(self, jobid: int) -> str:
        number = 100_000 + jobid
        while self.books.store.count("jobs", "billnum = ?", str(number)):
            number += 100_000
        return str(number)

    def _refunded(self, item: Json, place: int) -> Job | None:
        jobid, billnum = as_int(item.get("refundtojobid")), as_text(item.get("refundtobillnum"))
        if not is_blank(item.get("refundtojobid")) and jobid:
            job = self.books.store.job(jobid)
            if job is None:
                raise job_error(422, f"dataset[{place}].refundtojobid: there is no job {jobid}")
            return job
        if not billnum:
            return None
        found = self.books.store.jobs_where("billnum = ?", billnum)
        if not found:
            raise job_error(422, f"dataset[{place}].refundtobillnum: there is no bill {billnum}")
        return found[-1]

    def _reported(self, job: Job) -> Json:
        members = []
        if flag(job.data, "collectioninvoice"):
            members = self.books.store.jobs_where("origbillnum = ?", job.billnum)
        open_amount = max(job.case.open_amount, Decimal(0))
        return {
            "invoice_number": job.billnum,
            "original_invoice_date": as_text(job.data.get("billdate")),
            "status": "paid" if job.case.open_amount <= 0 else _REPORTED[job.case.stage],
            "open_amount": open_amount,
            "group_job": 1 if members else 0,
            "group_case_numbers": [str(member.jobid) for member in members],
            "group_total_payable": open_amount,
            "my_ropo_link": f"https://my.ropo.example/invoice/{job.jobid}",
        }


def info(job: Job) -> Json:
    """A job in the form JobJobInfo: what it is now, what comes next, and as what it was received."""
    step, kind = job.case.next_step, as_int(job.original.get("jobtype")) or 0
    known: Json = {
        "jobid": job.jobid,
        "currentstatus": int(job.status),
        "currentstatustext": job.status.text,
        "currentpaydate": "" if job.case.paydate is None else job.case.paydate.isoformat(),
        "nextstatus": -1 if step is None else int(step.status),
        "nextstatustext": "" if step is None else step.status.text,
        "nextstatusdate": "" if step is None else step.day.isoformat(),
        "origjobtype": kind,
        "origjobtext": ORIGINAL_TEXT.get(kind, ""),
        "origjobdate": job.added_on.isoformat(),
        "billnum": job.billnum,
        "billcode": job.billcode,
        "reference": job.billcode,
        "accountdate": as_text(job.data.get("accountdate")) or job.added_on.isoformat(),
        "paydate": as_text(job.data.get("paydate")),
        **{name: as_text(job.data.get(name)) for name in _INFO_TEXTS},
    }
    refund = as_int(job.data.get("refundtojobid"))
    # What a job does not have is left out, as far as a text goes: the numbers always say something.
    return {name: value for name, value in (known | {"refundtojobid": refund or ""}).items() if value != ""}


def _two_years_before(day: date) -> date:
    # 29 February has no counterpart two years earlier.
    return day.replace(year=day.year - 2, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 2)
