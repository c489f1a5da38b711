"""The invented lines of the demo in the other formats that are read, for whoever wants to see what such a file does."""

import tempfile
from enum import StrEnum
from pathlib import Path

from matcher import Reading, read_lines

from .demo_claims import claimable, with_services, write_claims
from .demo_fhir import tellable, write_fhir
from .demo_workbook import write_workbook

_KEY = b"the people of the demo are invented"  # so their pseudonyms need no secret


class DemoFormat(StrEnum):
    """In which format the demo makes its lines."""

    CSV = "csv"
    AP304 = "ap304"
    FHIR = "fhir"
    EXCEL = "excel"


def in_format(lines: Path, format_: DemoFormat) -> Path:
    """Return the file of demo lines in another format, beside it; CSV is what it is already.

    A claim holds only what a pharmacy can claim: lines without a ZI number, day or prescriber are left out of it, and
    every medicine is followed by the service of handing it over. FHIR knows no credits and no days that do not exist.
    """
    if format_ is DemoFormat.CSV:
        return lines
    with tempfile.TemporaryDirectory(prefix="formulary-", ignore_cleanup_errors=True) as workspace:
        written = read_lines([lines], Reading(Path(workspace), _KEY)).lines.collect()
    if format_ is DemoFormat.AP304:
        return write_claims(with_services(claimable(written)), lines.with_suffix(".ap304.txt"))
    if format_ is DemoFormat.EXCEL:
        return write_workbook(written, lines.with_suffix(".xlsx"))
    return write_fhir(tellable(written), lines.with_suffix(".fhir.ndjson"), by_line=True)
