"""A reward run, worked out from files by published rules and put forward by a person for another to approve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from matcher import (
    RULINGS,
    Book,
    Dispute,
    EntryKind,
    RunAccount,
    Step,
    amounts_moved,
    check_can_correct,
    run_named,
    scores_moved,
)

from ..batch import Answer, Goal, Order, assessed_files
from ..errors import UsageInvalid
from ..report.summary import Summary
from . import contents
from .contents import RunTables, run_tables
from .folder import Run, keep_run, read_run, written_run
from .ledger import read_ledger, writing
from .manifest import Asked, Signature, about_run, days_of


@dataclass(frozen=True)
class Proposed:
    """The run, its entry in the ledger, and whether both were there already."""

    run: Run
    entry: int
    was_there: bool
    summary: Summary


def propose_run(order: Order, asked: Asked, books: Path, signed: Signature) -> Proposed:
    """Work out a run, keep it beside the ledger and enter that it was proposed.

    The same files, rules, period and rulings give the same run; proposed again it is found, not entered again.
    Raises StepRefused for a correction that cannot be, and UsageInvalid where the files are not those of the run
    that is corrected.
    """
    book = read_ledger(books).book
    corrected = run_named(book, asked.corrects) if asked.corrects else None
    upheld = _upheld(book, corrected)
    asked = replace(asked, as_of=date.fromisoformat(signed.at[:10]))
    with assessed_files(order, Goal(asked.period, asked.scheme, _rulings(upheld), asked.as_of)) as answer:
        about = about_run(answer, asked, corrected, upheld)
        if corrected is not None:
            check_can_correct(book, corrected, "/".join(str(about[name]) for name in ("region", "scheme", "period")))
            _check_inputs(about, read_run(books, corrected.id), upheld)
        made = _tables(answer, asked, books, (book, corrected), upheld)
    if not made.owed_cents():
        raise UsageInvalid("RUN_EMPTY", asked.scheme, period=asked.period.name)
    about |= {"payees": len(made.owed_cents()), "total_cents": sum(made.owed_cents().values())}
    with written_run(books, made, about) as run:
        return _entered(run, books, signed, answer.summary)


def _entered(run: Run, books: Path, signed: Signature, summary: Summary) -> Proposed:
    with writing(books) as ledger:
        known = ledger.book.runs.get(run.id)
        if known is not None:
            return Proposed(read_run(books, run.id), known.proposal.seq, was_there=True, summary=summary)
        said = ("region", "scheme", "period", "corrects", "disputes", "total_cents", "payees", "provisional",
                "dispute_days")  # fmt: skip
        body = {name: run.about[name] for name in said}
        entry = ledger.prepare(Step(EntryKind.RUN_PROPOSED, run.id, signed.by, signed.at, body))
        # The folder goes first: without its entry it is nothing, and the same run put forward again finds it.
        kept = keep_run(books, run)
        ledger.append(entry)
        return Proposed(kept, entry.seq, was_there=False, summary=summary)


def _upheld(book: Book, corrected: RunAccount | None) -> list[Dispute]:
    return [] if corrected is None else [each for each in book.disputes_of(corrected.id) if each.is_upheld]


def _rulings(upheld: Sequence[Dispute]) -> pl.DataFrame:
    rows = [
        {"dispute": each.number, "source": each.line[0], "line_no": each.line[1], **_ruling(each)} for each in upheld
    ]
    return pl.DataFrame(rows, schema=RULINGS)


def _ruling(dispute: Dispute) -> dict[str, str | None]:
    assert dispute.decision is not None  # it was upheld
    named = ("outcome", "attributed_to", "prescriber_agb")
    return {name: str(dispute.decision.body[name]) or None for name in named}


def _check_inputs(about: Mapping[str, Any], corrected: Run, upheld: Sequence[Dispute]) -> None:
    """Refuse files other than those in which lines were contested: a line is known by its file and its number."""
    then, now = ({file["name"]: file["sha256"] for file in side["inputs"]} for side in (corrected.about, about))
    for source in sorted({dispute.line[0] for dispute in upheld}):
        if now.get(source) != then.get(source):
            raise UsageInvalid("FILE_OF_RUN_DIFFERS", source, run=corrected.id[:12])


def _tables(
    answer: Answer, asked: Asked, books: Path, before: tuple[Book, RunAccount | None], upheld: Sequence[Dispute]
) -> RunTables:
    scheme = answer.rulebook.scheme(asked.scheme)
    made = run_tables(answer.assessment, answer.rulebook, scheme, days_of(answer, asked))
    book, corrected = before
    if corrected is None:
        return made
    old = read_run(books, corrected.id)
    # Held against what the corrected run came to, adjustments by hand included: these are not taken over.
    adjusted = book.runs[corrected.id].adjusted_cents()
    owed_before = {payee: cents + adjusted.get(payee, 0) for payee, cents in old.owed_cents().items()}
    moved = {
        contents.RULINGS: _rulings(upheld),
        contents.AMOUNTS_MOVED: amounts_moved(owed_before, made.owed_cents()),
        contents.SCORES_MOVED: scores_moved(
            _comparable(old.table(contents.SCORES)), _comparable(made.tables[contents.SCORES])
        ),
    }
    return replace(made, tables={**made.tables, **moved})


def _comparable(scores: pl.DataFrame) -> pl.DataFrame:
    """Return scores as they are after writing: a run that was read has its places to six decimals."""
    return scores.select(
        pl.col("level", "id", "indicator").cast(pl.String()),
        pl.col("numerator", "denominator").cast(pl.Int64()),
        pl.col("percentile").cast(pl.Float64()).round(6),
    )
