"""The changes of a response, each with the text that it came as. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, NoReturn, TypeVar, cast

from .._codec.decode import tells_of_error
from .._codec.numbers import MAX_DIGITS, parse_number
from .._generated.names import WIRE_NAMES
from .._generated.operations import JOBS_GET_STATUS_UPDATES_ACTION

T = TypeVar("T")


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _parse_int(text: str) -> int | Decimal:
    # Python refuses longer ones, and a change with one is a change all the same.
    return int(text) if len(text) <= MAX_DIGITS else Decimal(text)


_DECODER: Final = json.JSONDecoder(parse_float=parse_number, parse_int=_parse_int, parse_constant=_refuse)
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_OBJECTS: Final = re.compile(r"\[[ \t\n\r]*[{\]]")
_DAY: Final = WIRE_NAMES.get("JobStatusUpdate.statusdate", "statusdate")
_AT: Final = JOBS_GET_STATUS_UPDATES_ACTION.list_at
_KEYS: Final = json.JSONEncoder(sort_keys=True, default=repr)


class Item(NamedTuple):
    """A change, or what stands where one should be.

    Attributes:
        value: the JSON value.
        text: the JSON, as it came.
    """

    value: object
    text: str

    @property
    def key(self) -> str:
        """What is the same for the same changes, in whatever order their fields come."""
        try:
            return _KEYS.encode(self.value)
        except (ValueError, RecursionError):
            return self.text

    @property
    def day(self) -> date | None:
        """The day of the change, as it names it itself."""
        value = self.value
        fields = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        try:
            return date.fromisoformat(str(fields.get(_DAY, ""))[:10])
        except ValueError:
            return None


def read_items(content: bytes) -> list[Item] | None:
    """Return the changes of a response: of a list, or of an object with one list in it. None where it is neither.

    Where the document says under which names the list stands, it is looked for there. Else an object is none that says
    that it is an error, or whose list does not begin with an object: what the service handed out is then missing.
    """
    return read_each(content, lambda item: item)


def read_each(content: bytes, make: Callable[[Item], T]) -> list[T] | None:
    """Return what `make` makes of each change of a response, as `read_items` reads it.

    A change is gone before the next is read. Thousands of them at once have the garbage collector look at all objects
    of the program, again and again, while its event loop stands still.
    """
    try:
        text = content.decode(json.detect_encoding(content), "surrogatepass")
        at = _skip(text, 0)
        if text[at : at + 1] == "[":
            made, at = _elements(text, at, make)
        else:
            lists, at = _lists_of_object(text, at, _AT, make)
            (made,) = lists
        if _skip(text, at) == len(text):
            return made
    except (ValueError, ArithmeticError, RecursionError):
        pass
    return None


def count_items(content: bytes) -> int | None:
    """Return how many changes a response has, or None where it is no list."""
    found = read_each(content, lambda item: item.text)
    return None if found is None else len(found)


def is_blank(content: bytes) -> bool:
    """Return whether a response holds nothing: no body, or as PHP writes it, an empty list or object."""
    return len(content.strip()) < 100 and b"".join(content.split()) in {b"", b"[]", b"{}"}


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise ValueError
    return _skip(text, at + 1)


def _elements(text: str, at: int, make: Callable[[Item], T]) -> tuple[list[T], int]:
    """Read the list that begins here. Return what is made of its elements, and where it ends."""
    made: list[T] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        if made:
            at = _expect(text, at, ",")
        value, end = _DECODER.raw_decode(text, at)
        made.append(make(Item(value, text[at:end])))
        at = _skip(text, end)
    return made, at + 1


def _lists_of_object(
    text: str, at: int, names: tuple[str, ...], make: Callable[[Item], T]
) -> tuple[list[list[T]], int]:
    """Read the object that begins here. Return the lists under these names, or all that it holds; and where it ends."""
    lists: list[list[T]] = []
    at = _expect(text, at, "{")
    is_first = True
    while text[at : at + 1] != "}":
        if not is_first:
            at = _expect(text, at, ",")
        name, at = _string(text, at)
        at = _expect(text, _skip(text, at), ":")
        is_named = name == names[0] if names else not tells_of_error(name)
        if is_named and text[at : at + 1] == "[":
            if not names and not _OBJECTS.match(text, at):
                raise ValueError
            made, at = _elements(text, at, make)
            # PHP writes an empty object as an empty list.
            if len(names) < 2 or not made:
                lists.append(made)
        elif is_named and len(names) > 1 and text[at : at + 1] == "{":
            inner, at = _lists_of_object(text, at, names[1:], make)
            lists += inner
        else:
            value, at = _DECODER.raw_decode(text, at)
            if not names and tells_of_error(name, value):
                raise ValueError
        at, is_first = _skip(text, at), False
    return lists, at + 1


def _string(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise ValueError
    return cast("tuple[str, int]", _DECODER.raw_decode(text, at))


def joined(texts: list[str], size: int) -> Iterator[bytes]:
    """Return JSON lists of these texts, each of at most so many."""
    for start in range(0, len(texts), size):
        yield f"[{','.join(texts[start : start + size])}]".encode(errors="surrogatepass")
