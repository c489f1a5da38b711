"""A payment order: who gets how much from which account; its total is that of the ledger, to the cent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from anyascii import anyascii

from matcher import Entry, digest

from .accounts import Account

_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")


@dataclass(frozen=True)
class Payer:
    """Who pays: the name and IBAN of the insurer, and the day on which the bank is to pay (ISO)."""

    name: str
    iban: str
    execute_on: str


@dataclass(frozen=True)
class Payment:
    """What one payee gets: `to_pay_cents` of what it is owed, since the rest was paid before.

    Where more was paid before than is owed now, nothing is paid and `to_recover_cents` stays open in the ledger.
    """

    payee: str
    name: str
    iban: str
    owed_cents: int
    paid_before_cents: int
    to_pay_cents: int
    to_recover_cents: int


@dataclass(frozen=True)
class PaymentOrder:
    """All payments of a run, by payee."""

    run: str
    dossier: str
    payer: Payer
    payments: tuple[Payment, ...]

    @property
    def paid(self) -> tuple[Payment, ...]:
        """Return the payments that go to the bank."""
        return tuple(payment for payment in self.payments if payment.to_pay_cents)

    @property
    def total_cents(self) -> int:
        """Return what is paid in all."""
        return sum(payment.to_pay_cents for payment in self.payments)

    def digest(self) -> str:
        """Return the hash over the whole order: the same order has the same, and gives the same files."""
        return digest(asdict(self) | {"payments": [asdict(payment) for payment in self.payments]})

    def reference(self, entry: Entry, number: int) -> str:
        """Return the reference of a payment, from its run and its entry: never from a clock or by chance."""
        return f"{self.run[:12]}-{entry.seq}-{number}"


def payments_of(
    owed: Mapping[str, int], payable: Mapping[str, int], accounts: Mapping[str, Account]
) -> tuple[Payment, ...]:
    """Return a payment per payee that is owed or was paid anything, sorted by payee.

    `owed` is what the run comes to, `payable` what the ledger still owes; without an account nothing can be paid.
    """
    payees = sorted(payee for payee in {*owed, *payable} if owed.get(payee) or payable.get(payee))
    return tuple(_payment(payee, owed.get(payee, 0), payable.get(payee, 0), accounts.get(payee)) for payee in payees)


def _payment(payee: str, owed: int, payable: int, account: Account | None) -> Payment:
    name, number = (account.name, account.iban) if account else ("", "")
    return Payment(payee, name, number, owed, owed - payable, max(payable, 0), max(-payable, 0))


def payees_to_pay(payable: Mapping[str, int]) -> Sequence[str]:
    """Return who must have an account: everybody to whom something is still to be paid."""
    return sorted(payee for payee, cents in payable.items() if cents > 0)


def bank_text(text: str, longest: int) -> str:
    """Return a text in the signs that banks of the SEPA area take, cut to length.

    >>> bank_text("Praktijk Coöperatie & Zn", 20)
    'Praktijk Cooperatie'
    """
    return " ".join(_NOT_SEPA.sub(" ", anyascii(text)).split())[:longest].strip()
