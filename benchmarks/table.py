"""Rows, their arithmetic, and how they are written."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

UNITS: Final = {
    "cpu_us": "µs",
    "first_cpu_us": "µs",
    "last_cpu_us": "µs",
    "calls_per_s": "/s",
    "mb_per_s": "MB/s",
    "growth_mb": "MB",
    "read_ms": "ms",
    "write_ms": "ms",
    "block_ms": "ms",
    "wall_ms": "ms",
    "cpu_ms": "ms",
    "bare_ms": "ms",
    "second_ms": "ms",
}

MEASURED_NOTHING: Final = "not available"


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured in a process of its own, once a round. Rows that name the same one share it."""

    scenario: str
    client: str
    kind: str = ""
    tasks: int = 1

    def __str__(self) -> str:
        return " ".join(filter(None, (self.scenario, self.client, self.kind, str(self.tasks))))


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the figures that a run gives."""

    run: Run
    metric: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached.

    Attributes:
        limit: the limit, which is met too.
        at_most: False where more is better.
        of_value: True where it is our value that counts, False where it is the ratio to the reference.
    """

    limit: float
    at_most: bool = True
    of_value: bool = False

    def is_met(self, value: float | None, ratio: float | None) -> bool:
        """Compare. What could not be measured is missed."""
        measured = value if self.of_value else ratio
        if measured is None:
            return False
        return measured <= self.limit if self.at_most else measured >= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what is measured, what it is measured against, and what is to be reached."""

    name: str
    value: Figure
    reference: Figure
    against: str
    target: Target | None = None

    @property
    def runs(self) -> tuple[Run, ...]:
        return (self.value.run, self.reference.run)


@dataclass(frozen=True, slots=True)
class Section:
    """A table."""

    title: str
    rows: Sequence[Row]


Results = Mapping[Run, Sequence[Mapping[str, float]]]
"""The figures of each run, in the order of the rounds. A run that could not be made has none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row with its figures: medians over the rounds, and what the ratio was in each round."""

    row: Row
    value: float | None
    reference: float | None
    ratios: Sequence[float]

    @property
    def ratio(self) -> float | None:
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def is_missed(self) -> bool:
        return self.row.target is not None and not self.row.target.is_met(self.value, self.ratio)


def outcome(row: Row, results: Results) -> Outcome:
    """Work out a row."""
    values, references = (
        [figures[figure.metric] for figures in results.get(figure.run, ())] for figure in (row.value, row.reference)
    )
    return Outcome(
        row,
        statistics.median(values) if values else None,
        statistics.median(references) if references else None,
        [a / b for a, b in zip(values, references, strict=False) if b > 0],
    )


def number(value: float) -> str:
    """Write a figure with three digits."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _with_unit(value: float | None, metric: str) -> str:
    return MEASURED_NOTHING if value is None else f"{number(value)} {UNITS[metric]}"


def _limit(target: Target, metric: str) -> str:
    sign = "≤" if target.at_most else "≥"
    return f"{sign} {target.limit:g} {UNITS[metric]}" if target.of_value else f"{sign} {target.limit:g}"


def _cells(found: Outcome, with_target: bool) -> list[str]:
    row = found.row
    is_reference = row.value == row.reference
    ratio = "" if found.ratio is None or is_reference else number(found.ratio)
    spread = "" if not ratio else f"{number(min(found.ratios))} to {number(max(found.ratios))}"
    cells = [
        row.name,
        _with_unit(found.value, row.value.metric),
        "" if is_reference else f"{_with_unit(found.reference, row.reference.metric)} ({row.against})",
        ratio,
        spread,
    ]
    if with_target:
        cells.append("" if row.target is None else _limit(row.target, row.value.metric))
        cells.append("" if row.target is None else "**MISSED**" if found.is_missed else "met")
    return cells


def render(section: Section, results: Results) -> str:
    """Write a section in Markdown."""
    with_target = any(row.target for row in section.rows)
    header = ["what", "value", "reference", "ratio", "ratio by round"] + ["target", ""] * with_target
    lines = [header, ["---"] * len(header)]
    lines += [_cells(outcome(row, results), with_target) for row in section.rows]
    return f"## {section.title}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
