"""What else decides over a line on its day: insurers, shortages, codes that moved, and who belongs where."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ..codes import gstandaard
from .fields import (
    AtcCode,
    Days,
    Document,
    ProductCode,
    Text,
    blank_is_none,
    check_agb,
    check_atc,
    check_uzovi,
    split_cell,
)
from .words import DoseUnit, FormClass, Level, SuccessionKind


class Held(Document):
    """Something that held from a day, until a day (inclusive) or until further notice."""

    valid_from: date
    valid_until: Days = None

    @model_validator(mode="after")
    def _check_order(self) -> "Held":
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise PydanticCustomError("ENDS_BEFORE_START", "ends before it starts")
        return self


class Preference(Held):
    """A product that an insurer designated for its insured (preference policy), from a day until a day."""

    uzovi: Annotated[str, AfterValidator(check_uzovi)]
    zi: ProductCode
    name: str = ""
    source: Text


class Shortage(Held):
    """A product (`zi`, `prk`) or a whole substance (`atc`) that could not be had, from a day until a day."""

    atc: AtcCode
    prk: Annotated[ProductCode | None, BeforeValidator(blank_is_none)] = None
    zi: Annotated[ProductCode | None, BeforeValidator(blank_is_none)] = None
    name: str = ""
    source: Text


class DailyDose(Held):
    """What a day's treatment of a medicine is taken to be (DDD), in some forms or, where none is named, in any."""

    atc: AtcCode
    form: Annotated[list[FormClass], BeforeValidator(split_cell)] = []
    amount: Annotated[str, Field(pattern=r"^([0-9]{1,9}([.,][0-9]{1,2})?|0[.,][0-9]{3,6})$")]
    unit: DoseUnit
    source: Text

    @model_validator(mode="after")
    def _check_amount(self) -> "DailyDose":
        if not self.amount.strip("0.,"):
            raise PydanticCustomError("DOSE_OF_NOTHING", "a daily dose of nothing")
        return self


class Succession(Document):
    """A code that was replaced by another from a day on; both mean the same medicine."""

    kind: SuccessionKind
    former: Text
    successor: Text
    since: date
    source: Text

    @model_validator(mode="after")
    def _check_codes(self) -> "Succession":
        for code in (self.former, self.successor):
            if self.kind is SuccessionKind.ATC:
                check_atc(code)
            elif not code.isdecimal() or not gstandaard.is_valid(int(code)):
                raise PydanticCustomError("CODE_INVALID", "a code whose check digit fails")
        return self


class Membership(Held):
    """Who is part of what, from a day until a day: prescriber of practice, practice of group, and so on upwards."""

    level: Level
    id: Text
    name: str = ""
    part_of: Text


class PolicyDate(Document):
    """A day on which something began that may move rates, to be drawn on a course: a campaign, a contract."""

    day: date
    name_nl: Text
    name_en: Text
    source: Text


class PeerGroup(Held):
    """With whom somebody is compared, from a day until a day; who is in no group is compared with its own kind."""

    level: Level
    id: Text
    peer_group: Text


class Enrolment(Document):
    """How many patients a practice had enrolled in a quarter."""

    practice_agb: Annotated[str, AfterValidator(check_agb)]
    quarter: Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}-Q[1-4]$")]
    patients: Annotated[int, Field(ge=0)]


class Participation(Held):
    """Who takes part in a reward scheme, from a day until a day."""

    scheme: Text
    id: Text


class Attendance(Document):
    """That someone was at a meeting of a pharmacotherapy group (FTO) on a day."""

    held_on: date
    group: Text
    prescriber_agb: Annotated[str, AfterValidator(check_agb)]
    source: Text


class Baseline(Document):
    """The counts (or cents) of an indicator in an earlier period, against which improvement is held."""

    period: Text
    level: Level
    id: Text
    indicator: Text
    numerator: Annotated[int, Field(ge=0, le=10**15)]
    denominator: Annotated[int, Field(ge=1, le=10**15)]
    source: Text

    @model_validator(mode="after")
    def _check_share(self) -> "Baseline":
        if self.numerator > self.denominator:
            raise PydanticCustomError("BASELINE_OVER_ONE", "a numerator above its denominator")
        return self
