"""What the service answers, in its own forms, before it becomes HTTP. Pure.

A job call that fails answers ``{"error": …}``; authentication and protocol errors are problem details (RFC 9457); a
refused login has a form of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .values import Json

BODILESS = (204, 304)
"""The statuses that never come with a body."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF that is still to be drawn from dataset items; ``size`` asks for that many bytes."""

    items: tuple[Json, ...]
    size: int | None = None


class Parts(Protocol):
    """A large body that is made while it is sent; without a size, its length is not announced."""

    @property
    def size(self) -> int | None:
        """How many bytes it has."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its body (ready, in parts, or a PDF to be drawn) and its headers."""

    status: int
    body: bytes | Pdf | Parts = b""
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Refusal(Exception):
    """Ends the handling of a request with an answer that says why; nothing the request did so far is kept."""

    def __init__(self, answer: Answer, reason: str) -> None:
        super().__init__(reason)
        self.answer = answer
        self.reason = reason


def json_answer(status: int, body: object) -> Answer:
    """A JSON answer; amounts are JSON numbers."""
    return Answer(status, _encoded(body), "application/json")


def pdf_answer(filename: str, items: tuple[Json, ...], *, size: int | None = None, status: int = 200) -> Answer:
    """A PDF of some bills, to be saved under a file name."""
    headers = {"Content-Disposition": content_disposition(filename)}
    return Answer(status, Pdf(items, size), "application/pdf", headers)


def page_answer(status: int, title: str) -> Answer:
    """A page, such as the one that a proxy before the service answers with."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(status, b"" if status in BODILESS else page.encode(), "text/html")


def job_error(status: int, error: str) -> Refusal:
    """A job call that failed, in the form JobResponseErrors."""
    return Refusal(json_answer(status, {"error": error}), error)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """An authentication or protocol error, as problem details."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Refusal(Answer(status, _encoded(body), "application/problem+json", headers or {}), detail)


def auth_error(error_id: int, text: str) -> Refusal:
    """A refused login, in the form AuthError."""
    return Refusal(json_answer(400, {"errorId": error_id, "errorText": text}), text)


def content_disposition(filename: str) -> str:
    """The header that names a file: quoted, and with ``filename*`` (RFC 6266) where ASCII is not enough.

    What would break the header is replaced; a path is not, since the service promises to send back the name it was
    given.
    """
    cleaned = "".join("_" if ord(char) < 32 or ord(char) == 127 else char for char in filename)
    ascii_name = "".join(char if char.isascii() else "_" for char in cleaned)
    quoted = ascii_name.replace("\\", "\\\\").replace('"', '\\"')
    header = f'attachment; filename="{quoted}"'
    return header if cleaned.isascii() else f"{header}; filename*=UTF-8''{quote(cleaned, safe='')}"


def _encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_number).encode()


def _number(value: object) -> float:
    # Sums have two decimals and stay far below 2^53 cents: as floats they print as the same number.
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
