"""The one gate to the ledger: an entry is made here, checked against all that went before, posted and sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from formulary import bsn

from .account import Book, RunAccount, postings_of_approval, postings_of_export, postings_of_payment
from .entry import NO_HASH, Entry, EntryKind, Posting, sealed
from .steps import (
    StepRefused,
    check_can_adjust,
    check_can_approve,
    check_can_correct,
    check_can_decide,
    check_can_dispute,
    check_can_export,
    check_can_mark_paid,
    check_has_name,
    check_has_reason,
)

_WRITTEN_BY_PEOPLE = ("reason", "reference", "payer")
_WITH_REASON = (EntryKind.ADJUSTED, EntryKind.DISPUTE_OPENED, EntryKind.DISPUTE_DECIDED)


@dataclass(frozen=True)
class Step:
    """A step that somebody wants to take: what, with which run, by whom, at what time (UTC), and what it says."""

    kind: EntryKind
    run: str
    by: str
    at: str
    body: Mapping[str, Any] = field(default_factory=dict)


def next_entry(book: Book, last: Entry | None, step: Step) -> Entry:
    """Return the entry that a step becomes after `last`, with its postings and hash, or raise StepRefused."""
    seq, previous = (1, NO_HASH) if last is None else (last.seq + 1, last.hash)
    bare = Entry(seq, previous, step.at, " ".join(step.by.split()), step.kind, step.run, dict(step.body))
    check_step(book, bare)
    return sealed(replace(bare, postings=postings_of(book, bare)))


def check_step(book: Book, entry: Entry) -> None:
    """Refuse an entry that the rules of its kind do not allow after what is in the book."""
    check_has_name(entry.by)
    if entry.kind in _WITH_REASON:
        check_has_reason(str(entry.body["reason"]), entry.run)
    _check_no_person(entry)
    run = book.runs.get(entry.run)
    if entry.kind is EntryKind.RUN_PROPOSED:
        _check_proposal(book, entry)
    elif run is None:
        raise StepRefused("RUN_UNKNOWN", entry.run[:12], known=", ".join(known[:12] for known in book.runs) or "-")
    else:
        _check_of_run(book, run, entry)


def _check_no_person(entry: Entry) -> None:
    # What stands in the ledger stays there: a citizen service number must not come in with a reason. Hashes are not
    # looked at: one in so many holds nine digits that pass the test by chance.
    texts = [entry.by, *(str(entry.body[name]) for name in _WRITTEN_BY_PEOPLE if name in entry.body)]
    if any(bsn.masked_text(text) != text for text in texts):
        raise StepRefused("NUMBER_OF_PERSON", entry.run[:12])


def _check_proposal(book: Book, entry: Entry) -> None:
    proposed = RunAccount(entry)
    if entry.run in book.runs:
        raise StepRefused("PROPOSED_BEFORE", entry.run[:12], number=book.runs[entry.run].proposal.seq)
    if proposed.corrects:
        if proposed.corrects not in book.runs:
            raise StepRefused("RUN_UNKNOWN", proposed.corrects[:12], known="-")
        check_can_correct(book, book.runs[proposed.corrects], proposed.dossier)


def _check_of_run(book: Book, run: RunAccount, entry: Entry) -> None:
    match entry.kind:
        case EntryKind.ADJUSTED:
            owed = int(entry.body["computed_cents"]) + run.adjusted_cents().get(str(entry.body["payee"]), 0)
            check_can_adjust(run, owed, int(entry.body["cents"]))
        case EntryKind.DISPUTE_OPENED:
            line = (str(entry.body["source"]), int(entry.body["line_no"]))
            check_can_dispute(book, run, line, date.fromisoformat(entry.at[:10]))
        case EntryKind.DISPUTE_DECIDED:
            number = int(entry.body["dispute"])
            check_can_decide(book, book.disputes.get(number), number, entry.by)
        case EntryKind.RUN_APPROVED:
            check_can_approve(book, run, entry.by)
        case EntryKind.RUN_EXPORTED:
            check_can_export(run, book.payable_cents(run.dossier).values())
        case _:
            check_can_mark_paid(run)


def postings_of(book: Book, entry: Entry) -> tuple[Posting, ...]:
    """Return what an entry of its kind posts; of an approval the amounts are its own, and what came before is not."""
    run = book.runs.get(entry.run)
    if run is None:
        return ()
    match entry.kind:
        case EntryKind.RUN_APPROVED:
            owed = {str(payee): int(cents) for payee, cents in entry.body["owed_cents"].items()}
            return postings_of_approval(run.dossier, book.owed_cents(run.dossier), owed)
        case EntryKind.RUN_EXPORTED:
            payable = book.payable_cents(run.dossier)
            return postings_of_export(run.dossier, {payee: cents for payee, cents in payable.items() if cents > 0})
        case EntryKind.RUN_PAID:
            return postings_of_payment(run.dossier, -book.balances[f"ordered:{run.dossier}"])
    return ()
