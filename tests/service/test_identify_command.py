"""`formulary identify` writes what each row is about beside all that the table holds."""

from pathlib import Path

import polars as pl
import pytest

from formulary import Language
from matcher import FileUnusable
from service.cli.identify import identify

CATALOGUE = "product_name,atc,zi\nMETOPROLOL SANDOZ TABLET 50MG,C07AB02,15468852\nLOSEC CAPSULE MSR 20MG,A02BC01,\n"
ROWS = "nr;label\n1;metoprolol tabl 50 mg\n2;onbekend spul\n3;losec caps msr 20mg\n"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.csv"
    path.write_text(CATALOGUE)
    return path


def file_with(tmp_path: Path, content: bytes, name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_every_row_and_column_comes_back_with_the_answer(tmp_path: Path, catalogue: Path, out: str) -> None:
    found = identify(file_with(tmp_path, ROWS.encode()), catalogue, tmp_path / out, Language.EN)
    read = pl.read_csv if out.endswith("csv") else pl.read_parquet
    assert read(tmp_path / out).select(pl.col("nr").cast(pl.Int64), "matched_atc").rows() == [
        (1, "C07AB02"),
        (2, None),
        (3, "A02BC01"),
    ]
    assert found.as_json()["decisions"] == {"MATCHED": 2, "UNMATCHED": 1}


def test_people_read_how_many_rows_got_which_decision(tmp_path: Path, catalogue: Path) -> None:
    found = identify(file_with(tmp_path, ROWS.encode()), catalogue, tmp_path / "out.csv")
    assert found.lines(Language.EN)[0] == f"3 rows written to {tmp_path / 'out.csv'}"
    assert found.lines(Language.NL)[1].split() == ["MATCHED", "2"]


def test_parquet_and_windows_text_are_read_as_well(tmp_path: Path, catalogue: Path) -> None:
    table = tmp_path / "rows.parquet"
    pl.DataFrame({"zi": [15468852]}).write_parquet(table)
    assert identify(table, catalogue, tmp_path / "out.csv").decisions == {"MATCHED": 1}
    old = file_with(tmp_path, "label\ncrème metoprolol tablet 50mg\n".encode("cp1252"))
    assert identify(old, catalogue, tmp_path / "out.csv").rows == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("rows.csv", b"", "FILE_EMPTY"),
        ("rows.csv", b"a;b\n1;2\n", "NO_KNOWN_COLUMNS"),
        ("rows.csv", b'label\n"a\nb', "TEXT_NOT_A_TABLE"),
        ("rows.parquet", b"no parquet", "COLUMNS_BROKEN"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, catalogue: Path, name: str, content: bytes, code: str) -> None:
    with pytest.raises(FileUnusable) as raised:
        identify(file_with(tmp_path, content, name), catalogue, tmp_path / "out.csv")
    assert raised.value.code == code


@pytest.mark.parametrize(("name", "code"), [("nowhere.csv", "FILE_NOT_FOUND"), (".", "FILE_IS_FOLDER")])
def test_what_is_no_file_is_refused(tmp_path: Path, catalogue: Path, name: str, code: str) -> None:
    with pytest.raises(FileUnusable) as raised:
        identify(tmp_path / name, catalogue, tmp_path / "out.csv")
    assert raised.value.code == code
