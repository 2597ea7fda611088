from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_int_or_unset, write_int, write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


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
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.type is not UNSET:
            out["type"] = write_str(self.type, "HttpApiProblem.type")
        if self.title is not UNSET:
            out["title"] = write_str(self.title, "HttpApiProblem.title")
        if self.status is not UNSET:
            out["status"] = write_int(self.status, "HttpApiProblem.status")
        if self.detail is not UNSET:
            out["detail"] = write_str(self.detail, "HttpApiProblem.detail")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("type", UNSET)
            self.type = value if value.__class__ is str or value is UNSET else read_str(value, "HttpApiProblem.type")
            value = source.pop("title", UNSET)
            self.title = value if value.__class__ is str or value is UNSET else read_str(value, "HttpApiProblem.title")
            value = source.pop("status", UNSET)
            self.status = (
                value if value.__class__ is int or value is UNSET else read_int(value, "HttpApiProblem.status")
            )
            value = source.pop("detail", UNSET)
            self.detail = (
                value if value.__class__ is str or value is UNSET else read_str(value, "HttpApiProblem.detail")
            )

            self.additional_properties = source
            add(self)
