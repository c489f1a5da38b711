"""How often: whole numbers per period, indicator and whoever lines are added up for, one per outcome.

Each distinct kind of line is asked once what every indicator makes of it (`told`); lines are then only added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from formulary import Rulebook, Unit

from .distinct import LINES_AT_ONCE, looked_up_in
from .doses import counted_in_doses, with_doses
from .facts import LineFacts
from .last import MONTHS_OF_A_QUARTER, decoded, last_lines, over_quarters
from .levels import WHO, added_up, epoch_of_day, levelled
from .patients import WINDOW
from .period import Period
from .tables import MonthlyCounts, OutcomeCounts
from .tally import Lasts, Tally, monthly_counts, outcome_counts
from .told import ASKED_OF_A_CHOICE, Limits


@dataclass(frozen=True)
class Counted:
    """What was counted: every outcome per period, and what was judged per month (nothing where a period was asked)."""

    outcomes: OutcomeCounts
    months: MonthlyCounts


def count_outcomes(facts: LineFacts, choices: pl.DataFrame, rulebook: Rulebook, period: Period | None) -> Counted:
    """Return the number of lines per period, level, id, indicator, formulary version and outcome.

    `choices` says what each `choice_no` is (`Judged.choices`).
    Of an indicator of cost it is the cents, and of daily doses thousandths of one.
    Without a period every calendar quarter in the lines is one, and the months are counted too: in the same look,
    because a quarter is the sum of its months. Only a last line of a patient is looked for in both. An indicator adds
    up to the lines read too: what is outside its population is EXCLUDED from it, and what nobody could name or
    understand stays UNIDENTIFIED and INVALID. A line without a day belongs to the period "". Membership of a practice
    or group is that of the day.
    A patient counts once, by the last judged line: of that patient the other lines are EXCLUDED.
    """
    asked = [each for each in rulebook.indicators if not each.composite]
    parts = [(facts, replace(rulebook, indicators=tuple(each for each in asked if each.unit is not Unit.DDD)))]
    in_doses = tuple(each.model_copy(update={"unit": Unit.COST}) for each in asked if each.unit is Unit.DDD)
    if in_doses:
        # Doses are added up as cents are: the same lines once more, with another amount.
        looked_at = LineFacts(facts.filter(counted_in_doses(rulebook, choices)))
        doses = with_doses(looked_at, choices, rulebook.circumstances.daily_doses)
        in_cents = LineFacts(doses.with_columns(cost_cents="doses_milli"))
        parts.append((in_cents, replace(rulebook, indicators=in_doses)))
    outcomes, months = zip(*(_of_indicators(each, choices, part, period) for each, part in parts), strict=True)
    return Counted(outcome_counts(pl.concat(outcomes), rulebook), monthly_counts(pl.concat(months), rulebook))


def _of_indicators(
    facts: LineFacts, choices: pl.DataFrame, rulebook: Rulebook, period: Period | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the counts of the indicators of a rule book, composites left out: of named periods, and of months."""
    limits = Limits.of(rulebook)
    lines = _counted(facts, rulebook, limits, period)
    # Numbered without gaps, kinds are looked up in tables that stay near at hand.
    found_kinds = lines.select(pl.col("kind").unique().sort()).collect().with_row_index("place")
    counted = lines.with_columns(looked_up_in("kind", found_kinds)).with_columns(pl.col("place").alias("kind"))
    kinds = limits.unpacked(found_kinds).join(
        choices.select("choice_no", *ASKED_OF_A_CHOICE, "formulary_version"), on="choice_no"
    )
    tally = Tally.of(rulebook, kinds.with_columns(pl.col("place").cast(pl.UInt64).alias("kind")))
    classed = counted.with_columns(looked_up_in("kind", tally.classes))
    asked = last_lines(counted, tally.told_of_last, tally.in_cents)
    # All that is asked of the lines at once: no core waits for the end of one question.
    prescribed, dispensed, *found = pl.collect_all([*added_up(classed), *(lasts for lasts, _ in asked)])
    structure = (rulebook.circumstances.memberships, rulebook.region.id)
    added = levelled(prescribed, dispensed, *structure)
    said = [each for _, each in asked]
    if period is not None:
        lasts = _lasts_at_every_level(found, said, structure)
        return tally.outcomes(added, lasts, pl.lit(period.name)), tally.months(added.head(0), [])
    quarter = pl.col("period_no") // MONTHS_OF_A_QUARTER
    by_quarter = added.group_by(quarter, "level", "id", "class").agg(pl.col("lines", "cents").sum())
    both = _lasts_at_every_level([*found, *map(over_quarters, found)], [*said, *said], structure)
    lasts, lasts_by_quarter = both[: len(said)], both[len(said) :]
    return tally.outcomes(by_quarter, lasts_by_quarter, _quarter_name()), tally.months(added, lasts)


def _lasts_at_every_level(
    lasts: Sequence[pl.DataFrame], said: Sequence[pl.DataFrame], structure: tuple[pl.DataFrame, str]
) -> Lasts:
    sums = pl.collect_all([each for lines in lasts for each in added_up(decoded(lines))])
    pairs = zip(sums[::2], sums[1::2], said, strict=True)
    return [(levelled(prescribed, dispensed, *structure), each) for prescribed, dispensed, each in pairs]


def _counted(facts: LineFacts, rulebook: Rulebook, limits: Limits, period: Period | None) -> pl.LazyFrame:
    """Return what is counted of each line, all of it numbers; lines that fit into memory are read only once."""
    epoch = epoch_of_day(rulebook.circumstances.memberships).alias("epoch")
    numbered = facts.with_columns(_period_no(period).alias("period_no"), epoch)
    # What else a patient uses is looked for in the whole quarter, also where months are counted.
    window = pl.col("period_no") // (1 if period else MONTHS_OF_A_QUARTER)
    in_window = numbered.filter(pl.col("period_no").is_not_null()).with_columns(window.alias(WINDOW))
    in_period = in_window.with_columns(limits.columns())
    narrow = in_period.select(
        "period_no",
        "epoch",
        *WHO,
        pl.col("patient").alias("person"),
        pl.col("dispensed_on").to_physical().alias("day"),
        "cost_cents",
        limits.kind_of_line().alias("kind"),
    )
    n_lines = facts.select(pl.len()).collect().item()
    return narrow.collect().lazy() if n_lines <= LINES_AT_ONCE else narrow


def _period_no(period: Period | None) -> pl.Expr:
    """Return a number for each line's month, 1 where a period was asked; null is outside it, 0 is without a day."""
    day = pl.col("dispensed_on")
    if period is None:
        return pl.col("month_no").fill_null(0)
    return pl.when(day.is_between(period.first, period.last)).then(pl.lit(1, pl.Int32()))


def _quarter_name() -> pl.Expr:
    number = pl.col("period_no")
    quarter = pl.concat_str(number // 4, pl.lit("-Q"), number % 4 + 1)
    return pl.when(number == 0).then(pl.lit("")).otherwise(quarter)
