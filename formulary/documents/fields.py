"""The kinds of fields that documents are made of, and what makes each valid."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ..codes import agb, atc, gstandaard, icpc, uzovi


def check_atc(code: str) -> str:
    """Return the code, or refuse what is not a full ATC code."""
    if not atc.is_valid(code):
        raise PydanticCustomError("ATC_INVALID", "not an ATC code of 7 characters")
    return code


def check_atc_group(code: str) -> str:
    """Return the code, or refuse what is not an ATC code at any level."""
    if not atc.is_group(code):
        raise PydanticCustomError("ATC_GROUP_INVALID", "not an ATC code or group")
    return code


def check_icpc(text: str) -> str:
    """Return the code or range, or refuse what names no condition."""
    if icpc.bounds(text) is None:
        raise PydanticCustomError("ICPC_INVALID", "not an ICPC-1 code or range")
    if icpc.is_process(text):
        raise PydanticCustomError("ICPC_PROCESS", "an ICPC process code")
    return text


def check_product_code(code: int) -> int:
    """Return the code, or refuse one whose check digit fails."""
    if not gstandaard.is_valid(code):
        raise PydanticCustomError("CODE_INVALID", "a code whose check digit fails")
    return code


def check_uzovi(code: str) -> str:
    """Return the number, or refuse what is not an UZOVI number."""
    if not uzovi.is_valid(code):
        raise PydanticCustomError("UZOVI_INVALID", "not an UZOVI number")
    return code


def check_agb(code: str) -> str:
    """Return the code, or refuse what is not an AGB code."""
    if not agb.is_valid(code):
        raise PydanticCustomError("AGB_INVALID", "not an AGB code")
    return code


def split_cell(value: Any) -> Any:
    """Return the parts of a table cell that holds several values."""
    # A table cell holds several values as `a|b`; a TOML file holds a list already.
    return [part.strip() for part in value.split("|") if part.strip()] if isinstance(value, str) else value


def blank_is_none(value: Any) -> Any:
    """Return nothing for a cell that holds only spaces."""
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, Field(min_length=1)]

AtcCode = Annotated[str, AfterValidator(check_atc)]

AtcGroup = Annotated[str, AfterValidator(check_atc_group)]

IcpcRange = Annotated[str, AfterValidator(check_icpc)]

ProductCode = Annotated[int, AfterValidator(check_product_code)]

Strength = Annotated[str, Field(pattern=r"^\d+([.,]\d+)?(/\d+([.,]\d+)?)? ?[A-Za-z%µ]")]

Years = Annotated[int, Field(ge=0, le=130)]

Days = Annotated[date | None, BeforeValidator(blank_is_none)]

ProviderType = Annotated[str, Field(pattern=r"^[0-9]{2}$")]

Percent = Annotated[int, Field(ge=1, le=100)]

Cents = Annotated[int, Field(ge=0, le=10**12)]


class Document(BaseModel):
    """The manners all documents share: nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Dated(Document):
    """A published rule that holds from a day, until a day (inclusive) or until further notice."""

    in_force_from: date
    in_force_until: Annotated[date | None, BeforeValidator(blank_is_none)] = None
    source: Text

    @model_validator(mode="after")
    def _check_order(self) -> "Dated":
        if self.in_force_until is not None and self.in_force_until < self.in_force_from:
            raise PydanticCustomError("ENDS_BEFORE_START", "ends before it starts")
        return self
