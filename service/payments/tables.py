"""The order as a table for the insurer's administration: CSV and Excel, with the total it must come to."""

import csv
import io
from decimal import Decimal

from formulary import Language, Sentences
from matcher import Entry

from ..formula_text import safe_cell
from ..spreadsheet import Column, Kind, Sheet, write_book
from .order import Payment, PaymentOrder

_SENTENCES = Sentences(__package__)
COLUMNS = ("payee", "name", "iban", "owed_cents", "paid_before_cents", "to_pay_cents", "to_recover_cents", "reference")
_AMOUNTS = tuple(name for name in COLUMNS if name.endswith("_cents"))


def csv_table(order: PaymentOrder, entry: Entry) -> str:
    """Return the payments as CSV, in cents; a text that would pass for a formula has a quote before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, "run", "entry", "head"])
    for row in _rows(order, entry):
        cells = [safe_cell(cell) if isinstance(cell, str) else cell for cell in row]
        writer.writerow([*cells, order.run, entry.seq, _head(entry)])
    return out.getvalue()


def workbook(order: PaymentOrder, entry: Entry, language: Language) -> bytes:
    """Return the payments as an Excel workbook in euros, with totals; texts stay texts, none becomes a formula."""
    said = {"dossier": order.dossier, "run": order.run, "payer": order.payer.name, "day": order.payer.execute_on}
    totals = [_euros(sum(getattr(payment, name) for payment in order.payments)) for name in _AMOUNTS]
    sheet = Sheet(
        name=_SENTENCES.say("SHEET", language),
        title=_SENTENCES.say("TITLE", language, **said),
        notes=[_SENTENCES.say("RUN", language, **said), _SENTENCES.say("HEAD", language, head=_head(entry))],
        columns=[
            Column(_SENTENCES.say(f"COLUMN_{name}", language), Kind.EUROS if name in _AMOUNTS else Kind.TEXT)
            for name in COLUMNS
        ],
        rows=[[_euros(cell) if isinstance(cell, int) else cell for cell in row] for row in _rows(order, entry)],
        foot=[None, None, None, *totals, None],
    )
    out = io.BytesIO()
    write_book(out, sheet.title, [sheet], language)
    return out.getvalue()


def _euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _head(entry: Entry) -> str:
    return f"{entry.seq}:{entry.hash}"


def _rows(order: PaymentOrder, entry: Entry) -> list[list[str | int]]:
    numbers = {payment.payee: number for number, payment in enumerate(order.paid, 1)}
    return [_row(payment, order, entry, numbers.get(payment.payee)) for payment in order.payments]


def _row(payment: Payment, order: PaymentOrder, entry: Entry, number: int | None) -> list[str | int]:
    reference = "" if number is None else order.reference(entry, number)
    return [*(getattr(payment, name) for name in COLUMNS[:-1]), reference]
