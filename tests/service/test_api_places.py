"""Members see the course of their practice and of their group; for others neither exists."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from matcher import CHANGES, TREND
from service.app import create_app
from tests.tables import csv_of, rows_of
from tests.worlds import Rules, indicator_of

from .serving import GP, INSURER, OWN, PHARMACIST, bearer, write_keys, write_results

# The own doctor and a colleague in practice 101, four more in 102 of the same group; one of these left before March.
STRUCTURE = """
    level      | id       | part_of  | valid_from | valid_until
    prescriber | 01000001 | 01000101 | 2026-01-01 |
    prescriber | 01000002 | 01000101 | 2026-01-01 |
    prescriber | 01000003 | 01000102 | 2026-01-01 |
    prescriber | 01000004 | 01000102 | 2026-01-01 |
    prescriber | 01000005 | 01000102 | 2026-01-01 |
    prescriber | 01000006 | 01000102 | 2026-01-01 | 2026-02-28
    practice   | 01000101 | FTO-1    | 2026-01-01 |
    practice   | 01000102 | FTO-1    | 2026-01-01 |
    practice   | 01000109 | FTO-2    | 2026-01-01 |
    practice   | 01000108 | FTO-1    | 2026-01-01 | 2026-02-28
"""
RULES = Rules(indicators=indicator_of("FORMULARY"), tables=(("structure.csv", csv_of(rows_of(STRUCTURE)[0], ",")),))
GROUP, PRACTICE = "/v1/groups/FTO-1/trend", "/v1/practices/01000101/trend"


def _month(month: str, level: str, id_: str, denominator: int = 100) -> dict[str, Any]:
    counted = {"numerator": denominator // 2, "denominator": denominator, "rate": 0.5}
    return {"month": month, "level": level, "id": id_, "indicator": "FORMULARY", **counted}


def _write_course(folder: Path) -> None:
    people = [f"0100000{n}" for n in range(1, 6)]
    rows = [_month("2026-02", "prescriber", each) for each in people]
    rows += [_month("2026-03", "prescriber", each) for each in people[:4]]
    for month in ("2026-02", "2026-03"):
        rows += [_month(month, "practice", "01000101", 200), _month(month, "practice", "01000102", 300)]
        rows += [_month(month, "group", "FTO-1", 500), _month(month, "region", "streek", 600)]
    change = {"level": "group", "id": "FTO-1", "indicator": "FORMULARY", "change": "FELL", "began": "2026-02",
              "numerator": 5, "denominator": 10, "rate": 0.5, "expected": 0.8, "false_discovery": 0.01}  # fmt: skip
    changes = [
        {**change, "seen_until": "2026-03"},
        {**change, "level": "practice", "id": "01000101", "seen_until": "2026-03"},
    ]
    pl.DataFrame(rows, schema=TREND).write_csv(folder / "trend.csv")
    pl.DataFrame(changes, schema=CHANGES).write_csv(folder / "changes.csv")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    folder = tmp_path_factory.mktemp("places")
    results = write_results(folder / "results")
    _write_course(results)
    RULES.write(folder / "rules")
    app = create_app(results, write_keys(folder / "keys.toml"), folder / "rules")
    return TestClient(app, raise_server_exceptions=False)


def _asked(client: TestClient, path: str, key: str = GP, **question: str) -> Response:
    return client.get(path, headers=bearer(key), params=question)


def test_a_member_sees_every_month_of_the_practice_and_what_changed(client: TestClient) -> None:
    told = _asked(client, PRACTICE).json()
    [course] = told["indicators"]
    assert (told["level"], told["id"]) == ("practice", "01000101")
    assert [(each["month"], each["denominator"]) for each in course["months"]] == [("2026-02", 200), ("2026-03", 200)]
    assert course["change"]["change"] == "FELL"


def test_of_a_group_months_with_few_prescribers_and_changes_in_them_are_left_out(client: TestClient) -> None:
    [course] = _asked(client, GROUP, indicator="FORMULARY").json()["indicators"]
    assert [each["month"] for each in course["months"]] == ["2026-02"]
    assert course["change"] is None


@pytest.mark.parametrize("path", [
    "/v1/practices/01000102/trend", "/v1/practices/01000109/trend", "/v1/practices/01000999/trend",
    "/v1/groups/FTO-2/trend", "/v1/groups/none/trend",
])  # fmt: skip
def test_another_practice_or_group_does_not_exist(client: TestClient, path: str) -> None:
    answers = [_asked(client, path), _asked(client, path, indicator="NONE")]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("key", [PHARMACIST, INSURER])
@pytest.mark.parametrize("path", [GROUP, PRACTICE])
def test_only_prescribers_are_members(client: TestClient, key: str, path: str) -> None:
    assert _asked(client, path, key).status_code == 403


def test_an_unknown_indicator_is_refused_and_an_equal_answer_is_not_sent_twice(client: TestClient) -> None:
    tag = _asked(client, GROUP).headers["etag"]
    again = client.get(GROUP, headers={**bearer(GP), "If-None-Match": tag})
    assert (_asked(client, GROUP, indicator="NONE").status_code, again.status_code) == (400, 304)


def test_without_a_course_nobody_is_a_member(tmp_path: Path) -> None:
    RULES.write(tmp_path / "rules")
    app = create_app(write_results(tmp_path / "results"), write_keys(tmp_path / "keys.toml"), tmp_path / "rules")
    assert _asked(TestClient(app), PRACTICE).status_code == 404


def test_who_left_is_no_member_any_more(tmp_path: Path) -> None:
    left = STRUCTURE.replace("01000001 | 01000101 | 2026-01-01 |", "01000001 | 01000101 | 2026-01-01 | 2026-03-30")
    results = write_results(tmp_path / "results")
    _write_course(results)
    Rules(indicators=indicator_of("FORMULARY"), tables=(("structure.csv", csv_of(rows_of(left)[0], ",")),)).write(
        tmp_path / "rules"
    )
    app = create_app(results, write_keys(tmp_path / "keys.toml"), tmp_path / "rules")
    assert (OWN in left, _asked(TestClient(app), PRACTICE).status_code) == (True, 404)
