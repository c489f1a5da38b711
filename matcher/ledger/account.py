"""What the entries of a ledger come to: the state of every run, what was contested, and what is owed to whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from .entry import Entry, EntryKind, Posting


class RunState(StrEnum):
    """How far a run has come; a run that another one corrects is SUPERSEDED once that one is approved."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    PAID = "PAID"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True)
class RunAccount:
    """One run as the ledger knows it: the entries that made it what it is, in order."""

    proposal: Entry
    adjustments: tuple[Entry, ...] = ()
    approval: Entry | None = None
    export: Entry | None = None
    payment: Entry | None = None
    superseded_by: str = ""

    @property
    def id(self) -> str:
        """Return the id of the run: the hash over all that is in it."""
        return self.proposal.run

    @property
    def dossier(self) -> str:
        """Return which reward this run works out: region, scheme and period. One approved run stands per dossier."""
        return "/".join(str(self.proposal.body[name]) for name in ("region", "scheme", "period"))

    @property
    def corrects(self) -> str:
        """Return the run that this one corrects, or nothing."""
        return str(self.proposal.body["corrects"])

    @property
    def state(self) -> RunState:
        """Return how far the run has come."""
        if self.superseded_by:
            return RunState.SUPERSEDED
        if self.payment:
            return RunState.PAID
        return RunState.APPROVED if self.approval else RunState.PROPOSED

    @property
    def contest_until(self) -> date:
        """Return the last day on which lines can be contested: counted anew when the run is approved."""
        began = date.fromisoformat((self.approval or self.proposal).at[:10])
        return began + timedelta(days=int(self.proposal.body["dispute_days"]))

    def adjusted_cents(self) -> dict[str, int]:
        """Return by payee what was added by hand, or taken off."""
        cents: defaultdict[str, int] = defaultdict(int)
        for entry in self.adjustments:
            cents[str(entry.body["payee"])] += int(entry.body["cents"])
        return dict(cents)


@dataclass(frozen=True)
class Dispute:
    """A line that a payee contests, and what was decided of it; its number is that of its entry."""

    opening: Entry
    decision: Entry | None = None

    @property
    def number(self) -> int:
        """Return the number of the dispute."""
        return self.opening.seq

    @property
    def line(self) -> tuple[str, int]:
        """Return the line that is contested: its source and its place in it."""
        return str(self.opening.body["source"]), int(self.opening.body["line_no"])

    @property
    def is_upheld(self) -> bool:
        """Tell whether it was decided, and in favour of who contested."""
        return self.decision is not None and bool(self.decision.body["upheld"])


@dataclass
class Book:
    """The account of a ledger so far: runs by id, disputes by number, and balances in cents.

    `balances` has every account; `owed` has by payable account what approvals alone came to, paid or not.
    """

    runs: dict[str, RunAccount] = field(default_factory=dict)
    disputes: dict[int, Dispute] = field(default_factory=dict)
    balances: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    owed: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, entry: Entry) -> None:
        """Take in the next entry; it is not judged here whether it was allowed."""
        for posting in entry.postings:
            self.balances[posting.account] += posting.cents
            if entry.kind is EntryKind.RUN_APPROVED and posting.account.startswith("payable:"):
                self.owed[posting.account] -= posting.cents
        run = self.runs.get(entry.run)
        match entry.kind:
            case EntryKind.RUN_PROPOSED:
                self.runs[entry.run] = RunAccount(entry)
            case EntryKind.DISPUTE_OPENED:
                self.disputes[entry.seq] = Dispute(entry)
            case EntryKind.DISPUTE_DECIDED:
                number = int(entry.body["dispute"])
                self.disputes[number] = replace(self.disputes[number], decision=entry)
            case _ if run is not None:
                self._advance(run, entry)

    def _advance(self, run: RunAccount, entry: Entry) -> None:
        match entry.kind:
            case EntryKind.ADJUSTED:
                run = replace(run, adjustments=(*run.adjustments, entry))
            case EntryKind.RUN_APPROVED:
                run = replace(run, approval=entry)
                self._supersede(run)
            case EntryKind.RUN_EXPORTED:
                run = replace(run, export=entry)
            case _:
                run = replace(run, payment=entry)
        self.runs[run.id] = run

    def _supersede(self, run: RunAccount) -> None:
        for corrected in self.lineage(run.id)[1:]:
            self.runs[corrected] = replace(self.runs[corrected], superseded_by=run.id)

    def standing(self, dossier: str) -> RunAccount | None:
        """Return the approved run of a dossier that no other has superseded, if there is one."""
        approved = (run for run in self.runs.values() if run.dossier == dossier and run.approval)
        return next((run for run in approved if not run.superseded_by), None)

    def lineage(self, run_id: str) -> list[str]:
        """Return a run and those before it that it corrects, the newest first."""
        found: list[str] = []
        while run_id:
            found.append(run_id)
            run_id = self.runs[run_id].corrects if run_id in self.runs else ""
        return found

    def disputes_of(self, run_id: str) -> list[Dispute]:
        """Return what was contested of a run and of those it corrects, oldest first."""
        of = set(self.lineage(run_id))
        return [dispute for dispute in self.disputes.values() if dispute.opening.run in of]

    def owed_cents(self, dossier: str) -> dict[str, int]:
        """Return what every payee of a dossier is owed by the approved runs, whether paid or not."""
        return _of_dossier(self.owed, dossier)

    def payable_cents(self, dossier: str) -> dict[str, int]:
        """Return what every payee of a dossier is still to be paid; an amount below nothing is to be recovered."""
        return {payee: -cents for payee, cents in _of_dossier(self.balances, dossier).items()}


def book_of(entries: Iterable[Entry]) -> Book:
    """Return what entries, in their order, come to."""
    book = Book()
    for entry in entries:
        book.add(entry)
    return book


def payable(dossier: str, payee: str) -> str:
    """Return the account of what a payee is owed in a dossier."""
    return f"payable:{dossier}:{payee}"


def postings_of_approval(dossier: str, before: Mapping[str, int], owed: Mapping[str, int]) -> tuple[Posting, ...]:
    """Return what an approval posts: what was owed by payee before is reversed, and what is owed now is posted."""
    cost = f"cost:{dossier}"
    both = [(-1, before), (1, owed)]
    return tuple(
        posting
        for sign, amounts in both
        if any(amounts.values())
        for posting in (
            Posting(cost, sign * sum(amounts.values())),
            *(Posting(payable(dossier, payee), -sign * cents) for payee, cents in sorted(amounts.items()) if cents),
        )
    )


def postings_of_export(dossier: str, paid_cents: Mapping[str, int]) -> tuple[Posting, ...]:
    """Return what an export posts: each payment, against the payments that were ordered."""
    paid = [Posting(payable(dossier, payee), cents) for payee, cents in sorted(paid_cents.items()) if cents]
    return (*paid, Posting(f"ordered:{dossier}", -sum(paid_cents.values())))


def postings_of_payment(dossier: str, cents: int) -> tuple[Posting, ...]:
    """Return what it posts that the bank paid what was ordered."""
    return (Posting(f"ordered:{dossier}", cents), Posting(f"bank:{dossier}", -cents))


def _of_dossier(accounts: Mapping[str, int], dossier: str) -> dict[str, int]:
    start = payable(dossier, "")
    return {name.removeprefix(start): cents for name, cents in sorted(accounts.items()) if name.startswith(start)}
