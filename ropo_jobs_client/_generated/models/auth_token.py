from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthToken(Model):
    """A bearer token. It expires in 2 hours."""

    token: str | Unset = field(default=UNSET, repr=False)
    """The token, for the header `Authorization: Bearer <token>`. A secret."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.token is not UNSET:
            writer.text("token", self.token, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.token = (
                v if (v := source.pop("token", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "token"))
            )

            self.additional_properties = source
            add(self)
