"""The order as a table for the insurer's administration: CSV and Excel, with the total it must come to."""

import csv
import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import xlsxwriter  # type: ignore[import-untyped]

from formulary import Language, Sentences
from matcher import Entry

from .order import Payment, PaymentOrder

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

_SENTENCES = Sentences(__package__)
COLUMNS = ("payee", "name", "iban", "owed_cents", "paid_before_cents", "to_pay_cents", "to_recover_cents", "reference")
_AMOUNTS = tuple(name for name in COLUMNS if name.endswith("_cents"))
_FORMULA = re.compile(r"^[=+@\t\r-]")
_FIXED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a workbook names a time of making: no clock here


def csv_table(order: PaymentOrder, entry: Entry) -> str:
    """Return the payments as CSV, in cents; a text that would pass for a formula has a quote before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "run", "entry", "head"])
    for row in _rows(order, entry):
        cells = [f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in row]
        writer.writerow([*cells, order.run, entry.seq, f"{entry.seq}:{entry.hash}"])
    return out.getvalue()


def workbook(order: PaymentOrder, entry: Entry, language: Language) -> bytes:
    """Return the payments as an Excel workbook in euros, with totals; texts stay texts, none becomes a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _FIXED})
        euros, bold = book.add_format({"num_format": "#,##0.00"}), book.add_format({"bold": True})
        totals = book.add_format({"bold": True, "num_format": "#,##0.00", "top": 1})
        sheet = book.add_worksheet(_SENTENCES.say("SHEET", language))
        _head(sheet, order, entry, language)
        sheet.write_row(4, 0, [_SENTENCES.say(f"COLUMN_{name}", language) for name in COLUMNS], bold)
        rows = list(_rows(order, entry))
        for number, row in enumerate(rows, 5):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, _euros(cell), euros)
                else:
                    sheet.write_string(number, column, cell)
        for name in _AMOUNTS:
            total = sum(getattr(payment, name) for payment in order.payments)
            sheet.write_number(5 + len(rows), COLUMNS.index(name), _euros(total), totals)
        sheet.set_column(0, 2, 26)
        sheet.set_column(3, 7, 18)
        sheet.freeze_panes(5, 1)
    return out.getvalue()


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _head(sheet: "Worksheet", order: PaymentOrder, entry: Entry, language: Language) -> None:
    said = {"dossier": order.dossier, "run": order.run, "payer": order.payer.name, "day": order.payer.execute_on}
    sheet.write_string(0, 0, _SENTENCES.say("TITLE", language, **said))
    sheet.write_string(1, 0, _SENTENCES.say("RUN", language, **said))
    sheet.write_string(2, 0, _SENTENCES.say("HEAD", language, head=f"{entry.seq}:{entry.hash}"))


def _rows(order: PaymentOrder, entry: Entry) -> list[list[str | int]]:
    numbers = {payment.payee: number for number, payment in enumerate(order.paid, 1)}
    return [_row(payment, order, entry, numbers.get(payment.payee)) for payment in order.payments]


def _row(payment: Payment, order: PaymentOrder, entry: Entry, number: int | None) -> list[str | int]:
    reference = "" if number is None else order.reference(entry, number)
    return [*(getattr(payment, name) for name in COLUMNS[:-1]), reference]
