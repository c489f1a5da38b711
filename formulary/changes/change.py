"""One difference between two sets of rules, in words that a table, a page and a program can all show."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What sort of difference it is; their order is the order in which differences are told."""

    ENTRY_ADDED = "ENTRY_ADDED"
    ENTRY_DROPPED = "ENTRY_DROPPED"
    ADVICE_CHANGED = "ADVICE_CHANGED"
    RANK_CHANGED = "RANK_CHANGED"
    CODE_MOVED = "CODE_MOVED"
    INDICATION_CHANGED = "INDICATION_CHANGED"
    FORM_CHANGED = "FORM_CHANGED"
    PATIENT_CHANGED = "PATIENT_CHANGED"
    DOSE_CHANGED = "DOSE_CHANGED"
    VALIDITY_CHANGED = "VALIDITY_CHANGED"
    TEXT_CHANGED = "TEXT_CHANGED"
    CHAPTER_SUSPENDED = "CHAPTER_SUSPENDED"
    CHAPTER_RESUMED = "CHAPTER_RESUMED"
    INDICATOR_ADDED = "INDICATOR_ADDED"
    INDICATOR_DROPPED = "INDICATOR_DROPPED"
    INDICATOR_CHANGED = "INDICATOR_CHANGED"
    EXCLUSION_ADDED = "EXCLUSION_ADDED"
    EXCLUSION_DROPPED = "EXCLUSION_DROPPED"
    EXCLUSION_CHANGED = "EXCLUSION_CHANGED"
    SCHEME_ADDED = "SCHEME_ADDED"
    SCHEME_DROPPED = "SCHEME_DROPPED"
    SCHEME_CHANGED = "SCHEME_CHANGED"
    REGION_CHANGED = "REGION_CHANGED"
    TABLE_CHANGED = "TABLE_CHANGED"


_ORDER = {kind: number for number, kind in enumerate(ChangeKind)}


@dataclass(frozen=True)
class Change:
    """One difference: `field` of `id` said `old` and says `new`; both are text, empty where nothing is said.

    `id` names an entry, a chapter, an indicator, an exclusion, a scheme or a table; `substance` and `indication` are
    an entry's alone. `reason` is what was published about it: the erratum, else the entry's remark, else nothing.
    """

    kind: ChangeKind
    id: str
    substance: str = ""
    indication: str = ""
    field: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""

    def place_in_order(self) -> tuple[Any, ...]:
        """Return what changes are sorted on: kind first, then everything else, so that no two are equal."""
        _, *rest = astuple(self)
        return (_ORDER[self.kind], *rest)


def as_text(value: Any) -> str:
    """Return a published value as it is written in a rules folder; a list of values has no order.

    >>> as_text(["b", "a"]), as_text(True), as_text(None), as_text({"rank_max": 1, "form": []})
    ('a, b', 'true', '', '{rank_max = 1}')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ", ".join(sorted(as_text(each) for each in value))
        case Mapping():
            return "{" + ", ".join(f"{name} = {as_text(each)}" for name, each in value.items() if each) + "}"
        case _:
            return str(value)


def fields_of(content: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    """Give each single value of a document with its path; parts of a scheme and their bands go by their name."""
    for name, value in content.items():
        path = f"{within}{name}"
        if isinstance(value, Mapping):
            yield from fields_of(value, f"{path}.")
        elif isinstance(value, list) and name in ("parts", "bands"):
            yield from _of_named(value, within)
        else:
            yield path, as_text(value)


def _of_named(listed: list[Mapping[str, Any]], within: str) -> Iterator[tuple[str, str]]:
    times: dict[str, int] = {}
    for each in listed:
        called = next(key for key in ("name", "part", "indicator", "measure") if each.get(key))
        name = str(each[called])
        times[name] = times.get(name, 0) + 1
        # Two bands may bear one name; each keeps a path of its own, or one would hide what happened to the other.
        numbered = name if times[name] == 1 else f"{name} ({times[name]})"
        rest = {key: value for key, value in each.items() if key != called}
        yield from fields_of(rest, f"{within}{numbered}.")
