"""Whether the service lives and is ready: for who keeps it running, without a key and without a word about data."""

from fastapi import APIRouter

from formulary import Language, Sentences

from ..problems import ProblemCode, Refusal
from ..responses import Health
from .asking import CurrentDesk, refusals

_SENTENCES = Sentences("service.routes")
router = APIRouter(tags=["health"])


@router.get(
    "/healthz",
    operation_id="getHealth",
    summary=_SENTENCES.say("OPERATION_HEALTH", Language.NL),
    responses=refusals(),
)
def get_health() -> Health:
    """Answer that the process lives."""
    return Health(status="ok")


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary=_SENTENCES.say("OPERATION_READY", Language.NL),
    responses=refusals(ProblemCode.NOT_READY),
)
def get_readiness(desk: CurrentDesk) -> Health:
    """Answer that questions can be answered: the engine is warm since the start, and the results are there."""
    if not desk.results.is_there():
        raise Refusal(ProblemCode.NOT_READY)
    return Health(status="ok")
