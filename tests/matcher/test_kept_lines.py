"""Lines are written as categories, and whoever reads the file finds texts."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from matcher import facts
from matcher.facts import kept_with_facts
from matcher.frames import ATTRIBUTED_LINES, CATEGORY, KEPT_LINES

_CHOSEN = {"matched_atc": "A02BC01", "entry_id": "M1", "preferred": None, "formulary_version": "2026"}
_UNNAMED = dict.fromkeys(_CHOSEN)
ROWS = [
    {"line_no": 1, "prescriber_agb": "01000001", "label": "OMEPRAZOL", "outcome": "ADHERENT",
     "choice_no": 1, **_CHOSEN},
    {"line_no": 2, "prescriber_agb": None, "label": "OMEPRAZOL", "outcome": "INVALID", "problem": "NO_PRESCRIBER",
     "choice_no": 1, **_CHOSEN},
    {"line_no": 3, "prescriber_agb": "01000002", "label": '="é"', "outcome": "UNIDENTIFIED", "choice_no": 0},
    {"line_no": 4, "prescriber_agb": "01000001", "label": None, "outcome": "UNIDENTIFIED", "choice_no": 0},
]  # fmt: skip
LINES = pl.DataFrame(ROWS, schema={**ATTRIBUTED_LINES, "is_further": pl.Boolean()}).lazy()
CHOICES = pl.DataFrame([_UNNAMED, _CHOSEN], schema={name: KEPT_LINES[name] for name in facts.TEXTS_OF_CHOICE})
TEXTS = [name for name, dtype in ATTRIBUTED_LINES.items() if dtype == CATEGORY and name in KEPT_LINES]


@pytest.fixture(params=["at once", "in parts"])
def file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where lines are written, in a house that holds them all at once, or none of them."""
    if request.param == "in parts":
        monkeypatch.setattr(facts, "LINES_AT_ONCE", 0)
    return tmp_path / "lines.parquet"


def test_what_was_written_as_categories_is_read_as_texts(file: Path) -> None:
    kept = kept_with_facts(LINES, CHOICES, file)
    read = pl.read_parquet(file)
    assert (read.schema, read["label"].to_list()) == (KEPT_LINES, ["OMEPRAZOL", "OMEPRAZOL", '="é"', None])
    assert kept.lines.collect().equals(kept_with_facts(LINES, CHOICES, None).lines.collect())


def test_another_program_reads_texts_too(file: Path) -> None:
    kept_with_facts(LINES, CHOICES, file)
    database = duckdb.connect()
    columns = database.execute(f"describe select * from '{file}'").fetchall()
    assert {name: kind for name, kind, *_ in columns if name in TEXTS} == dict.fromkeys(TEXTS, "VARCHAR")
    assert database.execute(f"select prescriber_agb from '{file}'").fetchall() == [
        ("01000001",), (None,), ("01000002",), ("01000001",)
    ]  # fmt: skip


def test_what_asks_for_attention_is_told_with_the_lines(file: Path) -> None:
    _, _, (invalid, unnamed) = kept_with_facts(LINES, CHOICES, file)
    assert invalid.select("line_no", "problem").rows() == [(2, "NO_PRESCRIBER")]
    told = unnamed.sort("label", nulls_last=True).select("label", "prescriber_agb", "lines").rows()
    assert told == [('="é"', "01000002", 1), (None, "01000001", 1)]


def test_facts_are_the_same_wherever_they_come_from(file: Path) -> None:
    asked = ["prescriber_agb", "outcome", "month_no", "match_method"]
    in_memory, in_file = kept_with_facts(LINES, CHOICES, None).facts, kept_with_facts(LINES, CHOICES, file).facts
    assert in_file.select(asked).collect().equals(in_memory.select(asked).collect())
