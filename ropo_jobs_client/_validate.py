"""What callers give: checked before anything is sent, with errors that name the argument and what would be right."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, Final, cast

from ._codec.encode import write_str
from ._codec.unset import UNSET, Unset

_MAX_JOBID_DIGITS: Final = 19
# Most of these texts go into a URL, where a character takes up to 12, and httpx takes 65,536 in all.
_MAX_TEXT: Final = 1_000


def one_of(**given: object) -> dict[str, Any]:
    """Return the one argument that is not None, checked.

    Raises:
        TypeError: none or several are given; the text names them all.
        ValueError: it is blank, a bool, or a jobid below 1.
    """
    found = {name: value for name, value in given.items() if value is not None and value is not UNSET}
    if len(found) != 1:
        names = ", ".join(given)
        raise TypeError(f"exactly one of {names} must be given, not {' and '.join(found) if found else 'none of them'}")
    return {name: identifier(value, name) for name, value in found.items()}


def identifier(value: object, name: str) -> Any:
    """Check what names a bill or a customer: a jobid (int or its digits), or a text that is not blank."""
    if isinstance(value, bool):
        raise ValueError(f"{name} must not be a bool")
    if isinstance(value, str) and not value.strip():
        raise ValueError(f"{name} must not be empty or blank")
    if name == "jobid":
        return jobid(value)
    if name == "date" and isinstance(value, date):
        return value
    text = write_str(value, name)
    if len(text) > _MAX_TEXT:
        raise ValueError(f"{name} must have at most {_MAX_TEXT} characters")
    return text


def jobid(value: object) -> int:
    """Check a jobid."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and len(value) <= _MAX_JOBID_DIGITS):
            raise ValueError("jobid must be an int, or a str of its digits")
        value = int(value)
    if not isinstance(value, int):
        raise TypeError(f"jobid must be an int or a str of its digits, not {type(value).__name__}")
    if not 1 <= value < 10**_MAX_JOBID_DIGITS:
        raise ValueError(f"jobid must be at least 1, and have at most {_MAX_JOBID_DIGITS} digits")
    return value


def instance(value: object, kind: type, name: str) -> None:
    """Check that a model is of the kind that the operation takes."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a {kind.__name__}, not {type(value).__name__}")


def path(value: object, name: str) -> Path:
    """Check what names a file or a directory."""
    text: object = os.fspath(cast("str", value)) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a str or a Path")
    if not text.strip() or "\0" in text:
        raise ValueError(f"{name} must not be empty or blank, nor hold a null character")
    return Path(text)


def pdf_refs(value: object) -> list[str | int]:
    """Check what names bills: each a billnum (str) or a jobid (int). One that comes twice is kept once."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        raise TypeError(f"refs must be an iterable of billnums and jobids, not {type(value).__name__}")
    found: dict[str | int, None] = {}
    for i, ref in enumerate(cast("Iterable[object]", value)):
        if not isinstance(ref, str | int) or isinstance(ref, bool):
            raise TypeError(f"refs[{i}] must be a billnum (str) or a jobid (int), not {type(ref).__name__}")
        try:
            found[identifier(ref, "billnum" if isinstance(ref, str) else "jobid")] = None
        except ValueError as error:
            raise ValueError(f"refs[{i}]: {error}") from None
    return list(found)


def hook(value: object, name: str, event: str) -> None:
    """Check a function that is told of events, or None."""
    if value is not None and (not callable(value) or iscoroutinefunction(value)):
        raise TypeError(f"{name} must be a function that takes {event}, and not async")


def items(value: object, kind: type) -> list[Any]:
    """Check a sequence of bills to add."""
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise TypeError(f"job must be a Job or a sequence of {kind.__name__}, not {type(value).__name__}")
    found = list(cast("Sequence[object]", value))
    if not found:
        raise ValueError("job must hold at least one bill")
    for i, item in enumerate(found):
        instance(item, kind, f"job[{i}]")
    return found


def money(body: Mapping[str, Any], name: str) -> None:
    """Check a payment or credit note as it would be sent: one identifier, and an amount in cents."""
    one_of(**{key: body.get(key) for key in ("billcode", "jobid", "billnum")})
    amount: Decimal = body["amount"]
    # By its digits: arithmetic would round a long number first.
    exponent = cast("int", amount.as_tuple().exponent)
    if exponent < -2 and any(amount.as_tuple().digits[exponent + 2 :]):
        raise ValueError(f"{name}.amount must have no more than two decimals")


def positive(value: object, name: str, *, below: float = math.inf) -> float:
    """Check a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 < value < below:
        raise ValueError(f"{name} must be more than 0 and finite")
    return float(value)


def count(value: object, name: str, minimum: int) -> int:
    """Check a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}")
    return value


def optional(value: Any) -> Any | Unset:
    """Leave out what is None."""
    return UNSET if value is None else value
