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
    from ..models.job_by_end_customer import JobByEndCustomer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobsByEndCustomerResponse(Model):
    """The jobs of an end customer."""

    jobs: list[JobByEndCustomer] | Unset = UNSET
    """The jobs."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        from ..models.job_by_end_customer import JobByEndCustomer

        if self.jobs is not UNSET:
            out["jobs"] = write_models(self.jobs, "JobsByEndCustomerResponse.jobs", JobByEndCustomer)

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        from ..models.job_by_end_customer import JobByEndCustomer

        value = pop("jobs", UNSET)
        self.jobs = (
            value if type(value) in NOTHING else read_models(value, "JobsByEndCustomerResponse.jobs", JobByEndCustomer)
        )
