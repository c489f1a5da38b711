"""The file for the bank: a SEPA credit transfer, pain.001.001.09 of ISO 20022, held against its schema.

Source: European Payments Council, SEPA Credit Transfer, customer-to-PSP guidelines (EPC132-08).
"""

from datetime import date
from xml.etree import ElementTree as ET  # only what we wrote ourselves a moment before is parsed

from formulary import iban
from matcher import Entry

from ..errors import UsageInvalid
from .order import PaymentOrder, bank_text

SCHEMA = "pain.001.001.09"
_SPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"


class SepaWrong(Exception):
    """A bank file whose totals are not those of its order; a bug of ours, found before anything was written."""


def sepa_file(order: PaymentOrder, entry: Entry) -> bytes:
    """Return the file of an order; the same order and entry give the same bytes.

    Raises UsageInvalid where the library for it is not installed.
    """
    try:
        from sepaxml import SepaTransfer  # type: ignore[import-untyped]
        from sepaxml.validation import try_valid_xml  # type: ignore[import-untyped]
    except ImportError as error:
        raise UsageInvalid("SEPA_NOT_INSTALLED", "--no-sepa") from error
    payer = {"name": bank_text(order.payer.name, 70), "IBAN": iban.compact(order.payer.iban), "batch": True}
    transfer = SepaTransfer({**payer, "currency": "EUR"}, schema=SCHEMA, clean=True)
    for number, payment in enumerate(order.paid, 1):
        transfer.add_payment({
            "name": bank_text(payment.name, 70),
            "IBAN": payment.iban,
            "amount": payment.to_pay_cents,
            "execution_date": date.fromisoformat(order.payer.execute_on),
            "description": bank_text(f"{order.dossier} {order.run[:12]}", 140),
            "endtoend_id": order.reference(entry, number),
        })  # fmt: skip
    content = _repeatable(transfer.export(validate=False), order, entry)
    try_valid_xml(content, SCHEMA)
    return content


def _repeatable(content: bytes, order: PaymentOrder, entry: Entry) -> bytes:
    """Return the file with its number and time from the ledger: the library takes them from chance and the clock."""
    ET.register_namespace("", _SPACE.strip("{}"))
    root = ET.fromstring(content)  # noqa: S314  our own bytes
    said = {"MsgId": f"{order.run[:12]}-{entry.seq}-{entry.hash[:12]}", "CreDtTm": entry.at.removesuffix("Z"),
            "PmtInfId": f"{order.run[:12]}-{entry.seq}"}  # fmt: skip
    for name, text in said.items():
        for element in root.iter(f"{_SPACE}{name}"):
            element.text = text
    _check_totals(root, order)
    ET.indent(root)
    text = ET.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _check_totals(root: ET.Element, order: PaymentOrder) -> None:
    written = [int((each.text or "").replace(".", "")) for each in root.iter(f"{_SPACE}InstdAmt")]
    sums = {int((each.text or "").replace(".", "")) for each in root.iter(f"{_SPACE}CtrlSum")}
    if written != [payment.to_pay_cents for payment in order.paid] or sums != {order.total_cents}:
        raise SepaWrong(order.run)
