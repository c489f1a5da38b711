"""A second engine for rewards: slow, obvious, in fractions, written from the text of a scheme. It imports no engine.

One payee at a time, one part at a time; what a payee is owed is a dictionary of cents by part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb, floor
from typing import Any

HALF = Fraction(1, 2)
Z = {80: Fraction("1.2816"), 90: Fraction("1.6449"), 95: Fraction("1.96"), 99: Fraction("2.5758")}


@dataclass(frozen=True)
class Known:
    """What is known of one payee."""

    counts: Mapping[str, tuple[int, int]]
    baselines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    practice: str | None = None
    meetings: int = 0
    patients: int = 0


def rewards(scheme: Mapping[str, Any], known: Mapping[str, Known]) -> dict[tuple[str, str], int]:
    """Return the cents of each payee and part, limits included where they do something."""
    exact: dict[tuple[str, str], Fraction] = {}
    judged: set[str] = set()
    for part in scheme["parts"]:
        for who in sorted(known):
            amount = _amount(part, who, known)
            if amount is not None:
                judged.add(who)
            exact[who, part["part"]] = amount or Fraction(0)
    pointed = {part["part"] for part in scheme["parts"] if _is_in_points(part)}
    owed = {key: rounded(amount) for key, amount in exact.items() if key[1] not in pointed}
    points = {key: Fraction(rounded(amount * 1000), 1000) for key, amount in exact.items() if key[1] in pointed}
    owed.update(_valued(points, scheme))
    return _limited(owed, scheme, known, judged)


def rounded(amount: Fraction) -> int:
    """Return the nearest whole number, halves up."""
    return floor(amount + HALF)


def _is_in_points(part: Mapping[str, Any]) -> bool:
    earned = [*part.get("bands", []), part.get("scale") or {}, part.get("fixed") or {}]
    return any("points" in each for each in earned)


def _amount(part: Mapping[str, Any], who: str, known: Mapping[str, Known]) -> Fraction | None:
    """Return the exact amount, nothing where the part cannot be judged."""
    value = _value(part, who, known)
    if value is None:
        return None
    amount = _earned(part, value, known[who].counts.get(part.get("indicator", ""), (0, 0)))
    if part.get("per") == "PATIENT":
        amount *= known[who].patients
    return amount * Fraction(part.get("weight_percent", 100), 100)


def _value(part: Mapping[str, Any], who: str, known: Mapping[str, Known]) -> Fraction | None:  # noqa: PLR0911
    mine = known[who]
    n, d = mine.counts.get(part.get("indicator", ""), (0, 0))
    measure = part.get("measure", "RATE")
    if measure not in ("ATTENDANCE", "NOTHING") and d < part["denominator_min"]:
        return None
    if "reliability_min_percent" in part:
        reliability = Fraction(d, d + part["reliability_lines"])
        if reliability < Fraction(part["reliability_min_percent"], 100):
            return None
    if mine.meetings < part.get("meetings_min", 0):
        return None
    if measure == "NOTHING":
        return Fraction(1)
    if measure == "ATTENDANCE":
        return Fraction(min(mine.meetings, part["meetings"]), part["meetings"])
    if measure == "PERCENTILE":
        return _place(part, who, known)
    if measure == "DECILE":
        return Fraction(sum(Fraction(n, d) >= Fraction(cut, 1000) for cut in part["national_cuts_permille"]), 10)
    if measure == "IMPROVEMENT":
        n0, d0 = mine.baselines.get(part["indicator"], (0, 0))
        return None if d0 < part["denominator_min"] else Fraction(n, d) - Fraction(n0, d0)
    if part.get("certainty") == "LOWER":
        return _lower(n, d, part.get("confidence_percent", 95))
    return Fraction(n, d)


def _place(part: Mapping[str, Any], who: str, known: Mapping[str, Known]) -> Fraction | None:
    counted = {each: known[each].counts.get(part["indicator"], (0, 0)) for each in known}
    rates = {each: Fraction(n, d) for each, (n, d) in counted.items() if d >= part["denominator_min"]}
    if len(rates) < part.get("peers_min", 5):
        return None
    return Fraction(sum(rate < rates[who] for rate in rates.values()), len(rates) - 1)


def _lower(n: int, d: int, confidence: int) -> Fraction:
    """Return Wilson's lower bound, rounded down to ten-thousandths, by trying them all from above."""
    rate, z = Fraction(n, d), Z[confidence]
    for k in range(10_000, -1, -1):
        t = Fraction(k, 10_000)
        if t <= rate and (rate - t) ** 2 >= z * z * t * (1 - t) / d:
            return t
    raise AssertionError


def _earned(part: Mapping[str, Any], value: Fraction, counts: tuple[int, int]) -> Fraction:
    if "fixed" in part:
        return Fraction(_worth(part["fixed"]))
    if "scale" in part:
        lower, upper = (Fraction(part["scale"][name], 100) for name in ("lower_percent", "upper_percent"))
        share = max(Fraction(0), min(Fraction(1), (value - lower) / (upper - lower)))
        return share * _worth(part["scale"])
    reached = [band for band in part["bands"] if _reaches(part, band, value, counts)]
    return Fraction(max((_worth(band) for band in reached), default=0))


def _reaches(part: Mapping[str, Any], band: Mapping[str, Any], value: Fraction, counts: tuple[int, int]) -> bool:
    threshold = Fraction(band["threshold_percent"], 100)
    if part.get("certainty") != "PROBABILITY":
        return value >= threshold
    n, d = counts
    terms = (comb(d + 1, k) * threshold**k * (1 - threshold) ** (d + 1 - k) for k in range(n + 1))
    return floor(1000 * sum(terms, Fraction(0))) >= int(part["probability_min_permille"])


def _worth(earned: Mapping[str, Any]) -> int:
    return int(earned.get("reward_cents", earned.get("points", 0)))


def _valued(points: Mapping[tuple[str, str], Fraction], scheme: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    if "budget_cents" not in scheme:
        return {key: rounded(each * scheme.get("point_cents", 0)) for key, each in points.items()}
    # Parts in the order of the scheme, within a part payees in the order of their names.
    return shared(scheme["budget_cents"], points)


def shared(total: int, weights: Mapping[Any, Fraction | int]) -> dict[Any, int]:
    """Return a total divided by weight, by largest remainder; ties go to the larger weight, then the first."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    exact = {key: Fraction(total) * weight / whole for key, weight in weights.items()}
    parts = {key: floor(each) for key, each in exact.items()}
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], -weights[key]))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def _limited(
    owed: dict[tuple[str, str], int], scheme: Mapping[str, Any], known: Mapping[str, Known], judged: set[str]
) -> dict[tuple[str, str], int]:
    sums = {who: sum(cents for (each, _), cents in owed.items() if each == who) for who in sorted(known)}
    groups: dict[str, Sequence[Sequence[str]]] = {
        "": [[who] for who in sums],
        "practice_": [
            [who for who in sums if known[who].practice == practice]
            for practice in sorted({each.practice for each in known.values() if each.practice})
        ],
        "scheme_": [list(sums)],
    }
    for kind, listed in groups.items():
        for limit in ("floor", "cap"):
            cents = int(scheme.get(f"{kind}{limit}_cents", 0))
            for group in listed if cents else []:
                _limit(owed, sums, group, (f"{kind}{limit}".upper(), cents), judged)
    return owed


def _limit(
    owed: dict[tuple[str, str], int],
    sums: dict[str, int],
    group: Sequence[str],
    limit: tuple[str, int],
    judged: set[str],
) -> None:
    name, cents = limit
    total = sum(sums[who] for who in group)
    if name == "FLOOR":
        new = {who: max(sums[who], cents) if who in judged else sums[who] for who in group}
    elif total and (total > cents if name.endswith("CAP") else total < cents):
        new = shared(cents, {who: sums[who] for who in group})
    else:
        return
    for who in group:
        if new[who] != sums[who]:
            owed[who, name] = new[who] - sums[who]
            sums[who] = new[who]
