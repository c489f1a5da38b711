"""What there is to read: files, folders and archives, each content once; what is no data is passed over and said."""

import gzip
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from matcher import FileUnusable, LinesRead, Reading, read_lines
from tests.worlds import KEY

HEAD = "line_id;dispensed_on;prescriber_agb;atc\n"
ONE, TWO = (f"{HEAD}{number};2026-01-05;01012345;A02BC01\n".encode() for number in (1, 2))


def _read(*paths: Path) -> LinesRead:
    return read_lines(paths, Reading(paths[0].parent / "work", KEY))


def _ids(read: LinesRead) -> list[str]:
    return read.lines.collect()["line_id"].to_list()


def _folder(place: Path, files: Mapping[str, bytes]) -> Path:
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


def _zip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _columnar(form: str) -> bytes:
    file, lines = io.BytesIO(), pl.read_csv(ONE, separator=";", infer_schema=False)
    if form == "parquet":
        lines.write_parquet(file)
    else:
        (lines.write_ipc if form == "arrow" else lines.write_ipc_stream)(file)
    return file.getvalue()


def test_the_files_of_a_folder_are_read_by_name(tmp_path: Path) -> None:
    assert _ids(_read(_folder(tmp_path / "in", {"b.csv": TWO, "a.csv": ONE}))) == ["1", "2"]


def test_what_is_hidden_or_no_data_is_passed_over_and_said(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path / "in", {".hidden": ONE, "~$a.csv": TWO, "a.csv": ONE, "b.pdf": b"%PDF-1.7", "c.txt": b""}
    )
    (folder / "d").mkdir()
    read = _read(folder)
    passed = [note.values["where"] for note in read.notes if note.code == "PASSED_OVER"]
    assert (_ids(read), passed) == (["1"], ["in/.hidden", "in/d", "in/~$a.csv", "b.pdf", "c.txt"])


def test_a_file_with_some_columns_of_lines_is_not_passed_over(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "in", {"a.csv": ONE, "b.csv": b"datum;atc\n2026-01-05;A02BC01\n"})
    with pytest.raises(FileUnusable, match=r"b\.csv: required column missing"):
        _read(folder)


@pytest.mark.parametrize("form", ["parquet", "arrow", "stream"])
@pytest.mark.parametrize("packed", ["plain", "gzip", "zip"])
def test_columnar_files_are_read_plain_and_packed(tmp_path: Path, form: str, packed: str) -> None:
    content, path = _columnar(form), tmp_path / "lines"
    if packed == "zip":
        _zip(path, {"lines.bin": content})
    else:
        path.write_bytes(content if packed == "plain" else gzip.compress(content))
    assert _ids(_read(path)) == ["1"]


def test_every_file_in_a_zip_is_read_under_its_own_name(tmp_path: Path) -> None:
    read = _read(
        _zip(tmp_path / "q1.zip", {"b/feb.csv": TWO, "a/jan.csv": ONE, "__MACOSX/jan.csv": b"x", "lees.mij": b""})
    )
    assert [file.name for file in read.files] == ["q1.zip/a/jan.csv", "q1.zip/b/feb.csv"]


def test_the_same_content_is_read_once_however_it_comes(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "in", {"a.csv": ONE, "b.csv": ONE, "c.gz": gzip.compress(ONE)})
    (tmp_path / "link.csv").symlink_to(folder / "a.csv")
    read = _read(folder, tmp_path / "link.csv", _zip(tmp_path / "d.zip", {"d.csv": ONE}))
    said = [(note.values["where"], note.values["other"]) for note in read.notes]
    assert (_ids(read), said) == (["1"], [(name, "a.csv") for name in ("b.csv", "c.gz", "link.csv", "d.zip/d.csv")])


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileUnusable, match="no ordinary file"):
        _read(tmp_path / "pipe")


def test_a_link_to_nothing_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileUnusable, match="no such file"):
        _read(tmp_path / "link.csv")


def _bomb(path: Path) -> Path:
    return _zip(path, {"a.csv": HEAD.encode() + b"1;2026-01-05;01012345;A02BC01\n" * 3_000_000})


def _locked(path: Path) -> Path:
    content = bytearray(_zip(path, {"a.csv": ONE}).read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    return path


REFUSED = {
    "a bomb": (_bomb, "far more comes out"),
    "a thousand and one members": (lambda path: _zip(path, {f"{n}.csv": ONE for n in range(1_001)}), "far more"),
    "a password": (_locked, "has a password"),
    "a zip in a zip": (lambda path: _zip(path, {"a.zip": _zip(path, {"a.csv": ONE}).read_bytes()}), "inside a packed"),
    "a gzip in a zip": (lambda path: _zip(path, {"a.csv.gz": gzip.compress(ONE)}), "inside a packed"),
    "nothing": (lambda path: _zip(path, {}), "no file of dispensing lines"),
    "no lines": (lambda path: _zip(path, {"a.txt": b"hello"}), "no column was recognised"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    make, sentence = REFUSED[name]
    with pytest.raises(FileUnusable, match=sentence):
        _read(make(tmp_path / "lines.zip"))


def test_nothing_that_is_unpacked_is_left_as_it_was(tmp_path: Path) -> None:
    content = b"datum;voorschrijver;atc;patient;naam\n2026-01-05;01012345;A02BC01;111222333;Jansen\n"
    _read(_zip(tmp_path / "a.zip", {"a.csv": content})).lines.collect()
    left = b"".join(path.read_bytes() for path in (tmp_path / "work").rglob("*") if path.is_file())
    assert [planted for planted in (b"111222333", b"Jansen") if planted in left] == []
