"""What every generated model can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, cast

from .decode import expect_object, unwrap_list
from .frames import CutFrames
from .invalid import InvalidArgument
from .unset import UNSET
from .writers import DictWriter, JsonWriter, Writer, expect_extra

if TYPE_CHECKING:
    from attrs import Attribute


class Model:
    """What every generated model can do."""

    __slots__ = ("additional_properties",)

    additional_properties: dict[str, Any]

    def write_to(self, writer: Writer) -> None:
        """Write each field that is set, and each that is required."""

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        """Make a model of each object, and add it. The objects are taken over: what is unknown stays in them."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that are set, under their wire names, amounts as `Decimal`.

        Raises:
            TypeError: a field holds what cannot be sent; the text names it.
            InvalidArgument: a field holds a value that cannot be sent, or a required one is missing.
        """
        with CutFrames():
            out = dict(expect_extra(self))
            self.write_to(DictWriter(out))
            return out

    @classmethod
    def from_dict(cls, source: object) -> Self:
        """Read what the service sent, or `to_dict` gave.

        Raises:
            DecodeError: a field has the wrong type, a required one is missing, or it is no object; the text names it.
        """
        made: list[Self] = []
        if type(source) is not dict:
            source = expect_object(source, cls.__name__)
        cls._decode([dict(cast("Mapping[str, Any]", source))], made.append)
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
            TypeError: a field holds what cannot be sent; the text names it.
            InvalidArgument: a field holds a value that cannot be sent, or a required one is missing.
        """
        with CutFrames():
            return JsonBody(self).to_json()

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        # What is unset is left out (of a hundred fields, most), and so is what is unknown: it may be personal.
        fields: tuple[Attribute[Any], ...] = getattr(self, "__attrs_attrs__", ())
        for field in fields:
            # One that is being read has attributes without a value, and an error's report may show it.
            if field.repr and (value := getattr(self, field.name, UNSET)) is not UNSET:
                yield field.name, value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


class JsonBody:
    """A model, checked and written once: what becomes of it afterwards is not sent. No repr shows it.

    But of a list of more than a hundred models, the models are written when it is sent: those that are in it now.

    Raises:
        TypeError, InvalidArgument: as `Model.to_json`.
    """

    __slots__ = ("_writer", "model")

    def __init__(self, model: Model) -> None:
        self.model: Model = model
        self._writer = JsonWriter()
        try:
            self._writer.write(model)
        except RecursionError:
            raise _nested_too_deeply() from None

    def slices(self) -> Iterator[bytes]:
        """Return the bytes of `to_json` in slices, each made within some milliseconds: joined, they are the whole.

        An event loop can do other things between two of them. What holds no long list is one slice.

        Raises:
            TypeError, InvalidArgument: as `Model.to_json`.
        """
        try:
            for text in self._writer.slices():
                yield text.encode()
        except RecursionError:
            raise _nested_too_deeply() from None

    def to_json(self) -> bytes:
        """Return the bytes that are sent."""
        return b"".join(self.slices())


def _nested_too_deeply() -> InvalidArgument:
    return InvalidArgument("body", "must not hold itself, or be nested too deeply")
