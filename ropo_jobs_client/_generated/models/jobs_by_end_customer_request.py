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
class JobsByEndCustomerRequest(Model):
    """Whose jobs to list. One of ssn and custnum is required."""

    ssn: str | Unset = field(default=UNSET, repr=False)
    """Personal identity code."""
    custnum: str | Unset = UNSET
    """Customer number. Example: 1022."""
    all_invoices: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """0 = open invoices only [default], 1 = also paid ones, up to two years back. Example: 0."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.ssn is not UNSET:
            writer.text("ssn", self.ssn, self, False)
        if self.custnum is not UNSET:
            writer.text("custnum", self.custnum, self, False)
        if self.all_invoices is not UNSET:
            writer.integer("all_invoices", self.all_invoices, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.ssn = (
                v if (v := source.pop("ssn", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "ssn"))
            )
            self.custnum = (
                v
                if (v := source.pop("custnum", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "custnum"))
            )
            self.all_invoices = (
                v
                if (v := source.pop("all_invoices", UNSET)).__class__ is int or v is UNSET
                else read_int(v, (cls, "all_invoices"))
            )

            self.additional_properties = source
            add(self)
