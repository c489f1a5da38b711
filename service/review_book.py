"""Decisions on labels as they lie in the rules folder, and the queue as a table that people fill in and send back."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

import polars as pl

from formulary import ALIAS_TABLE, Language, RulesInvalid, load_aliases, open_rules, write_workbook

from .formula_text import safe_text
from .swap import swapped_file

QUEUE_TABLE, _REGION = "review.csv", "region.toml"
_WORKBOOKS = (".xlsx", ".xlsm")


def append_decisions(folder: Path, decided: pl.DataFrame) -> None:
    """Add decisions (`ALIASES`) behind those that the rules folder has; nothing that was said before is lost."""
    _write(folder, pl.concat([load_aliases(folder), decided]))


def revoke_decisions(folder: Path, label: str, person: str, today: date) -> int:
    """Mark a person's decisions on a label as revoked; return how many there were that still held."""
    aliases = load_aliases(folder)
    is_meant = (pl.col("label") == label) & (pl.col("decided_by") == person) & pl.col("revoked_on").is_null()
    revoked = aliases.filter(is_meant).height
    if revoked:
        # What was revoked stays to be seen: who once said what is part of the account.
        until = pl.when(is_meant).then(pl.max_horizontal(pl.lit(today), "decided_on")).otherwise("revoked_on")
        _write(folder, aliases.with_columns(revoked_on=until))
    return revoked


def _write(folder: Path, aliases: pl.DataFrame) -> None:
    with swapped_file(folder / ALIAS_TABLE) as beside:
        aliases.write_csv(beside)


def write_queue(queue: pl.DataFrame, out: Path, folder: Path, language: Language) -> None:
    """Write a queue as CSV, or as a workbook beside the name of the region whose labels they are."""
    with swapped_file(out) as beside:
        if out.suffix.lower() not in _WORKBOOKS:
            # A label is a stranger's text: a quote before it keeps a spreadsheet from taking it for a formula.
            queue.with_columns(safe_text(pl.col("label")).alias("label")).write_csv(beside)
            return
        # The rule book's own writer is used: text stays text there, no formula and no link comes of a label.
        with tempfile.TemporaryDirectory(prefix="formulary-") as workspace:
            shutil.copyfile(folder / _REGION, Path(workspace) / _REGION)
            queue.write_csv(Path(workspace) / QUEUE_TABLE)
            write_workbook(Path(workspace), beside, language)


def read_queue(file: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a queue that was filled in, each with its row number; blank cells are left out.

    Raises RulesInvalid with every fault in the table, by sheet and cell where it is a workbook.
    """
    is_workbook = file.suffix.lower() in _WORKBOOKS
    reading = open_rules(file if is_workbook else file.parent)
    rows = reading.table(reading.path / (QUEUE_TABLE if is_workbook else file.name))
    if faults := reading.placed():
        raise RulesInvalid("RULES_INVALID", file.name, faults)
    return rows
