"""Chapter 12: the six outcomes add up to the lines read, for every file, prescriber and period."""

from collections import Counter

from matcher import Outcome
from tests.worlds import Desk

TABLE = """
    prescriber_agb | dispensed_on | medicine    | label | remark
    01012345       | 2026-03-02   | omeprazol   |       |
    01012345       | 2026-03-02   | lansoprazol |       |
    01012345       | 2026-03-02   | lansoprazol |       | 03
    01012345       | 2026-03-02   | paracetamol |       |
    01012345       | 2026-03-02   |             | XYZZY |
    01012345       | 2026-03-02   |             |       |
"""


def test_there_are_six_outcomes() -> None:
    assert list(Outcome) == ["ADHERENT", "NON_ADHERENT", "EXCEPTED", "EXCLUDED", "UNIDENTIFIED", "INVALID"]


def test_every_line_has_one_of_them(desk: Desk) -> None:
    outcomes = desk.assess(TABLE).lines.collect()["outcome"].to_list()
    assert Counter(outcomes) == dict.fromkeys(Outcome, 1)


def test_a_prescriber_and_indicator_add_up_to_the_lines_read(desk: Desk) -> None:
    counts = desk.assess(TABLE, period="2026").counts.filter(level="prescriber")
    assert counts["lines"].sum() == 6


def test_a_line_without_a_prescriber_is_in_the_region_alone(desk: Desk) -> None:
    counts = desk.assess("prescriber_agb\n01012345\n", "prescriber_agb | label\n | X").counts
    assert [counts.filter(level=level)["lines"].sum() for level in ("prescriber", "region")] == [1, 2]
