"""Whether a claim file is whole: its records in order and of one length, and its trailer true to what it holds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ..errors import FileUnusable
from .ap304_blocks import ClaimBlock
from .layout import ClaimLayout

_DEBTOR, _LENGTH = "03", "CLAIM_LENGTH"
_COUNTED = {
    "insured_records": "insured",
    "performance_records": "performance",
    "comment_records": "comment",
}
# What makes a file unsound; what is named first is said first.
_OF_RECORDS = (
    _LENGTH,
    "CLAIM_RECORD_UNKNOWN",
    "CLAIM_SECOND_HEADER",
    "CLAIM_AFTER_TRAILER",
    "CLAIM_WITHOUT_INSURED",
)
_OF_PERFORMANCES = ("CLAIM_OTHER_INSURED", "CLAIM_AMOUNT_UNREADABLE")


class ClaimSeen:
    """What was seen of a claim file, a block after the other: what is wrong first, how many records, how much money."""

    def __init__(self, layout: ClaimLayout) -> None:
        """Know the records of this version."""
        self._layout, self._wrong = layout, _wrong(layout)
        self._first: dict[str, dict[str, Any]] = {}  # what is wrong -> where it is first, and what the sentence names
        self._trailer: Mapping[str, int | None] | None = None
        self._cents = self._last = 0
        self.n_of_kinds: Counter[str] = Counter()
        self.n_of_lists: Counter[str] = Counter()
        self.n_blank = 0

    def add(self, block: ClaimBlock) -> None:
        """Look at one more block."""
        records = block.records.drop_nulls("record")
        self._add_wrong(records, _OF_RECORDS)
        self._add_wrong(block.performances, _OF_PERFORMANCES)
        self.n_of_kinds.update(dict(records["record"].value_counts().rows()))
        self.n_of_lists.update(dict(block.performances["code_list"].drop_nulls().value_counts().rows()))
        self.n_blank += block.records.height - records.height
        self._cents += block.performances.select(pl.col("cents").sum()).item()
        self._last = records.select(pl.col("line_no").max()).item() or self._last
        if self._trailer is None and block.trailer.height:
            self._trailer = block.trailer.row(0, named=True)

    def _add_wrong(self, rows: pl.DataFrame, codes: Sequence[str]) -> None:
        first = rows.select(pl.col("line_no").filter(self._wrong[code]).min().alias(code) for code in codes)
        for code, line in first.row(0, named=True).items():
            if line is not None and code not in self._first:
                length = rows.filter(line_no=line)["length"].item()
                told = {"found": length, "wanted": self._layout.record_length, "version": self._layout.version}
                self._first[code] = {"line": line, **(told if code == _LENGTH else {})}

    def check_whole(self, where: str) -> None:
        """Raise FileUnusable with the first thing that makes the file unsound, or with all that is miscounted."""
        for code in (*_OF_RECORDS, *_OF_PERFORMANCES):
            if code in self._first:
                raise FileUnusable(code, where, **self._first[code])
        if self._trailer is None:
            raise FileUnusable("CLAIM_NO_TRAILER", where, line=self._last)
        differ = list(self._differences(self._trailer))
        if differ:
            raise FileUnusable("CLAIM_MISCOUNTED", where, line=self._last, differ="; ".join(differ))

    def _differences(self, trailer: Mapping[str, int | None]) -> Iterator[str]:
        counted = {name: self.n_of_kinds[self._layout.records[kind].code] for name, kind in _COUNTED.items()}
        counted["debtor_records"] = self.n_of_kinds[_DEBTOR]
        counted["detail_records"] = sum(counted.values())
        fields = self._layout.records["trailer"].named
        for name, found in counted.items():
            # A count that has outgrown its field is compared by the places that it has.
            if trailer[name] != found % 10 ** fields[name].length:
                yield f"{fields[name].number} {fields[name].element}: {_shown(trailer[name])} / {found}"
        if trailer["cents"] != self._cents:
            amount = fields["amount"]
            yield f"{amount.number} {amount.element} (cent): {_shown(trailer['cents'])} / {self._cents}"


def _wrong(layout: ClaimLayout) -> Mapping[str, pl.Expr]:
    """Return by the code of a sentence which records make a file unsound."""
    codes = {name: record.code for name, record in layout.records.items()}
    kind, before, length = pl.col("record"), pl.col("before"), layout.record_length
    return {
        _LENGTH: (pl.col("length") != length) & (pl.col("bytes") != length),
        "CLAIM_RECORD_UNKNOWN": ~kind.is_in([*codes.values(), _DEBTOR]),
        "CLAIM_SECOND_HEADER": (kind == codes["header"]) & before.is_not_null(),
        "CLAIM_AFTER_TRAILER": before == codes["trailer"],
        "CLAIM_WITHOUT_INSURED": kind.is_in([codes["performance"], _DEBTOR]) & pl.col("person").is_null(),
        "CLAIM_OTHER_INSURED": pl.col("is_other"),
        "CLAIM_AMOUNT_UNREADABLE": pl.col("cents").is_null(),
    }


def _shown(number: int | None) -> str:
    return "?" if number is None else str(number)
