"""`ropo-jobs vendor-diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ropo_jobs_cli import show
from ropo_jobs_cli.command import Command, examples
from ropo_jobs_cli.stops import BAD_INPUT, FAILED, NOTHING_SENT, REFUSED, Stop

if TYPE_CHECKING:
    from .accepted import Accepted
    from .compare import Comparison
    from .differences import Difference

_NEWS: Final = 1
_HEADINGS: Final = ("Breaks callers", "Missing here", "This library says more than the vendor", "Words only")


@click.command(
    name="vendor-diff",
    cls=Command,
    short_help="Compare the vendor's document with this library's.",
    epilog=examples(
        "ropo-jobs vendor-diff https://rc.ropo24.fi/swagger/swagger.json", "ropo-jobs vendor-diff swagger.json --json"
    ),
)
@click.argument("source", metavar="FILE_OR_URL")
@click.option("--accepted", type=click.Path(path_type=Path), metavar="FILE", help="More differences that are meant.")
@click.option("--all", "show_all", is_flag=True, help="Show what is accepted and what is words only, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, what is accepted and words too.")
def vendor_diff(source: str, accepted: Path | None, show_all: bool, as_json: bool) -> int:
    """Compare the vendor's OpenAPI document with the one that this library is made from.

    JSON or YAML, OpenAPI 3.0 or 3.1, by meaning. Ends with 1 when there is news: a difference that is neither accepted
    nor words only. Sends no credentials.
    """
    try:
        from .compare import compare
        from .differences import Effect
        from .documents import Refused, Unreachable, Unusable, load, own
    except ModuleNotFoundError as error:
        raise Stop(FAILED, f"it needs {error.name}: pip install 'ropo-jobs-client[cli]'") from error
    known = _known(accepted)
    try:
        found = compare(own(), load(source))
    except Unusable as error:
        code = BAD_INPUT
        if isinstance(error, Unreachable | Refused):
            code = REFUSED if isinstance(error, Refused) else NOTHING_SENT
        raise Stop(code, f"{source}: {error}") from None
    reasons = {one: next((entry.reason for entry in known if entry.covers(one)), None) for one in found.differences}
    news = [one for one, reason in reasons.items() if reason is None and one.effect is not Effect.WORDS]
    if as_json:
        _write(found, reasons)
    else:
        _show(found, reasons, news, show_all=show_all)
    return _NEWS if news else 0


def _known(more: Path | None) -> list[Accepted]:
    from .accepted import OWN, BadList, read

    try:
        return [*read(OWN), *(read(more) if more else ())]
    except OSError as error:
        raise Stop(BAD_INPUT, f"cannot read {more}: {error.strerror}") from None
    except BadList as error:
        raise Stop(BAD_INPUT, str(error)) from None


def _write(found: Comparison, reasons: dict[Difference, str | None]) -> None:
    for one, reason in reasons.items():
        show.line(
            {
                "effect": one.effect.name.lower(),
                "what": one.what,
                "where": one.where,
                "ours": one.ours,
                "theirs": one.theirs,
                "operations": list(one.operations),
                "accepted": reason,
            }
        )
    for area, count in found.areas.items():
        show.line({"area": area, "operations": count})


def _show(found: Comparison, reasons: dict[Difference, str | None], news: list[Difference], *, show_all: bool) -> None:
    accepted = [one for one, reason in reasons.items() if reason is not None]
    words = [one for one, reason in reasons.items() if reason is None and one not in news]
    shown = [*news, *words] if show_all else news
    for number, heading in enumerate(_HEADINGS):
        if lines := [one for one in shown if one.effect == number]:
            click.echo(f"{heading}:")
            for one in lines:
                click.echo(f"  {show.clean(str(one))}{_concerned(one)}")
    if show_all and accepted:
        click.echo("Accepted:")
        for one in accepted:
            click.echo(f"  {show.clean(str(one))}\n      {reasons[one]}")
    for area, count in found.areas.items():
        click.echo(f"Not covered here: {show.clean(area)}, {count} operation{'s' * (count > 1)}")
    summary = f"{len(news)} piece{'s' * (len(news) != 1)} of news" if news else "No news"
    click.echo(f"{summary}; {len(accepted)} accepted, {len(words)} in words only{'' if show_all else ' (see --all)'}")


def _concerned(one: Difference) -> str:
    """Name the operations, where the place does not."""
    names = [name for name in one.operations if not one.where.startswith(name)]
    return f" ({', '.join(map(show.clean, names))})" if names else ""
