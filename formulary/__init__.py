"""What the rules say, from when until when: the front door of the published rules."""

from .codes import agb, atc, bsn, gstandaard, icpc, uzovi
from .documents import (
    Advice,
    Agreement,
    Band,
    Condition,
    Direction,
    Entry,
    FirstIssueFlag,
    FormClass,
    Indicator,
    Population,
    PopulationLines,
    Region,
    Scheme,
    SchemePart,
    VersionStatus,
)
from .errors import ComplianceError, Fault, RulesInvalid, RulesNotFound
from .frames import CATALOGUE, ENTRIES, SUBSTANCES, VERSIONS, FrameShapeError, conform
from .lint import Suspicion, lint
from .load import load_region, load_rulebook, sample_folder
from .rulebook import FormularyVersion, Rulebook
from .sentences import Language, Sentences

__all__ = [
    "CATALOGUE",
    "ENTRIES",
    "SUBSTANCES",
    "VERSIONS",
    "Advice",
    "Agreement",
    "Band",
    "ComplianceError",
    "Condition",
    "Direction",
    "Entry",
    "Fault",
    "FirstIssueFlag",
    "FormClass",
    "FormularyVersion",
    "FrameShapeError",
    "Indicator",
    "Language",
    "Population",
    "PopulationLines",
    "Region",
    "Rulebook",
    "RulesInvalid",
    "RulesNotFound",
    "Scheme",
    "SchemePart",
    "Sentences",
    "Suspicion",
    "VersionStatus",
    "agb",
    "atc",
    "bsn",
    "conform",
    "gstandaard",
    "icpc",
    "lint",
    "load_region",
    "load_rulebook",
    "sample_folder",
    "uzovi",
]
