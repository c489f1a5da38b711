"""What a group agreed on as targets that can be counted, and whether they were reached."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from formulary import ComplianceError, Direction, Indicator, Level, Rulebook, Sentences
from matcher import AdherenceScores, over_all_periods

_ENTRIES, _TARGET = "agreements", "target_percent"
_OUT_OF_RANGE = frozenset({"greater_than_equal", "less_than_equal"})
_Text = Annotated[str, Field(min_length=1)]


class AgreementsUnusable(ComplianceError):
    """The file of agreements cannot be read, or one of them cannot be measured."""

    sentences = Sentences(__package__)


class Agreement(BaseModel):
    """One agreement: `indicator` reaches `target_percent` (1 to 100) on `until`; `text` is what was said."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    indicator: _Text
    target_percent: Annotated[int, Field(ge=1, le=100)]
    until: date
    text: _Text


@dataclass(frozen=True)
class Result:
    """An agreement with the counts of the group now; `reached` is nothing where these are too small to be told."""

    agreement: Agreement
    indicator: Indicator
    numerator: int
    denominator: int
    reached: bool | None


def read_agreements(path: Path, rulebook: Rulebook) -> tuple[Agreement, ...]:
    """Return the agreements in a TOML file, in its order.

    Raises AgreementsUnusable with the first that is wrong: its number, what is wrong and what to do.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AgreementsUnusable("AGREEMENTS_UNREADABLE", str(path)) from error
    entries = content.get(_ENTRIES)
    if set(content) != {_ENTRIES} or not isinstance(entries, list):
        raise AgreementsUnusable("AGREEMENTS_UNREADABLE", str(path))
    return tuple(_agreement(entry, (str(path), number), rulebook) for number, entry in enumerate(entries, 1))


def _agreement(entry: Any, place: tuple[str, int], rulebook: Rulebook) -> Agreement:
    where, number = place
    try:
        agreement = Agreement.model_validate(entry)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(map(str, wrong["loc"])) or _ENTRIES
        code = "AGREEMENT_TARGET" if name == _TARGET and wrong["type"] in _OUT_OF_RANGE else "AGREEMENT_MALFORMED"
        raise AgreementsUnusable(code, where, number=number, field=name) from error
    known = [each.id for each in rulebook.indicators]
    if agreement.indicator not in known:
        named, listed = agreement.indicator, ", ".join(known)
        raise AgreementsUnusable("AGREEMENT_INDICATOR", where, number=number, indicator=named, known=listed)
    return agreement


def results_of(
    agreements: Sequence[Agreement], scores: AdherenceScores, group: str, rulebook: Rulebook
) -> list[Result]:
    """Return what became of each agreement in the scores of a group, in the order given."""
    return [_result(each, scores, group, rulebook) for each in agreements]


def _result(agreement: Agreement, scores: AdherenceScores, group: str, rulebook: Rulebook) -> Result:
    indicator = rulebook.indicator(agreement.indicator)
    found = over_all_periods(scores, Level.GROUP, indicator.id).filter(pl.col("id") == group)
    numerator, denominator = (int(found[name].sum()) for name in ("numerator", "denominator"))
    reached = None
    if denominator >= rulebook.region.cell_min:
        reached = is_reached(numerator, denominator, agreement.target_percent, indicator.direction)
    return Result(agreement, indicator, numerator, denominator, reached)


def is_reached(numerator: int, denominator: int, target_percent: int, direction: Direction) -> bool:
    """Tell whether a rate is at the target or beyond it: at most the target where lower is better.

    >>> is_reached(80, 100, 80, Direction.HIGHER), is_reached(79, 100, 80, Direction.HIGHER)
    (True, False)
    """
    beyond = 100 * numerator - target_percent * denominator
    return beyond <= 0 if direction is Direction.LOWER else beyond >= 0
