"""What it would save in cents if a larger share were conform, in exact arithmetic."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

import polars as pl

SAVING_COLUMNS = ("conform_quantity", "conform_cents", "other_quantity", "other_cents")


class Spending(NamedTuple):
    """What somebody's lines came to: quantity (lines, or whatever is counted) and cents, conform and other."""

    conform_quantity: int
    conform_cents: int
    other_quantity: int
    other_cents: int


def saving_at(
    target: Fraction | Decimal | float | str,
    spending: Sequence[tuple[int, int, int, int]] | pl.DataFrame,
    region: tuple[int, int, int, int] | None = None,
) -> pl.Series:
    """Return, per row, the cents saved if the share `target` of its quantity were conform (`saving_cents`).

    Cost now, minus own unit cost of conform x target x quantity, minus own unit cost of the others x the rest. Rows
    are `Spending`, or a frame with its columns. Who has no conform, or no other, quantity has the unit cost of the
    region there: the sum of all rows where it is not given. Whoever is at the target or better saves 0; a saving is
    negative where conform is dearer; it is null where a unit cost is nowhere known, and 0 without any quantity.
    The amount is exact and rounded once, half up, to whole cents. A target is what its decimals say: 0.8 is four
    fifths. Outside 0 to 1, or with a negative quantity, ValueError.

    Source: OpenPrescribing, `possible savings` of percentage measures (unit costs of the organisation, else of all).
    """
    share = Fraction(str(target))
    rows = spending.select(SAVING_COLUMNS).rows() if isinstance(spending, pl.DataFrame) else spending
    own = [Spending(*row) for row in rows]
    if not 0 <= share <= 1 or any(each.conform_quantity < 0 or each.other_quantity < 0 for each in own):
        raise ValueError("a target lies between 0 and 1, and a quantity is not negative")
    around = Spending(*(region or map(sum, zip(*own, strict=True)))) if own else None
    savings = [_saving(share, each, around or each) for each in own]
    return pl.Series("saving_cents", savings, pl.Int64())


def total_saving(savings: Iterable[int | None]) -> int:
    """Return the sum of the positive savings alone: what one would lose, another does not gain."""
    return sum(saving for saving in savings if saving is not None and saving > 0)


def _saving(target: Fraction, own: Spending, region: Spending) -> int | None:
    quantity = own.conform_quantity + own.other_quantity
    if own.conform_quantity >= target * quantity:
        return 0
    conform = _unit_cost(own.conform_cents, own.conform_quantity, region.conform_cents, region.conform_quantity)
    other = _unit_cost(own.other_cents, own.other_quantity, region.other_cents, region.other_quantity)
    if conform is None or other is None:
        return None
    then = conform * target * quantity + other * (1 - target) * quantity
    return floor(own.conform_cents + own.other_cents - then + Fraction(1, 2))


def _unit_cost(cents: int, quantity: int, cents_region: int, quantity_region: int) -> Fraction | None:
    if quantity:
        return Fraction(cents, quantity)
    return Fraction(cents_region, quantity_region) if quantity_region else None
