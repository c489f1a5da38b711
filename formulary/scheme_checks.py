"""What must hold between the fields of a reward scheme, and between it and the indicators: every breach, at once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from .documents import (
    CONFIDENCE,
    Certainty,
    Direction,
    Indicator,
    Level,
    Measure,
    PaidPer,
    Scheme,
    SchemePart,
    Unit,
)

PAYEES = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP)
# Parts that caps, floors and holds make of themselves.
RESERVED_PARTS = ("FLOOR", "CAP", "PRACTICE_FLOOR", "PRACTICE_CAP", "SCHEME_FLOOR", "SCHEME_CAP", "HOLD")
_ON_INDICATOR = (Measure.RATE, Measure.PERCENTILE, Measure.DECILE, Measure.IMPROVEMENT, Measure.SAVINGS)
_ON_BASELINE = (Measure.IMPROVEMENT, Measure.SAVINGS)
_UPWARDS = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.SUBREGION, Level.REGION)
_CUTS = 9  # between ten parts


@dataclass(frozen=True)
class Breach:
    """One thing that is wrong in a scheme: its code, the field, and what its sentence names."""

    code: str
    column: str
    values: Mapping[str, object] = field(default_factory=dict)


def breaches_of(scheme: Scheme, indicators: Mapping[str, Indicator]) -> Iterator[Breach]:
    """Give everything that is wrong in a scheme; `indicators` are those of the region, by id."""
    yield from _of_scheme(scheme)
    yield from _of_points(scheme)
    yield from _of_limits(scheme)
    for n, part in enumerate(scheme.parts, 1):
        at = f"parts.{n}"
        yield from _of_names(scheme, part, at)
        yield from _of_earnings(part, at)
        yield from _of_measure(part, at)
        yield from _of_certainty(part, at, indicators)
        yield from _of_level(scheme, part, at)
        yield from _of_indicator(scheme, part, f"{at}.indicator", indicators)


def _of_scheme(scheme: Scheme) -> Iterator[Breach]:
    if scheme.payee not in PAYEES:
        yield Breach("NOT_ONE_OF", "payee", {"value": scheme.payee, "expected": ", ".join(PAYEES)})
    if scheme.payee is Level.GROUP and scheme.provider_types:
        yield Breach("PROVIDER_TYPES_OF_GROUP", "provider_types")
    weights = [part.weight_percent for part in scheme.parts if part.weight_percent is not None]
    if weights and sum(weights) != 100:
        yield Breach("WEIGHTS_NOT_100", "parts.weight_percent", {"sum": sum(weights)})


def _of_points(scheme: Scheme) -> Iterator[Breach]:
    values = [name for name in ("budget_cents", "point_cents") if getattr(scheme, name) is not None]
    in_points = any(part.in_points for part in scheme.parts)
    if in_points and not values:
        yield Breach("POINTS_WITHOUT_VALUE", "point_cents")
    if len(values) > 1:
        yield Breach("POINTS_TWO_VALUES", "budget_cents")
    if values and not in_points:
        yield Breach("VALUE_WITHOUT_POINTS", values[0])


def _of_limits(scheme: Scheme) -> Iterator[Breach]:
    for kind in ("", "practice_", "scheme_"):
        floor, cap = getattr(scheme, f"{kind}floor_cents"), getattr(scheme, f"{kind}cap_cents")
        if floor is not None and cap is not None and floor > cap:
            yield Breach("FLOOR_ABOVE_CAP", f"{kind}floor_cents", {"floor": floor, "cap": cap})
        given = "cap" if floor is None else "floor"
        if kind == "practice_" and (floor, cap) != (None, None) and scheme.payee is not Level.PRESCRIBER:
            yield Breach("PRACTICE_LIMIT", f"practice_{given}_cents")


def _of_names(scheme: Scheme, part: SchemePart, at: str) -> Iterator[Breach]:
    times = Counter(each.name for each in scheme.parts)
    if times[part.name] > 1:
        yield Breach("PART_TWICE", f"{at}.part", {"value": part.name})
    if part.name in RESERVED_PARTS:
        yield Breach("PART_RESERVED", f"{at}.part", {"value": part.name})


def _of_earnings(part: SchemePart, at: str) -> Iterator[Breach]:
    curves = [part.bands, part.scale, part.fixed, part.share_percent]
    if sum(bool(curve) for curve in curves) != 1:
        yield Breach("PART_EARNS_ONE", at)
    if len({each.points is None for each in part.earned}) > 1:
        yield Breach("EARNS_MIXED", f"{at}.bands")
    if part.scale is not None and part.scale.lower_percent >= part.scale.upper_percent:
        limits = {"lower": part.scale.lower_percent, "upper": part.scale.upper_percent}
        yield Breach("SCALE_SWAPPED", f"{at}.scale.lower_percent", limits)
    if part.share_percent is not None and part.measure is not Measure.SAVINGS:
        yield Breach("SHARE_WITHOUT_SAVINGS", f"{at}.share_percent")
    if part.measure is Measure.NOTHING and part.fixed is None:
        yield Breach("NOTHING_NEEDS_FIXED", f"{at}.measure")


def _of_measure(part: SchemePart, at: str) -> Iterator[Breach]:
    asked = {
        "indicator": part.measure in _ON_INDICATOR,
        "denominator_min": part.measure in _ON_INDICATOR,
        "baseline": part.measure in _ON_BASELINE,
        "meetings": part.measure is Measure.ATTENDANCE,
    }
    for name, is_asked in asked.items():
        if is_asked and getattr(part, name) is None:
            yield Breach("MISSING", f"{at}.{name}")
        if not is_asked and getattr(part, name) is not None:
            yield Breach("NOT_WITH_MEASURE", f"{at}.{name}", {"field": name, "measure": part.measure})
    cuts = part.national_cuts_permille
    if part.measure is Measure.DECILE and (len(cuts) != _CUTS or cuts != sorted(cuts)):
        yield Breach("CUTS_NOT_NINE", f"{at}.national_cuts_permille", {"n": len(cuts)})
    if part.measure is not Measure.DECILE and cuts:
        yield Breach(
            "NOT_WITH_MEASURE",
            f"{at}.national_cuts_permille",
            {"field": "national_cuts_permille", "measure": part.measure},
        )


def _of_certainty(part: SchemePart, at: str, indicators: Mapping[str, Indicator]) -> Iterator[Breach]:
    if part.certainty is not Certainty.POINT:
        known = indicators.get(part.indicator or "")
        # Cents are no independent draws: a euro more or less says nothing of chance.
        if part.measure is not Measure.RATE or (known is not None and known.unit is Unit.COST):
            yield Breach("CERTAINTY_NOT_HERE", f"{at}.certainty", {"value": part.certainty})
    if part.confidence_percent not in CONFIDENCE:
        expected = ", ".join(str(percent) for percent in CONFIDENCE)
        yield Breach("NOT_ONE_OF", f"{at}.confidence_percent", {"value": part.confidence_percent, "expected": expected})
    if part.certainty is Certainty.PROBABILITY and not part.bands:
        yield Breach("PROBABILITY_NEEDS_BANDS", f"{at}.certainty")
    if part.certainty is Certainty.PROBABILITY and part.probability_min_permille is None:
        yield Breach("MISSING", f"{at}.probability_min_permille")
    pair = {name: getattr(part, name) for name in ("reliability_min_percent", "reliability_lines")}
    if len({value is None for value in pair.values()}) > 1:
        yield from (Breach("MISSING", f"{at}.{name}") for name, value in pair.items() if value is None)


def _of_level(scheme: Scheme, part: SchemePart, at: str) -> Iterator[Breach]:
    if part.per is PaidPer.PATIENT and scheme.payee is Level.PRESCRIBER:
        yield Breach("PATIENTS_OF_PRESCRIBER", f"{at}.per")
    if part.whose is None or scheme.payee not in PAYEES:
        return
    above = _UPWARDS[_UPWARDS.index(scheme.payee) :]
    if part.whose not in above:
        yield Breach("NOT_ONE_OF", f"{at}.whose", {"value": part.whose, "expected": ", ".join(above)})


def _of_indicator(
    scheme: Scheme, part: SchemePart, column: str, indicators: Mapping[str, Indicator]
) -> Iterator[Breach]:
    if part.indicator is None:
        return
    known = indicators.get(part.indicator)
    if known is None:
        yield Breach("INDICATOR_UNKNOWN", column, {"value": part.indicator})
        return
    if part.measure is Measure.SAVINGS and known.unit is not Unit.COST:
        yield Breach("SAVINGS_NOT_COST", column, {"indicator": known.id})
    # Rewards are for a high rate; of such an indicator that is no merit, or nobody's.
    if part.measure is not Measure.SAVINGS and known.direction is not Direction.HIGHER:
        yield Breach(f"REWARD_ON_{known.direction}", column, {"indicator": known.id})
    first, last = known.in_force_from or date.min, known.in_force_until or date.max
    if first > scheme.in_force_from or last < (scheme.in_force_until or date.max):
        days = {"first": known.in_force_from or "…", "last": known.in_force_until or "…"}
        yield Breach("INDICATOR_NOT_IN_FORCE", column, {"indicator": known.id, **days})
