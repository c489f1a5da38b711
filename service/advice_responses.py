"""The JSON contract of what to do: switches and deviations of one prescriber; nothing in it is about a patient."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from formulary import Language, Sentences
from matcher import AttributedTo, Reason

from .advice import switch_sentence
from .responses import RulesNamed

_MATCHER = Sentences("matcher")


class SwitchTold(BaseModel):
    """One switch: what to what, on how many lines, what it does to the score and saves; and that in a sentence."""

    rank_no: int
    matched_atc: str
    product: str
    preferred: str
    preferred_atc: str
    lines: int
    patients: int
    repeats: int
    numerator: int | None
    numerator_after: int | None
    denominator: int | None
    saving_cents: int | None
    yearly_saving_cents: int | None
    sentence: str

    @classmethod
    def of(cls, row: Mapping[str, Any], language: Language) -> "SwitchTold":
        """Tell a row of `switches.csv`."""
        told = {name: row[name] for name in cls.model_fields if name != "sentence"}
        return cls(**told, sentence=switch_sentence(row, language))


class SwitchesResponse(BaseModel):
    """A prescriber's own switches, and the rules by which they were found."""

    prescriber_agb: str
    switches: list[SwitchTold]
    rules: RulesNamed
    software: str


class DeviationTold(BaseModel):
    """One deviation: what was dispensed, why it deviates, whose it was, what is preferred, on how many lines."""

    matched_atc: str
    product: str
    reason: Reason
    sentence: str
    attributed_to: AttributedTo
    preferred: str | None
    lines: int
    cost_cents: int

    @classmethod
    def of(cls, row: Mapping[str, Any], language: Language) -> "DeviationTold":
        """Tell a row of `deviations.csv`."""
        told = {name: row[name] for name in cls.model_fields if name != "sentence"}
        return cls(**told, sentence=_MATCHER.say(row["reason"], language))


class DeviationsResponse(BaseModel):
    """A prescriber's own deviations, and the rules by which they were judged."""

    prescriber_agb: str
    deviations: list[DeviationTold]
    rules: RulesNamed
    software: str
