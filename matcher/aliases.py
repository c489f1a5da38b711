"""What people decided that labels are, as far as it stands: the last word of each, undisputed, in this catalogue."""

import polars as pl

from formulary import ALIASES, AliasDecision

from .label import clean_texts

KEY, PERSON, WHAT = "key", "decided_by", "what"
STANDING, DISPUTED, REOPENED = "STANDING", "DISPUTED", "REOPENED"
STANDINGS = pl.Schema({KEY: pl.String(), **ALIASES, "state": pl.String()})
_NAMING = (AliasDecision.ACCEPT, AliasDecision.OTHER_PRODUCT)


def standing_decisions(aliases: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Return one row per decided label (`STANDINGS`): what holds, or why nothing does.

    DISPUTED where two people said different things; REOPENED where the product it names left the catalogue or changed.
    """
    latest = latest_decisions(aliases)
    told = latest.group_by(KEY, maintain_order=True).agg(
        pl.exclude(WHAT).last(), is_disputed=pl.col(WHAT).n_unique() > 1
    )
    there = _still_there(told, catalogue)
    state = (
        pl.when("is_disputed")
        .then(pl.lit(DISPUTED))
        .when(pl.col("decision").is_in(_NAMING) & ~there)
        .then(pl.lit(REOPENED))
        .otherwise(pl.lit(STANDING))
    )
    return told.with_columns(state=state).select(STANDINGS.names())


def latest_decisions(aliases: pl.DataFrame) -> pl.DataFrame:
    """Return the last decision of each person on each label that was not revoked; `what` is what it comes down to."""
    valid = aliases.filter(pl.col("revoked_on").is_null())
    keyed = valid.with_columns(clean_texts(valid["label"]).alias(KEY))
    last = keyed.unique([KEY, PERSON], keep="last", maintain_order=True)
    # Who accepts what was proposed and who names it are of one mind.
    return last.with_columns(pl.coalesce("atc", pl.col("decision").cast(pl.String)).alias(WHAT))


def _still_there(told: pl.DataFrame, catalogue: pl.DataFrame) -> pl.Series:
    """Tell of each decision whether the catalogue still has its product, as it was when it was decided on."""
    rows = catalogue.with_columns(_text_of(name, catalogue) for name in ("product_name", "atc", "form", "strength"))
    codes = rows["atc"].unique().implode()
    products = rows.select("product_name", "atc", "form", "strength").unique()
    asked = told.with_row_index("place").select("place", "product_name", "atc", "form", "strength")
    found = asked.join(products, on=["product_name", "atc"], how="inner", suffix="_now")
    same = [pl.col(name).is_null() | (pl.col(name) == pl.col(f"{name}_now")) for name in ("form", "strength")]
    unchanged = found.filter(*same)["place"].implode()
    by_code = pl.col("product_name").is_null() & pl.col("atc").is_in(codes)
    return asked.select(by_code | pl.col("place").is_in(unchanged)).to_series()


def _text_of(name: str, catalogue: pl.DataFrame) -> pl.Expr:
    found = pl.col(name).cast(pl.String) if name in catalogue.columns else pl.lit(None, pl.String())
    return found.alias(name)
