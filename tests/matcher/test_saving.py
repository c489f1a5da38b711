"""What a target would save: exact, at own unit cost first, and never for who is already better."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import saving_at, total_saving

# Ten conform for 1.00 euro and ninety others for 90.00: at 80 % it would be 8.00 and 20.00.
DEAR = (10, 100, 90, 9000)
amounts = st.tuples(*[st.integers(0, 500), st.integers(0, 10**6)] * 2)


@pytest.mark.parametrize(("target", "cents"), [(0.8, 6300), ("4/5", 6300), (Decimal("0.8"), 6300), (1, 8100), (0, 0)])
def test_a_saving_is_cost_now_minus_cost_at_the_target(target: float | str | Decimal, cents: int) -> None:
    assert saving_at(target, [DEAR]).to_list() == [cents]


def test_who_is_at_the_target_or_better_saves_nothing() -> None:
    assert saving_at(0.1, [DEAR, (2, 10, 1, 999)]).to_list() == [0, 0]


def test_where_an_own_unit_cost_is_missing_the_regions_is_taken() -> None:
    # 10 others for 10.00; conform costs the region 10 cents. At a half: 5 for 0.50 and 5 for 5.00.
    assert saving_at(0.5, [DEAR, (0, 0, 10, 1000)]).to_list()[1] == 1000 - 50 - 500
    assert saving_at(0.5, [(0, 0, 10, 1000)], region=(1, 20, 0, 0)).to_list() == [1000 - 100 - 500]


def test_where_a_unit_cost_is_nowhere_known_nor_is_the_saving() -> None:
    assert saving_at(0.5, [(0, 0, 10, 1000)]).to_list() == [None]


def test_dearer_conform_lines_save_less_than_nothing_and_do_not_count_in_a_total() -> None:
    savings = saving_at(1, [(1, 500, 1, 100), DEAR, (0, 0, 0, 0)])
    assert (savings.to_list(), total_saving(savings)) == ([-400, 8100, 0], 8100)
    assert total_saving([None, -5]) == 0


@pytest.mark.parametrize(("cents", "saved"), [(1, 1), (-1, 0)])
def test_half_a_cent_is_rounded_up(cents: int, saved: int) -> None:
    # One of two others becomes conform, for nothing: half the cents are saved.
    assert saving_at(0.5, [(0, 0, 2, cents)], region=(1, 0, 0, 0)).to_list() == [saved]


def test_a_frame_gives_what_its_rows_give() -> None:
    frame = pl.DataFrame(
        [DEAR], schema=["conform_quantity", "conform_cents", "other_quantity", "other_cents"], orient="row"
    )
    assert saving_at(0.8, frame).to_list() == saving_at(0.8, [DEAR]).to_list()
    assert saving_at(0.8, []).to_list() == []


@given(st.lists(amounts, min_size=1, max_size=8), st.fractions(0, 1, max_denominator=100))
def test_it_is_the_formula_written_out(rows: list[tuple[int, int, int, int]], target: Fraction) -> None:
    q1, c1, q0, c0 = (sum(column) for column in zip(*rows, strict=True))
    for row, found in zip(rows, saving_at(target, rows), strict=True):
        conform, other = (row[0], row[1], q1, c1), (row[2], row[3], q0, c0)
        units = [Fraction(c, q) if q else Fraction(cc, qq) if qq else None for q, c, qq, cc in (conform, other)]
        quantity = row[0] + row[2]
        if row[0] >= target * quantity:
            assert found == 0
        elif units[0] is None or units[1] is None:
            assert found is None
        else:
            exact = row[1] + row[3] - units[0] * target * quantity - units[1] * (1 - target) * quantity
            assert found is not None
            assert -Fraction(1, 2) < found - exact <= Fraction(1, 2)


@pytest.mark.parametrize(("target", "row"), [(1.1, DEAR), (-0.1, DEAR), (0.5, (-1, 0, 1, 0))])
def test_what_is_no_share_or_quantity_is_refused(target: float, row: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        saving_at(target, [row])
