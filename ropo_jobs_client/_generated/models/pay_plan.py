from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_models
from ..._codec.encode import write_models
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pay_plan_instalment import PayPlanInstalment


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PayPlan(Model):
    """A payment plan with its own dates and sums. Not for consumers."""

    instalment: list[PayPlanInstalment] | Unset = UNSET
    """The instalments."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        from ..models.pay_plan_instalment import PayPlanInstalment

        if self.instalment is not UNSET:
            out["instalment"] = write_models(self.instalment, "PayPlan.instalment", PayPlanInstalment)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        from ..models.pay_plan_instalment import PayPlanInstalment

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("instalment", UNSET)
            self.instalment = value if value is UNSET else read_models(value, "PayPlan.instalment", PayPlanInstalment)

            self.additional_properties = source
            add(self)
