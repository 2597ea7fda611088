"""Payments, credit notes and disputes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from . import inputs, settle, show
from .command import JSON, YES, App, Change, Command, examples

if TYPE_CHECKING:
    from ropo_jobs_client.models import Model

_DAY = inputs.day_option("--date", "Default: today.")
_DESCRIPTION = click.option("--description", metavar="TEXT", help="Free text.")
_CREDIT_NOTE = click.option("--creditnotebillnum", metavar="TEXT", help="Number of the credit note invoice.")


@click.command(
    cls=Command,
    epilog=examples("ropo-jobs pay 10.00 --billnum 11213 --yes", "ropo-jobs pay 1.5 --jobid 1 --date 2026-11-22 --yes"),
)
@click.argument("amount", callback=inputs.amount)
@inputs.names_a_bill("billcode")
@settle.CUSTNUM
@_DAY
@click.option("--type", "kind", metavar="TEXT", help="Payment type, such as directpayment.")
@click.option("--identifier", metavar="TEXT", help="Payment targeting identifier.")
@_CREDIT_NOTE
@_DESCRIPTION
@YES
@JSON
@click.pass_obj
def pay(
    app: App,
    /,
    *,
    amount: Decimal,
    billnum: str | None,
    jobid: int | None,
    billcode: str | None,
    custnum: str | None,
    day: date | None,
    kind: str | None,
    yes: bool,
    as_json: bool,
    **texts: str | None,
) -> None:
    """Add a payment of AMOUNT, in the currency of the bill.

    What is open of the bill is looked up first, so that `ropo-jobs settle` can tell what happened when the answer is
    lost. A negative AMOUNT comes last, after `--`: what it does is not documented.
    """
    from ropo_jobs_client.models import JobAddPayment

    named = inputs.one_of(billnum=billnum, jobid=jobid, billcode=billcode)
    # The day where the person is.
    day = day or date.today()  # noqa: DTZ011
    optional = _given(type=kind, **texts)
    payment = JobAddPayment(amount=amount, paydate=day, **named, **optional)
    facts = [*_amount(amount), ("Date", day.isoformat()), *_bill(named), *_fields(optional)]
    change = settle.with_open_amount(
        app, Change("Add a payment", "POST /jobs/payment", facts, _looked_up(named)), named, custnum, amount, yes=yes
    )
    answer = app.change(change, lambda ropo: ropo.add_payment(payment), yes=yes)
    _tell(answer, as_json=as_json, first=[("Paid", amount)])


@click.command(
    cls=Command,
    epilog=examples("ropo-jobs credit 3.40 --billnum 11213 --yes"),
)
@click.argument("amount", callback=inputs.amount)
@inputs.names_a_bill("billcode")
@settle.CUSTNUM
@_DAY
@click.option("--type", "kind", metavar="TEXT", help="Credit note type, such as allocated.")
@_CREDIT_NOTE
@_DESCRIPTION
@YES
@JSON
@click.pass_obj
def credit(
    app: App,
    /,
    *,
    amount: Decimal,
    billnum: str | None,
    jobid: int | None,
    billcode: str | None,
    custnum: str | None,
    day: date | None,
    kind: str | None,
    yes: bool,
    as_json: bool,
    **texts: str | None,
) -> None:
    """Add a credit note of AMOUNT, in the currency of the bill.

    What is open of the bill is looked up first, as for `ropo-jobs pay`. A negative AMOUNT comes last, after `--`: what
    it does is not documented.
    """
    from ropo_jobs_client.models import JobAddCreditNote

    named = inputs.one_of(billnum=billnum, jobid=jobid, billcode=billcode)
    # The day where the person is.
    day = day or date.today()  # noqa: DTZ011
    optional = _given(type=kind, **texts)
    note = JobAddCreditNote(amount=amount, date=day, **named, **optional)
    facts = [*_amount(amount), ("Date", day.isoformat()), *_bill(named), *_fields(optional)]
    change = settle.with_open_amount(
        app,
        Change("Add a credit note", "POST /jobs/creditnote", facts, _looked_up(named)),
        named,
        custnum,
        amount,
        yes=yes,
    )
    answer = app.change(change, lambda ropo: ropo.add_credit_note(note), yes=yes)
    _tell(answer, as_json=as_json, first=[("Credited", amount)])


_FIELDS = click.option("--fields", metavar="FILE", help="A JSON object to send along, or - for stdin.")


@click.command(cls=Command, epilog=examples("ropo-jobs dispute --billnum 11213 --yes"))
@inputs.names_a_bill()
@_FIELDS
@YES
@JSON
@click.pass_obj
def dispute(
    app: App, /, *, billnum: str | None, jobid: int | None, fields: str | None, yes: bool, as_json: bool
) -> None:
    """Dispute a bill.

    The service does not document what a dispute may hold; --fields sends what was agreed with it.
    """
    from ropo_jobs_client.models import JobDisputeRequest

    named = inputs.one_of(billnum=billnum, jobid=jobid)
    request = JobDisputeRequest()
    request.additional_properties.update(inputs.read_object(fields))
    change = Change(
        "Dispute a bill",
        "POST /jobs/dispute",
        [*_bill(named), ("Fields", ", ".join(request.additional_properties))],
        _looked_up(named),
    )
    answer = app.change(change, lambda ropo: ropo.dispute_job(request, **named), yes=yes, stdin_is_taken=fields == "-")
    _tell(answer, as_json=as_json, first=[("Disputed", answer.created_at)])


@click.command(cls=Command, epilog=examples("ropo-jobs resolve --billnum 11213 --yes"))
@inputs.names_a_bill()
@_FIELDS
@YES
@JSON
@click.pass_obj
def resolve(
    app: App, /, *, billnum: str | None, jobid: int | None, fields: str | None, yes: bool, as_json: bool
) -> None:
    """Resolve the dispute of a bill."""
    from ropo_jobs_client.models import JobResolveDisputeRequest

    named = inputs.one_of(billnum=billnum, jobid=jobid)
    request = JobResolveDisputeRequest()
    request.additional_properties.update(inputs.read_object(fields))
    change = Change(
        "Resolve a dispute",
        "POST /jobs/dispute/resolve",
        [*_bill(named), ("Fields", ", ".join(request.additional_properties))],
        _looked_up(named),
    )
    answer = app.change(
        change, lambda ropo: ropo.resolve_dispute(request, **named), yes=yes, stdin_is_taken=fields == "-"
    )
    _tell(answer, as_json=as_json, first=[("Resolved", answer.created_at)])


def _amount(amount: Decimal) -> list[tuple[str, Any]]:
    return [("Amount", amount), *([("Note", "negative: what that does is not documented")] if amount < 0 else [])]


def _given(**texts: str | None) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text is not None}


def _bill(named: dict[str, Any]) -> list[tuple[str, object]]:
    return [(_NAMES[name], value) for name, value in named.items()]


def _fields(optional: dict[str, Any]) -> list[tuple[str, object]]:
    return [(name.capitalize(), value) for name, value in optional.items()]


def _looked_up(named: dict[str, Any]) -> dict[str, Any]:
    return {"billnums": (named["billnum"],)} if "billnum" in named else named


_NAMES = {"billnum": "Bill number", "jobid": "Job id", "billcode": "Bill code", "paydate": "Date", "date": "Date"}


def _tell(answer: Model, *, as_json: bool, first: list[tuple[str, object]]) -> None:
    if as_json:
        show.line(answer)
    else:
        given = answer.to_dict()
        rest = [(_NAMES.get(name, show.clean(name)), value) for name, value in given.items() if name != "created_at"]
        show.facts([*first, *rest])
