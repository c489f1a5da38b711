"""The service as one app: read what `check` wrote, warm the engine, and open the doors."""

from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from formulary import Language, Sentences, load_rulebook, sample_folder

from .access import read_keys
from .engine import Engine
from .problems import answer_refusals
from .report.summary import DISTRIBUTION
from .responses import ProblemDocument
from .results import ResultsFolder
from .routes import advice, check, formulary, health, measure_reports, places, prescribers
from .routes.asking import Desk
from .routes.door import API_VERSION, Door

_SENTENCES = Sentences("service.routes")


def create_app(results: Path, keys_file: Path, rules: Path | None) -> FastAPI:
    """Return the service over one folder of results, or raise the ComplianceError that stands in its way.

    Without `rules` the invented sample region is served, and every answer says that it is invented.
    """
    keys, folder = read_keys(keys_file), ResultsFolder(results)
    engine = Engine(load_rulebook(rules or sample_folder()))
    app = FastAPI(
        title=_SENTENCES.say("API_TITLE", Language.NL),
        description=_SENTENCES.say("API_DESCRIPTION", Language.NL),
        version=API_VERSION,
        # The usual pages with documentation load scripts from elsewhere; the document itself is enough.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    app.state.desk = Desk(folder, engine, version(DISTRIBUTION))
    app.add_middleware(Door, keys=keys)
    answer_refusals(app)
    for room in (advice, check, formulary, health, measure_reports, places, prescribers):
        app.include_router(room.router)
    app.openapi = partial(_document, app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document as the service really answers: mistakes are 400 and problem documents, never 422."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            license_info=app.license_info,
        )
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                _tell_version(operation["responses"])
        schemas = document["components"]["schemas"]
        for framework_own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(framework_own, None)
        problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs")
        schemas[ProblemDocument.__name__] = problem
        app.openapi_schema = document
    return app.openapi_schema


def _tell_version(responses: dict[str, Any]) -> None:
    for response in responses.values():
        response["headers"] = {"API-Version": {"schema": {"type": "string"}, "example": API_VERSION}}
