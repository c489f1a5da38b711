"""Chapter 1: what is read. Headers in Dutch or English, in any order; what is not recognised is left out."""

from pathlib import Path

import pytest

from matcher import FileUnusable, Reading, read_lines
from tests.worlds import KEY, Desk

SEPARATED = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}


def _read(folder: Path, content: bytes, **header_map: str) -> list[dict[str, object]]:
    file = folder / "lines.csv"
    file.write_bytes(content)
    names = {theirs.replace("_", " "): ours for theirs, ours in header_map.items()}
    return read_lines([file], Reading(folder / "work", KEY, names)).lines.collect().rows(named=True)


def test_dutch_headers_are_recognised(tmp_path: Path) -> None:
    line = _read(tmp_path, b"Afleverdatum;Voorschrijver;ZI-nummer;Etiket\n2026-01-05;01012345;11000155;OMEPRAZOL\n")[0]
    assert (line["dispensed_on"], line["prescriber_agb"], line["zi"]) == ("2026-01-05", "01012345", "11000155")


@pytest.mark.parametrize("name", SEPARATED)
def test_the_delimiter_is_found_out(tmp_path: Path, name: str) -> None:
    rows = [["datum", "voorschrijver", "atc"], ["2026-01-05", "01012345", "A02BC01"]]
    content = "\n".join(SEPARATED[name].join(row) for row in rows)
    assert _read(tmp_path, content.encode())[0]["atc"] == "A02BC01"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_survive_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    content = "datum;voorschrijver;etiket\n2026-01-05;01012345;CAFEÏNE 50 µG\n".encode(encoding)
    assert _read(tmp_path, content)[0]["label"] == "CAFEÏNE 50 µG"


def test_a_column_that_is_not_ours_is_left_out(tmp_path: Path) -> None:
    line = _read(tmp_path, b"datum;voorschrijver;atc;kamer\n2026-01-05;01012345;A02BC01;12\n")[0]
    assert "12" not in line.values()


def test_a_map_settles_what_a_header_means(tmp_path: Path) -> None:
    content = b"dag;wie;atc\n2026-01-05;01012345;A02BC01\n"
    assert _read(tmp_path, content, dag="dispensed_on", wie="prescriber_agb")[0]["prescriber_agb"] == "01012345"


def test_a_line_keeps_its_file_and_its_place_in_it(tmp_path: Path) -> None:
    lines = _read(tmp_path, b"datum;voorschrijver;atc\n\n2026-01-05;01012345;A\n2026-01-06;01012345;B\n")
    assert [(line["source"], line["line_no"]) for line in lines] == [("lines.csv", 3), ("lines.csv", 4)]


def test_a_delimiter_between_quotation_marks_belongs_to_the_text(tmp_path: Path) -> None:
    content = b'datum;voorschrijver;etiket\n2026-01-05;01012345;"OMEPRAZOL; 20 ""MG"""\n'
    assert _read(tmp_path, content)[0]["label"] == 'OMEPRAZOL; 20 "MG"'


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (b"2026-01-05;01012345", "TOO_FEW_FIELDS"),
        (b"2026-01-05;01012345;OMEPRAZOL;20 MG", "TOO_MANY_FIELDS"),
        (b"2026-01-05;01012345;OME\0PRAZOL", "NUL_CHARACTER"),
        (b'2026-01-05;01012345;OMEPRAZOL 5"', "QUOTE_MISPLACED"),
        (b"2026-01-05;01012345;" + b"x" * 200_000, "FIELD_TOO_LONG"),
    ],
)
def test_a_broken_row_is_kept_as_a_line_with_its_problem(tmp_path: Path, row: bytes, problem: str) -> None:
    sound = b"2026-01-06;01012345;PANTOPRAZOL\n" * 100
    lines = _read(tmp_path, b"datum;voorschrijver;etiket\n" + row + b"\n" + sound)
    assert [(line["line_no"], line["damage"]) for line in lines[:2]] == [(2, problem), (3, None)]


def test_of_a_broken_row_nothing_is_kept_but_its_place(tmp_path: Path) -> None:
    line = _read(tmp_path, b"datum;voorschrijver;patient;etiket\n2026-01-05;01012345;111222333\n")[0]
    assert line["patient"] is None


def test_two_headers_that_mean_the_same_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match="both mean dispensed_on"):
        _read(tmp_path, b"verstrekkingsdatum;afleverdatum;voorschrijver;atc\n1;2;3;4\n")


def test_lines_of_several_files_keep_the_order_of_the_files(desk: Desk) -> None:
    lines = desk.read("medicine\nomeprazol\npantoprazol", "medicine\nsimvastatine").lines.collect()
    assert lines["source"].to_list() == ["file1.csv", "file1.csv", "file2.csv"]
