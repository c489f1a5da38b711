"""What a prescriber may do otherwise: its own switches and deviations, as `check` wrote them."""

from fastapi import APIRouter, Response

from formulary import Language, Level, Sentences

from ..access import check_can_view_prescriber
from ..advice_responses import DeviationsResponse, DeviationTold, SwitchesResponse, SwitchTold
from ..problems import ProblemCode, Refusal
from ..responses import RulesNamed
from ..results import Results
from .asking import NEEDS_KEY, Asking, CurrentAsking, refusals, with_etag

_SENTENCES = Sentences("service.routes")
_REFUSALS = refusals(ProblemCode.NO_KEY, ProblemCode.NOT_ALLOWED, ProblemCode.NOT_FOUND)
router = APIRouter(prefix="/v1/prescribers", tags=["prescribers"], dependencies=[NEEDS_KEY])


@router.get(
    "/{agb}/switches",
    operation_id="getPrescriberSwitches",
    summary=_SENTENCES.say("OPERATION_SWITCHES", Language.NL),
    description=_SENTENCES.say("OPERATION_SWITCHES_MORE", Language.NL),
    response_model=SwitchesResponse,
    responses={304: {"description": "Not Modified"}, **_REFUSALS},
)
def get_switches(asking: CurrentAsking, agb: str) -> Response:
    """Answer what a prescriber could do otherwise, with what that does."""
    results = _results_about(asking, agb)
    answer = SwitchesResponse(
        prescriber_agb=agb,
        switches=[SwitchTold.of(row, asking.language) for row in results.switches_of(Level.PRESCRIBER, agb)],
        rules=RulesNamed.model_validate(results.rules),
        software=results.software,
    )
    return with_etag(asking, answer)


@router.get(
    "/{agb}/deviations",
    operation_id="getPrescriberDeviations",
    summary=_SENTENCES.say("OPERATION_DEVIATIONS", Language.NL),
    description=_SENTENCES.say("OPERATION_DEVIATIONS_MORE", Language.NL),
    response_model=DeviationsResponse,
    responses={304: {"description": "Not Modified"}, **_REFUSALS},
)
def get_deviations(asking: CurrentAsking, agb: str) -> Response:
    """Answer a prescriber's own deviations, whosever they were."""
    results = _results_about(asking, agb)
    answer = DeviationsResponse(
        prescriber_agb=agb,
        deviations=[DeviationTold.of(row, asking.language) for row in results.deviations_of(agb)],
        rules=RulesNamed.model_validate(results.rules),
        software=results.software,
    )
    return with_etag(asking, answer)


def _results_about(asking: Asking, agb: str) -> Results:
    check_can_view_prescriber(asking.viewer, agb)
    results = asking.desk.results.current()
    if not results.scores_of(agb, None, None):
        raise Refusal(ProblemCode.NOT_FOUND)
    return results
