from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    STR,
    UNSET,
    Model,
    Unset,
    read_str,
    write_str,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PropertyRow(Model):
    """A free property of an invoice."""

    _sensitive: ClassVar[frozenset[str]] = frozenset(
        {
            "propvalue",
        }
    )

    propname: str | Unset = UNSET
    """Name of the property."""
    propvalue: str | Unset = UNSET
    """Value of the property."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        if self.propname is not UNSET:
            out["propname"] = write_str(self.propname, "PropertyRow.propname")
        if self.propvalue is not UNSET:
            out["propvalue"] = write_str(self.propvalue, "PropertyRow.propvalue")

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        value = pop("propname", UNSET)
        self.propname = value if type(value) in STR else read_str(value, "PropertyRow.propname")
        value = pop("propvalue", UNSET)
        self.propvalue = value if type(value) in STR else read_str(value, "PropertyRow.propvalue")
