"""What else decides over a line on its day: insurers' products, shortages, codes that moved, who belongs where."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from .aliases import ALIASES, read_aliases
from .daily_doses import read_daily_doses
from .documents import Membership, PeerGroup, PolicyDate, Preference, Shortage, Succession
from .folder import AnyDocument, Folder
from .frames import (
    ATTENDANCE,
    BASELINES,
    DAILY_DOSES,
    ENROLMENT,
    MEMBERSHIPS,
    PARTICIPATION,
    PEER_GROUPS,
    PREFERENCES,
    SHORTAGES,
)
from .participation import read_attendance, read_baselines, read_enrolment, read_participation

PREFERENCE_TABLE, SHORTAGE_TABLE, SUCCESSION_TABLE = "preferences.csv", "shortages.csv", "succession.csv"
STRUCTURE_TABLE, PEER_GROUP_TABLE, POLICY_DATE_TABLE = "structure.csv", "peer_groups.csv", "policy_dates.csv"


@dataclass(frozen=True)
class Circumstances:
    """The dated tables beside the formulary: `preferences` (`PREFERENCES`), `shortages` as published (`SHORTAGES`) and
    `unavailable`, what could not be had at all by them and the product list (the same columns), `memberships`
    (`MEMBERSHIPS`), `enrolment` (`ENROLMENT`), `participation` (`PARTICIPATION`), `attendance` (`ATTENDANCE`),
    `baselines` (`BASELINES`), `peer_groups` (`PEER_GROUPS`), `daily_doses` (`DAILY_DOSES`), and the documents of code
    succession and of policy dates.
    """

    preferences: pl.DataFrame
    shortages: pl.DataFrame
    memberships: pl.DataFrame
    succession: tuple[Succession, ...] = ()
    policy_dates: tuple[PolicyDate, ...] = ()
    enrolment: pl.DataFrame = field(default_factory=ENROLMENT.to_frame)
    participation: pl.DataFrame = field(default_factory=PARTICIPATION.to_frame)
    attendance: pl.DataFrame = field(default_factory=ATTENDANCE.to_frame)
    baselines: pl.DataFrame = field(default_factory=BASELINES.to_frame)
    peer_groups: pl.DataFrame = field(default_factory=PEER_GROUPS.to_frame)
    names: dict[str, str] | None = None
    daily_doses: pl.DataFrame = field(default_factory=DAILY_DOSES.to_frame)
    unavailable: pl.DataFrame = field(default_factory=SHORTAGES.to_frame)
    aliases: pl.DataFrame = field(default_factory=ALIASES.to_frame)


def read_circumstances(reading: Folder) -> Circumstances:
    """Return the tables of a folder; each that is not there is empty."""
    structure = _optional(reading, STRUCTURE_TABLE, Membership)
    return Circumstances(
        preferences=_frame(
            [
                (each.uzovi, each.zi, each.valid_from, each.valid_until)
                for each in _optional(reading, PREFERENCE_TABLE, Preference)
            ],
            PREFERENCES,
        ),
        shortages=_frame(
            [
                (each.atc, each.prk, each.zi, each.valid_from, each.valid_until)
                for each in _optional(reading, SHORTAGE_TABLE, Shortage)
            ],
            SHORTAGES,
        ),
        memberships=_frame(
            [(str(each.level), each.id, each.part_of, each.valid_from, each.valid_until) for each in structure],
            MEMBERSHIPS,
        ),
        succession=tuple(_optional(reading, SUCCESSION_TABLE, Succession)),
        policy_dates=tuple(_optional(reading, POLICY_DATE_TABLE, PolicyDate)),
        enrolment=read_enrolment(reading),
        participation=read_participation(reading),
        attendance=read_attendance(reading),
        baselines=read_baselines(reading),
        peer_groups=_frame(
            [
                (str(each.level), each.id, each.peer_group, each.valid_from, each.valid_until)
                for each in _optional(reading, PEER_GROUP_TABLE, PeerGroup)
            ],
            PEER_GROUPS,
        ),
        names={each.id: each.name for each in structure if each.name},
        daily_doses=read_daily_doses(reading),
        aliases=read_aliases(reading),
    )


def _optional(reading: Folder, name: str, kind: type[AnyDocument]) -> list[AnyDocument]:
    path = reading.path / name
    return [document for _, document in reading.rows(path, kind)] if reading.has(path) else []


def _frame(rows: Sequence[tuple[object, ...]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
