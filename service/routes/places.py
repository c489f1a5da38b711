"""What members may see of their practice and of their pharmacotherapy group together."""

from fastapi import APIRouter, Response

from formulary import Language, Level, Sentences

from ..access import check_is_member
from ..problems import ProblemCode, Refusal
from ..results import Whose
from ..trend_responses import PlaceTrendResponse
from .asking import NEEDS_KEY, Asking, CurrentAsking, check_question, refusals, with_etag
from .courses import trend_told

_SENTENCES = Sentences("service.routes")
_REFUSALS = refusals(ProblemCode.INVALID_INPUT, ProblemCode.NO_KEY, ProblemCode.NOT_ALLOWED, ProblemCode.NOT_FOUND)
router = APIRouter(prefix="/v1", dependencies=[NEEDS_KEY])


@router.get(
    "/practices/{agb}/trend",
    tags=["practices"],
    operation_id="getPracticeTrend",
    summary=_SENTENCES.say("OPERATION_PLACE_TREND", Language.NL),
    description=_SENTENCES.say("OPERATION_PLACE_TREND_MORE", Language.NL),
    response_model=PlaceTrendResponse,
    responses={304: {"description": "Not Modified"}, **_REFUSALS},
)
def get_practice_trend(asking: CurrentAsking, agb: str, indicator: str | None = None) -> Response:
    """Answer the course of a practice, month by month."""
    return _trend(asking, Level.PRACTICE, agb, indicator)


@router.get(
    "/groups/{group}/trend",
    tags=["groups"],
    operation_id="getGroupTrend",
    summary=_SENTENCES.say("OPERATION_PLACE_TREND", Language.NL),
    description=_SENTENCES.say("OPERATION_PLACE_TREND_MORE", Language.NL),
    response_model=PlaceTrendResponse,
    responses={304: {"description": "Not Modified"}, **_REFUSALS},
)
def get_group_trend(asking: CurrentAsking, group: str, indicator: str | None = None) -> Response:
    """Answer the course of a pharmacotherapy group, month by month."""
    return _trend(asking, Level.GROUP, group, indicator)


def _trend(asking: Asking, level: Level, id_: str, indicator: str | None) -> Response:
    results, rulebook = asking.desk.results.current(), asking.desk.engine.rulebook
    members = check_is_member(asking.viewer, (level, id_), rulebook.circumstances.memberships, results.last_day())
    check_question(results, rulebook, None, indicator)
    told = trend_told(asking, Whose(level, id_, members), indicator)
    if not told["indicators"] and indicator is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return with_etag(asking, PlaceTrendResponse(level=level, id=id_, **told))
