"""Rows of delimited text: fields over several lines, stray quotation marks, blocks, titles above the header."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import FileUnusable, LinesRead, Reading, read_lines
from matcher.read import encoding
from tests.worlds import KEY

HEAD = "datum;voorschrijver;etiket;opmerking\n"


def _read(folder: Path, content: str | bytes) -> LinesRead:
    file = folder / "lines.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_lines([file], Reading(folder / "work", KEY))


def _rows(folder: Path, content: str | bytes) -> list[tuple[Any, ...]]:
    return _read(folder, content).lines.select("line_no", "damage", "label").collect().rows()


def test_a_field_may_run_over_several_lines(tmp_path: Path) -> None:
    content = HEAD + '2026-01-05;01012345;"OMEPRAZOL\n\n20MG; ""A""";\n2026-01-06;01012345;B;\n'
    assert _rows(tmp_path, content) == [(2, None, 'OMEPRAZOL\n\n20MG; "A"'), (5, None, "B")]


def test_a_stray_quote_breaks_its_own_line_alone(tmp_path: Path) -> None:
    rows = _rows(tmp_path, HEAD + '2026-01-05;01012345;"A;\n2026-01-06;01012345;"B;\n2026-01-07;01012345;"C";\n')
    assert [(damage, label) for _, damage, label in rows] == [("QUOTE_MISPLACED", None)] * 2 + [(None, "C")]


@pytest.mark.parametrize("n_lines", [0, 1, 5_000])
def test_a_field_that_is_never_closed_refuses_the_file_and_names_its_line(tmp_path: Path, n_lines: int) -> None:
    with pytest.raises(FileUnusable, match="line 3: a field begins"):
        _rows(
            tmp_path, HEAD + "2026-01-05;01012345;A;\n" + '2026-01-05;01012345;"B;\n' + "2026-01-06;0101;C;\n" * n_lines
        )


def test_an_inch_is_no_field_that_is_opened(tmp_path: Path) -> None:
    rows = _rows(tmp_path, HEAD + '2026-01-05;01012345;BAND 5";\n2026-01-06;01012345;B;\n')
    assert [row[1] for row in rows] == ["QUOTE_MISPLACED", None]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_blocks_end_makes_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    content = HEAD + '2026-01-05;01012345;"A\n\n1";x\n\nkapot\n2026-01-05;01012345;"ü""\n;";\n2026-01-05;01012345;C";\n'
    whole = _rows(tmp_path, content)
    monkeypatch.setattr(encoding, "_BLOCK", size)
    (tmp_path / "b").mkdir()
    assert _rows(tmp_path / "b", content) == whole
    assert [row[:2] for row in whole] == [(2, None), (6, "TOO_FEW_FIELDS"), (7, None), (9, "QUOTE_MISPLACED")]


@given(st.lists(st.sampled_from(['"', ";", "\n", "a", '""', ';"', '";', "2026-01-05;01012345;A;\n"]), max_size=25))
def test_a_sound_line_at_the_end_survives_what_stands_before_it_or_the_file_is_refused(pieces: list[str]) -> None:
    from tempfile import TemporaryDirectory

    quotes = "".join(pieces)
    with TemporaryDirectory() as folder:
        try:
            rows = _rows(Path(folder), f"{HEAD}{quotes}\n2026-01-05;01012345;LAST;\n2026-01-05;01012345;LAST;\n")
        except FileUnusable as refusal:
            assert refusal.code == "QUOTE_NOT_CLOSED"  # noqa: PT017
            return
    assert rows[-1][2] == "LAST"


def test_what_excel_writes_for_itself_is_no_line(tmp_path: Path) -> None:
    assert [row[2] for row in _rows(tmp_path, "sep=;\n" + HEAD + "2026-01-05;01012345;A;\n")] == ["A"]


def test_titles_above_the_header_are_passed_over_and_said(tmp_path: Path) -> None:
    read = _read(tmp_path, "Afleveringen januari 2026\n\nApotheek;De Brug\n" + HEAD + "2026-01-05;01012345;A;\n")
    assert (read.lines.collect()["line_no"].to_list(), [note.code for note in read.files[0].notes]) == (
        [5],
        ["HEADER_FOUND"],
    )


def test_a_line_above_a_header_is_no_title(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match="no column was recognised"):
        _read(tmp_path, "2026-01-05;01012345;A;\n" + HEAD + "2026-01-05;01012345;A;\n")


def test_a_line_without_end_is_one_broken_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_BLOCK", 300_000)
    rows = _rows(tmp_path, HEAD + "x" * 2_000_000 + "\n2026-01-05;01012345;A;\n")
    assert rows == [(2, "FIELD_TOO_LONG", None), (3, None, "A")]


def test_windows_1252_and_old_line_ends_survive_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_BLOCK", 5)
    content = (HEAD + "2026-01-05;01012345;CAFEÏNE;\n" * 3).replace("\n", "\r").encode("cp1252")
    assert [row[2] for row in _rows(tmp_path, content)] == ["CAFEÏNE"] * 3
