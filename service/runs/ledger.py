"""The ledger as a file: an entry a line, only ever longer, written whole beside the old one and put in its place."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from formulary import ComplianceError, Language, Sentences
from matcher import Book, ChainFault, Entry, Step, book_of, chain_faults, head_of, next_entry, step_faults

from .locking import locked

LEDGER, LOCK = "ledger.jsonl", "ledger.lock"


class LedgerBroken(ComplianceError):
    """A ledger that is not whole: nothing is read from it, added to it or paid by it until that is cleared up."""

    sentences = Sentences("service")

    def __init__(self, where: str, chain: Sequence[ChainFault]) -> None:
        """Keep what is wrong, and where."""
        self.chain = tuple(chain)
        super().__init__("LEDGER_BROKEN", where)

    def sentence(self, language: Language = Language.EN) -> str:
        """Return that the ledger does not hold, and every place where."""
        return "\n".join([super().sentence(language), *(f"  {fault.sentence(language)}" for fault in self.chain)])


@dataclass(frozen=True)
class Ledger:
    """A ledger that was read and found whole: its entries, and what they come to."""

    entries: tuple[Entry, ...]
    book: Book
    head: str


def read_ledger(folder: Path, heads: Sequence[str] = ()) -> Ledger:
    """Return the ledger in a folder (an empty one where there is none), or raise LedgerBroken with every fault.

    `heads` are heads that were printed earlier: the ledger must still hold each of them.
    """
    lines, torn = _lines_of(folder / LEDGER)
    faults = [*chain_faults(lines, heads), *torn]
    entries = tuple(entry for entry in map(Entry.parse, lines) if entry is not None)
    faults = faults or step_faults(entries)
    if faults:
        raise LedgerBroken(str(folder / LEDGER), faults)
    return Ledger(entries, book_of(entries), head_of(lines))


class LedgerWriter:
    """The ledger in the hands of the one who may write now; every append is on the disk when it returns."""

    def __init__(self, folder: Path) -> None:
        """Read the ledger, or raise LedgerBroken."""
        self._file = folder / LEDGER
        self.ledger = read_ledger(folder)

    @property
    def book(self) -> Book:
        """Return what the entries come to."""
        return self.ledger.book

    def prepare(self, step: Step) -> Entry:
        """Return the entry that a step would become, or raise StepRefused; nothing is written."""
        return next_entry(self.book, self.ledger.entries[-1] if self.ledger.entries else None, step)

    def append(self, entry: Entry) -> Entry:
        """Write the entry that was prepared: after a crash the file holds it whole, or not at all."""
        entries = (*self.ledger.entries, entry)
        _write_durably(self._file, "".join(f"{each.line()}\n" for each in entries))
        self.ledger = Ledger(entries, book_of(entries), f"{entry.seq}:{entry.hash}")
        return entry


@contextmanager
def writing(folder: Path) -> Iterator[LedgerWriter]:
    """Give the ledger of a folder to one writer at a time."""
    with locked(folder / LOCK):
        yield LedgerWriter(folder)


def _lines_of(file: Path) -> tuple[list[str], list[ChainFault]]:
    try:
        text = file.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return [], []
    # Only a line feed ends an entry: other marks that Python takes for line ends may stand in a text.
    *lines, rest = text.split("\n")
    return (lines, []) if not rest else ([*lines, rest], [ChainFault("CHAIN_TORN", len(lines) + 1)])


def _write_durably(file: Path, text: str) -> None:
    beside = file.with_name(f"{file.name}.new")
    with beside.open("wb") as handle:
        handle.write(text.encode("utf-8"))
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Have a folder remember its names through a power cut; Windows has no such call, and needs none."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
