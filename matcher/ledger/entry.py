"""An entry of the ledger: one step, by whom, when, what it posts, and the hash that ties it to the entry before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

NO_HASH = "0" * 64  # what the first entry follows


class EntryKind(StrEnum):
    """The steps in the life of a reward run."""

    RUN_PROPOSED = "RUN_PROPOSED"
    ADJUSTED = "ADJUSTED"
    DISPUTE_OPENED = "DISPUTE_OPENED"
    DISPUTE_DECIDED = "DISPUTE_DECIDED"
    RUN_APPROVED = "RUN_APPROVED"
    RUN_EXPORTED = "RUN_EXPORTED"
    RUN_PAID = "RUN_PAID"


@dataclass(frozen=True)
class Posting:
    """Whole cents to an account: positive is debit, negative is credit. The postings of an entry sum to nothing."""

    account: str
    cents: int

    def as_json(self) -> dict[str, Any]:
        """Return the posting as it is written."""
        return {"account": self.account, "cents": self.cents}


@dataclass(frozen=True)
class Entry:
    """One step: `seq` counts from 1, `at` is UTC (`2026-11-22T13:05:00Z`), `by` a name, `run` the id of its run.

    `body` holds what the kind of step needs, in texts, whole numbers, truths, lists and tables: no fractions.
    """

    seq: int
    previous: str
    at: str
    by: str
    kind: EntryKind
    run: str
    body: Mapping[str, Any] = field(default_factory=dict)
    postings: tuple[Posting, ...] = ()
    hash: str = ""

    def content(self) -> dict[str, Any]:
        """Return all that the hash is over: everything but the hash."""
        return {
            "seq": self.seq,
            "previous": self.previous,
            "at": self.at,
            "by": self.by,
            "kind": str(self.kind),
            "run": self.run,
            "body": dict(self.body),
            "postings": [posting.as_json() for posting in self.postings],
        }

    def line(self) -> str:
        """Return the entry as its line in the ledger, without the line end."""
        return canonical(self.content() | {"hash": self.hash})

    @classmethod
    def parse(cls, line: str) -> "Entry | None":
        """Return the entry on a line of a ledger, or nothing where the line is no entry; the hash is not checked."""
        try:
            raw = json.loads(line, parse_float=_no_float, parse_constant=_no_float)
            postings = tuple(Posting(str(each["account"]), int(each["cents"])) for each in raw.pop("postings"))
            entry = cls(**{**raw, "kind": EntryKind(raw["kind"]), "postings": postings})
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return entry if isinstance(entry.seq, int) and isinstance(entry.body, dict) else None


def canonical(content: Any) -> str:
    """Return JSON in its one spelling: names sorted, no spaces, letters as they are.

    Floats are refused: they are written differently by different programs, and money knows none.
    """
    _refuse_floats(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(content: Any) -> str:
    """Return the SHA-256, in hexadecimal, over the canonical JSON of something."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()


def sealed(entry: Entry) -> Entry:
    """Return the entry with its hash: SHA-256 over its canonical content, the hash of the entry before included."""
    return Entry(**{**entry.__dict__, "hash": digest(entry.content())})


def _no_float(written: str) -> int:
    raise ValueError(written)


def _refuse_floats(content: Any) -> None:
    if isinstance(content, float):
        raise TypeError("a float has no one spelling")
    if isinstance(content, Mapping):
        content = [*content.values()]
    if isinstance(content, list | tuple):
        for each in content:
            _refuse_floats(each)
