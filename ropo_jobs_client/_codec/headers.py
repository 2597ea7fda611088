"""Header values: times, and file names made safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id that the service gave a request, or None where it gave none that can be shown."""
    for name in ("x-request-id", "request-id", "x-correlation-id"):
        text = headers.get(name, "")
        if 0 < len(text) <= 128 and text.isascii() and text.isprintable():
            return text
    return None


_PARAMETER = re.compile(r';\s*([\w!#$&+\-.^`|~]+\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')


def disposition_filename(header: str | None) -> str | None:
    """Return the file name of a Content-Disposition header (`filename*` before `filename`), made safe, or None."""
    parameters: dict[str, str] = {}
    for name, value in _PARAMETER.findall(f";{header.partition(';')[2]}" if header else ""):
        parameters.setdefault(name.lower(), value.strip())
    if extended := parameters.get("filename*"):
        charset, _, rest = extended.strip('"').partition("'")
        if charset.lower() in {"utf-8", "iso-8859-1"} and "'" in rest:
            name = unquote_to_bytes(rest.partition("'")[2]).decode(charset, "replace")
            if safe := safe_filename(name):
                return safe
    plain = parameters.get("filename", "")
    if plain.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
    return safe_filename(plain)


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
