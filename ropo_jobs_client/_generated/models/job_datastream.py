from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_models, require
from ..._codec.encode import write_models
from ..._codec.model import Model
from ..._codec.unset import UNSET

if TYPE_CHECKING:
    from ..models.job_item import JobItem


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDatastream(Model):
    """The bills of one request."""

    dataset: list[JobItem]
    """One item for each bill. A request may carry many."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        from ..models.job_item import JobItem

        out["dataset"] = write_models(self.dataset, "JobDatastream.dataset", JobItem)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        from ..models.job_item import JobItem

        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.dataset = require(
                read_models(source.pop("dataset", UNSET), "JobDatastream.dataset", JobItem), "JobDatastream.dataset"
            )

            self.additional_properties = source
            add(self)
