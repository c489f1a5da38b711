"""What stands out in an assessment is counted, sorted on a total order, and never about a patient."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from formulary import Level
from matcher import (
    ADHERENCE_SCORES,
    KEPT_LINES,
    AdherenceScores,
    KeptLines,
    deviations_of,
    facts_of,
    over_all_periods,
    overview,
    top_deviations,
    troubled_of,
    unsure_labels,
)

SUBSTANCES = pl.DataFrame({"atc": ["A02BC05", "N06AB05"], "name_nl": ["Esomeprazol", "Paroxetine"]})
DEVIATES = {
    "outcome": "NON_ADHERENT",
    "reason": "NOT_RECOMMENDED",
    "matched_atc": "A02BC05",
    "preferred": "pantoprazol",
}
UNKNOWN = {"outcome": "UNIDENTIFIED", "reason": "UNKNOWN_PRODUCT", "decision": "UNMATCHED"}


def kept(*rows: dict[str, Any]) -> KeptLines:
    """Return lines of which each row says only what the test is about."""
    usual = {"source": "a.csv", "outcome": "ADHERENT", "prescriber_agb": "01000001", "pharmacy_agb": "02000001"}
    numbered = [{**usual, "line_no": number, **row} for number, row in enumerate(rows, 1)]
    return KeptLines(pl.DataFrame(numbered, schema=KEPT_LINES).lazy())


def scores(*rows: tuple[str, str, str, int, int]) -> AdherenceScores:
    names = ("period", "level", "id", "numerator", "denominator")
    usual = {"indicator": "X", "excepted": 0, "excluded": 0, "unidentified": 0}
    told = [{**usual, **dict(zip(names, row, strict=True))} for row in rows]
    return AdherenceScores(pl.DataFrame(told, schema=ADHERENCE_SCORES))


def test_a_deviation_is_told_with_its_lines_cost_and_prescribers() -> None:
    lines = kept(
        {**DEVIATES, "cost_cents": 1_000},
        {**DEVIATES, "cost_cents": None},
        {**DEVIATES, "cost_cents": 250, "prescriber_agb": "01000002"},
    )
    assert top_deviations(lines, substances=SUBSTANCES).rows() == [
        ("A02BC05", "Esomeprazol", "NOT_RECOMMENDED", "pantoprazol", 3, 1_250, 2)
    ]


def test_deviations_on_most_lines_come_first_and_the_dearest_where_they_tie() -> None:
    other = {**DEVIATES, "matched_atc": "N06AB05", "preferred": "sertraline"}
    lines = kept(
        {**DEVIATES, "preferred": "cheap", "cost_cents": 1},
        {**DEVIATES, "preferred": "dear", "cost_cents": 2},
        {**DEVIATES, "preferred": "same a", "cost_cents": 1},
        other,
        other,
    )
    assert top_deviations(lines)["preferred"].to_list() == ["sertraline", "dear", "cheap", "same a"]
    assert top_deviations(lines, 2)["preferred"].to_list() == ["sertraline", "dear"]


def test_a_deviation_with_a_documented_reason_is_not_among_them() -> None:
    assert top_deviations(kept({**DEVIATES, "outcome": "EXCEPTED"}, {})).is_empty()


@pytest.mark.parametrize(
    ("product", "substances", "told"),
    [
        ("ESOMEPRAZOL TABLET 40MG", None, "ESOMEPRAZOL TABLET 40MG"),
        ("ESOMEPRAZOL TABLET 40MG", SUBSTANCES, "Esomeprazol"),
        ("ESOMEPRAZOL TABLET 40MG", SUBSTANCES.clear(), "ESOMEPRAZOL TABLET 40MG"),
        (None, None, "A02BC05"),
    ],
)
def test_a_deviation_is_named_by_its_substance_else_a_product_else_its_code(
    product: str | None, substances: pl.DataFrame | None, told: str
) -> None:
    lines = kept({**DEVIATES, "matched_product": product})
    assert top_deviations(lines, substances=substances)["product"].to_list() == [told]


def test_amounts_too_large_for_64_bits_do_not_wrap() -> None:
    lines = kept(*({**DEVIATES, "cost_cents": 2**62} for _ in range(4)))
    assert top_deviations(lines)["cost_cents"].to_list() == [2**64]


def test_a_prescriber_sees_only_its_own_deviations() -> None:
    lines = kept(DEVIATES, {**DEVIATES, "prescriber_agb": "01000002"})
    assert deviations_of(lines, "01000002")["lines"].to_list() == [1]


def test_labels_nobody_could_name_come_by_number_of_lines_and_a_code_stands_in_for_a_label() -> None:
    lines = kept(
        {**UNKNOWN, "label": "Wat is dit"},
        {**UNKNOWN, "zi": 90_000_001},
        {**UNKNOWN, "zi": 90_000_001, "prescriber_agb": "01000002"},
        {**UNKNOWN, "label": "Misschien", "decision": "REVIEW"},
        {"label": "Wel herkend"},
    )
    assert unsure_labels(troubled_of(lines).unnamed).rows() == [
        ("ZI 90000001", "UNMATCHED", 2, 2),
        ("Misschien", "REVIEW", 1, 1),
        ("Wat is dit", "UNMATCHED", 1, 1),
    ]


def test_the_overview_tells_days_people_reasons_problems_and_days_without_version() -> None:
    lines = kept(
        {"dispensed_on": date(2026, 1, 2), "reason": "FIRST_CHOICE"},
        {"dispensed_on": date(2024, 12, 31), "outcome": "EXCLUDED", "reason": "NO_VERSION_IN_FORCE"},
        {"outcome": "INVALID", "reason": "NOT_UNDERSTOOD", "problem": "NO_DATE", "prescriber_agb": None},
        *({"outcome": "INVALID", "reason": "NOT_UNDERSTOOD", "problem": "BAD_COST"} for _ in range(4)),
    )
    seen = overview(facts_of(lines), troubled_of(lines), SUBSTANCES)
    assert seen.extent.rows() == [(date(2024, 12, 31), date(2026, 1, 2), 1, 1)]
    assert seen.reasons.rows() == [
        ("ADHERENT", "FIRST_CHOICE", 1),
        ("EXCLUDED", "NO_VERSION_IN_FORCE", 1),
        ("INVALID", "NOT_UNDERSTOOD", 5),
    ]
    places = [{"source": "a.csv", "line_no": number} for number in (4, 5, 6)]
    assert seen.problems.rows() == [("BAD_COST", 4, places), ("NO_DATE", 1, [{"source": "a.csv", "line_no": 3}])]
    assert seen.days_without_version.rows() == [(1, 1, date(2024, 12, 31), date(2024, 12, 31))]
    assert seen.deviations.is_empty()


def test_no_answer_of_the_overview_names_a_patient() -> None:
    lines = kept({**DEVIATES, "patient": "ps-1"}, {**UNKNOWN, "label": "x", "patient": "ps-1"})
    seen = overview(facts_of(lines), troubled_of(lines), SUBSTANCES)
    assert "ps-1" not in "".join(frame.write_json() for frame in vars(seen).values())


def test_periods_add_up_to_one_score_with_the_interval_of_the_sum() -> None:
    told = over_all_periods(
        scores(
            ("2026-Q1", "prescriber", "01000001", 30, 50),
            ("2026-Q2", "prescriber", "01000001", 27, 50),
            ("2026-Q1", "prescriber", "01000002", 1, 4),
            ("2026-Q1", "prescriber", "01000003", 0, 0),
            ("2026-Q1", "region", "streek", 58, 104),
        ),
        Level.PRESCRIBER,
        "X",
    )
    assert told.select("id", "numerator", "denominator", "rate").rows() == [
        ("01000002", 1, 4, 0.25),
        ("01000001", 57, 100, 0.57),
        ("01000003", 0, 0, None),
    ]
    limits = told.filter(id="01000001").select("interval_low", "interval_high").row(0)
    assert limits == (pytest.approx(0.4722, abs=5e-5), pytest.approx(0.6627, abs=5e-5))
