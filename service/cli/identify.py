"""`formulary identify`: which product each row of a table is about, written beside all that the table holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from formulary import Language, Sentences, read_catalogue
from matcher import Decision, FileUnusable, identifier, reason_sentences

from ..swap import swapped_file

_EVIDENCE = ("zi", "hpk", "prk", "gpk", "atc", "label")
_DAY = "dispensed_on"  # decides what a code with a history names
_DELIMITERS = (";", ",", "\t", "|")


@dataclass(frozen=True)
class Identified:
    """How many rows were MATCHED, in REVIEW or UNMATCHED; `out` is where they were written."""

    out: Path
    rows: int
    decisions: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """Return the counts under the names of the interface."""
        return {"out": str(self.out), "rows": self.rows, "decisions": dict(self.decisions)}

    def lines(self, language: Language) -> list[str]:
        """Return what a person reads: where the answer is, and how many rows got which decision."""
        first = Sentences("service").say("IDENTIFIED", language, rows=self.rows, out=self.out)
        return [first, *(f"  {decision:<10} {self.decisions.get(decision, 0):>9}" for decision in Decision)]


def identify(file: Path, catalogue: Path, out: Path, language: Language = Language.NL) -> Identified:
    """Return the count of each decision; `out` holds every row and column of `file` in its order, and the answer's.

    A column of `file` with a name of the answer is replaced. Raises FileUnusable or RulesInvalid.
    """
    table = _read_table(file)
    found = identifier(read_catalogue(catalogue)).identify_frame(_evidence_of(table, file.name))
    sentences = reason_sentences(language)
    answer = found.select(pl.exclude(*_EVIDENCE, _DAY)).with_columns(pl.col("reason").replace_strict(sentences))
    _write_table(table.drop(answer.columns, strict=False).hstack(answer), out)
    counts = answer["decision"].cast(pl.String()).value_counts()
    return Identified(out, table.height, dict(counts.iter_rows()))


def _evidence_of(table: pl.DataFrame, where: str) -> pl.DataFrame:
    evidence = [name for name in _EVIDENCE if name in table.columns]
    if not evidence:
        raise FileUnusable("NO_KNOWN_COLUMNS", where, columns=", ".join(table.columns[:10]))
    return table.select(*evidence, *([_DAY] if _DAY in table.columns else []))


def _read_table(path: Path) -> pl.DataFrame:
    """Return the table with every column as text; what cannot be read as a table is refused."""
    if not path.exists():
        raise FileUnusable("FILE_NOT_FOUND", path.name)
    if path.is_dir():
        raise FileUnusable("FILE_IS_FOLDER", path.name)
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path)
    content = path.read_bytes()
    if not content.strip():
        raise FileUnusable("FILE_EMPTY", path.name)
    return _read_text(content, path.name)


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path).with_columns(pl.all().cast(pl.String()))
    except pl.exceptions.PolarsError as error:
        raise FileUnusable("COLUMNS_BROKEN", path.name) from error


def _read_text(content: bytes, where: str) -> pl.DataFrame:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        return pl.read_csv(text.encode(), separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise FileUnusable("TEXT_NOT_A_TABLE", where) from error


def _write_table(table: pl.DataFrame, out: Path) -> None:
    with swapped_file(out) as beside:
        if out.suffix.lower() == ".parquet":
            table.write_parquet(beside)
        else:
            table.write_csv(beside)
