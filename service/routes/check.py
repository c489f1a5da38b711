"""Lines judged at once: the same path as the batch, for up to ten thousand lines."""

from fastapi import APIRouter

from formulary import Language, Sentences
from matcher import Outcome

from ..access import check_can_check_lines
from ..problems import ProblemCode
from ..responses import CheckRequest, CheckResponse, LineAnswer, RulesNamed
from .asking import NEEDS_KEY, CurrentAsking, refusals

_SENTENCES = Sentences("service.routes")
router = APIRouter(prefix="/v1", tags=["check"], dependencies=[NEEDS_KEY])


@router.post(
    "/check",
    operation_id="checkLines",
    summary=_SENTENCES.say("OPERATION_CHECK", Language.NL),
    description=_SENTENCES.say("OPERATION_CHECK_MORE", Language.NL),
    responses=refusals(
        ProblemCode.INVALID_INPUT, ProblemCode.NO_KEY, ProblemCode.NOT_ALLOWED, ProblemCode.TOO_MANY_LINES
    ),
)
def check_lines(asked: CheckRequest, asking: CurrentAsking) -> CheckResponse:
    """Answer an outcome with its reason for every line, in the order they were sent."""
    check_can_check_lines(asking.viewer)
    lines = [LineAnswer.of(row, asking.language) for row in asking.desk.engine.check(asked.written())]
    told = [line.outcome for line in lines]
    return CheckResponse(
        outcomes={outcome: told.count(outcome) for outcome in Outcome},
        lines=lines,
        rules=RulesNamed.of(asking.desk.engine.rulebook),
        software=asking.desk.software,
    )
