"""Strengths as exact numbers: what is written 1G, 1000MG or 1.000 mg is one strength, 0,5 % is 5 mg per ml.

Nothing here is a float: a strength is a whole number of nanograms (or units) or a fraction of two whole numbers.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..vocabulary import rows_of

_PART = re.compile(r"\s*([/+]?)\s*([0-9][0-9.,]*)?\s*([A-Z][A-Z0-9 .\-]*|%)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}")
_UNITS = {row["word"].replace(" ", ""): (row["unit"], int(row["factor"]), row["kind"]) for row in rows_of("units")}
_SUBSTANCE_KINDS = frozenset({"mass", "activity", "amount", "radioactivity", "allergen", "gas", "share"})
_PACK_KINDS = frozenset({"volume", "dose", "piece", "time"})


class Strength(NamedTuple):
    """What one strength token says.

    `key` compares exactly (unit family, then one whole number or fraction per substance; empty for a pack size);
    `counted` is the number of substances it speaks of; `text` is for people; `packs` are volumes and numbers of doses,
    which tell packs apart and never substances.
    """

    key: str
    counted: int
    text: str
    packs: tuple[str, ...]


def number_of(text: str, unit: str = "") -> Fraction:
    """Return the number as written in Dutch: comma for decimals, dot for thousands unless that cannot be.

    >>> number_of("2,5"), number_of("25.000"), number_of("0.125"), number_of("3.125", "MG"), number_of("5.725", "IE")
    (Fraction(5, 2), Fraction(25000, 1), Fraction(1, 8), Fraction(25, 8), Fraction(5725, 1))
    """
    text = text.rstrip(".,")
    if _THOUSANDS.fullmatch(text) and not _is_english_decimal(text, unit):
        separator = "," if text.count(",") > 1 else "."
        return Fraction(text.replace(separator, "").replace(",", "."))
    whole, _, decimals = text.replace(",", ".").partition(".")
    return Fraction(f"{whole or '0'}.{decimals.replace('.', '') or '0'}")


def _is_english_decimal(text: str, unit: str) -> bool:
    # 3.125 mg cannot be three thousand: thousands of milligrams are round, and no decimal ends in nought.
    kind = _UNITS[unit][2] if unit in _UNITS else ""
    return kind == "mass" and text.count(".") == 1 and not text.endswith("0")


def _parts(token: str) -> list[tuple[str, str, str]]:
    found = [match.groups(default="") for match in _PART.finditer(token)]
    return [(sign, number, unit.replace(" ", "")) for sign, number, unit in found if number or unit]


def _amounts(parts: list[tuple[str, str, str]]) -> list[tuple[str, Fraction | None, str]]:
    """Return sign, number and unit of each part; "500/125MG" lends its unit to every number before it."""
    amounts: list[tuple[str, Fraction | None, str]] = []
    unit = ""
    for sign, number, written in reversed(parts):
        unit = written or unit
        amounts.append((sign, number_of(number, unit) if number else None, unit))
    return amounts[::-1]


@lru_cache(maxsize=200_000)
def strength_of(token: str) -> Strength:
    """Return what a strength token says; a volume or a count of doses alone has no key."""
    above: list[tuple[Fraction, str]] = []
    count = counted = 0
    below: Fraction | None = None
    packs: list[str] = []
    shown: list[str] = []
    for sign, number, written in _amounts(_parts(token)):
        unit, factor, kind = _UNITS[written]
        if kind in _PACK_KINDS or (number is None and above):
            # "mg/g": the gram is what the strength is counted in; "per dose" and "per hour" count one.
            if above and kind in ("volume", "mass"):
                below = (number or Fraction(1)) * factor / (1 if kind == "volume" else 1_000_000)
            elif number is not None and not above and kind != "piece":
                packs.append(f"{unit} {number * factor}")
            shown.append(f"/{_shown(number)}{' ' if number else ''}{unit}" if above else f"{_shown(number)} {unit}")
        elif number is not None:
            above.append((number * factor, kind))
            # "125 mg + 80 mg" may be two tablets of one substance; only "/" counts substances.
            count = 1 if sign == "+" else count + 1
            counted = max(count, counted)
            shown.append(("/" if shown else "") + f"{_shown(number)} {unit}")
    return Strength(_key(above, below), counted, "".join(shown), tuple(packs))


def _key(above: list[tuple[Fraction, str]], below: Fraction | None) -> str:
    if not above:
        return ""
    kind = above[-1][1]
    divisor = below or Fraction(1)
    if kind == "share":
        # 1 % is 10 mg in a gram or in a millilitre: the same medicine is written all three ways.
        kind, divisor, below = "mass", Fraction(1000), Fraction(1000)
    return f"{kind}{'' if below is None else '/ml'} " + " ".join(str(amount / divisor) for amount, _ in above)


def _shown(number: Fraction | None) -> str:
    if number is None:
        return ""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.6f}".rstrip("0").replace(".", ",")
