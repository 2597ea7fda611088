"""How things are written on the page: amounts, times, JSON, and the kinds of faults in words. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..masking import masked_text
from ..values import as_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULTS: Mapping[str, Mapping[str, str]] = {
    "Late": {
        "delay-headers": "The answer comes late",
        "delay-body": "The body stops after its first bytes and goes on later",
        "stall-after": "Carried out, and then nothing comes",
    },
    "Broken off": {
        "disconnect-before": "Connection closed, not carried out",
        "disconnect-after": "Carried out, connection closed without an answer",
        "reset": "Carried out, connection reset without an answer",
        "reset-body": "Connection reset in the middle of the body",
        "truncate": "Body shorter than announced",
        "truncate-chunked": "Chunked body without its end",
        "truncate-close": "Body ends early with the connection",
    },
    "Refused": {
        "status": "An error status, not carried out",
        "redirect": "A redirect to where nobody listens",
        "expire-token": "401, and the token is worth nothing any more",
    },
    "Another body": {
        "wrong-date": "A Date header of another day",
        "html": "An error page with status 200",
        "empty": "No body with status 200",
        "list-for-object": "The JSON [] in place of the answer",
        "numbers-as-strings": "Every number as a string",
        "unknown-fields": "Fields that no document names",
        "invalid-json": "JSON without its last byte",
        "latin-1": "JSON in latin-1",
        "wrong-type": "The body with another media type",
        "gzip": "Compressed, asked for or not",
    },
    "Too much": {
        "gzip-bomb": "A small body that unpacks to a large one",
        "huge": "A very large body",
        "endless": "A body without an end",
    },
}
"""Every kind of fault in a few words; ``ropo_jobs_sandbox.faults`` describes them in full."""


def amount(value: object) -> str:
    """An amount with its cents and its thousands apart."""
    number = as_decimal(value)
    return "" if number is None else f"{number:,.2f}".replace("-", "\N{MINUS SIGN}")


def clock_time(moment: datetime) -> str:
    """The time of day of this machine."""
    return moment.astimezone().strftime("%H:%M:%S")


def size(number: int | None) -> str:
    """A number of bytes."""
    return "of unknown size" if number is None else f"{number:,} bytes"


def pretty(value: object) -> str:
    """JSON, given as text or as what it holds, on many lines; any other text as it is. Identity codes are masked."""
    if isinstance(value, str):
        try:
            value = json.loads(value, parse_float=Decimal)
        except (ValueError, RecursionError):
            return str(value)
    shown = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    # A lone surrogate is JSON, but cannot be sent.
    return masked_text(shown.encode("utf-8", "backslashreplace").decode())


FILTERS: Mapping[str, Any] = {
    "amount": amount,
    "clock_time": clock_time,
    "size": size,
    "pretty": pretty,
    "masked": masked_text,
}
