"""How often chance reaches a threshold, held against a sum that anybody can follow."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import amounts_moved, years_reached


def plainly(threshold: int, denominator: int, true: int) -> Fraction:
    """Return the chance, in hundredths, as an exact fraction: every number of conform lines that reaches it."""
    share = Fraction(true, 100)
    reaching = (n for n in range(denominator + 1) if n * 100 >= threshold * denominator)
    return 100 * sum((comb(denominator, n) * share**n * (1 - share) ** (denominator - n) for n in reaching), Fraction())


@given(st.integers(1, 100), st.integers(1, 60), st.integers(0, 100))
@settings(max_examples=200)
def test_the_years_are_the_exact_chance_rounded_half_up(threshold: int, denominator: int, true: int) -> None:
    exact = plainly(threshold, denominator, true)
    assert abs(Fraction(years_reached(threshold, denominator, true)) - exact) <= Fraction(1, 2) + Fraction(1, 10**9)


@pytest.mark.parametrize(("threshold", "denominator", "true", "years"), [
    (80, 1, 79, 79), (80, 5, 79, 72), (80, 100, 100, 100), (80, 100, 0, 0), (100, 2, 50, 25), (1, 1, 0, 0),
])  # fmt: skip
def test_years_worked_out_by_hand(threshold: int, denominator: int, true: int, years: int) -> None:
    assert years_reached(threshold, denominator, true) == years


def test_only_amounts_that_move_are_listed_and_who_is_new_or_gone_as_well() -> None:
    moved = amounts_moved({"a": 100, "b": 50, "c": 7}, {"a": 100, "b": 70, "d": 1})
    assert moved.rows() == [("b", 50, 70, 20), ("c", 7, 0, -7), ("d", 0, 1, 1)]
