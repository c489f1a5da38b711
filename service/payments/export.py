"""Pay an approved run: check all, write all beside, enter it in the ledger, and only then hand it over."""

from dataclasses import dataclass, replace
from pathlib import Path

from formulary import Language, iban
from matcher import Book, Entry, EntryKind, RunAccount, Step, StepRefused, book_of, check_can_export, run_named

from ..errors import OutputUnusable, UsageInvalid
from ..runs.acts import owed_cents
from ..runs.folder import read_run
from ..runs.ledger import LedgerWriter, writing
from ..runs.manifest import Signature
from ..swap import swapped_folder
from .accounts import read_accounts
from .order import Payer, PaymentOrder, payees_to_pay, payments_of
from .sepa import SepaWrong, sepa_file
from .tables import csv_table, workbook

CSV_FILE, EXCEL_FILE, SEPA_FILE = "payments.csv", "payments.xlsx", "payments.xml"


@dataclass(frozen=True)
class Wanted:
    """Where the files go and which: with the bank's file or without, and whether they are asked for again."""

    out: Path
    accounts: Path
    language: Language = Language.NL
    with_sepa: bool = True
    again: bool = False


@dataclass(frozen=True)
class Exported:
    """What was handed over: the order, its entry, and the folder with its files."""

    order: PaymentOrder
    entry: Entry
    out: Path


def export_run(books: Path, run_name: str, payer: Payer, wanted: Wanted, signed: Signature) -> Exported:
    """Write the payment files of an approved run into a new folder and enter that it was exported.

    A run is exported once. Asked for `again` the very same files are written, from the same accounts and payer, and
    nothing is entered; anything else is refused. The entry is made before the files are handed over: after a crash
    in between they can be had again, and nothing is paid twice.
    """
    if not iban.is_valid(iban.compact(payer.iban)):
        raise UsageInvalid("PAYER_IBAN_INVALID", iban.masked(iban.compact(payer.iban)))
    if wanted.out.exists():
        raise OutputUnusable("EXPORT_EXISTS", str(wanted.out))
    with writing(books) as ledger:
        account = run_named(ledger.book, run_name)
        made = _again(books, ledger, account, payer, wanted) if wanted.again else _first(
            books, ledger, account, payer, wanted, signed)  # fmt: skip
        with swapped_folder(wanted.out, [wanted.accounts]) as folder:
            for name, content in _files(*made, wanted).items():
                (folder / name).write_bytes(content)
            if not wanted.again:
                ledger.append(made[1])
    return Exported(*made, wanted.out)


def _first(  # noqa: PLR0913, PLR0917
    books: Path, ledger: LedgerWriter, account: RunAccount, payer: Payer, wanted: Wanted, signed: Signature
) -> tuple[PaymentOrder, Entry]:
    check_can_export(account, ledger.book.payable_cents(account.dossier).values())
    order = _order(books, ledger.book, account, payer, wanted)
    body = {
        "order": order.digest(), "payments": len(order.paid), "total_cents": order.total_cents,
        "payer": payer.name, "execute_on": payer.execute_on,
    }  # fmt: skip
    entry = ledger.prepare(Step(EntryKind.RUN_EXPORTED, account.id, signed.by, signed.at, body))
    posted = sum(each.cents for each in entry.postings if each.cents > 0)
    if posted != order.total_cents:
        raise SepaWrong(order.run)
    return order, entry


def _again(
    books: Path, ledger: LedgerWriter, account: RunAccount, payer: Payer, wanted: Wanted
) -> tuple[PaymentOrder, Entry]:
    if account.export is None:
        raise StepRefused("NOT_EXPORTED", account.id[:12])
    then = book_of(ledger.ledger.entries[: account.export.seq - 1])
    day = str(account.export.body["execute_on"])
    order = _order(books, then, account, replace(payer, execute_on=day), wanted)
    if order.digest() != account.export.body["order"]:
        raise StepRefused("EXPORT_DIFFERS", account.id[:12], number=account.export.seq)
    return order, account.export


def _order(books: Path, book: Book, account: RunAccount, payer: Payer, wanted: Wanted) -> PaymentOrder:
    owed = owed_cents(read_run(books, account.id), account)
    payable = book.payable_cents(account.dossier)
    accounts = read_accounts(wanted.accounts, payees_to_pay(payable))
    payer = replace(payer, iban=iban.compact(payer.iban))
    return PaymentOrder(account.id, account.dossier, payer, payments_of(owed, payable, accounts))


def _files(order: PaymentOrder, entry: Entry, wanted: Wanted) -> dict[str, bytes]:
    files = {CSV_FILE: csv_table(order, entry).encode("utf-8"), EXCEL_FILE: workbook(order, entry, wanted.language)}
    return files | ({SEPA_FILE: sepa_file(order, entry)} if wanted.with_sepa else {})
