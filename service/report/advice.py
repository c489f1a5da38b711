"""What to do: the switches that matter most of everyone, and the deviations of each prescriber."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from formulary import Level, Rulebook
from matcher import Assessment, deviations_of_each, switches_of, total_saving

from .adherence import overall_indicator

SWITCHES_FILE, DEVIATIONS_FILE = "switches.csv", "deviations.csv"


@dataclass(frozen=True)
class Advice:
    """The switches of prescribers, practices, groups and the region (`SWITCHES`), and each prescriber's deviations."""

    switches: pl.DataFrame
    deviations: pl.DataFrame

    @classmethod
    def of(cls, assessment: Assessment, rulebook: Rulebook) -> Self:
        """Ask an assessment of all its periods, by the indicator that speaks for the whole."""
        found = switches_of(
            assessment.facts, assessment.choices, assessment.scores, rulebook, overall_indicator(rulebook)
        )
        return cls(found, deviations_of_each(assessment.facts, rulebook.substances))

    def write(self, folder: Path) -> None:
        """Write `switches.csv` and `deviations.csv`; neither says anything of a patient."""
        self.switches.write_csv(folder / SWITCHES_FILE)
        self.deviations.write_csv(folder / DEVIATIONS_FILE)

    def told(self) -> dict[str, Any]:
        """Return what the report shows: the switches of the region, and what all prescribers' own would save a year."""
        everyones = self.switches.filter(pl.col("level") == Level.PRESCRIBER)
        return {
            "switches": self.switches.filter(pl.col("level") == Level.REGION).rows(named=True),
            "saved_by_all": total_saving(everyones["yearly_saving_cents"]),
        }
