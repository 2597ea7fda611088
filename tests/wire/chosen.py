"""Which calls run where: all on asyncio, one of each kind elsewhere, and with ROPO_MATRIX=full all everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from calls import EXAMPLES, Example

FULL = os.environ.get("ROPO_MATRIX") == "full"


def kind(example: Example) -> tuple[object, ...]:
    """What may differ between the backends: how it is repeated, and whether its answer is streamed."""
    return example.retry, example.content_type == "application/pdf"


def representatives(operations: Iterable[str]) -> set[str]:
    """The first operation of each kind."""
    found: dict[tuple[object, ...], str] = {}
    for example in EXAMPLES:
        if example.operation in operations:
            found.setdefault(kind(example), example.operation)
    return set(found.values())


def _called(item: pytest.Item) -> Example | None:
    call = getattr(item, "callspec", None)
    return next((value for value in call.params.values() if isinstance(value, Example)), None) if call else None


def left_out(items: list[pytest.Item]) -> set[pytest.Item]:
    """Tell what does not run: on trio and over the fast transport, all but one operation of each kind."""
    if FULL:
        return set()
    examples = {item: example for item in items if (example := _called(item)) is not None}
    operations: dict[object, set[str]] = {}
    for item, example in examples.items():
        operations.setdefault(getattr(item, "function", None), set()).add(example.operation)
    chosen = {function: representatives(names) for function, names in operations.items()}
    return {
        item
        for item, example in examples.items()
        if _backend(item) != "asyncio" and example.operation not in chosen[getattr(item, "function", None)]
    }


def _backend(item: pytest.Item) -> str:
    call = getattr(item, "callspec", None)
    return str(call.params.get("anyio_backend", "asyncio")) if call else "asyncio"
