from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    STR,
    UNSET,
    Model,
    Unset,
    read_str,
    write_str,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class AuthToken(Model):
    """A bearer token. It expires in 2 hours."""

    _sensitive: ClassVar[frozenset[str]] = frozenset(
        {
            "token",
        }
    )

    token: str | Unset = UNSET
    """The token, for the header `Authorization: Bearer <token>`. A secret."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        if self.token is not UNSET:
            out["token"] = write_str(self.token, "AuthToken.token")

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        value = pop("token", UNSET)
        self.token = value if type(value) in STR else read_str(value, "AuthToken.token")
