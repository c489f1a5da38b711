"""What indicators make of lines that were added up: counts of each outcome, and of what is judged each month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from formulary import Indicator, Rulebook, Unit, conform

from .enumerations import Outcome
from .tables import MONTHLY_COUNTS, OUTCOME_COUNTS, MonthlyCounts, OutcomeCounts
from .told import JUDGED, SPOKEN_OF, classes_of, looks_at_last, told_by_indicators

_KEY = list(OUTCOME_COUNTS)[:-1]
_EXCLUDED = pl.lit(Outcome.EXCLUDED, pl.Enum(Outcome)).alias("outcome")
_PLACE, _AMOUNTS = ["period_no", "level", "id"], ["lines", "cents"]

# Amounts per period, level, id and class, and what is told of each class.
Lasts = Sequence[tuple[pl.DataFrame, pl.DataFrame]]


@dataclass(frozen=True)
class Tally:
    """What every indicator says of each class of kinds of lines; `classes` tells the class of each kind."""

    rulebook: Rulebook
    classes: pl.DataFrame
    of_class: pl.DataFrame
    told_of_class: pl.DataFrame
    told_of_last: pl.DataFrame

    @classmethod
    def of(cls, rulebook: Rulebook, kinds: pl.DataFrame) -> "Tally":
        """Ask every indicator of a rule book what it makes of each kind."""
        told = told_by_indicators(rulebook, kinds)
        classes = classes_of(kinds, told)
        # Of an indicator that looks at last lines, of all other lines only exceptions and what nobody named count.
        is_last = pl.col("indicator").is_in(_ids(rulebook, looks_at_last))
        told_of_class = told.join(classes, on="kind").drop("kind").unique()
        return cls(
            rulebook,
            classes,
            of_class=kinds.join(classes, on="kind").select("class", "formulary_version", "outcome").unique(),
            told_of_class=told_of_class.filter(~is_last | ~pl.col("outcome").is_in(JUDGED)),
            told_of_last=told.filter(is_last),
        )

    @property
    def in_cents(self) -> list[str]:
        """Return the indicators that add up cents."""
        return _ids(self.rulebook, _is_in_cents)

    def outcomes(self, added: pl.DataFrame, lasts: Lasts, period: pl.Expr) -> pl.DataFrame:
        """Return the amounts of every outcome, of periods named by `period`; they add up to the lines."""
        lines = added.join(self.of_class, on="class")
        return self._balanced(self._spoken_of(added, lasts), lines).with_columns(period.alias("period"))

    def months(self, added: pl.DataFrame, lasts: Lasts) -> pl.DataFrame:
        """Return the amounts of what was judged, of months."""
        number = pl.col("period_no")
        month = pl.concat_str(number // 12, pl.lit("-"), (number % 12 + 1).cast(pl.String).str.zfill(2)).alias("month")
        judged = pl.col("outcome").is_in(JUDGED) & (number > 0)
        spoken_of = self._spoken_of(added, lasts).filter(judged)
        return spoken_of.select("level", "id", "indicator", "outcome", month, self._amount())

    def _spoken_of(self, added: pl.DataFrame, lasts: Lasts) -> pl.DataFrame:
        """Return what each indicator speaks of; classes are told apart last, when rows are few."""
        of_last = [amounts.join(said, on="class") for amounts, said in lasts]
        return pl.concat([added.join(self.told_of_class, on="class"), *of_last], how="diagonal")

    def _balanced(self, spoken_of: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
        """Return what each indicator speaks of, and the rest of the lines as EXCLUDED from it or as they are."""
        ids = _ids(self.rulebook, lambda each: not each.composite)
        indicators = pl.DataFrame({"indicator": ids}, schema={"indicator": pl.String})
        rest = pl.when(pl.col("outcome").is_in(list(SPOKEN_OF))).then(_EXCLUDED).otherwise("outcome").alias("outcome")
        of_lines = lines.group_by(*_PLACE, "formulary_version", rest).agg(pl.col(_AMOUNTS).sum())
        of_every_one = of_lines.join(indicators, how="cross")
        taken = spoken_of.with_columns(_EXCLUDED, -pl.col("lines"), -pl.col("cents"))
        key = [name for name in (*_KEY, "period_no") if name != "period"]
        return pl.concat([each.select(*key, self._amount()) for each in (of_every_one, spoken_of, taken)])

    def _amount(self) -> pl.Expr:
        return pl.when(pl.col("indicator").is_in(self.in_cents)).then("cents").otherwise("lines").alias("lines")


def outcome_counts(rows: pl.DataFrame, rulebook: Rulebook) -> OutcomeCounts:
    """Return amounts of outcomes added up, with those of composite indicators."""
    both = pl.concat([rows, _composites(rows, rulebook)])
    counts = both.group_by(_KEY).agg(pl.col("lines").sum()).sort(_KEY)
    return OutcomeCounts(conform(counts.filter(pl.col("lines") != 0).lazy(), OUTCOME_COUNTS).collect())


def monthly_counts(rows: pl.DataFrame, rulebook: Rulebook) -> MonthlyCounts:
    """Return amounts of months added up to numerator and denominator, with those of composite indicators."""
    adherent = pl.when(pl.col("outcome") == Outcome.ADHERENT).then("lines").otherwise(0).sum()
    both, key = pl.concat([rows, _composites(rows, rulebook)]), list(MONTHLY_COUNTS)[:-2]
    counts = both.group_by(key).agg(adherent.alias("numerator"), pl.col("lines").sum().alias("denominator"))
    with_any = counts.filter(pl.col("denominator") > 0).sort(key)
    return MonthlyCounts(conform(with_any.lazy(), MONTHLY_COUNTS).collect())


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
