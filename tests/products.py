"""Which cases of a full product `make test` runs: each value of each parameter once beside the first of the others.

And the diagonal, where they are mixed. A test says that it is one with the mark `product`. A case with the mark `more`
is another one of a kind of which one runs. `.ci/run` sets ROPO_MATRIX=products, and `make torture` ROPO_MATRIX=full:
there, all cases run.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

RUNS_ALL = os.environ.get("ROPO_MATRIX") in {"products", "full"}


def is_product(item: pytest.Item) -> bool:
    return item.get_closest_marker("product") is not None


def values(item: pytest.Item) -> tuple[object, ...]:
    """For each `parametrize` of its function, and for the backend, what it has, by identity."""
    call = getattr(item, "callspec", None)
    left: dict[str, int] = {name: id(value) for name, value in call.params.items()} if call else {}
    found: list[object] = []
    for mark in item.iter_markers("parametrize"):
        names: str | Sequence[str] = mark.args[0]
        found.append(tuple(left.pop(name.strip()) for name in (names.split(",") if isinstance(names, str) else names)))
    return (*found, *(left[name] for name in sorted(left)))


def left_out(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Tell what does not run. The items stand in the order in which they were collected."""
    if RUNS_ALL:
        return set()
    by_function: dict[object, dict[pytest.Item, tuple[object, ...]]] = defaultdict(dict)
    more = set[pytest.Item]()
    for item in items:
        if item.get_closest_marker("more") is not None:
            more.add(item)
        elif is_product(item):
            by_function[getattr(item, "function", None)][item] = values(item)
    return more | {item for cases in by_function.values() for item in left_out_of(cases)}


def left_out_of(cases: Mapping[T, tuple[object, ...]]) -> Iterator[T]:
    """Yield the cases that do not run, of one test."""
    # For each parameter, its values in their order.
    columns = [list(dict.fromkeys(column)) for column in zip(*cases.values(), strict=True)]
    longest = max(range(len(columns)), key=lambda place: len(columns[place]))
    for item, has in cases.items():
        numbers = [column.index(value) for column, value in zip(columns, has, strict=True)]
        is_beside_first = sum(number > 0 for number in numbers) <= 1
        diagonal = [numbers[longest] % len(column) for column in columns]
        if not is_beside_first and numbers != diagonal:
            yield item
