"""The same lines in another kind of file are the same lines: outcome, reason and whose deviation it was."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from formulary import Rulebook, load_rulebook, sample_folder
from matcher import CANONICAL_COLUMNS, Identifier, Reading, Workplace, assess, identifier, read_lines
from service.demo import make_demo_lines
from service.demo_claims import claimable, write_claims
from service.demo_fhir import tellable, write_fhir
from service.demo_workbook import write_workbook
from tests.worlds import KEY

N_LINES = 1_500
SAID = ["line_id", "outcome", "reason", "preferred", "attributed_to", "start"]
# What no claim and no FHIR can say is left out of lines that are to be the same in all of them.
NOT_IN_CLAIMS = ("hpk", "prk", "gpk", "atc", "label", "icpc", "first_issue", "practice_agb", "cost")
Writer = Callable[[pl.DataFrame, Path], Path]


def _as_csv(lines: pl.DataFrame, out: Path) -> Path:
    lines.write_csv(out, separator=";")
    return out


def _as_parquet(lines: pl.DataFrame, out: Path) -> Path:
    lines.write_parquet(out)
    return out


def _as_claim(version: str) -> Writer:
    return lambda lines, out: write_claims(claimable(lines), out, version)


def _as_workbook(lines: pl.DataFrame, out: Path) -> Path:
    return write_workbook(lines, out.with_suffix(".xlsx"))


OF_CLAIMS: dict[str, Writer] = {
    "parquet": _as_parquet,
    "Excel": _as_workbook,
    "AP304 8.0": _as_claim("8.0"),
    "AP304 7.2": _as_claim("7.2"),
}
OF_FHIR: dict[str, Writer] = {
    "parquet": _as_parquet,
    "Excel": _as_workbook,
    "FHIR bundle": write_fhir,
    "FHIR by line": lambda lines, out: write_fhir(lines, out, by_line=True),
}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(sample_folder())


@pytest.fixture(scope="module")
def warm(rulebook: Rulebook) -> Identifier:
    return identifier(rulebook.catalogue)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Lines of the demo under our own column names, as text."""
    folder = tmp_path_factory.mktemp("made")
    made = make_demo_lines(sample_folder(), folder / "lines.csv", lines=N_LINES)
    lines = read_lines([made], Reading(folder / "work", KEY)).lines.collect()
    return lines.select(pl.col(CANONICAL_COLUMNS).cast(pl.String))


def _said_of(file: Path, rulebook: Rulebook, warm: Identifier) -> pl.DataFrame:
    read = read_lines([file], Reading(file.parent / f"{file.name}-work", KEY))
    lines = assess(read.lines, rulebook, None, Workplace(KEY, identifier=warm)).lines
    return lines.select(SAID).collect().sort("line_id")


@pytest.mark.parametrize("format_", OF_CLAIMS)
def test_a_claim_says_what_a_table_of_the_same_lines_says(
    written: pl.DataFrame, rulebook: Rulebook, warm: Identifier, tmp_path: Path, format_: str
) -> None:
    known = claimable(written)["line_id"].implode()
    lines = written.filter(pl.col("line_id").is_in(known)).drop(NOT_IN_CLAIMS)
    with_cents = lines.with_columns(claimable(written)["cost_cents"].cast(pl.String).alias("cost_cents"))
    table = _said_of(_as_csv(with_cents, tmp_path / "table.csv"), rulebook, warm)
    assert table["outcome"].n_unique() >= 4
    assert _said_of(OF_CLAIMS[format_](with_cents, tmp_path / "other"), rulebook, warm).equals(table)


@pytest.mark.parametrize("format_", OF_FHIR)
def test_fhir_says_what_a_table_of_the_same_lines_says(
    written: pl.DataFrame, rulebook: Rulebook, warm: Identifier, tmp_path: Path, format_: str
) -> None:
    lines = tellable(written).with_columns(
        pl.when(pl.col("first_issue") == "N").then("first_issue").alias("first_issue"),
        pl.when(pl.col("remark") == "03").then("remark").alias("remark"),
        pl.lit(None, pl.String).alias("cost"),
    )
    table = _said_of(_as_csv(lines, tmp_path / "table.csv"), rulebook, warm)
    assert table["outcome"].n_unique() == 6
    assert _said_of(OF_FHIR[format_](lines, tmp_path / "other"), rulebook, warm).equals(table)
