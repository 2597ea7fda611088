from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_extra, coerce_int_or_unset
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthError(Model):
    """Why there is no token."""

    error_id: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Number of the error."""
    error_text: str | Unset = UNSET
    """Text of the error."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.error_id is not UNSET:
            writer.integer("errorId", self.error_id, self, False)
        if self.error_text is not UNSET:
            writer.text("errorText", self.error_text, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.error_id = (
                v
                if (v := source.pop("errorId", UNSET)).__class__ is int or v is UNSET
                else read_int(v, (cls, "errorId"))
            )
            self.error_text = (
                v
                if (v := source.pop("errorText", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "errorText"))
            )

            self.additional_properties = source
            add(self)
