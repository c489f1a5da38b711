"""Small claim files for tests: records of invented people, fields put into them, trailers added up anew."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from matcher import ClaimLayout, FileRead, Reading, claim_layouts, read_lines
from service.demo_claims import claimable, write_claims
from tests.tables import rows_of
from tests.worlds import KEY

VERSIONS = ("8.0", "7.2")
# Two people, four performances: a medicine and its service, another medicine, and one that is taken back.
SOUND = """
    line_id | patient | zi       | supply  | linked_to | reversal_of | quantity | cost_cents | remark
    R1      | P1      | 11000155 |         |           |             | 30       | 1250       |
    R1-T    | P1      |          | SERVICE | R1        |             | 1        | 650        |
    R2      | P2      | 11000449 |         |           |             | 2,5      | 480        | 03
    R3      | P2      | 11010592 |         |           |             | 90       | 900        |
    R4      | P2      | 11010592 |         |           | R3          | 90       | -900       |
"""
_KINDS = {"01": "header", "02": "insured", "04": "performance", "98": "comment", "99": "trailer"}
_USUAL = {
    "dispensed_on": "2026-03-02",
    "prescriber_agb": "01012345",
    "prescriber_specialism": "0100",
    "pharmacy_agb": "02001234",
    "insurer_uzovi": "9001",
    "birth_year": "1950",
    "sex": "V",
}


def layout_of(version: str) -> ClaimLayout:
    """Return the layout of a version."""
    return next(layout for layout in claim_layouts().values() if layout.version == version)


def claim(folder: Path, table: str = SOUND, version: str = "8.0") -> list[str]:
    """Return the records of a claim of the lines of a table; what it does not name is usual."""
    rows = [{**_USUAL, **{name: cell or None for name, cell in row.items()}} for row in rows_of(table)[0]]
    lines = claimable(pl.DataFrame(rows, infer_schema_length=None))
    return write_claims(lines, folder / "made.txt", version).read_text(encoding="utf-8").splitlines()


def put(record: str, name: str, value: str, version: str = "8.0") -> str:
    """Return a record with this value in the field that we call `name`, or that has this number in the standard."""
    fields = layout_of(version).records[_KINDS[record[:2]]].fields
    field = next(field for field in fields if name in (field.name, field.number))
    assert len(value) == field.length, f"{name} has {field.length} places"
    return record[: field.start - 1] + value + record[field.start - 1 + field.length :]


def comment(text: str, version: str = "8.0") -> str:
    """Return a comment record."""
    return f"98{1:012}{1:04}{text:140}".ljust(layout_of(version).record_length)


def totalled(records: Sequence[str], version: str = "8.0") -> list[str]:
    """Return the records with a trailer that counts them and adds up their amounts."""
    record = layout_of(version).records["performance"]
    amounts = pl.DataFrame({"text": records}).filter(pl.col("text").str.starts_with("04"))
    cents = amounts.select(record.cents(pl.col("text"))).to_series().sum()
    kinds = [each[:2] for each in records[1:-1]]
    counts = "".join(str(kinds.count(kind)).zfill(6) for kind in ("02", "03", "04", "98"))
    total = f"{abs(cents):011}{'C' if cents < 0 else 'D'}"
    trailer = f"99{counts}{len(kinds):07}{total}".ljust(len(records[0]))
    return [*records[:-1], trailer]


def read_claim(folder: Path, content: bytes | Sequence[str]) -> tuple[pl.DataFrame, FileRead]:
    """Return the lines of a claim file and how it was read."""
    file = folder / "claim.txt"
    file.write_bytes(content if isinstance(content, bytes) else "\n".join([*content, ""]).encode())
    places = sum(each.name.startswith("work") for each in folder.iterdir())
    read = read_lines([file], Reading(folder / f"work-{places}", KEY))
    return read.lines.collect(), read.files[0]
