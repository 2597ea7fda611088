from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDeliveryStatusRequest(Model):
    """The delivery of an invoice."""

    id: str | Unset = UNSET
    service: str | Unset = UNSET
    created_at: str | Unset = UNSET
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.id is not UNSET:
            out["id"] = write_str(self.id, "JobDeliveryStatusRequest.id")
        if self.service is not UNSET:
            out["service"] = write_str(self.service, "JobDeliveryStatusRequest.service")
        if self.created_at is not UNSET:
            out["created_at"] = write_str(self.created_at, "JobDeliveryStatusRequest.created_at")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("id", UNSET)
            self.id = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobDeliveryStatusRequest.id")
            )
            value = source.pop("service", UNSET)
            self.service = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobDeliveryStatusRequest.service")
            )
            value = source.pop("created_at", UNSET)
            self.created_at = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobDeliveryStatusRequest.created_at")
            )

            self.additional_properties = source
            add(self)
