"""Which switches matter most, and what each does to the score."""

from dataclasses import replace

import polars as pl

from formulary import Indicator, Level, PopulationLines, Rulebook, Unit, conform

from ..enumerations import Outcome, Start
from ..facts import LineFacts, in_words
from ..levels import epoch_of_day, placed
from ..tables import SWITCHES, AdherenceScores
from ..told import ASKED_OF_A_CHOICE, Limits, told_by_indicators
from .own import is_own, is_switch
from .saved import DEVIATION, amounts, at_level, savings_of, unit_of_choice

_SWITCHES_MAX = 5  # more than five things to do is nothing to do
_DAYS_MIN = 28  # fewer days say nothing of a year
_DAYS_A_YEAR = 365
# Whose saving is worked out: some more than are shown, because lines that tie are told apart by what they save.
_CONSIDERED = 8
_WHO = ("prescriber_agb", "practice_agb", "epoch")
_SAID_OF_A_CHOICE = tuple(dict.fromkeys((*DEVIATION, *ASKED_OF_A_CHOICE, "formulary_version")))
_LEVELS = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.REGION)


def switches_of(
    facts: LineFacts, choices: pl.DataFrame, scores: AdherenceScores, rulebook: Rulebook, indicator: Indicator | None
) -> pl.DataFrame:
    """Return the switches that matter most of everyone, practice and group, and of the region (`SWITCHES`).

    A switch is a deviation (`matched_atc`) with what the formulary prefers (`preferred`): so many `lines` of so many
    `patients`, `repeats` of them. The score is that of `indicator` over all periods: `numerator_after` if these lines
    had been conform; without a score where that indicator does not simply add up lines by the formulary.
    `saving_cents` is what that would have saved in the days of the lines, by `saving_at` a share of 1: at the own unit
    cost of conform lines of the preferred medicine, the region's where there are none. A piece is compared with a
    piece: tablets and capsules together, any other form (and inhaler) only with its own; lines without cost or
    quantity, and those nowhere to be compared with, save nothing, and where that goes for all of them it is not known.
    `yearly_saving_cents` is that at the same pace for 365 days; of fewer than 28 days no year is told. A saving below
    nought is what the switch costs.

    `choices` says what each `choice_no` is (`Assessment.choices`).

    At most five each (`rank_no`): by effect on the score, then by saving. Sorted by level, id and rank.
    """
    known = indicator if indicator is not None and _adds_up_lines(indicator, rulebook) else None
    known_choices = choices.select("choice_no", *_SAID_OF_A_CHOICE, unit_of_choice())
    wanted = known_choices.filter(_is_wanted(known_choices)).select("choice_no", "matched_atc", "unit")
    asked = [
        in_words(_deviating(facts, choices.filter(is_switch())["choice_no"], rulebook, known)),
        in_words(_conforming(facts, rulebook, wanted["choice_no"])),
        _days(facts),
    ]
    deviating, conforming, days = pl.collect_all(asked)
    region, memberships = rulebook.region.id, rulebook.circumstances.memberships
    what = known_choices.select("choice_no", *DEVIATION, "unit")
    counted = placed(_counted(deviating, known_choices, rulebook, known).join(what, on="choice_no"), memberships)
    chosen = pl.concat([_considered(at_level(counted, level, region)) for level in _LEVELS])
    conform_ = placed(conforming.join(wanted, on="choice_no"), memberships)
    savings = savings_of(counted, conform_, chosen, _LEVELS, region)
    saved = chosen.join(savings, on=["level", "id", *DEVIATION], how="left")
    yearly = saved.with_columns(_yearly(days.item()).alias("yearly_saving_cents"))
    ranked = _named(_ranked(_scored(yearly, scores, known)), rulebook.substances)
    return conform(ranked.lazy(), SWITCHES).collect()


def total_savings(switches: pl.DataFrame) -> pl.DataFrame:
    """Return what the switches of everybody save a year together: `level`, `id`, `yearly_saving_cents`.

    Positive savings only: what one switch costs, another does not earn.
    """
    saving = pl.col("yearly_saving_cents")
    return switches.group_by("level", "id").agg(saving.filter(saving > 0).sum()).sort("level", "id")


def _adds_up_lines(indicator: Indicator, rulebook: Rulebook) -> bool:
    """Tell whether a line made conform raises the numerator by one, and leaves the denominator as it is."""
    population = indicator.population
    by_formulary = any(each.model_dump(exclude_defaults=True) == {"formulary": True} for each in indicator.conform)
    return (
        indicator.unit is Unit.LINES
        and population is not None
        and population.lines is not PopulationLines.LAST
        and by_formulary
        and not replace(rulebook, indicators=(indicator,)).patient_questions
    )


def _deviating(facts: LineFacts, switches: pl.Series, rulebook: Rulebook, indicator: Indicator | None) -> pl.LazyFrame:
    """Return the own deviations, a row per kind and patient; kinds are what the one indicator asks."""
    kind = [pl.lit(0, pl.UInt64()).alias("kind")]
    own = facts.filter(is_own() & pl.col("choice_no").is_in(switches.implode()))
    if indicator is not None:
        limits = Limits.of(replace(rulebook, indicators=(indicator,)))
        own = own.with_columns(limits.columns())
        kind = [limits.kind_of_line().alias("kind")]
    told = own.with_columns(*kind, pl.col("patient").alias("person"), _epoch(rulebook), *amounts("other"))
    repeats = (pl.col("start") == Start.REPEAT).sum().cast(pl.Int64).alias("repeats")
    summed = [pl.len().cast(pl.Int64).alias("lines"), repeats, pl.col("other_quantity", "other_cents").sum()]
    return told.group_by(*_WHO, "choice_no", "kind", "person").agg(summed)


def _conforming(facts: LineFacts, rulebook: Rulebook, choices: pl.Series) -> pl.LazyFrame:
    conform_lines = facts.filter((pl.col("outcome") == Outcome.ADHERENT) & pl.col("choice_no").is_in(choices.implode()))
    told = conform_lines.with_columns(_epoch(rulebook), *amounts("conform"))
    return told.group_by(*_WHO, "choice_no").agg(pl.col("conform_quantity", "conform_cents").sum())


def _epoch(rulebook: Rulebook) -> pl.Expr:
    return epoch_of_day(rulebook.circumstances.memberships).alias("epoch")


def _days(facts: LineFacts) -> pl.LazyFrame:
    day = pl.col("dispensed_on")
    return facts.select(((day.max() - day.min()).dt.total_days() + 1).fill_null(0))


def _counted(
    deviating: pl.DataFrame, choices: pl.DataFrame, rulebook: Rulebook, indicator: Indicator | None
) -> pl.DataFrame:
    """Return the deviations that the indicator counts as such; all of them where there is none."""
    if indicator is None:
        return deviating
    limited = replace(rulebook, indicators=(indicator,))
    kinds = Limits.of(limited).unpacked(deviating.select(pl.col("kind").unique()))
    asked = choices.select("choice_no", *ASKED_OF_A_CHOICE, "formulary_version")
    told = told_by_indicators(limited, kinds.join(asked, on="choice_no"))
    return deviating.join(told.filter(pl.col("outcome") == Outcome.NON_ADHERENT), on="kind", how="semi")


def _considered(deviating: pl.DataFrame) -> pl.DataFrame:
    """Return the deviations on most lines of each id, the dearest first where they tie."""
    patients = pl.col("person").drop_nulls().n_unique().cast(pl.Int64).alias("patients")
    key = ["level", "id", *DEVIATION]
    summed = deviating.group_by(key).agg(pl.col("lines", "repeats", "other_cents").sum(), patients)
    ordered = summed.sort("lines", "other_cents", *DEVIATION, descending=[True, True, False, False, False])
    return ordered.group_by("level", "id", maintain_order=True).head(_CONSIDERED).drop("other_cents")


def _is_wanted(choices: pl.DataFrame) -> pl.Expr:
    """Tell of each choice whether it is of a substance that the formulary prefers to some other choice."""
    codes = choices["preferred_atc"].drop_nulls().unique().str.split("|").explode()
    return pl.col("matched_atc").is_in(codes.implode())


def _scored(switches: pl.DataFrame, scores: AdherenceScores, indicator: Indicator | None) -> pl.DataFrame:
    """Return the switches with the score over all periods, and its numerator as it would be."""
    named = scores.filter(pl.col("indicator") == (indicator.id if indicator else ""))
    totals = named.group_by("level", "id").agg(pl.col("numerator", "denominator").sum())
    joined = switches.join(totals, on=["level", "id"], how="left")
    return joined.with_columns((pl.col("numerator") + pl.col("lines")).alias("numerator_after"))


def _ranked(switches: pl.DataFrame) -> pl.DataFrame:
    order = ["level", "id", "lines", "yearly_saving_cents", "saving_cents", *DEVIATION]
    descending = [False, False, True, True, True, *[False] * len(DEVIATION)]
    ordered = switches.sort(order, descending=descending, nulls_last=True)
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("level", "id").alias("rank_no")
    return ordered.with_columns(rank).filter(pl.col("rank_no") <= _SWITCHES_MAX)


def _named(switches: pl.DataFrame, substances: pl.DataFrame) -> pl.DataFrame:
    names = substances.select(pl.col("atc").alias("matched_atc"), "name_nl").unique("matched_atc", keep="first")
    named = switches.join(names, on="matched_atc", how="left", maintain_order="left")
    return named.with_columns(pl.coalesce("name_nl", "matched_atc").alias("product"))


def _yearly(days: int) -> pl.Expr:
    if days < _DAYS_MIN:
        return pl.lit(None, pl.Int64())
    saving = pl.col("saving_cents").cast(pl.Int128())  # times 730 it may pass 64 bits
    return ((2 * _DAYS_A_YEAR * saving + days) // (2 * days)).cast(pl.Int64())
