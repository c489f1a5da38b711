"""Layouts of fixed-width claim messages, kept as tables: another version is another table and no other code."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

_SIGNED = "S"  # an amount in cents whose last place is D (debit) or C (credit)
_SIGN = "amount_sign"  # where the letter has a field of its own


@dataclass(frozen=True)
class ClaimField:
    """One field of a record: its number and element in the standard, its type (N, AN, S) and its place (from 1)."""

    number: str
    element: str
    kind: str
    start: int
    length: int
    name: str = ""

    @property
    def empty(self) -> str:
        """Return what stands in the field where there is nothing to say: zeros for a number, else spaces."""
        return ("0" if self.kind == "N" else " ") * self.length

    def of(self, record: pl.Expr) -> pl.Expr:
        """Return what is written in this field of a record, and nothing where it is empty."""
        written = record.str.slice(self.start - 1, self.length)
        is_empty = (written == self.empty) | (written == " " * self.length)
        return pl.when(~is_empty).then(written.str.strip_chars_end(" "))


@dataclass(frozen=True)
class ClaimRecord:
    """One kind of record: its code, all its fields in order, and those that we read by our own name for them."""

    code: str
    fields: tuple[ClaimField, ...]

    @property
    def named(self) -> Mapping[str, ClaimField]:
        """Return the fields that we read, by name."""
        return {field.name: field for field in self.fields if field.name}

    def cents(self, record: pl.Expr) -> pl.Expr:
        """Return the amount of a record in cents: D is what is owed, C what is taken back; null where unreadable."""
        digits, letter = self._amount(record)
        number = pl.when(digits.str.contains(r"^ *$")).then(0).otherwise(digits.cast(pl.Int64, strict=False))
        signed = pl.when(letter == "D").then(number).when(letter == "C").then(-number)
        return pl.when(number == 0).then(number).when(number > 0).then(signed)

    def is_credit(self, record: pl.Expr) -> pl.Expr:
        """Return whether a record takes something back."""
        return self._amount(record)[1] == "C"

    def _amount(self, record: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        amount = self.named["amount"]
        start, length = amount.start - 1, amount.length
        if amount.kind == _SIGNED:
            length -= 1
            letter = record.str.slice(start + length, 1)
        else:
            letter = record.str.slice(self.named[_SIGN].start - 1, 1)
        return record.str.slice(start, length), letter.str.to_uppercase()


@dataclass(frozen=True)
class ClaimLayout:
    """One version of a claim message: what tells it, how its codes are read, and its records."""

    standard: str
    version: str
    version_number: str
    subversions: tuple[str, ...]
    message_codes: tuple[str, ...]
    aid_messages: tuple[str, ...]
    medicine_lists: tuple[str, ...]
    local_lists: tuple[str, ...]
    compound_lists: tuple[str, ...]
    service_lists: tuple[str, ...]
    compounded: tuple[str, ...]
    record_length: int
    quantity_per_unit: int
    records: Mapping[str, ClaimRecord]


@cache
def claim_layouts() -> Mapping[str, ClaimLayout]:
    """Return every layout that we know, by the number that a header gives its version."""
    return {layout.version_number: layout for layout in _read()}


def _read() -> Iterator[ClaimLayout]:
    folder = files(__package__).joinpath("layouts")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield _layout(tomllib.loads(file.read_text(encoding="utf-8")))


def _layout(table: Mapping[str, Any]) -> ClaimLayout:
    records = {
        name: ClaimRecord(part["code"], tuple(ClaimField(*field) for field in part["fields"]))
        for name, part in table.items()
        if isinstance(part, dict)
    }
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    return ClaimLayout(**{name: value for name, value in settings.items() if name not in records}, records=records)
