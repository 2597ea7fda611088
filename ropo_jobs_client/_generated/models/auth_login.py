from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str, require
from ..._codec.encode import write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthLogin(Model):
    """What a token is asked for with."""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"apicode"})

    cid: str
    """Customer number. Example: 1000011."""
    apicode: str
    """API code. A secret."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        out["cid"] = write_str(self.cid, "AuthLogin.cid")
        out["apicode"] = write_str(self.apicode, "AuthLogin.apicode")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.cid = require(read_str(source.pop("cid", UNSET), "AuthLogin.cid"), "AuthLogin.cid")
            self.apicode = require(read_str(source.pop("apicode", UNSET), "AuthLogin.apicode"), "AuthLogin.apicode")

            self.additional_properties = source
            add(self)
