"""Chapter 14: what was prescribed beside what was dispensed, from a file of prescriptions."""

import pytest

from matcher import Period, faithfulness_of
from tests.worlds import Desk, Rules

HEAD = "patient | dispensed_on | medicine"
WINDOW = Rules(region="prescribed_days = 10")


def _told(desk: Desk, dispensed: str, prescribed: str) -> list[str | None]:
    lines = desk.assess(f"{HEAD}\n{dispensed}", rules=WINDOW, prescribed=f"{HEAD}\n{prescribed}").lines.collect()
    return [None if each is None else str(each) for each in lines["prescribed_outcome"]]


@pytest.mark.parametrize(
    ("prescribed_on", "told"),
    [("2026-03-01", "ADHERENT"), ("2026-03-11", "ADHERENT"), ("2026-02-28", None), ("2026-03-12", None)],
)
def test_a_dispensing_goes_with_a_prescription_of_the_days_before_it(
    desk: Desk, prescribed_on: str, told: str | None
) -> None:
    assert _told(desk, "P1 | 2026-03-11 | omeprazol", f"P1 | {prescribed_on} | omeprazol") == [told]


def test_a_prescription_is_of_its_own_patient_and_substance(desk: Desk) -> None:
    dispensed = "P1 | 2026-03-05 | omeprazol\nP2 | 2026-03-05 | omeprazol\nP1 | 2026-03-05 | simvastatine"
    assert _told(desk, dispensed, "P1 | 2026-03-04 | omeprazol") == ["ADHERENT", None, None]


def test_a_substance_that_was_not_prescribed_goes_with_what_was_prescribed_of_its_group(desk: Desk) -> None:
    assert _told(desk, "P1 | 2026-03-05 | lansoprazol", "P1 | 2026-03-04 | omeprazol") == ["ADHERENT"]


def test_a_prescription_that_was_dispensed_explains_nothing_else(desk: Desk) -> None:
    dispensed = "P1 | 2026-03-05 | omeprazol\nP1 | 2026-03-05 | lansoprazol"
    assert _told(desk, dispensed, "P1 | 2026-03-04 | omeprazol") == ["ADHERENT", None]


def test_the_last_prescription_before_it_is_the_one(desk: Desk) -> None:
    prescribed = "P1 | 2026-03-01 | omeprazol\nP1 | 2026-03-04 | esomeprazol"
    assert _told(desk, "P1 | 2026-03-05 | lansoprazol", prescribed) == ["NON_ADHERENT"]


def test_prescriptions_of_one_day_that_differ_tell_nothing(desk: Desk) -> None:
    prescribed = "P1 | 2026-03-04 | omeprazol\nP1 | 2026-03-04 | esomeprazol"
    assert _told(desk, "P1 | 2026-03-05 | lansoprazol", prescribed) == [None]


def test_what_the_line_says_itself_goes_before_the_file_of_prescriptions(desk: Desk) -> None:
    table = f"{HEAD} | prescribed_prk\nP1 | 2026-03-05 | lansoprazol | 700215"
    lines = desk.assess(table, rules=WINDOW, prescribed=f"{HEAD}\nP1 | 2026-03-04 | omeprazol").lines.collect()
    assert lines["prescribed_outcome"].to_list() == ["NON_ADHERENT"]


def test_a_prescription_is_dispensed_or_not_or_it_is_too_early_to_tell(desk: Desk) -> None:
    dispensed = "P1 | 2026-03-05 | omeprazol\nP9 | 2026-03-31 | simvastatine"
    days = {"P1": "2026-03-04", "P2": "2026-03-20", "P3": "2026-03-25", "P4": "2026-03-01"}
    prescribed = "\n".join(f"{patient} | {day} | omeprazol" for patient, day in days.items())
    found = desk.assess(f"{HEAD}\n{dispensed}", rules=WINDOW, prescribed=f"{HEAD}\n{prescribed}").prescriptions
    assert found.sort("prescribed_on")["dispensed"].to_list() == [None, True, False, None]


DISPENSED = """
    patient | dispensed_on | medicine    | prescriber_agb | pharmacy_agb
    P1      | 2026-03-05   | omeprazol   | 01012345       | 02001111
    P2      | 2026-03-05   | omeprazol   | 01012345       | 02001111
    P3      | 2026-03-05   | lansoprazol | 01012345       | 02001111
    P4      | 2026-03-05   | lansoprazol | 01012345       | 02002222
    P5      | 2026-03-31   | paracetamol | 01012345       | 02002222
    P6      | 2026-03-31   | omeprazol   | 01012345       | 02002222
    """
PRESCRIBED = """
    patient | dispensed_on | medicine    | prescriber_agb
    P1      | 2026-03-04   | omeprazol   | 01012345
    P2      | 2026-03-04   | esomeprazol | 01012345
    P3      | 2026-03-04   | omeprazol   | 01012345
    P4      | 2026-03-04   | lansoprazol | 01012345
    P5      | 2026-03-30   | paracetamol | 01012345
    P7      | 2026-03-10   | omeprazol   | 01012345
    P8      | 2026-03-30   | omeprazol   | 01012345
    """
CHANGES = ("conform", "to_conform", "to_deviation", "deviation", "not_judged", "not_dispensed", "too_early")


def _faithful(desk: Desk, period: str = "2026") -> dict[str, tuple[int, ...]]:
    assessment = desk.assess(DISPENSED, rules=WINDOW, prescribed=PRESCRIBED, period=period)
    rulebook, chosen = desk.rulebook(WINDOW), Period.parse(period)
    told = faithfulness_of(assessment.lines, assessment.prescriptions, rulebook, chosen)
    return {row["id"]: tuple(row[name] for name in (*CHANGES, "numerator", "denominator"))
            for row in told.iter_rows(named=True)}  # fmt: skip


def test_what_became_of_prescriptions_adds_up_per_pharmacy_prescriber_and_region(desk: Desk) -> None:
    assert _faithful(desk) == {
        "02001111": (1, 1, 1, 0, 0, 0, 0, 2, 3),
        "02002222": (0, 0, 0, 1, 1, 0, 0, 0, 0),
        "01012345": (1, 1, 1, 1, 1, 1, 1, 2, 3),
        "streek": (1, 1, 1, 1, 1, 1, 1, 2, 3),
    }


def test_outside_the_period_nothing_became_of_anything(desk: Desk) -> None:
    assert _faithful(desk, "2026-Q2") == {}


def test_without_a_period_every_quarter_is_one(desk: Desk) -> None:
    assessment = desk.assess(DISPENSED, rules=WINDOW, prescribed=PRESCRIBED)
    told = faithfulness_of(assessment.lines, assessment.prescriptions, desk.rulebook(WINDOW), None)
    assert told["period"].unique().to_list() == ["2026-Q1"]
