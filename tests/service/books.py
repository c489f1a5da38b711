"""A small office for tests: rules, a file of lines, a folder of books, and the people who work there."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matcher import Entry, Period
from service.batch import Order
from service.runs import acts
from service.runs.ledger import Ledger, read_ledger
from service.runs.manifest import Asked, Signature
from service.runs.propose import Proposed, propose_run
from tests.tables import csv_of, lines_of
from tests.worlds import Rules, indicator_of, scheme_of

ANNA, BAS, CEES = "Anna", "Bas", "Cees"
ONE, OTHER = "prescriber:01012345", "prescriber:01054321"
# One of eight of the first deviates by lansoprazol too many: 7 of 9 would be 77 %, 7 of 8 is 87 %.
TABLE = """
    times | medicine      | prescriber_agb | patient | dispensed_on
    7     | omeprazol     | 01012345       | P1      | 2026-02-03
    2     | lansoprazol   | 01012345       | P2      | 2026-02-04
    1     | paracetamol   | 01012345       | P3      | 2026-02-05
    6     | simvastatine  | 01054321       | P4      | 2026-02-06
    4     | rosuvastatine | 01054321       | P5      | 2026-02-07
"""
CONTESTED = 9  # the line, the header counted, of the first that deviates
RULES = Rules(
    indicators=indicator_of("ALL"),
    schemes=(scheme_of("""
        indicator | minimum | band   | percent | cents
        ALL       | 5       | brons  | 60      | 10001
        ALL       | 5       | zilver | 80      | 25000
    """),),
)  # fmt: skip


@dataclass
class Office:
    """Where runs are proposed, contested, approved and paid; every act is a minute after the one before."""

    folder: Path
    rules: Rules = RULES
    minutes: int = 0
    made: dict[str, Proposed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write the rules and the lines."""
        self.rules.write(self.folder / "rules")
        self.lines = self.folder / "lines.csv"
        self.write(TABLE)

    @property
    def books(self) -> Path:
        """Return the folder of the books."""
        return self.folder / "books"

    @property
    def ledger(self) -> Ledger:
        """Return the ledger, read anew."""
        return read_ledger(self.books)

    def write(self, table: str) -> None:
        """Write the lines of a table as the file that runs are made of."""
        self.lines.write_text(csv_of(lines_of(table)), encoding="utf-8")

    def order(self) -> Order:
        """Return what runs are made of."""
        return Order([self.lines], self.folder / "rules")

    def signed(self, by: str, day: str = "2027-01-15") -> Signature:
        """Return a signature, a minute after the last one."""
        self.minutes += 1
        return Signature(by, f"{day}T{12 + self.minutes // 60:02}:{self.minutes % 60:02}:00Z")

    def propose(self, by: str = ANNA, day: str = "2027-01-15", **asked: Any) -> str:
        """Propose a run of the year and return its id."""
        period = Period.parse(asked.pop("period", "2026"))
        assert period is not None
        proposed = propose_run(self.order(), Asked("2026", period, **asked), self.books, self.signed(by, day))
        self.made[proposed.run.id] = proposed
        return proposed.run.id

    def adjust(self, run: str, cents: int, payee: str = ONE, by: str = ANNA, reason: str = "afspraak") -> Entry:
        """Adjust what a payee is owed."""
        return acts.adjust(self.books, run, acts.Adjustment(payee, cents, reason), self.signed(by))

    def contest(self, run: str, line_no: int = CONTESTED, payee: str = ONE, day: str = "2027-01-15") -> Entry:
        """Contest a line."""
        contested = acts.Contested(payee, "lines.csv", line_no, "allergie", "brief van 3 januari")
        return acts.contest(self.books, run, contested, self.signed(CEES, day))

    def uphold(self, dispute: Entry, by: str = BAS, **ruling: str) -> Entry:
        """Decide for who contested."""
        return acts.decide(self.books, dispute.seq, acts.Ruling(True, "dossier", **ruling), self.signed(by))

    def approve(self, run: str, by: str = BAS, **seen: int) -> Entry:
        """Approve a run."""
        return acts.approve(self.books, run, self.signed(by), **seen)

    def corrected(self) -> tuple[str, str]:
        """Return a run in which a line was contested and upheld, and the run that corrects it."""
        first = self.propose()
        self.uphold(self.contest(first))
        return first, self.propose(corrects=first)
