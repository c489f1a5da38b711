"""The report tells the course, who really changed, and what indicators are worth; the files beside it hold it all."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from formulary import Language, PolicyDate
from matcher import BREADTH, CHANGES, INDICATOR_QUALITY, RAW_LINES, TREND, RawLines, Workplace, assess
from service.report.compared import Compared
from service.report.page import found_in, render_report
from service.report.words import Words
from tests.service.test_report_page import summary_of
from tests.worlds import Desk, Rules, indicator_of

ONE = "01010001"
RULES = Rules(indicators=indicator_of("FORMULARY"))


def written(months: int, adherent: int, prescriber: str, later: int | None = None) -> list[dict[str, Any]]:
    """Return twenty lines a month from January 2026, so many adherent; from the fifth month on `later`."""
    return [
        {"source": "a.csv", "dispensed_on": f"2026-{month:02}-10", "prescriber_agb": prescriber,
         "atc": "A02BC02" if n < (adherent if later is None or month < 5 else later) else "A02BC05"}
        for month in range(1, months + 1) for n in range(20)
    ]  # fmt: skip


def page_of(
    desk: Desk, rows: list[dict[str, Any]], language: Language = Language.NL, *policy: PolicyDate
) -> tuple[str, Compared]:
    numbered = [{**row, "line_no": n} for n, row in enumerate(rows, 1)]
    plain = desk.rulebook(RULES)
    rulebook = replace(plain, circumstances=replace(plain.circumstances, policy_dates=policy))
    assessment = assess(RawLines(pl.DataFrame(numbered, schema=RAW_LINES).lazy()), rulebook, None, Workplace(b"k" * 32))
    found = found_in(assessment, rulebook, Words(language), 10)
    return render_report(assessment, summary_of(assessment), rulebook, language, found), found.compared


def others(months: int) -> list[dict[str, Any]]:
    return [row for at in range(2, 12) for row in written(months, 16 + at % 3, f"010100{at:02}")]


@pytest.mark.parametrize(("language", "said"), [(Language.NL, "▼ gedaald"), (Language.EN, "▼ fell")])
def test_who_fell_is_named_with_what_was_expected(desk: Desk, language: Language, said: str) -> None:
    page, compared = page_of(desk, [*written(8, 18, ONE, later=2), *others(8)], language)
    assert (said in page, f" {ONE}</th>" in page, '<svg class="course"' in page) == (True, True, True)
    assert ONE in compared.trend.changes["id"]


@pytest.mark.parametrize(("language", "name"), [(Language.NL, "campagne"), (Language.EN, "campaign")])
def test_a_policy_of_the_region_is_drawn_on_its_day(desk: Desk, language: Language, name: str) -> None:
    policy = PolicyDate(day=date(2026, 2, 1), name_nl="campagne", name_en="campaign", source="test")
    page, _ = page_of(desk, others(3), language, policy)
    assert f">{name}</text>" in page


def test_where_nobody_changed_it_says_so(desk: Desk) -> None:
    page, _ = page_of(desk, others(8))
    assert "Niemand: elk verschil" in page


def test_few_months_are_drawn_and_nothing_is_said_of_changes(desk: Desk) -> None:
    page, _ = page_of(desk, others(3))
    assert ('<svg class="course"' in page, "vanaf 6 maanden; er zijn er 3" in page) == (True, True)


def test_one_month_is_no_course(desk: Desk) -> None:
    page, _ = page_of(desk, others(1))
    assert ('<svg class="course"' in page, "nog maar één maand" in page) == (False, True)


def test_indicators_are_told_apart_by_what_they_are_worth(desk: Desk) -> None:
    alike = [row for at in range(2, 12) for row in written(3, 19, f"010100{at:02}")]
    page, compared = page_of(desk, alike)
    assert compared.worth_of_indicators() == {"FORMULARY": "TOPPED_OUT"}
    assert "<td>uitgewerkt</td>" in page


def test_the_score_stands_beside_what_the_region_would_reach_with_the_same_mix(desk: Desk) -> None:
    page, _ = page_of(desk, [*written(1, 18, ONE), *written(1, 9, "01010002")])
    # 27 of 40 in the region: 13.5 of 20 is expected of each.
    assert ('<td class="n">133,3\xa0%</td>' in page, '<td class="n">66,7\xa0%</td>' in page) == (True, True)


def test_few_peers_are_named_and_not_judged(desk: Desk) -> None:
    page, _ = page_of(desk, written(3, 19, ONE))
    assert "Zonder oordeel" in page


def test_the_files_hold_everyone(desk: Desk, tmp_path: Path) -> None:
    _, compared = page_of(desk, [*written(8, 18, ONE, later=2), *others(8)])
    compared.write(tmp_path)
    found = {path.name: pl.read_csv(path).columns for path in tmp_path.glob("*.csv")}
    assert found == {
        "indicators.csv": INDICATOR_QUALITY.names(),
        "trend.csv": TREND.names(),
        "changes.csv": CHANGES.names(),
        "breadth.csv": BREADTH.names(),
    }
