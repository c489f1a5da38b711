"""What is odd about the lines and matters to whoever reads the scores: each has an outcome, and is counted here."""

from datetime import date

import polars as pl

from formulary import Level, Rulebook

from .enumerations import AttributedTo, Netting, Problem, Start
from .facts import LineFacts, in_words
from .tables import AdherenceScores

# A claim names a patient by another number than a workbook of the pharmacy does, so that is not asked.
_DISPENSING = ("dispensed_on", "prescriber_agb", "matched_atc", "pharmacy_agb", "quantity")
_TOLD = _DISPENSING[:3]
_MISSING = [Problem.NO_PRESCRIBER, Problem.BAD_PRESCRIBER]
_COUNTED = {
    "OUT_OF_ORDER": pl.col("dispensed_on") < pl.col("dispensed_on").shift().over("source"),
    "REPEATED_LINES": pl.col("netting") == Netting.REPEATED,
    "ORPHAN_REVERSALS": pl.col("netting") == Netting.ORPHAN_REVERSAL,
    "UNCLEAR_REVERSALS": pl.col("netting") == Netting.UNCLEAR_REVERSAL,
    "DAYS_BEFORE_BIRTH": pl.col("problem") == Problem.BEFORE_BIRTH,
    "PRESCRIBER_MISSING": pl.col("problem").is_in(_MISSING),
    "PRESCRIBER_NO_PERSON": pl.col("attributed_to") == AttributedTo.UNKNOWN,
    "FLAG_DISAGREES": (pl.col("traced_start") != Start.UNKNOWN)
    & (pl.col("first_issue") != (pl.col("traced_start") == Start.FIRST)),
}
# In the order of the report; each is a number of lines unless its sentence says otherwise.
ODDITIES = (
    *_COUNTED,
    "ALIKE_IN_FILES",
    "PATIENTS_NOT_SHARED",
    "PRESCRIBERS_MOVED",
    "SMALL_PRACTICES",
    "INDICATORS_OF_NOBODY",
)


def oddities_of(facts: LineFacts, scores: AdherenceScores, rulebook: Rulebook) -> dict[str, int]:
    """Return how often each oddity (`ODDITIES`) occurs, those that do not occur left out.

    ALIKE_IN_FILES: dispensings (so much of a medicine, by a prescriber and a pharmacy on a day) that count in more than
    one file, where they are half of what a file holds: a month delivered twice, in two forms, is told nowhere else.
    PATIENTS_NOT_SHARED: patients, where there are several files and no patient is in more than one; a person under two
    pseudonyms is two, and history ends where the pseudonym does. PRESCRIBERS_MOVED: prescribers who were in another
    practice within the days of the lines, by the structure or, where it does not know them, by the lines themselves.
    SMALL_PRACTICES: practices of which no indicator has its minimum of lines. INDICATORS_OF_NOBODY: indicators of which
    nobody has a denominator.
    """
    days = [pl.col("dispensed_on").min().alias("first"), pl.col("dispensed_on").max().alias("last")]
    several = (pl.col("source") != pl.col("source").first()).any().alias("several")
    counted = facts.select(*(is_odd.sum().alias(name) for name, is_odd in _COUNTED.items()), *days, several)
    told = counted.collect().row(0, named=True)
    found = {name: int(told[name] or 0) for name in _COUNTED}
    found["ALIKE_IN_FILES"] = _alike(facts) if told["several"] else 0
    found["PATIENTS_NOT_SHARED"] = _not_shared(facts) if told["several"] else 0
    found["PRESCRIBERS_MOVED"] = _moved(facts, rulebook, told["first"], told["last"])
    found["SMALL_PRACTICES"] = _small_practices(scores, rulebook)
    judged = set(scores.filter(pl.col("denominator") > 0)["indicator"])
    found["INDICATORS_OF_NOBODY"] = sum(each.id not in judged for each in rulebook.indicators)
    return {name: found[name] for name in ODDITIES if found[name]}


def _alike(facts: LineFacts) -> int:
    """Return the number of dispensings that stand in several files, where these are half of a file or more, else 0."""
    is_told = [pl.col(name).is_not_null() for name in _TOLD]
    standing = facts.filter(pl.col("netting") == Netting.STANDING, *is_told)
    found = standing.select("source", pl.struct(_DISPENSING).hash().alias("dispensing")).unique()
    files = found.group_by("dispensing").agg(is_alike=pl.len() > 1)
    per_file = found.join(files, on="dispensing").group_by("source").agg(pl.len(), pl.col("is_alike").sum())
    alike, counted = pl.collect_all([files.select(pl.col("is_alike").sum()), per_file])
    is_half = counted.select((pl.col("is_alike") * 2 >= pl.col("len")).any()).item()
    return int(alike.item()) if is_half else 0


def _not_shared(facts: LineFacts) -> int:
    """Return the number of patients where none of them is in two files, else 0."""
    pairs = facts.filter(pl.col("patient").is_not_null()).select("source", "patient").unique()
    pairs_n, patients_n = pairs.select(pl.len(), pl.col("patient").n_unique().alias("patients")).collect().row(0)
    return int(patients_n) if pairs_n == patients_n else 0


def _moved(facts: LineFacts, rulebook: Rulebook, first: date | None, last: date | None) -> int:
    """Return how many prescribers the structure, or where it does not know them their lines, puts in two practices."""
    if first is None or last is None:
        return 0
    structure = rulebook.circumstances.memberships.filter(pl.col("level") == Level.PRESCRIBER)
    held = structure.filter(
        pl.col("valid_from") <= last, pl.col("valid_until").is_null() | (pl.col("valid_until") >= first)
    )
    moved = held.group_by("id").agg(pl.col("part_of").n_unique()).filter(pl.col("part_of") > 1)
    named = facts.filter(pl.col("prescriber_agb").is_not_null(), pl.col("practice_agb").is_not_null())
    places = in_words(named.select("prescriber_agb", "practice_agb").unique()).collect()
    unknown = places.filter(~pl.col("prescriber_agb").is_in(structure["id"].implode()))
    return moved.height + unknown.filter(pl.col("prescriber_agb").is_duplicated())["prescriber_agb"].n_unique()


def _small_practices(scores: AdherenceScores, rulebook: Rulebook) -> int:
    minimum = {each.id: each.denominator_min for each in rulebook.indicators}
    of_practices = scores.filter((pl.col("level") == Level.PRACTICE) & (pl.col("denominator") > 0)).with_columns(
        pl.col("indicator").replace_strict(minimum, default=1, return_dtype=pl.Int64).alias("minimum")
    )
    enough = (pl.col("denominator") >= pl.col("minimum")).any()
    return of_practices.group_by("id").agg(enough.alias("enough")).filter(~pl.col("enough")).height
