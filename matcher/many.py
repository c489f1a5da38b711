"""What many labels say, each distinct thing read once: halves that say the same share a number."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

import polars as pl

Said = TypeVar("Said")


class Numbered(NamedTuple, Generic[Said]):
    """For each half of a column the number of what it says, and what each number says."""

    numbers: pl.Series
    said: list[Said]

    def of(self, numbers: pl.Series) -> list[Said]:
        """Return what each of these numbers says."""
        return [self.said[number] for number in numbers.to_list()]


def numbered_by(
    halves: pl.Series,
    plain: Callable[[pl.Expr], pl.Expr],
    read: Callable[[str], Said],
    same: Callable[[Said], Hashable],
) -> Numbered[Said]:
    """Read every distinct half once, as `plain` writes it; two halves for which `same` is the same get one number."""
    written = halves.alias("written").unique().to_frame().with_columns(plain(pl.col("written")).alias("plain"))
    number: dict[Hashable, int] = {}
    said: list[Said] = []
    numbers: dict[str, int] = {}
    for half in written["plain"].unique().to_list():
        what = read(half)
        numbers[half] = number.setdefault(same(what), len(said))
        if numbers[half] == len(said):
            said.append(what)
    told = written["plain"].replace_strict(numbers, return_dtype=pl.UInt32)
    return Numbered(halves.replace_strict(written["written"], told, return_dtype=pl.UInt32), said)


def numbered_objects(objects: Sequence[Said]) -> Numbered[Said]:
    """Return for each of these the number of what it is, objects that are one and the same sharing theirs."""
    distinct = {id(each): each for each in objects}
    place = {key: number for number, key in enumerate(distinct)}
    return Numbered(pl.Series([place[id(each)] for each in objects], dtype=pl.UInt32), list(distinct.values()))
