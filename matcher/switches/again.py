"""Switches of some days only, from lines that were written: what each choice was is read from the lines themselves."""

from dataclasses import dataclass

import polars as pl

from formulary import Indicator, Level, Rulebook

from ..enumerations import Outcome
from ..facts import facts_of
from ..frames import KeptLines
from ..overview import deviations_of_each
from ..period import Period
from ..tables import AdherenceScores
from ..told import ASKED_OF_A_CHOICE
from .find import switches_of
from .saved import DEVIATION

_OF_CHOICE = tuple(dict.fromkeys((*ASKED_OF_A_CHOICE, *DEVIATION, "formulary_version")))
_EVERY_ONE = 1_000_000_000  # no deviation of a prescriber is left out


@dataclass(frozen=True)
class AdviceOfDays:
    """The switches of a period (`SWITCHES`) and every deviation in it (`DEVIATIONS`)."""

    switches: pl.DataFrame
    deviations: pl.DataFrame


def advice_of_days(
    lines: KeptLines, period: Period, scores: AdherenceScores, rulebook: Rulebook, indicator: Indicator | None
) -> AdviceOfDays:
    """Return what `switches_of` and `deviations_of_each` tell of the lines of a period, by the scores of that period.

    `scores` may have levels as text, as they are read from a file.
    """
    on_its_days = KeptLines(lines.filter(pl.col("dispensed_on").is_between(period.first, period.last)))
    facts, choices = facts_of(on_its_days), _choices(on_its_days)
    levels = AdherenceScores(scores.with_columns(pl.col("level").cast(pl.Enum(Level))))
    return AdviceOfDays(
        switches_of(facts, choices, levels, rulebook, indicator),
        deviations_of_each(facts, rulebook.substances, _EVERY_ONE),
    )


def _choices(lines: KeptLines) -> pl.DataFrame:
    # An excuse has taken the place of the reason of some lines of a choice; of those that deviate it still stands.
    deviates = pl.col("outcome") == Outcome.NON_ADHERENT
    reason = pl.coalesce(pl.col("reason").filter(deviates).first(), pl.col("reason").first()).alias("reason")
    return lines.group_by("choice_no").agg(pl.col(_OF_CHOICE).first(), reason).sort("choice_no").collect()
