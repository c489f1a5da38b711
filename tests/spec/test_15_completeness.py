"""Chapter 15: what is missing is said. A pharmacy's own months tell what to expect of it."""

import pytest

from matcher import Assessment
from tests.worlds import Desk

HEAD = "dispensed_on | pharmacy_agb | prescriber_agb | times"
MONTHS = ("01", "02", "03", "04", "05", "06")


def _delivered(pharmacy: str, amounts: dict[str, int], prescriber: str = "01012345") -> str:
    rows = [f"2026-{month}-{day} | {pharmacy} | {prescriber} | {n // 2}" for month, n in amounts.items()
            for day in ("01", "28")]  # fmt: skip
    return "\n".join(row for row in rows if not row.endswith(" 0"))


def _assessed(desk: Desk, *deliveries: str) -> Assessment:
    steady = _delivered("02009999", dict.fromkeys(MONTHS, 60), "01099999")
    return desk.assess("\n".join([HEAD, steady, *deliveries]))


def _told(assessment: Assessment, pharmacy: str) -> dict[str, str]:
    found = assessment.completeness.filter(pharmacy_agb=pharmacy)
    return {row["month"][-2:]: str(row["delivery"]) for row in found.iter_rows(named=True)}


def _gap(month: str, lines: int) -> dict[str, int]:
    return {**dict.fromkeys(MONTHS, 60), month: lines}


def test_a_month_without_lines_between_months_with_lines_is_a_missing_delivery(desk: Desk) -> None:
    assert _told(_assessed(desk, _delivered("02001111", _gap("03", 0))), "02001111")["03"] == "MISSING"


@pytest.mark.parametrize(("lines", "said"), [(20, "LOW"), (40, "COMPLETE"), (60, "COMPLETE")])
def test_a_month_far_below_the_pharmacy_s_own_is_low(desk: Desk, lines: int, said: str) -> None:
    assert _told(_assessed(desk, _delivered("02001111", _gap("04", lines))), "02001111")["04"] == said


def test_a_pharmacy_that_began_later_missed_nothing_before(desk: Desk) -> None:
    late = _delivered("02001111", dict.fromkeys(MONTHS[2:], 60))
    assert _told(_assessed(desk, late), "02001111") == dict.fromkeys(MONTHS[2:], "COMPLETE")


def test_a_pharmacy_that_fell_silent_is_missed_for_two_months_and_then_has_closed(desk: Desk) -> None:
    closed = _delivered("02001111", dict.fromkeys(MONTHS[:3], 60))
    told = {"01": "COMPLETE", "02": "COMPLETE", "03": "COMPLETE", "04": "MISSING", "05": "MISSING"}
    assert _told(_assessed(desk, closed), "02001111") == told


def test_of_few_lines_or_few_months_nothing_is_expected(desk: Desk) -> None:
    few = _delivered("02001111", {**dict.fromkeys(MONTHS, 10), "03": 0})
    short = _delivered("02002222", {"01": 60, "03": 60})
    assessment = _assessed(desk, few, short)
    assert {*_told(assessment, "02001111").values(), *_told(assessment, "02002222").values()} == {"UNKNOWN"}


def test_a_month_of_which_the_lines_hold_a_part_is_compared_by_its_days(desk: Desk) -> None:
    rows = "\n".join(f"2026-07-{day:02} | 02009999 | 01099999 | 2" for day in range(1, 16))
    assert _told(_assessed(desk, rows), "02009999")["07"] == "COMPLETE"


def test_a_stray_date_far_away_makes_no_month_missing(desk: Desk) -> None:
    assessment = _assessed(desk, "2031-05-05 | 02009999 | 01099999 | 1")
    assert set(_told(assessment, "02009999").values()) == {"COMPLETE"}


def test_scores_that_lean_on_a_missing_delivery_are_provisional_in_that_period(desk: Desk) -> None:
    scores = _assessed(desk, _delivered("02001111", _gap("02", 0))).scores
    marked = scores.filter("provisional").select("period", "level", "id").rows()
    assert marked == [("2026-Q1", "prescriber", "01012345"), ("2026-Q1", "pharmacy", "02001111"),
                      ("2026-Q1", "region", "streek")]  # fmt: skip


def test_without_a_gap_no_score_is_provisional(desk: Desk) -> None:
    assert not _assessed(desk).scores["provisional"].any()


def test_lines_without_a_pharmacy_tell_nothing_of_deliveries(desk: Desk) -> None:
    assessment = desk.assess("dispensed_on\n2026-01-05\n2026-03-05")
    assert assessment.completeness.is_empty()
    assert not assessment.scores["provisional"].any()
