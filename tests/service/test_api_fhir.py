"""Scores as FHIR over HTTP: a prescriber its own exactly, an insurer those of many rounded, nobody else anything."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from fhir.resources.R4B.bundle import Bundle

from service.app import create_app
from tests.service.test_fhir_out import checked_in, counts_of

from .serving import COMMITTEE, GP, INSURER, PHARMACIST, bearer, digest, write_keys

PATH, OWN, OTHER = "/fhir/MeasureReport", "01012345", "01054321"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Return a client of a service over the results of a check by its own rules."""
    folder = checked_in(tmp_path_factory.mktemp("fhir"))
    keys = write_keys(folder / "keys.toml")
    more = f'[[keys]]\nname = "arts"\nsha256 = "{digest("own")}"\nrole = "prescriber"\nagb = "{OWN}"\n'
    keys.write_text(keys.read_text(encoding="utf-8") + more, encoding="utf-8")
    return TestClient(create_app(folder / "results", keys, folder / "rules"), raise_server_exceptions=False)


def _bundle(served: TestClient, key: str, **question: str) -> dict[str, Any]:
    answer = served.get(PATH, headers=bearer(key), params=question)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/fhir+json")
    Bundle.model_validate(answer.json())
    return dict(answer.json())


def _reports(served: TestClient, key: str, **question: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in _bundle(served, key, **question).get("entry", [])]


def test_a_prescriber_gets_its_own_scores_exactly_and_no_others(served: TestClient) -> None:
    reports = _reports(served, "own")
    assert {report["subject"]["identifier"]["value"] for report in reports} == {OWN}
    [report] = _reports(served, "own", period="2026-Q1", indicator="ALL")
    assert counts_of(report)["denominator-exclusion"] == 2
    assert report["group"][0]["measureScore"] == {"value": 0.8}


def test_an_insurer_gets_those_of_many_together_rounded(served: TestClient) -> None:
    reports = _reports(served, INSURER)
    assert {report["type"] for report in reports} == {"summary"}
    assert not {OWN, OTHER} & {report["reporter"]["identifier"]["value"] for report in reports}
    [region] = _reports(served, INSURER, period="2026-Q1", indicator="ALL")
    assert counts_of(region) == {
        "initial-population": 30,
        "denominator": 30,
        "denominator-exclusion": None,
        "denominator-exception": None,
        "numerator": 20,
    }


@pytest.mark.parametrize("key", [PHARMACIST, COMMITTEE])
def test_no_other_role_gets_anything(served: TestClient, key: str) -> None:
    assert served.get(PATH, headers=bearer(key)).status_code == 403


def test_without_a_key_nobody_gets_in(served: TestClient) -> None:
    assert served.get(PATH).status_code == 401


def test_a_prescriber_without_scores_gets_an_empty_bundle(served: TestClient) -> None:
    assert (_bundle(served, GP)["total"], _reports(served, GP)) == (0, [])


def test_pages_together_are_the_whole_answer(served: TestClient) -> None:
    whole, question, paged = _reports(served, "own"), f"{PATH}?_count=1", list[dict[str, Any]]()
    while question:
        page = served.get(question, headers=bearer("own")).json()
        assert page["total"] == len(whole)
        paged += [entry["resource"] for entry in page["entry"]]
        question = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
    assert len(whole) > 1
    assert paged == whole


@pytest.mark.parametrize("question", [{"period": "ooit"}, {"indicator": "GEEN"}, {"_count": "0"}, {"_offset": "-1"}])
def test_mistakes_are_problem_documents(served: TestClient, question: dict[str, str]) -> None:
    answer = served.get(PATH, headers=bearer("own"), params=question)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_who_has_the_answer_already_gets_304(served: TestClient) -> None:
    tag = served.get(PATH, headers=bearer("own")).headers["etag"]
    assert served.get(PATH, headers={**bearer("own"), "If-None-Match": tag}).status_code == 304


def test_results_of_other_rules_are_not_told(client: TestClient) -> None:
    answer = client.get(PATH, headers=bearer(GP))
    assert (answer.status_code, answer.json()["title"]) == (409, "Resultaten van andere regels")
