"""A prescriber sees its own course in time, beside the region, and only changes that are more than chance."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from formulary import sample_folder
from matcher import CHANGES, TREND
from service.app import create_app

from .serving import (
    ABSENT,
    COMMITTEE,
    GP,
    INSURER,
    OTHER,
    OWN,
    PHARMACIST,
    RULES,
    bearer,
    serve,
    write_keys,
    write_results,
)


def path_of(agb: str) -> str:
    return f"/v1/prescribers/{agb}/trend"


def write_course(folder: Path) -> None:
    """Write what `check` would have written of two months, and of one change for each of two prescribers."""
    usual = {"level": "prescriber", "id": OWN, "indicator": "FORMULARY", "numerator": 57, "denominator": 100}
    course = [
        {**usual, "month": "2026-02", "rate": 0.57, "expected": 0.8, "rise": 0.0, "fall": 6.1},
        {**usual, "month": "2026-01", "rate": 0.57},
        {**usual, "month": "2026-02", "indicator": "OLD_ONE", "rate": 0.57},
        {**usual, "month": "2026-01", "level": "region", "id": "streek", "rate": 0.82},
        *({**usual, "month": "2026-02", "id": f"0100000{n}", "rate": 0.99} for n in range(2, 6)),
        {**usual, "month": "2026-02", "level": "region", "id": "streek", "rate": 0.81},
        {**usual, "month": "2026-02", "level": "practice", "rate": 0.11},
    ]
    change = {**usual, "change": "FELL", "began": "2026-02", "seen_until": "2026-02", "rate": 0.57, "expected": 0.8}
    changes = [{**change, "false_discovery": 0.01}, {**change, "id": OTHER, "change": "ROSE", "false_discovery": 0.02}]
    pl.DataFrame(course, schema=TREND).write_csv(folder / "trend.csv")
    pl.DataFrame(changes, schema=CHANGES).write_csv(folder / "changes.csv")
    (folder / "summary.json").touch()


def answered(tmp_path: Path, **question: str) -> dict[str, Any]:
    client = serve(tmp_path)
    write_course(tmp_path / "results")
    answer = client.get(path_of(OWN), headers=bearer(GP), params=question)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_months_stand_in_order_beside_what_was_expected_and_the_region(tmp_path: Path) -> None:
    told = answered(tmp_path, indicator="FORMULARY")
    month = {
        "numerator": 57, "denominator": 100, "rate": 0.57, "interval_low": 0.472154, "interval_high": 0.662667,
    }  # fmt: skip
    change = {
        "change": "FELL", "began": "2026-02", "seen_until": "2026-02", "numerator": 57, "denominator": 100,
        "rate": 0.57, "expected": 0.8, "false_discovery": 0.01,
    }  # fmt: skip
    assert told["indicators"] == [
        {
            "indicator": "FORMULARY",
            "name": "Volgens het formularium, alle regels",
            "unit": "LINES",
            "months": [
                {**month, "month": "2026-01", "expected": None, "region_rate": None},
                {**month, "month": "2026-02", "expected": 0.8, "region_rate": 0.81},
            ],
            "change": change,
        }
    ]
    assert (told["prescriber_agb"], told["rules"], told["software"]) == (OWN, RULES, "0.1.0")
    assert told["versions"][0].keys() == {"version", "in_force_from", "in_force_until", "source"}


def test_the_region_is_not_told_where_it_would_tell_what_few_others_did(tmp_path: Path) -> None:
    january, february = answered(tmp_path, indicator="FORMULARY")["indicators"][0]["months"]
    assert (january["region_rate"], february["region_rate"]) == (None, 0.81)  # of one prescriber, and of five


def test_an_indicator_without_a_change_has_none_and_one_of_older_rules_its_id_for_a_name(tmp_path: Path) -> None:
    old = answered(tmp_path)["indicators"][1]
    assert (old["indicator"], old["name"], old["change"]) == ("OLD_ONE", "OLD_ONE", None)


@pytest.mark.parametrize(("language", "name"), [("nl", "campagne"), ("en", "campaign")])
def test_days_of_policy_are_told_with_the_versions(tmp_path: Path, language: str, name: str) -> None:
    rules = Path(shutil.copytree(sample_folder(), tmp_path / "rules"))
    policy = "day,name_nl,name_en,source\n2026-04-01,campagne,campaign,test\n"
    (rules / "policy_dates.csv").write_text(policy, encoding="utf-8")
    app = create_app(write_results(tmp_path / "results"), write_keys(tmp_path / "keys.toml"), rules)
    told = TestClient(app).get(path_of(OWN), headers=bearer(GP, language)).json()
    assert told["policy_dates"] == [{"day": "2026-04-01", "name": name}]


def test_results_of_before_there_were_courses_have_no_months(tmp_path: Path) -> None:
    answer = serve(tmp_path).get(path_of(OWN), headers=bearer(GP))
    assert (answer.status_code, answer.json()["indicators"]) == (200, [])


def test_nobody_else_s_course_is_told(tmp_path: Path) -> None:
    client = serve(tmp_path)
    write_course(tmp_path / "results")
    answers = [client.get(path_of(agb), headers=bearer(GP)) for agb in (OTHER, ABSENT, "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("key", [PHARMACIST, INSURER, COMMITTEE])
def test_no_other_role_sees_a_course(tmp_path: Path, key: str) -> None:
    assert serve(tmp_path).get(path_of(OWN), headers=bearer(key)).status_code == 403


def test_an_indicator_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    answer = serve(tmp_path).get(path_of(OWN), headers=bearer(GP), params={"indicator": "GEEN"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "indicator")


@pytest.mark.parametrize("name", ["trend.csv", "changes.csv"])
def test_a_course_that_cannot_be_read_leaves_the_results_that_were_read_before(tmp_path: Path, name: str) -> None:
    client = serve(tmp_path)
    (tmp_path / "results" / name).write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "results/summary.json").touch()
    assert client.get(path_of(OWN), headers=bearer(GP)).status_code == 200


def test_who_has_the_answer_already_gets_304(tmp_path: Path) -> None:
    client = serve(tmp_path)
    first = client.get(path_of(OWN), headers=bearer(GP))
    again = client.get(path_of(OWN), headers={**bearer(GP), "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
