"""Whether every entry of a ledger was allowed when it was made, and whether the amounts of each run close.

A chain can hold while an entry breaks the rules: somebody with the file and patience can forge one with a right hash.
"""

from collections.abc import Sequence

from .account import Book
from .chain import ChainFault
from .entry import Entry, EntryKind
from .gate import check_step, postings_of
from .steps import StepRefused


def step_faults(entries: Sequence[Entry]) -> list[ChainFault]:
    """Return every entry that was not allowed when it was made, or that posts other amounts than it should."""
    book, faults = Book(), []
    for entry in entries:
        try:
            check_step(book, entry)
            if postings_of(book, entry) != entry.postings:
                raise StepRefused("POSTED_OTHERWISE", entry.run[:12])
        except StepRefused as refused:
            faults.append(ChainFault("CHAIN_NOT_ALLOWED", entry.seq, {"why": refused}))
        except (KeyError, TypeError, ValueError):
            faults.append(ChainFault("CHAIN_NO_ENTRY", entry.seq))
            continue
        if entry.run in book.runs or entry.kind is EntryKind.RUN_PROPOSED:
            book.add(entry)
    return faults
