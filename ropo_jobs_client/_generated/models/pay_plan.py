from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    NOTHING,
    UNSET,
    Model,
    Unset,
    read_models,
    write_models,
)

if TYPE_CHECKING:
    from ..models.pay_plan_instalment import PayPlanInstalment


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PayPlan(Model):
    """A payment plan with its own dates and sums. Not for consumers."""

    instalment: list[PayPlanInstalment] | Unset = UNSET
    """The instalments."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        from ..models.pay_plan_instalment import PayPlanInstalment

        if self.instalment is not UNSET:
            out["instalment"] = write_models(self.instalment, "PayPlan.instalment", PayPlanInstalment)

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        from ..models.pay_plan_instalment import PayPlanInstalment

        value = pop("instalment", UNSET)
        self.instalment = (
            value if type(value) in NOTHING else read_models(value, "PayPlan.instalment", PayPlanInstalment)
        )
