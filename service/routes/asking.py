"""What every route knows of who asks: the viewer, the language, and the desk with results and engine."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from formulary import Indicator, Language, Rulebook
from matcher import Period

from ..access import Viewer
from ..engine import Engine
from ..problems import STATUS, ProblemCode, Refusal, language_of
from ..responses import ProblemDocument
from ..results import Results, ResultsFolder

_BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="`Authorization: Bearer <sleutel>`")


@dataclass(frozen=True)
class Desk:
    """What lies ready to answer from."""

    results: ResultsFolder
    engine: Engine
    software: str


@dataclass(frozen=True)
class Asking:
    """One question: who asks it, in which language, and what it is answered from."""

    desk: Desk
    viewer: Viewer
    language: Language
    known_tags: str


def _desk_of(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


def _asking(request: Request) -> Asking:
    # The door let nobody in without a key; see `door.py`.
    viewer = cast(Viewer, request.scope["viewer"])
    language = language_of(request.headers.get("accept-language"))
    return Asking(_desk_of(request), viewer, language, request.headers.get("if-none-match", ""))


CurrentAsking = Annotated[Asking, Depends(_asking)]
CurrentDesk = Annotated[Desk, Depends(_desk_of)]
# For the OpenAPI document; the key itself is looked at by the door, before anything is read.
NEEDS_KEY = Security(_BEARER)


def refusals(*codes: ProblemCode) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of the problem documents a route may answer with."""
    every = (*codes, ProblemCode.INTERNAL)
    content = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}}}
    return {STATUS[code]: {"description": code.value, "content": content} for code in every}


def name_of(indicator: Indicator, language: Language) -> str:
    """Return the name of an indicator in the language asked for."""
    return indicator.name_nl if language is Language.NL else indicator.name_en


def check_question(results: Results, rulebook: Rulebook, period: str | None, indicator: str | None) -> None:
    """Refuse a period that is none, and an indicator that neither the rules nor the results know."""
    mistakes: list[tuple[str, str, dict[str, str]]] = []
    if period is not None and Period.parse(period) is None:
        mistakes.append(("period", "PERIOD_UNKNOWN", {}))
    known = [each.id for each in rulebook.indicators]
    if indicator is not None and indicator not in known and not results.knows_indicator(indicator):
        mistakes.append(("indicator", "INDICATOR_UNKNOWN", {"known": ", ".join(known)}))
    if mistakes:
        raise Refusal(ProblemCode.INVALID_INPUT, mistakes)


def with_etag(asking: Asking, answer: BaseModel) -> Response:
    """Return the answer under a tag of its content, or 304 without it where the asker has that content."""
    return with_tag(asking, answer.model_dump_json().encode(), "application/json")


def with_tag(asking: Asking, body: bytes, media_type: str) -> Response:
    """Return a body under a tag of its content, or 304 without it where the asker has that content."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = [each.strip().removeprefix("W/") for each in asking.known_tags.split(",")]
    headers = {"ETag": tag, "Vary": "Authorization, Accept-Language"}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
