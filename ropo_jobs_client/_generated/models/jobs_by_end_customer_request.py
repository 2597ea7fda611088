from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_int_or_unset, write_int, write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobsByEndCustomerRequest(Model):
    """Whose jobs to list. One of ssn and custnum is required."""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"ssn"})

    ssn: str | Unset = UNSET
    """Personal identity code."""
    custnum: str | Unset = UNSET
    """Customer number. Example: 1022."""
    all_invoices: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """0 = open invoices only [default], 1 = also paid ones, up to two years back. Example: 0."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.ssn is not UNSET:
            out["ssn"] = write_str(self.ssn, "JobsByEndCustomerRequest.ssn")
        if self.custnum is not UNSET:
            out["custnum"] = write_str(self.custnum, "JobsByEndCustomerRequest.custnum")
        if self.all_invoices is not UNSET:
            out["all_invoices"] = write_int(self.all_invoices, "JobsByEndCustomerRequest.all_invoices")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("ssn", UNSET)
            self.ssn = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobsByEndCustomerRequest.ssn")
            )
            value = source.pop("custnum", UNSET)
            self.custnum = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobsByEndCustomerRequest.custnum")
            )
            value = source.pop("all_invoices", UNSET)
            self.all_invoices = (
                value
                if value.__class__ is int or value is UNSET
                else read_int(value, "JobsByEndCustomerRequest.all_invoices")
            )

            self.additional_properties = source
            add(self)
