"""Whether a ledger is whole: what was edited, left out, put in between or swapped is found, with the line it is on.

A chain that somebody wrote anew from some entry to its end holds by itself, and so does one whose tail was cut off.
Both are found by a head that was printed elsewhere, on a statement or an export: it is no longer in the chain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from formulary import ComplianceError, Language, Sentences

from .entry import NO_HASH, Entry, digest

_SENTENCES = Sentences(__package__)


@dataclass(frozen=True)
class ChainFault:
    """What is wrong with a ledger, and on which line (counted from 1)."""

    code: str
    line: int
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: Language = Language.EN) -> str:
        """Return the place and the sentence, in the language asked for."""
        told = {name: _told(value, language) for name, value in self.values.items()}
        return _SENTENCES.say(self.code, language, line=self.line, **told)


def head_of(lines: Sequence[str]) -> str:
    """Return where a ledger stands, as it is printed: the last entry's number and hash, `17:3fa9...`."""
    last = Entry.parse(lines[-1]) if lines else None
    return f"0:{NO_HASH}" if last is None else f"{last.seq}:{last.hash}"


def chain_faults(lines: Sequence[str], heads: Sequence[str] = ()) -> list[ChainFault]:
    """Return every fault of a ledger's lines, in order; none means that it is whole and holds every head.

    A line whose own hash fails was edited (CHAIN_EDITED). One whose number is not its place says that an entry is
    missing before it, came twice, or was moved (CHAIN_MISSING, CHAIN_MOVED). One that does not follow the entry
    before it says that one of the two is not what it was (CHAIN_BROKEN).
    """
    entries = [Entry.parse(line) for line in lines]
    faults: list[ChainFault] = []
    for number, (line, entry) in enumerate(zip(lines, entries, strict=True), 1):
        faults += _faults_of_line(number, line, entry)
        faults += _faults_of_place(number, entries)
    known = {f"{entry.seq}:{entry.hash}" for entry in entries if entry is not None}
    return faults + [_lost(head, len(lines)) for head in heads if head not in known]


def _faults_of_line(number: int, line: str, entry: Entry | None) -> list[ChainFault]:
    if entry is None:
        return [ChainFault("CHAIN_NO_ENTRY", number)]
    # An entry has one spelling: a space more is an edit too.
    if entry.line() != line or digest(entry.content()) != entry.hash:
        return [ChainFault("CHAIN_EDITED", number)]
    if sum(posting.cents for posting in entry.postings) != 0:
        return [ChainFault("CHAIN_UNBALANCED", number)]
    return []


def _faults_of_place(number: int, entries: Sequence[Entry | None]) -> list[ChainFault]:
    entry, before = entries[number - 1], entries[number - 2] if number > 1 else None
    if entry is None or (number > 1 and before is None):
        return []  # told already: what is beside a line that is no entry cannot be compared with it
    wanted = 1 if before is None else before.seq + 1
    if entry.seq != wanted:
        code = "CHAIN_MISSING" if entry.seq > wanted else "CHAIN_MOVED"
        return [ChainFault(code, number, {"wanted": wanted, "found": entry.seq})]
    if entry.previous != (NO_HASH if before is None else before.hash):
        return [ChainFault("CHAIN_BROKEN", number)]
    return []


def _lost(head: str, lines: int) -> ChainFault:
    seq = head.partition(":")[0]
    cut = seq.isdecimal() and int(seq) > lines
    return ChainFault("CHAIN_CUT" if cut else "CHAIN_REWRITTEN", lines, {"head": f"{head[:24]}..."})


def _told(value: object, language: Language) -> object:
    return value.sentence(language) if isinstance(value, ComplianceError) else value
