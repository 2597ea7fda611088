"""`ropo-jobs probe`."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ropo_jobs_cli import inputs, show
from ropo_jobs_cli.command import JSON, App, Command, examples
from ropo_jobs_cli.stops import BAD_INPUT, NOTHING_SENT, REFUSED, Stop

if TYPE_CHECKING:
    from ropo_jobs_cli.settings import Settings

    from .guesses import Finding
    from .steps import Probe

_DIFFERS = 1


@click.command(
    cls=Command,
    short_help="Try at a test environment what is only guessed.",
    epilog=examples("ropo-jobs probe", "ropo-jobs probe --billnum 11213 --jobid 1 --report probe.md"),
)
@click.option("--billnum", metavar="TEXT", help="A bill of the test environment that has status changes.")
@click.option("--jobid", callback=inputs.jobid, metavar="NUMBER", help="A job of the test environment.")
@inputs.day_option("--date", "A day with status changes. Default: today.")
@click.option("--idle", type=inputs.Seconds(0, 300), default=10.0, help="Seconds to wait on an open connection.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write a report that can be shown.")
@click.option("--yes", is_flag=True, help="Begin without asking.")
@JSON
@click.pass_obj
def probe(
    app: App,
    /,
    *,
    billnum: str | None,
    jobid: int | None,
    day: date | None,
    idle: float,
    report: Path | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Try at a test environment what this library only guesses of the service.

    Only reads and previews, and never status changes without a filter. Refused for production. Says first what it will
    send. Ends with 1 when something differs. The report holds no personal data: names and types of fields, no values.
    """
    found = app.settings
    url = _test_url(found)
    if report is not None:
        inputs.needs_directory(report.parent)
        if report.exists():
            raise Stop(BAD_INPUT, f"{report} is there already")
    made = _probe(found, url, today=date.today(), billnum=billnum, jobid=jobid, day=day, idle=idle)  # noqa: DTZ011
    _ask(found, made, yes=yes)
    findings = _run(made)
    if as_json:
        for finding in findings:
            show.line({"guess": finding.guess, "result": finding.result, "came": finding.came})
    else:
        rows = ((finding.guess, finding.result, finding.came) for finding in findings)
        show.table([("Guess", "left"), ("Result", "left"), ("What came", "left")], rows)
        for remark in made.remarks():
            click.echo(show.clean(remark))
    if report is not None:
        from .report import markdown

        report.write_text(markdown(found.name, findings, made.remarks()), encoding="utf-8")
    return _DIFFERS if any(finding.result == "differs" for finding in findings) else 0


def _test_url(found: Settings) -> str:
    """Return the URL of a test environment. Only what is known to be one is taken."""
    import httpx

    from ropo_jobs_client import Environment

    url = found.variables.get("ROPO_BASE_URL", "").strip()
    if not url:
        url = Environment[found.variables["ROPO_ENVIRONMENT"].strip().upper().replace("-", "_")].base_url
    host = httpx.URL(url).host
    tests = {httpx.URL(one.base_url).host for one in Environment if one.name.endswith("_TEST")}
    if host not in tests | {"127.0.0.1", "::1", "localhost"}:
        raise Stop(BAD_INPUT, f"{found.name} is no test environment: the probe is for {', '.join(sorted(tests))}")
    return url


def _probe(found: Settings, url: str, *, today: date, day: date | None, **known: Any) -> Probe:
    from .steps import Known, Probe

    who = {name: text.strip() for name, text in found.variables.items()}
    token = who.get("ROPO_TOKEN") or None
    return Probe(
        base_url=url,
        login=None if token else {"cid": who["ROPO_CID"], "apicode": who["ROPO_APICODE"]},
        token=token,
        known=Known(today=today, day=day or today, **known),
    )


def _ask(found: Settings, made: Probe, *, yes: bool) -> None:
    show.note(f"To {found.name}, where nothing is changed:")
    for line in made.plan():
        show.note(f"  {show.clean(line)}")
    if yes:
        return
    if not sys.stdin.isatty():
        raise Stop(BAD_INPUT, "this asks before it sends, and there is no terminal to ask at: see --yes")
    if not click.confirm("Begin?", err=True):
        raise Stop(NOTHING_SENT, "nothing was sent")


def _run(made: Probe) -> list[Finding]:
    import httpx

    from .guesses import GUESSES
    from .steps import Refused

    try:
        findings = {finding.guess: finding for finding in made.run()}
    except Refused as error:
        raise Stop(REFUSED, str(error)) from None
    except httpx.HTTPError as error:
        raise Stop(NOTHING_SENT, f"no token came: {type(error).__name__}") from None
    return [findings[guess.name] for guess in GUESSES]
