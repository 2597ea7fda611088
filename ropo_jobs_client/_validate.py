"""Argument checks: before anything is sent, with errors that name the argument and what would be right.

A call that is wrongly written (no identifier or two, a wrong type) is a `TypeError`, a value that is wrong an
`InvalidArgument`. The generated endpoint modules check what goes into a request with these functions.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from ._codec.encode import write_date, write_decimal, write_str
from ._codec.frames import CutFrames
from ._codec.invalid import InvalidArgument
from ._codec.model import JsonBody, Model
from ._codec.unset import UNSET

_MAX_JOBID_DIGITS: Final = 19
# Most of these texts go into a URL, where a character takes up to 12, and httpx takes 65,536 in all.
_MAX_TEXT: Final = 1_000


# What names a job, a bill or a customer


def require_one_of(**given: object) -> None:
    """Raise `TypeError` unless exactly one argument is given. The text names them all."""
    if [*given.values()].count(None) != len(given) - 1:
        _not_one_of(given)


def allow_one_of(**given: object) -> None:
    """Raise `TypeError` if more than one argument is given. The text names them all."""
    if [*given.values()].count(None) < len(given) - 1:
        _not_one_of(given)


def _not_one_of(given: Mapping[str, object]) -> NoReturn:
    found = " and ".join(name for name, value in given.items() if value is not None)
    raise TypeError(f"exactly one of {', '.join(given)} must be given, not {found or 'none of them'}")


def only_with(name: str, value: object, **companions: object) -> None:
    """Raise `TypeError` if an argument is given, and none of those that it goes with."""
    if value is not None and all(companion is None for companion in companions.values()):
        raise TypeError(f"{name} must go with {' or '.join(companions)}")


def check_jobid(value: object, name: str) -> int:
    """Return a jobid, which is an int or a str of its digits, as an int."""
    if type(value) is not int:
        _refuse_unset(value, name)
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= _MAX_JOBID_DIGITS):
            raise InvalidArgument(name, "must be an int, or a str of its digits")
        value = int(value)
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an int or a str of its digits, not {type(value).__name__}")
    if not 1 <= value < 10**_MAX_JOBID_DIGITS:
        raise InvalidArgument(name, f"must be at least 1, and have at most {_MAX_JOBID_DIGITS} digits")
    return int(value)  # the str of an enum's member is not its number


def write_identifier(value: object, name: str) -> str:
    """Return a text that is not blank, such as a billnum."""
    if not isinstance(value, str):
        _refuse_unset(value, name)
    text = write_str(value, name)
    if not text.strip():
        raise InvalidArgument(name, "must not be empty or blank")
    if len(text) > _MAX_TEXT:
        raise InvalidArgument(name, f"must have at most {_MAX_TEXT} characters")
    return text


def write_day(value: object, name: str) -> str:
    """Return a day as `YYYY-MM-DD`."""
    _refuse_unset(value, name)
    return write_date(value, name)


def _refuse_unset(value: object, name: str) -> None:
    if isinstance(value, bool):
        raise InvalidArgument(name, "must not be a bool")
    if value is UNSET:
        raise InvalidArgument(name, "must have a value, not UNSET")


def write_model(body: object, name: str, kind: type[Model], one_of: tuple[str, ...] = ()) -> JsonBody:
    """Return such a model as it is sent. Of a long list, only the beginning is looked at so early.

    Args:
        body: the model.
        name: what the argument is called.
        kind: which model it must be.
        one_of: fields of which exactly one must be set, and name a job or a customer.
    """
    if not isinstance(body, kind):
        raise TypeError(f"{name} must be a {kind.__name__}, not {type(body).__name__}")
    found = [name for name in one_of if getattr(body, name) is not UNSET]
    if one_of and len(found) != 1:
        _not_one_of({name: True if name in found else None for name in one_of})
    with CutFrames():
        for field in found:
            (check_jobid if field == "jobid" else write_identifier)(getattr(body, field), field)
        written = JsonBody(body)
        next(written.slices())
    return written


def check_money(body: Model, *names: str) -> None:
    """Raise unless these amounts can be booked: not zero, and in whole cents."""
    for name in names:
        where = f"{type(body).__name__}.{name}"
        # One that was assigned may still be an int or a float.
        amount = write_decimal(getattr(body, name), where)
        # By its digits: arithmetic would round a long number first.
        digits, exponent = amount.as_tuple().digits, cast("int", amount.as_tuple().exponent)
        if exponent < -2 and any(digits[exponent + 2 :]):
            raise InvalidArgument(where, "must have no more than two decimals")
        if not amount:
            raise InvalidArgument(where, "must not be zero")


# Models, files, functions and numbers


def path(value: object, name: str) -> Path:
    """Return what names a file or a directory."""
    text: object = os.fspath(cast("str", value)) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a str or a Path")
    # The str of an enum's member is not its text, and pathlib takes that.
    text = _name_text(text, name)
    with contextlib.suppress(UnicodeEncodeError):
        os.fsencode(text)
        return Path(text)
    raise InvalidArgument(name, "must not hold characters that the file system cannot encode")


def file_name(value: object, name: str) -> str:
    """Return the name that something is kept by."""
    return _name_text(write_str(value, name), name)


def _name_text(text: str, name: str) -> str:
    if not text.strip() or "\0" in text:
        raise InvalidArgument(name, "must not be empty or blank, nor hold a null character")
    return str.__str__(text)


def pdf_refs(value: object) -> list[str | int]:
    """Return what names bills: each a billnum (str) or a jobid (int). One that comes twice is kept once."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        raise TypeError(f"refs must be an iterable of billnums and jobids, not {type(value).__name__}")
    found: dict[str | int, None] = {}
    for i, ref in enumerate(cast("Iterable[object]", value)):
        name = f"refs[{i}]"
        if not isinstance(ref, str | int):
            raise TypeError(f"{name} must be a billnum (str) or a jobid (int), not {type(ref).__name__}")
        found[write_identifier(ref, name) if isinstance(ref, str) else check_jobid(ref, name)] = None
    return list(found)


def hook(value: object, name: str, event: str) -> None:
    """Check a function that is told of events, or None."""
    if value is not None and (not callable(value) or iscoroutinefunction(value)):
        raise TypeError(f"{name} must be a function that takes {event}, and not async")


def items(value: object, kind: type) -> list[Any]:
    """Return a sequence of bills to add as a list."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise TypeError(f"job must be a Job or a sequence of {kind.__name__}, not {type(value).__name__}")
    found = list(cast("Sequence[object]", value))
    if not found:
        raise InvalidArgument("job", "must hold at least one bill")
    for i, item in enumerate(found):
        if not isinstance(item, kind):
            raise TypeError(f"job[{i}] must be a {kind.__name__}, not {type(item).__name__}")
    return found


def positive(value: object, name: str) -> float:
    """Return a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    # An int may be larger than any float.
    if not 0 < value <= sys.float_info.max:
        raise InvalidArgument(name, "must be more than 0 and finite")
    return float(value)


def count(value: object, name: str, minimum: int) -> int:
    """Return a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if value < minimum:
        raise InvalidArgument(name, f"must be at least {minimum}")
    return value


def mode(value: object) -> int:
    """Return the permissions of a file."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"mode must be an int, not {type(value).__name__}")
    if not 0 <= value <= 0o777:
        raise InvalidArgument("mode", "must be the permissions of a file, between 0 and 0o777")
    return value
