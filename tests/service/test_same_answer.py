"""An Excel export with Dutch headers, a claim and a FHIR bundle of the same month give the same answer, unasked."""

import json
from pathlib import Path

import polars as pl
import pytest

from formulary import sample_folder
from matcher import CANONICAL_COLUMNS, Reading, read_lines
from service.demo import make_demo_lines
from service.demo_claims import claimable, invented_numbers, write_claims
from service.demo_fhir import tellable, write_fhir
from service.demo_workbook import write_workbook
from tests.worlds import KEY

from .commands import Command

# What one of the three cannot say.
_NOT_IN_ALL = ("hpk", "prk", "gpk", "atc", "label", "icpc", "first_issue", "practice_agb", "cost", "remark")


@pytest.fixture
def month(tmp_path: Path) -> list[Path]:
    """Three files of the same month, as three systems export it."""
    made = make_demo_lines(sample_folder(), tmp_path / "made.csv", lines=600)
    lines = read_lines([made], Reading(tmp_path / "work", KEY)).lines.collect()
    told = tellable(lines.select(pl.col(CANONICAL_COLUMNS).cast(pl.String)))
    same = told.filter(pl.col("line_id").is_in(claimable(told)["line_id"].implode())).drop(_NOT_IN_ALL)
    numbers = invented_numbers(same["patient"])
    same = same.join(numbers, on="patient", how="left", maintain_order="left").with_columns(patient="bsn").drop("bsn")
    return [
        write_workbook(same, tmp_path / "maand.xlsx"),
        write_claims(claimable(same), tmp_path / "maand.txt"),
        write_fhir(same, tmp_path / "maand.json"),
    ]


def test_three_files_of_one_month_give_one_answer(formulary: Command, month: list[Path], tmp_path: Path) -> None:
    answers = []
    for n, file in enumerate(month):
        assert formulary("check", file, "--rules", sample_folder(), "--out", f"out-{n}").code == 0
        summary = json.loads((tmp_path / f"out-{n}" / "summary.json").read_text(encoding="utf-8"))
        answers.append((summary["lines"], summary["outcomes"], (tmp_path / f"out-{n}" / "adherence.csv").read_bytes()))
    assert answers[0][0] > 300
    assert answers[0] == answers[1] == answers[2]


def test_one_month_in_three_forms_at_once_is_told(formulary: Command, month: list[Path], tmp_path: Path) -> None:
    ended = formulary("check", *month, "--rules", sample_folder(), "--out", "out")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    lines = pl.read_parquet(tmp_path / "out" / "lines.parquet").filter(pl.col("netting") == "STANDING")
    known = lines.drop_nulls(["dispensed_on", "prescriber_agb", "matched_atc"])
    written = known.group_by("dispensed_on", "prescriber_agb", "matched_atc", "pharmacy_agb", "quantity").agg(
        pl.col("source").n_unique()
    )
    alike = written.filter(pl.col("source") > 1).height
    assert (ended.code, summary["oddities"]["ALIKE_IN_FILES"]) == (0, alike)
    assert alike > 100
    assert f"in meer dan een bestand staan, anders opgeschreven: {alike} " in ended.out
