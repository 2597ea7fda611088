from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int
from ..._codec.encode import coerce_extra, coerce_int_or_unset
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobResponse(Model):
    """The answer to added bills. It has more fields, which are not documented."""

    accepted: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """How many jobs were accepted. Example: 1."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.accepted is not UNSET:
            writer.integer("accepted", self.accepted, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.accepted = (
                v
                if (v := source.pop("accepted", UNSET)).__class__ is int or v is UNSET
                else read_int(v, (cls, "accepted"))
            )

            self.additional_properties = source
            add(self)
