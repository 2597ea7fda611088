"""Payments, credit notes and disputes.

Guessed: money may come in for any job, paid ones too; a payment is not refused for being too large, nor for being
negative, which takes back what came in. More than two decimals are refused. A dispute of a
disputed job, or the end of a dispute that there is not, answers 409. Nothing is idempotent: what is sent twice counts
twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .answers import job_error
from .values import Json, as_date, as_decimal, as_int, as_text, cents

if TYPE_CHECKING:
    from .bills import Bills
    from .store import Job


@dataclass(frozen=True, slots=True)
class Money:
    """What comes in for bills, and what is said against them. To be used inside a transaction."""

    bills: Bills

    def pay(self, body: Json, selector: str) -> Json:
        """Adds a payment to the job that this field names; answers as JobAddPaymentResponse."""
        return self._enter("payment", body, selector, "paydate")

    def credit(self, body: Json, selector: str) -> Json:
        """Adds a credit note to the job that this field names; answers as a payment, with ``date`` for ``paydate``."""
        return self._enter("creditnote", body, selector, "date")

    def dispute(self, job: Job, body: Json) -> Json:
        """Stops the way of a job."""
        if job.case.disputed:
            raise job_error(409, f"Job {job.jobid} is disputed already")
        return self._set_disputed(job, body, disputed=True)

    def resolve(self, job: Job, body: Json) -> Json:
        """Lets a disputed job go on."""
        if not job.case.disputed:
            raise job_error(409, f"Job {job.jobid} is not disputed")
        return self._set_disputed(job, body, disputed=False)

    def _enter(self, kind: str, body: Json, selector: str, day_name: str) -> Json:
        amount = as_decimal(body.get("amount"))
        if not amount or amount != cents(amount):
            text = as_text(body.get("amount"))
            raise job_error(422, f"amount: {text} is not an amount other than 0, with at most two decimals")
        day = as_date(body.get(day_name))
        if day is None:
            raise job_error(422, f"{day_name}: {as_text(body.get(day_name))!r} is not a date (YYYY-MM-DD)")
        job = self._named(body, selector)
        books = self.bills.books
        books.store.add_entry(job.jobid, kind, amount, day, body)
        books.moved(job, replace(job.case, covered=job.case.covered + amount))
        return {"jobid": job.jobid, "billnum": job.billnum, "billcode": job.billcode, day_name: day.isoformat()}

    def _named(self, body: Json, name: str) -> Job:
        if name == "jobid":
            return self.bills.one(jobid=as_int(body["jobid"]) or 0)
        text = as_text(body[name])
        return self.bills.one(billcode=text) if name == "billcode" else self.bills.one(billnum=text)

    def _set_disputed(self, job: Job, body: Json, *, disputed: bool) -> Json:
        books = self.bills.books
        kind = "dispute" if disputed else "dispute resolved"
        books.store.add_note(kind, job.jobid, body, books.today())
        books.moved(job, replace(job.case, disputed=disputed))
        return {"created_at": books.now().isoformat(timespec="seconds")}
