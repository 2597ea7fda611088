"""Whether a payment was taken whose answer was lost: what is open of the bill before, and after."""

from __future__ import annotations

import shlex
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import click

from . import inputs, show
from .command import JSON, App, Change, Command, examples, need_terminal
from .stops import BAD_INPUT, INTERRUPTED, UNKNOWN, Stop

if TYPE_CHECKING:
    from ropo_jobs_client.settlement import OpenAmount, Settlement

CUSTNUM = click.option(
    "--custnum",
    metavar="TEXT",
    help="Customer number of the bill. With it and --billnum, one look-up is enough.",
)
# Seconds: to look must not keep a person from paying.
_TIMEOUT, _DEADLINE = 10, 20


def with_open_amount(
    app: App, change: Change, named: dict[str, Any], custnum: str | None, amount: Decimal, *, yes: bool
) -> Change:
    """Look up what is open of the bill, and return the change with it: to be shown, and to be compared with later."""
    if not yes:
        need_terminal()
    try:
        before = _look(app, named, custnum)
    except KeyboardInterrupt:
        raise Stop(INTERRUPTED, "interrupted: nothing was sent") from None
    except Stop as stop:
        if _would_end_a_payment(stop):
            raise
        before, reason = None, str(stop)
    else:
        reason = before.reason if before else "a bill code cannot be looked up"
    if before is None or before.amount is None:
        return _without(change, before, reason, named, amount)
    seen = f"{before.amount:f}, looked at {_time(before)}"
    bill = ["--billnum", before.billnum, "--custnum", before.custnum, "--open-before", f"{before.amount:f}"]
    # What begins with a minus would be taken for an option.
    command = ["ropo-jobs", "settle", *([f"{amount:f}", *bill] if amount > 0 else [*bill, "--", f"{amount:f}"])]
    return replace(
        change,
        facts=[*change.facts, ("Open now", before.amount)],
        known={"amount": f"{amount:f}", "open before": seen},
        lookups=[shlex.join(command)],
    )


def _would_end_a_payment(stop: Stop) -> bool:
    """Return whether a payment would fail for the same reason, so that nobody has to be asked."""
    from ropo_jobs_client.errors import AuthenticationFailed, ConnectionFailed

    return stop.code == BAD_INPUT or isinstance(stop.__cause__, AuthenticationFailed | ConnectionFailed)


def _look(app: App, named: dict[str, Any], custnum: str | None) -> OpenAmount | None:
    from ropo_jobs_client.settlement import find_open_amount

    if "billcode" in named:
        return None
    return app.run(
        lambda ropo: find_open_amount(
            ropo.with_options(timeout=_TIMEOUT, deadline=_DEADLINE, retries=0), **named, custnum=custnum
        )
    )


def _without(change: Change, before: OpenAmount | None, reason: str, named: dict[str, Any], amount: Decimal) -> Change:
    commands = [] if "billcode" in named else [shlex.join(["ropo-jobs", "get", *_options(named)])]
    if before and before.custnum:
        commands.append(shlex.join(["ropo-jobs", "find", "--custnum", before.custnum, "--include-paid"]))
    which = f"the reference {named['billcode']}" if "billcode" in named else "the bill"
    return replace(
        change,
        facts=[*change.facts, ("Open now", f"not known: {reason}")],
        known={"amount": f"{amount:f}", "open before": f"not known: {reason}"},
        lookups=[*commands, f"look for {which} in Ropo One, and for the {amount:f} in it"],
    )


def _options(named: dict[str, Any]) -> list[str]:
    return [part for name, value in named.items() for part in (f"--{name}", str(value))]


@click.command(
    cls=Command,
    short_help="Find out whether a payment was taken.",
    epilog=examples(
        "ropo-jobs settle 10.00 --billnum 11213 --custnum 1022 --open-before 87.85",
        "ropo-jobs settle 10.00 --jobid 1 --open-before 87.85 --json",
    ),
)
@click.argument("amount", callback=inputs.amount)
@inputs.names_a_bill()
@CUSTNUM
@click.option(
    "--open-before", callback=inputs.open_amount, metavar="AMOUNT", help="What was open of the bill before it was sent."
)
@JSON
@click.pass_obj
def settle(
    app: App,
    /,
    *,
    amount: Decimal,
    billnum: str | None,
    jobid: int | None,
    custnum: str | None,
    open_before: Decimal | None,
    as_json: bool,
) -> int:
    """Find out whether a payment or credit note of AMOUNT was taken.

    For OUTCOME UNKNOWN, which prints the whole command. It looks at what is open of the bill now, and changes nothing.
    It says "taken", "no trace yet" or "cannot tell", and never that sending again is safe: nothing documents how soon a
    payment shows. It ends with 0 when it was taken, with 5 when that cannot be told, and with another code when nothing
    could be looked up. A negative AMOUNT comes last, after `--`.
    """
    from ropo_jobs_client.settlement import Verdict, find_open_amount, judge

    named = inputs.one_of(billnum=billnum, jobid=jobid)
    now = app.run(lambda ropo: find_open_amount(ropo, **named, custnum=custnum))
    before = replace(now, amount=open_before, looked_at=None, reason="see --open-before" if open_before is None else "")
    settlement = judge(before, now, amount)
    if as_json:
        show.line(_as_json(settlement, amount, app.settings.name))
    else:
        _tell(settlement, amount, app.settings.name)
    return 0 if settlement.verdict is Verdict.TAKEN else UNKNOWN


_WORDS: Final = {"taken": "TAKEN", "no trace yet": "NO TRACE YET", "cannot tell": "CANNOT TELL"}


def _tell(settlement: Settlement, amount: Decimal, service: str) -> None:
    before, now = settlement.before, settlement.now
    show.facts(
        [
            ("Verdict", _WORDS[settlement.verdict.value]),
            ("Bill number", now.billnum),
            ("Customer", now.custnum),
            ("Sent", amount),
            ("Open before", "not known" if before.amount is None else before.amount),
            ("Open now", "not known" if now.amount is None else now.amount),
            ("Looked at", _time(now)),
            ("Service", service),
            ("Why", settlement.reason),
        ]
    )


def _as_json(settlement: Settlement, amount: Decimal, service: str) -> dict[str, Any]:
    before, now = settlement.before, settlement.now
    return {
        "verdict": settlement.verdict.value,
        "reason": settlement.reason,
        "billnum": now.billnum,
        "custnum": now.custnum,
        # As texts: digit for digit.
        "amount": f"{amount:f}",
        "open_before": None if before.amount is None else f"{before.amount:f}",
        "open_now": None if now.amount is None else f"{now.amount:f}",
        "looked_at": _time(now),
        "service": service,
    }


def _time(look: OpenAmount) -> str:
    return look.looked_at.isoformat(timespec="seconds") if look.looked_at else ""
