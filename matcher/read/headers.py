"""Which of our columns each header of a file means: exact names, synonyms, or a map that the user gives."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from anyascii import anyascii

from ..errors import FileUnusable
from ..frames import CANONICAL_COLUMNS, PRODUCT_COLUMNS

# What our own rejects carry besides the line: read over when they come back mended.
_OWN_COLUMNS = ("source", "lineno", "problem", "uitleg", "explanation")
_HEADER_NAMES_MIN = 2  # a title may be a word that is also a header
# What a reader calls the columns that say which line of which file a mended reject takes the place of.
MENDS = ("mends_source", "mends_line_no")
_HIDDEN = "…"
_UNREAD_SHOWN = 8
_REQUIRED = ("dispensed_on", "prescriber_agb")


@dataclass(frozen=True)
class Header:
    """How a file's columns were understood: our column -> their header, and the headers left out.

    Rejects that come back also say which line they mend: `mends` are their headers of its file and line number.
    """

    columns: Mapping[str, str]
    left_out: tuple[str, ...]
    mends: tuple[str, str] | None = None

    @property
    def wanted(self) -> dict[str, str]:
        """Return what is read: the name it gets with us -> its header. No other column is."""
        return {**self.columns, **dict(zip(MENDS, self.mends or (), strict=False))}


def recognise(written: Sequence[str], where: str, header_map: Mapping[str, str]) -> Header:
    """Return which of our columns each header means; raise FileUnusable where lines could not be told from it.

    `header_map` (their header -> our column) goes before what we know ourselves.
    """
    _refuse_doubles([name for name in written if name], where)
    meanings = {name: header_map.get(name) or _synonyms().get(_plain(name)) for name in written if name}
    _refuse_unknown_targets(header_map, where)
    columns = _columns(meanings, header_map, where)
    used = set(columns.values())
    left_out = tuple(shown(name) for name in meanings if name not in used and _plain(name) not in _OWN_COLUMNS)
    _refuse_missing(columns, left_out, where)
    own = {_plain(name): name for name in written if name and meanings[name] is None}
    mends = (own["source"], own["lineno"]) if {"source", "lineno"} <= own.keys() else None
    return Header(columns, left_out, mends)


def _columns(meanings: Mapping[str, str | None], header_map: Mapping[str, str], where: str) -> dict[str, str]:
    """Return the header of each of our columns; of two for one column, a name that says less gives way."""
    named: dict[str, list[str]] = {}
    for name, meaning in meanings.items():
        if meaning is not None:
            named.setdefault(meaning, []).append(name)
    columns = {}
    for meaning, names in named.items():
        firm = [name for name in names if name in header_map] or [
            name for name in names if _plain(name) not in _known().gives_way.get(meaning, ())
        ]
        chosen = firm or names
        if len(chosen) > 1:
            raise FileUnusable("COLUMN_MEANT_TWICE", where, column=meaning, one=chosen[0], other=chosen[1])
        columns[meaning] = chosen[0]
    return columns


def header_row(rows: Sequence[Sequence[str]], header_map: Mapping[str, str]) -> int | None:
    """Return which of the first rows of a table is its header, or nothing where none is.

    What stands above it may be titles, which fill few cells, never lines: a line there would be lost.
    """
    for n, row in enumerate(rows):
        filled = [name for name in row if name]
        if recognised_count(filled) + sum(name in header_map for name in filled) >= _HEADER_NAMES_MIN:
            above = max((sum(bool(cell) for cell in each) for each in rows[:n]), default=0)
            return n if above * 2 <= len(filled) else None
    return None


def recognised_count(written: Sequence[str]) -> int:
    """Return how many of these headers are known: the delimiter that gives the most is the file's."""
    return sum(_plain(name) in _synonyms() for name in written)


def shown(header: str) -> str:
    """Return a header fit for a message: what looks like data instead of a name is not repeated."""
    is_name = len(header) <= 40 and sum(character.isdigit() for character in header) <= 3
    return header if is_name and header.isprintable() else _HIDDEN


def nearest_column(header: str) -> str | None:
    """Return the known name that a header is nearest to, or nothing."""
    if why_not_read(header) is not None:
        return None
    near = get_close_matches(_plain(header), _synonyms(), n=1, cutoff=0.75)
    return _synonyms()[near[0]] if near else None


def why_not_read(header: str) -> str | None:
    """Return why a header that we know is not read: PERSON, AMOUNT or OTHER; nothing for one that we do not know."""
    return _known().not_read.get(_plain(header))


class _Known(NamedTuple):
    """What `headers.toml` says: the column of each name, its usual name, those that give way, those not read."""

    synonyms: dict[str, str]
    usual: dict[str, str]
    gives_way: dict[str, frozenset[str]]
    not_read: dict[str, str]


@cache
def _known() -> _Known:
    table = tomllib.loads(files(__package__).joinpath("headers.toml").read_text(encoding="utf-8"))
    gives_way, not_read = table.pop("gives_way"), table.pop("not_read")
    synonyms = {_plain(synonym): column for column, names in table.items() for synonym in names}
    return _Known(
        {**synonyms, **{_plain(column): column for column in CANONICAL_COLUMNS}},
        {column: names[0] for column, names in table.items()},
        {column: frozenset(map(_plain, names)) for column, names in gives_way.items()},
        {_plain(name): why for why, names in not_read.items() for name in names},
    )


def _synonyms() -> dict[str, str]:
    return _known().synonyms


def _plain(header: str) -> str:
    return "".join(character for character in anyascii(header).lower() if character.isalnum())


def _refuse_doubles(written: Sequence[str], where: str) -> None:
    twice = sorted({shown(name) for name in written if list(written).count(name) > 1})
    if twice:
        raise FileUnusable("HEADER_TWICE", where, columns=", ".join(twice))


def _refuse_unknown_targets(header_map: Mapping[str, str], where: str) -> None:
    unknown = sorted({column for column in header_map.values() if column not in CANONICAL_COLUMNS})
    if unknown:
        raise FileUnusable("MAP_TARGET_UNKNOWN", where, columns=", ".join(unknown), known=", ".join(CANONICAL_COLUMNS))


def _refuse_missing(columns: Mapping[str, str], left_out: Sequence[str], where: str) -> None:
    if not columns:
        told = _not_data(left_out) or [_HIDDEN]
        raise FileUnusable("NO_KNOWN_COLUMNS", where, columns=", ".join(told[:_UNREAD_SHOWN]))
    missing = [f"{_known().usual[name]} ({name})" for name in _REQUIRED if name not in columns]
    if not set(columns) & set(PRODUCT_COLUMNS):
        missing.append(" / ".join(PRODUCT_COLUMNS))
    if missing:
        # Those that look like one of ours first: a file may have a hundred others.
        near = {name: column for name in left_out if (column := nearest_column(name))}
        told = [f"{name} (-> {column}?)" for name, column in near.items()]
        told += [name for name in _not_data(left_out) if name not in near]
        unread = ", ".join(told[:_UNREAD_SHOWN]) or "-"
        raise FileUnusable("COLUMNS_MISSING", where, columns=", ".join(missing), unread=unread)


def _not_data(left_out: Sequence[str]) -> Sequence[str]:
    """Return the headers; none where one of them is no name of a column: that is a line of somebody and no header."""
    return [] if _HIDDEN in left_out else left_out
