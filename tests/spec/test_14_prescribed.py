"""Chapter 14: what was prescribed beside what was dispensed, from a file of prescriptions."""

import pytest

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
