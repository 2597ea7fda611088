"""Bills: look at them, find them, add them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import uuid4

import click

from . import bill_facts, inputs, show
from .command import JSON, YES, App, Change, Command, examples
from .stops import BAD_INPUT, Stop

if TYPE_CHECKING:
    from ropo_jobs_client.models import Job, JobJobInfo, JobStatusUpdate, Model

A = TypeVar("A")
T = TypeVar("T")


@click.command(cls=Command, epilog=examples("ropo-jobs get --billnum 11213", "ropo-jobs get --jobid 1 --json"))
@inputs.names_a_bill()
@JSON
@click.pass_obj
def get(app: App, /, *, billnum: str | None, jobid: int | None, as_json: bool) -> None:
    """Show a bill.

    By bill number, it is found through its status changes: a bill without any is not found.
    """
    named = inputs.one_of(billnum=billnum, jobid=jobid)
    job = app.run(lambda ropo: ropo.get_job(**named))
    if as_json:
        show.lines([job])
    else:
        show.facts(_facts(job))


def _facts(job: JobJobInfo) -> list[tuple[str, object]]:
    due = show.text(job.currentpaydate)
    first_due = show.text(job.paydate)
    next_text = show.text(job.nextstatustext)
    next_date = show.text(job.nextstatusdate)
    has_next = isinstance(job.nextstatus, int) and job.nextstatus >= 0
    received = [show.text(job.origjobtext), show.text(job.origjobdate)]
    city = " ".join(filter(None, (show.text(job.postcode), show.text(job.city))))
    lines = (job.addressaddline1, job.addressaddline2, job.address, city, job.country)
    address = [line for line in map(show.text, lines) if line]
    return [
        ("Bill number", job.billnum),
        ("Job id", job.jobid),
        ("Status", _status(job.currentstatustext, job.currentstatus)),
        ("Next", " on ".join(filter(None, (next_text, next_date))) if has_next else ""),
        ("Due", f"{due} (at first {first_due})" if due and first_due not in {"", due} else due or first_due),
        ("Received as", ", ".join(filter(None, received))),
        ("Booked", job.accountdate),
        ("Bill code", job.billcode),
        ("Reference", job.reference),
        ("Credits job", job.refundtojobid),
        ("Customer", job.custnum),
        ("Name", job.person),
        ("Company", job.company),
        ("Identity code", job.govid),
        ("VAT id", job.vatid),
        *(("" if number else "Address", line) for number, line in enumerate(address)),
        *((show.clean(name), value) for name, value in job.additional_properties.items()),
    ]


def _status(words: object, number: object) -> str:
    return show.text(words) or show.text(number)


@click.command(
    cls=Command, epilog=examples("ropo-jobs status --billnum 11213", "ropo-jobs status --date 2026-11-22 --json")
)
@click.option("--billnum", metavar="TEXT", help="All changes of a bill.")
@inputs.day_option("--date", "All changes of a day.")
@JSON
@click.pass_obj
def status(app: App, /, *, billnum: str | None, day: date | None, as_json: bool) -> None:
    """List status changes of a bill or a day.

    Takes nothing out of the status feed; for all changes as they come, see `ropo-jobs feed`.
    """
    asked = inputs.one_of(billnum=billnum, date=day)
    changes = app.run(lambda ropo: ropo.get_status_updates(**asked))
    if as_json:
        show.lines(changes)
    elif changes:
        show.table([("Date", "left"), ("Bill", "left"), ("Job", "right"), ("Status", "left")], map(_change, changes))
    else:
        show.note("no status changes")


def _change(change: JobStatusUpdate) -> tuple[object, ...]:
    return change.statusdate, change.billnum, change.jobid, _status(change.statustext, change.status)


@click.command(
    cls=Command, epilog=examples("ropo-jobs find --custnum 1022", "ropo-jobs find --ssn --include-paid < ssn.txt")
)
@click.option("--custnum", metavar="TEXT", help="Customer number in your own system.")
@click.option(
    "--ssn", "by_ssn", is_flag=True, help="Ask for the identity code, or read it from stdin: never an argument."
)
@click.option("--include-paid", is_flag=True, help="Also paid ones, up to two years back.")
@JSON
@click.pass_obj
def find(app: App, /, *, custnum: str | None, by_ssn: bool, include_paid: bool, as_json: bool) -> None:
    """List the bills of a customer."""
    asked = inputs.one_of(custnum=custnum, ssn=True if by_ssn else None)
    if by_ssn:
        asked = {"ssn": inputs.read_secret("Identity code: ")}
    jobs = app.run(lambda ropo: ropo.find_jobs_by_end_customer(**asked, include_paid=include_paid))
    if as_json:
        show.lines(jobs)
    elif jobs:
        show.table(
            [("Bill", "left"), ("Date", "left"), ("Status", "left"), ("Open", "right")],
            ((job.invoice_number, job.original_invoice_date, job.status, job.open_amount) for job in jobs),
        )
    else:
        show.note("no bills")


@click.command(cls=Command, epilog=examples("ropo-jobs add bills.json", "ropo-jobs add - --yes < bills.json"))
@click.argument("file")
@click.option(
    "--data-identifier",
    callback=inputs.text,
    metavar="TEXT",
    help="An identifier of your own for tracking. Default: a new UUID.",
)
@YES
@JSON
@click.pass_obj
def add(app: App, /, *, file: str, data_identifier: str | None, yes: bool, as_json: bool) -> None:
    """Add the bills of a JSON FILE, or of stdin (-).

    It holds a bill, a list of bills, or a Job: {"datastream": {"dataset": [bill, …]}}.
    """
    job = _read_job(file)
    identifier = data_identifier or str(uuid4())
    items = job.datastream.dataset
    billnums = tuple(item.billnum for item in items if isinstance(item.billnum, str))
    change = Change(
        f"Add {len(items)} bill{'s' * (len(items) > 1)}",
        "POST /jobs",
        [*bill_facts.of(items), ("Unknown fields", _unknown_fields(job)), ("DataIdentifier", identifier)],
        {"billnums": billnums},
        identifier,
    )
    answer = app.change(
        change, lambda ropo: ropo.add_bills(job, data_identifier=identifier), yes=yes, stdin_is_taken=file == "-"
    )
    if as_json:
        show.line(answer)
    else:
        show.facts(
            [("Accepted", answer.accepted), *answer.additional_properties.items(), ("DataIdentifier", identifier)]
        )


def _unknown_fields(job: Job) -> str:
    """Return which fields the document does not know: misspelt, they would be sent and mean nothing."""
    # Those of a bill and of what is in it are named from the bill on.
    names = sorted({name.removeprefix("datastream.dataset.") for name in _unknown_in(job, "")})
    return f"{', '.join(names)} (sent as they are)" if names else ""


def _unknown_in(model: Model, where: str) -> Iterator[str]:
    import attrs

    from ropo_jobs_client.models import Model

    yield from (where + name for name in model.additional_properties)
    fields: tuple[attrs.Attribute[object], ...] = attrs.fields(cast("Any", type(model)))
    for field in fields:
        value = getattr(model, field.name)
        for inner in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(inner, Model):
                yield from _unknown_in(inner, f"{where}{field.name}.")


def _read_job(source: str) -> Job:
    from ropo_jobs_client.models import Job, JobDatastream, JobItem

    parsed: Any = inputs.read_json(source)
    where = inputs.called(source)
    if isinstance(parsed, dict) and "jobtype" in parsed and "datastream" not in parsed:
        parsed = [parsed]
    if isinstance(parsed, list):
        bills = cast("list[object]", parsed)
        items = [_checked(f"{where}, bill {number}", JobItem.from_dict, bill) for number, bill in enumerate(bills, 1)]
        job = Job(datastream=JobDatastream(dataset=items))
    elif isinstance(parsed, dict) and "datastream" in parsed:
        job = _checked(where, Job.from_dict, cast("dict[str, object]", parsed))
    else:
        raise Stop(BAD_INPUT, f"{where} holds none of these: a bill, which has a jobtype; a list of bills; a Job")
    if not job.datastream.dataset:
        raise Stop(BAD_INPUT, f"{where} holds no bill")
    # What cannot be sent shows before anyone is asked.
    for number, bill in enumerate(job.datastream.dataset, 1):
        _checked(f"{where}, bill {number}", type(bill).to_json, bill)
    return job


def _checked(where: str, check: Callable[[A], T], value: A) -> T:
    from ropo_jobs_client.errors import DecodeError

    try:
        return check(value)
    except (DecodeError, TypeError, ValueError) as error:
        raise Stop(BAD_INPUT, f"{where}: {error}") from None
