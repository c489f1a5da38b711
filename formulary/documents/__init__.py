"""What a published file may contain: every kind of document, checked field by field.

Every document names its source. Texts in a table cell that may hold several values divide them by `|`.
"""

from .circumstance import DailyDose, Enrolment, Membership, Participation, Preference, Shortage, Succession
from .fields import Dated, Document
from .indicator import Condition, Exclusion, Indicator, Population
from .scheme import Band, Scheme, SchemePart
from .version import Entry, Erratum, Region, Suspension, VersionHeader
from .words import (
    Advice,
    Agreement,
    Direction,
    DoseUnit,
    ErratumKind,
    FirstIssueFlag,
    FormClass,
    Level,
    PopulationLines,
    Pregnancy,
    Setting,
    Sex,
    StartLevel,
    SuccessionKind,
    Unit,
    VersionStatus,
)

__all__ = [
    "Advice",
    "Agreement",
    "Band",
    "Condition",
    "DailyDose",
    "Dated",
    "Direction",
    "Document",
    "DoseUnit",
    "Enrolment",
    "Entry",
    "Erratum",
    "ErratumKind",
    "Exclusion",
    "FirstIssueFlag",
    "FormClass",
    "Indicator",
    "Level",
    "Membership",
    "Participation",
    "Population",
    "PopulationLines",
    "Preference",
    "Pregnancy",
    "Region",
    "Scheme",
    "SchemePart",
    "Setting",
    "Sex",
    "Shortage",
    "StartLevel",
    "Succession",
    "SuccessionKind",
    "Suspension",
    "Unit",
    "VersionHeader",
    "VersionStatus",
]
