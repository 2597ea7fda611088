from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthToken(Model):
    """A bearer token. It expires in 2 hours."""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str | Unset = UNSET
    """The token, for the header `Authorization: Bearer <token>`. A secret."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.token is not UNSET:
            out["token"] = write_str(self.token, "AuthToken.token")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("token", UNSET)
            self.token = value if value.__class__ is str or value is UNSET else read_str(value, "AuthToken.token")

            self.additional_properties = source
            add(self)
