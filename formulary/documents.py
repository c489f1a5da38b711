"""What a published file may contain: region, formulary version, entry, indicator and reward scheme.

Every document names its source. Texts in a table cell that may hold several values divide them by `|`.
"""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from .codes import atc, icpc


class VersionStatus(StrEnum):
    """How far a formulary version has come; only ADOPTED versions judge lines."""

    DRAFT = "DRAFT"
    ADOPTED = "ADOPTED"
    WITHDRAWN = "WITHDRAWN"


class Advice(StrEnum):
    """What an entry says of its medicine."""

    RECOMMENDED = "RECOMMENDED"
    NOT_RECOMMENDED = "NOT_RECOMMENDED"


class FirstIssueFlag(StrEnum):
    """Whether a source's own first-issue flag is believed; TRACED always looks at the history."""

    TRUSTED = "TRUSTED"
    TRACED = "TRACED"


class PopulationLines(StrEnum):
    """Which of a patient's lines an indicator looks at."""

    ALL = "ALL"
    STARTS = "STARTS"


class Direction(StrEnum):
    """Whether a higher rate is better; NONE shows a rate without judging it."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"
    NONE = "NONE"


class Agreement(StrEnum):
    """On what a line agrees with its entry: the substance alone, or also the form, the indication, or both."""

    SUBSTANCE = "SUBSTANCE"
    FORM = "FORM"
    INDICATION = "INDICATION"
    FORM_AND_INDICATION = "FORM_AND_INDICATION"


class FormClass(StrEnum):
    """Dosage forms, as coarse as prescribing choices are."""

    TABLET = "tablet"
    TABLET_MODIFIED = "tablet_modified"
    TABLET_ENTERIC = "tablet_enteric"
    TABLET_DISPERSIBLE = "tablet_dispersible"
    TABLET_OROMUCOSAL = "tablet_oromucosal"
    CAPSULE = "capsule"
    CAPSULE_MODIFIED = "capsule_modified"
    CAPSULE_ENTERIC = "capsule_enteric"
    ORAL_LIQUID = "oral_liquid"
    ORAL_POWDER = "oral_powder"
    INJ_INF = "inj_inf"
    INHALATION = "inhalation"
    EYE = "eye"
    EAR = "ear"
    NASAL = "nasal"
    CUTANEOUS = "cutaneous"
    RECTAL = "rectal"
    VAGINAL = "vaginal"
    PATCH = "patch"
    IMPLANT = "implant"
    OTHER = "other"


def _check_atc(code: str) -> str:
    if not atc.is_valid(code):
        raise PydanticCustomError("ATC_INVALID", "not an ATC code of 7 characters")
    return code


def _check_atc_group(code: str) -> str:
    if not atc.is_group(code):
        raise PydanticCustomError("ATC_GROUP_INVALID", "not an ATC code or group")
    return code


def _check_icpc(text: str) -> str:
    if icpc.bounds(text) is None:
        raise PydanticCustomError("ICPC_INVALID", "not an ICPC-1 code or range")
    if icpc.is_process(text):
        raise PydanticCustomError("ICPC_PROCESS", "an ICPC process code")
    return text


def _split(value: Any) -> Any:
    # A table cell holds several values as `a|b`; a TOML file holds a list already.
    return [part.strip() for part in value.split("|") if part.strip()] if isinstance(value, str) else value


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, Field(min_length=1)]
AtcCode = Annotated[str, AfterValidator(_check_atc)]
AtcGroup = Annotated[str, AfterValidator(_check_atc_group)]
IcpcRange = Annotated[str, AfterValidator(_check_icpc)]
Percent = Annotated[int, Field(ge=1, le=100)]
Cents = Annotated[int, Field(ge=0, le=10**12)]


class Document(BaseModel):
    """The manners all documents share: nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Dated(Document):
    """A published rule that holds from a day, until a day (inclusive) or until further notice."""

    in_force_from: date
    in_force_until: Annotated[date | None, BeforeValidator(_blank_is_none)] = None
    source: Text

    @model_validator(mode="after")
    def _check_order(self) -> "Dated":
        if self.in_force_until is not None and self.in_force_until < self.in_force_from:
            raise PydanticCustomError("ENDS_BEFORE_START", "ends before it starts")
        return self


class Region(Document):
    """Whose rules these are, and the settings that hold for every calculation in the region."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    invented: bool = False
    source: Text
    lookback_days: Annotated[int, Field(ge=1, le=3650)] = 365
    first_issue_flag: FirstIssueFlag = FirstIssueFlag.TRUSTED
    peers_min: Annotated[int, Field(ge=2)] = 5
    cell_min: Annotated[int, Field(ge=5)] = 8


class VersionHeader(Dated):
    """One edition of the formulary; its entries stand beside it in `entries.csv`."""

    version: Text
    status: VersionStatus


class Entry(Document):
    """One recommendation: this medicine, for this indication, at this place in the order."""

    entry_id: Text
    chapter: Text
    indication: Text
    icpc: Annotated[list[IcpcRange], BeforeValidator(_split)] = []
    atc: AtcCode
    substance: Text
    form: Annotated[list[FormClass], BeforeValidator(_split)] = []
    device: Annotated[str | None, BeforeValidator(_blank_is_none)] = None
    step: Annotated[int | None, BeforeValidator(_blank_is_none), Field(ge=1)] = None
    rank: Annotated[int | None, BeforeValidator(_blank_is_none), Field(ge=1)] = None
    advice: Advice = Advice.RECOMMENDED
    remark: str = ""
    source: Text


class Condition(Document):
    """What a line must satisfy to be conform; every field that is given must hold."""

    formulary: bool = False
    agreement: list[Agreement] = []
    rank_max: Annotated[int | None, Field(ge=1)] = None
    atc: list[AtcGroup] = []
    form: list[FormClass] = []

    @model_validator(mode="after")
    def _check_says_something(self) -> "Condition":
        if not (self.formulary or self.agreement or self.rank_max or self.atc or self.form):
            raise PydanticCustomError("CONDITION_EMPTY", "a condition that every line meets")
        return self


class Population(Document):
    """Which lines an indicator speaks about."""

    lines: PopulationLines = PopulationLines.ALL
    atc: list[AtcGroup] = []
    atc_except: list[AtcGroup] = []
    coded_indication: bool = False


class Indicator(Document):
    """A rate: of the lines in its population, those that meet any one of its conditions."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9_.-]+$")]
    name_nl: Text
    name_en: Text
    population: Population
    conform: Annotated[list[Condition], Field(min_length=1)]
    direction: Direction = Direction.HIGHER
    denominator_min: Annotated[int, Field(ge=1)] = 1
    source: Text
    review_on: date | None = None


class Band(Document):
    """An amount for reaching a share of conform lines."""

    name: Text
    threshold_percent: Percent
    reward_cents: Cents


class SchemePart(Document):
    """What one indicator earns: the highest band reached, and nothing below the minimum denominator."""

    indicator: Text
    denominator_min: Annotated[int, Field(ge=1)]
    bands: Annotated[list[Band], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_bands(self) -> "SchemePart":
        ordered = sorted(self.bands, key=lambda band: band.threshold_percent)
        for lower, higher in pairwise(ordered):
            if lower.threshold_percent == higher.threshold_percent:
                raise PydanticCustomError("BAND_TWICE", "two bands with one threshold")
            if lower.reward_cents > higher.reward_cents:
                raise PydanticCustomError("BAND_PAYS_LESS", "a higher band that pays less")
        return self


class Scheme(Dated):
    """A reward agreement: who is paid how much for which rate, over which days.

    `provider_types` are the first two digits of the AGB codes that take part; none named means everyone.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    name: Text
    provider_types: list[Annotated[str, Field(pattern=r"^[0-9]{2}$")]] = []
    parts: Annotated[list[SchemePart], Field(min_length=1)]
