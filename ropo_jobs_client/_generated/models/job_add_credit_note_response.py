from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.encode import coerce_extra
from ..._codec.model import Model


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobAddCreditNoteResponse(Model):
    """The answer to an added credit note. Its fields are not documented."""

    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.additional_properties = source
            add(self)
