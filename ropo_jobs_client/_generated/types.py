"""What an endpoint function is made of: the operation, the request, and what it is sent through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

from .._codec.model import Model
from .._codec.unset import UNSET, Unset

T = TypeVar("T")
M = TypeVar("M", bound=Model)
S_co = TypeVar("S_co", covariant=True)

Retry = Literal["safe", "idempotent", "unsafe", "consuming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation of the API, as the document describes it."""

    method: str
    path: str
    summary: str
    # Whether it may be repeated, and the parameters with which a consuming one becomes safe.
    retry: Retry
    retry_safe_with: tuple[str, ...] = ()
    # False where no bearer token is sent.
    authenticated: bool = True
    accept: str = "*/*"
    # True where an answer without a body is as good as one with it.
    may_be_empty: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, repr=False)
class ApiRequest(Generic[T]):
    """A request before it knows a server or a token: what an endpoint function makes of its arguments."""

    operation: Operation
    decode: Callable[[object], T]
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    # The JSON body as `to_dict` gave it.
    body: dict[str, Any] | None = None
    path: str = ""

    def __repr__(self) -> str:
        return f"<ApiRequest {self.operation}>"


class Caller(Protocol):
    """What can send a request and give its answer."""

    async def call(self, request: ApiRequest[T]) -> T: ...


class Streamer(Protocol[S_co]):
    """What can send a request whose answer is a file."""

    def stream(self, request: ApiRequest[None]) -> S_co: ...


def drop_unset(**values: str | Unset) -> dict[str, str]:
    """Leave out what is not set."""
    return {name: value for name, value in values.items() if not isinstance(value, Unset)}


def decode_none(_: object) -> None:
    """Decode the answer of an operation that documents none."""


def decode_list(model: type[M]) -> Callable[[object], list[M]]:
    """Decode a list of objects, also where it is the one list that an object holds."""
    return model.from_list


__all__ = (
    "UNSET",
    "ApiRequest",
    "Caller",
    "Model",
    "Operation",
    "Retry",
    "Streamer",
    "Unset",
    "decode_list",
    "decode_none",
    "drop_unset",
)
