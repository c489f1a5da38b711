"""The rules of the ledger: who may take which step with a run, and when; each check raises StepRefused or is silent.

Two people stand behind every payment: nobody approves what they proposed or adjusted, and nobody decides on a dispute
about a run they proposed or a line they contested.
"""

from collections.abc import Collection
from datetime import date

from formulary import ComplianceError, Sentences

from .account import Book, Dispute, RunAccount, RunState


class StepRefused(ComplianceError):
    """A step with a reward run that its rules do not allow: by this person, at this time, or in this state."""

    sentences = Sentences(__package__)


def run_named(book: Book, name: str) -> RunAccount:
    """Return the one run that is meant, or raise StepRefused.

    A run is named by six characters or more of its id, or as `scheme/period`: the one of these that no other run
    has superseded.
    """
    if "/" in name:
        found = [run for run in book.runs.values() if run.dossier.endswith(f"/{name}") and not run.superseded_by]
    else:
        found = [run for run_id, run in book.runs.items() if len(name) >= 6 and run_id.startswith(name)]
    if len(found) != 1:
        known = ", ".join(run.id[:12] for run in found or book.runs.values()) or "-"
        raise StepRefused("RUN_AMBIGUOUS" if found else "RUN_UNKNOWN", name, known=known)
    return found[0]


def check_has_name(by: str) -> None:
    """Refuse a step that nobody signs."""
    if not by.strip():
        raise StepRefused("NO_NAME", "--by")


def check_has_reason(reason: str, run: str) -> None:
    """Refuse a step without a reason where one is asked for."""
    if not reason.strip():
        raise StepRefused("NO_REASON", run[:12])


def check_can_correct(book: Book, corrected: RunAccount, dossier: str) -> None:
    """Refuse to correct a run of something else, or one that was corrected already."""
    if corrected.dossier != dossier:
        raise StepRefused("CORRECTS_OTHER", corrected.id[:12], dossier=dossier, other=corrected.dossier)
    if corrected.superseded_by:
        raise StepRefused("RUN_SUPERSEDED", corrected.id[:12], other=corrected.superseded_by[:12])


def check_can_adjust(run: RunAccount, owed_cents: int | None, cents: int) -> None:
    """Refuse to adjust what was approved, an unknown payee, or to less than nothing; None: no such payee."""
    _check_state(run, RunState.PROPOSED)
    if owed_cents is None:
        raise StepRefused("PAYEE_UNKNOWN", run.id[:12])
    if cents == 0 or owed_cents + cents < 0:
        raise StepRefused("ADJUSTMENT_EMPTY" if cents == 0 else "ADJUSTMENT_BELOW_NOTHING", run.id[:12])


def check_can_approve(book: Book, run: RunAccount, by: str) -> None:
    """Refuse approval by who proposed or adjusted the run, or while anything about it is still open."""
    _check_state(run, RunState.PROPOSED)
    if any(same_person(by, entry.by) for entry in (run.proposal, *run.adjustments)):
        raise StepRefused("APPROVED_BY_PROPOSER", run.id[:12], by=by)
    if run.proposal.body["provisional"]:
        raise StepRefused("RUN_PROVISIONAL", run.id[:12])
    disputes = book.disputes_of(run.id)
    if still_open := [str(dispute.number) for dispute in disputes if dispute.decision is None]:
        raise StepRefused("DISPUTES_OPEN", run.id[:12], numbers=", ".join(still_open))
    held = set(run.proposal.body["disputes"])
    if left_out := [str(each.number) for each in disputes if each.is_upheld and each.number not in held]:
        raise StepRefused("DISPUTES_LEFT_OUT", run.id[:12], numbers=", ".join(left_out))
    standing = book.standing(run.dossier)
    if standing is not None and standing.id not in book.lineage(run.id):
        raise StepRefused("OTHER_RUN_STANDS", run.id[:12], other=standing.id[:12], dossier=run.dossier)


def check_can_dispute(book: Book, run: RunAccount, line: tuple[str, int], on: date) -> None:
    """Refuse a dispute about a run that was corrected, after its last day, or about a line contested before."""
    if run.superseded_by:
        raise StepRefused("RUN_SUPERSEDED", run.id[:12], other=run.superseded_by[:12])
    if on > run.contest_until:
        raise StepRefused("DISPUTE_TOO_LATE", run.id[:12], until=run.contest_until)
    before = next((each for each in book.disputes_of(run.id) if each.line == line), None)
    if before is not None:
        raise StepRefused("DISPUTED_BEFORE", run.id[:12], number=before.number)


def check_can_decide(book: Book, dispute: Dispute | None, number: int, by: str) -> None:
    """Refuse a decision on no dispute, a second one, and one by who proposed the run or contested the line."""
    if dispute is None:
        raise StepRefused("DISPUTE_UNKNOWN", str(number), known=", ".join(map(str, book.disputes)) or "-")
    if dispute.decision is not None:
        raise StepRefused("DISPUTE_DECIDED_BEFORE", str(number), by=dispute.decision.by)
    involved = [book.runs[dispute.opening.run].proposal.by, dispute.opening.by]
    if any(same_person(by, each) for each in involved):
        raise StepRefused("DECIDED_BY_INVOLVED", str(number), by=by)


def check_can_export(run: RunAccount, payable_cents: Collection[int]) -> None:
    """Refuse to pay a run that is not approved, that was exported before, or in which there is nothing to pay."""
    if run.export is not None:
        raise StepRefused("EXPORTED_BEFORE", run.id[:12], number=run.export.seq, by=run.export.by)
    _check_state(run, RunState.APPROVED)
    if not any(cents > 0 for cents in payable_cents):
        raise StepRefused("NOTHING_TO_PAY", run.id[:12])


def check_can_mark_paid(run: RunAccount) -> None:
    """Refuse to call a run paid that was never exported, or that was called so before."""
    if run.export is None:
        raise StepRefused("NOT_EXPORTED", run.id[:12])
    if run.payment is not None:
        raise StepRefused("PAID_BEFORE", run.id[:12], number=run.payment.seq)


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are one person's: case and spaces make no other person.

    >>> same_person("A. Analist", "a.  analist"), same_person("A. Analist", "B. Betaler")
    (True, False)
    """
    return "".join(one.casefold().split()) == "".join(other.casefold().split())


def _check_state(run: RunAccount, wanted: RunState) -> None:
    if run.superseded_by:
        raise StepRefused("RUN_SUPERSEDED", run.id[:12], other=run.superseded_by[:12])
    if run.state is not wanted:
        raise StepRefused("RUN_NOT_PROPOSED" if wanted is RunState.PROPOSED else "RUN_NOT_APPROVED", run.id[:12])
