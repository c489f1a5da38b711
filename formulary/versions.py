"""Put formulary versions on a calendar: no two in force on one day; days without a version are named."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar


class InForce(Protocol):
    """Anything published that holds from a day until a day."""

    @property
    def version(self) -> str:
        """Return its name."""
        ...

    @property
    def in_force_from(self) -> date:
        """Return its first day."""
        ...

    @property
    def in_force_until(self) -> date | None:
        """Return its last day, or nothing while it holds until further notice."""
        ...


AnyVersion = TypeVar("AnyVersion", bound=InForce)


def last_day(version: InForce, following: InForce | None) -> date | None:
    """Return the last day a version holds: its own, or the day before the next begins, or none."""
    if version.in_force_until is not None or following is None:
        return version.in_force_until
    return following.in_force_from - timedelta(days=1)


def on_calendar(versions: Sequence[AnyVersion]) -> list[AnyVersion]:
    """Return the versions in the order in which they come into force."""
    return sorted(versions, key=lambda version: version.in_force_from)


def overlaps(versions: Sequence[AnyVersion]) -> list[tuple[AnyVersion, AnyVersion]]:
    """Return each pair of neighbouring versions that are in force on one and the same day.

    A version without a last day ends by itself when the next begins, so only two on one first day, or a last
    day on or after the next first day, overlap.
    """
    pairs = pairwise(on_calendar(versions))
    return [(one, next_) for one, next_ in pairs if _ends(one, next_) >= next_.in_force_from]


def gaps(versions: Sequence[InForce]) -> list[tuple[date, date]]:
    """Return each stretch of days (first, last) between two versions on which none is in force."""
    pairs = pairwise(on_calendar(versions))
    days = [(_ends(one, next_) + timedelta(days=1), next_.in_force_from - timedelta(days=1)) for one, next_ in pairs]
    return [(first, last) for first, last in days if first <= last]


def _ends(version: InForce, following: InForce) -> date:
    ends = last_day(version, following)
    assert ends is not None
    return version.in_force_from if ends < version.in_force_from else ends
