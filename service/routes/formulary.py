"""Which rules are served."""

from fastapi import APIRouter, Response

from formulary import Language, Sentences

from ..problems import ProblemCode
from ..responses import FormularyResponse, IndicatorNamed, RulesNamed, VersionNamed
from .asking import NEEDS_KEY, CurrentAsking, name_of, refusals, with_etag

_SENTENCES = Sentences("service.routes")
router = APIRouter(prefix="/v1", tags=["formulary"], dependencies=[NEEDS_KEY])


@router.get(
    "/formulary",
    operation_id="getFormulary",
    summary=_SENTENCES.say("OPERATION_FORMULARY", Language.NL),
    response_model=FormularyResponse,
    responses={304: {"description": "Not Modified"}, **refusals(ProblemCode.NO_KEY)},
)
def get_formulary(asking: CurrentAsking) -> Response:
    """Answer the region, its versions with their days, and its indicators."""
    rulebook = asking.desk.engine.rulebook
    versions = [VersionNamed.model_validate(each, from_attributes=True) for each in rulebook.calendar]
    indicators = [IndicatorNamed(id=each.id, name=name_of(each, asking.language)) for each in rulebook.indicators]
    answer = FormularyResponse(
        rules=RulesNamed.of(rulebook), versions=versions, indicators=indicators, software=asking.desk.software
    )
    return with_etag(asking, answer)
