"""Where the practices and prescribers of a group stand, by name or blinded, without small numbers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from formulary import Indicator, Level, Rulebook
from matcher import AdherenceScores, over_all_periods, suppressed

_LETTERS = 26
Cell = tuple[Level, str]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Members:
    """Who belonged to a group on a day: the prescribers of each practice (nobody is in two)."""

    group: str
    on: date
    practices: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, memberships: pl.DataFrame, group: str, on: date) -> "Members":
        """Return the members of a group by `MEMBERSHIPS`."""
        until = pl.col("valid_until").is_null() | (pl.col("valid_until") >= on)
        held = memberships.filter((pl.col("valid_from") <= on) & until).sort("level", "id")
        practices = held.filter((pl.col("level") == Level.PRACTICE) & (pl.col("part_of") == group))["id"]
        found: dict[str, list[str]] = {id_: [] for id_ in practices}
        for id_, practice in held.filter(pl.col("level") == Level.PRESCRIBER).select("id", "part_of").iter_rows():
            if practice in found:
                found[practice].append(id_)
        return cls(group, on, found)

    def at(self, level: Level) -> list[str]:
        """Return the practices, or the prescribers of all of them."""
        return (
            list(self.practices) if level is Level.PRACTICE else [id_ for of in self.practices.values() for id_ in of]
        )


@dataclass(frozen=True)
class Standing:
    """The rows of one level, lowest rate first, as `over_all_periods` has them, and how many are left out."""

    level: Level
    rows: Sequence[Row]
    left_out: int


@dataclass(frozen=True)
class Positions:
    """The group and the region as a whole (nothing where there is no rate), and the standings inside the group."""

    group: Row | None
    region: Row | None
    standings: Sequence[Standing]


def positions_of(scores: AdherenceScores, members: Members, indicator: Indicator, rulebook: Rulebook) -> Positions:
    """Return where everybody stands by one indicator over all periods of the scores.

    Small denominators are left out, and as many more as would betray them by subtraction (`suppressed`).
    """
    found = {
        level: {row["id"]: row for row in over_all_periods(scores, level, indicator.id).rows(named=True)}
        for level in (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.REGION)
    }
    counts = {(level, id_): row["denominator"] for level, rows in found.items() for id_, row in rows.items()}
    shown = _fit_to_be_seen(counts, members, rulebook.region.cell_min)
    standings = [_standing(level, found[level], members, shown) for level in (Level.PRACTICE, Level.PRESCRIBER)]
    whole = found[Level.GROUP][members.group] if (Level.GROUP, members.group) in shown else None
    region = next((row for row in found[Level.REGION].values() if row["denominator"]), None)
    return Positions(whole, region, standings)


def _standing(level: Level, rows: Mapping[str, Row], members: Members, shown: set[Cell]) -> Standing:
    judged = {id_ for id_ in members.at(level) if id_ in rows and rows[id_]["denominator"]}
    told = [row for id_, row in rows.items() if id_ in judged and (level, id_) in shown]
    return Standing(level, told, len(judged) - len(told))


def _fit_to_be_seen(counts: Mapping[Cell, int], members: Members, cell_min: int) -> set[Cell]:
    of: dict[Cell, list[Cell]] = defaultdict(list)
    for practice, prescribers in members.practices.items():
        of[Level.GROUP, members.group].append((Level.PRACTICE, practice))
        of[Level.PRACTICE, practice] = [(Level.PRESCRIBER, id_) for id_ in prescribers]
    cells = {cell: counts.get(cell, 0) for cell in (*of, *(part for parts in of.values() for part in parts))}
    totals: dict[Cell, list[Cell]] = {}
    for total, parts in of.items():
        # Who came or left in between makes a difference, which is a number of somebody as well.
        others = cells[total] - sum(cells[part] for part in parts)
        if others >= 0:
            rest = (Level.REGION, f"{total}")
            cells[rest] = others
            totals[total] = [*parts, rest]
    kept = suppressed(cells, totals, cell_min)
    return {cell for cell, count in kept.items() if count}


def labelled(standing: Standing, names: Mapping[str, str], *, blinded: bool) -> list[dict[str, Any]]:
    """Return the rows with a `label`: name and code or, blinded, a letter (practice) or number (prescriber).

    Blinded labels follow the order in which the rows are shown, so that a label tells nothing more than its row.
    """
    return [
        {**row, "label": _label(standing.level, row["id"], n, names, blinded)} for n, row in enumerate(standing.rows)
    ]


def _label(level: Level, id_: str, n: int, names: Mapping[str, str], blinded: bool) -> str:
    if not blinded:
        return f"{names[id_]} ({id_})" if id_ in names else id_
    return letters(n) if level is Level.PRACTICE else str(n + 1)


def letters(n: int) -> str:
    """Return the label of the n-th (from 0), as spreadsheets name their columns.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(n, _LETTERS)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)
