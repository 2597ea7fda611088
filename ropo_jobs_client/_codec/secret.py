"""Texts and bytes that nothing shows: tokens, API codes, proxy passwords, bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self, SupportsIndex, cast

_MASK: Final = "***"


class Secret(str):
    """A text that no repr shows, not even a part of it. In every other way it is the text, and is sent as such."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        return super().__new__(cls, str.__str__(text))  # the str of an enum's member is not its text

    def __repr__(self) -> str:
        return _MASK

    def __rich_repr__(self) -> Iterator[Any]:
        yield _MASK

    def __getitem__(self, key: SupportsIndex | slice) -> Self:
        # What shortens a long text before it shows it must not show the rest.
        return type(self)(super().__getitem__(key))


class SecretBytes(bytes):
    """Bytes that no repr shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return _MASK

    def __rich_repr__(self) -> Iterator[Any]:
        yield _MASK

    def __getitem__(self, key: Any) -> Any:
        found = cast("bytes | int", super().__getitem__(key))
        return SecretBytes(found) if isinstance(found, bytes) else found
