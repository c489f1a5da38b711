"""Ledgers for tests: steps by made-up people, through the real gate, in memory."""

from dataclasses import dataclass, field
from typing import Any

from matcher import Book, Entry, EntryKind, Step, book_of, digest, next_entry

PAYEES = {"prescriber:01012345": 40_000, "prescriber:01054321": 0, "practice:01000001": 12_345}
ANNA, BAS, CEES = "Anna", "Bas", "Cees"  # who proposes, who approves, who contests


def run_of(name: object) -> str:
    """Return the id of a made-up run."""
    return digest(str(name))


@dataclass
class Pages:
    """Entries that grow by steps, at noon of one day after the other unless a test says otherwise."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def book(self) -> Book:
        """Return what the entries come to."""
        return book_of(self.entries)

    @property
    def lines(self) -> list[str]:
        """Return the entries as they stand in a file."""
        return [entry.line() for entry in self.entries]

    def take(self, kind: EntryKind, run: str, by: str, body: dict[str, Any], at: str = "") -> Entry:
        """Take one step, or raise StepRefused."""
        at = at or f"2026-01-{len(self.entries) % 28 + 1:02}T12:00:00Z"
        entry = next_entry(self.book, self.entries[-1] if self.entries else None, Step(kind, run, by, at, body))
        self.entries.append(entry)
        return entry

    def propose(self, run: str, by: str = ANNA, **body: Any) -> Entry:
        """Propose a run."""
        known: dict[str, Any] = {
            "region": "streek", "scheme": "2026", "period": "2026", "corrects": "", "disputes": [],
            "total_cents": sum(PAYEES.values()), "payees": len(PAYEES), "provisional": False, "dispute_days": 42,
        }  # fmt: skip
        return self.take(EntryKind.RUN_PROPOSED, run, by, known | body)

    def approve(self, run: str, by: str = BAS, owed: dict[str, int] | None = None) -> Entry:
        """Approve a run."""
        return self.take(EntryKind.RUN_APPROVED, run, by, {"owed_cents": PAYEES if owed is None else owed})

    def adjust(self, run: str, cents: int, by: str = ANNA, reason: str = "afspraak", computed: int = 40_000) -> Entry:
        """Adjust what the first payee is owed."""
        body = {"payee": "prescriber:01012345", "cents": cents, "computed_cents": computed, "reason": reason}
        return self.take(EntryKind.ADJUSTED, run, by, body)

    def contest(self, run: str, line_no: int = 12, by: str = CEES, at: str = "", reason: str = "allergie") -> Entry:
        """Contest a line."""
        body = {"payee": "prescriber:01012345", "source": "lines.csv", "line_no": line_no, "reason": reason}
        return self.take(EntryKind.DISPUTE_OPENED, run, by, body, at)

    def decide(self, dispute: Entry, upheld: bool = True, by: str = BAS) -> Entry:
        """Decide on a dispute."""
        body = {"dispute": dispute.seq, "upheld": upheld, "reason": "dossier"}
        return self.take(EntryKind.DISPUTE_DECIDED, dispute.run, by, body)

    def export(self, run: str) -> Entry:
        """Export a run for payment."""
        return self.take(EntryKind.RUN_EXPORTED, run, BAS, {})

    def pay(self, run: str) -> Entry:
        """Say that the bank paid a run."""
        return self.take(EntryKind.RUN_PAID, run, BAS, {})


def a_long_ledger(years: int = 5) -> Pages:
    """Return a ledger of a run a year, each contested, corrected, approved, exported and paid."""
    pages = Pages()
    for year in range(years):
        first, second = run_of(f"{year}a"), run_of(f"{year}b")
        pages.propose(first, period=str(year))
        pages.adjust(first, 500)
        dispute = pages.contest(first)
        pages.decide(dispute)
        pages.propose(second, period=str(year), corrects=first, disputes=[dispute.seq])
        pages.approve(second)
        pages.export(second)
        pages.pay(second)
    return pages
