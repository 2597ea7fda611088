"""Who calls: an API code, a token, or a function that gives one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class ApiCode:
    """The customer number and API code of a Ropo One account. Tokens are fetched with them, and renewed.

    Args:
        cid: the customer number, such as `1000011`.
        apicode: the API code. A secret: no repr shows it.
    """

    cid: str
    apicode: str = field(repr=False)

    def __post_init__(self) -> None:
        _check(self.cid, "cid")
        _check(self.apicode, "apicode")
        for name, value in (("cid", self.cid), ("apicode", self.apicode)):
            if value != value.strip():
                raise ValueError(f"{name} must not begin or end with white space")


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token that someone else fetched. It is not renewed: a 401 fails at once.

    Args:
        token: the token, without "Bearer". A secret: no repr shows it.
    """

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        _check(self.token, "token")
        if not fits_a_header(self.token):
            raise ValueError("token must be printable ASCII without spaces")


Credentials = ApiCode | BearerToken | Callable[[], Awaitable[str]]
"""An `ApiCode`, a `BearerToken`, or an async function that gives a token and is asked before each attempt."""


def _check(value: object, name: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"{name} must not be blank")


def fits_a_header(token: object) -> TypeGuard[str]:
    """Say whether it can be sent as a token."""
    return isinstance(token, str) and token.isascii() and token.isprintable() and bool(token) and " " not in token


def check_credentials(credentials: object) -> None:
    """Refuse what are no credentials."""
    if not isinstance(credentials, ApiCode | BearerToken) and not callable(credentials):
        expected = "an ApiCode, a BearerToken or an async function giving a token"
        raise TypeError(f"credentials must be {expected}, not {type(credentials).__name__}")
