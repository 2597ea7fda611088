"""Where a request comes from: which of them a foreign web page has sent. Pure.

Programs send neither of the two headers, and are taken. Browsers send at least one with whatever can change something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether the headers of a request (whose names are found in lower case) say that a foreign page sent it."""
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True
