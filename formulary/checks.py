"""What must hold between the documents of one rules folder; each breach is a fault with its place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from .documents import Entry, Indicator, Population, Scheme, SuccessionKind, VersionStatus
from .errors import Fault
from .folder import Folder
from .patient_questions import QUESTIONS_MAX, questions_of
from .scheme_checks import breaches_of
from .succession import current_codes
from .versions import overlaps

if TYPE_CHECKING:
    from .load import Published, PublishedVersion

_INDICATORS = "indicators.toml"


def check_rules(reading: Folder, published: "Published") -> None:
    """Note every fault between documents in `reading`."""
    _check_versions(reading, published)
    known = set(published.catalogue["atc"]) | set(published.substances["atc"])
    current = current_codes(published.circumstances.succession, SuccessionKind.ATC)
    for version in published.versions:
        table = f"{version.place}/entries.csv"
        _check_no_entry_twice(reading, table, version.entries, current)
        _check_atc_codes(reading, table, version.entries, known)
        _check_names_in_header(reading, version, published)
    _check_indicators(reading, published)
    _check_schemes(reading, published)


def _check_versions(reading: Folder, published: "Published") -> None:
    if not published.versions and not any(fault.file.endswith("version.toml") for fault in reading.faults):
        reading.fault("NO_VERSIONS", "formulary")
    adopted = {each.header.version: each for each in published.versions if each.header.status is VersionStatus.ADOPTED}
    for one, other in overlaps([each.header for each in adopted.values()]):
        file, day = f"{adopted[other.version].place}/version.toml", other.in_force_from
        names = {"version": other.version, "other": one.version}
        reading.faults.append(Fault("VERSIONS_OVERLAP", file, None, "in_force_from", {**names, "day": day}))
    _check_no_name_twice(reading, "VERSION_TWICE", "formulary", (each.header.version for each in published.versions))


def _check_no_entry_twice(
    reading: Folder, file: str, entries: Sequence[tuple[int, Entry]], current: Mapping[str, str]
) -> None:
    ids: dict[str, int] = {}
    choices: dict[object, list[tuple[int, Entry]]] = defaultdict(list)
    for row_no, entry in entries:
        rivals = choices[_same_choice(entry, current)] if entry.atc is not None else []
        rival = next((row for row, other in rivals if _is_tie(entry, other)), None)
        first, column = (ids[entry.entry_id], "entry_id") if entry.entry_id in ids else (rival, "atc")
        if first is not None:
            reading.fault("ENTRY_TWICE", file, row_no, column, value=entry.entry_id, first=first)
        ids.setdefault(entry.entry_id, row_no)
        rivals.append((row_no, entry))


def _same_choice(entry: Entry, current: Mapping[str, str]) -> tuple[object, ...]:
    """Return what two entries share that speak of one choice; ages and days may still tell them apart."""
    forms = (tuple(sorted(entry.form)), entry.device, tuple(sorted(entry.strengths)))
    return (
        entry.indication,
        current.get(entry.atc or "", entry.atc),
        *forms,
        entry.sex,
        entry.pregnancy,
        entry.setting,
    )


def _is_tie(one: Entry, other: Entry) -> bool:
    """Tell whether neither of two entries for one choice is the more specific: ages and days overlap, none within."""
    first, second = _ages(one), _ages(other)
    narrower = first != second and (_contains(first, second) or _contains(second, first))
    return _overlap(first, second) and _overlap(_days(one), _days(other)) and not narrower


def _ages(entry: Entry) -> tuple[int, int]:
    return (entry.age_min or 0, 999 if entry.age_max is None else entry.age_max)


def _days(entry: Entry) -> tuple[date, date]:
    return (entry.valid_from or date.min, entry.valid_until or date.max)


def _overlap(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    return bool(one[0] <= other[1] and other[0] <= one[1])


def _contains(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _check_atc_codes(reading: Folder, file: str, entries: Sequence[tuple[int, Entry]], known: set[str]) -> None:
    if not known:  # an empty catalogue was reported already; one fault a line on top of it would bury it
        return
    for row_no, entry in entries:
        if entry.atc is not None and entry.atc not in known:
            reading.fault("ATC_UNKNOWN", file, row_no, "atc", value=entry.atc)


def _check_names_in_header(reading: Folder, version: "PublishedVersion", published: "Published") -> None:
    """Note chapters and entries that a version's header names and no table has."""
    header, file = version.header, f"{version.place}/version.toml"
    own = [entry for _, entry in version.entries]
    everywhere = {entry.entry_id for each in published.versions for _, entry in each.entries}
    for n, suspension in enumerate(header.suspended, 1):
        if suspension.chapter not in {entry.chapter for entry in own}:
            reading.fault("CHAPTER_UNKNOWN", file, column=f"suspended.{n}.chapter", value=suspension.chapter)
    # An entry may be named after it was dropped: by an erratum that removed it, or while grace still keeps it.
    for column, name in [("grace", name) for name in header.grace] + [
        ("errata", each.entry_id) for each in header.errata
    ]:
        if name not in everywhere:
            reading.fault("ENTRY_UNKNOWN", file, column=column, value=name)


def _check_indicators(reading: Folder, published: "Published") -> None:
    indicators = published.indicators
    _check_no_name_twice(reading, "INDICATOR_TWICE", _INDICATORS, (each.id for each in indicators))
    _check_no_name_twice(reading, "EXCLUSION_TWICE", _INDICATORS, (each.id for each in published.exclusions))
    known = {each.id: each for each in indicators}
    rules = {each.id for each in published.exclusions}
    for indicator in indicators:
        for part in indicator.composite:
            if part not in known:
                reading.fault("INDICATOR_UNKNOWN", _INDICATORS, column=f"{indicator.id}.composite", value=part)
        for name in (indicator.population or Population()).exclude:
            if name not in rules:
                reading.fault("EXCLUSION_UNKNOWN", _INDICATORS, column=f"{indicator.id}.exclude", value=name)
        if _is_in_ring(indicator, known):
            reading.fault("COMPOSITE_RING", _INDICATORS, column=f"{indicator.id}.composite", value=indicator.id)
    asked = questions_of(indicators, published.circumstances.succession)
    if len(asked) > QUESTIONS_MAX:
        reading.fault("QUESTIONS_TOO_MANY", _INDICATORS, n=len(asked), most=QUESTIONS_MAX)


def _is_in_ring(indicator: Indicator, known: dict[str, Indicator]) -> bool:
    """Tell whether a composite contains itself, directly or through others."""
    seen: set[str] = set()
    waiting = list(indicator.composite)
    while waiting:
        part = waiting.pop()
        if part == indicator.id:
            return True
        if part not in seen and part in known:
            seen.add(part)
            waiting += known[part].composite
    return False


def _check_schemes(reading: Folder, published: "Published") -> None:
    known = {indicator.id: indicator for indicator in published.indicators}
    for scheme, file in published.schemes:
        check_scheme(reading, scheme, file, known, published.circumstances.baselines)
    _check_no_name_twice(reading, "SCHEME_TWICE", "schemes", (scheme.id for scheme, _ in published.schemes))


def check_scheme(
    reading: Folder, scheme: Scheme, file: str, indicators: Mapping[str, Indicator], baselines: pl.DataFrame
) -> None:
    """Note every fault of one scheme in `reading`."""
    for breach in breaches_of(scheme, indicators):
        reading.faults.append(Fault(breach.code, file, None, breach.column, dict(breach.values)))
    published = set(baselines.select("period", "indicator").iter_rows())
    for n, part in enumerate(scheme.parts, 1):
        if part.baseline is not None and (part.baseline, part.indicator) not in published:
            names: dict[str, object] = {"period": part.baseline, "indicator": part.indicator}
            reading.faults.append(Fault("BASELINE_UNKNOWN", file, None, f"parts.{n}.baseline", names))


def _check_no_name_twice(reading: Folder, code: str, file: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            reading.fault(code, file, value=name)
