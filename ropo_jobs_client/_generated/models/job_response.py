from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int
from ..._codec.encode import coerce_int_or_unset, write_int
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobResponse(Model):
    """The answer to added bills. It has more fields, which are not documented."""

    accepted: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """How many jobs were accepted. Example: 1."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.accepted is not UNSET:
            out["accepted"] = write_int(self.accepted, "JobResponse.accepted")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("accepted", UNSET)
            self.accepted = (
                value if value.__class__ is int or value is UNSET else read_int(value, "JobResponse.accepted")
            )

            self.additional_properties = source
            add(self)
