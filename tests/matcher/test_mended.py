"""Rejects that come back mended take the place of the line they mend; nothing is counted twice and nothing is lost."""

from pathlib import Path

from matcher import LinesRead, Reading, read_lines
from tests.worlds import KEY

HEAD = "line_id;dispensed_on;prescriber_agb;atc\n"
LINES = HEAD + "1;2026-01-05;01012345;A02BC01\n2;31-02-2026;01012345;A02BC01\n3;2026-01-07;01012345;A02BC01\n"
MENDED = "source;line_no;problem;uitleg;line_id;dispensed_on;prescriber_agb;atc\n"


def _read(folder: Path, **files: str) -> LinesRead:
    paths = [folder / f"{name}.csv" for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_text(content, encoding="utf-8")
    return read_lines(paths, Reading(folder / "work", KEY))


def _told(read: LinesRead) -> list[tuple[object, ...]]:
    return read.lines.select("source", "line_no", "line_id", "dispensed_on").collect().rows()


def _mended(line_no: str, dispensed_on: str, source: str = "lines.csv") -> str:
    return f"{source};{line_no};BAD_DATE;x;2;{dispensed_on};01012345;A02BC01\n"


def test_a_mended_line_takes_the_place_of_the_line_it_mends(tmp_path: Path) -> None:
    told = _told(_read(tmp_path, lines=LINES, mended=MENDED + _mended("3", "28-02-2026")))
    assert told == [
        ("lines.csv", 2, "1", "2026-01-05"),
        ("lines.csv", 4, "3", "2026-01-07"),
        ("mended.csv", 2, "2", "28-02-2026"),
    ]


def test_the_files_still_add_up_to_the_lines(tmp_path: Path) -> None:
    read = _read(tmp_path, lines=LINES, mended=MENDED + _mended("3", "28-02-2026"))
    assert ([file.lines for file in read.files], read.lines.collect().height) == ([2, 1], 3)
    assert [note.code for note in read.files[0].notes] == ["MENDED"]


def test_mended_lines_alone_are_lines_like_any_other(tmp_path: Path) -> None:
    assert _told(_read(tmp_path, mended=MENDED + _mended("3", "28-02-2026"))) == [("mended.csv", 2, "2", "28-02-2026")]


def test_a_mended_line_of_a_file_that_is_not_read_replaces_nothing(tmp_path: Path) -> None:
    read = _read(
        tmp_path, lines=LINES, mended=MENDED + _mended("3", "28-02-2026", "other.csv") + _mended("x", "2026-01-01")
    )
    assert read.lines.collect().height == 5


def test_a_line_that_is_mended_twice_is_the_one_of_the_last_file(tmp_path: Path) -> None:
    read = _read(
        tmp_path, first=MENDED + _mended("3", "30-02-2026"), lines=LINES, last=MENDED + _mended("3", "28-02-2026")
    )
    assert [row[3] for row in _told(read)] == ["2026-01-05", "2026-01-07", "28-02-2026"]
