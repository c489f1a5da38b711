"""The JSON contract: what may be sent and what comes back. Dates are ISO, money is whole cents, rates are 0 to 1."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from formulary import Language, Rulebook, Sentences, Unit
from matcher import CANONICAL_COLUMNS, AttributedTo, Decision, MatchMethod, Outcome, Problem, Reason, Start

_SENTENCES, _MATCHER = Sentences("service.routes"), Sentences("matcher")
LINES_MAX = 10_000
_FIELDS_MAX = 2 * len(CANONICAL_COLUMNS)


def _as_text(value: Any) -> str | None:
    """Return a JSON value as a file would hold it; a decimal comma, because 1.234 may be a thousand in a file."""
    match value:
        case None:
            return None
        case str():
            return _whole_characters(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
        case _:
            raise PydanticCustomError("value_type", "text, a number, true or false")


def _whole_characters(text: str) -> str:
    # JSON can write half a character (\ud800); no file can hold it, and no column either.
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("value_type", "text of whole characters") from None
    return text


Written = Annotated[
    str | None,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]


class Message(BaseModel):
    """The manners of everything that is sent: nothing unknown, and not so much of it that naming it all is work."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _check_number_of_fields(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(value) > _FIELDS_MAX:
            raise PydanticCustomError("fields_too_many", "more fields than there are")
        return value


# The columns are those of a file of lines, and stay those: they are defined once.
_COLUMNS: dict[str, Any] = {
    name: (Written, Field(default=None, description=_SENTENCES.say(f"LINE_{name}", Language.NL)))
    for name in CANONICAL_COLUMNS
}
DispensingLine = create_model("DispensingLine", __base__=Message, __doc__="A dispensing line.", **_COLUMNS)

_EXAMPLE_LINE: dict[str, JsonValue] = {
    "line_id": "1",
    "dispensed_on": "2026-03-02",
    "prescriber_agb": "01012345",
    "atc": "A02BC05",
    "label": "ESOMEPRAZOL TABLET MSR 40MG",
    "first_issue": True,
}


class CheckRequest(Message):
    """Lines to be judged."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lines": [_EXAMPLE_LINE]}]})

    lines: Annotated[
        list[DispensingLine],
        Field(min_length=1, max_length=LINES_MAX),
    ]

    def written(self) -> list[dict[str, str | None]]:
        """Return the lines as a file would hold them."""
        return [dict(line) for line in self.lines]


class RulesNamed(BaseModel):
    """By which rules an answer was given."""

    region: str
    name: str
    invented: bool
    versions: list[str]
    sha256: str

    @classmethod
    def of(cls, rulebook: Rulebook) -> "RulesNamed":
        """Name the rules of a rule book."""
        region, versions = rulebook.region, [each.version for each in rulebook.calendar]
        return cls(
            region=region.id, name=region.name, invented=region.invented, versions=versions, sha256=rulebook.sha256
        )


class LineAnswer(BaseModel):
    """What is said of one line."""

    line_id: str | None
    outcome: Outcome
    reason: Reason
    sentence: str
    problem: Problem | None
    preferred: str | None
    attributed_to: AttributedTo | None
    start: Start
    decision: Decision
    match_method: MatchMethod
    match_score: float
    matched_atc: str | None
    matched_product: str | None
    matched_form: str | None
    formulary_version: str | None
    entry_id: str | None
    choice_rank: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any], language: Language) -> "LineAnswer":
        """Say what the path found, with the sentence for its problem or else its reason."""
        told = {name: row[name] for name in cls.model_fields if name != "sentence"}
        return cls(**told, sentence=_MATCHER.say(row["problem"] or row["reason"], language))


class CheckResponse(BaseModel):
    """What is said of the lines, in the order they were sent; `outcomes` adds up to their number."""

    outcomes: dict[Outcome, int]
    lines: list[LineAnswer]
    rules: RulesNamed
    software: str


class Score(BaseModel):
    """One rate, how sure it is, and its place among peers; empty where too few peers have one."""

    period: str
    indicator: str
    name: str
    unit: Unit
    numerator: int
    denominator: int
    excepted: int
    excluded: int
    unidentified: int
    rate: float | None
    interval_low: float | None
    interval_high: float | None
    lowest: float | None
    highest: float | None
    percentile: float | None
    peers: int
    formulary_versions: list[str]

    @classmethod
    def of(cls, row: Mapping[str, Any], name: str, unit: Unit) -> "Score":
        """Tell a row of `adherence.csv`, with the name of its indicator and what that adds up: lines, or cents."""
        told = {field: row[field] for field in cls.model_fields if field in row and field != "formulary_versions"}
        return cls(**told, name=name, unit=unit, formulary_versions=(row["formulary_versions"] or "").split())


class AdherenceResponse(BaseModel):
    """A prescriber's own scores, and the rules by which they were made."""

    prescriber_agb: str
    scores: list[Score]
    rules: RulesNamed
    software: str


class VersionNamed(BaseModel):
    """One edition of the formulary and the days it is in force, both inclusive."""

    version: str
    in_force_from: date
    in_force_until: date | None
    source: str


class IndicatorNamed(BaseModel):
    """One indicator: its id, and its name in the language asked for."""

    id: str
    name: str


class FormularyResponse(BaseModel):
    """The rules that are served."""

    rules: RulesNamed
    versions: list[VersionNamed]
    indicators: list[IndicatorNamed]
    software: str


class Health(BaseModel):
    """That the service lives, or is ready."""

    status: str


class InputMistake(BaseModel):
    """One mistake in what was sent: where (a JSON pointer or a parameter), and what."""

    pointer: str | None = None
    parameter: str | None = None
    code: str
    detail: str


class ProblemDocument(BaseModel):
    """Why a request was refused (RFC 9457); `type` is stable, title and detail are for people."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[InputMistake] | None = None
