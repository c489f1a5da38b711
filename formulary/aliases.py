"""What people decided that a label is: dated, signed and revocable, kept as a table in the rules folder."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from .documents.fields import Document, Text, blank_is_none, check_atc
from .errors import RulesInvalid
from .folder import Folder

ALIAS_TABLE = "aliases.csv"


class AliasDecision(StrEnum):
    """What a person said of a label; NEVER_ASK leaves it unnamed and keeps it out of the queue."""

    ACCEPT = "ACCEPT"
    OTHER_PRODUCT = "OTHER_PRODUCT"
    NO_MEDICINE = "NO_MEDICINE"
    NEVER_ASK = "NEVER_ASK"


NAMING = frozenset({AliasDecision.ACCEPT, AliasDecision.OTHER_PRODUCT})
OptionalText = Annotated[str | None, BeforeValidator(blank_is_none)]


class Alias(Document):
    """One person's decision on one label; a product named without its name settles the code alone."""

    label: Text
    decision: AliasDecision
    product_name: OptionalText = None
    atc: OptionalText = None
    form: OptionalText = None
    strength: OptionalText = None
    decided_on: date
    decided_by: Text
    revoked_on: Annotated[date | None, BeforeValidator(blank_is_none)] = None
    catalogue_sha256: OptionalText = None
    note: OptionalText = None

    @model_validator(mode="after")
    def _check_what_is_named(self) -> "Alias":
        if self.decision in NAMING:
            check_atc(self.atc or "")
        elif self.atc or self.product_name:
            raise PydanticCustomError("ALIAS_NAMES_NOTHING", "this decision names no product")
        if self.revoked_on is not None and self.revoked_on < self.decided_on:
            raise PydanticCustomError("ENDS_BEFORE_START", "ends before it starts")
        return self


ALIASES = pl.Schema(
    {
        "label": pl.String(),
        "decision": pl.Enum(AliasDecision),
        "product_name": pl.String(),
        "atc": pl.String(),
        "form": pl.String(),
        "strength": pl.String(),
        "decided_on": pl.Date(),
        "decided_by": pl.String(),
        "revoked_on": pl.Date(),
        "catalogue_sha256": pl.String(),
        "note": pl.String(),
    }
)


def read_aliases(reading: Folder) -> pl.DataFrame:
    """Return the decisions of a rules folder (`ALIASES`), in the order taken; none where there is no table."""
    path = reading.path / ALIAS_TABLE
    rows = reading.rows(path, Alias) if reading.has(path) else []
    return aliases_frame([alias for _, alias in rows])


def load_aliases(folder: Path) -> pl.DataFrame:
    """Return the decisions of a rules folder (`ALIASES`); raise RulesInvalid with every fault in them."""
    reading = Folder(folder)
    aliases = read_aliases(reading)
    if reading.faults:
        raise RulesInvalid("RULES_INVALID", str(folder), reading.faults)
    return aliases


def aliases_frame(aliases: Sequence[Alias]) -> pl.DataFrame:
    """Return decisions as a frame (`ALIASES`)."""
    rows = [tuple(getattr(alias, name) for name in ALIASES) for alias in aliases]
    return pl.DataFrame(rows, schema=ALIASES, orient="row")
