"""What `check` leaves behind of fairness: files, summary and report; and every odd input has its line in them."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.service.commands import Command
from tests.tables import csv_of, lines_of
from tests.worlds import Rules, indicator_of

LINES = """
    line_id | dispensed_on | patient | prescriber_agb | pharmacy_agb | remark | medicine
    1       | 2026-03-05   | P1      | 01012345       | 02001111     |        | omeprazol
    2       | 2026-03-05   | P2      | 01012345       | 02001111     |        | lansoprazol
    3       | 2026-03-02   | P3      | 01012345       | 02001111     | 03     | lansoprazol
    4       | 2026-03-03   | P4      | 06012345       | 02001111     |        | lansoprazol
    """
PRESCRIBED = """
    line_id | prescribed_on | patient | prescriber_agb | medicine
    1       | 2026-03-04    | P1      | 01012345       | omeprazol
    2       | 2026-03-04    | P2      | 01012345       | omeprazol
    """


def _file(name: str, table: str) -> str:
    rows = lines_of(table)
    if "prescribed_on" in rows[0]:
        rows = [{key: cell for key, cell in row.items() if key != "dispensed_on"} for row in rows]
    Path(name).write_text(csv_of(rows), encoding="utf-8")
    return name


def _summary(formulary: Command, *words: str) -> dict[str, Any]:
    assert formulary("check", *words, "--rules", "rules", "--out", "out").code == 0
    told: dict[str, Any] = json.loads(Path("out/summary.json").read_text(encoding="utf-8"))
    return told


def _oddities(formulary: Command, *tables: str) -> dict[str, int]:
    files = [_file(f"{n}.csv", table) for n, table in enumerate(tables, 1)]
    found: dict[str, int] = _summary(formulary, *files)["oddities"]
    return found


def test_a_check_tells_whose_deviations_were(formulary: Command) -> None:
    _summary(formulary, _file("lines.csv", LINES))
    told = pl.read_csv("out/attribution.csv", schema_overrides={"id": pl.String}).filter(id="01012345")
    assert dict(told.select("attributed_to", "lines").iter_rows()) == {"PRESCRIBER": 1, "MEDICAL_NEED": 1}


def test_a_file_of_prescriptions_is_laid_beside_what_was_dispensed(formulary: Command) -> None:
    words = (_file("lines.csv", LINES), "--prescribed", _file("prescribed.csv", PRESCRIBED))
    summary = _summary(formulary, *words)
    told = pl.read_csv("out/prescribed.csv", schema_overrides={"id": pl.String}).filter(id="02001111")
    assert told.select("conform", "to_deviation", "numerator", "denominator").row(0) == (1, 1, 1, 2)
    assert [(each["name"], each["lines"]) for each in summary["prescribed"]] == [("prescribed.csv", 2)]


def test_what_the_pharmacy_changed_is_in_the_report(formulary: Command) -> None:
    _summary(formulary, _file("lines.csv", LINES), "--prescribed", _file("prescribed.csv", PRESCRIBED))
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "apotheek (anders afgeleverd dan voorgeschreven)" in page


def test_prescriptions_that_are_no_lines_are_refused_by_name(formulary: Command) -> None:
    Path("odd.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    ended = formulary("check", _file("lines.csv", LINES), "--prescribed", "odd.csv", "--rules", "rules", "--out", "out")
    assert (ended.code, "odd.csv" in ended.err, Path("out").exists()) == (3, True, False)


def test_the_file_of_prescriptions_is_never_replaced_by_results(formulary: Command) -> None:
    Path("out").mkdir()
    _file("out/prescribed.csv", PRESCRIBED)
    words = ("--prescribed", "out/prescribed.csv", "--rules", "rules", "--out", "out")
    assert formulary("check", _file("lines.csv", LINES), *words).code != 0
    assert Path("out/prescribed.csv").exists()


MONTHS = [f"2026-{month:02}-{day:02}" for month in range(1, 7) for day in (1, 28)]
DELIVERED = [f" | {day} | {agb} | 15" for day in MONTHS for agb in ("02001111", "02002222")
             if (day[:7], agb) != ("2026-03", "02001111")]  # fmt: skip
MISSING = "\n".join(["line_id | dispensed_on | pharmacy_agb | times", *DELIVERED])


def test_a_missing_delivery_is_in_file_summary_report_and_scores(formulary: Command) -> None:
    summary = _summary(formulary, _file("lines.csv", MISSING))
    scores = pl.read_csv("out/adherence.csv")
    gaps = pl.read_csv("out/completeness.csv").filter(delivery="MISSING")
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert (summary["deliveries"]["MISSING"], gaps["month"].to_list()) == (1, ["2026-03"])
    assert scores.filter("provisional")["period"].unique().to_list() == ["2026-Q1"]
    assert "Ontbrekende leveringen" in page


ONE = "line_id | dispensed_on | patient\n1 | 2026-03-05 | P1\n2 | 2026-03-06 | P2"
FLAGS = "patient | dispensed_on | first_issue\nX | 2024-01-01 |\nP1 | 2026-03-05 | nee\nP2 | 2026-03-05 | ja"
EXAMPLES = {
    "OUT_OF_ORDER": (1, ["dispensed_on\n2026-03-05\n2026-03-04\n2026-03-06"]),
    "REPEATED_LINES": (2, [ONE, ONE + "\n3 | 2026-03-07 | P1"]),
    "ORPHAN_REVERSALS": (1, ["line_id | reversal_of\n1 | 99"]),
    "UNCLEAR_REVERSALS": (
        1,
        [ONE, ONE.replace("2026-03-05", "2026-03-09"), "line_id | patient | reversal_of\n9 | P1 | 1"],
    ),
    "DAYS_BEFORE_BIRTH": (1, ["birth_year\n2030\n1950"]),
    "PRESCRIBER_MISSING": (1, ["prescriber_agb\nABC\n01012345"]),
    "PRESCRIBER_NO_PERSON": (1, [LINES]),
    "FLAG_DISAGREES": (
        1,
        ["patient | dispensed_on | first_issue\nX | 2024-01-01 |\nP1 | 2026-03-05 | nee\nP2 | 2026-03-05 | ja"],
    ),
    "PRESCRIBERS_MOVED": (
        1,
        ["prescriber_agb | practice_agb\n01012345 | 01000101\n01012345 | 01000102\n01054321 | 01000101"],
    ),
    "ALIKE_IN_FILES": (2, [ONE, ONE.replace("\n1 |", "\nA |").replace("\n2 |", "\nB |")]),
    "PATIENTS_NOT_SHARED": (4, [ONE, ONE.replace("P1", "Q1").replace("P2", "Q2")]),
}


@pytest.mark.parametrize("oddity", EXAMPLES)
def test_what_is_odd_is_counted_in_the_summary_and_told_in_the_report(formulary: Command, oddity: str) -> None:
    n, tables = EXAMPLES[oddity]
    assert _oddities(formulary, *tables)[oddity] == n
    assert "Wat opviel in de regels" in Path("out/report.html").read_text(encoding="utf-8")


def test_lines_about_which_nothing_is_odd_have_no_oddities(formulary: Command) -> None:
    assert set(_oddities(formulary, ONE)) <= {"INDICATORS_OF_NOBODY", "SMALL_PRACTICES"}


def test_files_that_share_a_few_dispensings_are_no_month_delivered_twice(formulary: Command) -> None:
    other = "line_id | dispensed_on | patient\nA | 2026-03-05 | P1\n" + "\n".join(
        f"{n} | 2026-04-{n:02} | P{n}" for n in range(3, 9)
    )
    more = ONE + "\n8 | 2026-03-09 | P3\n9 | 2026-03-09 | P4"
    assert "ALIKE_IN_FILES" not in _oddities(formulary, more, other)


THREE = "practice_agb | times\n01000101 | 3\n01000102 | 10"
STRUCTURE = """level,id,name,part_of,valid_from,valid_until
prescriber,01012345,,01000101,2026-01-01,2026-02-15
prescriber,01012345,,01000102,2026-02-16,
"""


def test_a_practice_of_three_lines_and_an_indicator_of_nobody_have_a_line_in_the_report(formulary: Command) -> None:
    asked = indicator_of("ALL") + "denominator_min = 10\n" + indicator_of("NONE", 'atc = ["R03AC"]')
    Rules(indicators=asked).write(Path("rules"))
    shutil.rmtree("rules/schemes")
    told = _oddities(formulary, THREE)
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert (told["SMALL_PRACTICES"], told["INDICATORS_OF_NOBODY"]) == (1, 1)
    assert "Praktijken die bij geen indicator het minimum aantal regels halen: 1." in page
    assert "Indicatoren die over geen enkele regel gaan: 1." in page


def test_who_moved_by_the_structure_counts_on_each_day_where_he_was(formulary: Command) -> None:
    Path("rules/structure.csv").write_text(STRUCTURE, encoding="utf-8")
    told = _oddities(formulary, "dispensed_on | practice_agb\n2026-02-15 | 01000109\n2026-02-16 | 01000108")
    scores = pl.read_csv("out/adherence.csv", schema_overrides={"id": pl.String}).filter(level="practice")
    assert told["PRESCRIBERS_MOVED"] == 1
    assert dict(scores.select("id", "denominator").iter_rows()) == {"01000101": 1, "01000102": 1}
