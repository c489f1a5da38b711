"""Whatever the world: the statements, the run, the ledger and the payment come to the same, to the cent."""

import json
import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from formulary import Language
from matcher import StepRefused
from service.errors import UsageInvalid
from service.payments import Payer, Wanted, export_run
from service.statements import write_statements
from tests.laws.random_worlds import World, worlds
from tests.service.books import BAS, Office
from tests.tables import csv_of
from tests.worlds import scheme_of

SCHEME = scheme_of(
    """
    indicator | minimum | percent | cents
    ALL       | 1       | 1       | 10001
    ALL       | 1       | 60      | 25003
    PPI       | 1       | 50      | 777
    """,
    more="hold_days = 0\n",
)
PAYER = Payer("Verzekeraar", "NL15TEST0000000003", "2027-02-01")


@given(worlds(), st.lists(st.integers(-500, 5_000), max_size=3))
@settings(max_examples=12)
def test_statements_run_ledger_and_payment_come_to_the_same(world: World, adjustments: list[int]) -> None:
    with TemporaryDirectory() as folder, patch.dict(os.environ, FORMULARY_KEY_FILE=f"{folder}/key"):
        office = Office(Path(folder), world.written_rules(SCHEME))
        rows = [line for file in world.files for line in file]
        office.lines.write_text(csv_of(rows), encoding="utf-8")
        run = proposed(office)
        if not run:
            return
        payees = sorted(office.made[run].run.owed_cents())
        for cents in adjustments if payees else []:
            try_to_adjust(office, run, cents, payees[0])
        approved = office.approve(run).body["total_cents"]
        files = write_statements(office.books, run, office.folder / "s", [], (("json",), Language.NL))
        told = sum(json.loads(file.read_text(encoding="utf-8"))["owed_cents"] for file in files)
        assert (told, office.ledger.book.balances["cost:streek/2026/2026"]) == (approved, approved)
        if approved:
            assert paid_cents(office, run, payees) == approved


def proposed(office: Office) -> str:
    """Return a run, or nothing where a world has no lines that are rewarded."""
    try:
        return office.propose()
    except UsageInvalid as refused:
        if refused.code != "RUN_EMPTY":
            raise
        return ""


def try_to_adjust(office: Office, run: str, cents: int, payee: str) -> None:
    """Adjust, where that is allowed: by something, and not to below nothing."""
    with suppress(StepRefused):
        office.adjust(run, cents, payee)


def paid_cents(office: Office, run: str, payees: list[str]) -> int:
    """Return what is paid in all, by the ledger after the export."""
    accounts = office.folder / "accounts.csv"
    rows = "".join(f"{payee};P;NL69TEST0000000001\n" for payee in payees)
    accounts.write_text("payee;name;iban\n" + rows, encoding="utf-8")
    wanted = Wanted(office.folder / "pay", accounts)
    exported = export_run(office.books, run, PAYER, wanted, office.signed(BAS))
    assert exported.order.total_cents == -office.ledger.book.balances["ordered:streek/2026/2026"]
    return exported.order.total_cents
