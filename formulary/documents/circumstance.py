"""What else decides over a line on its day: insurers, shortages, codes that moved, and who belongs where."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from .fields import AtcCode, Days, Document, ProductCode, Text, blank_is_none, check_agb, check_uzovi
from .words import Level, SuccessionKind


class Preference(Document):
    """A product that an insurer designated for its insured (preference policy), from a day until a day."""

    uzovi: Annotated[str, AfterValidator(check_uzovi)]
    zi: ProductCode
    name: str = ""
    valid_from: date
    valid_until: Days = None
    source: Text


class Shortage(Document):
    """A product (`zi`, `prk`) or a whole substance (`atc`) that could not be had, from a day until a day."""

    atc: AtcCode
    prk: Annotated[ProductCode | None, BeforeValidator(blank_is_none)] = None
    zi: Annotated[ProductCode | None, BeforeValidator(blank_is_none)] = None
    name: str = ""
    valid_from: date
    valid_until: Days = None
    source: Text


class Succession(Document):
    """A code that was replaced by another from a day on; both mean the same medicine."""

    kind: SuccessionKind
    former: Text
    successor: Text
    since: date
    source: Text


class Membership(Document):
    """Who is part of what, from a day until a day: prescriber of practice, practice of group, and so on upwards."""

    level: Level
    id: Text
    name: str = ""
    part_of: Text
    valid_from: date
    valid_until: Days = None


class Enrolment(Document):
    """How many patients a practice had enrolled in a quarter."""

    practice_agb: Annotated[str, AfterValidator(check_agb)]
    quarter: Annotated[str, Field(pattern=r"^\d{4}-Q[1-4]$")]
    patients: Annotated[int, Field(ge=0)]


class Participation(Document):
    """Who takes part in a reward scheme, from a day until a day."""

    scheme: Text
    id: Text
    valid_from: date
    valid_until: Days = None
