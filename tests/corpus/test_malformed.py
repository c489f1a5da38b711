"""No file crashes the reader, and none loses a sound line without a word: a corpus, and bytes cut and flipped."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import FileUnusable, Reading, read_lines
from matcher.clean import clean_lines
from tests.corpus.malformed import LINES, N_LINES, Wanted, corpus, text
from tests.matcher.books import xlsx
from tests.worlds import KEY

CORPUS = corpus()


def _read(content: bytes, folder: Path) -> pl.DataFrame:
    """Return number, problem and line number of every line, as far as the first stop brings them."""
    path = folder / "lines.bin"
    path.write_bytes(content)
    read = read_lines([path], Reading(folder / "work", KEY))
    with read.watched():
        clean = clean_lines(read.lines, KEY).lines
        lines = clean.select("line_id", pl.col("problem").cast(pl.String), "line_no").collect()
    assert lines.height == sum(file.lines for file in read.files)
    return lines


def test_the_corpus_is_as_large_as_we_say() -> None:
    assert len(CORPUS) >= 200


def _became(content: bytes, folder: Path) -> Wanted:
    """Return what became of a file."""
    try:
        lines = _read(content, folder)
    except FileUnusable as error:
        return Wanted(refused=(error.code,))
    found = dict(lines.drop_nulls("problem")["problem"].value_counts().rows())
    return Wanted(lines=lines.height, problems=found)


@pytest.mark.parametrize("name", CORPUS)
def test_every_file_of_the_corpus_becomes_what_it_should(tmp_path: Path, name: str) -> None:
    content, wanted = CORPUS[name]
    became = _became(content, tmp_path)
    assert became == wanted or (wanted.refused and became.refused and became.refused[0] in wanted.refused)


def _or_refused(content: bytes) -> pl.DataFrame | None:
    with TemporaryDirectory() as folder:
        try:
            return _read(content, Path(folder))
        except FileUnusable:
            return None


CSV = text().encode()


@settings(max_examples=40)
@given(st.integers(0, len(CSV)))
def test_of_a_text_that_is_cut_off_every_whole_line_is_there(end: int) -> None:
    whole = CSV[:end].count(b"\n") - 1
    lines = _or_refused(CSV[:end])
    assert whole <= 0 or (lines is not None and lines["line_id"].to_list()[:whole] == [row[0] for row in LINES[:whole]])


@settings(max_examples=40)
@given(st.integers(CSV.index(b"\n") + 1, len(CSV) - 1), st.integers(0, 7))
def test_a_flipped_bit_in_a_text_costs_no_other_line(place: int, bit: int) -> None:
    flipped = bytearray(CSV)
    flipped[place] ^= 1 << bit
    lines = _or_refused(bytes(flipped))
    # A quotation mark or a line end that comes or goes touches the line before it, or refuses the file with a word.
    if lines is not None:
        touched = CSV[:place].count(b"\n")
        sound = {row[0] for n, row in enumerate(LINES, 1) if abs(n - touched) > 1}
        assert sound <= set(lines["line_id"])


def _packed(kind: str) -> bytes:
    frame, content = pl.DataFrame(LINES, schema=text().split("\n", 1)[0].split(";"), orient="row"), io.BytesIO()
    if kind == "parquet":
        frame.write_parquet(content)
    elif kind == "arrow":
        frame.write_ipc(content)
    else:
        return xlsx({"Blad1": [frame.columns, *LINES]})
    return content.getvalue()


PACKED = {kind: _packed(kind) for kind in ("parquet", "arrow", "xlsx")}


@pytest.mark.parametrize("kind", PACKED)
@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_flipped_a_file_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    flipped = bytearray(PACKED[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    lines = _or_refused(bytes(flipped))
    # A checksum guards an .xlsx: what is read of it is whole. Of the others at least no line may go.
    assert lines is None or lines.height == N_LINES
