"""Suspicions within the formulary itself: days without a version, and recommendations that contradict each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from ..documents import Entry, SuccessionKind
from ..rulebook import Rulebook
from ..segments import Edition
from ..succession import current_codes
from ..versions import gaps
from .suspicion import Suspicion, some_of


def version_suspicions(rulebook: Rulebook, today: date) -> Iterator[Suspicion]:
    """Give the gaps between versions, and what is suspicious in the entries of each."""
    for first, last in gaps(rulebook.calendar):
        yield Suspicion("DAYS_WITHOUT_VERSION", "formulary", {"first": first, "last": last})
    current = current_codes(rulebook.circumstances.succession, SuccessionKind.ATC)
    for edition in rulebook.editions:
        if not edition.entries:
            yield Suspicion("VERSION_EMPTY", f"formulary/{edition.header.version}/entries.csv")
        yield from _opposite_advice(edition, current)
        yield from _several_first_choices(edition)
        yield from _outside_version(edition)
        if edition.last >= today:
            yield from _overdue_reviews(edition, today)


def place_of(edition: Edition, entry: Entry) -> str:
    """Return where an entry stands."""
    return f"formulary/{edition.header.version}/entries.csv, {entry.entry_id}"


def _opposite_advice(edition: Edition, current: dict[str, str]) -> Iterator[Suspicion]:
    same: dict[object, list[Entry]] = defaultdict(list)
    for entry in edition.entries:
        if entry.atc is not None:
            same[entry.indication, current.get(entry.atc, entry.atc)].append(entry)
    for entries in same.values():
        opposite = [pair for pair in combinations(entries, 2) if _contradict(*pair)]
        if opposite:
            first, second = opposite[0]
            values = {"substance": first.substance, "indication": first.indication, "other": second.entry_id}
            yield Suspicion("OPPOSITE_ADVICE", place_of(edition, first), values)


def _contradict(one: Entry, other: Entry) -> bool:
    """Tell whether two entries advise the opposite of one choice for one patient on one day."""
    apart = one.form and other.form and not set(one.form) & set(other.form)
    return one.advice is not other.advice and not apart and _patient(one) == _patient(other) and _meet(one, other)


def _patient(entry: Entry) -> tuple[object, ...]:
    return (entry.age_min, entry.age_max, entry.sex, entry.pregnancy, entry.setting)


def _meet(one: Entry, other: Entry) -> bool:
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_until or date.max, other.valid_until or date.max)


def _several_first_choices(edition: Edition) -> Iterator[Suspicion]:
    firsts: dict[object, list[Entry]] = defaultdict(list)
    for entry in edition.entries:
        if entry.rank == 1 and (entry.step or 1) == 1 and entry.atc is not None:
            firsts[entry.indication, _patient(entry)].append(entry)
    for entries in firsts.values():
        substances = list(dict.fromkeys(entry.substance for entry in entries))
        # Entries that take turns, one valid after the other, are one first choice a day.
        if len(substances) > 1 and any(_meet(*pair) for pair in combinations(entries, 2)):
            values = {"indication": entries[0].indication, "substances": ", ".join(substances)}
            yield Suspicion("SEVERAL_FIRST_CHOICES", place_of(edition, entries[0]), values)


def _outside_version(edition: Edition) -> Iterator[Suspicion]:
    for entry in edition.entries:
        first, last = entry.valid_from or edition.first, entry.valid_until or edition.last
        if first < edition.first or last > edition.last:
            open_ended = edition.last == date.max
            days = {"first": edition.first, "last": "…" if open_ended else edition.last}
            never = last < edition.first or first > edition.last
            code = "ENTRY_NEVER_HOLDS" if never else "ENTRY_BEYOND_VERSION"
            yield Suspicion(code, place_of(edition, entry), {"substance": _name(entry), **days})


def _name(entry: Entry) -> str:
    return entry.substance or entry.without_medicine


def _overdue_reviews(edition: Edition, today: date) -> Iterator[Suspicion]:
    # A chapter is reviewed as a whole: a sentence for each of its entries would bury the rest.
    overdue: dict[tuple[str, date], list[Entry]] = defaultdict(list)
    for entry in edition.entries:
        if entry.review_on is not None and entry.review_on < today:
            overdue[entry.chapter, entry.review_on].append(entry)
    for (chapter, day), entries in sorted(overdue.items(), key=lambda item: item[0]):
        yield Suspicion("ENTRY_REVIEW_OVERDUE", place_of(edition, entries[0]), _review(chapter, day, entries))


def _review(chapter: str, day: date, entries: Sequence[Entry]) -> dict[str, object]:
    return {"chapter": chapter, "day": day, "n": len(entries), "names": some_of([_name(entry) for entry in entries])}
