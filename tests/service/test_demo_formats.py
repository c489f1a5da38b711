"""The demo in other formats: what a claim cannot hold is left out, what it holds is the same."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest

from formulary import bsn, sample_folder
from matcher import Reading, read_lines
from service.cli import main
from service.demo import make_demo_lines
from service.demo_claims import claimable, with_services, write_claims
from service.demo_fhir import tellable
from service.demo_formats import DemoFormat, in_format
from tests.claims import VERSIONS
from tests.worlds import KEY


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo_lines(sample_folder(), tmp_path_factory.mktemp("demo") / "lines.csv", lines=400)


def _lines(file: Path, folder: Path) -> pl.DataFrame:
    return read_lines([file], Reading(folder / file.name, KEY)).lines.collect()


def test_a_demo_in_csv_is_the_file_itself(made: Path) -> None:
    assert in_format(made, DemoFormat.CSV) == made


def test_a_demo_claim_holds_each_line_that_can_be_claimed_and_a_service_for_each_medicine(
    made: Path, tmp_path: Path
) -> None:
    lines = _lines(in_format(made, DemoFormat.AP304), tmp_path)
    claimed = claimable(_lines(made, tmp_path))
    medicines = lines.filter(pl.col("supply").is_null())
    assert sorted(medicines["line_id"]) == sorted(claimed["line_id"])
    assert lines.filter(supply="SERVICE").height == claimed["reversal_of"].null_count()


def test_a_demo_in_fhir_holds_each_line_that_fhir_can_tell(made: Path, tmp_path: Path) -> None:
    lines = _lines(in_format(made, DemoFormat.FHIR), tmp_path)
    assert lines["line_id"].to_list() == tellable(_lines(made, tmp_path))["line_id"].to_list()


def test_a_demo_workbook_holds_every_line_and_has_what_exports_have(made: Path, tmp_path: Path) -> None:
    read = read_lines([in_format(made, DemoFormat.EXCEL)], Reading(tmp_path / "work", KEY))
    assert read.lines.collect()["line_id"].to_list() == _lines(made, tmp_path)["line_id"].to_list()
    assert {note.code for note in read.files[0].notes} == {"SHEET_READ", "TOTALS_LEFT_OUT", "ZEROS_RESTORED"}


@pytest.mark.parametrize("format_", DemoFormat)
def test_the_demo_command_checks_the_format_that_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: DemoFormat
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setattr(sys, "argv", ["formulary", "demo", "--lines", "300", "--format", format_])
    with pytest.raises(SystemExit) as ended:
        main()
    [file] = json.loads((tmp_path / "formulary-demo" / "summary.json").read_text(encoding="utf-8"))["files"]
    assert (ended.value.code or 0, file["format"].lower(), file["lines"] > 100) == (0, format_, True)


@pytest.mark.parametrize("version", VERSIONS)
def test_numbers_of_invented_people_pass_the_test_of_real_ones(made: Path, tmp_path: Path, version: str) -> None:
    file = write_claims(claimable(_lines(made, tmp_path)), tmp_path / "claims.txt", version)
    numbers = {record[14:23] for record in file.read_text().splitlines() if record[:2] == "02"}
    assert [number for number in numbers if not (bsn.is_valid(number) and number.startswith("900"))] == []


def test_the_same_lines_make_the_same_claim(made: Path, tmp_path: Path) -> None:
    lines = with_services(claimable(_lines(made, tmp_path)))
    twice = [write_claims(lines, tmp_path / name).read_bytes() for name in ("one", "two")]
    assert twice[0] == twice[1]


def test_nobody_known_has_the_number_of_nobody(tmp_path: Path) -> None:
    line = {
        "line_id": "1",
        "dispensed_on": "2026-03-02",
        "prescriber_agb": "01012345",
        "zi": "11000155",
        "quantity": "1",
    }
    file = write_claims(claimable(pl.DataFrame([line])), tmp_path / "claims.txt")
    assert file.read_text().splitlines()[1][14:23] == "999999999"
