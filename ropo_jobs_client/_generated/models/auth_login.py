from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str, require
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthLogin(Model):
    """What a token is asked for with."""

    cid: str
    """Customer number. Example: 1000011."""
    apicode: str = field(repr=False)
    """API code. A secret."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        writer.text("cid", self.cid, self, False)
        writer.text("apicode", self.apicode, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.cid = require(read_str(source.pop("cid", UNSET), (cls, "cid")), (cls, "cid"))
            self.apicode = require(read_str(source.pop("apicode", UNSET), (cls, "apicode")), (cls, "apicode"))

            self.additional_properties = source
            add(self)
