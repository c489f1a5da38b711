"""A prescriber is told what it could do otherwise, by the command and the API, in one and the same sentence."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

from formulary import Language
from matcher import DEVIATIONS, SWITCHES
from service.advice import switch_sentence
from tests.service.commands import Command
from tests.service.serving import ABSENT, COMMITTEE, GP, INSURER, OTHER, OWN, PHARMACIST, bearer, serve
from tests.tables import csv_of, lines_of

LINES = """
    dispensed_on | patient | medicine           | quantity | cost_cents | first_issue
    2026-01-01   | 1234567 | pantoprazol tablet | 30       | 150        | ja
    2026-02-01   | 7654321 | esomeprazol tablet | 30       | 900        | ja
    2026-03-14   | 7654321 | esomeprazol tablet | 30       | 900        | nee
    """
# 60 tablets for 18 euros instead of 3, in 73 days: 15 euros, and five times that a year.
SENTENCE = (
    "2 regels van Esomeprazol naar pantoprazol, score van 33,3 % naar 100,0 %, bespaart € 75,00 per jaar, "
    "1 is een herhaling, die vanzelf weer langskomt."
)
ROW = {
    "level": "prescriber", "id": OWN, "rank_no": 1, "matched_atc": "A02BC05", "product": "Esomeprazol",
    "preferred": "pantoprazol", "preferred_atc": "A02BC02", "lines": 2, "patients": 1, "repeats": 1, "numerator": 1,
    "numerator_after": 3, "denominator": 3, "saving_cents": 1500, "yearly_saving_cents": 7500,
}  # fmt: skip


@pytest.fixture
def checked(formulary: Command) -> Command:
    Path("lines.csv").write_text(csv_of(lines_of(LINES)), encoding="utf-8")
    assert formulary("check", "lines.csv", "--rules", "rules", "--out", "out").code == 0
    return formulary


def _spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_command_tells_each_switch_in_a_sentence(checked: Command) -> None:
    told = _spaced(checked("advice", "out", "--prescriber", "01012345").out)
    assert SENTENCE in told
    assert "Samen € 75,00 per jaar" in told


def test_the_lines_behind_are_shown_only_where_asked_and_never_with_the_patient_as_written(checked: Command) -> None:
    plain = checked("advice", "out", "--prescriber", "01012345").out
    behind = checked("advice", "out", "--prescriber", "01012345", "--lines").out
    assert ("lines.csv" in plain, behind.count("(lines.csv, regel ")) == (False, 2)
    assert "7654321" not in behind


def test_as_json_the_lines_stand_with_their_switch(checked: Command) -> None:
    told = json.loads(checked("advice", "out", "--prescriber", "01012345", "--lines", "--json").out)
    assert [len(each["behind"]) for each in told["switches"]] == [2]
    assert "behind" not in checked("advice", "out", "--prescriber", "01012345", "--json").out


def test_a_prescriber_that_is_not_in_the_results_is_named(checked: Command) -> None:
    ended = checked("advice", "out", "--prescriber", "01999999")
    assert (ended.code, "01999999" in ended.err) == (2, True)


def test_a_practice_is_told_its_switches_and_the_lines_of_all_who_work_there(formulary: Command) -> None:
    rows = [{**row, "practice_agb": "01000101"} for row in lines_of(LINES)]
    rows[-1]["prescriber_agb"] = "01099999"
    Path("lines.csv").write_text(csv_of(rows), encoding="utf-8")
    formulary("check", "lines.csv", "--rules", "rules", "--out", "out")
    asked = ("advice", "out", "--practice", "01000101")
    told = formulary(*asked, "--rules", "rules", "--lines").out
    machine = json.loads(formulary(*asked, "--rules", "rules", "--lines", "--json").out)
    assert (told.count("(lines.csv, regel "), "01099999" in told, "7654321" in told) == (2, True, False)
    assert (machine["practice_agb"], len(machine["switches"][0]["behind"])) == ("01000101", 2)
    assert "behind" not in json.loads(formulary(*asked, "--json").out)["switches"][0]


@pytest.mark.parametrize("words", [
    (), ("--prescriber", "01012345", "--practice", "01000101"), ("--practice", "01999999"),
])  # fmt: skip
def test_advice_is_for_one_prescriber_or_one_practice_that_is_there(checked: Command, words: tuple[str, ...]) -> None:
    ended = checked("advice", "out", *words)
    assert (ended.code, bool(ended.err), "Traceback" in ended.err) == (2, True, False)


def test_who_was_in_a_practice_is_not_asked_of_other_rules(formulary: Command) -> None:
    rows = [{**row, "practice_agb": "01000101"} for row in lines_of(LINES)]
    Path("lines.csv").write_text(csv_of(rows), encoding="utf-8")
    formulary("check", "lines.csv", "--rules", "rules", "--out", "out")
    assert formulary("advice", "out", "--practice", "01000101", "--lines").code == 2  # by those of the sample


def test_a_prescriber_with_nothing_to_mend_hears_that(formulary: Command) -> None:
    Path("lines.csv").write_text(csv_of(lines_of("medicine\npantoprazol")), encoding="utf-8")
    formulary("check", "lines.csv", "--rules", "rules", "--out", "out")
    assert "geen eigen afwijkingen" in formulary("advice", "out", "--prescriber", "01012345").out


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"lines": 1, "repeats": 0},
         "1 line from Esomeprazol to pantoprazol, score from 33.3% to 100.0%, saves €75.00 a year."),
        ({"denominator": None, "yearly_saving_cents": None, "repeats": 2},
         "2 lines from Esomeprazol to pantoprazol, 2 are repeats, which come up for renewal."),
        ({"denominator": None, "yearly_saving_cents": -5, "repeats": 0},
         "2 lines from Esomeprazol to pantoprazol, costs €0.05 a year more."),
    ],
)  # fmt: skip
def test_a_sentence_promises_no_more_than_is_known(changed: dict[str, int | None], told: str) -> None:
    assert switch_sentence({**ROW, **changed}, Language.EN) == told


def test_the_report_shows_the_switches_of_the_region(checked: Command) -> None:
    page = _spaced(Path("out/report.html").read_text(encoding="utf-8"))
    assert "Wat het meeste oplevert" in page
    assert re.search(r"33,3 % → 100,0 %", page)
    assert "€ 75,00 per jaar besparen" in page


def _serving(folder: Path) -> TestClient:
    client = serve(folder)
    rows = [ROW, {**ROW, "id": OTHER, "product": "Van een ander"}, {**ROW, "level": "practice", "product": "Praktijk"}]
    pl.DataFrame(rows, schema=SWITCHES).write_csv(folder / "results" / "switches.csv")
    deviation = {name: ROW[name] for name in ("id", "matched_atc", "product", "preferred", "lines")}
    told = [
        {**deviation, "reason": "NOT_RECOMMENDED", "attributed_to": "PRESCRIBER", "cost_cents": 1800},
        {**deviation, "id": OTHER, "reason": "NOT_RECOMMENDED", "attributed_to": "PRESCRIBER", "cost_cents": 1},
    ]
    pl.DataFrame(told, schema=DEVIATIONS).write_csv(folder / "results" / "deviations.csv")
    (folder / "results" / "summary.json").touch()
    return client


def test_the_api_tells_ones_own_switches_with_the_same_sentence(tmp_path: Path) -> None:
    client = _serving(tmp_path)
    told = client.get(f"/v1/prescribers/{OWN}/switches", headers=bearer(GP)).json()
    assert [_spaced(each["sentence"]) for each in told["switches"]] == [SENTENCE]
    assert (told["switches"][0]["saving_cents"], told["switches"][0]["patients"]) == (1500, 1)


def test_the_api_tells_ones_own_deviations(tmp_path: Path) -> None:
    client = _serving(tmp_path)
    told = client.get(f"/v1/prescribers/{OWN}/deviations", headers=bearer(GP)).json()
    assert [(each["attributed_to"], each["lines"], each["cost_cents"]) for each in told["deviations"]] == [
        ("PRESCRIBER", 2, 1800)
    ]


@pytest.mark.parametrize("what", ["switches", "deviations"])
def test_nobody_elses_are_told_and_no_other_role_sees_them(tmp_path: Path, what: str) -> None:
    client = _serving(tmp_path)
    ask = client.get
    answers = [ask(f"/v1/prescribers/{agb}/{what}", headers=bearer(GP)) for agb in (OTHER, ABSENT, "x")]
    assert {answer.status_code for answer in answers} == {404}
    roles = (PHARMACIST, INSURER, COMMITTEE)
    assert {ask(f"/v1/prescribers/{OWN}/{what}", headers=bearer(role)).status_code for role in roles} == {403}
