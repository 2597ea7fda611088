from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    Model,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDisputeRequest(Model):
    """Why a job is disputed. The fields are not documented."""

    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        """It has no fields of its own."""

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        """It has no fields of its own."""
