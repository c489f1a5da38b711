"""Everything that two rule books say differently: recommendations, suspensions, indicators, rewards, and the tables."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from ..circumstances import (
    PEER_GROUP_TABLE,
    POLICY_DATE_TABLE,
    PREFERENCE_TABLE,
    SHORTAGE_TABLE,
    STRUCTURE_TABLE,
    SUCCESSION_TABLE,
)
from ..daily_doses import DDD_TABLE
from ..documents import Document, Indicator, SuccessionKind
from ..participation import ENROLMENT_TABLE, PARTICIPATION_TABLE
from ..rulebook import Rulebook
from ..succession import current_codes
from .change import Change, ChangeKind, fields_of
from .entries import entry_changes, suspension_changes

# Where a rule stands and when it is looked at again changes with every edition, and changes no outcome.
_BOOKKEEPING = ("id", "source", "review_on")
_TABLES = (
    PREFERENCE_TABLE,
    SHORTAGE_TABLE,
    STRUCTURE_TABLE,
    PEER_GROUP_TABLE,
    POLICY_DATE_TABLE,
    SUCCESSION_TABLE,
    ENROLMENT_TABLE,
    PARTICIPATION_TABLE,
    DDD_TABLE,
)
_ADDED_DROPPED_CHANGED = {
    "indicators": (ChangeKind.INDICATOR_ADDED, ChangeKind.INDICATOR_DROPPED, ChangeKind.INDICATOR_CHANGED),
    "exclusions": (ChangeKind.EXCLUSION_ADDED, ChangeKind.EXCLUSION_DROPPED, ChangeKind.EXCLUSION_CHANGED),
    "schemes": (ChangeKind.SCHEME_ADDED, ChangeKind.SCHEME_DROPPED, ChangeKind.SCHEME_CHANGED),
}


def changes_between(old: Rulebook, new: Rulebook) -> tuple[Change, ...]:
    """Return what `new` says otherwise than `old`, sorted; of each the newest formulary version is compared.

    For another version hand in `in_force_always(rulebook, version)`. A code that moved is no drop and no addition.
    """
    current = _current_codes(old, new)
    changes = [
        *entry_changes(old.editions[-1], new.editions[-1], current),
        *suspension_changes(old.editions[-1], new.editions[-1]),
        *_document_changes(old, new),
        *_region_changes(old, new),
        *_table_changes(old, new),
    ]
    return tuple(sorted(changes, key=Change.place_in_order))


def _current_codes(old: Rulebook, new: Rulebook) -> Mapping[str, str]:
    # The newer book's moves go last: where the two disagree, it knows better.
    moves = [*old.circumstances.succession, *new.circumstances.succession]
    return current_codes(moves, SuccessionKind.ATC)


def _document_changes(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for table, (added, dropped, changed) in _ADDED_DROPPED_CHANGED.items():
        before, after = _by_id(getattr(old, table)), _by_id(getattr(new, table))
        for id_ in sorted({*before, *after}):
            if id_ not in before:
                yield Change(added, id_, reason=_reason(after[id_]))
            elif id_ not in after:
                yield Change(dropped, id_)
            else:
                yield from _differences(changed, id_, before[id_], after[id_])


def _by_id(documents: Sequence[Document]) -> dict[str, Document]:
    return {str(document.id): document for document in documents}  # type: ignore[attr-defined]


def _differences(kind: ChangeKind, id_: str, before: Document, after: Document) -> Iterator[Change]:
    old, new = _told(before), _told(after)
    for field in sorted({*old, *new}):
        was, is_now = old.get(field, ""), new.get(field, "")
        if was != is_now:
            yield Change(kind, id_, field=field, old=was, new=is_now, reason=_reason(after))


def _told(document: Document) -> dict[str, str]:
    content = document.model_dump(mode="json", exclude=set(_BOOKKEEPING))
    return dict(fields_of(content))


def _reason(document: Document) -> str:
    return "" if isinstance(document, Indicator) else str(getattr(document, "source", ""))


def _region_changes(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    yield from _differences(ChangeKind.REGION_CHANGED, new.region.id, old.region, new.region)


def _table_changes(old: Rulebook, new: Rulebook) -> Iterator[Change]:
    for name in _TABLES:
        before, after = _rows(old, name), _rows(new, name)
        if before != after:
            yield Change(ChangeKind.TABLE_CHANGED, name, field="rows", old=str(len(before)), new=str(len(after)))


def _rows(rulebook: Rulebook, name: str) -> list[object]:
    said = rulebook.circumstances
    frames: Mapping[str, pl.DataFrame] = {
        PREFERENCE_TABLE: said.preferences,
        SHORTAGE_TABLE: said.shortages,
        STRUCTURE_TABLE: said.memberships,
        PEER_GROUP_TABLE: said.peer_groups,
        ENROLMENT_TABLE: said.enrolment,
        PARTICIPATION_TABLE: said.participation,
        DDD_TABLE: said.daily_doses,
    }
    documents = said.policy_dates if name == POLICY_DATE_TABLE else said.succession
    listed = frames[name].rows() if name in frames else [tuple(each) for each in documents]
    return sorted(listed, key=str)
