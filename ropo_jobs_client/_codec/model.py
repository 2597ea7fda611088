"""What every generated model can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from .decode import expect_object, unwrap_list
from .json import encode_json
from .unset import UNSET


class Model:
    """What every generated model can do."""

    __slots__ = ("additional_properties",)

    additional_properties: dict[str, Any]

    # Fields with personal data or secrets. A repr never shows them.
    _sensitive: ClassVar[frozenset[str]] = frozenset()

    def _encode(self, out: dict[str, Any]) -> None:
        """Put each field that is set under its wire name."""

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        """Make a model of each object, and add it. The objects are taken over: what is unknown stays in them."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that are set, under their wire names, amounts as `Decimal`.

        Raises:
            TypeError, ValueError: a field holds what cannot be sent; the text names it.
        """
        out = dict(self.additional_properties)
        self._encode(out)
        return out

    @classmethod
    def from_dict(cls, source: object) -> Self:
        """Read what the service sent, or `to_dict` gave.

        Raises:
            DecodeError: a field has the wrong type, a required one is missing, or it is no object; the text names it.
        """
        made: list[Self] = []
        cls._decode([dict(expect_object(source, cls.__name__))], made.append)
        return made[0]

    @classmethod
    def from_list(cls, source: object) -> list[Self]:
        """Read a list of objects, or an object that holds one, as the service sends them.

        The objects are taken over, not copied.

        Raises:
            DecodeError: as `from_dict`, or it is no such list.
        """
        items = unwrap_list(source, cls.__name__)
        made: list[Self] = []
        try:
            cls._decode(items, made.append)
        except (AttributeError, TypeError):
            # Looked for only now: to ask each one first would take as long as to read a field of it.
            for i, item in enumerate(items):
                expect_object(item, f"{cls.__name__}[{i}]")
            raise
        return made

    def to_json(self) -> bytes:
        """Return the bytes that would be sent: JSON in UTF-8, numbers never with an exponent.

        Raises:
            TypeError, ValueError: a field holds what cannot be sent; the text names it.
        """
        return encode_json(self.to_dict())

    def __repr__(self) -> str:
        # What is unset is left out (of a hundred fields, most), and so is what is unknown: it may be personal.
        fields: tuple[Any, ...] = getattr(self, "__attrs_attrs__", ())
        names = [field.name for field in fields if field.init and field.name not in self._sensitive]
        shown = [(name, getattr(self, name)) for name in names]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown if value is not UNSET)})"
