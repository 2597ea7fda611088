from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_int_or_unset, write_int, write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthError(Model):
    """Why there is no token."""

    error_id: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Number of the error."""
    error_text: str | Unset = UNSET
    """Text of the error."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.error_id is not UNSET:
            out["errorId"] = write_int(self.error_id, "AuthError.errorId")
        if self.error_text is not UNSET:
            out["errorText"] = write_str(self.error_text, "AuthError.errorText")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("errorId", UNSET)
            self.error_id = value if value.__class__ is int or value is UNSET else read_int(value, "AuthError.errorId")
            value = source.pop("errorText", UNSET)
            self.error_text = (
                value if value.__class__ is str or value is UNSET else read_str(value, "AuthError.errorText")
            )

            self.additional_properties = source
            add(self)
