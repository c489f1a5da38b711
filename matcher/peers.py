"""With whom somebody is compared: the peer group of the rules, else one's own kind."""

from datetime import date

import polars as pl

from formulary import Level

from .period import Period

# At these levels an id is an AGB code, and its first two digits say what kind of provider it is.
_OF_A_KIND = (Level.PRESCRIBER, Level.PRACTICE, Level.PHARMACY)
_DAYS = pl.Schema({"period": pl.String(), "day": pl.Date()})


def with_peer_groups(scores: pl.DataFrame, peer_groups: pl.DataFrame) -> pl.DataFrame:
    """Return rows of `period`, `level` and `id` with the `peer_group` that each is in on the last day of the period.

    Whoever is in no group of the rules (`PEER_GROUPS`) is compared with its own kind of provider: general
    practitioners with general practitioners, not with specialists. Of two groups on one day the one begun last holds.
    """
    key = ["period", "level", "id"]
    names = scores["period"].unique().to_list()
    days = pl.DataFrame({"period": names, "day": [_last_day(name) for name in names]}, schema=_DAYS)
    held = peer_groups.join(days, how="cross").filter(
        pl.col("valid_from") <= pl.col("day"),
        pl.col("valid_until").is_null() | (pl.col("valid_until") >= pl.col("day")),
    )
    last_begun = held.sort("valid_from", "peer_group").unique(key, keep="last").select(*key, "peer_group")
    kind = pl.when(pl.col("level").is_in([str(level) for level in _OF_A_KIND])).then(pl.col("id").str.head(2))
    return scores.join(last_begun, on=key, how="left").with_columns(pl.coalesce("peer_group", kind, pl.lit("")))


def largest_peer_groups(scores: pl.DataFrame, peer_groups: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of whoever is in the largest peer group of each period and level: those who are told apart.

    Where two are as large, the first by name.
    """
    grouped, place = with_peer_groups(scores, peer_groups), ["period", "level"]
    sizes = grouped.group_by(*place, "peer_group").agg(pl.col("id").n_unique().alias("size"))
    largest = sizes.sort("size", "peer_group", descending=[True, False]).unique(
        place, keep="first", maintain_order=True
    )
    return grouped.join(largest, on=[*place, "peer_group"], how="semi").drop("peer_group")


def _last_day(period: str) -> date:
    found = Period.parse(period)
    return date.max if found is None else found.last
