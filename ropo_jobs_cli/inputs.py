"""What is typed and read: checked before anything is sent, with one clear line where it is wrong.

No text repeats what was typed: it may be someone's identity code in the wrong place.
"""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar, cast

import click

from .stops import BAD_INPUT, Stop

F = TypeVar("F", bound=Callable[..., Any])

# As many as Python converts.
_MAX_DIGITS: Final = 4_300

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,2})?", re.ASCII)
_OPEN_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,30})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_JOBID = re.compile(r"[0-9]{1,19}", re.ASCII)
_A_JOBID = "a jobid is a number from 1, with at most 19 digits"


def amount(_ctx: click.Context, _param: click.Parameter, value: str) -> Decimal:
    """Take an amount, also a negative one. Never a float."""
    if _AMOUNT.fullmatch(value) and Decimal(value):
        return Decimal(value)
    wanted = "a number other than 0, below 10 to the 15th, with a point and at most two decimals, such as 710.00"
    raise click.BadParameter(f"an amount is {wanted}")


def open_amount(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Decimal | None:
    """Take what is open of a bill as the service says it: nothing or less too, with any number of decimals."""
    if value is None or _OPEN_AMOUNT.fullmatch(value):
        return None if value is None else Decimal(value)
    raise click.BadParameter("an amount is a number with a point, such as 87.85")


def day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """Take a day."""
    if value is None:
        return None
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise click.BadParameter("a date is a day of the calendar, written YYYY-MM-DD")


def jobid(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """Take a jobid."""
    if value is None or (_JOBID.fullmatch(value) and int(value) > 0):
        return None if value is None else int(value)
    raise click.BadParameter(_A_JOBID)


def text(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Take a text. A blank one is that of a variable of the shell that is not set."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is blank")
    return value


def _between(kind: click.IntRange | click.FloatRange) -> str:
    low = "" if kind.min is None else f" {'above' if kind.min_open else 'from'} {kind.min:g}"
    return low if kind.max is None else f"{low} to {kind.max:g}"


class Whole(click.IntRange):
    """A whole number. What is typed in its place is not repeated."""

    def fail(self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None) -> NoReturn:
        del message
        super().fail(f"it is a whole number{_between(self)}", param, ctx)


class Seconds(click.FloatRange):
    """A number of seconds. What is typed in its place is not repeated."""

    def fail(self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None) -> NoReturn:
        del message
        super().fail(f"it is a number of seconds{_between(self)}", param, ctx)


def day_option(name: str, help_text: str) -> Callable[[F], F]:
    """Make an option that is a day. The argument it becomes is called `day`."""
    return click.option(name, "day", callback=day, metavar="YYYY-MM-DD", help=help_text)


def names_a_bill(*extra: str) -> Callable[[F], F]:
    """Add the options that name a bill: `--billnum`, `--jobid`, and others."""

    def decorate(function: F) -> F:
        for name in reversed(extra):
            function = click.option(f"--{name}", metavar="TEXT", help=_NAMED[name])(function)
        function = click.option("--jobid", callback=jobid, metavar="NUMBER", help="Id of the job.")(function)
        return click.option("--billnum", metavar="TEXT", help="Bill number.")(function)

    return decorate


_NAMED: Final = {
    "billcode": "Reference of the bill; the service prefers it.",
    "contractnum": "Contract number.",
}


def one_of(**given: object) -> dict[str, Any]:
    """Return the one option that was given."""
    found = {name: value for name, value in given.items() if value is not None}
    if len(found) != 1:
        raise click.UsageError(f"exactly one of {', '.join(f'--{name}' for name in given)} is needed")
    return found


def read(source: str) -> str:
    """Read a file, or stdin for `-`."""
    try:
        return decode(sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes())
    except OSError as error:
        raise Stop(BAD_INPUT, f"cannot read {source}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Stop(BAD_INPUT, f"{called(source)} is neither UTF-8 nor UTF-16") from None


def decode(content: bytes) -> str:
    """Return a text that is UTF-8, or UTF-16 with a byte order mark, as PowerShell's `>` writes it.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if is_utf_16 else "utf-8-sig")


def called(source: str) -> str:
    """Return the name of a source for people."""
    return "stdin" if source == "-" else source


def needs_directory(directory: Path) -> None:
    """See to it that a directory is there, before anything is sent."""
    if not directory.is_dir():
        raise Stop(BAD_INPUT, f"there is no directory {directory}")


def read_json(source: str) -> object:
    """Read JSON, numbers with a fraction as `Decimal`."""
    try:
        return json.loads(
            read(source),
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_doubles,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Stop(BAD_INPUT, f"{called(source)} is not JSON: {error.msg}: {where}") from None
    except (ValueError, ArithmeticError) as error:
        raise Stop(BAD_INPUT, f"{called(source)} is not JSON: {error}") from None
    except RecursionError:
        raise Stop(BAD_INPUT, f"{called(source)} is nested too deeply") from None


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"a number has more than {_MAX_DIGITS:,} digits")
    return int(digits)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        # Which of two amounts is meant, nobody knows.
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is there twice in an object")
    return made


def read_object(source: str | None) -> dict[str, Any]:
    """Read a JSON object, or give an empty one where there is no source."""
    if source is None:
        return {}
    parsed = read_json(source)
    if not isinstance(parsed, dict):
        raise Stop(BAD_INPUT, f"{called(source)} holds no JSON object")
    return cast("dict[str, Any]", parsed)


def read_refs(source: str, *, jobids: bool) -> list[str | int]:
    """Read billnums or jobids, one a line. Blank lines and those that begin with # are skipped."""
    refs: list[str | int] = []
    for number, line in enumerate(read(source).split("\n"), 1):
        ref = line.strip()
        if not ref or ref.startswith("#"):
            continue
        if not jobids:
            refs.append(ref)
        elif _JOBID.fullmatch(ref) and int(ref) > 0:
            refs.append(int(ref))
        else:
            raise Stop(BAD_INPUT, f"{called(source)}, line {number}: {_A_JOBID}")
    return refs


def read_secret(prompt: str) -> str:
    """Read what must not stand in a shell's history: unseen from a terminal, or the first line of stdin."""
    if sys.stdin.isatty():
        from getpass import getpass

        secret = getpass(prompt)
    else:
        secret = read("-").partition("\n")[0]
    if not secret.strip():
        raise Stop(BAD_INPUT, "no identity code was given")
    return secret.strip()
