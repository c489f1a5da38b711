"""Nobody in without a key, problem documents for everything refused, safe headers on every answer."""

import asyncio
import json
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import validate
from starlette.types import Message, Receive, Scope, Send

from service.access import Keys
from service.routes.door import Door

from .serving import GP, PHARMACIST, bearer

ADHERENCE = "/v1/prescribers/01000001/adherence"
EVERYTHING = ["/healthz", "/readyz", "/openapi.json", "/v1/formulary", ADHERENCE, "/nergens", "/v1/nergens"]


@pytest.mark.parametrize(
    ("headers", "title"),
    [
        ({}, "Sleutel ontbreekt"),
        ({"Authorization": "Bearer"}, "Sleutel ontbreekt"),
        ({"Authorization": "Bearer  "}, "Sleutel ontbreekt"),
        ({"Authorization": "Basic gp"}, "Sleutel ontbreekt"),
        ({"Authorization": "Bearer iemand"}, "Sleutel onbekend"),
        ({"Authorization": "Bearer g\u00e9"}, "Sleutel onbekend"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/v1", ADHERENCE, "/v1/check", "/v1/nergens", "/fhir", "/fhir/MeasureReport", "/fhir/nergens"]
)
def test_nobody_gets_in_without_a_key_not_even_to_see_what_exists(
    client: TestClient, path: str, headers: dict[str, str], title: str
) -> None:
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    answer = client.get(path, headers=raw)
    assert (answer.status_code, answer.json()["title"]) == (401, title)
    assert answer.headers["www-authenticate"] == 'Bearer realm="formulary"'


def test_the_word_bearer_may_be_written_small(client: TestClient) -> None:
    assert client.get("/v1/formulary", headers={"Authorization": "bearer gp"}).status_code == 200


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("headers", [{}, bearer(GP), bearer(PHARMACIST)])
def test_every_answer_carries_safe_headers_and_the_version(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    told = client.get(path, headers=headers).headers
    wanted = {
        "api-version": "1.0.0",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
    assert {name: told.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nergens", 404, "not-found"),
        ("GET", "/docs", 404, "not-found"),
        ("GET", "/v1/formulary/", 404, "not-found"),
        ("GET", "/v1/check", 405, "method-not-allowed"),
        ("DELETE", "/v1/formulary", 405, "method-not-allowed"),
    ],
)
def test_what_is_refused_is_a_problem_document_with_a_stable_type(
    client: TestClient, method: str, path: str, status: int, kind: str
) -> None:
    answer = client.request(method, path, headers=bearer(GP))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["type"], body["status"]) == (f"urn:problem-type:mijnstreek-formulary:{kind}", status)
    assert body["title"]
    assert body["detail"]


def test_a_refused_method_names_those_that_are_known(client: TestClient) -> None:
    assert client.get("/v1/check", headers=bearer(GP)).headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("", "Niet gevonden"),
        ("nl", "Niet gevonden"),
        ("fr, de;q=0.5", "Niet gevonden"),
        ("en", "Not found"),
        ("en-GB,en;q=0.9", "Not found"),
        ("nl;q=0.3, en;q=0.8", "Not found"),
        ("en;q=0.3, nl-BE", "Niet gevonden"),
    ],
)
def test_problems_are_dutch_unless_english_is_wanted_more(client: TestClient, asked: str, title: str) -> None:
    assert client.get("/nergens", headers={"Accept-Language": asked}).json()["title"] == title


def test_the_formulary_that_is_served_is_told_with_its_days(client: TestClient) -> None:
    answer = client.get("/v1/formulary", headers=bearer(GP, "en"))
    told = answer.json()
    days = [(each["version"], each["in_force_from"], each["in_force_until"]) for each in told["versions"]]
    assert days == [("2025", "2025-01-01", "2025-12-31"), ("2026", "2026-01-01", None)]
    assert told["indicators"][0] == {"id": "FORMULARY", "name": "According to the formulary, all lines"}
    again = client.get("/v1/formulary", headers={**bearer(GP, "en"), "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_openapi_document_is_valid_and_knows_no_422(client: TestClient) -> None:
    document: dict[str, Any] = client.get("/openapi.json").json()
    validate(document)
    assert document["openapi"].startswith("3.1.")
    assert "422" not in json.dumps(document)
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert document == client.get("/openapi.json").json()


def test_operations_keep_their_names(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    named = {path: operation["operationId"] for path, methods in paths.items() for operation in methods.values()}
    assert named == {
        "/v1/check": "checkLines",
        "/v1/formulary": "getFormulary",
        "/v1/groups/{group}/trend": "getGroupTrend",
        "/v1/practices/{agb}/trend": "getPracticeTrend",
        "/v1/prescribers/{agb}/adherence": "getPrescriberAdherence",
        "/v1/prescribers/{agb}/deviations": "getPrescriberDeviations",
        "/v1/prescribers/{agb}/switches": "getPrescriberSwitches",
        "/v1/prescribers/{agb}/trend": "getPrescriberTrend",
        "/fhir/MeasureReport": "searchMeasureReports",
        "/healthz": "getHealth",
        "/readyz": "getReadiness",
    }


def test_the_example_in_the_document_works(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    example = document["components"]["schemas"]["CheckRequest"]["examples"][0]
    answer = client.post("/v1/check", headers=bearer(PHARMACIST), json=example)
    assert answer.json()["lines"][0]["outcome"] == "NON_ADHERENT"


def test_start_and_end_of_the_service_pass_the_door(client: TestClient) -> None:
    with client:
        assert client.get("/healthz").json() == {"status": "ok"}


def test_an_answer_that_breaks_off_half_way_is_not_followed_by_another(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []

    async def breaks_off(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError("1951")

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    caplog.set_level(logging.DEBUG)
    door = Door(breaks_off, Keys(()))
    with pytest.raises(RuntimeError, match="broke off"):
        asyncio.run(door({"type": "http", "path": "/", "headers": []}, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "1951" not in caplog.text
