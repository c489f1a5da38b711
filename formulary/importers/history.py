"""Keep what a catalogue said before: a product's former codes and names end the day before the new ones begin."""

from datetime import date, timedelta

import polars as pl

from ..frames import CATALOGUE
from .delivery import DeliveryInvalid

# Two rows are the same product in the same guise when all of these agree; anything else begins a new row.
_GUISE = ("zi", "hpk", "prk", "gpk", "atc", "product_name")


def with_history(catalogue: pl.DataFrame, previous: pl.DataFrame, valid_from: date) -> pl.DataFrame:
    """Return today's rows, and the earlier catalogue's rows that no longer hold, each with the days it holds.

    A row that is new or changed holds from `valid_from`; the one that it replaces until the day before. Raises
    DeliveryInvalid where the earlier catalogue already holds rows of a later day.
    """
    latest = previous["valid_from"].max()
    if isinstance(latest, date) and latest > valid_from:
        raise DeliveryInvalid("PREVIOUS_IS_LATER", "--previous", latest=latest, day=valid_from)
    is_open = pl.col("valid_until").is_null()
    current = _since(catalogue, previous.filter(is_open), valid_from)
    ended = _ended(previous.filter(is_open), catalogue, valid_from)
    # A list that keeps its own history brings its closed rows along again.
    return pl.concat([current, ended, previous.filter(~is_open)]).unique(maintain_order=True)


def _since(catalogue: pl.DataFrame, held: pl.DataFrame, valid_from: date) -> pl.DataFrame:
    # A row that was there without a first day keeps holding since always: only a new guise gets a first day.
    known = held.select(*_GUISE, pl.lit(True).alias("known"), since="valid_from").unique(
        _GUISE, keep="first", maintain_order=True
    )
    # A row that ends already says itself when it held.
    first_day = pl.when(pl.col("valid_until").is_null()).then(
        pl.when("known").then("since").otherwise(pl.lit(valid_from))
    )
    return (
        catalogue.join(known, on=_GUISE, how="left", nulls_equal=True, validate="m:1", maintain_order="left")
        .with_columns(pl.coalesce("valid_from", first_day).alias("valid_from"))
        .select(CATALOGUE.names())
    )


def _ended(held: pl.DataFrame, catalogue: pl.DataFrame, valid_from: date) -> pl.DataFrame:
    gone = held.join(catalogue, on=_GUISE, how="anti", nulls_equal=True, maintain_order="left")
    # What began on this very day and is gone already was never true: a delivery that was read again after mending.
    lasted = gone.filter(pl.col("valid_from").is_null() | (pl.col("valid_from") < valid_from))
    return lasted.with_columns(pl.lit(valid_from - timedelta(days=1)).alias("valid_until"))
