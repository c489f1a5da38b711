"""Rejected lines of a workbook go back as a workbook: wrong cells marked, fed in again without counting twice."""

import io
import json
import sys
import zipfile
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from service.cli import main
from tests.matcher.books import HEAD, LINE, Cell, altered, xlsx
from tests.worlds import Rules

BAD: tuple[Cell, ...] = (2, "31-02-2026", 1012345, "A02BC01", 30)
FORMULA: tuple[Cell, ...] = (3, date(2026, 1, 7), "=1+1", "A02BC01", "veel")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    Rules().write(tmp_path / "rules")
    (tmp_path / "lines.xlsx").write_bytes(xlsx({"Blad1": [HEAD, LINE, BAD, FORMULA]}))
    return tmp_path


def _check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *files: str, out: str = "out"
) -> dict[str, int]:
    words = ["check", *files, "--rules", "rules", "--out", out, "--json"]
    monkeypatch.setattr(sys, "argv", ["formulary", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(told["outcomes"].values()) == told["lines"] == sum(file["lines"] for file in told["files"])
    return dict(told["outcomes"])


def test_the_wrong_cells_are_marked_with_what_is_wrong(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _check(monkeypatch, capsys, "lines.xlsx")
    with zipfile.ZipFile(place / "out" / "rejects.xlsx") as book:
        comments, sheet = book.read("xl/comments1.xml").decode(), book.read("xl/worksheets/sheet1.xml").decode()
    assert ("afleverdatum bestaat niet" in comments, 'ref="F2"' in comments, 'ref="G3"' in comments) == (
        True,
        True,
        True,
    )
    assert "<f>" not in sheet


def test_the_same_rejects_give_the_same_bytes(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in ("a", "b"):
        _check(monkeypatch, capsys, "lines.xlsx", out=out)
    assert (place / "a/rejects.xlsx").read_bytes() == (place / "b/rejects.xlsx").read_bytes()


def test_a_mended_workbook_joins_its_file_without_counting_twice(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _check(monkeypatch, capsys, "lines.xlsx")
    mended = altered((place / "out/rejects.xlsx").read_bytes(), "xl/sharedStrings.xml",
                     lambda text: text.replace(b"31-02-2026", b"28-02-2026"))  # fmt: skip
    (place / "mended.xlsx").write_bytes(mended)
    both = _check(monkeypatch, capsys, "lines.xlsx", "mended.xlsx", out="both")
    alone = _check(monkeypatch, capsys, "mended.xlsx", out="alone")
    assert [each["INVALID"] for each in (first, both, alone)] == [2, 1, 1]
    assert [sum(each.values()) for each in (first, both, alone)] == [3, 3, 2]


def test_only_workbooks_are_answered_with_a_workbook(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pl.read_excel(io.BytesIO((place / "lines.xlsx").read_bytes()), infer_schema_length=0).write_csv("lines.csv")
    assert fastexcel.read_excel("lines.xlsx").sheet_names == ["Blad1"]
    _check(monkeypatch, capsys, "lines.csv")
    assert not (place / "out/rejects.xlsx").exists()
