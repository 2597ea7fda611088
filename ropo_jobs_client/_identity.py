"""Whether the answer to what was booked is about the job that was named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar, cast

from ._codec.unset import UNSET
from ._generated.types import ApiRequest
from .errors import ResponseError

T = TypeVar("T")


def about_the_same_job(request: ApiRequest[T]) -> ApiRequest[T]:
    """Return a request whose answer is refused where it names another job than the body does.

    Only the identifier that is sent is compared, without spaces, case and leading zeros. Where the answer has none,
    nothing is compared.
    """
    body, decode = request.body, request.decode
    if body is None:
        return request
    sent = {name: value for name in request.operation.one_of if (value := getattr(body.model, name)) is not UNSET}

    def checked(answer: object) -> T:
        response = decode(answer)
        named = cast("Mapping[str, object]", answer) if isinstance(answer, Mapping) else dict[str, object]()
        for name, value in sent.items():
            found = _plain(named.get(name))
            if found and found != _plain(value):
                text = f"the service answered with success (2xx), but named another {name} than the one that was sent"
                raise ResponseError(text, response=response)
        return response

    return replace(request, decode=checked)


def _plain(value: object) -> str:
    """Return what is compared, or "" where there is nothing to compare."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    # A number may come as 123.0.
    text = str(value).partition(".")[0] if isinstance(value, Decimal) else str(value)
    return "".join(text.split()).casefold().lstrip("0")
