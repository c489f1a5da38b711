"""What many labels say, each distinct thing read once: halves that say the same share a number."""

from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

import polars as pl

Said = TypeVar("Said")


class Numbered(NamedTuple, Generic[Said]):
    """For each half of a column the number of what it says, and what each number says."""

    numbers: pl.Series
    said: list[Said]


def numbered_by(halves: pl.Series, read: Callable[[str], Said], same: Callable[[Said], Hashable]) -> Numbered[Said]:
    """Read every distinct half once; two halves for which `same` is the same get one number."""
    distinct = halves.unique()
    number: dict[Hashable, int] = {}
    said: list[Said] = []
    numbers: list[int] = []
    for half in distinct.to_list():
        what = read(half)
        place = number.setdefault(same(what), len(number))
        if place == len(said):
            said.append(what)
        numbers.append(place)
    told = halves.replace_strict(distinct, pl.Series(numbers, dtype=pl.UInt64), return_dtype=pl.UInt64)
    return Numbered(told, said)


def combined(parts: list[pl.Series]) -> tuple[pl.Series, list[list[int]]]:
    """Return for each row the number of its combination of numbers, and the combinations as columns of numbers."""
    packed = parts[0]
    sizes = [int(part.max() or 0) + 1 for part in parts]  # type: ignore[arg-type]
    for part, size in zip(parts[1:], sizes[1:], strict=True):
        packed = packed * size + part
    distinct = packed.unique().sort()
    columns: list[list[int]] = []
    rest = distinct
    for size in reversed(sizes[1:]):
        columns.insert(0, (rest % size).to_list())
        rest = rest // size
    return distinct.search_sorted(packed), [rest.to_list(), *columns]
