"""Everything a pack tells, found once: positions, switches, cases to discuss and agreements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from formulary import Indicator, Level, Rulebook
from matcher import AdherenceScores, AttributedTo

from ..report.adherence import overall_indicator
from ..results import Results
from .agreements import Agreement, Result, results_of
from .positions import Members, Positions, positions_of

_CASES = 5
_PRESCRIBERS_MIN = 2  # what one does is no case of the group, and would point at that one


@dataclass(frozen=True)
class Pack:
    """What the document of one group tells.

    `positions` and `indicator` are nothing where the rules have no indicator; `switches` are rows of `SWITCHES`;
    `cases` have `matched_atc`, `product`, `preferred`, `reason`, `lines` (at least) and `prescribers`.
    """

    periods: Sequence[str]
    members: Members
    indicator: Indicator | None
    positions: Positions | None
    switches: Sequence[dict[str, Any]]
    cases: Sequence[dict[str, Any]]
    agreements: Sequence[Result]
    is_provisional: bool
    period: str = ""  # whose days switches and cases are of; empty: all days of the results


def pack_of(
    found: Results,
    scores: AdherenceScores,
    rulebook: Rulebook,
    members: Members,
    agreements: Sequence[Agreement],
) -> Pack:
    """Return the pack of a group from scores and advice, each of the days that are asked for."""
    indicator, cell_min = overall_indicator(rulebook), rulebook.region.cell_min
    own = scores.filter(pl.col("level") == Level.GROUP, pl.col("id") == members.group)
    switches = [row for row in found.switches_of(Level.GROUP, members.group) if row["lines"] >= cell_min]
    return Pack(
        periods=sorted(set(own["period"])),
        members=members,
        indicator=indicator,
        positions=None if indicator is None else positions_of(scores, members, indicator, rulebook),
        switches=switches,
        cases=_cases(found.deviations, members, switches, cell_min),
        agreements=results_of(agreements, scores, members.group, rulebook),
        is_provisional=bool(own["provisional"].any()),
    )


def _cases(
    deviations: pl.DataFrame, members: Members, switches: Sequence[dict[str, Any]], cell_min: int
) -> list[dict[str, Any]]:
    told = {(row["matched_atc"], row["preferred"]) for row in switches}
    is_own = pl.col("attributed_to") == AttributedTo.PRESCRIBER
    own = deviations.filter(is_own & pl.col("id").is_in(members.at(Level.PRESCRIBER)))
    key = ["matched_atc", "product", "preferred", "reason"]
    summed = own.group_by(key).agg(pl.col("lines").sum(), pl.col("id").n_unique().alias("prescribers"))
    enough = summed.filter((pl.col("lines") >= cell_min) & (pl.col("prescribers") >= _PRESCRIBERS_MIN))
    ordered = enough.sort("lines", *key, descending=[True, *[False] * len(key)]).rows(named=True)
    return [row for row in ordered if (row["matched_atc"], row["preferred"]) not in told][:_CASES]
