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
    from ..models.job_by_end_customer import JobByEndCustomer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobsByEndCustomerResponse(Model):
    """The jobs of an end customer."""

    jobs: list[JobByEndCustomer] | Unset = UNSET
    """The jobs."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        from ..models.job_by_end_customer import JobByEndCustomer

        if self.jobs is not UNSET:
            out["jobs"] = write_models(self.jobs, "JobsByEndCustomerResponse.jobs", JobByEndCustomer)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        from ..models.job_by_end_customer import JobByEndCustomer

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("jobs", UNSET)
            self.jobs = (
                value if value is UNSET else read_models(value, "JobsByEndCustomerResponse.jobs", JobByEndCustomer)
            )

            self.additional_properties = source
            add(self)
