from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    INT,
    UNSET,
    Model,
    Unset,
    as_int_or_unset,
    read_int,
    write_int,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobResponse(Model):
    """The answer to added bills. It has more fields, which are not documented."""

    accepted: int | Unset = field(default=UNSET, converter=as_int_or_unset)
    """How many jobs were accepted. Example: 1."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        if self.accepted is not UNSET:
            out["accepted"] = write_int(self.accepted, "JobResponse.accepted")

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        value = pop("accepted", UNSET)
        self.accepted = value if type(value) in INT else read_int(value, "JobResponse.accepted")
