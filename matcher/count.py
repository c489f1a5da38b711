"""How often: whole numbers per period, indicator and whoever lines are added up for, one per outcome.

Each distinct kind of line is asked once what every indicator makes of it (`told`); lines are then only added up.
"""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from formulary import Indicator, PopulationLines, Rulebook, Unit, conform

from .distinct import LINES_AT_ONCE, looked_up_in
from .doses import counted_in_doses, with_doses
from .enumerations import Outcome
from .frames import OUTCOME_COUNTS, KeptLines, OutcomeCounts
from .last import last_lines
from .levels import at_every_level, epoch_of_day
from .period import Period
from .told import ASKED_OF_A_CHOICE, SPOKEN_OF, Limits, classes_of, told_by_indicators

_KEY = list(OUTCOME_COUNTS)[:-1]
_EXCLUDED = pl.lit(Outcome.EXCLUDED, pl.Enum(Outcome)).alias("outcome")
_PLACE, _AMOUNTS = ["period_no", "level", "id"], ["lines", "cents"]


def count_outcomes(lines: KeptLines, choices: pl.DataFrame, rulebook: Rulebook, period: Period | None) -> OutcomeCounts:
    """Return the number of lines per period, level, id, indicator, formulary version and outcome.

    `choices` says what each `choice_no` is (`Judged.choices`).
    Of an indicator of cost it is the cents, and of daily doses thousandths of one.
    Without a period every calendar quarter in the lines is one. An indicator adds up to the lines read too: what is
    outside its population is EXCLUDED from it, and what nobody could name or understand stays UNIDENTIFIED and
    INVALID. A line without a day belongs to the period "". Membership of a practice or group is that of the day.
    A patient counts once, by the last judged line: of that patient the other lines are EXCLUDED.
    """
    asked = [each for each in rulebook.indicators if not each.composite]
    parts = [(lines, replace(rulebook, indicators=tuple(each for each in asked if each.unit is not Unit.DDD)))]
    in_doses = tuple(each.model_copy(update={"unit": Unit.COST}) for each in asked if each.unit is Unit.DDD)
    if in_doses:
        # Doses are added up as cents are: the same lines once more, with another amount.
        looked_at = KeptLines(lines.filter(counted_in_doses(rulebook)))
        doses = with_doses(looked_at, rulebook.circumstances.daily_doses).with_columns(cost_cents="doses_milli")
        parts.append((KeptLines(doses), replace(rulebook, indicators=in_doses)))
    named = pl.concat([_of_indicators(each, choices, part, period) for each, part in parts])
    counts = pl.concat([named, _composites(named, rulebook)]).group_by(_KEY).agg(pl.col("lines").sum()).sort(_KEY)
    return OutcomeCounts(conform(counts.filter(pl.col("lines") != 0).lazy(), OUTCOME_COUNTS).collect())


def _of_indicators(lines: KeptLines, choices: pl.DataFrame, rulebook: Rulebook, period: Period | None) -> pl.DataFrame:
    """Return the counts of the indicators of a rule book, composites left out, each with the name of its period."""
    limits = Limits.of(rulebook)
    counted = _counted(lines, rulebook, limits, period)
    kinds = limits.unpacked(counted.select(pl.col("kind").unique()).collect()).join(
        choices.select("choice_no", *ASKED_OF_A_CHOICE, "formulary_version"), on="choice_no"
    )
    added = _added(counted, kinds, told_by_indicators(rulebook, kinds), rulebook)
    return added.with_columns(_period_name(period).alias("period"))


def _counted(lines: KeptLines, rulebook: Rulebook, limits: Limits, period: Period | None) -> pl.LazyFrame:
    """Return what is counted of each line, all of it numbers; lines that fit into memory are read only once."""
    epoch = epoch_of_day(rulebook.circumstances.memberships).alias("epoch")
    numbered = lines.with_columns(_period_no(period).alias("period_no"), epoch)
    in_period = numbered.filter(pl.col("period_no").is_not_null()).with_columns(limits.columns())
    # A person is a 64-bit hash of a pseudonym: among ten million, two are one with a chance of one in 400,000.
    narrow = in_period.select(
        "period_no",
        "epoch",
        *(pl.col(name).cast(pl.Int32) for name in ("prescriber_agb", "practice_agb", "pharmacy_agb")),
        pl.when(pl.col("patient").is_not_null()).then(pl.col("patient").hash()).alias("person"),
        pl.col("dispensed_on").to_physical().alias("day"),
        "cost_cents",
        limits.kind_of_line().alias("kind"),
    )
    n_lines = lines.select(pl.len()).collect().item()
    return narrow.collect().lazy() if n_lines <= LINES_AT_ONCE else narrow


def _added(counted: pl.LazyFrame, kinds: pl.DataFrame, told: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Return the amounts at every level and of every indicator; classes are told apart last, when rows are few."""
    structure = (rulebook.circumstances.memberships, rulebook.region.id)
    classes = classes_of(kinds, told)
    lines = at_every_level(counted.with_columns(looked_up_in("kind", classes)), *structure)
    # Of an indicator that looks at last lines, of all other lines only the exceptions count.
    is_last = pl.col("indicator").is_in(_ids(rulebook, _looks_at_last))
    told_of_class = told.join(classes, on="kind").drop("kind").unique()
    stay = told_of_class.filter(~is_last | (pl.col("outcome") == Outcome.EXCEPTED))
    spoken_of = [lines.join(stay, on="class")] + [
        at_every_level(lasts.lazy(), *structure).join(said, on="class")
        for lasts, said in last_lines(counted, told.filter(is_last), _ids(rulebook, _is_in_cents))
    ]
    of_class = kinds.join(classes, on="kind").select("class", "formulary_version", "outcome").unique()
    return _balanced(pl.concat(spoken_of, how="diagonal"), lines.join(of_class, on="class"), rulebook)


def _balanced(spoken_of: pl.DataFrame, lines: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Return what each indicator speaks of, and the rest of the lines as EXCLUDED from it or as they are."""
    indicators = pl.DataFrame(
        {"indicator": _ids(rulebook, lambda each: not each.composite)}, schema={"indicator": pl.String}
    )
    rest = pl.when(pl.col("outcome").is_in(list(SPOKEN_OF))).then(_EXCLUDED).otherwise("outcome").alias("outcome")
    of_lines = lines.group_by(*_PLACE, "formulary_version", rest).agg(pl.col(_AMOUNTS).sum())
    of_every_one = of_lines.join(indicators, how="cross")
    taken = spoken_of.with_columns(_EXCLUDED, -pl.col("lines"), -pl.col("cents"))
    in_cents = pl.col("indicator").is_in(_ids(rulebook, _is_in_cents))
    amount = pl.when(in_cents).then("cents").otherwise("lines").alias("lines")
    key = [name for name in (*_KEY, "period_no") if name != "period"]
    return pl.concat([each.select(*key, amount) for each in (of_every_one, spoken_of, taken)])


def _looks_at_last(indicator: Indicator) -> bool:
    if indicator.unit is Unit.PATIENTS:
        return True
    return indicator.population is not None and indicator.population.lines is PopulationLines.LAST


def _is_in_cents(indicator: Indicator) -> bool:
    return indicator.unit is Unit.COST


def _ids(rulebook: Rulebook, is_so: Callable[[Indicator], bool]) -> list[str]:
    return [each.id for each in rulebook.indicators if is_so(each)]


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
