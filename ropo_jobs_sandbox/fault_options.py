"""What the options of faults may be. Each check gives the value as it is used, or raises ValueError naming the option.

Numbers may come as strings, as everywhere in the sandbox. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .values import as_decimal, as_int

Check = Callable[[str, object], Any]
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w=-]+)*", re.ASCII)
_VISIBLE = re.compile(r"[!-~]([ -~]*[!-~])?")


def seconds(name: str, value: object) -> float:
    """A time span."""
    number = as_decimal(value)
    if number is None or number < 0:
        raise ValueError(f"{name}: {value!r} is not a number of seconds, 0 or more")
    return float(number)


def count(name: str, value: object) -> int:
    """A number of bytes, which can be none."""
    number = as_int(value)
    if number is None or number < 0:
        raise ValueError(f"{name}: {value!r} is not a whole number, 0 or more")
    return number


def some(name: str, value: object) -> int:
    """A number of at least one."""
    number = as_int(value)
    if number is None or number < 1:
        raise ValueError(f"{name}: {value!r} is not a whole number, 1 or more")
    return number


def truth(name: str, value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise ValueError(f"{name}: {value!r} is neither true nor false")
    return value


def text(name: str, value: object) -> str:
    """The value of a header: visible ASCII."""
    if not isinstance(value, str) or not _VISIBLE.fullmatch(value):
        raise ValueError(f"{name}: {value!r} can't stand in a header (visible ASCII)")
    return value


def media_type(name: str, value: object) -> str:
    """A media type."""
    if not isinstance(value, str) or not _MEDIA_TYPE.fullmatch(value):
        raise ValueError(f"{name}: {value!r} is not a media type such as text/html")
    return value


def retry_after(name: str, value: object) -> str:
    """What Retry-After says: a number of seconds, "date", or any text."""
    if isinstance(value, str):
        return text(name, value)
    return str(count(name, value))


def one_of(*allowed: str) -> Check:
    """One of some words."""

    def check(name: str, value: object) -> str:
        if value not in allowed:
            raise ValueError(f"{name}: {value!r} is none of {', '.join(allowed)}")
        return str(value)

    return check


def status(lowest: int, highest: int = 599) -> Check:
    """An HTTP status within bounds."""

    def check(name: str, value: object) -> int:
        number = as_int(value)
        if number is None or not lowest <= number <= highest:
            raise ValueError(f"{name}: {value!r} is not a status from {lowest} to {highest}")
        return number

    return check


def optional(check: Check) -> Check:
    """What another check takes, or None."""
    return lambda name, value: None if value is None else check(name, value)
