"""Header values: times, and file names made safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import unquote_to_bytes


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (a number, or a date), or None where it says nothing."""
    if value is None:
        return None
    if (text := value.strip()).isascii() and text.isdigit():
        return float(text)  # "inf" from some 300 digits on
    when = parse_http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def parse_http_date(value: str | None) -> datetime | None:
    """Return the time that a Date or Retry-After header names, or None where it names none."""
    try:
        when = parsedate_to_datetime(value or "")
    except (ValueError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=when.tzinfo or UTC)


REQUEST_ID_HEADERS: Final = ("x-request-id", "request-id", "x-correlation-id")
"""Where the id of a request is looked for, in lower case. The vendor documents none."""


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id that the service gave a request, or None where it gave none that can be shown."""
    for name in REQUEST_ID_HEADERS:
        text = headers.get(name, "")
        if 0 < len(text) <= 128 and text.isascii() and text.isprintable():
            return text
    return None


# A quoted value ends with a quote that the next parameter follows, or nothing: some servers do not escape the quotes in
# it. Where there is no such quote, it ends as a value without quotes does.
_PARAMETER = re.compile(
    r""";\s*([\w!#$&+\-.^`|~]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.|"(?!\s*(?:;|$)))*)"|"?([^;]*))""",
)
# Characters of the header that are looked at.
_MOST: Final = 8192


def disposition_filename(header: str | None) -> str | None:
    """Return the file name of a Content-Disposition header (`filename*` before `filename`), made safe, or None."""
    parameters: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(f";{header[:_MOST].partition(';')[2]}" if header else ""):
        parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain.strip())
    extended = _decode_extended(parameters.get("filename*", ""))
    return (safe_filename(extended) if extended else None) or safe_filename(parameters.get("filename", ""))


def _decode_extended(value: str) -> str | None:
    """Return what a value such as `UTF-8''lasku%20%C3%A4.pdf` stands for, or None where it is broken."""
    charset, _, rest = value.partition("'")
    _, quote, text = rest.partition("'")
    if not quote or charset.lower() not in {"utf-8", "iso-8859-1"} or re.search("%(?![0-9a-fA-F]{2})", text):
        return None
    try:
        return unquote_to_bytes(text).decode(charset)
    except UnicodeDecodeError:
        return None


_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)


def safe_filename(name: str) -> str | None:
    """Return the last part of a name that a server sent, fit for any file system, or None where nothing is left.

    No path, drive, control or direction character; at most 255 bytes of UTF-8, the extension kept.
    """
    last = re.split(r"[/\\:]", name)[-1]
    unwanted = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    last = "".join(c for c in last if unicodedata.category(c) not in unwanted and c not in '<>"|?*')
    last = last.strip(". ")
    if not last or _RESERVED.match(last):
        return None
    stem, dot, extension = last.rpartition(".")
    if not dot or len(extension.encode()) > 20:
        stem, extension = last, ""
    room = 255 - len((dot + extension).encode() if extension else b"")
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + (dot + extension if extension else "")
