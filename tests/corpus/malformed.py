"""Makes more than two hundred odd and broken files of lines, each with what must become of it (`Wanted`).

Every file holds the same twenty sound lines, or what is left of them. Nothing is drawn but the bytes that are flipped,
and these from a seed: the same files in every run.
"""

# ruff: noqa: E501  a file a line
import gzip
import io
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from tests.matcher.books import Cell, altered, ods, xlsx

N_LINES = 20
HEADER = ["line_id", "dispensed_on", "prescriber_agb", "atc", "label", "quantity"]
LINES = [[str(n), f"2026-01-{n:02}", "01012345", "A02BC01", f"CAFEÏNE {n}", "30"] for n in range(1, N_LINES + 1)]
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Wanted:
    """What must become of a file: refused with a code, or this many lines of which so many have a problem."""

    refused: tuple[str, ...] = ()
    lines: int = N_LINES
    problems: Mapping[str, int] = field(default_factory=dict)


def refused(*codes: str) -> Wanted:
    """Return that a file is refused, with one of these codes."""
    return Wanted(refused=codes)


def text(delimiter: str = ";", end: str = "\n") -> str:
    """Return the sound lines as delimited text."""
    return "".join(delimiter.join(row) + end for row in [HEADER, *LINES])


def corpus() -> dict[str, tuple[bytes, Wanted]]:
    """Return every file by its name, with what must become of it."""
    found: dict[str, tuple[bytes, Wanted]] = {}
    for family in (_dialects, _broken_rows, _odd_values, _no_tables, _workbooks, _columnar, _archives, _flipped):
        for name, content, wanted in family():
            assert name not in found
            found[name] = (content, wanted)
    return found


_Made = Iterator[tuple[str, bytes, Wanted]]


def _dialects() -> _Made:
    for delimiter in ";,\t|":
        for end in ("\n", "\r\n", "\r"):
            for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
                yield f"dialect {delimiter!r} {end!r} {encoding}", text(delimiter, end).encode(encoding), Wanted()
    yield "mixed line ends", text().replace("\n", "\r\n", 7).encode(), Wanted()
    yield "no last line end", text().rstrip("\n").encode(), Wanted()
    yield "blank lines everywhere", text().replace("\n", "\n\n  \n").encode(), Wanted()
    yield "what Excel writes for itself", b"sep=;\n" + text().encode(), Wanted()
    yield "titles above", b"Afleveringen\n\nApotheek;De Brug\n" + text().encode(), Wanted()
    quoted = "".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in [HEADER, *LINES])
    yield "every field quoted", quoted.encode(), Wanted()
    yield "a label over three lines", text().replace("CAFEÏNE 3", '"A\n\nB"').encode(), Wanted()
    yield "columns in another order", "\n".join(";".join(row[::-1]) for row in [HEADER, *LINES]).encode(), Wanted()
    yield (
        "a column that nobody knows",
        "\n".join(";".join([*row, "x"]) for row in [[*HEADER], *LINES])
        .encode()
        .replace(b"quantity;x", b"quantity;kleur"),
        Wanted(),
    )


_ROWS = {
    "too few": ("77;2026-01-07", "TOO_FEW_FIELDS"),
    "too many": ("77;2026-01-07;01012345;A02BC01;A;30;31;32", "TOO_MANY_FIELDS"),
    "a NUL": ("77;2026-01-07;01012345;A02BC01;A\0;30", "NUL_CHARACTER"),
    "a stray quote": ('77;2026-01-07;01012345;A02BC01;5" A;30', "QUOTE_MISPLACED"),
    "a quote after a field": ('77;2026-01-07;01012345;A02BC01;"A" B;30', "QUOTE_MISPLACED"),
    "a field of 200 kB": (f"77;2026-01-07;01012345;A02BC01;{'x' * 200_000};30", "FIELD_TOO_LONG"),
    "delimiters alone": (";;;;;", "NO_DATE"),
    "the header again": (";".join(HEADER), "BAD_DATE"),
    "no day": ("77;;01012345;A02BC01;A;30", "NO_DATE"),
    "31 February": ("77;31-02-2026;01012345;A02BC01;A;30", "BAD_DATE"),
    "a day of nought": ("77;00-00-0000;01012345;A02BC01;A;30", "BAD_DATE"),
    "a day of two digits": ("77;07-01-26;01012345;A02BC01;A;30", "BAD_DATE"),
    "a day in another order": ("77;01/13/2026;01012345;A02BC01;A;30", "BAD_DATE"),
    "a day long ago": ("77;1900-01-07;01012345;A02BC01;A;30", "BAD_DATE"),
    "no prescriber": ("77;2026-01-07;;A02BC01;A;30", "NO_PRESCRIBER"),
    "a prescriber by name": ("77;2026-01-07;dokter;A02BC01;A;30", "BAD_PRESCRIBER"),
    "a prescriber too long": ("77;2026-01-07;010123456;A02BC01;A;30", "BAD_PRESCRIBER"),
    "no product": ("77;2026-01-07;01012345;;;30", "NO_PRODUCT"),
    "a quantity in words": ("77;2026-01-07;01012345;A02BC01;A;dertig", "BAD_QUANTITY"),
    "a quantity of two minds": ("77;2026-01-07;01012345;A02BC01;A;1.234", "BAD_QUANTITY"),
    "a quantity with an exponent": ("77;2026-01-07;01012345;A02BC01;A;1e3", "BAD_QUANTITY"),
    "a quantity in sixteens": ("77;2026-01-07;01012345;A02BC01;A;0x1F", "BAD_QUANTITY"),
    "a quantity beyond counting": (f"77;2026-01-07;01012345;A02BC01;A;{'9' * 40}", "BAD_QUANTITY"),
    "a quantity below nought": ("77;2026-01-07;01012345;A02BC01;A;-30", "NEGATIVE_QUANTITY"),
    "a number twice": ("1;2026-01-07;01012345;A02BC01;A;30", "DUPLICATE_LINE_ID"),
}


def _broken_rows() -> _Made:
    rows = [";".join(row) for row in LINES]
    for name, (row, problem) in _ROWS.items():
        for place, n in {"second": 1, "in the middle": 10, "last": N_LINES - 1}.items():
            content = "\n".join([";".join(HEADER), *rows[:n], row, *rows[n + 1 :]]) + "\n"
            yield f"{name}, {place}", content.encode(), Wanted(problems={problem: 1})


def _odd_values() -> _Made:
    for old, new in {
        "01012345": "1012345", "2026-01-07": "07-01-2026", "A02BC01": "a02bc01 ", ";30\n": ";2,5\n", "CAFEÏNE 7": "=1+1",
        "CAFEÏNE 8": "", "2026-01-08": "20260108", "2026-01-09": "2026-01-09T10:00:00", "2026-01-10": "46032",
        "CAFEÏNE 9": "💊" * 50, "CAFEÏNE 10": "\u202e\u200b", "CAFEÏNE 11": "x" * 60_000,
    }.items():  # fmt: skip
        yield f"{old.strip()} as {new[:12].strip()}", text().replace(old, new).encode(), Wanted()


def _no_tables() -> _Made:
    sound = text().encode()
    yield "nothing", b"", refused("FILE_EMPTY")
    yield "a byte order mark", b"\xef\xbb\xbf", refused("FILE_EMPTY")
    yield "spaces", b" \n\n \t\n", refused("FILE_EMPTY")
    yield "a header", sound.split(b"\n")[0] + b"\n", refused("NO_LINES")
    yield "no header", sound.split(b"\n", 1)[1], refused("NO_KNOWN_COLUMNS")
    yield "a header below a line", b"\n".join([sound.split(b"\n")[1], sound]), refused("NO_KNOWN_COLUMNS")
    yield "a header twice", sound.replace(b"label", b"atc", 1), refused("HEADER_TWICE")
    yield "no column for days", sound.replace(b"dispensed_on", b"kleur", 1), refused("COLUMNS_MISSING")
    yield "no column for prescribers", sound.replace(b"prescriber_agb", b"kleur", 1), refused("COLUMNS_MISSING")
    yield "another delimiter", sound.replace(b";", b"#"), refused("NO_KNOWN_COLUMNS")
    yield "50,000 columns", b";".join(b"c%d" % n for n in range(50_000)) + b"\n" + sound, refused("TEXT_NOT_A_TABLE")
    yield "a quote that is never closed", sound.replace(b"01012345", b'"01012345', 1), refused("QUOTE_NOT_CLOSED")
    yield (
        "half a character of two",
        b"\xff\xfe" + sound[:-1].decode().encode("utf-16-le")[:-1],
        refused("FILE_NOT_TEXT"),
    )
    for name, content in {
        "random bytes": random.Random(1).randbytes(5_000).replace(b"\0", b"\1"), "PDF": b"%PDF-1.7\n" + sound,
        "web page": b"<html>" + sound, "XML": b'<?xml version="1.0"?><a/>', "picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    }.items():  # fmt: skip
        yield f"a {name}", content, refused("FORMAT_NOT_READ", "FILE_NOT_TEXT", "NO_KNOWN_COLUMNS")


def _workbook(rows: Sequence[Sequence[Cell]] = ()) -> bytes:
    return xlsx({"Blad1": rows or [HEADER, *LINES]})


def _workbooks() -> _Made:
    sound = _workbook()
    rows: list[Sequence[Cell]] = [HEADER, *LINES]
    broken = refused("ARCHIVE_BROKEN", "WORKBOOK_BROKEN")
    yield "workbook", sound, Wanted()
    yield "workbook with titles", _workbook([["Januari"], [], *rows]), Wanted()
    yield "workbook with a total", _workbook([*rows, [], ["Totaal", None, None, None, None, 600]]), Wanted()
    yield "workbook with trailing rows", _workbook([*rows, [" "], [" "]]), Wanted()
    yield "workbook in open document form", ods(rows), Wanted()
    yield "workbook with two tables", xlsx({"a": rows, "b": rows}), refused("SHEETS_SEVERAL")
    yield "workbook with a hidden table", xlsx({"a": [["x"]], "b": rows}, hidden=["b"]), refused("SHEET_HIDDEN")
    yield "workbook without a table", xlsx({"a": []}), refused("WORKBOOK_EMPTY")
    for value in ("#N/A", "#REF!", "#DIV/0!", "#NAME?"):
        yield f"workbook with {value}", _with_error(sound, value), Wanted(problems={"CELL_WITHOUT_VALUE": 1})
    for share in range(5, 100, 10):
        yield f"workbook cut at {share} %", sound[: len(sound) * share // 100], broken
    for name, part in {"sheet": SHEET, "texts": STRINGS, "list": "xl/workbook.xml"}.items():
        yield (
            f"workbook with entities in its {name}",
            altered(sound, part, lambda old: old.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1)),
            broken,
        )
        yield (
            f"workbook with half its {name}",
            altered(sound, part, lambda old: old[: len(old) // 2]),
            Wanted(refused=("ARCHIVE_BROKEN", "WORKBOOK_BROKEN", "WORKBOOK_EMPTY", "NO_KNOWN_COLUMNS")),
        )
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    yield (
        "workbook with a far cell",
        altered(sound, SHEET, lambda old: old.replace(b"</sheetData>", far)),
        refused("WORKBOOK_TOO_LARGE"),
    )
    yield (
        "workbook with a password",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        refused("WORKBOOK_LOCKED"),
    )
    yield (
        "workbook that is a letter",
        _zip({"word/document.xml": b"<a/>", "[Content_Types].xml": b"<a/>"}),
        refused("FORMAT_NOT_READ"),
    )


def _with_error(content: bytes, value: str) -> bytes:
    old, new = _cell(content, b"F8"), f'<c r="F8" t="e"><v>{value}</v></c>'.encode()
    return altered(content, SHEET, lambda sheet: sheet.replace(old, new))


def _cell(content: bytes, place: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    begin = sheet.index(b'<c r="' + place)
    return sheet[begin : sheet.index(b"</c>", begin) + 4]


def _frame() -> pl.DataFrame:
    return pl.DataFrame(LINES, schema=HEADER, orient="row")


def _parquet(frame: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def _columnar() -> _Made:
    sound, broken = _parquet(_frame()), refused("COLUMNS_BROKEN")
    arrow = io.BytesIO()
    _frame().write_ipc(arrow)
    yield "Parquet", sound, Wanted()
    yield (
        "Parquet of days and numbers",
        _parquet(_frame().with_columns(pl.col("dispensed_on").str.to_date(), pl.col("quantity").cast(pl.Float64))),
        Wanted(),
    )
    yield "Parquet of categories", _parquet(_frame().with_columns(pl.col("atc").cast(pl.Categorical))), Wanted()
    yield (
        "Parquet with nothing for a day",
        _parquet(_frame().with_columns(dispensed_on=pl.lit(None, pl.String))),
        Wanted(problems={"NO_DATE": N_LINES}),
    )
    yield (
        "Parquet of lists",
        _parquet(_frame().with_columns(pl.col("atc").implode().over("line_id"))),
        refused("COLUMNS_NESTED"),
    )
    yield "Parquet of bytes", _parquet(_frame().with_columns(pl.col("atc").cast(pl.Binary))), refused("COLUMNS_NESTED")
    yield "Parquet without lines", _parquet(_frame().head(0)), refused("NO_LINES")
    yield "Parquet of something else", _parquet(pl.DataFrame({"a": [1]})), refused("NO_KNOWN_COLUMNS")
    yield "Arrow", arrow.getvalue(), Wanted()
    for share in range(5, 100, 10):
        yield f"Parquet cut at {share} %", sound[: len(sound) * share // 100], broken
        yield f"Arrow cut at {share} %", arrow.getvalue()[: len(arrow.getvalue()) * share // 100], broken


def _zip(members: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in members.items():
            archive.writestr(name, each)
    return content.getvalue()


def _archives() -> _Made:
    sound = text().encode()
    packed, zipped = gzip.compress(sound, mtime=0), _zip({"lines.csv": sound})
    yield "gzip", packed, Wanted()
    yield "zip", zipped, Wanted()
    yield (
        "zip of three kinds",
        _zip({"a.csv": sound, "b.xlsx": _workbook(), "c.parquet": _parquet(_frame())}),
        Wanted(lines=3 * N_LINES),
    )
    yield "zip of one file twice", _zip({"a.csv": sound, "b.csv": sound}), Wanted()
    yield "zip with a picture", _zip({"a.csv": sound, "b.png": b"\x89PNG\r\n\x1a\n" + bytes(99)}), Wanted()
    yield "zip with nothing", _zip({}), refused("NOTHING_TO_READ")
    yield (
        "zip with a broken table",
        _zip({"a.csv": sound, "b.parquet": _parquet(_frame())[:-9]}),
        refused("COLUMNS_BROKEN"),
    )
    yield "zip in a zip", _zip({"a.zip": zipped}), refused("ARCHIVE_NESTED")
    yield "gzip in gzip", gzip.compress(packed, mtime=0), refused("ARCHIVE_NESTED")
    yield "zip of far too much", _zip({"a.csv": sound + b"\n" * 80_000_000}), refused("ARCHIVE_TOO_LARGE")
    yield "zip of 1,001 files", _zip({f"{n}.csv": b"" for n in range(1_001)}), refused("ARCHIVE_TOO_LARGE")
    for share in range(10, 100, 10):
        yield f"gzip cut at {share} %", packed[: len(packed) * share // 100], refused("ARCHIVE_BROKEN")
        yield f"zip cut at {share} %", zipped[: len(zipped) * share // 100], refused("ARCHIVE_BROKEN")


def _flipped() -> _Made:
    chance = random.Random(7)
    packed = gzip.compress(text().encode(), mtime=0)
    for n in range(20):
        # Behind the head, of which some bits mean nothing to anyone.
        place = chance.randrange(12, len(packed))
        content = bytearray(packed)
        content[place] ^= 1 << chance.randrange(8)
        yield f"gzip with a bit flipped, {n}", bytes(content), refused("ARCHIVE_BROKEN")
