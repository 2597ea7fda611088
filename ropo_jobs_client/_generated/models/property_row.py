from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PropertyRow(Model):
    """A free property of an invoice."""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"propvalue"})

    propname: str | Unset = UNSET
    """Name of the property."""
    propvalue: str | Unset = UNSET
    """Value of the property."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.propname is not UNSET:
            out["propname"] = write_str(self.propname, "PropertyRow.propname")
        if self.propvalue is not UNSET:
            out["propvalue"] = write_str(self.propvalue, "PropertyRow.propvalue")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("propname", UNSET)
            self.propname = (
                value if value.__class__ is str or value is UNSET else read_str(value, "PropertyRow.propname")
            )
            value = source.pop("propvalue", UNSET)
            self.propvalue = (
                value if value.__class__ is str or value is UNSET else read_str(value, "PropertyRow.propvalue")
            )

            self.additional_properties = source
            add(self)
