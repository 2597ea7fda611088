from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_models
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer
from ..models.job_by_end_customer import JobByEndCustomer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobsByEndCustomerResponse(Model):
    """The jobs of an end customer."""

    jobs: list[JobByEndCustomer] | Unset = UNSET
    """The jobs."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.jobs is not UNSET:
            writer.models("jobs", self.jobs, self, False, JobByEndCustomer)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.jobs = (
                v if (v := source.pop("jobs", UNSET)) is UNSET else read_models(v, (cls, "jobs"), JobByEndCustomer)
            )

            self.additional_properties = source
            add(self)
