"""Who a line is about stays at the door: planted numbers, names, addresses and birth dates are nowhere afterwards.

A BSN is planted in every column there is, also where it does not belong; the rest where exports hold it.
"""

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from service.cli import main
from tests.matcher.books import ods, xlsx
from tests.worlds import Rules

BSN = "111222333"
PERSON = {
    "Naam patiënt": "Jansenstein",
    "Adres": "Wilgenhof 12",
    "Geboortedatum": "12-03-1961",
    "Notitie": "dochter Kwikstra",
}
PLANTED = (
    BSN,
    "111.222.333",
    "123456782",
    "Jansenstein",
    "Wilgenhof",
    "12-03-1961",
    "1961-03-12",
    "19610312",
    "Kwikstra",
)
SOUND = {
    "line_id": "1", "dispensed_on": "2026-03-02", "prescriber_agb": "01012345", "pharmacy_agb": "02001234",
    "practice_agb": "01099999", "prescriber_specialism": "0100", "patient": BSN, "sex": "V", "insurer_uzovi": "3332",
    "zi": "11000155", "hpk": "1900153", "prk": "700088", "gpk": "800082", "atc": "A02BC01",
    "label": "OMEPRAZOL ACCORD CAPSULE MSR 20MG", "quantity": "30", "cost": "2,15", "icpc": "D84", "first_issue": "J",
    "remark": "03", "prescribed_prk": "700134", "prescribed_label": "PANTOPRAZOL", "reversal_of": "", **PERSON,
}  # fmt: skip


def _rows() -> list[dict[str, str]]:
    rows = [SOUND | {"line_id": str(n), name: BSN} for n, name in enumerate(SOUND, 1) if name != "Geboortedatum"]
    rows += [
        SOUND | {"line_id": f"z{name}", name: "x 111.222.333 of 123456782", "zi": ""} for name in ("label", "Notitie")
    ]
    rows += [
        SOUND | {"line_id": "naam", "patient": "Jansenstein"},
        SOUND | {"line_id": "fout", "dispensed_on": "31-02-2026"},
    ]
    return rows


def _csv() -> bytes:
    return pl.DataFrame(_rows()).write_csv(separator=";").encode()


def _zip(*files: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files:
            archive.writestr(name, each)
    return content.getvalue()


def _columnar(write: Callable[[pl.DataFrame, io.BytesIO], object]) -> bytes:
    content = io.BytesIO()
    write(pl.DataFrame(_rows()), content)
    return content.getvalue()


def _cells() -> list[list[str]]:
    return [list(SOUND), *(list(row.values()) for row in _rows())]


INPUTS: dict[str, Callable[[], bytes]] = {
    "csv": _csv,
    "csv in Windows-1252": lambda: _csv().decode().encode("cp1252"),
    "csv in UTF-16": lambda: _csv().decode().encode("utf-16"),
    "csv with broken rows": lambda: _csv() + f'1;{BSN}\n{BSN};Jansen"stein\n{BSN};"Jansenstein"x\n'.encode(),
    "gzip": lambda: gzip.compress(_csv()),
    "zip": lambda: _zip((f"{BSN}.csv", _csv())),
    "xlsx": lambda: xlsx({"Blad1": _cells()}),
    "ods": lambda: ods(_cells()),
    "parquet": lambda: _columnar(pl.DataFrame.write_parquet),
    "arrow": lambda: _columnar(pl.DataFrame.write_ipc),
    "parquet of numbers": lambda: _columnar(
        lambda frame, file: frame.with_columns(pl.lit(int(BSN)).alias(name) for name in ("quantity", "patient"))
        .write_parquet(file)
    ),
}  # fmt: skip
FAILING: dict[str, Callable[[], bytes]] = {
    "no header": lambda: _csv().split(b"\n", 1)[1],
    "a workbook without header": lambda: xlsx({f"van {BSN}": _cells()[1:]}),
    "no prescriber": lambda: pl.DataFrame(_rows()).drop("prescriber_agb").write_csv().encode(),
    "two sheets": lambda: xlsx({f"van {BSN}": _cells(), "b": _cells()}),
    "a zip cut off": lambda: _zip(("a.csv", _csv()))[:-30],
}


class _Kept:
    """A temporary folder that is not thrown away, so that it can be searched."""

    def __init__(self, *_: object, **__: object) -> None:
        self._path = Path("temporary")

    def __enter__(self) -> str:
        self._path.mkdir(exist_ok=True)
        return str(self._path)

    def __exit__(self, *_: object) -> None:
        """Leave it."""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    monkeypatch.chdir(tmp_path / "run")
    monkeypatch.setenv("FORMULARY_KEY_FILE", str(tmp_path / "run" / "key"))
    monkeypatch.setenv("FORMULARY_CACHE", str(tmp_path / "run" / "cache"))
    monkeypatch.setattr("service.batch.tempfile.TemporaryDirectory", _Kept)
    Rules().write(tmp_path / "run" / "rules")
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["formulary", *words])
    try:
        main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    told = capsys.readouterr()
    return code, told.out + told.err


def _found(text: str, folder: Path) -> list[tuple[str, str]]:
    texts = [("what was told", text), *((path.name, path.name) for path in folder.rglob("*"))]
    for path in (path for path in folder.rglob("*") if path.is_file()):
        texts += [(path.name, each) for each in _texts(path.name, path.read_bytes())]
    return sorted({(where, planted) for where, each in texts for planted in PLANTED if planted in each})


def _texts(name: str, content: bytes) -> list[str]:
    """Return everything that a file holds as text: as bytes of each encoding, unpacked, and cell by cell."""
    texts = [content.decode(encoding, errors="ignore") for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts += [text for each in archive.namelist() for text in _texts(each, archive.read(each))]
    if content.startswith(b"%PDF"):
        texts += [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    if content.startswith(b"PAR1"):
        frame = pl.read_parquet(io.BytesIO(content))
        flat = frame.select(pl.exclude(pl.List, pl.Struct))
        texts.append(flat.write_csv())
    return texts


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", INPUTS)
def test_nothing_of_anyone_is_left_after_a_check(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    (place / "lines").write_bytes(INPUTS[name]())
    words = ["--rules", "rules", "--out", "out", "--csv", "--lang", language, *(["--pdf"] if name == "csv" else [])]
    code, told = _run(monkeypatch, capsys, "check", "../lines", *words, *(["--json"] if language == "en" else []))
    assert (code, Path("out/rejects.csv").exists(), _found(told, place / "run")) == (0, True, [])


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", FAILING)
def test_nothing_of_anyone_is_told_where_a_file_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    (place / "lines").write_bytes(FAILING[name]())
    code, told = _run(monkeypatch, capsys, "check", "../lines", "--rules", "rules", "--lang", language)
    assert (code, _found(told, place / "run")) == (3, [])


@pytest.mark.parametrize("place_of_bug", ["service.report.files.render_report", "service.batch.assess"])
def test_nothing_of_anyone_is_told_where_we_fail(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place_of_bug: str
) -> None:
    def _fails(*_: object) -> None:
        raise ValueError(" ".join(PLANTED))

    monkeypatch.setattr(place_of_bug, _fails)
    (place / "lines").write_bytes(_csv())
    code, told = _run(monkeypatch, capsys, "check", "../lines", "--rules", "rules")
    assert (code, _found(told, place / "run")) == (70, [])


def test_what_is_searched_for_would_be_found(place: Path) -> None:
    (place / "run" / "a.xlsx").write_bytes(INPUTS["xlsx"]())
    (place / "run" / "b.parquet").write_bytes(INPUTS["parquet"]())
    (place / "run" / "c.txt").write_bytes("Jansenstein".encode("utf-16"))
    assert {where for where, _ in _found("", place / "run")} >= {"a.xlsx", "b.parquet", "c.txt"}
