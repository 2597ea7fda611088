"""Which calls run where: all on asyncio, one of each kind elsewhere, and with ROPO_MATRIX=full all everywhere.

Of a test with the mark `product`: all calls with the first of its other values, and one of each kind with all of them.
Elsewhere than on asyncio, one of each kind with the first, and one call with all; all of it as in products.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import products
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
    """Tell what does not run."""
    if FULL:
        return set()
    examples = {item: example for item in items if (example := _called(item)) is not None}
    others = products.left_out(item for item in items if item not in examples)
    operations: dict[object, set[str]] = {}
    for item, example in examples.items():
        operations.setdefault(_function(item), set()).add(example.operation)
    chosen = {function: representatives(names) for function, names in operations.items()}
    first: dict[object, list[object]] = {}
    for item in examples:
        first.setdefault(_function(item), _others(item))
    return others | {
        item
        for item, example in examples.items()
        if not _is_kept(item, example, chosen[_function(item)], is_first=_others(item) == first[_function(item)])
    }


def _others(item: pytest.Item) -> list[object]:
    """Return what it has beside the call and the backend, by identity."""
    call = getattr(item, "callspec", None)
    left = {name: value for name, value in call.params.items() if name != "anyio_backend"} if call else {}
    return [(name, id(value)) for name, value in left.items() if not isinstance(value, Example)]


def _is_kept(item: pytest.Item, example: Example, chosen: set[str], *, is_first: bool) -> bool:
    is_asyncio, is_chosen = _backend(item) == "asyncio", example.operation in chosen
    if products.RUNS_ALL or not products.is_product(item):
        return is_asyncio or is_chosen
    if is_asyncio:
        return is_chosen or is_first
    return is_chosen and (is_first or example.operation == min(chosen))


def _function(item: pytest.Item) -> object:
    return getattr(item, "function", None)


def _backend(item: pytest.Item) -> str:
    call = getattr(item, "callspec", None)
    return str(call.params.get("anyio_backend", "asyncio")) if call else "asyncio"
