"""An indicator as a FHIR R4 Measure: what is counted and left out, in words, with its definition as data."""

import base64
import json
from typing import Any

from formulary import Direction, Indicator, Language, Rulebook, Sentences

from .addresses import IMPROVEMENT, POPULATION, SCORING, Addresses, concept

_SENTENCES = Sentences(__package__)
# Each is part of the one before, but for the numerator, which is part of what is left of the denominator.
POPULATIONS = ("initial-population", "denominator", "denominator-exclusion", "denominator-exception", "numerator")
_IMPROVEMENTS = {Direction.HIGHER: "increase", Direction.LOWER: "decrease"}


def measure_of(indicator: Indicator, rulebook: Rulebook, addresses: Addresses, language: Language) -> dict[str, Any]:
    """Return the Measure of an indicator; its version is that of the rules."""
    named = indicator.name_nl if language is Language.NL else indicator.name_en
    said = {"name": named, "unit": _SENTENCES.say(f"UNIT_{indicator.unit}", language)}
    return {
        "resourceType": "Measure",
        "id": addresses.id_of("Measure", indicator.id, addresses.version),
        "url": addresses.measure(indicator.id),
        "identifier": [{"system": f"{addresses.base}/NamingSystem/indicator", "value": indicator.id}],
        "version": addresses.version,
        "title": named,
        "status": "active",
        "experimental": rulebook.region.invented,
        "publisher": rulebook.region.name,
        "description": _SENTENCES.say("DESCRIPTION", language, **said),
        **_in_force(indicator),
        "scoring": concept(SCORING, "proportion"),
        **improvement_of(indicator),
        "relatedArtifact": [*_definition(indicator), *_parts(indicator, addresses)],
        "group": [{"population": [_population(code, said, language) for code in POPULATIONS]}],
    }


def improvement_of(indicator: Indicator) -> dict[str, Any]:
    """Return whether a higher or a lower score is better; nothing where a score is not judged."""
    better = _IMPROVEMENTS.get(indicator.direction)
    return {"improvementNotation": concept(IMPROVEMENT, better)} if better else {}


def _in_force(indicator: Indicator) -> dict[str, Any]:
    days = {"start": indicator.in_force_from, "end": indicator.in_force_until}
    told = {name: day.isoformat() for name, day in days.items() if day is not None}
    return {"effectivePeriod": told} if told else {}


def _definition(indicator: Indicator) -> list[dict[str, Any]]:
    """Return where the indicator comes from, and the published definition that the scores were counted by."""
    published = json.dumps(indicator.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, sort_keys=True)
    data = base64.b64encode(published.encode()).decode()
    document = {"contentType": "application/json", "data": data, "title": indicator.id}
    return [
        {"type": "citation", "citation": indicator.source},
        {"type": "documentation", "document": document},
    ]


def _parts(indicator: Indicator, addresses: Addresses) -> list[dict[str, Any]]:
    parts = [f"{addresses.measure(part)}|{addresses.version}" for part in indicator.composite]
    return [{"type": "composed-of", "resource": part} for part in parts]


def _population(code: str, said: dict[str, str], language: Language) -> dict[str, Any]:
    told = _SENTENCES.say(code.replace("-", "_").upper(), language, **said)
    # R4 wants an expression; ours is the attached definition, and these are its words.
    return {"code": concept(POPULATION, code), "criteria": {"language": "text/plain", "expression": told}}
