"""Defined daily doses: what a day's treatment of a medicine is taken to be, by substance and dosage form, dated."""

from datetime import date

import polars as pl

from .documents import DailyDose
from .folder import Folder
from .frames import DAILY_DOSES

DDD_TABLE = "ddd.csv"


def read_daily_doses(reading: Folder) -> pl.DataFrame:
    """Return the defined daily doses of a folder (`DAILY_DOSES`), in the order of the file; none without the table.

    Two that hold for one substance and form on one day are a fault; a dose for a form goes before one for any form.
    """
    path = reading.path / DDD_TABLE
    read = reading.rows(path, DailyDose) if reading.has(path) else []
    for place, (row_no, each) in enumerate(read):
        first = next((other_no for other_no, other in read[:place] if _is_same(each, other)), None)
        if first is not None:
            reading.fault("DDD_TWICE", DDD_TABLE, row_no, "atc", value=each.atc, first=first)
    rows = [
        (each.atc, [str(form) for form in each.form], each.amount, str(each.unit), each.valid_from, each.valid_until)
        for _, each in read
    ]
    return pl.DataFrame(rows, schema=DAILY_DOSES, orient="row")


def _is_same(one: DailyDose, other: DailyDose) -> bool:
    days = one.valid_from <= (other.valid_until or date.max) and other.valid_from <= (one.valid_until or date.max)
    forms = bool(set(one.form) & set(other.form)) or not (one.form or other.form)
    return one.atc == other.atc and forms and days
