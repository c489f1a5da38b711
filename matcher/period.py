"""Periods over which lines are added up: a year, a quarter, a month or twelve months.

Written 2026, 2026-Q3, 2026-09, and R12-2026-09 for the twelve months up to and including September 2026.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")
_TWELVE_MONTHS = "R12-"


@dataclass(frozen=True)
class Period:
    """A named stretch of days, both inclusive."""

    name: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "Period | None":
        """Return the period that `text` names, or nothing.

        >>> Period.parse("2026-Q3")
        Period(name='2026-Q3', first=datetime.date(2026, 7, 1), last=datetime.date(2026, 9, 30))
        """
        if text.startswith(_TWELVE_MONTHS):
            return _twelve_months(text)
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return None
        year, quarter, month = int(found[1]), found[2], found[3]
        if year == 0:
            return None
        if quarter:
            return cls(text, date(year, int(quarter) * 3 - 2, 1), _last_of_month(year, int(quarter) * 3))
        if month:
            return cls(text, date(year, int(month), 1), _last_of_month(year, int(month)))
        return cls(text, date(year, 1, 1), date(year, 12, 31))

    def within(self, first: date, last: date | None) -> "Period | None":
        """Return the days of this period from `first` to `last` under its own name, or nothing where there are none."""
        begins, ends = max(self.first, first), self.last if last is None else min(self.last, last)
        return Period(self.name, begins, ends) if begins <= ends else None


def _twelve_months(text: str) -> Period | None:
    """Return the twelve months up to and including the one named."""
    last_month = Period.parse(text.removeprefix(_TWELVE_MONTHS))
    if last_month is None or last_month.first.month != last_month.last.month or last_month.first.year == 1:
        return None
    following = last_month.last + timedelta(days=1)
    return Period(text, date(following.year - 1, following.month, 1), last_month.last)


def _last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
