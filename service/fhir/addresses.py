"""What things are called in FHIR: canonical addresses under a base of one's own, systems of codes, lasting ids."""

import uuid
from dataclasses import dataclass
from typing import Any

# Reserved for examples: an address of one's own is named with --base.
BASE = "https://formulary.example/fhir"
AGB = "http://fhir.nl/fhir/NamingSystem/agb-z"
POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


@dataclass(frozen=True)
class Addresses:
    """Canonical addresses under `base`, for the rules with this SHA-256."""

    base: str
    rules_sha256: str

    @property
    def version(self) -> str:
        """Return the version of every Measure: the rules that define it, by the beginning of their checksum."""
        return self.rules_sha256[:16]

    def measure(self, indicator: str) -> str:
        """Return the canonical address of an indicator, without its version."""
        return f"{self.base}/Measure/{indicator}"

    def extension(self, name: str) -> str:
        """Return the address of an extension of ours."""
        return f"{self.base}/StructureDefinition/{name}"

    def id_of(self, *parts: str) -> str:
        """Return an id that is the same in every run for the same parts, and differs for others."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((self.base, *parts))))


def concept(system: str, code: str) -> dict[str, Any]:
    """Return a coded concept."""
    return {"coding": [{"system": system, "code": code}]}
