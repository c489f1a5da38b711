"""Who takes part when, and how many patients were enrolled: clean frames through the front door."""

from datetime import date
from pathlib import Path

import pytest

from formulary import ENROLMENT, PARTICIPATION, RulesInvalid, load_rulebook, sample_folder
from tests.formulary.small_region import region, write_region

TAKES_PART = """
    scheme | id       | valid_from | valid_until
    2026   | 01012345 | 2026-07-01 | 2026-09-30
    2026   | 01012345 | 2026-01-01 | 2026-03-31
    2026   | 01012345 | 2026-03-01 | 2026-04-30
    2026   | 01012345 | 2026-05-01 | 2026-05-31
    2026   | 01000002 | 2026-01-01 |
    2026   | 01000002 | 2026-04-01 | 2026-06-30
    2025   | 01012345 | 2025-01-01 | 2025-12-31
"""
ENROLLED = """
    practice_agb | quarter | patients
    01050024     | 2026-Q4 | 2000
    01050011     | 2026-Q1 | 4180
    01050011     | 2025-Q4 | 4200
"""


def test_stays_that_touch_or_overlap_are_one_stretch(tmp_path: Path) -> None:
    taking_part = region(tmp_path, participation=TAKES_PART).circumstances.participation
    assert taking_part.schema == PARTICIPATION
    assert taking_part.rows() == [
        ("2025", "01012345", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026", "01000002", date(2026, 1, 1), None),
        ("2026", "01012345", date(2026, 1, 1), date(2026, 5, 31)),
        ("2026", "01012345", date(2026, 7, 1), date(2026, 9, 30)),
    ]


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    head, *rows = TAKES_PART.strip().splitlines()
    turned = "\n".join([head, *reversed(rows)])
    one = region(tmp_path / "one", participation=TAKES_PART).circumstances.participation
    assert region(tmp_path / "other", participation=turned).circumstances.participation.equals(one)


def test_enrolled_patients_have_the_days_of_their_quarter(tmp_path: Path) -> None:
    enrolled = region(tmp_path, enrolment=ENROLLED).circumstances.enrolment
    assert enrolled.schema == ENROLMENT
    assert enrolled.rows() == [
        ("01050011", "2025-Q4", date(2025, 10, 1), date(2025, 12, 31), 4200),
        ("01050011", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31), 4180),
        ("01050024", "2026-Q4", date(2026, 10, 1), date(2026, 12, 31), 2000),
    ]


def test_a_practice_that_is_there_twice_for_a_quarter_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid) as told:
        load_rulebook(write_region(tmp_path, enrolment=f"{ENROLLED}    01050011     | 2026-Q1 | 5\n"))
    (fault,) = told.value.faults
    assert (fault.code, fault.file, fault.row, fault.column) == ("ENROLMENT_TWICE", "enrolment.csv", 5, "quarter")


def test_without_the_tables_both_frames_are_empty(tmp_path: Path) -> None:
    around = region(tmp_path).circumstances
    assert (around.participation.schema, around.enrolment.schema) == (PARTICIPATION, ENROLMENT)
    assert around.participation.is_empty()
    assert around.enrolment.is_empty()


def test_a_practice_that_merges_keeps_its_patients_to_the_day_and_its_prescribers_move(tmp_path: Path) -> None:
    structure = """
        level      | id       | part_of  | valid_from | valid_until
        prescriber | 01012345 | 01050011 | 2025-01-01 | 2026-03-31
        prescriber | 01012345 | 01050024 | 2026-04-01 |
    """
    enrolled = """
        practice_agb | quarter | patients
        01050011     | 2026-Q1 | 2000
        01050024     | 2026-Q1 | 3000
        01050024     | 2026-Q2 | 5000
    """
    around = region(tmp_path, structure=structure, enrolment=enrolled).circumstances
    places = around.memberships.select("part_of", "valid_from", "valid_until").rows()
    patients = {(agb, first): n for agb, _, first, _, n in around.enrolment.iter_rows()}
    assert places == [
        ("01050011", date(2025, 1, 1), date(2026, 3, 31)),
        ("01050024", date(2026, 4, 1), None),
    ]
    # From the day of the merger all patients are the other's; the practice that ended has no row to count twice.
    assert patients == {
        ("01050011", date(2026, 1, 1)): 2000,
        ("01050024", date(2026, 1, 1)): 3000,
        ("01050024", date(2026, 4, 1)): 5000,
    }


def test_in_the_sample_everyone_who_takes_part_is_in_the_structure() -> None:
    around = load_rulebook(sample_folder()).circumstances
    assert set(around.participation["id"]) <= set(around.memberships["id"])
    assert set(around.enrolment["practice_agb"]) <= set(around.memberships["id"])
