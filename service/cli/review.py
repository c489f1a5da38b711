"""`formulary review`: which labels a person should decide, and what was decided of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from formulary import (
    Alias,
    AliasDecision,
    Language,
    Rulebook,
    Sentences,
    aliases_frame,
    load_aliases,
    load_rulebook,
    sample_folder,
)
from matcher import (
    Identification,
    Identifier,
    agreement,
    identifier,
    reason_sentences,
    review_queue,
    standing_decisions,
)

from ..errors import UsageInvalid
from ..report.formats import euros, whole
from ..review_book import append_decisions, read_queue, revoke_decisions, write_queue
from ..settings import rules_folder

_SENTENCES = Sentences("service")
_LINES = "lines.parquet"
_TO_FILL_IN = ("choice", "atc", "product_name", "note")


@dataclass(frozen=True)
class Signature:
    """Who decides, on which day, and why."""

    by: str
    on: date
    note: str | None = None


@dataclass(frozen=True)
class Said:
    """What a command did: rows for machines, sentences for people."""

    rows: Sequence[Mapping[str, Any]]
    told: Sequence[str]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the rows."""
        return [dict(row) for row in self.rows]


def list_labels(results: Path, rules: Path | None, limit: int, language: Language) -> Said:
    """Return the labels to decide, from a results folder of `check`, those that most hangs on first.

    Looking needs no rules folder of one's own: without one the sample region's catalogue names the candidates.
    """
    queue = _queue(results, _Book(rules_folder(rules) or sample_folder()))
    shown = queue.head(limit).rows(named=True)
    sentences = reason_sentences(language)
    told = [
        _SENTENCES.say(
            "REVIEW_QUEUE", language, n=whole(queue.height, language), lines=whole(int(queue["lines"].sum()), language)
        )
    ]
    return Said(shown, [*told, *(_label_line(row, sentences, language) for row in shown)])


def list_agreement(rules: Path | None, language: Language) -> Said:
    """Return how far each two people agreed on the labels that both decided."""
    rows = agreement(load_aliases(_own_folder(rules))).rows(named=True)
    told = [
        _SENTENCES.say(
            "REVIEW_AGREEMENT", language, **{**row, "kappa": "-" if row["kappa"] is None else f"{row['kappa']:.2f}"}
        )
        for row in rows
    ]
    return Said(rows, told or [_SENTENCES.say("REVIEW_NO_AGREEMENT", language)])


def accept_label(label: str, named: str | None, rules: Path | None, signed: Signature, language: Language) -> Said:
    """Decide that a label is what was proposed, or what is named: a product of the catalogue, or an ATC code."""
    book = _Book(_own_folder(rules))
    decided = book.naming(label, named, signed)
    append_decisions(book.folder, aliases_frame([decided]))
    return _decided([decided], language)


def reject_label(
    label: str, rules: Path | None, signed: Signature, language: Language, *, never_ask: bool = False
) -> Said:
    """Decide that a label names no medicine, or that nobody should be asked about it again."""
    decision = AliasDecision.NEVER_ASK if never_ask else AliasDecision.NO_MEDICINE
    decided = Alias(label=label, decision=decision, decided_on=signed.on, decided_by=signed.by, note=signed.note)
    append_decisions(_own_folder(rules), aliases_frame([decided]))
    return _decided([decided], language)


def revoke_label(label: str, rules: Path | None, signed: Signature, language: Language) -> Said:
    """Take back what this person decided of a label."""
    revoked = revoke_decisions(_own_folder(rules), label, signed.by, signed.on)
    if not revoked:
        raise UsageInvalid("REVIEW_NOTHING_TO_REVOKE", label, by=signed.by)
    return Said([{"label": label, "revoked": revoked}], [_SENTENCES.say("REVIEW_REVOKED", language, label=label)])


def export_labels(results: Path, rules: Path | None, out: Path, language: Language) -> Said:
    """Write the queue with empty cells to fill in: CSV, or a workbook where `out` ends in .xlsx.

    What others decided is left out: two people decide blind.
    """
    book = _Book(_own_folder(rules))
    queue = _queue(results, book).drop("decision")
    blank = queue.with_columns(pl.lit(None, pl.String()).alias(name) for name in _TO_FILL_IN)
    write_queue(blank, out, book.folder, language)
    return Said(
        [{"out": str(out), "labels": queue.height}],
        [_SENTENCES.say("REVIEW_EXPORTED", language, n=queue.height, out=out)],
    )


def import_labels(file: Path, rules: Path | None, signed: Signature, language: Language) -> Said:
    """Take over the rows of a queue in which a choice was filled in, all of them or none."""
    book = _Book(_own_folder(rules))
    decided = [book.filled_in(row_no, row, signed) for row_no, row in read_queue(file) if row.get("choice")]
    append_decisions(book.folder, aliases_frame(decided))
    return _decided(decided, language)


class _Book:
    """The rules folder that decisions go into, with its catalogue indexed when that is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rulebook: Rulebook = load_rulebook(self.folder)
        self.aliases = load_aliases(self.folder)
        self.identifier: Identifier = identifier(self.rulebook.catalogue)

    def naming(self, label: str, named: str | None, signed: Signature) -> Alias:
        """Return the decision that a label is what is named, or the one candidate where nothing is."""
        proposed = _candidates(self.identifier(label))
        if named is None and len(proposed) != 1:
            raise UsageInvalid("REVIEW_NAME_IT", label, known=", ".join(proposed) or "-")
        row = self._row(named or proposed[0])
        decision = AliasDecision.ACCEPT if row["atc"] in proposed else AliasDecision.OTHER_PRODUCT
        return Alias(
            label=label,
            decision=decision,
            **row,
            decided_on=signed.on,
            decided_by=signed.by,
            catalogue_sha256=self.rulebook.checksums.get("catalogue.csv"),
            note=signed.note,
        )

    def _row(self, named: str) -> dict[str, str | None]:
        """Return the product of this name, or only the code where a code is named."""
        catalogue = self.rulebook.catalogue
        products = catalogue.filter(pl.col("product_name") == named).select("product_name", "atc", "form", "strength")
        if products.height:
            return products.row(0, named=True)
        code = named.strip().upper()
        if not catalogue.filter(pl.col("atc") == code).height:
            raise UsageInvalid("REVIEW_PRODUCT_UNKNOWN", named)
        return {"atc": code}

    def filled_in(self, row_no: int, row: Mapping[str, str], signed: Signature) -> Alias:
        """Return the decision that one row of a queue says."""
        choice = row["choice"].strip().upper()
        if choice not in set(AliasDecision) or not row.get("label"):
            raise UsageInvalid("REVIEW_CHOICE_UNKNOWN", row["choice"], row=row_no, known=", ".join(AliasDecision))
        own = Signature(signed.by, signed.on, row.get("note") or signed.note)
        label = row["label"].removeprefix("'")  # put there against formulas
        if choice in (AliasDecision.ACCEPT, AliasDecision.OTHER_PRODUCT):
            return self.naming(label, row.get("product_name") or row.get("atc"), own)
        return Alias(label=label, decision=AliasDecision(choice), decided_on=own.on, decided_by=own.by, note=own.note)


def _own_folder(rules: Path | None) -> Path:
    folder = rules_folder(rules)
    # The sample region travels with the program: it is not a place to keep anybody's decisions.
    if folder is None or folder == sample_folder():
        raise UsageInvalid("REVIEW_NEEDS_RULES", str(folder or sample_folder()))
    return folder


def _queue(results: Path, book: _Book) -> pl.DataFrame:
    file = results / _LINES
    if not file.is_file():
        raise UsageInvalid("RESULTS_NOT_FOUND", str(results))
    standing = standing_decisions(book.aliases, book.rulebook.catalogue)
    return review_queue(pl.scan_parquet(file), book.identifier, standing)


def _candidates(found: Identification) -> list[str]:
    if found.matched_atc:
        return [found.matched_atc]
    return found.runner_up.split(" | ") if found.runner_up else []


def _label_line(row: Mapping[str, Any], sentences: Mapping[str, str], language: Language) -> str:
    return "  " + _SENTENCES.say(
        "REVIEW_LABEL",
        language,
        lines=f"{whole(row['lines'], language):>7}",
        cost=euros(row["cost_cents"], language),
        label=row["label"],
        candidates=row["matched_product"] or row["matched_atc"] or row["runner_up"] or "-",
        why=sentences[row["reason"]],
    )


def _decided(decided: Sequence[Alias], language: Language) -> Said:
    rows = aliases_frame(decided).rows(named=True)
    return Said(
        rows,
        [
            _SENTENCES.say("REVIEW_DECIDED", language, n=len(rows)),
            *(f"  {row['label']}: {row['decision']}" for row in rows),
        ],
    )
