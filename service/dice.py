"""Seeded draws for invented data: the same seed gives the same numbers, and each purpose has a stream of its own."""

import zlib
from dataclasses import dataclass

import polars as pl

FINE = 1_000_000  # a draw from 0 up to this stands for a share


@dataclass(frozen=True)
class Dice:
    """Draws for so many lines; a new purpose does not change what the others drew."""

    seed: int
    lines: int

    def below(self, bound: int, purpose: str, times: int | None = None) -> pl.Series:
        """Return whole numbers from 0 up to `bound`, all equally likely; one a line, or so many times."""
        stream = zlib.crc32(f"{self.seed}:{purpose}".encode())
        count = self.lines if times is None else times
        return pl.int_range(bound, eager=True).sample(count, with_replacement=True, seed=stream).alias(purpose)

    def hits(self, per_mille: int, purpose: str) -> pl.Series:
        """Return true for about so many of a thousand lines."""
        return self.below(FINE, purpose) < per_mille * (FINE // 1_000)

    def one_of(self, values: list[str] | list[int], purpose: str) -> pl.Series:
        """Return values of a list; a value that stands in it twice comes twice as often."""
        return pl.Series(purpose, values).gather(self.below(len(values), purpose))


@dataclass(frozen=True)
class Pools:
    """Rows in numbered pools; a row is drawn by its share of its pool's weight."""

    rows: pl.DataFrame
    upper: pl.Series

    @classmethod
    def of(cls, rows: pl.DataFrame, pool: str, weight: str) -> "Pools":
        """Return the pools that the column `pool` numbers from 0."""
        ordered = rows.sort(pool, maintain_order=True)
        share = pl.col(weight).cum_sum().over(pool) / pl.col(weight).sum().over(pool)
        ruler = pl.col(pool).cast(pl.Int64) * FINE + (share * FINE).round().cast(pl.Int64)
        return cls(ordered, ordered.select(ruler).to_series())

    def draw(self, pool: pl.Series, chance: pl.Series) -> pl.DataFrame:
        """Return a row of each line's pool, or of another where that is empty; `chance` runs from 0 up to `FINE`."""
        # Pool p lies on one long ruler from p to p + 1 million, so that a single search serves all pools at once.
        found = self.upper.search_sorted(pool.cast(pl.Int64) * FINE + chance, side="right")
        return self.rows[found.clip(0, self.rows.height - 1)]


def on_some(values: pl.Series, chosen: pl.Series) -> pl.Series:
    """Return the values on the chosen lines and nothing on the others."""
    return values.zip_with(chosen, pl.Series([None], dtype=values.dtype))
