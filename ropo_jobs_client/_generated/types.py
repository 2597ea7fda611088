"""What the endpoint modules are made of: the operation, the request, and the client that sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, Literal, Protocol, TypeVar, cast

from .._codec.decode import list_at
from .._codec.model import JsonBody, Model
from .._codec.unset import UNSET, Unset

T = TypeVar("T")
M = TypeVar("M", bound=Model)

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
    # True where a response without a body is as good as one with it.
    may_be_empty: bool = False
    # True where the response is a file, not JSON.
    binary: bool = False
    # The parameters, or the fields of the body, of which exactly one must be given.
    one_of: tuple[str, ...] = ()
    # The names under which the list of a response stands. Without any, it is bare, or the only one in an object.
    list_at: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, repr=False)
class ApiRequest(Generic[T]):
    """A request before it knows a server or a token: what the `request` function of an endpoint module returns.

    Attributes:
        operation: what is asked for.
        decode: makes the result of the parsed body of the response.
        params: the query.
        headers: those that the operation documents.
        body: what is sent, written already, or None: `body.model` is the model, `body.to_json()` its bytes.
        path: with its parameters filled in, or "" where it has none.
    """

    operation: Operation
    decode: Callable[[object], T]
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: JsonBody | None = None
    path: str = ""

    def __repr__(self) -> str:
        return f"<ApiRequest {self.operation}>"


class Client(Protocol):
    """What can send a request: `RopoJobsClient` is one."""

    async def send(self, request: ApiRequest[T]) -> T:
        """Send the request and return the result that the operation documents."""
        ...


def decode_none(_: object) -> None:
    """Decode the response of an operation that documents none."""


def decode_binary(content: object) -> bytes:
    """Decode the response of an operation that answers with a file: it is what it is."""
    return cast("bytes", content)


def decode_list(model: type[M], at: tuple[str, ...] = ()) -> Callable[[object], list[M]]:
    """Decode a list of objects, also where it stands in an object: under these names, or as the only list."""
    return partial(_decode_list, model, at) if at else model.from_list


def _decode_list(model: type[M], at: tuple[str, ...], source: object) -> list[M]:
    return model.from_list(list_at(source, at, model.__name__))


__all__ = (
    "UNSET",
    "ApiRequest",
    "Client",
    "Model",
    "Operation",
    "Retry",
    "Unset",
    "decode_binary",
    "decode_list",
    "decode_none",
)
