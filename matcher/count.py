"""How often: whole numbers per period, indicator and whoever lines are added up for, one per outcome.

Each distinct kind of line is asked once what every indicator makes of it (`told`); lines are then only added up.
"""

from collections.abc import Callable, Iterator

import polars as pl

from formulary import Indicator, PopulationLines, Rulebook, Unit, conform

from .distinct import LINES_AT_ONCE, looked_up_in
from .enumerations import Outcome
from .frames import OUTCOME_COUNTS, KeptLines, OutcomeCounts
from .last import moved_to_last_lines
from .levels import at_every_level, epoch_of_day
from .period import Period
from .told import ASKED_OF_A_CHOICE, Limits, classes_of, told_by_indicators

_OUTCOME = pl.Enum(Outcome)
_JUDGED = [Outcome.ADHERENT, Outcome.NON_ADHERENT]
_WHO = ("prescriber_agb", "practice_agb", "pharmacy_agb")
_TOLD = ("indicator", "formulary_version", "outcome")
_KEY = list(OUTCOME_COUNTS)[:-1]

# The lines and cents of each class of kinds, and what indicators tell of each class, how many times (-1: taken away).
Totals = tuple[pl.DataFrame, pl.DataFrame]


def count_outcomes(lines: KeptLines, rulebook: Rulebook, period: Period | None) -> OutcomeCounts:
    """Return the number of lines (or cents) per period, level, id, indicator, formulary version and outcome.

    Without a period every calendar quarter in the lines is one. An indicator adds up to the lines read too: what is
    outside its population is EXCLUDED from it, and what nobody could name or understand stays UNIDENTIFIED and
    INVALID. A line without a day belongs to the period "". Membership of a practice or group is that of the day.
    """
    limits = Limits.of(rulebook)
    counted = _counted(lines, rulebook, limits, period)
    kinds = limits.unpacked(counted.select(pl.col("kind").unique()).collect()).join(_choices(lines), on="choice_no")
    told = told_by_indicators(rulebook, kinds)
    levelled = pl.concat([_levelled(totals, rulebook) for totals in _totals(counted, told, rulebook)])
    named = levelled.with_columns(_period_name(period).alias("period"))
    counts = pl.concat([named, _composites(named, rulebook)]).group_by(_KEY).agg(pl.col("lines").sum()).sort(_KEY)
    return OutcomeCounts(conform(counts.filter(pl.col("lines") != 0).lazy(), OUTCOME_COUNTS).collect())


def _counted(lines: KeptLines, rulebook: Rulebook, limits: Limits, period: Period | None) -> pl.LazyFrame:
    """Return what is counted of each line, all of it numbers; lines that fit into memory are read only once."""
    epoch = epoch_of_day(rulebook.circumstances.memberships).alias("epoch")
    in_period = lines.with_columns(_period_no(period).alias("period_no"), epoch, *limits.columns()).filter(
        pl.col("period_no").is_not_null()
    )
    # A person is a 64-bit hash of a pseudonym: among ten million, two are one with a chance of one in 400,000.
    narrow = in_period.select(
        "period_no",
        "epoch",
        *(pl.col(name).cast(pl.Int32) for name in _WHO),
        pl.when(pl.col("patient").is_not_null()).then(pl.col("patient").hash()).alias("person"),
        pl.col("dispensed_on").to_physical().alias("day"),
        "cost_cents",
        limits.kind_of_line().alias("kind"),
    )
    n_lines = lines.select(pl.len()).collect().item()
    return narrow.collect().lazy() if n_lines <= LINES_AT_ONCE else narrow


def _choices(lines: KeptLines) -> pl.DataFrame:
    return lines.group_by("choice_no").agg(pl.col(*ASKED_OF_A_CHOICE, "formulary_version").first()).collect()


def _totals(counted: pl.LazyFrame, told: pl.DataFrame, rulebook: Rulebook) -> Iterator[Totals]:
    """Give the totals of the lines: all lines once, and what is moved for indicators that look at last lines."""
    of_last = _ids(rulebook, lambda each: each.population is not None and each.population.lines is PopulationLines.LAST)
    looks_at_last = pl.col("indicator").is_in(of_last)
    # Of an indicator that looks at last lines all judged lines of its population are left out first, then moved back.
    left_out = looks_at_last & pl.col("inside") & pl.col("outcome").is_in(_JUDGED)
    excluded = pl.when(left_out).then(pl.lit(Outcome.EXCLUDED, _OUTCOME)).otherwise("outcome")
    yield _added(counted, told.with_columns(excluded.alias("outcome")))
    if of_last:
        of_cost = _ids(rulebook, lambda each: each.unit is Unit.COST)
        yield from moved_to_last_lines(counted, told.filter(looks_at_last), of_cost)


def _ids(rulebook: Rulebook, is_so: Callable[[Indicator], bool]) -> list[str]:
    return [each.id for each in rulebook.indicators if is_so(each)]


def _added(counted: pl.LazyFrame, told: pl.DataFrame) -> Totals:
    classes = classes_of(told)
    amounts = [pl.len().cast(pl.Int64()).alias("lines"), pl.col("cost_cents").sum().alias("cents")]
    totals = (
        counted.with_columns(looked_up_in("kind", classes)).group_by("period_no", "epoch", *_WHO, "class").agg(amounts)
    )
    a_kind_each = classes.unique("class", keep="first", maintain_order=True)
    per_class = told.join(a_kind_each, on="kind").select("class", *_TOLD, pl.lit(1, pl.Int64()).alias("times"))
    return totals.collect(), per_class


def _levelled(totals: Totals, rulebook: Rulebook) -> pl.DataFrame:
    """Return the totals at every level and of every indicator; classes are told apart last, when rows are few."""
    added, per_class = totals
    in_cents = pl.col("indicator").is_in(_ids(rulebook, lambda each: each.unit is Unit.COST))
    amount = pl.when(in_cents).then("cents").otherwise("lines") * pl.col("times")
    coded = added.with_columns(pl.col(name).cast(pl.String).str.zfill(8) for name in _WHO)
    placed = at_every_level(coded, rulebook.circumstances.memberships, rulebook.region.id)
    return placed.join(per_class, on="class").select("period_no", "level", "id", *_TOLD, amount.alias("lines"))


def _composites(levelled: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Return the counts of composite indicators: the sums of what their parts count, down to the last part."""
    known = {each.id: each for each in rulebook.indicators}

    def _parts(name: str) -> list[str]:
        own = known[name].composite
        return [part for each in own for part in _parts(each)] if own else [name]

    rows = [(each.id, part) for each in rulebook.indicators if each.composite for part in _parts(each.id)]
    pairs = pl.DataFrame(rows, schema={"whole": pl.String(), "indicator": pl.String()}, orient="row")
    joined = levelled.join(pairs, on="indicator").drop("indicator").rename({"whole": "indicator"})
    return joined.select(levelled.columns)


def _period_no(period: Period | None) -> pl.Expr:
    """Return a number for each line's period, and null for lines outside it; 0 is a line without a day."""
    day = pl.col("dispensed_on")
    if period is None:
        return (day.dt.year().cast(pl.Int32()) * 4 + day.dt.quarter() - 1).fill_null(0)
    return pl.when(day.is_between(period.first, period.last)).then(pl.lit(1, pl.Int32()))


def _period_name(period: Period | None) -> pl.Expr:
    if period is not None:
        return pl.lit(period.name)
    number = pl.col("period_no")
    quarter = pl.concat_str(number // 4, pl.lit("-Q"), number % 4 + 1)
    return pl.when(number == 0).then(pl.lit("")).otherwise(quarter)
