"""What others may see of small counts."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Cell = TypeVar("Cell", bound=Hashable)


def suppress_small(counts: Sequence[int], minimum: int = 8, base: int = 5) -> list[int]:
    """Return counts fit to be seen by others: under `minimum` 0, the rest rounded to the nearest `base`, half up."""
    return [0 if count < minimum else (2 * count + base) // (2 * base) * base for count in counts]


def suppressed(
    counts: Mapping[Cell, int], totals: Mapping[Cell, Collection[Cell]], minimum: int = 8
) -> dict[Cell, int | None]:
    """Return counts as others may see them: the small ones left empty, and as many more as would betray them.

    A count from 1 to `minimum` - 1 is small; 0 is shown. `totals` says of which cells a cell is the sum: of one table
    or of several, of which each reader has all. Whoever subtracts what is shown from what is shown cannot tell that an
    empty cell is small: it may be `minimum` or more as well (checked by linear programming). Smaller cells are emptied
    before larger ones, parts before totals. Meant for tables that people read: up to some hundreds of cells.

    Source: complementary suppression with audit, as in A. Hundepool and others, Statistical Disclosure Control (2012),
    chapter 4.
    """
    small = {cell for cell, count in counts.items() if 0 < count < minimum}
    hidden, sums = set(small), [{total, *parts} for total, parts in totals.items()]
    while betrayed := [cell for cell in counts if cell in small and _largest(cell, counts, totals, hidden) < minimum]:
        shown = {cell for cell, count in counts.items() if count} - hidden
        near = shown.intersection(set().union(*(each for each in sums if betrayed[0] in each)))
        around = shown.intersection(set().union(*(each for each in sums if not each.isdisjoint(hidden))))
        # Parts before totals, beside the betrayed cell before elsewhere, small before large, and then as they come.
        order = {cell: (cell in totals, cell not in near, counts[cell], place) for place, cell in enumerate(counts)}
        hidden.add(min(around, key=order.__getitem__))
    return {cell: None if cell in hidden else count for cell, count in counts.items()}


def _largest(
    cell: Cell, counts: Mapping[Cell, int], totals: Mapping[Cell, Collection[Cell]], hidden: Collection[Cell]
) -> float:
    """Return the most that a hidden cell can be, for who knows every cell that is shown and what adds up to what."""
    from scipy.optimize import linprog

    unknown = [each for each in counts if each in hidden]
    sides = [{total: 1, **dict.fromkeys(parts, -1)} for total, parts in totals.items()]
    told = [side for side in sides if not side.keys().isdisjoint(hidden)]
    if not told:
        return float("inf")
    factors = [[side.get(each, 0) for each in unknown] for side in told]
    known = [-sum(counts[each] * sign for each, sign in side.items() if each not in hidden) for side in told]
    wanted = [-1 if each == cell else 0 for each in unknown]
    # What is 0 is shown, so what is empty is at least 1.
    found = linprog(wanted, A_eq=factors, b_eq=known, bounds=(1, None))
    return float("inf") if found.fun is None else 1e-6 - float(found.fun)
