"""The same engine as the batch, kept warm: lines that come in over HTTP take the same path as lines in a file."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from formulary import Rulebook
from matcher import CANONICAL_COLUMNS, RAW_LINES, Identifier, Problem, RawLines, Workplace, assess, identifier

_SOURCE = "request"
_LONGEST_LINE = 100_000  # characters, as in files


class EngineFailed(Exception):
    """The engine gave up on lines; a bug of ours, told without what was in them."""


class Engine:
    """One rule book with its catalogue indexed, ready to judge."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Index the catalogue once, for every request to come."""
        self.rulebook = rulebook
        self._identifier: Identifier = identifier(rulebook.catalogue, aliases=rulebook.circumstances.aliases)

    def check(self, lines: Sequence[Mapping[str, str | None]]) -> list[dict[str, Any]]:
        """Return what the path says of each line, in the order given.

        Lines of one request are each other's history and nothing else is; nothing of them is kept.
        """
        # A key of its own for every request: no two answers can be joined on a pseudonym.
        workplace = Workplace(secrets.token_bytes(32), None, self._identifier)
        try:
            judged = assess(_raw(lines), self.rulebook, None, workplace).lines.sort("line_no").collect()
        except pl.exceptions.PanicException as error:
            # A panic is no Exception: it would pass every handler and end the worker.
            raise EngineFailed from error
        return judged.rows(named=True)


def _raw(lines: Sequence[Mapping[str, str | None]]) -> RawLines:
    rows = [
        {
            "source": _SOURCE,
            "line_no": number,
            "damage": _damage(line),
            **{name: line.get(name) for name in CANONICAL_COLUMNS},
        }
        for number, line in enumerate(lines, 1)
    ]
    return RawLines(pl.DataFrame(rows, schema=RAW_LINES).lazy())


def _damage(line: Mapping[str, str | None]) -> Problem | None:
    written = [text for text in line.values() if text]
    if sum(len(text) for text in written) > _LONGEST_LINE:
        return Problem.FIELD_TOO_LONG
    return Problem.NUL_CHARACTER if any("\0" in text for text in written) else None
