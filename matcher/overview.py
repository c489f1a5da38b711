"""What stands out in a whole assessment: pure questions to the judged lines and scores, none about a patient.

Every answer is sorted on a total order, so that the same lines give the same report.
"""

from dataclasses import dataclass

import polars as pl

from formulary import Level

from .enumerations import Outcome, Reason
from .facts import LineFacts, facts_of, in_words
from .frames import KeptLines
from .statistics import wilson_limits
from .tables import DEVIATIONS, AdherenceScores
from .troubled import Troubled

_COUNT = pl.len().cast(pl.Int64())
_WEIGHT = ("lines", "cost_cents", "prescribers")
_PRESCRIBERS = pl.col("prescriber_agb").n_unique().cast(pl.Int64()).alias("prescribers")
# As wide as can be: the sum of a column of cents may pass what 64 bits hold, and would then wrap silently.
_CENTS = pl.col("cost_cents").cast(pl.Int128()).sum()


@dataclass(frozen=True)
class Overview:
    """One frame a question: what was read, why lines have their outcome, and what weighs or troubles most."""

    extent: pl.DataFrame
    reasons: pl.DataFrame
    deviations: pl.DataFrame
    unsure: pl.DataFrame
    problems: pl.DataFrame
    days_without_version: pl.DataFrame


def overview(facts: LineFacts, troubled: Troubled, substances: pl.DataFrame, limit: int = 10) -> Overview:
    """Return every answer of this room; the facts are asked all questions together, not once a question."""
    asked = [_extent(facts), _reasons(facts), _deviations(facts, limit, substances), _days_without_version(facts)]
    extent, reasons, deviations, no_version = pl.collect_all(asked)
    unsure, problems = unsure_labels(troubled.unnamed, limit), _problems(troubled.invalid)
    return Overview(extent, reasons, deviations, unsure, problems, no_version)


def top_deviations(lines: KeptLines, limit: int = 10, substances: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the deviations on most lines, the dearest first where they tie.

    Columns: `matched_atc`, `product` (the substance by `substances`, else a product of it), `reason`, `preferred`,
    `lines`, `cost_cents`, `prescribers`. A deviation with a documented reason is EXCEPTED and not among them.
    """
    return _deviations(facts_of(lines), limit, substances).collect()


def deviations_of(lines: KeptLines, prescriber_agb: str, limit: int = 10) -> pl.DataFrame:
    """Return the `top_deviations` of one prescriber."""
    return top_deviations(KeptLines(lines.filter(pl.col("prescriber_agb") == prescriber_agb)), limit)


def deviations_of_each(facts: LineFacts, substances: pl.DataFrame, limit: int = 20) -> pl.DataFrame:
    """Return the deviations on most lines of each prescriber, whosever they were, also those that are excused.

    As `DEVIATIONS`, sorted by prescriber, most lines first.
    """
    key = ["prescriber_agb", "matched_atc", "reason", "attributed_to", "preferred"]
    deviates = facts.filter(pl.col("outcome").is_in([Outcome.NON_ADHERENT, Outcome.EXCEPTED]))
    grouped = _by_product(deviates, key).group_by(key).agg(_summed())
    named = _with_substances(grouped, substances).with_columns(pl.coalesce("product", "matched_atc").alias("product"))
    order = ["prescriber_agb", "lines", "cost_cents", *key[1:]]
    ordered = named.sort(order, descending=[False, True, True, *[False] * 4], nulls_last=True).collect()
    most = ordered.group_by("prescriber_agb", maintain_order=True).head(limit)
    return most.rename({"prescriber_agb": "id"}).select(DEVIATIONS.names())


def unsure_labels(unnamed: pl.DataFrame, limit: int = 10) -> pl.DataFrame:
    """Return what nobody could name (`UNNAMED`) and is on most lines: `written`, `decision`, `lines`, `prescribers`."""
    codes = [pl.format("{} {}", pl.lit(kind.upper()), pl.col(kind)) for kind in ("zi", "hpk", "prk", "gpk", "atc")]
    written = unnamed.with_columns(pl.coalesce("label", *codes).alias("written"))
    grouped = written.group_by("written", "decision").agg(pl.col("lines").sum(), _PRESCRIBERS)
    return grouped.sort("lines", "written", "decision", descending=[True, False, False], nulls_last=True).head(limit)


def over_all_periods(scores: AdherenceScores, level: Level, indicator: str) -> pl.DataFrame:
    """Return one score per id over all periods together, lowest rate first; ids without a denominator come last.

    Columns: `id`, `numerator`, `denominator`, `excepted`, `excluded`, `unidentified`, `rate`, `interval_low`,
    `interval_high`.
    """
    chosen = AdherenceScores(scores.filter(pl.col("indicator") == indicator))
    return each_over_all_periods(chosen, level).drop("indicator")


def each_over_all_periods(scores: AdherenceScores, level: Level) -> pl.DataFrame:
    """Return the same of every indicator together, with an `indicator` before the other columns."""
    counted = ("numerator", "denominator", "excepted", "excluded", "unidentified")
    low, high = wilson_limits(pl.col("numerator"), pl.col("denominator"))
    rate = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    summed = scores.filter(pl.col("level") == level).group_by("indicator", "id").agg(pl.col(counted).sum())
    scored = summed.with_columns(rate.alias("rate"), low.alias("interval_low"), high.alias("interval_high"))
    return scored.sort("indicator", "rate", "id", nulls_last=True)


def _extent(facts: LineFacts) -> pl.LazyFrame:
    day, agb, pharmacy = pl.col("dispensed_on"), pl.col("prescriber_agb"), pl.col("pharmacy_agb")
    return facts.select(
        day.min().alias("first_day"),
        day.max().alias("last_day"),
        agb.drop_nulls().n_unique().alias("prescribers"),
        pharmacy.drop_nulls().n_unique().alias("pharmacies"),
    )


def _reasons(facts: LineFacts) -> pl.LazyFrame:
    told = facts.group_by("outcome", "reason").agg(_COUNT.alias("lines"))
    return told.sort("outcome", "lines", "reason", descending=[False, True, False])


def _deviations(facts: LineFacts, limit: int, substances: pl.DataFrame | None) -> pl.LazyFrame:
    key = ["matched_atc", "reason", "preferred"]
    deviates = facts.filter(pl.col("outcome") == Outcome.NON_ADHERENT)
    grouped = _by_product(deviates, [*key, "prescriber_agb"]).group_by(key).agg(*_summed(), _PRESCRIBERS)
    product = pl.coalesce("product", "matched_atc").alias("product")
    named = _with_substances(grouped, substances).select("matched_atc", product, "reason", "preferred", *_WEIGHT)
    # Sorted last of all: no join promises to keep an order that was there before it.
    return named.sort("lines", "cost_cents", *key, descending=[True, True, *[False] * 3], nulls_last=True).head(limit)


def _by_product(facts: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """Return lines and cents of each product of a key; what is added up further is few rows, in words."""
    added = facts.group_by(*key, "matched_product").agg(_COUNT.alias("lines"), _CENTS)
    return in_words(added)


def _summed() -> list[pl.Expr]:
    return [pl.col("matched_product").min().alias("product"), pl.col("lines", "cost_cents").sum()]


def _with_substances(deviations: pl.LazyFrame, substances: pl.DataFrame | None) -> pl.LazyFrame:
    if substances is None:
        return deviations
    names = substances.lazy().select(pl.col("atc").alias("matched_atc"), "name_nl").unique("matched_atc", keep="first")
    named = deviations.join(names, on="matched_atc", how="left")
    return named.with_columns(pl.coalesce("name_nl", "product").alias("product"))


def _problems(invalid: pl.DataFrame) -> pl.DataFrame:
    """Return each problem with its number of lines and the place of the first three."""
    place = pl.struct("source", "line_no")
    grouped = (
        invalid.filter(pl.col("problem").is_not_null())
        .group_by("problem")
        .agg(_COUNT.alias("lines"), place.bottom_k(3).sort().alias("first_places"))
    )
    return grouped.sort("lines", "problem", descending=[True, False])


def _days_without_version(facts: LineFacts) -> pl.LazyFrame:
    return facts.filter(pl.col("reason") == Reason.NO_VERSION_IN_FORCE).select(
        _COUNT.alias("lines"),
        pl.col("dispensed_on").n_unique().cast(pl.Int64()).alias("days"),
        pl.col("dispensed_on").min().alias("first_day"),
        pl.col("dispensed_on").max().alias("last_day"),
    )
