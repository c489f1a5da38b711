"""What a switch saves: its lines beside conform lines of the preferred medicine, counted in the same pieces."""

from collections.abc import Sequence

import polars as pl

from formulary import Level

from ..statistics import Spending, saving_at

DEVIATION = ("matched_atc", "preferred", "preferred_atc")
_SPENDING = list(Spending._fields)
_CONFORM, _OTHER = _SPENDING[:2], _SPENDING[2:]
_KEY = ["level", "id", *DEVIATION]


def amounts(kind: str) -> list[pl.Expr]:
    """Return quantity in thousandths and cents as `KIND_quantity` and `KIND_cents`, both 0 unless both are known."""
    priced = pl.col("cost_cents").is_not_null() & (pl.col("quantity") > 0)
    quantity = (pl.col("quantity") * 1000).cast(pl.Int64)
    return [
        pl.when(priced).then(quantity).otherwise(0).alias(f"{kind}_quantity"),
        pl.when(priced).then("cost_cents").otherwise(0).alias(f"{kind}_cents"),
    ]


def unit_of_choice() -> pl.Expr:
    """Return in what a choice is counted: tablets and capsules alike by the piece, all else by its form and device."""
    form = pl.col("matched_form").cast(pl.String)
    piece = pl.when(form.str.contains("^(?:tablet|capsule)")).then(pl.lit("piece")).otherwise(form)
    return pl.concat_str(piece.fill_null(""), pl.col("matched_device").fill_null(""), separator=" ").alias("unit")


def at_level(totals: pl.DataFrame, level: Level, region: str) -> pl.DataFrame:
    """Return the totals (as `placed` gives them) with `level` and `id`; who belongs to nothing there is left out."""
    who = pl.lit(region) if level is Level.REGION else pl.col(str(level))
    named = totals.with_columns(pl.lit(level, pl.Enum(Level)).alias("level"), who.alias("id"))
    return named.filter(pl.col("id").is_not_null())


def savings_of(
    deviating: pl.DataFrame, conforming: pl.DataFrame, chosen: pl.DataFrame, levels: Sequence[Level], region: str
) -> pl.DataFrame:
    """Return `saving_cents` of each chosen switch of which it can be told, by level, id and deviation."""
    who = [str(level) for level in levels if level is not Level.REGION]
    # Patients no longer matter: added up once, each level has few rows left to add.
    added = deviating.group_by(*who, *DEVIATION, "unit").agg(pl.col(_OTHER).sum())
    spent = _spent(added, conforming, chosen, levels, region)
    priced = spent.filter(pl.col("other_quantity") > 0).join(chosen, on=_KEY, how="semi")
    told = _with_savings(priced, spent.filter(pl.col("level") == Level.REGION))
    return told.drop_nulls("saving_cents").group_by(_KEY).agg(pl.col("saving_cents").sum())


def _spent(
    deviating: pl.DataFrame, conforming: pl.DataFrame, chosen: pl.DataFrame, levels: Sequence[Level], region: str
) -> pl.DataFrame:
    """Return what each switch came to per unit: what deviates, and what of the preferred medicine is conform."""
    switches = chosen.select(DEVIATION).unique()
    wanted = switches.with_columns(pl.col("preferred_atc").str.split("|").alias("wanted")).explode("wanted").unique()
    key, found = [*_KEY, "unit"], []
    for level in levels:
        other = at_level(deviating, level, region).group_by(key).agg(pl.col(_OTHER).sum())
        own = at_level(conforming, level, region).rename({"matched_atc": "wanted"})
        summed = own.group_by("level", "id", "wanted", "unit").agg(pl.col(_CONFORM).sum())
        of_wanted = summed.join(wanted, on="wanted").group_by(key).agg(pl.col(_CONFORM).sum())
        found.append(other.join(of_wanted, on=key, how="left").select(*key, *_SPENDING))
    return pl.concat(found).with_columns(pl.col(_CONFORM).fill_null(0))


def _with_savings(spent: pl.DataFrame, of_region: pl.DataFrame) -> pl.DataFrame:
    """Return what was spent with `saving_cents`; who has no unit cost of its own has that of the same in the region."""
    key = [*DEVIATION, "unit"]
    around = {row[:-4]: Spending(*row[-4:]) for row in of_region.select(*key, *_SPENDING).iter_rows()}
    alike = spent.partition_by(key, as_dict=True)
    told = [rows.with_columns(saving_at(1, rows, around[what])) for what, rows in alike.items()]
    return pl.concat([spent.head(0).with_columns(pl.lit(None, pl.Int64()).alias("saving_cents")), *told])
