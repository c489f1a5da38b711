"""What every indicator makes of every kind of line: in its population or not, conform or not.

A kind is a choice with an outcome and a start, and whatever else some indicator asks of a line: its quantity, the
patient's age, the kind of prescriber. Ages and quantities are asked only where they pass a limit that some
indicator names, so kinds stay few.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import polars as pl

from formulary import (
    Condition,
    Exclusion,
    Indicator,
    Population,
    PopulationLines,
    Question,
    Rulebook,
    StartLevel,
    Unit,
    asked_in,
    icpc,
    needed_by,
    with_current_groups,
)

from .enumerations import Outcome, Start
from .frames import CATEGORY
from .patients import ANSWERS, answers, is_answered
from .possible import may_be_in

_OF_CHOICE = (
    "matched_atc",
    "matched_form",
    "matched_device",
    "matched_strength",
    "agreement",
    "choice_rank",
    "icpc",
    "sex",
    "possible_atc",
)
ASKED_OF_A_CHOICE = _OF_CHOICE
_START_COLUMNS = {StartLevel.SUBSTANCE: "start", StartLevel.PRK: "start_prk", StartLevel.GROUP: "start_group"}
_TOLD = pl.Schema(
    {"kind": pl.UInt64(), "formulary_version": pl.String(), "indicator": pl.String(), "outcome": pl.Enum(Outcome)}
)
JUDGED = (Outcome.ADHERENT, Outcome.NON_ADHERENT)
_UNNAMED = Outcome.UNIDENTIFIED
SPOKEN_OF = (*JUDGED, Outcome.EXCEPTED, _UNNAMED)
_OF_PRODUCT = ("matched_atc", "matched_form", "matched_device", "matched_strength")


@dataclass(frozen=True)
class Limits:
    """The ages, quantities and kinds of prescriber that indicators name, each in order, and the starts they ask for."""

    ages: tuple[int, ...]
    quantities: tuple[int, ...]
    provider_types: tuple[str, ...]
    of_patient: tuple[Question, ...] = ()
    start_columns: tuple[str, ...] = ()
    asks_further: bool = False

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Limits":
        """Return the limits that the indicators of a rule book name."""
        populations = [each.population for each in rulebook.indicators if each.population is not None]
        conditions = [condition for each in rulebook.indicators for condition in each.conform]
        ages = {each.age_min for each in populations} | {
            each.age_max + 1 for each in populations if each.age_max is not None
        }
        return cls(
            tuple(sorted(age for age in ages if age is not None)),
            tuple(sorted({each.quantity_max for each in conditions if each.quantity_max is not None})),
            tuple(sorted({kind for each in rulebook.exclusions for kind in each.provider_types})),
            of_patient=rulebook.patient_questions,
            asks_further=rulebook.counts_prescriptions,
            start_columns=tuple(column for level, column in _START_COLUMNS.items() if level in rulebook.start_levels),
        )

    def columns(self) -> list[pl.Expr]:
        """Return, for each line, how many limits its age and quantity pass, and its kind of prescriber.

        An unknown age passes -1 limits; an unknown quantity passes them all, so that it meets no maximum.
        """
        age = pl.col("dispensed_on").dt.year().cast(pl.Int16) - pl.col("birth_year")
        quantity = pl.col("quantity")
        kind = [
            pl.when(pl.col("prescriber_agb").cast(CATEGORY).cat.starts_with(each)).then(n)
            for n, each in enumerate(self.provider_types, 1)
        ]
        return [
            _passed(age >= limit for limit in self.ages).fill_null(-1).alias("age_passed"),
            _passed(quantity > limit for limit in self.quantities)
            .fill_null(len(self.quantities))
            .alias("quantity_passed"),
            pl.coalesce(*kind, 0).cast(pl.Int32).alias("provider_type"),
            answers(self.of_patient),
        ]

    def kind_of_line(self) -> pl.Expr:
        """Return one number for all that is asked of a line; lines of one number are alike to every indicator."""
        number = pl.col("choice_no").cast(pl.UInt64)
        physical = {name: pl.col(name).to_physical() for name in ("outcome", *self.start_columns)}
        for name, size in self._sizes().items():
            part = physical.get(name, pl.col(name))
            number = number * size + (part + 1 if name == "age_passed" else part).cast(pl.UInt64)
        return number

    def unpacked(self, kinds: pl.DataFrame) -> pl.DataFrame:
        """Return kinds (column `kind`) with all that went into their number."""
        rest, parts = pl.col("kind"), {}
        for name, size in reversed(self._sizes().items()):
            parts[name] = (rest % size).cast(pl.Int32)
            rest = rest // size
        return kinds.with_columns(
            rest.cast(pl.UInt32).alias("choice_no"),
            parts["outcome"].replace_strict(dict(enumerate(Outcome)), return_dtype=pl.Enum(Outcome)).alias("outcome"),
            *(
                parts[name].replace_strict(dict(enumerate(Start)), return_dtype=pl.Enum(Start)).alias(name)
                for name in self.start_columns
            ),
            *([(parts["is_further"] == 1).alias("is_further")] if self.asks_further else []),
            (parts["age_passed"] - 1).alias("age_passed"),
            parts["quantity_passed"].alias("quantity_passed"),
            parts["provider_type"].alias("provider_type"),
            parts[ANSWERS].alias(ANSWERS),
        )

    def _sizes(self) -> dict[str, int]:
        return {
            "outcome": len(Outcome),
            **dict.fromkeys(self.start_columns, len(Start)),
            **({"is_further": 2} if self.asks_further else {}),
            "age_passed": len(self.ages) + 2,
            "quantity_passed": len(self.quantities) + 1,
            "provider_type": len(self.provider_types) + 1,
            ANSWERS: 1 << len(self.of_patient),
        }


def told_by_indicators(rulebook: Rulebook, kinds: pl.DataFrame) -> pl.DataFrame:
    """Return what each indicator makes of the kinds in its population.

    Columns: `kind`, `formulary_version`, `indicator`, `outcome`.

    `kinds` has one row a kind, with what is asked of it (`Limits.unpacked`) and of its choice (`ASKED_OF_A_CHOICE`).
    Of a kind outside its population, or of one that was not judged (`SPOKEN_OF` is), an indicator tells nothing.
    Composites tell nothing of their own. An UNIDENTIFIED kind is in a population where it may be: by what its product
    still may be (`possible_atc`), and by all that is known of the line itself.
    """
    limits, rules = Limits.of(rulebook), {each.id: each for each in rulebook.exclusions}
    # Lines carry the codes that hold today; an indicator may name those of its own day.
    succession = rulebook.circumstances.succession
    asked = [with_current_groups(each, succession) for each in rulebook.indicators if each.population]
    # What a code says that its label contradicts is one of the possibilities, and no more.
    is_named = pl.col("outcome") != _UNNAMED
    product = [pl.when(is_named).then(name).alias(name) for name in _OF_PRODUCT]
    spoken_of = kinds.lazy().filter(pl.col("outcome").is_in(list(SPOKEN_OF))).with_columns(product)
    told = pl.collect_all([_told_by(indicator, spoken_of, limits, rules) for indicator in asked])
    return pl.concat([_TOLD.to_frame(), *told])


def looks_at_last(indicator: Indicator) -> bool:
    """Tell whether an indicator counts of each patient the last line only."""
    lasts = indicator.population is not None and indicator.population.lines is PopulationLines.LAST
    return lasts or indicator.unit is Unit.PATIENTS


def classes_of(kinds: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return for each kind its class, of kinds of which all is said the same: `kind`, `class`, in order of kinds.

    What is said of a kind is its version, its outcome, and what the indicators make of it (`told`).
    """
    said = told.group_by("kind", maintain_order=True).agg(
        pl.concat_str("indicator", pl.col("outcome").cast(pl.String), separator=" ").str.join("|").alias("told")
    )
    same = kinds.select("kind", "formulary_version", "outcome").join(said, on="kind", how="left")
    number = (pl.struct("formulary_version", "outcome", "told").rank("dense") - 1).cast(pl.UInt32).alias("class")
    return same.select("kind", number).sort("kind")


def _told_by(indicator: Indicator, kinds: pl.LazyFrame, limits: Limits, rules: dict[str, Exclusion]) -> pl.LazyFrame:
    population = indicator.population or Population()
    left_out = _any(_is_excluded(rules[name], limits) for name in population.exclude)
    asked = [(each, asked_in(population, each), needed_by(population, each)) for each in indicator.conform]
    meets = _any(_meets(each, limits) & _all_answered(questions, limits) for each, questions, _ in asked)
    can_be_asked = _all_answered([question for *_, needed in asked for question in needed], limits)
    outcome = pl.Enum(Outcome)
    told = (
        pl.when(pl.col("outcome").is_in([Outcome.EXCEPTED, _UNNAMED]))
        .then("outcome")
        .when(meets)
        .then(pl.lit(Outcome.ADHERENT, outcome))
        .otherwise(pl.lit(Outcome.NON_ADHERENT, outcome))
    )
    counts = ~pl.col("is_further") if indicator.unit is Unit.PRESCRIPTIONS else pl.lit(value=True)
    inside = kinds.filter(_in_population(population, limits) & ~left_out & can_be_asked & counts)
    return inside.select("kind", "formulary_version", pl.lit(indicator.id).alias("indicator"), told.alias("outcome"))


def _in_population(population: Population, limits: Limits) -> pl.Expr:
    is_unnamed = pl.col("outcome") == _UNNAMED
    named = _starts_with(population.atc) if population.atc else pl.lit(value=True)
    named &= ~_starts_with(population.atc_except) if population.atc_except else pl.lit(value=True)
    inside = [pl.when(is_unnamed).then(may_be_in(population.atc, population.atc_except)).otherwise(named)]
    if population.lines is PopulationLines.STARTS:
        # Without its product no line could be traced: it may be a start, unless the source itself says otherwise.
        start = pl.col(_START_COLUMNS[population.start_level])
        inside.append((start == Start.FIRST) | (is_unnamed & (start != Start.REPEAT)))
    inside += [pl.col("icpc").is_not_null()] if population.coded_indication else []
    codes = [found for found in map(icpc.bounds, population.icpc) if found]
    within = [pl.col("icpc").is_between(pl.lit(first), pl.lit(last)) for first, last in codes]
    inside += [_any(within)] if within else []
    inside += [pl.col("sex") == population.sex] if population.sex else []
    passed = pl.col("age_passed")
    if population.age_min is not None:
        inside.append(passed > limits.ages.index(population.age_min))
    if population.age_max is not None:
        inside.append((passed >= 0) & (passed <= limits.ages.index(population.age_max + 1)))
    return pl.all_horizontal(pl.lit(value=True), *inside).fill_null(value=False)


def _all_answered(questions: Iterable[Question], limits: Limits) -> pl.Expr:
    met = [is_answered(question, limits.of_patient) for question in questions]
    return pl.all_horizontal(pl.lit(value=True), *met)


def _is_excluded(rule: Exclusion, limits: Limits) -> pl.Expr:
    named = [_starts_with(rule.atc)] if rule.atc else []
    named += [pl.col("matched_form").is_in([str(each) for each in rule.form])] if rule.form else []
    types = [1 + limits.provider_types.index(each) for each in rule.provider_types]
    named += [pl.col("provider_type").is_in(types)] if types else []
    return pl.all_horizontal(named).fill_null(value=False) if named else pl.lit(value=False)


def _meets(condition: Condition, limits: Limits) -> pl.Expr:
    met = [pl.col("outcome") == Outcome.ADHERENT] if condition.formulary else []
    met += (
        [pl.col("agreement").cast(pl.String).is_in([str(each) for each in condition.agreement])]
        if condition.agreement
        else []
    )
    met += [pl.col("choice_rank") <= condition.rank_max] if condition.rank_max is not None else []
    met += [_starts_with(condition.atc)] if condition.atc else []
    met += [~_starts_with(condition.atc_except)] if condition.atc_except else []
    met += [pl.col("matched_form").is_in([str(each) for each in condition.form])] if condition.form else []
    met += [pl.col("matched_device").is_in(condition.device)] if condition.device else []
    met += [_is_no_stronger(condition.strength_max)] if condition.strength_max is not None else []
    if condition.quantity_max is not None:
        met.append(pl.col("quantity_passed") <= limits.quantities.index(condition.quantity_max))
    return pl.all_horizontal(pl.lit(value=True), *met).fill_null(value=False)


def _is_no_stronger(limit: str) -> pl.Expr:
    """Tell whether a strength is at most the limit; both as exact decimals, and only in one and the same unit."""
    number, _, unit = limit.partition(" ")
    strength = pl.col("matched_strength")
    written = strength.str.extract(r"^(\d+(?:[.,]\d+)?) ").str.replace(",", ".", literal=True).str.to_decimal(scale=6)
    same_unit = strength.str.extract(r"^\d+(?:[.,]\d+)? (.+)$") == unit
    return same_unit & (written <= pl.lit(number.replace(",", ".")).str.to_decimal(scale=6))


def _starts_with(groups: list[str]) -> pl.Expr:
    return _any(pl.col("matched_atc").str.starts_with(group) for group in groups)


def _any(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(or_, conditions, pl.lit(value=False)).fill_null(value=False)


def _passed(limits: Iterable[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(pl.lit(0, pl.Int32), *(each.cast(pl.Int32) for each in limits), ignore_nulls=False)
