"""What others see of small counts betrays none of them, however they subtract one table from another."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import suppressed

Sums = dict[str, tuple[str, ...]]


def table(*parts: int) -> tuple[dict[str, int], Sums]:
    """Return the cells a, b, ... and their total."""
    names = "abcdefgh"[: len(parts)]
    return {**dict(zip(names, parts, strict=True)), "total": sum(parts)}, {"total": tuple(names)}


def shown(*parts: int) -> list[int | None]:
    return list(suppressed(*table(*parts)).values())


@pytest.mark.parametrize(("parts", "seen"), [
    ((20, 30, 40), [20, 30, 40, 90]),
    ((3, 30, 20), [None, 30, None, 53]),  # one empty cell would be a subtraction away
    ((3, 5, 30), [None, None, None, 38]),  # of two that make 8 neither can be 8: it would be known that both are small
    ((1, 1, 30, 20), [None, None, 30, None, 52]),
    ((0, 3, 30), [0, None, None, 33]),  # nothing is nobody, and is shown
    ((3,), [None, None]),
    ((3, 2), [None, None, None]),
])  # fmt: skip
def test_small_counts_are_empty_and_so_is_what_would_betray_them(
    parts: tuple[int, ...], seen: list[int | None]
) -> None:
    assert shown(*parts) == seen


def test_the_total_goes_only_where_no_part_is_left() -> None:
    assert shown(3, 0, 0, 9) == [None, 0, 0, None, 12]
    assert shown(3, 0) == [None, 0, None]


def test_two_tables_with_the_same_cells_do_not_betray_what_each_hides() -> None:
    # By practice (rows) and by pharmacy (columns): for the row alone it would do to empty `b` too.
    counts = _with_totals((3, 20, 30, 40))
    assert [name for name, count in suppressed(counts, TOTALS).items() if count is None] == ["a", "b", "c", "d"]


def test_cells_that_no_total_holds_need_no_more() -> None:
    assert suppressed({"a": 3, "b": 20}, {}) == {"a": None, "b": 20}


CELLS = ("a", "b", "c", "d")
TOTALS: Sums = {"row1": ("a", "b"), "row2": ("c", "d"), "col1": ("a", "c"), "col2": ("b", "d"), "all": ("row1", "row2")}


@given(st.tuples(*[st.integers(0, 5)] * 4))
@settings(max_examples=40)
def test_an_attacker_with_all_tables_cannot_tell_that_an_empty_cell_is_small(values: tuple[int, ...]) -> None:
    minimum = 3
    counts = _with_totals(values)
    seen = suppressed(counts, TOTALS, minimum)
    # Everything that could stand behind what is shown, found by trying it all.
    known = [[count] if (count := seen[cell]) is not None else range(1, 9) for cell in CELLS]
    worlds = [_with_totals(guess) for guess in product(*known)]
    possible = [world for world in worlds if all(seen[cell] in (None, count) for cell, count in world.items())]
    for cell, count in counts.items():
        if 0 < count < minimum:
            assert seen[cell] is None
            assert max(world[cell] for world in possible) >= minimum


def _with_totals(values: tuple[int, ...]) -> dict[str, int]:
    counts = dict(zip(CELLS, values, strict=True))
    for total, parts in TOTALS.items():
        counts[total] = sum(counts[part] for part in parts)
    return counts
