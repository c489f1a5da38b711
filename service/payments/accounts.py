"""Whose money goes where: payees with name and IBAN, read from a CSV for the export alone and kept nowhere."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from formulary import ComplianceError, Language, Sentences, iban

_SENTENCES = Sentences(__package__)
_HEADERS = {
    "payee": ("payee", "id", "agb", "agb-code", "ontvanger", "code"),
    "name": ("name", "naam", "tenaamstelling", "rekeninghouder"),
    "iban": ("iban", "rekening", "rekeningnummer"),
}


@dataclass(frozen=True)
class Account:
    """The account of a payee: in whose name, and its IBAN."""

    name: str
    iban: str


@dataclass(frozen=True)
class AccountFault:
    """What is wrong in a row of a file of accounts; a full IBAN is never repeated."""

    code: str
    row: int
    values: Mapping[str, object]

    def sentence(self, language: Language) -> str:
        """Return the place and the sentence."""
        return _SENTENCES.say(self.code, language, row=self.row, **self.values)


class AccountsUnusable(ComplianceError):
    """A file of accounts by which nothing can be paid; every fault of it is told at once."""

    sentences = _SENTENCES

    def __init__(self, code: str, where: str, rows: Sequence[AccountFault] = (), columns: str = "") -> None:
        """Keep what is wrong, where, and every row that is."""
        self.rows = tuple(rows)
        super().__init__(code, where, columns=columns)

    def sentence(self, language: Language = Language.EN) -> str:
        """Return what is wrong, a line a row."""
        return "\n".join([super().sentence(language), *(f"  {fault.sentence(language)}" for fault in self.rows)])


def read_accounts(path: Path, payees: Sequence[str]) -> dict[str, Account]:
    """Return the account of each of these payees, or raise AccountsUnusable with every fault at once.

    A row names its payee by code (`01012345`), or by level and code (`practice:01000001`) where a code is of two.
    Rows of others are left alone: one file of accounts may serve every run.
    """
    rows = list(_rows(path))
    wanted = {payee: _accounts_of(payee, payees, rows) for payee in payees}
    faults = [fault for payee, found in wanted.items() for fault in _faults(payee, found)]
    if missing := [payee for payee, found in wanted.items() if not found]:
        faults.append(AccountFault("ACCOUNT_MISSING", 0, {"payees": ", ".join(missing[:20]), "n": len(missing)}))
    if faults:
        raise AccountsUnusable("ACCOUNTS_INVALID", path.name, sorted(faults, key=lambda fault: fault.row))
    return {payee: found[0][1] for payee, found in wanted.items()}


def _accounts_of(
    payee: str, payees: Sequence[str], rows: Sequence[tuple[int, str, Account]]
) -> list[tuple[int, Account]]:
    id_ = payee.partition(":")[2]
    is_alone = sum(each.partition(":")[2] == id_ for each in payees) == 1
    names = {payee, id_} if is_alone else {payee}
    return [(row, account) for row, name, account in rows if name in names]


def _faults(payee: str, found: Sequence[tuple[int, Account]]) -> Iterator[AccountFault]:
    for row, account in found:
        if not iban.is_valid(account.iban):
            yield AccountFault("IBAN_INVALID", row, {"payee": payee, "iban": iban.masked(account.iban) or "-"})
        if not account.name:
            yield AccountFault("ACCOUNT_NAMELESS", row, {"payee": payee})
    if len({account for _, account in found}) > 1:
        yield AccountFault("ACCOUNT_TWICE", found[1][0], {"payee": payee, "first": found[0][0]})


def _rows(path: Path) -> Iterator[tuple[int, str, Account]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AccountsUnusable("ACCOUNTS_UNREADABLE", str(path)) from error
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(), delimiter=max(";,\t", key=first.count))
    columns = _columns(reader.fieldnames or (), path)
    for number, row in enumerate(reader, 2):
        named = {ours: (row.get(theirs) or "").strip() for ours, theirs in columns.items()}
        if named["payee"]:
            # A spreadsheet drops the zero in front of a code.
            payee = named["payee"].zfill(8) if named["payee"].isdecimal() else named["payee"]
            yield number, payee, Account(named["name"], iban.compact(named["iban"]))


def _columns(headers: Sequence[str], path: Path) -> dict[str, str]:
    found = {
        ours: next((each for each in headers if each and each.strip().lower() in known), None)
        for ours, known in _HEADERS.items()
    }
    if missing := [ours for ours, theirs in found.items() if theirs is None]:
        raise AccountsUnusable("ACCOUNTS_COLUMNS", path.name, columns=", ".join(missing))
    return {ours: theirs for ours, theirs in found.items() if theirs is not None}
