"""The table of the benchmarks: what is missed says so, and so does what could not be measured."""

from __future__ import annotations

import pytest

from benchmarks.rows import sections, targets
from benchmarks.table import Figure, Outcome, Row, Run, Section, Target, number, outcome, render

OURS = Run("calls", "default")
THEIRS = Run("calls", "httpx")


def row(target: Target | None, metric: str = "cpu_us") -> Row:
    return Row("a call", Figure(OURS, metric), Figure(THEIRS, metric), "bare httpx", target)


def figures(*values: float) -> list[dict[str, float]]:
    return [{"cpu_us": value} for value in values]


def test_the_ratio_is_the_median_of_the_rounds_and_not_that_of_the_medians() -> None:
    found = outcome(row(Target(1.0)), {OURS: figures(1, 4, 6), THEIRS: figures(1, 2, 12)})
    assert (found.value, found.reference) == (4, 2)
    assert found.ratios == [1, 2, 0.5]
    assert found.ratio == 1
    assert not found.is_missed


@pytest.mark.parametrize(
    ("target", "value", "ratio", "met"),
    [
        (Target(1.0), 5, 1.0, True),
        (Target(1.0), 5, 1.01, False),
        (Target(6, at_most=False), 5, 6, True),
        (Target(6, at_most=False), 5, 5.99, False),
        (Target(10, of_value=True), 10, 99, True),
        (Target(10, of_value=True), 10.1, 0.01, False),
        (Target(10, of_value=True), 10, None, True),
        (Target(1.0), 5, None, False),
        (Target(10, of_value=True), None, None, False),
        (Target(6, at_most=False), None, None, False),
    ],
)
def test_a_target_is_met_or_missed(target: Target, value: float | None, ratio: float | None, met: bool) -> None:
    found = Outcome(row(target), value, 1, [] if ratio is None else [ratio])
    assert found.is_missed is not met


@pytest.mark.parametrize("results", [{}, {THEIRS: figures(1)}, {OURS: figures(1)}])
def test_what_was_not_measured_is_missed(results: dict[Run, list[dict[str, float]]]) -> None:
    assert outcome(row(Target(1.0)), results).is_missed
    assert "not available" in render(Section("Targets", [row(Target(1.0))]), results)
    assert "**MISSED**" in render(Section("Targets", [row(Target(1.0))]), results)


def test_a_row_shows_both_figures_the_ratio_its_spread_and_the_target() -> None:
    text = render(Section("Targets", [row(Target(0.4))]), {OURS: figures(300, 400), THEIRS: figures(600, 500)})
    assert text.splitlines()[-1] == (
        "| a call | 350 µs | 550 µs (bare httpx) | 0.65 | 0.50 to 0.80 | ≤ 0.4 | **MISSED** |"
    )


def test_a_row_without_a_target_is_neither_met_nor_missed() -> None:
    text = render(Section("Others", [row(None)]), {OURS: figures(9), THEIRS: figures(1)})
    assert text.splitlines()[-1] == "| a call | 9.00 µs | 1.00 µs (bare httpx) | 9.00 | 9.00 to 9.00 |"
    assert not outcome(row(None), {}).is_missed


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1,234"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.5, "0.50")]
)
def test_a_number_has_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_every_target_is_in_the_table() -> None:
    limits = [one.target.limit for one in targets("500 MB").rows if one.target is not None]
    assert limits == [0.85, 0.25, 0.6, 0.9, 3, 0.9, 0.5, 1.0, 0.5, 1.0, 1.0, 4, 4, 0.9, 0.9, 4, 50, 10, 1.3, 1]
    assert len(limits) == len(targets("500 MB").rows)


def test_no_two_rows_of_a_table_have_the_same_name() -> None:
    for section in sections(500_000_000, 20_000, (10, 100)):
        names = [one.name for one in section.rows]
        assert len(names) == len(set(names))
