"""A prescriber sees its own scores, by which rules they were made, and nothing of anybody else."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from .serving import ABSENT, COMMITTEE, GP, INSURER, OTHER, OWN, PHARMACIST, RULES, bearer, serve, write_results


def path_of(agb: str) -> str:
    return f"/v1/prescribers/{agb}/adherence"


def test_a_prescriber_sees_its_own_score_with_everything_that_makes_it_fair(client: TestClient) -> None:
    answer = client.get(path_of(OWN), headers=bearer(GP), params={"indicator": "FORMULARY"})
    assert answer.status_code == 200
    assert answer.json() == {
        "prescriber_agb": OWN,
        "scores": [
            {
                "period": "2026-Q1",
                "indicator": "FORMULARY",
                "name": "Volgens het formularium, alle regels",
                "unit": "LINES",
                "numerator": 57,
                "denominator": 100,
                "excepted": 1,
                "excluded": 2,
                "unidentified": 3,
                "rate": 0.57,
                "interval_low": 0.472154,
                "interval_high": 0.662667,
                "lowest": 0.553398,
                "highest": 0.582524,
                "percentile": 25.0,
                "peers": 9,
                "formulary_versions": ["2025", "2026"],
            }
        ],
        "rules": RULES,
        "software": "0.1.0",
    }


@pytest.mark.parametrize(
    ("question", "numerators"),
    [
        ({}, [57, 3]),
        ({"period": "2026-Q2"}, [3]),
        ({"period": "2026-Q2", "indicator": "FORMULARY"}, []),
        ({"indicator": "OLD_ONE"}, [3]),
    ],
)
def test_period_and_indicator_narrow_the_answer(
    client: TestClient, question: dict[str, str], numerators: list[int]
) -> None:
    scores = client.get(path_of(OWN), headers=bearer(GP), params=question).json()["scores"]
    assert [score["numerator"] for score in scores] == numerators


def test_an_indicator_of_older_rules_is_told_by_its_id(client: TestClient) -> None:
    score = client.get(path_of(OWN), headers=bearer(GP), params={"indicator": "OLD_ONE"}).json()["scores"][0]
    assert (score["name"], score["percentile"]) == ("OLD_ONE", None)


def test_names_are_english_for_who_reads_english(client: TestClient) -> None:
    score = client.get(path_of(OWN), headers=bearer(GP, "en")).json()["scores"][0]
    assert score["name"] == "According to the formulary, all lines"


def test_another_prescriber_is_answered_exactly_as_one_that_does_not_exist(client: TestClient) -> None:
    answers = [client.get(path_of(agb), headers=bearer(GP)) for agb in (OTHER, ABSENT, "x", "streek")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1


@pytest.mark.parametrize("key", [PHARMACIST, INSURER, COMMITTEE])
def test_no_other_role_sees_a_prescriber_whether_there_or_not(client: TestClient, key: str) -> None:
    answers = [client.get(path_of(agb), headers=bearer(key)) for agb in (OWN, ABSENT)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content


def test_all_mistakes_in_a_question_come_together(client: TestClient) -> None:
    question = {"period": "vorig jaar", "indicator": "GEEN"}
    answer = client.get(path_of(OWN), headers=bearer(GP), params=question)
    assert answer.status_code == 400
    told = [(each["parameter"], each["code"]) for each in answer.json()["errors"]]
    assert told == [("period", "PERIOD_UNKNOWN"), ("indicator", "INDICATOR_UNKNOWN")]
    assert "vorig jaar" not in answer.text


@pytest.mark.parametrize("wrapped", ["{}", "W/{}", '"something", {}', "*"])
def test_who_has_the_answer_already_gets_304(client: TestClient, wrapped: str) -> None:
    first = client.get(path_of(OWN), headers=bearer(GP))
    known = {**bearer(GP), "If-None-Match": wrapped.format(first.headers["etag"])}
    again = client.get(path_of(OWN), headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


def test_a_next_check_shows_without_a_restart_and_changes_the_tag(tmp_path: Path) -> None:
    client = serve(tmp_path)
    before = client.get(path_of(OWN), headers=bearer(GP))
    write_results(tmp_path / "results", numerator=58)
    (tmp_path / "results/summary.json").touch()
    after = client.get(path_of(OWN), headers=bearer(GP))
    assert [each.json()["scores"][0]["numerator"] for each in (before, after)] == [57, 58]
    assert before.headers["etag"] != after.headers["etag"]


def test_a_prescriber_without_any_score_is_not_found(tmp_path: Path) -> None:
    client = serve(tmp_path)
    scores = tmp_path / "results/adherence.csv"
    scores.write_text(scores.read_text().replace(OWN, ABSENT))
    (tmp_path / "results/summary.json").touch()
    assert client.get(path_of(OWN), headers=bearer(GP)).status_code == 404
