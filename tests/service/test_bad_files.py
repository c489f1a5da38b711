"""Files that cannot be used: exit code 3, one clear sentence with the place and what to do, nothing written."""

import gzip
import io
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from service.cli import main
from tests.worlds import Rules

HEAD = b"line_id,dispensed_on,prescriber_agb,label\n"
ROW = b"1,2026-01-05,01012345,OMEPRAZOL CAPSULE MSR 20MG\n"


def _parquet(**columns: object) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


SOUND: dict[str, list[object]] = {
    "dispensed_on": [date(2026, 1, 5)],
    "prescriber_agb": ["01012345"],
    "atc": ["A02BC01"],
}
# What the file is: its content, and part of the sentence that refuses it (in English).
REFUSED = {
    "empty": (b"", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "only blank lines": (b"\n\n  \n", "is empty"),
    "header only": (HEAD, "header only"),
    "no prescriber": (b"dispensed_on,label\n2026-01-05,X\n", "required column missing: voorschrijver (prescriber_agb)"),
    "no date": (b"prescriber_agb,label\n01012345,X\n", "required column missing: afleverdatum (dispensed_on)"),
    "no product": (b"dispensed_on,prescriber_agb\n2026-01-05,01012345\n", "zi / hpk / prk / gpk / atc / label"),
    "headers of another kind": (
        b"Uitgereikt op,afleverdatun,voorschrijver,etiket\n1,2,3,4\n",
        "Headers not recognised: afleverdatun (-> dispensed_on?), Uitgereikt op",
    ),
    "a line for a header": (b"Jansen,arts,Maastricht,20260105\n", "Headers not recognised: -"),
    "unknown headers": (b"een,twee,drie\n1,2,3\n", "no column was recognised (een, twee, drie)"),
    "no header": (ROW + ROW, "no column was recognised"),
    "duplicate header": (b"dispensed_on,prescriber_agb,label,label\n2026-01-05,01012345,A,B\n", "label is there twice"),
    "two headers of one meaning": (
        b"verstrekkingsdatum,afleverdatum,voorschrijver,atc\n1,2,3,4\n",
        "both mean dispensed_on",
    ),
    "wrong delimiter": (HEAD.replace(b",", b"#") + ROW.replace(b",", b"#"), "no column was recognised"),
    "open quote": (HEAD + b'1,2026-01-05,01012345,"OMEPRAZOL\n' + ROW, "a field begins with a quotation mark"),
    "web page": (b"<html><body>Inloggen</body></html>", "HTML"),
    "web page after a byte order mark": (b"\xef\xbb\xbf \n<!DOCTYPE html>", "HTML"),
    "JSON": (b'{"lines": []}', "JSON"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"x" * 2000, "PDF"),
    "workbook cut off": (b"PK\x03\x04" + b"\0" * 300, "damaged or incomplete"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 300, "damaged or incomplete"),
    "gzip that is cut off": (gzip.compress((HEAD + ROW) * 9)[:-9], "damaged or incomplete"),
    "gzip in gzip": (gzip.compress(gzip.compress(HEAD + ROW)), "packed file inside a packed file"),
    "random bytes": (bytes(range(1, 256)) * 400, "not a text file"),
    "broken UTF-16": (b"\xff\xfe" + "datum;atc".encode("utf-16-le") + b"\x00\xd8\x00", "not a text file"),
    "cut Parquet": (b"PAR1" + b"\0" * 500, "damaged or incomplete"),
    "Parquet without its end": (_parquet(**SOUND)[:-20], "damaged or incomplete"),
    "nested Parquet": (_parquet(**{**SOUND, "atc": [["A02BC01"]]}), "nested values"),
    "Parquet of bytes": (_parquet(**{**SOUND, "atc": [b"A02BC01"]}), "nested values"),
    "Parquet without lines": (_parquet(**{name: values[:0] for name, values in SOUND.items()}), "header only"),
    "Parquet of something else": (_parquet(a=[1]), "no column was recognised"),
}
# What is odd and still read: its content, and how many lines are unusable.
READ = {
    "Windows-1252": ("datum;voorschrijver;etiket\n2026-01-05;01012345;CAFEÏNE\n".encode("cp1252"), 0),
    "byte order mark": (b"\xef\xbb\xbf" + HEAD + ROW, 0),
    "UTF-16": (HEAD.decode().encode("utf-16") + ROW.decode().encode("utf-16")[2:], 0),
    "carriage returns only": ((HEAD + ROW + ROW.replace(b"1", b"2", 1)).replace(b"\n", b"\r"), 0),
    "carriage returns and line feeds": ((HEAD + ROW).replace(b"\n", b"\r\n"), 0),
    "no last line end": (HEAD + ROW.rstrip(), 0),
    "blank lines": (b"\n" + HEAD + b"\n" + ROW + b"\n", 0),
    "short row": (HEAD + b"1,2026-01-05\n" + ROW.replace(b"1", b"2", 1), 1),
    "long row": (HEAD + b"1,2026-01-05,01012345,A,B\n" + ROW.replace(b"1", b"2", 1), 1),
    "cut last line": (HEAD + ROW + b"2,2026-0", 1),
    "NUL": (HEAD + b"1,2026-01-05,01012345,A\0B\n" + ROW.replace(b"1", b"2", 1) * 9, 9),
    "10 MB in one field": (
        HEAD + b"1,2026-01-05,01012345," + b"x" * 10_000_000 + b"\n" + ROW.replace(b"1", b"2", 1),
        1,
    ),
    "misplaced quote": (HEAD + b'1,2026-01-05,01012345,A 5" B\n' + ROW.replace(b"1", b"2", 1), 1),
    "gzip": (gzip.compress(HEAD + ROW), 0),
    "header in the middle": (HEAD + ROW + HEAD, 1),
    "nothing but delimiters": (HEAD + ROW + b",,,\n", 1),
}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder where the command runs, with rules and a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "key"))
    Rules().write(tmp_path / "rules")
    return tmp_path


def _end_of(monkeypatch: pytest.MonkeyPatch, *files: str) -> int:
    monkeypatch.setattr(sys, "argv", ["formulary", "check", *files, "--rules", "rules", "--out", "out", "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    content, sentence = REFUSED[name]
    (place / "lines.csv").write_bytes(content)
    code, told = _end_of(monkeypatch, "lines.csv"), capsys.readouterr()
    assert (code, "Traceback" in told.err, (place / "out").exists()) == (3, False, False)
    assert told.err.startswith("lines.csv")
    assert sentence in told.err


@pytest.mark.parametrize("name", READ)
def test_a_file_that_is_odd_is_read(place: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    content, n_invalid = READ[name]
    (place / "lines.csv").write_bytes(content)
    assert _end_of(monkeypatch, "lines.csv") == 0
    lines = pl.read_parquet(place / "out" / "lines.parquet")
    assert lines.filter(pl.col("outcome") == "INVALID").height == n_invalid


@pytest.mark.parametrize(
    ("name", "sentence"), [("nowhere.csv", "no such file"), ("empty", "no file of dispensing lines")]
)
def test_what_is_no_file_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, sentence: str
) -> None:
    (place / "empty").mkdir()
    assert (_end_of(monkeypatch, name), sentence in capsys.readouterr().err) == (3, True)


def test_of_several_files_one_that_cannot_be_used_stops_all(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "good.csv").write_bytes(HEAD + ROW)
    (place / "bad.csv").write_bytes(b"")
    assert (_end_of(monkeypatch, "good.csv", "bad.csv"), (place / "out").exists()) == (3, False)


def test_a_file_that_may_not_be_opened_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "lines.csv").write_bytes(HEAD + ROW)
    real = Path.open

    def refused(self: Path, *words: object, **named: object) -> object:
        if self.name == "lines.csv":
            raise PermissionError(13, "Permission denied")
        return real(self, *words, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    assert (_end_of(monkeypatch, "lines.csv"), "Permission denied" in capsys.readouterr().err) == (3, True)
