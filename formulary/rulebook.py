"""Everything published for one region, frozen: what every stop of the path is given its part of."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from .circumstances import Circumstances
from .documents import Exclusion, Indicator, PopulationLines, Region, Scheme, StartLevel, Unit, VersionStatus
from .errors import RulesNotFound
from .patient_questions import Question, questions_of
from .segments import Edition


@dataclass(frozen=True)
class FormularyVersion:
    """One edition of the formulary: its name and the days it is in force (both inclusive).

    Only an adopted one judges lines; a draft or a withdrawn one stands on a calendar where it is compared.
    """

    version: str
    in_force_from: date
    in_force_until: date | None
    source: str
    status: VersionStatus = VersionStatus.ADOPTED


@dataclass(frozen=True)
class Rulebook:
    """The published rules of one region.

    `segments` has one row per stretch of days on which nothing changes (columns `SEGMENTS`), `entries` one per
    entry that holds on it (`ENTRIES`), `catalogue` one per product (`CATALOGUE`), `substances` one per ATC code
    (`SUBSTANCES`). `unadopted` are the drafts and withdrawn editions: they judge nothing unless they are put in force
    to be compared (`in_force_always`). `checksums` holds the SHA-256 of every file that was read, by its name in the
    folder.
    """

    region: Region
    calendar: tuple[FormularyVersion, ...]
    editions: tuple[Edition, ...]
    unadopted: tuple[Edition, ...]
    segments: pl.DataFrame
    entries: pl.DataFrame
    catalogue: pl.DataFrame
    substances: pl.DataFrame
    indicators: tuple[Indicator, ...]
    exclusions: tuple[Exclusion, ...]
    schemes: tuple[Scheme, ...]
    circumstances: Circumstances
    checksums: dict[str, str]
    sha256: str

    @property
    def patient_questions(self) -> tuple[Question, ...]:
        """Return what the indicators ask of all lines of a patient, each once, in order."""
        return questions_of(self.indicators, self.circumstances.succession)

    @property
    def counts_prescriptions(self) -> bool:
        """Tell whether some indicator counts prescriptions."""
        return any(each.unit is Unit.PRESCRIPTIONS for each in self.indicators)

    @property
    def start_levels(self) -> frozenset[StartLevel]:
        """Return the levels at which some indicator asks for starts."""
        populations = [each.population for each in self.indicators if each.population is not None]
        return frozenset(each.start_level for each in populations if each.lines is PopulationLines.STARTS)

    def scheme(self, scheme_id: str) -> Scheme:
        """Return the reward scheme of this name, or raise RulesNotFound with the names there are."""
        for scheme in self.schemes:
            if scheme.id == scheme_id:
                return scheme
        known = ", ".join(scheme.id for scheme in self.schemes)
        raise RulesNotFound("SCHEME_NOT_FOUND", self.region.name, name=scheme_id, known=known)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator of this name, or raise RulesNotFound with the names there are."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        known = ", ".join(indicator.id for indicator in self.indicators)
        raise RulesNotFound("INDICATOR_NOT_FOUND", self.region.name, name=indicator_id, known=known)
