"""Suspicions about who belongs where: unknown parents, two places on one day, patients of nobody's practice."""

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from ..circumstances import STRUCTURE_TABLE
from ..documents import Level
from ..participation import ENROLMENT_TABLE
from ..rulebook import Rulebook
from .suspicion import Suspicion, some_of

_UPWARDS = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.SUBREGION)


def structure_suspicions(rulebook: Rulebook) -> Iterator[Suspicion]:
    """Give what is suspicious in the structure; a region without one has nothing to be suspected of."""
    memberships = rulebook.circumstances.memberships
    if memberships.is_empty():
        return
    yield from _unknown_parents(memberships)
    yield from _two_places(memberships)
    yield from _enrolled_nowhere(rulebook, memberships)


def _unknown_parents(memberships: pl.DataFrame) -> Iterator[Suspicion]:
    for lower, upper in pairwise(_UPWARDS):
        known = set(memberships.filter(pl.col("level") == upper)["id"])
        if not known:  # the structure ends at this level: whatever its members are part of is the top
            continue
        members = memberships.filter(pl.col("level") == lower)
        unknown = members.filter(~pl.col("part_of").is_in(list(known))).sort("part_of", "id")
        for (parent,), rows in unknown.group_by("part_of", maintain_order=True):
            names = rows["id"].unique(maintain_order=True).to_list()
            values = {"parent": parent, "level": str(upper), "n": len(names), "names": some_of(names)}
            yield Suspicion("PARENT_UNKNOWN", STRUCTURE_TABLE, values)


def _two_places(memberships: pl.DataFrame) -> Iterator[Suspicion]:
    """Give everyone who begins in a second place before having left the first: their lines count in the second only."""
    ordered = memberships.sort("level", "id", "valid_from", "part_of")
    for (level, id_), rows in ordered.group_by("level", "id", maintain_order=True):
        stays = list(rows.select("part_of", "valid_from", "valid_until").iter_rows())
        for (one, _, until), (other, since, _) in pairwise(stays):
            if one != other and (until is None or until >= since):
                values = {"id": id_, "level": str(level), "one": one, "other": other, "day": since}
                yield Suspicion("TWO_PLACES", STRUCTURE_TABLE, values)


def _enrolled_nowhere(rulebook: Rulebook, memberships: pl.DataFrame) -> Iterator[Suspicion]:
    practices = set(memberships.filter(pl.col("level") == Level.PRACTICE)["id"])
    practices |= set(memberships.filter(pl.col("level") == Level.PRESCRIBER)["part_of"])
    unknown = sorted(set(rulebook.circumstances.enrolment["practice_agb"]) - practices)
    if unknown:
        yield Suspicion("ENROLMENT_UNKNOWN", ENROLMENT_TABLE, {"n": len(unknown), "names": some_of(unknown)})
