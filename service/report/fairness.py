"""What makes a score fair, or not yet: whose deviations were, what is missing, what shifted, what is odd."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from formulary import Level, Rulebook
from matcher import (
    Assessment,
    AttributedTo,
    Delivery,
    alarms_of,
    faithfulness_of,
    oddities_of,
    whose_deviations,
)

_LISTED = 15  # rows of a table in the report; the files hold them all


@dataclass(frozen=True)
class Fairness:
    """One frame a question: `attribution`, `completeness`, `alarms`, `faithfulness`; and how often what is odd."""

    attribution: pl.DataFrame
    completeness: pl.DataFrame
    alarms: pl.DataFrame
    faithfulness: pl.DataFrame
    oddities: Mapping[str, int]

    @classmethod
    def of(cls, assessment: Assessment, rulebook: Rulebook) -> Self:
        """Ask an assessment of all its periods."""
        return cls(
            whose_deviations(assessment, rulebook, None),
            assessment.completeness,
            alarms_of(assessment.facts),
            faithfulness_of(assessment.lines, assessment.prescriptions, rulebook, None),
            oddities_of(assessment.facts, assessment.scores, rulebook),
        )

    def write(self, folder: Path) -> None:
        """Write `attribution.csv`, `completeness.csv` and `prescribed.csv`; a file without rows says: nothing."""
        self.attribution.write_csv(folder / "attribution.csv", float_precision=6)
        self.completeness.write_csv(folder / "completeness.csv")
        self.faithfulness.write_csv(folder / "prescribed.csv", float_precision=6)

    def as_json(self) -> dict[str, Any]:
        """Return what `summary.json` says of it."""
        deliveries = self.completeness["delivery"].cast(pl.String).value_counts()
        counted = dict(deliveries.iter_rows())
        return {
            "alarms": self.alarms.rows(named=True),
            "deliveries": {str(each): counted.get(str(each), 0) for each in Delivery},
            "oddities": dict(self.oddities),
        }

    def told(self, indicator: str | None) -> dict[str, Any]:
        """Return what the report shows; owners and excuses are those of one indicator."""
        of_indicator = self.attribution.filter(pl.col("indicator") == (indicator or ""))
        region = of_indicator.filter(pl.col("level") == Level.REGION)
        owners = region.group_by("attributed_to").agg(pl.col("lines", "excepted").sum()).sort("attributed_to")
        far = of_indicator.filter("far_above_peers", pl.col("level") == Level.PRESCRIBER)
        gaps = self.completeness.filter(pl.col("delivery").is_in([Delivery.MISSING, Delivery.LOW]))
        pharmacies = self.faithfulness.filter((pl.col("level") == Level.PHARMACY) & (pl.col("denominator") > 0))
        return {
            "owners": owners.rows(named=True),
            "far_above_peers": far.sort("period", "id", "attributed_to").head(_LISTED).rows(named=True),
            "gaps": gaps.head(_LISTED).rows(named=True),
            "n_gaps": gaps.height,
            "alarms": self.alarms.head(_LISTED).rows(named=True),
            "faithful": pharmacies.head(_LISTED).rows(named=True),
            "oddities": self.oddities,
            "prescribers_own": str(AttributedTo.PRESCRIBER),
        }
