"""Scores as FHIR R4 for other systems: a prescriber its own, exactly; an insurer those of many together, rounded."""

import json
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import polars as pl
from fastapi import APIRouter, Query, Response

from formulary import Language, Level, Sentences, Unit

from ..access import Role, Viewer, check_can_view_measure_reports
from ..fhir import BASE, Addresses, Made, Seen, report_of
from ..problems import ProblemCode, Refusal
from ..results import Results
from .asking import NEEDS_KEY, Asking, CurrentAsking, check_question, refusals, with_tag

_SENTENCES = Sentences("service.routes")
_PATH, _FHIR_JSON = "/fhir/MeasureReport", "application/fhir+json"
_PAGE_MAX = 1_000
# What an insurer sees: no prescriber, and no practice or pharmacy, which may be one person.
_OF_MANY = (Level.GROUP, Level.SUBREGION, Level.REGION)
_AMOUNTS = (Unit.COST, Unit.DDD)
router = APIRouter(tags=["fhir"], dependencies=[NEEDS_KEY])


@router.get(
    _PATH,
    operation_id="searchMeasureReports",
    summary=_SENTENCES.say("OPERATION_MEASURE_REPORTS", Language.NL),
    description=_SENTENCES.say("OPERATION_MEASURE_REPORTS_MORE", Language.NL),
    response_class=Response,
    responses={
        200: {"content": {_FHIR_JSON: {"schema": {"type": "object"}}}},
        304: {"description": "Not Modified"},
        **refusals(ProblemCode.INVALID_INPUT, ProblemCode.NO_KEY, ProblemCode.NOT_ALLOWED, ProblemCode.OTHER_RULES),
    },
)
def search_measure_reports(
    asking: CurrentAsking,
    period: str | None = None,
    indicator: str | None = None,
    count: Annotated[int, Query(alias="_count", ge=1, le=_PAGE_MAX)] = _PAGE_MAX,
    offset: Annotated[int, Query(alias="_offset", ge=0)] = 0,
) -> Response:
    """Answer a Bundle of the MeasureReports that may be seen."""
    check_can_view_measure_reports(asking.viewer)
    results, rulebook = asking.desk.results.current(), asking.desk.engine.rulebook
    check_question(results, rulebook, period, indicator)
    if results.rules["sha256"] != rulebook.sha256:
        raise Refusal(ProblemCode.OTHER_RULES)
    wanted = {name: value for name, value in (("period", period), ("indicator", indicator)) if value is not None}
    rows = _visible(results, asking).filter(**wanted).sort("period", "level", "id", "indicator")
    links = [("self", offset), *([("next", offset + count)] if offset + count < rows.height else [])]
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": rows.height,
        "link": [
            {"relation": relation, "url": _url({**wanted, "_count": count, "_offset": n})} for relation, n in links
        ],
    }
    entries = _entries(rows.slice(offset, count).rows(named=True), results, asking)
    if entries:  # FHIR knows no empty list
        bundle["entry"] = entries
    return with_tag(asking, json.dumps(bundle, ensure_ascii=False).encode(), _FHIR_JSON)


def _visible(results: Results, asking: Asking) -> pl.DataFrame:
    """Return the scores that this viewer may see; what has no counts cannot be shown rounded."""
    viewer, rulebook = asking.viewer, asking.desk.engine.rulebook
    if viewer.role is Role.PRESCRIBER:
        return results.scores.filter(id=viewer.agb)
    counted = [each.id for each in rulebook.indicators if each.unit not in _AMOUNTS]
    return results.summaries.filter(pl.col("level").is_in(_OF_MANY), pl.col("indicator").is_in(counted))


def _entries(rows: Sequence[dict[str, Any]], results: Results, asking: Asking) -> list[dict[str, Any]]:
    rulebook = asking.desk.engine.rulebook
    addresses = Addresses(BASE, rulebook.sha256)
    made = Made(results.software, results.rules, results.inputs)
    reports = [report_of(row, rulebook, addresses, made, _seen_by(asking.viewer)) for row in rows]
    return [
        {
            "fullUrl": f"{addresses.base}/MeasureReport/{report['id']}",
            "resource": report,
            "search": {"mode": "match"},
        }
        for report in reports
    ]


def _seen_by(viewer: Viewer) -> Seen:
    return Seen.EXACTLY if viewer.role is Role.PRESCRIBER else Seen.ROUNDED


def _url(asked: dict[str, Any]) -> str:
    return f"{_PATH}?{urlencode(asked)}"
