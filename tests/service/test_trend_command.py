"""`formulary score --trend`: the course at every level, with the days on which rules changed and what changed since."""

import json
from pathlib import Path
from typing import Any

import pytest

from formulary import Level
from tests.service.commands import Command
from tests.tables import csv_of, lines_of, rows_of
from tests.worlds import Rules, Version, indicator_of

A, B = "01000001", "01000002"
STRUCTURE = """
    level      | id       | part_of  | valid_from | valid_until
    prescriber | 01000001 | 01000101 | 2025-01-01 |
    prescriber | 01000002 | 01000102 | 2025-01-01 |
    practice   | 01000101 | FTO-1    | 2025-01-01 |
    practice   | 01000102 | FTO-1    | 2025-01-01 |
    group      | FTO-1    | Noord    | 2025-01-01 |
    subregion  | Noord    | streek   | 2025-01-01 |
"""
RULES = Rules(
    versions=(Version("2025", "2025-01-01", "2026-01-31"), Version("2026", "2026-02-01")),
    indicators=indicator_of("ALL") + indicator_of("PPI", 'atc = ["A02BC"]'),
    tables=(("structure.csv", csv_of(rows_of(STRUCTURE)[0], ",")),),
)
# A is 30 of 40 each month until June, and 10 of 40 from then on; B is 450 of 600, so that the region hardly moves.
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]


def _line(agb: str, month: str, conform: int, deviant: int) -> str:
    rest = f"{month}-10 | {agb} | 02001111"
    return f"{conform} | omeprazol | {rest}\n{deviant} | lansoprazol | {rest}"


@pytest.fixture
def asked(formulary: Command) -> Command:
    """Return the command on the lines of two doctors and a year."""
    rows = [_line(A, month, *((30, 10) if month < "2026-07" else (10, 30))) for month in MONTHS]
    rows += [_line(B, month, 450, 150) for month in MONTHS]
    table = "\n".join(["times | medicine | dispensed_on | prescriber_agb | pharmacy_agb", *rows])
    RULES.write(Path("rules"))
    Path("lines.csv").write_text(csv_of(lines_of(table)), encoding="utf-8")
    return lambda *words: formulary("score", "lines.csv", "--rules", "rules", "--trend", *words)


def _told(asked: Command, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked("--json", *words).out)
    return found


@pytest.mark.parametrize(("level", "ids"), [
    (Level.PRESCRIBER, {A: 40, B: 600}), (Level.PRACTICE, {"01000101": 40, "01000102": 600}),
    (Level.GROUP, {"FTO-1": 640}), (Level.SUBREGION, {"Noord": 640}), (Level.REGION, {"streek": 640}),
    (Level.PHARMACY, {"02001111": 640}),
])  # fmt: skip
def test_every_level_has_its_months_up_to_the_period(asked: Command, level: Level, ids: dict[str, int]) -> None:
    months = _told(asked, "--period", "2026-Q1", "--by", level, "--indicator", "ALL")["months"]
    first = {row["id"]: row for row in months if row["month"] == "2026-01"}
    assert {row["month"] for row in months} == {"2026-01", "2026-02", "2026-03"}
    assert {id_: row["denominator"] for id_, row in first.items()} == ids


def test_a_change_is_told_with_its_months_and_what_did_not_change_is_not(asked: Command) -> None:
    told = _told(asked, "--period", "2026", "--indicator", "ALL")
    assert [(row["id"], row["change"], row["began"]) for row in told["changes"]] == [(A, "FELL", "2026-07")]
    assert told["changes"][0]["false_discovery"] < 0.05


def test_days_on_which_rules_changed_within_the_months_are_told(asked: Command) -> None:
    (Path("rules") / "policy_dates.csv").write_text(
        "day,name_nl,name_en,source\n2026-04-01,Nieuwe vergoeding,New reimbursement,test\n", encoding="utf-8"
    )
    marks = _told(asked, "--period", "2026-Q2")["marks"]
    # The scheme of the rules folder begins with the year.
    assert [(mark["day"], mark["name"]) for mark in marks] == [
        ("2026-01-01", "Regeling"),
        ("2026-02-01", "2026"),
        ("2026-04-01", "Nieuwe vergoeding"),
    ]


@pytest.mark.parametrize(("lang", "sentence"), [
    ("nl", "gedaald sinds 2026-07 (gezien tot en met 2026-12)"), ("en", "FELL since"),
])  # fmt: skip
def test_people_read_a_table_for_each_with_what_changed_under_it(asked: Command, lang: str, sentence: str) -> None:
    told = asked("--period", "2026", "--lang", lang).out.replace("fell since", "FELL since")
    assert ("  2026-12  " in told, sentence in told, "01000001  ALL" in told) == (True, True, True)


def test_a_level_that_is_none_is_wrong_usage(asked: Command) -> None:
    assert asked("--period", "2026", "--by", "street").code == 2
