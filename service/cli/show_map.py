"""`formulary check --show-map`: how each column of a file was understood, before anything is judged."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from formulary import Language, Sentences
from matcher import ColumnExplained, Reading, explained, read_lines

from ..batch import Order, header_map_of
from ..settings import pseudonym_key

_SENTENCES = Sentences("service")
_PERSONAL = ("patient", "line_id", "reversal_of", "linked_to")


class MapShown:
    """What each column of each file is taken for, for machines and for people."""

    def __init__(self, order: Order) -> None:
        """Read the files of the order; nothing of them is kept."""
        with tempfile.TemporaryDirectory(prefix="formulary-", ignore_cleanup_errors=True) as workspace:
            reading = Reading(Path(workspace), pseudonym_key(), header_map_of(order.header_map), order.sheet)
            self._files = explained(read_lines(order.files, reading))

    def as_json(self) -> Mapping[str, Any]:
        """Return it for machines."""
        return {"files": [{"name": name, "columns": list(map(_as_json, each))} for name, each in self._files.items()]}

    def lines(self, language: Language) -> list[str]:
        """Return it for people: a line a column."""
        told: list[str] = []
        for name, columns in self._files.items():
            width = max((len(column.header) for column in columns), default=0)
            told += [name, *(f"  {column.header:{width}}  {_said(column, language)}" for column in columns)]
        return told


def _as_json(column: ColumnExplained) -> dict[str, Any]:
    return {
        "header": column.header,
        "column": column.column,
        "values": list(column.values),
        "not_read": column.not_read,
        "near": column.near,
    }


def _said(column: ColumnExplained, language: Language) -> str:
    if column.column in _PERSONAL:
        return _SENTENCES.say("MAP_PERSONAL", language, column=column.column)
    if column.column is not None:
        return _SENTENCES.say("MAP_READ", language, column=column.column, values=_listed(column.values))
    if column.not_read is not None:
        return _SENTENCES.say(f"MAP_NOT_READ_{column.not_read}", language)
    if column.near is not None:
        return _SENTENCES.say("MAP_NEAR", language, column=column.near)
    return _SENTENCES.say("MAP_UNKNOWN", language)


def _listed(values: Sequence[str]) -> str:
    return " | ".join(values) or "-"
