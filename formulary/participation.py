"""What rewards rest on beside the lines: participation, enrolment, meetings and baselines; dated, without doubles."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import polars as pl

from .documents import Attendance, Baseline, Enrolment, Participation
from .folder import Folder
from .frames import ATTENDANCE, BASELINES, ENROLMENT, PARTICIPATION

ENROLMENT_TABLE, PARTICIPATION_TABLE = "enrolment.csv", "participation.csv"
ATTENDANCE_TABLE, BASELINE_TABLE = "attendance.csv", "baselines.csv"
_DAY = timedelta(days=1)

Days = tuple[date, date | None]


def read_participation(reading: Folder) -> pl.DataFrame:
    """Return the stretches of days (`PARTICIPATION`) on which someone takes part in a scheme, sorted.

    Rows that touch or overlap are one stretch, so that no two of one participant share a day.
    """
    path = reading.path / PARTICIPATION_TABLE
    stays: defaultdict[tuple[str, str], list[Days]] = defaultdict(list)
    for _, each in reading.rows(path, Participation) if reading.has(path) else []:
        stays[each.scheme, each.id].append((each.valid_from, each.valid_until))
    rows = [(*who, *days) for who, listed in sorted(stays.items()) for days in _joined(listed)]
    return pl.DataFrame(rows, schema=PARTICIPATION, orient="row")


def read_enrolment(reading: Folder) -> pl.DataFrame:
    """Return the patients of each practice and quarter with the days of that quarter (`ENROLMENT`), sorted.

    A practice that is there twice for one quarter is a fault: nobody can tell which number holds.
    """
    path = reading.path / ENROLMENT_TABLE
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row_no, each in reading.rows(path, Enrolment) if reading.has(path) else []:
        key = each.practice_agb, each.quarter
        if key in found:
            reading.fault(
                "ENROLMENT_TWICE", ENROLMENT_TABLE, row_no, "quarter", first=found[key][0], value=each.quarter
            )
        else:
            found[key] = row_no, each.patients
    rows = [(*key, *_days_of(key[1]), patients) for key, (_, patients) in sorted(found.items())]
    return pl.DataFrame(rows, schema=ENROLMENT, orient="row")


def read_attendance(reading: Folder) -> pl.DataFrame:
    """Return who was at which meeting (`ATTENDANCE`), sorted; a row that is there twice is one."""
    path = reading.path / ATTENDANCE_TABLE
    rows = reading.rows(path, Attendance) if reading.has(path) else []
    found = {(each.held_on, each.group, each.prescriber_agb) for _, each in rows}
    return pl.DataFrame(sorted(found), schema=ATTENDANCE, orient="row")


def read_baselines(reading: Folder) -> pl.DataFrame:
    """Return the counts of earlier periods (`BASELINES`), sorted; two rows for one thing are a fault."""
    path = reading.path / BASELINE_TABLE
    found: dict[tuple[str, str, str, str], tuple[int, Baseline]] = {}
    for row_no, each in reading.rows(path, Baseline) if reading.has(path) else []:
        key = each.period, str(each.level), each.id, each.indicator
        if key in found:
            reading.fault("BASELINE_TWICE", BASELINE_TABLE, row_no, "id", first=found[key][0], value=each.id)
        else:
            found[key] = row_no, each
    rows = [(*key, each.numerator, each.denominator) for key, (_, each) in sorted(found.items())]
    return pl.DataFrame(rows, schema=BASELINES, orient="row")


def _joined(stays: Sequence[Days]) -> Iterator[Days]:
    """Give the stays as stretches in order of days; without a last day a stretch goes on."""
    first: date | None = None
    last: date = date.min
    for begins, until in sorted(stays, key=lambda each: each[0]):
        ends = until or date.max
        if first is not None and (last == date.max or begins <= last + _DAY):
            last = max(last, ends)
            continue
        if first is not None:
            yield first, last
        first, last = begins, ends
    if first is not None:
        yield first, None if last == date.max else last


def _days_of(quarter: str) -> tuple[date, date]:
    """Return the first and last day of a quarter, `2026-Q3`."""
    year, number = int(quarter[:4]), int(quarter[-1])
    following = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return date(year, 3 * number - 2, 1), following - _DAY
