"""Whether each line is according to the formulary in force on its day: every distinct choice is judged once.

What is wrong with the line itself goes before the verdict on its choice; the verdict is given in `verdicts`.
"""

from functools import partial
from typing import NamedTuple

import polars as pl

from formulary import conform

from .distinct import categorised, looked_up, numbered
from .enumerations import Decision, Netting, Outcome, Reason, Supply
from .frames import JUDGED_LINES, JudgedLines, TracedLines
from .possible import spoken_of
from .verdicts import CONFORM, DEVIATING, verdicts

# What tells choices apart.
_CHOICE = ("standing", "segment_no", "product_no", "icpc", "age_from", "sex")
_SAID_OF_A_CHOICE = ("entry_id", "agreement", "choice_rank", "preferred", "preferred_atc")
_OUTCOMES = {
    Reason.NOT_UNDERSTOOD: Outcome.INVALID,
    Reason.UNSURE_PRODUCT: Outcome.UNIDENTIFIED,
    Reason.UNKNOWN_PRODUCT: Outcome.UNIDENTIFIED,
    **dict.fromkeys(CONFORM, Outcome.ADHERENT),
    **dict.fromkeys(DEVIATING, Outcome.NON_ADHERENT),
}


class Judged(NamedTuple):
    """The lines with what is said of them, and what each distinct choice is and what is said of it."""

    lines: JudgedLines
    choices: pl.DataFrame


def judge_lines(lines: TracedLines, products: pl.DataFrame, segments: pl.DataFrame, entries: pl.DataFrame) -> Judged:
    """Return every line with its `outcome`, the `reason` for it, and the `preferred` choice where it deviates.

    `products` says what each product is, in order of its number; `segments` (`SEGMENTS`) which stretch of the
    calendar each day is in, `entries` (`ENTRIES`) what holds on it.
    """
    dated = lines.with_columns(_segment_of_day(segments), _age_from(entries).alias("age_from"), _standing())
    counted, chosen = numbered(dated, _CHOICE, "choice_no")
    named = chosen.with_columns(looked_up("product_no", products))
    choices = named.with_columns(spoken_of(named, entries))
    told = _judged(choices, segments, entries)
    judged = counted.with_columns(looked_up("choice_no", categorised(told.with_columns(choices["possible_atc"]))))
    return Judged(JudgedLines(conform(judged, JUDGED_LINES)), choices.hstack(told).with_row_index("choice_no"))


def _judged(choices: pl.DataFrame, segments: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Return what is said of each choice: version, verdict, reason and outcome, in the order of `choices`."""
    names = segments.select("segment_no", "formulary_version")
    dated = choices.join(names, on="segment_no", how="left", nulls_equal=False, maintain_order="left")
    said = dated.hstack(verdicts(choices, entries)).with_columns(_reason().alias("reason"))
    is_judged = pl.col("reason") == pl.col("verdict")
    return said.select(
        "formulary_version",
        *(pl.when(is_judged).then(name).alias(name) for name in _SAID_OF_A_CHOICE),
        "reason",
        _outcome().alias("outcome"),
    )


def _standing() -> pl.Expr:
    """Return why a line is not judged by its product: not understood, no medicine as such, or credited."""
    reason = pl.Enum(Reason)
    taken = [
        (pl.col("problem").is_not_null(), Reason.NOT_UNDERSTOOD),
        *((pl.col("supply") == supply, Reason[supply]) for supply in Supply),
        *((pl.col("netting") == netting, Reason[netting]) for netting in Netting if netting is not Netting.STANDING),
    ]
    return pl.coalesce(*(pl.when(is_so).then(pl.lit(why, reason)) for is_so, why in taken)).alias("standing")


def _segment_of_day(segments: pl.DataFrame) -> pl.Expr:
    """Return the number of the stretch each day is in, and nothing for a day on which no version was in force."""
    find = partial(segments_of, segments=segments.sort("first_day"))
    found = pl.col("dispensed_on").map_batches(find, return_dtype=pl.UInt32(), is_elementwise=True)
    return found.alias("segment_no")


def segments_of(days: pl.Series, segments: pl.DataFrame) -> pl.Series:
    """Return the number of the stretch that each day of a batch is in; `segments` are in order of days."""
    if segments.is_empty():
        return pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(days))
    place = segments["first_day"].search_sorted(days, side="right").cast(pl.Int64) - 1
    at = place.clip(0)
    last, number = segments["last_day"].gather(at), segments["segment_no"].gather(at)
    frame = pl.DataFrame({"day": days, "place": place, "last": last, "number": number})
    held = (pl.col("place") >= 0) & (pl.col("last").is_null() | (pl.col("day") <= pl.col("last")))
    return frame.select(pl.when(held & pl.col("day").is_not_null()).then("number")).to_series()


def _age_from(entries: pl.DataFrame) -> pl.Expr:
    """Return the highest age limit of the formulary that the patient has reached: all that a verdict asks of an age."""
    limits = pl.concat([entries["age_min"], entries["age_max"] + 1]).drop_nulls().unique().sort(descending=True)
    if limits.is_empty():
        return pl.lit(None, pl.Int16())
    age = pl.col("dispensed_on").dt.year().cast(pl.Int16) - pl.col("birth_year")
    reached = [pl.when(age >= limit).then(pl.lit(limit, pl.Int16())) for limit in limits]
    return pl.coalesce(*reached, pl.when(age.is_not_null()).then(pl.lit(0, pl.Int16())))


def _reason() -> pl.Expr:
    found = [
        (pl.col("match_reason") == "LOCAL_CODE", Reason.LOCAL_ARTICLE),
        (pl.col("decision") == Decision.REVIEW, Reason.UNSURE_PRODUCT),
        (pl.col("decision") == Decision.UNMATCHED, Reason.UNKNOWN_PRODUCT),
        (pl.col("formulary_version").is_null(), Reason.NO_VERSION_IN_FORCE),
    ]
    enum = pl.Enum(Reason)
    chain = [pl.when(is_so).then(pl.lit(reason, enum)) for is_so, reason in found]
    return pl.coalesce("standing", *chain, "verdict")


def _outcome() -> pl.Expr:
    every = {str(reason): str(_OUTCOMES.get(reason, Outcome.EXCLUDED)) for reason in Reason}
    return pl.col("reason").replace_strict(every, return_dtype=pl.Enum(Outcome))
