"""Which recommendation of one version is which of another, and what is said of it otherwise.

Entries are recognised by their name and code, then by what they say. A medicine whose code moved stays what it was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..documents import Entry
from ..segments import Edition
from .change import Change, ChangeKind, as_text

_FIELDS = {
    ChangeKind.ADVICE_CHANGED: ("advice",),
    ChangeKind.CODE_MOVED: ("atc",),
    ChangeKind.INDICATION_CHANGED: ("chapter", "indication", "icpc"),
    ChangeKind.FORM_CHANGED: ("route", "form", "device", "strengths", "prk", "gpk"),
    ChangeKind.PATIENT_CHANGED: ("age_min", "age_max", "sex", "pregnancy", "setting", "start_only"),
    ChangeKind.DOSE_CHANGED: ("dose", "dose_max", "duration"),
    ChangeKind.VALIDITY_CHANGED: ("valid_from", "valid_until"),
    ChangeKind.TEXT_CHANGED: ("substance", "without_medicine", "remark"),
}

# An entry of the old version beside what it became; nothing where there is none.
Pair = tuple[Entry | None, Entry | None]


def entry_changes(old: Edition, new: Edition, current: Mapping[str, str]) -> Iterator[Change]:
    """Give every difference between the entries of two versions; `current` tells which former codes are which."""
    errata = {each.entry_id: each.text for each in sorted(new.header.errata, key=lambda each: each.published_on)}
    for before, after in _paired(old.entries, new.entries, current):
        if before is None and after is not None:
            reason = errata.get(after.entry_id, after.remark)
            yield _change(ChangeKind.ENTRY_ADDED, after, ("advice", "", _advice_and_place(after)), reason)
        elif before is not None and after is None:
            reason = errata.get(before.entry_id, "")
            yield _change(ChangeKind.ENTRY_DROPPED, before, ("advice", _advice_and_place(before), ""), reason)
        elif before is not None and after is not None:
            yield from _differences(before, after, errata)


def suspension_changes(old: Edition, new: Edition) -> Iterator[Change]:
    """Give every chapter that was suspended, taken up again, or suspended over other days."""
    before, after = _suspended(old), _suspended(new)
    for chapter in sorted({*before, *after}):
        (was, _), (is_now, source) = before.get(chapter, ("", "")), after.get(chapter, ("", ""))
        if was != is_now:
            kind = ChangeKind.CHAPTER_SUSPENDED if is_now else ChangeKind.CHAPTER_RESUMED
            yield Change(kind, chapter, field="suspended", old=was, new=is_now, reason=source)


def _suspended(edition: Edition) -> dict[str, tuple[str, str]]:
    days: dict[str, list[str]] = defaultdict(list)
    sources: dict[str, str] = {}
    for each in edition.header.suspended:
        days[each.chapter].append(f"{each.suspended_from} - {as_text(each.suspended_until)}".strip())
        sources[each.chapter] = each.source
    return {chapter: (as_text(listed), sources[chapter]) for chapter, listed in days.items()}


def _differences(before: Entry, after: Entry, errata: Mapping[str, str]) -> Iterator[Change]:
    places = (_place(before), _place(after))
    if places[0] != places[1]:
        reason = errata.get(after.entry_id, after.remark)
        yield _change(ChangeKind.RANK_CHANGED, after, ("place", *places), reason)
    for kind, names in _FIELDS.items():
        for name in names:
            old, new = as_text(getattr(before, name)), as_text(getattr(after, name))
            if old != new:
                # A remark that is itself the change would be told twice.
                remark = "" if name == "remark" else after.remark
                yield _change(kind, after, (name, old, new), errata.get(after.entry_id, remark))


def _place(entry: Entry) -> str:
    """Return step and rank in one text: a committee moves a medicine once, whichever of the two it writes."""
    said = (("step", entry.step), ("rank", entry.rank))
    return ", ".join(f"{name} {value}" for name, value in said if value is not None)


def _advice_and_place(entry: Entry) -> str:
    return ", ".join(text for text in (str(entry.advice), _place(entry)) if text)


def _change(kind: ChangeKind, entry: Entry, said: tuple[str, str, str], reason: str) -> Change:
    name = entry.substance or entry.without_medicine
    return Change(kind, entry.entry_id, name, entry.indication, *said, reason=reason)


def _paired(old: Sequence[Entry], new: Sequence[Entry], current: Mapping[str, str]) -> list[Pair]:
    """Return each entry of either version once, beside its counterpart; the surest likeness is tried first."""
    pairs: list[Pair] = []
    old_left, new_left = list(old), list(new)
    for likeness in _likenesses(current):
        found = _alike(old_left, new_left, likeness)
        pairs += found
        old_left = _without(old_left, [before for before, _ in found])
        new_left = _without(new_left, [after for _, after in found])
    return [*pairs, *((before, None) for before in old_left), *((None, after) for after in new_left)]


def _likenesses(current: Mapping[str, str]) -> list[Callable[[Entry], object]]:
    def _medicine(entry: Entry) -> str:
        return current.get(entry.atc, entry.atc) if entry.atc else ""

    def _choice(entry: Entry) -> str:
        return _medicine(entry) or entry.without_medicine

    def _whole(entry: Entry) -> object:
        form = (as_text(entry.form), entry.device, as_text(entry.strengths))
        return (entry.indication, _choice(entry), form, entry.age_min, entry.age_max, entry.sex, entry.setting)

    return [
        lambda entry: (entry.entry_id, _medicine(entry)),
        _whole,
        lambda entry: (entry.indication, _choice(entry)),
    ]


def _alike(
    old: Sequence[Entry], new: Sequence[Entry], likeness: Callable[[Entry], object]
) -> list[tuple[Entry, Entry]]:
    waiting: dict[object, list[Entry]] = defaultdict(list)
    for entry in new:
        waiting[likeness(entry)].append(entry)
    return [(entry, waiting[key].pop(0)) for entry in old if waiting[key := likeness(entry)]]


def _without(entries: Sequence[Entry], taken: Sequence[Entry]) -> list[Entry]:
    names = {entry.entry_id for entry in taken}
    return [entry for entry in entries if entry.entry_id not in names]
