"""What a prescriber may see of itself."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from formulary import Indicator, Language, Level, Sentences, Unit

from ..access import check_can_view_prescriber
from ..problems import ProblemCode, Refusal
from ..responses import AdherenceResponse, RulesNamed, Score
from ..results import Whose
from ..trend_responses import TrendResponse
from .asking import NEEDS_KEY, Asking, CurrentAsking, check_question, name_of, refusals, with_etag
from .courses import trend_told

_SENTENCES = Sentences("service.routes")
router = APIRouter(prefix="/v1/prescribers", tags=["prescribers"], dependencies=[NEEDS_KEY])


@router.get(
    "/{agb}/adherence",
    operation_id="getPrescriberAdherence",
    summary=_SENTENCES.say("OPERATION_ADHERENCE", Language.NL),
    description=_SENTENCES.say("OPERATION_ADHERENCE_MORE", Language.NL),
    response_model=AdherenceResponse,
    responses={
        304: {"description": "Not Modified"},
        **refusals(ProblemCode.INVALID_INPUT, ProblemCode.NO_KEY, ProblemCode.NOT_ALLOWED, ProblemCode.NOT_FOUND),
    },
)
def get_adherence(asking: CurrentAsking, agb: str, period: str | None = None, indicator: str | None = None) -> Response:
    """Answer a prescriber's own scores."""
    check_can_view_prescriber(asking.viewer, agb)
    results, rulebook = asking.desk.results.current(), asking.desk.engine.rulebook
    check_question(results, rulebook, period, indicator)
    if not results.scores_of(agb, None, None):
        raise Refusal(ProblemCode.NOT_FOUND)
    known = {each.id: each for each in rulebook.indicators}
    scores = [_told(row, known.get(row["indicator"]), asking) for row in results.scores_of(agb, period, indicator)]
    rules = RulesNamed.model_validate(results.rules)
    return with_etag(
        asking, AdherenceResponse(prescriber_agb=agb, scores=scores, rules=rules, software=results.software)
    )


@router.get(
    "/{agb}/trend",
    operation_id="getPrescriberTrend",
    summary=_SENTENCES.say("OPERATION_TREND", Language.NL),
    description=_SENTENCES.say("OPERATION_TREND_MORE", Language.NL),
    response_model=TrendResponse,
    responses={
        304: {"description": "Not Modified"},
        **refusals(ProblemCode.INVALID_INPUT, ProblemCode.NO_KEY, ProblemCode.NOT_ALLOWED, ProblemCode.NOT_FOUND),
    },
)
def get_trend(asking: CurrentAsking, agb: str, indicator: str | None = None) -> Response:
    """Answer a prescriber's own course, month by month."""
    check_can_view_prescriber(asking.viewer, agb)
    results, rulebook = asking.desk.results.current(), asking.desk.engine.rulebook
    check_question(results, rulebook, None, indicator)
    if not results.scores_of(agb, None, None):
        raise Refusal(ProblemCode.NOT_FOUND)
    told = trend_told(asking, Whose(Level.PRESCRIBER, agb), indicator)
    return with_etag(asking, TrendResponse(prescriber_agb=agb, **told))


def _told(row: Mapping[str, Any], indicator: Indicator | None, asking: Asking) -> Score:
    # Results of older rules may hold an indicator that is no longer published: then only its id is known.
    if indicator is None:
        return Score.of(row, row["indicator"], Unit.LINES)
    return Score.of(row, name_of(indicator, asking.language), indicator.unit)
