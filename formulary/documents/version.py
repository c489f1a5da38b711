"""The formulary itself: its region, its editions, and the recommendations in them."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from .fields import (
    AtcCode,
    Dated,
    Document,
    IcpcRange,
    ProductCode,
    ProviderType,
    Strength,
    Text,
    Years,
    blank_is_none,
    split_cell,
)
from .words import Advice, ErratumKind, Excuse, FirstIssueFlag, FormClass, Pregnancy, Setting, Sex, VersionStatus


class Region(Document):
    """Whose rules these are, and the settings that hold for every calculation in the region.

    `excused` names what takes a deviation out of the rate; what is left out of it counts. `institution_types` are the
    first two digits of AGB codes that are no person's. A dispensing belongs to a prescription of at most
    `prescribed_days` before it. A pharmacy's month is complete from `complete_percent` of its own median month on.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    invented: bool = False
    source: Text
    lookback_days: Annotated[int, Field(ge=1, le=3650)] = 365
    first_issue_flag: FirstIssueFlag = FirstIssueFlag.TRUSTED
    peers_min: Annotated[int, Field(ge=2)] = 5
    cell_min: Annotated[int, Field(ge=5)] = 8
    dispute_days: Annotated[int, Field(ge=1, le=365)] = 42
    excused: Annotated[list[Excuse], BeforeValidator(split_cell)] = list(Excuse)
    institution_types: Annotated[list[ProviderType], BeforeValidator(split_cell)] = ["06", "34", "98"]
    prescribed_days: Annotated[int, Field(ge=1, le=366)] = 30
    complete_percent: Annotated[int, Field(ge=1, le=100)] = 50


class Suspension(Document):
    """A chapter that no longer leads from a day on (until a day, or until further notice): lines of it do not count."""

    chapter: Text
    suspended_from: date
    suspended_until: date | None = None
    source: Text


class Erratum(Document):
    """What was put right in a version after it was published, and when."""

    published_on: date
    kind: ErratumKind
    entry_id: Text
    text: Text


class VersionHeader(Dated):
    """One edition of the formulary; its entries stand beside it in `entries.csv`.

    For `grace_days` after its first day what the version before it supported is conform too; `grace` gives single
    entries of that version a number of days of their own.
    """

    version: Text
    status: VersionStatus
    adopted_on: date | None = None
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    grace: dict[str, Annotated[int, Field(ge=0, le=366)]] = {}
    suspended: list[Suspension] = []
    errata: list[Erratum] = []


class Entry(Document):
    """One recommendation: this medicine, for this indication and patient, at this place in the order.

    An entry without `atc` is advice without a medicine. `age_min` and `age_max` are whole years, both inclusive.
    """

    entry_id: Text
    chapter: Text
    indication: Text
    icpc: Annotated[list[IcpcRange], BeforeValidator(split_cell)] = []
    age_min: Annotated[Years | None, BeforeValidator(blank_is_none)] = None
    age_max: Annotated[Years | None, BeforeValidator(blank_is_none)] = None
    sex: Annotated[Sex | None, BeforeValidator(blank_is_none)] = None
    pregnancy: Annotated[Pregnancy | None, BeforeValidator(blank_is_none)] = None
    setting: Setting = Setting.BOTH
    step: Annotated[int | None, BeforeValidator(blank_is_none), Field(ge=1)] = None
    rank: Annotated[int | None, BeforeValidator(blank_is_none), Field(ge=1)] = None
    advice: Advice = Advice.RECOMMENDED
    atc: Annotated[AtcCode | None, BeforeValidator(blank_is_none)] = None
    substance: str = ""
    route: str = ""
    form: Annotated[list[FormClass], BeforeValidator(split_cell)] = []
    device: Annotated[str | None, BeforeValidator(blank_is_none)] = None
    strengths: Annotated[list[Strength], BeforeValidator(split_cell)] = []
    prk: Annotated[list[ProductCode], BeforeValidator(split_cell)] = []
    gpk: Annotated[list[ProductCode], BeforeValidator(split_cell)] = []
    dose: str = ""
    dose_max: str = ""
    duration: str = ""
    start_only: bool = False
    without_medicine: str = ""
    remark: str = ""
    source: Text
    review_on: Annotated[date | None, BeforeValidator(blank_is_none)] = None
    valid_from: Annotated[date | None, BeforeValidator(blank_is_none)] = None
    valid_until: Annotated[date | None, BeforeValidator(blank_is_none)] = None

    @model_validator(mode="after")
    def _check_says_something(self) -> "Entry":
        if self.atc is None and not self.without_medicine:
            raise PydanticCustomError("ENTRY_EMPTY", "neither a medicine nor advice without one")
        if self.atc is not None and not self.substance:
            raise PydanticCustomError("SUBSTANCE_MISSING", "a code without the name of its substance")
        if self.age_min is not None and self.age_max is not None and self.age_max < self.age_min:
            raise PydanticCustomError("AGES_SWAPPED", "the highest age is below the lowest")
        if self.valid_from is not None and self.valid_until is not None and self.valid_until < self.valid_from:
            raise PydanticCustomError("ENDS_BEFORE_START", "ends before it starts")
        return self
