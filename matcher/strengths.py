"""Whether a product has a strength that an entry names: compared as exact numbers, 1000 mg and 1 g being one."""

from functools import cache

import polars as pl

from .label import strength_of


def with_fitting_strength(listed: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of choice and entry with `fits_strength`, from `matched_strength` and the entry's `strengths`.

    It is null where the entry names none, and where the product's strength, or one of the entry's, cannot be read:
    nobody is blamed for what is not known.
    """
    pairs = listed.select("matched_strength", "strengths").unique()
    told = [_fits(strength, named) for strength, named in pairs.iter_rows()]
    fits = pairs.with_columns(pl.Series("fits_strength", told, dtype=pl.Boolean))
    return listed.join(fits, on=["matched_strength", "strengths"], how="left", nulls_equal=True, maintain_order="left")


def _fits(strength: str | None, named: list[str]) -> bool | None:
    own, allowed = _key(strength or ""), [_key(each) for each in named]
    return own in allowed if own and allowed and all(allowed) else None


@cache
def _key(text: str) -> str:
    """Return a strength as one exact text; nothing where it cannot be read."""
    try:
        return strength_of(text.replace("µ", "micro").replace("mcg", "microg").upper()).key
    except KeyError:  # a unit that the vocabulary does not have, such as "per hour"
        return ""
