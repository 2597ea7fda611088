from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_extra, coerce_int_or_unset
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class HttpApiProblem(Model):
    """Problem details (RFC 9457, formerly RFC 7807)."""

    type: str | Unset = UNSET
    """A URI which identifies the kind of problem. Example: about:blank."""
    title: str | Unset = UNSET
    """The kind of problem in a few words. Example: Unauthorized."""
    status: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """The HTTP status, as the origin of the answer gave it. Example: 401."""
    detail: str | Unset = UNSET
    """What went wrong this time."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.type is not UNSET:
            writer.text("type", self.type, self, False)
        if self.title is not UNSET:
            writer.text("title", self.title, self, False)
        if self.status is not UNSET:
            writer.integer("status", self.status, self, False)
        if self.detail is not UNSET:
            writer.text("detail", self.detail, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.type = (
                v if (v := source.pop("type", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "type"))
            )
            self.title = (
                v if (v := source.pop("title", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "title"))
            )
            self.status = (
                v if (v := source.pop("status", UNSET)).__class__ is int or v is UNSET else read_int(v, (cls, "status"))
            )
            self.detail = (
                v if (v := source.pop("detail", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "detail"))
            )

            self.additional_properties = source
            add(self)
