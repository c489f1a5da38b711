"""A score as a FHIR R4 MeasureReport: individual for a prescriber, a summary for everything larger.

The five populations are whole numbers of which the score is made:
score = numerator / (denominator - denominator-exclusion - denominator-exception).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from formulary import Indicator, Level, Rulebook, Unit
from matcher import Period, suppress_small

from .addresses import ABSENT, AGB, POPULATION, Addresses, concept
from .measures import POPULATIONS, improvement_of

_ROUNDED_TO = 5  # what others see of a number that is not small
_SCORE_DECIMALS = 6
_BY_AGB = (Level.PRESCRIBER, Level.PRACTICE, Level.PHARMACY)


class Seen(StrEnum):
    """How much of a score its reader sees: everything, as its owner, or only what says nothing of small numbers."""

    EXACTLY = "EXACTLY"
    ROUNDED = "ROUNDED"


@dataclass(frozen=True)
class Made:
    """By what the scores were made, as `summary.json` says it."""

    software: str
    rules: Mapping[str, Any]
    inputs: tuple[str, ...]


def report_of(
    row: Mapping[str, Any], rulebook: Rulebook, addresses: Addresses, made: Made, seen: Seen
) -> dict[str, Any]:
    """Return the MeasureReport of one row of `ADHERENCE_SCORES`; where it is `ROUNDED`, small numbers are masked.

    Amounts of money and of daily doses are no counts: an extension holds them, and only for who sees them exactly.
    """
    indicator, level = rulebook.indicator(row["indicator"]), Level(row["level"])
    period = Period.parse(row["period"])
    assert period is not None  # the scores name periods that we wrote
    return {
        "resourceType": "MeasureReport",
        "id": addresses.id_of("MeasureReport", level, row["id"], indicator.id, period.name, addresses.version),
        "extension": [_made(made, row, addresses)],
        "status": "complete",
        "type": "individual" if level is Level.PRESCRIBER else "summary",
        "measure": f"{addresses.measure(indicator.id)}|{addresses.version}",
        **_about(level, row["id"], rulebook, addresses),
        "period": {"start": period.first.isoformat(), "end": period.last.isoformat()},
        **improvement_of(indicator),
        "group": [_group(row, indicator, rulebook.region.cell_min, addresses, seen)],
    }


def _about(level: Level, id_: str, rulebook: Rulebook, addresses: Addresses) -> dict[str, Any]:
    """Return who is measured and who reports: a prescriber is a subject, anything larger reports on itself."""
    region = _named("Organization", f"{addresses.base}/NamingSystem/region", rulebook.region.id, rulebook.region.name)
    name = (rulebook.circumstances.names or {}).get(id_)
    system = AGB if level in _BY_AGB else f"{addresses.base}/NamingSystem/{level}"
    if level is Level.PRESCRIBER:
        return {"subject": _named("Practitioner", system, id_, name), "reporter": region}
    return {"reporter": region if level is Level.REGION else _named("Organization", system, id_, name)}


def _named(kind: str, system: str, value: str, name: str | None) -> dict[str, Any]:
    told = {"type": kind, "identifier": {"system": system, "value": value}}
    return told if name is None else {**told, "display": name}


def _group(
    row: Mapping[str, Any], indicator: Indicator, cell_min: int, addresses: Addresses, seen: Seen
) -> dict[str, Any]:
    numbers = dict(zip(POPULATIONS, _numbers(row), strict=True))
    if indicator.unit in (Unit.COST, Unit.DDD):
        populations = [_amount(code, number, indicator.unit, addresses) for code, number in numbers.items()]
        return {"population": populations, **_score(row["numerator"], row["denominator"])}
    if seen is Seen.EXACTLY:
        populations = [_count(code, number) for code, number in numbers.items()]
        return {"population": populations, **_score(row["numerator"], row["denominator"])}
    shown = dict(zip(numbers, suppress_small(list(numbers.values()), cell_min, _ROUNDED_TO), strict=True))
    populations = [_count(code, number or None) for code, number in shown.items()]
    # The exact score would tell what the numbers keep to themselves: it is that of the numbers shown.
    numerator, denominator = suppress_small([row["numerator"], row["denominator"]], cell_min, _ROUNDED_TO)
    return {"population": populations, **(_score(numerator, denominator) if numerator else {})}


def _numbers(row: Mapping[str, Any]) -> tuple[int, ...]:
    judged, excepted, excluded = row["denominator"], row["excepted"], row["excluded"]
    known = judged + excepted + excluded
    return known + row["unidentified"], known, excluded, excepted, row["numerator"]


def _count(code: str, number: int | None) -> dict[str, Any]:
    masked = {"_count": {"extension": [{"url": ABSENT, "valueCode": "masked"}]}}
    return {"code": concept(POPULATION, code), **(masked if number is None else {"count": number})}


def _amount(code: str, number: int, unit: Unit, addresses: Addresses) -> dict[str, Any]:
    # A number of FHIR has 32 bits, and is a count; cents and thousandths of doses are amounts.
    euros, doses = (float(Decimal(number).scaleb(-places)) for places in (2, 3))
    value = {
        Unit.COST: {"valueMoney": {"value": euros, "currency": "EUR"}},
        Unit.DDD: {"valueQuantity": {"value": doses, "unit": "DDD"}},
    }[unit]
    extension = {"url": addresses.extension("population-amount"), **value}
    return {"extension": [extension], "code": concept(POPULATION, code)}


def _score(numerator: int, denominator: int) -> dict[str, Any]:
    """Return the score with six decimals, rounded half up; of nothing there is none."""
    if denominator == 0:
        return {}
    scale = 10**_SCORE_DECIMALS
    rounded = (2 * numerator * scale + denominator) // (2 * denominator)
    return {"measureScore": {"value": float(Decimal(rounded).scaleb(-_SCORE_DECIMALS))}}


def _made(made: Made, row: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    told = {
        "software": [f"mijnstreek-formulary {made.software}"],
        "formulary-version": [version for version in (row["formulary_versions"] or "").split(" ") if version],
        "rules-sha256": [made.rules["sha256"]],
        "input-sha256": list(made.inputs),
    }
    parts = [{"url": name, "valueString": value} for name, values in told.items() for value in values]
    return {"url": addresses.extension("made-with"), "extension": parts}
