"""What a person sees, and what a pipe gets."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

from .stops import FAILED, Stop

if TYPE_CHECKING:
    from rich.console import Console

    from ropo_jobs_client.models import Model

# Text that is not for a terminal is not folded.
_ENDLESS = 10_000


def clean(text: str) -> str:
    """Return a text without what would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def text(value: object) -> str:
    """Return a field for people: nothing for what is not set, amounts with two decimals at least."""
    from ropo_jobs_client import UNSET

    if value is None or value == "" or value is UNSET:
        return ""
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return f"{value:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{value:f}"
    return clean(value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False))


def is_for_people(stream: TextIO) -> bool:
    """Return whether a stream is a terminal."""
    return stream.isatty()


def console(stream: TextIO) -> Console:
    """Make what draws for a stream: with styles only for terminals, and where nobody said NO_COLOR."""
    from rich.console import Console

    plain = not is_for_people(stream) or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Console(
        file=stream,
        color_system=None if plain else "auto",
        force_terminal=is_for_people(stream),
        width=None if is_for_people(stream) else _ENDLESS,
        highlight=False,
        markup=False,
        emoji=False,
    )


def table(columns: Sequence[tuple[str, Literal["left", "right"]]], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading, justify in columns:
        drawn.add_column(heading, justify=justify, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(text(value)) for value in row))
    _print(drawn)


def facts(rows: Iterable[tuple[str, object]], stream: TextIO | None = None) -> None:
    """Print names and values, where there is a value."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in rows:
        if shown := text(value):
            drawn.add_row(name, Text(shown))
    _print(drawn, stream)


def _print(drawn: Any, stream: TextIO | None = None) -> None:
    to = console(stream or sys.stdout)
    # Captured, because rich would end the program by itself when the reader is gone.
    with to.capture() as captured:
        to.print(drawn)
    lines = (line.rstrip() for line in captured.get().splitlines())
    click.echo("\n".join(lines), file=to.file)


def line(value: Model | dict[str, Any]) -> None:
    """Print one object as a line of JSON, numbers digit for digit."""
    sys.stdout.buffer.write(json_line(value))
    sys.stdout.buffer.flush()


def lines(values: Iterable[Model]) -> None:
    """Print each object as a line of JSON. One that JSON cannot carry stops no other, and ends with exit code 1."""
    failed: list[str] = []
    for number, value in enumerate(values, 1):
        try:
            line(value)
        except ValueError as error:
            failed.append(f"object {number} of the answer cannot be written as JSON: {error}")
    if failed:
        raise Stop(FAILED, "\n".join(failed))


def json_line(value: Model | dict[str, Any]) -> bytes:
    """Return an object as a line of JSON."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).encode() + b"\n"
    return value.to_json() + b"\n"


def note(message: str, *, style: str | None = None) -> None:
    """Tell a person something beside the output."""
    from rich.text import Text

    if style is None:
        click.echo(message, err=True)
    else:
        to = console(sys.stderr)
        to.print(Text(message, style=style), soft_wrap=True)


def note_if_seen(message: str) -> None:
    """Return what only a person at a terminal wants to know."""
    if is_for_people(sys.stdout) and is_for_people(sys.stderr):
        note(message)
