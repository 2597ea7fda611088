"""What a fault makes of an answer, before it goes on the wire: other statuses, headers and bodies. Pure."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import repeat
from typing import TYPE_CHECKING, cast

from . import padding
from .answers import BODILESS, Answer, Parts, Pdf, json_answer, page_answer
from .values import as_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .faults import Fault

_NEEDS_BODY = frozenset(
    {
        "delay-body",
        "truncate",
        "truncate-chunked",
        "truncate-close",
        "reset-body",
        "invalid-json",
        "latin-1",
        "gzip",
        "gzip-bomb",
        "huge",
        "wrong-type",
        "endless",
    }
)
_SAID = "A fault that was asked for"
_UNKNOWN = {"unknown_text": "Hyvää päivää", "unknown_object": {"unknown_list": [1, 2.5, None, "x"]}}


def drawn_larger(fault: Fault, answer: Answer) -> Answer:
    """What a fault wants of a PDF that is still to be drawn: its size."""
    if fault.kind not in ("huge", "gzip-bomb") or not isinstance(answer.body, Pdf):
        return answer
    return replace(answer, body=replace(answer.body, size=max(fault.options["size"], answer.body.size or 0)))


def changed(fault: Fault, answer: Answer, later: Callable[[int], str]) -> Answer:
    """The answer that a fault puts in the place of one; ``later`` is the HTTP date in so many seconds."""
    if fault.kind in _NEEDS_BODY and answer.body == b"":
        answer = json_answer(200 if answer.status == 204 else answer.status, [])
    options = fault.options
    match fault.kind:
        case "status":
            return _error(options["status"], options["form"], options["retry_after"], later)
        case "redirect":
            return replace(page_answer(options["status"], "Moved"), headers={"Location": options["location"]})
        case "wrong-date":
            return replace(answer, headers={**answer.headers, "Date": options["date"]})
        case "html":
            return page_answer(200, "The service is down for maintenance")
        case "empty":
            return Answer(200)
        case "list-for-object":
            return json_answer(200 if answer.status == 204 else answer.status, [])
        case "invalid-json":
            body = answer.body if _is_json(answer) and isinstance(answer.body, bytes) else b"{}"
            return Answer(answer.status, body[:-1], "application/json")
        case "numbers-as-strings" | "unknown-fields" | "latin-1":
            return _other_json(fault.kind, answer)
        case "wrong-type":
            return replace(answer, media_type=options["media_type"])
        case "gzip" | "gzip-bomb" | "huge" | "endless":
            return _other_size(fault, answer)
        case _:
            return answer


@dataclass(frozen=True, slots=True)
class Endless:
    """A body that never ends: so many bytes, a pause, so many bytes."""

    start: bytes
    fill: bytes
    pause: float
    size: int | None = None

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, for ever."""
        yield (self.start + self.fill)[: len(self.fill)]
        yield from repeat(self.fill)


@dataclass(frozen=True, slots=True)
class _WithSpaces:
    """A body and spaces after it, which JSON does not mind."""

    body: bytes
    size: int

    def chunks(self) -> Iterator[bytes]:
        yield self.body
        for place in range(len(self.body), self.size, padding.CHUNK):
            yield b" " * min(padding.CHUNK, self.size - place)


@dataclass(frozen=True, slots=True)
class _Unannounced:
    """A body whose size is not told."""

    parts: Parts
    size: int | None = None

    def chunks(self) -> Iterator[bytes]:
        return self.parts.chunks()


@dataclass(frozen=True, slots=True)
class _Gzipped:
    """A large body compressed on the way."""

    parts: Parts
    size: int | None = None

    def chunks(self) -> Iterator[bytes]:
        packer = zlib.compressobj(9, wbits=31)
        for chunk in self.parts.chunks():
            yield packer.compress(chunk)
        yield packer.flush()


def _other_size(fault: Fault, answer: Answer) -> Answer:
    options, body, is_pdf = fault.options, answer.body, answer.media_type == "application/pdf"
    if fault.kind == "endless":
        fill = padding.comment(options["size"]) if is_pdf else b" " * options["size"]
        return replace(answer, body=Endless(b"%PDF-1.4\n" if is_pdf else b"[", fill, options["interval"]))
    if isinstance(body, bytes) and fault.kind != "gzip":
        body = _WithSpaces(body, max(options["size"], len(body)))
    if isinstance(body, Pdf):  # pragma: no cover - it has been drawn by now
        raise TypeError("the PDF is not drawn")
    if fault.kind == "huge":
        return replace(answer, body=body if options["announced"] or isinstance(body, bytes) else _Unannounced(body))
    packed = gzip.compress(body, mtime=0) if isinstance(body, bytes) else _Gzipped(body)
    return replace(answer, body=packed, headers={**answer.headers, "Content-Encoding": "gzip"})


def _other_json(kind: str, answer: Answer) -> Answer:
    if not _is_json(answer) or not isinstance(answer.body, bytes):
        return answer
    if kind == "numbers-as-strings":
        value = json.loads(answer.body, parse_int=str, parse_float=str)
    else:
        value = json.loads(answer.body)
        value = _with_unknown_fields(value) if kind == "unknown-fields" else _beyond_ascii(value)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return replace(answer, body=text.encode("latin-1" if kind == "latin-1" else "utf-8", "replace"))


def _is_json(answer: Answer) -> bool:
    return "json" in (answer.media_type or "")


def _with_unknown_fields(value: object) -> object:
    if isinstance(value, list):
        return [_with_unknown_fields(entry) for entry in cast("list[object]", value)]
    fields = as_object(value)
    if fields is None:
        return value
    return {**{name: _with_unknown_fields(entry) for name, entry in fields.items()}, **_UNKNOWN}


def _beyond_ascii(value: object) -> object:
    fields = as_object(value)
    if fields is not None:
        return {**fields, "unknown_text": _UNKNOWN["unknown_text"]}
    entries = cast("list[object]", value) if isinstance(value, list) else [value]
    if any(as_object(entry) is not None for entry in entries):
        return [_beyond_ascii(entry) for entry in entries]
    return [*entries, _UNKNOWN["unknown_text"]]


def _error(status: int, form: str, retry_after: str | None, later: Callable[[int], str]) -> Answer:
    headers: dict[str, str] = {}
    if retry_after is not None:
        headers["Retry-After"] = later(2) if retry_after == "date" else retry_after
    if status in BODILESS or form == "empty":
        return Answer(status, headers=headers)
    title = _phrase(status)
    match form:
        case "problem":
            body = {"type": "about:blank", "title": title, "status": status, "detail": _SAID}
            answer = replace(json_answer(status, body), media_type="application/problem+json")
        case "error":
            answer = json_answer(status, {"error": _SAID})
        case "html":
            answer = page_answer(status, f"{status} {title}")
        case _:
            answer = Answer(status, f"{status} {title}".encode(), "text/plain")
    return replace(answer, headers=headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Error"
