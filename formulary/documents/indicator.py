"""Rates as data: whose lines, and what makes a line conform."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .fields import AtcGroup, Document, IcpcRange, ProviderType, Text, Years
from .words import Agreement, Direction, FormClass, PopulationLines, Sex, StartLevel, Unit


class Condition(Document):
    """What a line must satisfy to be conform; every field that is given must hold.

    `strength_max` is a number and a unit ("40 mg"); a line whose strength is unknown, or in another unit, fails it.

    Three fields ask about all lines of the line's patient in the period: `together_with`, that there is one of these
    groups; `followed_days_min`, that one of the population's groups comes so many days later or more (starts too
    near the last day of the period are left out); `patient_quantity_max`, that their quantities add up to no more.
    """

    formulary: bool = False
    agreement: list[Agreement] = []
    rank_max: Annotated[int | None, Field(ge=1)] = None
    atc: list[AtcGroup] = []
    atc_except: list[AtcGroup] = []
    form: list[FormClass] = []
    device: list[str] = []
    strength_max: Annotated[str | None, Field(pattern=r"^\d+([.,]\d+)? \S+$")] = None
    quantity_max: Annotated[int | None, Field(ge=1)] = None
    together_with: list[AtcGroup] = []
    followed_days_min: Annotated[int | None, Field(ge=1, le=3650)] = None
    patient_quantity_max: Annotated[int | None, Field(ge=1)] = None

    @model_validator(mode="after")
    def _check_says_something(self) -> "Condition":
        if not self.model_dump(exclude_defaults=True):
            raise PydanticCustomError("CONDITION_EMPTY", "a condition that every line meets")
        return self


class Exclusion(Document):
    """A named rule by which lines are left out of a population, whatever their outcome."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9_.-]+$")]
    name_nl: Text
    name_en: Text
    atc: list[AtcGroup] = []
    form: list[FormClass] = []
    provider_types: list[ProviderType] = []
    source: Text


class Population(Document):
    """Which lines an indicator speaks about; `start_level` says of what a line must be the first to be a start."""

    lines: PopulationLines = PopulationLines.ALL
    start_level: StartLevel = StartLevel.SUBSTANCE
    atc: list[AtcGroup] = []
    atc_except: list[AtcGroup] = []
    icpc: list[IcpcRange] = []
    coded_indication: bool = False
    age_min: Years | None = None
    age_max: Years | None = None
    sex: Sex | None = None
    exclude: list[str] = []


class Indicator(Document):
    """A rate: of the lines in its population, those that meet any one of its conditions.

    A composite names other indicators instead: its counts are the sums of theirs. The days in force, where they are
    given, are those on which it may be rewarded; it is counted on all days.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z0-9_.-]+$")]
    name_nl: Text
    name_en: Text
    population: Population | None = None
    conform: list[Condition] = []
    composite: list[str] = []
    unit: Unit = Unit.LINES
    direction: Direction = Direction.HIGHER
    denominator_min: Annotated[int, Field(ge=1)] = 1
    source: Text
    review_on: date | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None

    @model_validator(mode="after")
    def _check_kind(self) -> "Indicator":
        if self.composite and (self.population is not None or self.conform):
            raise PydanticCustomError("INDICATOR_TWO_KINDS", "a composite with a population of its own")
        if not self.composite and (self.population is None or not self.conform):
            raise PydanticCustomError("INDICATOR_EMPTY", "neither a population with conditions nor a composite")
        of_groups = any(each.followed_days_min or each.patient_quantity_max for each in self.conform)
        if of_groups and not (self.population and self.population.atc):
            raise PydanticCustomError("PATIENT_OF_NOTHING", "a patient's use of no group in particular")
        return self
