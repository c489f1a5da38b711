"""How a request is refused: RFC 9457 problem documents with a stable type, in the language of who asks.

No problem document names a path of the server, repeats what was sent, or shows how the program works.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from formulary import Language, Sentences

_SENTENCES = Sentences("service.routes")
_TYPE = "urn:problem-type:mijnstreek-formulary:"
ERRORS_MAX = 1_000  # a body full of mistakes must not get an answer larger than itself


class ProblemCode(StrEnum):
    """Every way in which a request is refused."""

    INVALID_INPUT = "INVALID_INPUT"
    NO_KEY = "NO_KEY"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    OTHER_RULES = "OTHER_RULES"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_LINES = "TOO_MANY_LINES"
    INTERNAL = "INTERNAL"
    NOT_READY = "NOT_READY"


STATUS = {
    ProblemCode.INVALID_INPUT: 400,
    ProblemCode.NO_KEY: 401,
    ProblemCode.UNKNOWN_KEY: 401,
    ProblemCode.NOT_ALLOWED: 403,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.OTHER_RULES: 409,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.TOO_MANY_LINES: 413,
    ProblemCode.INTERNAL: 500,
    ProblemCode.NOT_READY: 503,
}
# What the framework itself refuses, as ours.
_BY_STATUS = {
    400: ProblemCode.INVALID_INPUT,
    404: ProblemCode.NOT_FOUND,
    405: ProblemCode.METHOD_NOT_ALLOWED,
    413: ProblemCode.TOO_LARGE,
}
# What pydantic calls a mistake, and the sentence we say for it.
_MISTAKES = {
    "missing": "FIELD_MISSING",
    "extra_forbidden": "FIELD_UNKNOWN",
    "json_invalid": "JSON_INVALID",
    "too_short": "LIST_EMPTY",
    "list_type": "LIST_WANTED",
    "model_attributes_type": "OBJECT_WANTED",
    "model_type": "OBJECT_WANTED",
    "dict_type": "OBJECT_WANTED",
    "fields_too_many": "FIELD_UNKNOWN",
}


class Refusal(Exception):
    """A request that is answered with a problem document; raised anywhere behind the door."""

    def __init__(self, code: ProblemCode, errors: Sequence[tuple[str, str, dict[str, str]]] = ()) -> None:
        """Keep why; `errors` are mistakes as place, sentence code and the values that sentence names."""
        super().__init__(code)
        self.code, self.errors = code, tuple(errors)


def language_of(header: str | None) -> Language:
    """Return the language asked for by an Accept-Language header: Dutch unless English is wanted more.

    >>> language_of("en-GB, nl;q=0.8"), language_of("en;q=0.2, nl"), language_of("fr"), language_of(None)
    (<Language.EN: 'en'>, <Language.NL: 'nl'>, <Language.NL: 'nl'>, <Language.NL: 'nl'>)
    """
    wanted = {Language.NL: 0.0, Language.EN: 0.0}
    for name, weight in re.findall(r"\b(nl|en)\b(?:-\w+)?(?:\s*;\s*q=([01](?:\.\d{1,3})?))?", (header or "").lower()):
        wanted[Language(name)] = max(wanted[Language(name)], float(weight or 1))
    return Language.EN if wanted[Language.EN] > wanted[Language.NL] else Language.NL


def problem(
    code: ProblemCode,
    language: Language,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the problem document for a refusal."""
    body: dict[str, Any] = {
        "type": _TYPE + code.lower().replace("_", "-"),
        "title": _SENTENCES.say(f"{code}_TITLE", language),
        "status": STATUS[code],
        "detail": _SENTENCES.say(code, language),
    }
    if errors:
        body["errors"] = list(errors[:ERRORS_MAX])
    asks = {"WWW-Authenticate": 'Bearer realm="formulary"'} if STATUS[code] == 401 else {}
    return JSONResponse(body, STATUS[code], {**(headers or {}), **asks}, "application/problem+json")


def answer_refusals(app: FastAPI) -> None:
    """Let the app answer everything that is refused with a problem document."""
    app.add_exception_handler(Refusal, _answer_refusal)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def _answer_refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # it is registered for these alone
    language = language_of(request.headers.get("accept-language"))
    return problem(error.code, language, [_error(language, *each) for each in error.errors])


def _answer_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # it is registered for these alone
    language = language_of(request.headers.get("accept-language"))
    if any(each["type"] == "too_long" for each in error.errors()):
        return problem(ProblemCode.TOO_MANY_LINES, language)
    errors = [_mistake(language, each["type"], each["loc"]) for each in error.errors()[:ERRORS_MAX]]
    return problem(ProblemCode.INVALID_INPUT, language, errors)


def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # it is registered for these alone
    language = language_of(request.headers.get("accept-language"))
    code = _BY_STATUS.get(error.status_code)
    if code is ProblemCode.INVALID_INPUT:  # the only thing the framework itself finds: a body that is no JSON
        return problem(code, language, [_error(language, "#", "JSON_INVALID", {})])
    if code is not None:
        return problem(code, language, headers=error.headers)
    body = {"type": "about:blank", "title": HTTPStatus(error.status_code).phrase, "status": error.status_code}
    return JSONResponse(body, error.status_code, error.headers, "application/problem+json")


def _mistake(language: Language, kind: str, loc: Sequence[int | str]) -> dict[str, str]:
    # Of a body that is no JSON only that can be said: the place is a count of bytes.
    place = "#" if kind == "json_invalid" else _place(loc)
    return _error(language, place, _MISTAKES.get(kind, "VALUE_INVALID"), {})


def _error(language: Language, place: str, code: str, values: dict[str, str]) -> dict[str, str]:
    kind = "pointer" if place.startswith("#") else "parameter"
    return {kind: place, "code": code, "detail": _SENTENCES.say(code, language, **values)}


def _place(loc: Sequence[int | str]) -> str:
    """Return where a mistake is: a JSON pointer into the body, or the name of a parameter."""
    where, *parts = loc
    if where != "body":
        return str(parts[-1])
    escaped = (str(part)[:100].replace("~", "~0").replace("/", "~1") for part in parts)
    return "#" + "".join(f"/{part}" for part in escaped)
