"""What people do with a run after it was proposed: each act is one entry in the ledger, or is refused."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from formulary import agb
from matcher import RULED_OUTCOMES, AttributedTo, Entry, EntryKind, Outcome, RunAccount, Step, StepRefused, run_named

from ..errors import UsageInvalid
from .contents import LINES
from .folder import Run, read_run
from .ledger import LedgerWriter, writing
from .manifest import Signature

_PAYEE_COLUMNS = {"prescriber": "prescriber_agb", "practice": "practice", "group": "group", "subregion": "subregion",
                  "pharmacy": "pharmacy_agb"}  # fmt: skip


@dataclass(frozen=True)
class Adjustment:
    """Cents that somebody adds to what a payee is owed, or takes off, and why."""

    payee: str
    cents: int
    reason: str


@dataclass(frozen=True)
class Contested:
    """A line that a payee contests: which one, why, and what supports that (a text, files by their checksum)."""

    payee: str
    source: str
    line_no: int
    reason: str
    reference: str = ""
    evidence: Sequence[Path] = ()


@dataclass(frozen=True)
class Ruling:
    """What was decided of a dispute and why; upheld, what its line becomes."""

    upheld: bool
    reason: str
    outcome: str = ""
    attributed_to: str = ""
    prescriber_agb: str = ""


def adjust(books: Path, run_name: str, adjustment: Adjustment, signed: Signature) -> Entry:
    """Enter that a payee is owed so many cents more, or less, than was worked out; stays beside that amount."""
    with writing(books) as ledger:
        account = run_named(ledger.book, run_name)
        computed = read_run(books, account.id).owed_cents().get(adjustment.payee)
        if computed is None:
            raise StepRefused("PAYEE_UNKNOWN", account.id[:12])
        body = {**asdict(adjustment), "computed_cents": computed}
        return _enter(ledger, Step(EntryKind.ADJUSTED, account.id, signed.by, signed.at, body))


def approve(books: Path, run_name: str, signed: Signature, total_cents: int | None = None) -> Entry:
    """Enter that a second person approves a run, adjustments included; what is owed is posted.

    `total_cents` is the total that this person saw: another one by now is refused.
    """
    with writing(books) as ledger:
        account = run_named(ledger.book, run_name)
        owed = owed_cents(read_run(books, account.id), account)
        if total_cents is not None and total_cents != sum(owed.values()):
            raise UsageInvalid("TOTAL_DIFFERS", account.id[:12], total=sum(owed.values()), seen=total_cents)
        body = {"owed_cents": owed, "total_cents": sum(owed.values())}
        return _enter(ledger, Step(EntryKind.RUN_APPROVED, account.id, signed.by, signed.at, body))


def contest(books: Path, run_name: str, contested: Contested, signed: Signature) -> Entry:
    """Enter that a payee contests a line that counts for it."""
    evidence = [{"name": path.name, "sha256": _sha256(path)} for path in contested.evidence]
    with writing(books) as ledger:
        account = run_named(ledger.book, run_name)
        _check_line(read_run(books, account.id), contested)
        body = {
            "payee": contested.payee, "source": contested.source, "line_no": contested.line_no,
            "reason": contested.reason, "reference": contested.reference, "evidence": evidence,
        }  # fmt: skip
        return _enter(ledger, Step(EntryKind.DISPUTE_OPENED, account.id, signed.by, signed.at, body))


def decide(books: Path, number: int, ruling: Ruling, signed: Signature) -> Entry:
    """Enter what was decided of a dispute; upheld, the line leaves the rate unless the ruling says otherwise."""
    _check_ruling(ruling)
    moves = bool(ruling.prescriber_agb)
    outcome = ruling.outcome or ("" if moves or not ruling.upheld else str(Outcome.EXCEPTED))
    owner = ruling.attributed_to or (str(AttributedTo.UNKNOWN) if outcome else "")
    with writing(books) as ledger:
        dispute = ledger.book.disputes.get(number)
        if dispute is None:
            known = ", ".join(map(str, ledger.book.disputes)) or "-"
            raise StepRefused("DISPUTE_UNKNOWN", str(number), known=known)
        body = {
            "dispute": number, "upheld": ruling.upheld, "reason": ruling.reason, "outcome": outcome,
            "attributed_to": owner, "prescriber_agb": ruling.prescriber_agb,
        }  # fmt: skip
        return _enter(ledger, Step(EntryKind.DISPUTE_DECIDED, dispute.opening.run, signed.by, signed.at, body))


def mark_paid(books: Path, run_name: str, signed: Signature) -> Entry:
    """Enter that the bank paid what was exported."""
    with writing(books) as ledger:
        account = run_named(ledger.book, run_name)
        return _enter(ledger, Step(EntryKind.RUN_PAID, account.id, signed.by, signed.at))


def owed_cents(run: Run, account: RunAccount) -> dict[str, int]:
    """Return what each payee of a run is owed: what was worked out, and what was adjusted by hand."""
    adjusted = account.adjusted_cents()
    return {payee: cents + adjusted.get(payee, 0) for payee, cents in run.owed_cents().items()}


def lines_of(run: Run, payee: str) -> pl.DataFrame:
    """Return the lines behind what a payee is owed, as text."""
    level, _, id_ = payee.partition(":")
    column = _PAYEE_COLUMNS.get(level)
    return run.table(LINES) if column is None else run.rows_of(LINES, **{column: id_})


def _enter(ledger: LedgerWriter, step: Step) -> Entry:
    return ledger.append(ledger.prepare(step))


def _check_line(run: Run, contested: Contested) -> None:
    if contested.payee not in run.owed_cents():
        raise StepRefused("PAYEE_UNKNOWN", run.id[:12])
    place = (pl.col("source") == contested.source) & (pl.col("line_no") == str(contested.line_no))
    if lines_of(run, contested.payee).filter(place).is_empty():
        raise StepRefused("LINE_UNKNOWN", run.id[:12], line=f"{contested.source}:{contested.line_no}")


def _check_ruling(ruling: Ruling) -> None:
    known = {"outcome": [str(each) for each in RULED_OUTCOMES], "attributed_to": [str(each) for each in AttributedTo]}
    for name, allowed in known.items():
        said = getattr(ruling, name)
        if said and said not in allowed:
            raise UsageInvalid("RULING_UNKNOWN", said, known=", ".join(allowed))
    if ruling.prescriber_agb and not agb.is_valid(ruling.prescriber_agb):
        raise UsageInvalid("RULING_PRESCRIBER", ruling.prescriber_agb)
    if not ruling.upheld and (ruling.outcome or ruling.attributed_to or ruling.prescriber_agb):
        raise UsageInvalid("RULING_OF_REJECTION", "--reject")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageInvalid("EVIDENCE_UNREADABLE", str(path), detail=error.strerror or "") from error
