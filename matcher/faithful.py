"""What became of prescriptions in the pharmacy: kept, changed to or from the formulary, or never dispensed."""

import polars as pl

from formulary import Level, Rulebook, conform

from .enumerations import Outcome
from .frames import KeptLines, Prescriptions
from .levels import at_every_level, epoch_of_day
from .period import Period
from .statistics import wilson_limits

_CHANGES = ("conform", "to_conform", "to_deviation", "deviation", "not_judged", "not_dispensed", "too_early")
# A row per period, level and id. `conform` and `deviation` were dispensed as they were prescribed in that respect; the
# rate is the pharmacy's own: of what it kept conform or changed (`denominator`), what is conform (`numerator`).
FAITHFULNESS = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        **dict.fromkeys(_CHANGES, pl.Int64()),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "rate": pl.Float64(),
        "interval_low": pl.Float64(),
        "interval_high": pl.Float64(),
    }
)
_CONFORM = pl.col("outcome") == Outcome.ADHERENT
_DEVIATES = pl.col("attributed_to").is_not_null()
_WAS_CONFORM = pl.col("prescribed_outcome") == Outcome.ADHERENT
_DEVIATED = pl.col("prescribed_outcome") == Outcome.NON_ADHERENT


def faithfulness_of(
    lines: KeptLines, prescriptions: Prescriptions, rulebook: Rulebook, period: Period | None
) -> pl.DataFrame:
    """Return what became of what was prescribed (`FAITHFULNESS`), per period, level and id.

    Lines of which nobody tells what was prescribed are not in it. A prescription that was not dispensed is of its
    prescriber, not of a pharmacy; `too_early`: the dispensings do not reach far enough to tell.
    """
    epoch = epoch_of_day(rulebook.circumstances.memberships).alias("epoch")
    who = [pl.col(name).cast(pl.Int32) for name in ("prescriber_agb", "practice_agb", "pharmacy_agb")]
    told = pl.concat([_changed(lines), _undispensed(prescriptions).lazy()], how="diagonal")
    dated = told.filter(_is_in(period)).with_columns(epoch)
    counted = dated.select(_period_name(period).alias("period_no"), "epoch", *who, "class", cost_cents=pl.lit(0))
    added = at_every_level(counted, rulebook.circumstances.memberships, rulebook.region.id)
    wide = added.group_by(pl.col("period_no").alias("period"), "level", "id").agg(
        pl.col("lines").filter(pl.col("class") == n).sum().alias(name) for n, name in enumerate(_CHANGES)
    )
    numerator = (pl.col("conform") + pl.col("to_conform")).alias("numerator")
    rated = wide.with_columns(numerator).with_columns(
        (pl.col("numerator") + pl.col("to_deviation")).alias("denominator")
    )
    low, high = wilson_limits(pl.col("numerator"), pl.col("denominator"))
    rate = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")).alias("rate")
    scored = rated.with_columns(rate, low.alias("interval_low"), high.alias("interval_high"))
    return conform(scored.sort("period", "level", "id").lazy(), FAITHFULNESS).collect()


def _changed(lines: KeptLines) -> pl.LazyFrame:
    found = (
        pl.when(_CONFORM & _WAS_CONFORM).then(_CHANGES.index("conform"))
        .when(_CONFORM & _DEVIATED).then(_CHANGES.index("to_conform"))
        .when(_DEVIATES & _WAS_CONFORM).then(_CHANGES.index("to_deviation"))
        .when(_DEVIATES & _DEVIATED).then(_CHANGES.index("deviation"))
        .otherwise(_CHANGES.index("not_judged"))
    )  # fmt: skip
    told = lines.filter(pl.col("prescribed_outcome").is_not_null())
    return told.select("dispensed_on", "prescriber_agb", "practice_agb", "pharmacy_agb", _as_class(found))


def _undispensed(prescriptions: Prescriptions) -> pl.DataFrame:
    is_early = pl.col("dispensed").is_null()
    found = pl.when(is_early).then(_CHANGES.index("too_early")).otherwise(_CHANGES.index("not_dispensed"))
    left = prescriptions.filter(is_early | ~pl.col("dispensed"))
    return left.select(
        pl.col("prescribed_on").alias("dispensed_on"), "prescriber_agb", "practice_agb", _as_class(found)
    )


def _as_class(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.UInt32).alias("class")


def _is_in(period: Period | None) -> pl.Expr:
    day = pl.col("dispensed_on")
    return day.is_not_null() if period is None else day.is_between(period.first, period.last)


def _period_name(period: Period | None) -> pl.Expr:
    if period is not None:
        return pl.lit(period.name)
    day = pl.col("dispensed_on").dt
    return pl.format("{}-Q{}", day.year(), day.quarter())
