"""Text tables, as tests write them: a header, one row a line, cells divided by `|`; behind `||` what is expected."""

import csv
import io
from collections.abc import Sequence

Row = dict[str, str]

# What `medicine` in a table stands for: the column of a line and the code in it.
MEDICINES = {
    "omeprazol": ("atc", "A02BC01"),
    "omeprazol capsule": ("zi", "11000155"),
    "omeprazol tablet": ("zi", "11000236"),
    "pantoprazol": ("atc", "A02BC02"),
    "pantoprazol tablet": ("zi", "11000287"),
    "lansoprazol": ("atc", "A02BC03"),
    "rabeprazol": ("atc", "A02BC04"),
    "esomeprazol": ("atc", "A02BC05"),
    "esomeprazol tablet": ("zi", "11000449"),
    "esomeprazol capsule": ("zi", "11000538"),
    "simvastatine": ("atc", "C10AA01"),
    "simvastatine tablet": ("zi", "11010592"),
    "atorvastatine": ("atc", "C10AA05"),
    "rosuvastatine": ("atc", "C10AA07"),
    "paracetamol": ("atc", "N02BE01"),
    "salbutamol": ("atc", "R03AC02"),
    "salbutamol poeder": ("zi", "11028823"),
    "salbutamol aerosol": ("zi", "11028831"),
}
_PRODUCTS = {"zi", "hpk", "prk", "gpk", "atc", "label"}


def rows_of(table: str) -> tuple[list[Row], list[Row]]:
    """Return what a table writes down and, row by row, what it expects."""
    header, *lines = [line for line in table.strip().splitlines() if set(line) - set("-|+ ")]
    asked = len(header.partition("||")[0].split("|"))
    names, *rows = [[cell.strip() for cell in line.replace("||", "|").split("|")] for line in (header, *lines)]
    pairs = [list(zip(names, row, strict=True)) for row in rows]
    return [dict(row[:asked]) for row in pairs], [dict(row[asked:]) for row in pairs]


def lines_of(table: str) -> list[Row]:
    """Return the lines of a table; what it does not name is a number, one day and one prescriber.

    `medicine` stands for a code: `omeprazol` for its ATC code, `omeprazol capsule` for the article number of one
    product. `times` repeats a line.
    """
    written = [row for row in rows_of(table)[0] for _ in range(int(row.get("times") or 1))]
    return [_line(row, number) for number, row in enumerate(written, 1)]


def expected_of(table: str) -> list[Row]:
    """Return what a table expects of each of its lines."""
    asked, expected = rows_of(table)
    return [wanted for row, wanted in zip(asked, expected, strict=True) for _ in range(int(row.get("times") or 1))]


def _line(row: Row, number: int) -> Row:
    given = {name: cell for name, cell in row.items() if name not in ("medicine", "times")}
    product = dict([MEDICINES[row["medicine"]]]) if row.get("medicine") else {}
    if not product and not _PRODUCTS & set(row) and "medicine" not in row:
        product = {"atc": "A02BC01"}
    return {"line_id": str(number), "dispensed_on": "2026-03-02", "prescriber_agb": "01012345", **given, **product}


def csv_of(rows: Sequence[Row], delimiter: str = ";") -> str:
    """Return rows as the text of a CSV file; the columns of all rows together are its header."""
    text = io.StringIO()
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
