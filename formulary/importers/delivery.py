"""What was delivered: the source being read with every fault found in it, and the catalogue that came out.

formulary.ComplianceError
└── DeliveryInvalid             a source of products cannot be used; every fault in it is listed
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ..errors import ComplianceError, Fault
from ..sentences import Language, Sentences

_SENTENCES = Sentences(__package__)
# A file in another layout is wrong in every record: more than this tells nothing new.
_LISTED_MAX = 20


class DeliveryInvalid(ComplianceError):
    """A source of products cannot be used; every fault in it is in `faults`."""

    sentences = _SENTENCES


@dataclass(frozen=True)
class DeliveryFault(Fault):
    """One thing that is wrong in a source of products, said in the importers' own sentences."""

    def sentence(self, language: Language = Language.EN) -> str:
        """Return the place and the sentence, in the language asked for."""
        place = self.file
        if self.row is not None:
            place += _SENTENCES.say("PLACE_ROW", language, row=self.row)
        if self.column is not None:
            place += _SENTENCES.say("PLACE_COLUMN", language, column=self.column)
        return f"{place}: {_SENTENCES.say(self.code, language, **self.values)}"


@dataclass(frozen=True)
class Imported:
    """A catalogue (columns `CATALOGUE`), how many of what was left out or kept, and the headers nobody knew."""

    catalogue: pl.DataFrame
    counts: dict[str, int]
    unknown_headers: tuple[str, ...] = ()


class Delivery:
    """A source of products being read: collects faults and counts on the way, and refuses all at once."""

    def __init__(self, name: str) -> None:
        """Start on the source of this name; nothing is wrong yet."""
        self.name = name
        self.faults: list[DeliveryFault] = []
        self.counts: Counter[str] = Counter()

    def fault(self, code: str, file: str, row: int | None = None, column: str | None = None, **values: object) -> None:
        """Note one fault."""
        self.faults.append(DeliveryFault(code, file, row, column, values))

    def fault_rows(self, code: str, file: str, rows: Sequence[tuple[int, object]], column: str | None = None) -> None:
        """Note a fault for each (row number, value found); past the first twenty only how many more there are."""
        for row, found in rows[:_LISTED_MAX]:
            self.fault(code, file, row, column, found=found)
        if len(rows) > _LISTED_MAX:
            self.fault("AND_MORE", file, n=len(rows) - _LISTED_MAX)

    def refuse_faults(self) -> None:
        """Raise DeliveryInvalid with every fault noted so far, if there is one."""
        if self.faults:
            raise DeliveryInvalid("DELIVERY_INVALID", self.name, self.faults)
