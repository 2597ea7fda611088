"""The operations: each takes a call that fits the document and says what is answered.

Every one runs inside a transaction, which a refusal undoes. Guessed, beyond what the modules it calls guess:

- status updates come as a bare list;
- ``batchid`` in the answer to added bills, and the fields of the answer to changed open invoices, are made up;
- a document that is asked for by ``billnum`` or ``contractnum`` alone is the newest of that name; ``documentdate``
  chooses by the date of the bill; ``documenttype`` and ``joistocolumn`` are accepted and mean nothing here;
- preview and local print answer 200; several items make one PDF.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ropo_jobs_client.models import JobStatusUpdate

from .answers import Answer, job_error, json_answer, pdf_answer
from .bills import Bills, info
from .values import Json, as_date, as_int, as_text, is_blank, object_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .access import Access
    from .contract import Call
    from .money import Money
    from .store import Job

MOST_UPDATES = 1_000
"""How many status changes an answer holds at most."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What the service can do."""

    access: Access
    bills: Bills
    money: Money

    def handlers(self) -> Mapping[str, Callable[[Call], Answer]]:
        """The handler of each operation, by its method and path."""
        return {
            "POST /token": self.get_token,
            "GET /jobs": self.get_job,
            "POST /jobs": self.add_bills,
            "PATCH /jobs": self.modify_job,
            "PATCH /jobs/opensalesinvoices": self.modify_open_invoices,
            "GET /jobs/statusupdates": self.get_status_updates,
            "GET /jobs/pdf": self.get_pdf,
            "POST /jobs/preview": self.preview,
            "POST /jobs/localprint": self.local_print,
            "POST /jobs/payment": self.add_payment,
            "POST /jobs/creditnote": self.add_credit_note,
            "PATCH /jobs/deliverystatus": self.update_delivery_status,
            "GET /jobs/transferconfirmation": self.send_transfer_report,
            "POST /jobs/dispute": self.dispute,
            "POST /jobs/dispute/resolve": self.resolve_dispute,
            "POST /jobs/findbyendcustomer": self.find_by_end_customer,
        }

    def get_token(self, call: Call) -> Answer:
        """POST /token"""
        return json_answer(201, self.access.login(call.body))

    # Bills

    def get_job(self, call: Call) -> Answer:
        """GET /jobs"""
        return json_answer(200, info(self.bills.one(jobid=call.whole("jobid"))))

    def add_bills(self, call: Call) -> Answer:
        """POST /jobs"""
        batchid = secrets.token_hex(6)
        jobs = self.bills.add(_items(call), _identifiers(call, batchid))
        return json_answer(201, {"accepted": len(jobs), "batchid": batchid})

    def modify_job(self, call: Call) -> Answer:
        """PATCH /jobs"""
        self.bills.modify(self._named(call), call.body)
        return Answer(200)

    def modify_open_invoices(self, call: Call) -> Answer:
        """PATCH /jobs/opensalesinvoices"""
        jobs = self.bills.modify_open(call.query["custnum"], call.query["ordernumber"], call.body)
        return json_answer(200, {"modified": len(jobs), "jobids": [job.jobid for job in jobs]})

    def find_by_end_customer(self, call: Call) -> Answer:
        """POST /jobs/findbyendcustomer"""
        if not call.selectors:
            raise job_error(400, f"{_listed(call.operation.one_of)}: one of them is required")
        ssn, custnum = (as_text(call.body.get(name)) or None for name in ("ssn", "custnum"))
        if self.bills.strict and ssn is not None:
            from . import strict

            if not strict.is_person(ssn):
                raise job_error(400, "ssn: not a valid personal identity code")
        paid_too = as_int(call.body.get("all_invoices")) == 1
        return json_answer(200, {"jobs": self.bills.by_end_customer(ssn=ssn, custnum=custnum, paid_too=paid_too)})

    # What became of them

    def get_status_updates(self, call: Call) -> Answer:
        """GET /jobs/statusupdates"""
        if len(call.selectors) > 1:
            raise job_error(400, f"{_listed(call.operation.one_of)}: at most one of them")
        store = self.bills.books.store
        if not call.query:
            updates = store.take_updates(MOST_UPDATES)
            return json_answer(200, _changes(updates)) if updates else Answer(204)
        day, billnum = as_date(call.query.get("date")), call.query.get("billnum")
        return json_answer(200, _changes(store.updates(day=day, billnum=billnum)))

    def update_delivery_status(self, call: Call) -> Answer:
        """PATCH /jobs/deliverystatus"""
        self._note("delivery", call.body)
        return Answer(200)

    def send_transfer_report(self, call: Call) -> Answer:
        """GET /jobs/transferconfirmation"""
        self._note("transfer report", {"batchid": call.query["batchid"]})
        return Answer(200)

    # Documents

    def get_pdf(self, call: Call) -> Answer:
        """GET /jobs/pdf"""
        job = self._document(call)
        origdata = 1 if call.whole("origdata") is None else call.whole("origdata")
        if origdata not in (0, 1):
            raise job_error(400, f"origdata: {origdata} is neither 0 (current) nor 1 (original)")
        size = self.bills.books.store.pdf_size(job.billnum)
        return pdf_answer(f"{job.billnum}.pdf", (job.original if origdata else job.data,), size=size)

    def preview(self, call: Call) -> Answer:
        """POST /jobs/preview"""
        items = _items(call)
        self.bills.check(items)
        return pdf_answer(_pdf_name(items, "preview.pdf"), tuple(items))

    def local_print(self, call: Call) -> Answer:
        """POST /jobs/localprint"""
        jobs = self.bills.add(_items(call), _identifiers(call, secrets.token_hex(6)))
        items = [job.original for job in jobs]
        return pdf_answer(_pdf_name(items, f"{jobs[0].billnum}.pdf"), tuple(items))

    # Money

    def add_payment(self, call: Call) -> Answer:
        """POST /jobs/payment"""
        return json_answer(201, self.money.pay(call.body, call.selector()))

    def add_credit_note(self, call: Call) -> Answer:
        """POST /jobs/creditnote"""
        return json_answer(201, self.money.credit(call.body, call.selector()))

    def dispute(self, call: Call) -> Answer:
        """POST /jobs/dispute"""
        return json_answer(200, self.money.dispute(self._named(call), call.body))

    def resolve_dispute(self, call: Call) -> Answer:
        """POST /jobs/dispute/resolve"""
        return json_answer(200, self.money.resolve(self._named(call), call.body))

    # Finding what a call names

    def _named(self, call: Call) -> Job:
        name = call.selector()
        if name != "jobid":
            return self.bills.one(billnum=call.query[name])
        number = call.whole(name)
        if number is None:
            raise job_error(400, f"{name}: {call.query[name]} is not a jobid")
        return self.bills.one(jobid=number)

    def _document(self, call: Call) -> Job:
        names = call.selectors
        if not names:
            raise job_error(400, f"{_listed(call.operation.one_of)}: at least one is required")
        if "documentdate" in call.query and names == ("jobid",):
            raise job_error(400, "documentdate: goes with contractnum or billnum")
        condition = " AND ".join(f"{name} = ?" for name in names)
        found = self._jobs_where(condition, *(call.query[name] for name in names))
        if "documentdate" in call.query:
            found = [job for job in found if as_text(job.data.get("billdate")) == call.query["documentdate"]]
        if found:
            return found[-1]
        if len(names) > 1 and all(self._jobs_where(f"{name} = ?", call.query[name]) for name in names):
            raise job_error(400, f"{', '.join(names)}: they name different documents")
        raise job_error(404, "Document not found")

    def _jobs_where(self, condition: str, *values: str) -> list[Job]:
        return self.bills.books.store.jobs_where(condition, *values)

    def _note(self, kind: str, body: Json) -> None:
        books = self.bills.books
        books.store.add_note(kind, None, body, books.today())


def _changes(updates: list[Json]) -> list[Json]:
    return [JobStatusUpdate(**update).to_dict() for update in updates]


def _items(call: Call) -> list[Json]:
    return object_list(call.body["datastream"]["dataset"])


def _identifiers(call: Call, batchid: str) -> Json:
    names = {"dataidentifier": "data_identifier", "datatypeidentifier": "data_type_identifier"}
    given = {kept: call.headers[name] for name, kept in names.items() if name in call.headers}
    return {**given, "batchid": batchid}


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _pdf_name(items: list[Json], otherwise: str) -> str:
    # as it was sent: it comes back unchanged, blanks and all
    name = items[0].get("pdfname")
    return otherwise if is_blank(name) else str(name)
