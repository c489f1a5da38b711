"""The life of a reward run as a chain of entries: who proposed, contested, approved and paid what; does it hold?"""

from .account import Book, Dispute, RunAccount, RunState, book_of
from .audit import step_faults
from .chain import ChainFault, chain_faults, head_of
from .entry import Entry, EntryKind, canonical, digest
from .gate import Step, next_entry
from .steps import StepRefused, check_can_correct, check_can_export, run_named, same_person

__all__ = [
    "Book",
    "ChainFault",
    "Dispute",
    "Entry",
    "EntryKind",
    "RunAccount",
    "RunState",
    "Step",
    "StepRefused",
    "book_of",
    "canonical",
    "chain_faults",
    "check_can_correct",
    "check_can_export",
    "digest",
    "head_of",
    "next_entry",
    "run_named",
    "same_person",
    "step_faults",
]
