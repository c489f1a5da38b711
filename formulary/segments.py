"""Which entries hold on which days: the calendar cut into stretches on which nothing changes.

A stretch begins where a version, a suspension, an entry's own validity or a period of grace begins or ends. On the
days of grace of a new version what its predecessor supported is conform as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

import polars as pl

from .codes import icpc
from .documents import Advice, Entry, VersionHeader
from .frames import ENTRIES, SEGMENTS
from .versions import last_day, on_calendar

_DAY = timedelta(days=1)
_FOREVER = date.max
_PLACE = {"place": pl.UInt32()}  # of an entry among all that there are
_OF_SEGMENT = ("segment_no", "formulary_version", "is_suspended", "by_grace")
_HELD = pl.Schema({**{name: ENTRIES[name] for name in _OF_SEGMENT}, **_PLACE})
_TOLD = pl.Schema({**_PLACE, **{name: dtype for name, dtype in ENTRIES.items() if name not in _OF_SEGMENT}})


@dataclass(frozen=True)
class Edition:
    """An adopted version with its entries and the days it is in force, both inclusive."""

    header: VersionHeader
    entries: tuple[Entry, ...]
    first: date
    last: date


@dataclass(frozen=True)
class Segment:
    """Days (both inclusive) of one version on which the same entries hold."""

    version: str
    first: date
    last: date
    entries: tuple[tuple[Entry, bool, bool], ...]  # the entry, whether its chapter is suspended, whether by grace


def editions(adopted: Sequence[tuple[VersionHeader, Sequence[Entry]]]) -> list[Edition]:
    """Return the adopted versions in the order in which they come into force."""
    entries = {header.version: tuple(listed) for header, listed in adopted}
    headers = on_calendar([header for header, _ in adopted])
    return [
        Edition(one, entries[one.version], one.in_force_from, last_day(one, next_) or _FOREVER)
        for one, next_ in zip_longest(headers, headers[1:])
    ]


def segments(ordered: Sequence[Edition]) -> list[Segment]:
    """Return the stretches of all versions, in order of days."""
    return [
        segment
        for edition, former in zip(ordered, [None, *ordered[:-1]], strict=False)
        for segment in _segments_of(edition, former)
    ]


def segments_frame(found: Sequence[Segment]) -> pl.DataFrame:
    """Return one row a stretch (`SEGMENTS`), numbered from 0."""
    rows = [(n, one.version, one.first, None if one.last == _FOREVER else one.last) for n, one in enumerate(found)]
    return pl.DataFrame(rows, schema=SEGMENTS, orient="row")


def entries_frame(found: Sequence[Segment]) -> pl.DataFrame:
    """Return one row per stretch, entry and ICPC range (`ENTRIES`); advice without a medicine judges no line."""
    # Most entries hold in several stretches: each is taken apart once.
    entries = {id(entry): entry for segment in found for entry, *_ in segment.entries if entry.atc is not None}
    place = {key: n for n, key in enumerate(entries)}
    told = [row for n, entry in enumerate(entries.values()) for row in _rows_of(n, entry)]
    held = [
        (n, segment.version, *flags, place[id(entry)])
        for n, segment in enumerate(found)
        for entry, *flags in segment.entries
        if id(entry) in place
    ]
    of_segments = pl.DataFrame(held, schema=_HELD, orient="row")
    joined = of_segments.join(pl.DataFrame(told, schema=_TOLD, orient="row"), on="place", maintain_order="left_right")
    return joined.select(ENTRIES.names())


def _segments_of(edition: Edition, former: Edition | None) -> list[Segment]:
    firsts = sorted(
        {
            edition.first,
            *(day for day in _changes(edition, former) if edition.first < day <= edition.last and day != _FOREVER),
        }
    )
    lasts = [*(first - _DAY for first in firsts[1:]), edition.last]
    return [
        Segment(edition.header.version, first, last, tuple(_entries_on(first, edition, former)))
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _changes(edition: Edition, former: Edition | None) -> list[date]:
    """Return every day on which other entries begin to hold within an edition."""
    days = [suspension.suspended_from for suspension in edition.header.suspended]
    days += [_after(suspension.suspended_until) for suspension in edition.header.suspended]
    for entry in edition.entries:
        days += [entry.valid_from or edition.first, _after(entry.valid_until)]
    if former is not None:
        days += [_grace_ends(edition, entry) for entry in former.entries]
    return days


def _entries_on(day: date, edition: Edition, former: Edition | None) -> list[tuple[Entry, bool, bool]]:
    suspended = {
        each.chapter for each in edition.header.suspended if each.suspended_from <= day < _after(each.suspended_until)
    }
    held = [(entry, entry.chapter in suspended, False) for entry in edition.entries if _holds(entry, day)]
    if former is None:
        return held
    graced = [
        (entry, entry.chapter in suspended, True)
        for entry in former.entries
        if entry.advice is Advice.RECOMMENDED and _holds(entry, former.last) and day < _grace_ends(edition, entry)
    ]
    return held + graced


def _holds(entry: Entry, day: date) -> bool:
    return (entry.valid_from or date.min) <= day < _after(entry.valid_until)


def _grace_ends(edition: Edition, former_entry: Entry) -> date:
    days = edition.header.grace.get(former_entry.entry_id, edition.header.grace_days)
    return edition.first + timedelta(days=days)


def _after(day: date | None) -> date:
    return _FOREVER if day is None or day == _FOREVER else day + _DAY


def _rows_of(place: int, entry: Entry) -> list[tuple[object, ...]]:
    ranges = [icpc.bounds(text) for text in entry.icpc] or [None]
    forms = [str(form) for form in entry.form]
    patient = (entry.age_min, entry.age_max, entry.sex)
    product = (entry.atc, entry.substance, forms, entry.device, entry.strengths)
    choice = (*product, entry.step, entry.rank, str(entry.advice))
    where = (place, entry.entry_id, entry.chapter, entry.indication)
    return [(*where, *(bounds or (None, None)), *patient, *choice) for bounds in ranges]
