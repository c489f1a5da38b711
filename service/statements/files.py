"""Statements as files: a folder per run with, for each payee, the forms that were asked for."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from formulary import Language
from matcher import StepRefused, run_named

from ..errors import OutputUnusable, UsageInvalid
from ..runs.folder import read_run
from ..runs.ledger import read_ledger
from ..swap import swapped_folder
from .content import statement_of
from .page import html_of
from .pdf import pdf_of
from .view import Words, view_of
from .workbook import workbook_of

FORMATS = ("html", "pdf", "xlsx", "json")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


def write_statements(
    books: Path, run_name: str, out: Path, payees: Sequence[str], asked: tuple[Collection[str], Language]
) -> list[Path]:
    """Write the statement of each payee (none named: of all) into a new folder, in each format; return the files.

    The sum of the statements is held against the run first. Raises UsageInvalid for an unknown format.
    """
    formats_, language = asked
    if unknown := sorted(set(formats_) - set(FORMATS)):
        raise UsageInvalid("FORMAT_UNKNOWN", ", ".join(unknown), known=", ".join(FORMATS))
    if out.exists():
        raise OutputUnusable("EXPORT_EXISTS", str(out))
    book = read_ledger(books).book
    run = read_run(books, run_named(book, run_name).id)
    known = run.owed_cents()
    if not set(payees) <= set(known):
        raise StepRefused("PAYEE_UNKNOWN", run.id[:12])
    names: list[str] = []
    with swapped_folder(out) as folder:
        for payee in payees or sorted(known):
            for name, content in _files(statement_of(run, book, payee), formats_, language).items():
                (folder / name).write_bytes(content)
                names.append(name)
    return [out / name for name in names]


def _files(statement: Mapping[str, Any], formats_: Collection[str], language: Language) -> dict[str, bytes]:
    view, words = view_of(statement, language), Words(language)
    stem = _UNSAFE.sub("_", statement["payee"]["payee"])
    made = {
        "html": lambda: html_of(view).encode("utf-8"),
        "pdf": lambda: pdf_of(view, words),
        "xlsx": lambda: workbook_of(statement, view, words),
        "json": lambda: (json.dumps(statement, ensure_ascii=False, indent=2) + "\n").encode("utf-8"),
    }
    return {f"{stem}.{kind}": made[kind]() for kind in FORMATS if kind in formats_}
