"""What a model writes its fields with: to a dict, or to JSON.

Each method takes the name of the field in JSON, its value, the model (for the texts of errors) and whether null may be
sent. A model calls one for each field that is set, and for each that is required.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

from .encode import (
    append_members,
    append_value,
    expect_list,
    write_any,
    write_bool,
    write_date,
    write_decimal,
    write_int,
    write_str,
    write_texts,
    wrong_type,
)
from .invalid import InvalidArgument
from .unset import UNSET

if TYPE_CHECKING:
    from .model import Model

M = TypeVar("M", bound="Model")

# How many objects of a list are written at once where writing them all would hold up an event loop.
SLICE: Final = 100


class Writer(Protocol):
    """Writes one object. The kinds of fields are those of the document."""

    def integer(self, wire: str, value: Any, owner: Model, nullable: bool) -> None: ...
    def decimal(self, wire: str, value: Any, owner: Model, nullable: bool) -> None: ...
    def text(self, wire: str, value: Any, owner: Model, nullable: bool) -> None: ...
    def boolean(self, wire: str, value: object, owner: Model, nullable: bool) -> None: ...
    def day(self, wire: str, value: object, owner: Model, nullable: bool) -> None: ...
    def texts(self, wire: str, value: object, owner: Model, nullable: bool) -> None: ...
    def any(self, wire: str, value: object, owner: Model, nullable: bool) -> None: ...
    def model(self, wire: str, value: object, owner: Model, nullable: bool, kind: type[Model]) -> None: ...
    def models(self, wire: str, value: object, owner: Model, nullable: bool, kind: type[Model]) -> None: ...


def _checked(write: Callable[[object, str], Any], wire: str, value: object, owner: Model, nullable: bool) -> Any:
    if value is None and nullable:
        return None
    where = f"{type(owner).__name__}.{wire}"
    if value is UNSET:
        raise InvalidArgument(where, "is required, but missing")
    return write(value, where)


def _model(kind: type[M]) -> Callable[[object, str], M]:
    def check(value: object, where: str) -> M:
        return value if isinstance(value, kind) else wrong_type(where, f"a {kind.__name__}", value)

    return check


def _models(kind: type[M]) -> Callable[[object, str], list[M]]:
    def check(value: object, where: str) -> list[M]:
        items = expect_list(value, where)
        for i, item in enumerate(items):
            if not isinstance(item, kind):
                wrong_type(f"{where}[{i}]", f"a {kind.__name__}", item)
        return items

    return check


class DictWriter:
    """Writes to a dict."""

    def __init__(self, out: dict[str, Any]) -> None:
        self._out = out

    def integer(self, wire: str, value: Any, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_int, wire, value, owner, nullable)

    def decimal(self, wire: str, value: Any, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_decimal, wire, value, owner, nullable)

    def text(self, wire: str, value: Any, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_str, wire, value, owner, nullable)

    def boolean(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_bool, wire, value, owner, nullable)

    def day(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_date, wire, value, owner, nullable)

    def texts(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_texts, wire, value, owner, nullable)

    def any(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._out[wire] = _checked(write_any, wire, value, owner, nullable)

    def model(self, wire: str, value: object, owner: Model, nullable: bool, kind: type[Model]) -> None:
        found = _checked(_model(kind), wire, value, owner, nullable)
        self._out[wire] = None if found is None else found.to_dict()

    def models(self, wire: str, value: object, owner: Model, nullable: bool, kind: type[Model]) -> None:
        found = _checked(_models(kind), wire, value, owner, nullable)
        self._out[wire] = None if found is None else [item.to_dict() for item in found]


class JsonWriter:
    """Writes JSON in pieces of text: no dict is made in between. The first line of a method is the usual case."""

    def __init__(self) -> None:
        # Each member brings the comma before it along. A long list of models stands here as it is, to be written later.
        self._parts: list[Any] = []
        self._add = self._parts.append

    def integer(self, wire: str, value: Any, owner: Model, nullable: bool) -> None:
        if value.__class__ is int and -(10**9) < value < 10**9:
            self._add(f',"{wire}":{value}')
        else:
            self._value(wire, _checked(write_int, wire, value, owner, nullable))

    def decimal(self, wire: str, value: Any, owner: Model, nullable: bool) -> None:
        # Either letter stands before an exponent: the caller's decimal context says which.
        digits = str(value) if value.__class__ is Decimal and value.is_finite() else "E"
        if "E" not in digits and "e" not in digits and len(digits) < 100:
            self._add(f',"{wire}":{digits}')
        else:
            self._value(wire, _checked(write_decimal, wire, value, owner, nullable))

    def text(self, wire: str, value: Any, owner: Model, nullable: bool) -> None:
        if value.__class__ is not str or not value.isascii():
            value = _checked(write_str, wire, value, owner, nullable)
        self._add(f',"{wire}":null' if value is None else f',"{wire}":{encode_basestring(value)}')

    def boolean(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._value(wire, _checked(write_bool, wire, value, owner, nullable))

    def day(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self.text(wire, _checked(write_date, wire, value, owner, nullable), owner, nullable)

    def texts(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._value(wire, _checked(write_texts, wire, value, owner, nullable))

    def any(self, wire: str, value: object, owner: Model, nullable: bool) -> None:
        self._value(wire, _checked(write_any, wire, value, owner, nullable))

    def model(self, wire: str, value: object, owner: Model, nullable: bool, kind: type[Model]) -> None:
        found = _checked(_model(kind), wire, value, owner, nullable)
        if found is None:
            self._value(wire, None)
        else:
            self._add(f',"{wire}":')
            self.write(found)

    def models(self, wire: str, value: object, owner: Model, nullable: bool, kind: type[Model]) -> None:
        found = _checked(_models(kind), wire, value, owner, nullable)
        if found is None:
            self._value(wire, None)
            return
        self._add(f',"{wire}":[')
        if len(found) > SLICE:
            # A copy: what is added to the list or taken from it, meanwhile, is not for this request.
            self._add(list(found))
        else:
            self._write_all(found)
        self._add("]")

    def _value(self, wire: str, value: object) -> None:
        self._add(f',"{wire}":')
        append_value(value, wire, self._parts)

    def _write_all(self, models: list[Model]) -> None:
        for i, item in enumerate(models):
            if i:
                self._add(",")
            self.write(item)

    def write(self, model: Model) -> None:
        """Write a model as an object."""
        parts, start = self._parts, len(self._parts)
        if model.additional_properties.__class__ is not dict or model.additional_properties:
            known: dict[str, Any] = {}
            model.write_to(DictWriter(known))
            unknown = {key: item for key, item in expect_extra(model).items() if key not in known}
            append_members(unknown, "body", parts)
        model.write_to(self)
        if len(parts) == start:
            self._add("{}")
        else:
            parts[start] = "{" + parts[start][1:]
            self._add("}")

    def slices(self) -> Iterator[str]:
        """Return what was written, a long list in slices that are written now."""
        text: list[str] = []
        for part in self._parts:
            if isinstance(part, str):
                text.append(part)
                continue
            for first in range(0, len(part), SLICE):
                if first:
                    yield "".join(text)
                    text = [","]
                writer = JsonWriter()
                writer._write_all(part[first : first + SLICE])
                text += writer.slices()
        yield "".join(text)


def expect_extra(model: Model) -> Mapping[str, Any]:
    """Return the unknown fields of a model, checked."""
    extra = model.additional_properties
    if not isinstance(cast("object", extra), dict):
        wrong_type(f"{type(model).__name__}.additional_properties", "a dict", extra)
    return extra
