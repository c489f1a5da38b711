"""The lines behind a score: which lines an indicator counted, as what, and for whom; added up they are the score."""

from collections.abc import Collection, Iterator

import polars as pl

from formulary import Level, Rulebook, Unit

from .doses import with_doses
from .enumerations import Outcome
from .frames import KEPT_LINES, KeptLines
from .levels import epoch_of_day, placed
from .patients import WINDOW
from .period import Period
from .told import ASKED_OF_A_CHOICE, JUDGED, Limits, looks_at_last, told_by_indicators

_SHOWN = (
    "source", "line_no", "line_id", "dispensed_on", "prescriber_agb", "pharmacy_agb", "patient", "label", "matched_atc",
    "matched_product", "quantity", "cost_cents", "formulary_version", "entry_id", "outcome", "reason", "preferred",
    "attributed_to",
)  # fmt: skip
_PLACES = (Level.PRACTICE, Level.GROUP, Level.SUBREGION)
LINES_BEHIND = pl.Schema(
    {
        **{name: KEPT_LINES[name] for name in _SHOWN},
        **{str(level): pl.String() for level in _PLACES},
        "indicator": pl.String(),
        "counted_as": pl.Enum(Outcome),
        "amount": pl.Int64(),
    }
)


def lines_behind(lines: KeptLines, rulebook: Rulebook, indicators: Collection[str], period: Period) -> pl.DataFrame:
    """Return a row per line and indicator that counted it as ADHERENT, NON_ADHERENT or EXCEPTED (`LINES_BEHIND`).

    `amount` is what it counted for: 1, or its cents, or its thousandths of a daily dose where the indicator adds up
    those. A line that nobody could name is UNIDENTIFIED, once and without an indicator, where it may belong to one of
    these: it counts in their bounds. Practice, group and subregion are those of the day. Sorted by source, line and
    indicator.
    """
    limits, memberships = Limits.of(rulebook), rulebook.circumstances.memberships
    choices = _choices(lines)
    on_its_days = KeptLines(lines.filter(pl.col("dispensed_on").is_between(period.first, period.last)))
    in_period = (
        with_doses(on_its_days, choices, rulebook.circumstances.daily_doses)
        .with_columns(pl.lit(1, pl.Int32()).alias(WINDOW))
        .with_columns(*limits.columns(), epoch_of_day(memberships).alias("epoch"))
        .with_columns(limits.kind_of_line().alias("kind"))
        .select(*_SHOWN, "practice_agb", "choice_no", "epoch", "kind", "doses_milli")
        .collect()
    )
    wanted = dict(_leaves(rulebook, indicators))
    kinds = limits.unpacked(in_period.select(pl.col("kind").unique())).join(choices, on="choice_no")
    told = told_by_indicators(rulebook, kinds).filter(pl.col("indicator").is_in(wanted.keys()))
    is_unnamed = pl.col("outcome") == Outcome.UNIDENTIFIED
    counted = _counted(in_period, told.filter(~is_unnamed), rulebook, wanted)
    unnamed = in_period.join(told.filter(is_unnamed), on="kind", how="semi", maintain_order="left").with_columns(
        pl.lit(None, pl.String()).alias("indicator"), pl.col("outcome").alias("counted_as"),
        pl.lit(1, pl.Int64()).alias("amount"),
    )  # fmt: skip
    found = placed(pl.concat([counted, unnamed], how="diagonal"), memberships)
    return found.select(LINES_BEHIND.names()).sort("source", "line_no", "indicator", nulls_last=True)


def _choices(lines: KeptLines) -> pl.DataFrame:
    return lines.group_by("choice_no").agg(pl.col(*ASKED_OF_A_CHOICE, "formulary_version").first()).collect()


def _leaves(rulebook: Rulebook, indicators: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Give each indicator that counts lines itself, with those that were asked for and of which it is (part of)."""
    known = {each.id: each for each in rulebook.indicators}

    def _parts(name: str) -> list[str]:
        own = known[name].composite
        return [part for each in own for part in _parts(each)] if own else [name]

    pairs = [(leaf, name) for name in sorted(set(indicators)) for leaf in _parts(name)]
    for leaf in sorted({leaf for leaf, _ in pairs}):
        yield leaf, [name for each, name in pairs if each == leaf]


def _counted(lines: pl.DataFrame, told: pl.DataFrame, rulebook: Rulebook, wanted: dict[str, list[str]]) -> pl.DataFrame:
    of_last = [each.id for each in rulebook.indicators if looks_at_last(each)]
    of_unit = {unit: [each.id for each in rulebook.indicators if each.unit is unit] for unit in Unit}
    said = told.select("kind", pl.col("indicator").alias("leaf"), pl.col("outcome").alias("counted_as"))
    joined = lines.join(said, on="kind")
    is_of_last = pl.col("leaf").is_in(of_last) & pl.col("counted_as").is_in(JUDGED)
    kept = pl.concat([joined.filter(~is_of_last), _last_of_each(joined.filter(is_of_last))])
    amount = (
        pl.when(pl.col("leaf").is_in(of_unit[Unit.COST]))
        .then(pl.col("cost_cents").fill_null(0))
        .when(pl.col("leaf").is_in(of_unit[Unit.DDD]))
        .then(pl.col("doses_milli").fill_null(0))
        .otherwise(pl.lit(1, pl.Int64()))
    )
    names = [(leaf, name) for leaf, asked in wanted.items() for name in asked]
    named = pl.DataFrame(names, schema={"leaf": pl.String(), "indicator": pl.String()}, orient="row")
    return kept.with_columns(amount.alias("amount")).join(named, on="leaf").drop("leaf")


def _last_of_each(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the last line of each patient and indicator; on one day in the order in which `last` ranks them."""
    ranked = lines.drop_nulls("patient").sort(
        "dispensed_on", pl.col("counted_as") == Outcome.ADHERENT, "prescriber_agb", "practice_agb", "pharmacy_agb",
        "cost_cents", "source", "line_no", nulls_last=False,
    )  # fmt: skip
    return ranked.unique(["patient", "leaf"], keep="last", maintain_order=True)
