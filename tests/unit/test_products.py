"""What `make test` leaves out of a product: never a value."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from products import left_out_of


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_each_value_is_left_and_few_cases_are(sizes: list[int]) -> None:
    cases = {case: case for case in itertools.product(*(range(size) for size in sizes))}
    left = cases.keys() - set(left_out_of(cases))
    for place, size in enumerate(sizes):
        assert {case[place] for case in left} == set(range(size))
    assert len(left) <= sum(sizes) + max(sizes)


def test_with_one_parameter_all_run() -> None:
    assert list(left_out_of({name: (name,) for name in "abc"})) == []
