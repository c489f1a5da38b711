"""What shifts everywhere at once is a fault in the data; what one prescriber does is not."""

from typing import Any

import polars as pl
import pytest

from matcher import KEPT_LINES, alarms_of, facts_of

PRESCRIBERS = [f"0100{n:04}" for n in range(12)]
GOOD, BAD, UNNAMED = "ADHERENT", "NON_ADHERENT", "UNIDENTIFIED"


def _lines(month: int, outcomes: dict[str, int], **more: Any) -> list[dict[str, Any]]:
    """Return lines of one prescriber in a month: so many of each outcome."""
    said = {"prescriber_agb": PRESCRIBERS[0], "pharmacy_agb": "02001111", "matched_atc": "A02BC01",
            "formulary_version": "2026", "dispensed_on": f"2026-{month:02}-10", **more}  # fmt: skip
    return [{**said, "outcome": outcome} for outcome, n in outcomes.items() for _ in range(n)]


def _told(lines: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    frame = pl.DataFrame(lines).with_columns(
        pl.col("dispensed_on").str.to_date(), pl.col("outcome").cast(KEPT_LINES["outcome"])
    )
    return alarms_of(facts_of(frame.lazy())).select("alarm", "id", "month", "measure").rows()


def _everyone(month: int, outcomes: dict[str, int], **more: Any) -> list[dict[str, Any]]:
    return [line for each in PRESCRIBERS for line in _lines(month, outcomes, prescriber_agb=each, **more)]


STEADY = _everyone(1, {GOOD: 16, BAD: 4})


def test_nothing_that_stays_the_same_alarms() -> None:
    assert _told([*STEADY, *_everyone(2, {GOOD: 16, BAD: 4})]) == []


def test_a_rate_that_falls_for_everyone_at_once_alarms_once_for_the_month() -> None:
    assert _told([*STEADY, *_everyone(2, {GOOD: 8, BAD: 12})]) == [("MONTH", "", "2026-02", "RATE")]


def test_a_rate_that_falls_with_a_new_formulary_version_is_no_alarm() -> None:
    assert _told([*STEADY, *_everyone(2, {GOOD: 8, BAD: 12}, formulary_version="2027")]) == []


def test_labels_that_nobody_can_name_any_more_alarm() -> None:
    told = _told([*STEADY, *_everyone(2, {GOOD: 10, BAD: 2, UNNAMED: 8})])
    assert told == [("MONTH", "", "2026-02", "NOT_NAMED")]


def test_what_one_prescriber_does_is_no_alarm() -> None:
    others = [line for each in PRESCRIBERS[1:] for line in _lines(2, {GOOD: 16, BAD: 4}, prescriber_agb=each)]
    assert _told([*STEADY, *others, *_lines(2, {BAD: 20})]) == []


def test_one_pharmacy_that_shifts_for_all_its_prescribers_alarms_alone() -> None:
    other = {"pharmacy_agb": "02002222"}
    steady = [*STEADY, *_everyone(1, {GOOD: 80, BAD: 20}, **other), *_everyone(2, {GOOD: 80, BAD: 20}, **other)]
    told = _told([*steady, *_everyone(2, {GOOD: 6, BAD: 14})])
    assert told == [("PHARMACY", "02001111", "2026-02", "RATE")]


@pytest.mark.parametrize(("omeprazol", "told"), [(16, []), (6, ["A02BC01", "A02BC02"])])
def test_a_product_that_everybody_leaves_at_once_alarms(omeprazol: int, told: list[str]) -> None:
    mixed = [*_everyone(1, {GOOD: 16}), *_everyone(1, {GOOD: 4}, matched_atc="A02BC02")]
    later = [*_everyone(2, {GOOD: omeprazol}), *_everyone(2, {GOOD: 20 - omeprazol}, matched_atc="A02BC02")]
    assert [row[1] for row in _told([*mixed, *later])] == told


def test_of_one_month_nothing_can_shift() -> None:
    assert _told(STEADY) == []
