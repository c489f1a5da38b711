"""Suspicions about reward schemes: bands that nobody need reach, and days on which nothing is judged."""

from collections.abc import Iterator
from itertools import pairwise

from ..documents import Scheme, SchemePart, TakingPart
from ..rulebook import Rulebook
from .suspicion import Suspicion


def scheme_suspicions(rulebook: Rulebook) -> Iterator[Suspicion]:
    """Give what is suspicious about each scheme."""
    for scheme in rulebook.schemes:
        yield from _without_version(scheme, rulebook)
        for part in scheme.parts:
            yield from _bands(scheme, part)
        participants = rulebook.circumstances.participation["scheme"]
        if scheme.taking_part is not TakingPart.ALL and scheme.id not in participants:
            yield Suspicion("SCHEME_WITHOUT_PARTICIPANTS", f"schemes, {scheme.id}")
    known = {scheme.id for scheme in rulebook.schemes}
    unknown = set(rulebook.circumstances.participation["scheme"]) - known
    for name in sorted(unknown):
        yield Suspicion("PARTICIPATION_SCHEME_UNKNOWN", "participation.csv", {"scheme": name})


def _without_version(scheme: Scheme, rulebook: Rulebook) -> Iterator[Suspicion]:
    last = scheme.in_force_until
    in_force = [
        version
        for version in rulebook.calendar
        if (last is None or version.in_force_from <= last)
        and (version.in_force_until is None or version.in_force_until >= scheme.in_force_from)
    ]
    if not in_force:
        days = {"first": scheme.in_force_from, "last": last or "…"}
        yield Suspicion("SCHEME_WITHOUT_VERSION", f"schemes, {scheme.id}", days)


def _bands(scheme: Scheme, part: SchemePart) -> Iterator[Suspicion]:
    """Give each band that pays no more than one with a lower threshold, and each that pays nothing."""
    ordered = sorted(part.bands, key=lambda band: band.threshold_percent)
    for lower, higher in pairwise(ordered):
        if higher.amount <= lower.amount:
            values = {"band": higher.name, "percent": higher.threshold_percent, "lower": lower.name}
            yield Suspicion("BAND_UNREACHABLE", _place(scheme, part), values)
    if ordered and ordered[0].amount == 0:
        yield Suspicion("BAND_PAYS_NOTHING", _place(scheme, part), {"band": ordered[0].name})
    if part.scale is not None and part.scale.amount == 0:
        yield Suspicion("SCALE_PAYS_NOTHING", _place(scheme, part))


def _place(scheme: Scheme, part: SchemePart) -> str:
    return f"schemes, {scheme.id}, {part.name}"
