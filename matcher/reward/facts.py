"""What rewards rest on beside the scores: who belongs where, who takes part, patients, meetings and baselines."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from formulary import ATTENDANCE, BASELINES, ENROLMENT, MEMBERSHIPS, PARTICIPATION, Circumstances, Level


@dataclass(frozen=True)
class RewardFacts:
    """The dated tables of a region that rewards look at; `as_of` is the day on which the figures are looked at.

    Without `as_of` the figures are definitive. Tables that are not given are empty.
    """

    memberships: pl.DataFrame = field(default_factory=MEMBERSHIPS.to_frame)
    participation: pl.DataFrame = field(default_factory=PARTICIPATION.to_frame)
    enrolment: pl.DataFrame = field(default_factory=ENROLMENT.to_frame)
    attendance: pl.DataFrame = field(default_factory=ATTENDANCE.to_frame)
    baselines: pl.DataFrame = field(default_factory=BASELINES.to_frame)
    as_of: date | None = None

    @classmethod
    def of(cls, circumstances: Circumstances, as_of: date | None = None) -> "RewardFacts":
        """Return the facts of a region, looked at on a day."""
        return cls(
            circumstances.memberships,
            circumstances.participation,
            circumstances.enrolment,
            circumstances.attendance,
            circumstances.baselines,
            as_of,
        )

    def part_of(self, level: Level, day: date) -> dict[str, str]:
        """Return for each id of a level what it is part of on a day: the place begun last where there are two."""
        held = self.memberships.filter(
            pl.col("level") == level,
            pl.col("valid_from") <= day,
            pl.col("valid_until").is_null() | (pl.col("valid_until") >= day),
        )
        return dict(held.sort("valid_from", "part_of").select("id", "part_of").iter_rows())
