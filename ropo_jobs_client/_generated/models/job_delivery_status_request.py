from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDeliveryStatusRequest(Model):
    """The delivery of an invoice."""

    id: str | Unset = UNSET
    service: str | Unset = UNSET
    created_at: str | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.id is not UNSET:
            writer.text("id", self.id, self, False)
        if self.service is not UNSET:
            writer.text("service", self.service, self, False)
        if self.created_at is not UNSET:
            writer.text("created_at", self.created_at, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.id = v if (v := source.pop("id", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "id"))
            self.service = (
                v
                if (v := source.pop("service", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "service"))
            )
            self.created_at = (
                v
                if (v := source.pop("created_at", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "created_at"))
            )

            self.additional_properties = source
            add(self)
