"""For whom a line counts: prescriber, practice, group, sub-region and region, as they were on the day of the line."""

from pathlib import Path

import pytest

from tests.spec.small_region import SmallRegion

# Doctor 1 moves in the middle of a quarter; practice B merges into practice A at the end of June.
STRUCTURE = """
    level      | id       | part_of  | valid_from | valid_until
    -
    prescriber | 01000001 | 01000101 | 2026-01-01 | 2026-08-14
    prescriber | 01000001 | 01000103 | 2026-08-15 |
    prescriber | 01000002 | 01000102 | 2026-01-01 | 2026-06-30
    prescriber | 01000002 | 01000101 | 2026-07-01 |
    practice   | 01000101 | FTO-1    | 2026-01-01 |
    practice   | 01000102 | FTO-1    | 2026-01-01 | 2026-06-30
    practice   | 01000103 | FTO-2    | 2026-01-01 |
    group      | FTO-1    | OOST     | 2026-01-01 |
    group      | FTO-2    | WEST     | 2026-01-01 |
    subregion  | OOST     | proef    | 2026-01-01 |
    subregion  | WEST     | proef    | 2026-01-01 |
"""
LINES = """
    prescriber_agb | dispensed_on | product
    -
    01000001       | 2026-07-01   | pantoprazol
    01000001       | 2026-08-14   | pantoprazol
    01000001       | 2026-08-15   | pantoprazol
    01000001       | 2026-09-30   | omeprazol
    01000002       | 2026-07-01   | pantoprazol
    01000002       | 2026-06-30   | pantoprazol
    01000003       | 2026-07-01   | pantoprazol
"""


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path).csv("structure.csv", STRUCTURE)


def lines_of(region: SmallRegion, level: str, table: str = LINES) -> dict[str, int]:
    """Return how many lines each id of a level has, over all outcomes."""
    return {id_: sum(counts.values()) for id_, counts in region.counts(table, "EVERY_LINE", level).items()}


def test_a_doctor_who_moves_in_a_quarter_counts_for_both_practices(region: SmallRegion) -> None:
    table = "\n".join(LINES.splitlines()[:7])
    assert lines_of(region, "practice", table) == {"01000101": 2, "01000103": 2}


def test_a_doctor_who_moves_stays_one_prescriber(region: SmallRegion) -> None:
    assert lines_of(region, "prescriber")["01000001"] == 4


def test_after_a_merger_lines_count_for_the_practice_that_is_left(region: SmallRegion) -> None:
    days = "01000002 | 2026-06-30 | omeprazol\n01000002 | 2026-07-01 | omeprazol"
    table = "prescriber_agb | dispensed_on | product\n-\n" + days
    assert lines_of(region, "practice", table) == {"01000101": 1, "01000102": 1}


def test_groups_and_subregions_have_the_lines_of_their_practices_of_the_day(region: SmallRegion) -> None:
    assert lines_of(region, "group") == {"FTO-1": 4, "FTO-2": 2}
    assert lines_of(region, "subregion") == {"OOST": 4, "WEST": 2}


def test_the_region_has_every_line_also_of_who_is_in_no_practice(region: SmallRegion) -> None:
    assert lines_of(region, "region") == {"proef": 7}


def test_practices_add_up_to_the_prescribers_in_them(region: SmallRegion) -> None:
    prescribers = lines_of(region, "prescriber")
    assert sum(lines_of(region, "practice").values()) == prescribers["01000001"] + prescribers["01000002"]


def test_every_outcome_adds_up_from_practices_to_their_groups(region: SmallRegion) -> None:
    practices = region.counts(LINES, "EVERY_LINE", "practice").values()
    groups = region.counts(LINES, "EVERY_LINE", "group").values()
    for outcome in ("ADHERENT", "NON_ADHERENT"):
        assert sum(each.get(outcome, 0) for each in practices) == sum(each.get(outcome, 0) for each in groups)


def test_the_structure_goes_before_the_practice_that_a_line_names(region: SmallRegion) -> None:
    table = "practice_agb | dispensed_on | product\n-\n01000999 | 2026-07-01 | pantoprazol"
    assert lines_of(region, "practice", table) == {"01000101": 1}


def test_who_is_not_in_the_structure_counts_for_the_practice_that_the_line_names(region: SmallRegion) -> None:
    table = "prescriber_agb | practice_agb | product\n-\n01000003 | 01000999 | pantoprazol"
    assert lines_of(region, "practice", table) == {"01000999": 1}


def test_a_practice_that_only_the_line_names_may_still_have_its_group(region: SmallRegion) -> None:
    table = "prescriber_agb | practice_agb | dispensed_on | product\n-\n01000003 | 01000103 | 2026-07-01 | pantoprazol"
    assert lines_of(region, "group", table) == {"FTO-2": 1}


def test_before_the_first_day_of_a_membership_nobody_is_in_it(region: SmallRegion) -> None:
    assert lines_of(region, "practice", "dispensed_on | product\n-\n2025-12-31 | pantoprazol") == {}


def test_without_a_structure_the_practice_of_the_line_counts(tmp_path: Path) -> None:
    table = "practice_agb | product\n-\n01000999 | pantoprazol"
    bare = SmallRegion(tmp_path)
    assert (lines_of(bare, "practice", table), lines_of(bare, "group", table)) == ({"01000999": 1}, {})


def test_yesterday_s_lines_do_not_move_when_a_membership_is_added(region: SmallRegion) -> None:
    before = lines_of(region, "practice")
    region.csv("structure.csv", STRUCTURE.rstrip() + "\n    prescriber | 01000002 | 01000103 | 2026-12-01 |")
    assert lines_of(region, "practice") == before


@pytest.mark.parametrize("column", ["level", "id", "part_of", "valid_from"])
def test_a_membership_that_lacks_something_is_a_fault_with_its_place(region: SmallRegion, column: str) -> None:
    row = {"level": "group", "id": "FTO-9", "part_of": "OOST", "valid_from": "2026-01-01", "valid_until": "2026-12-31"}
    row[column] = ""
    region.csv("structure.csv", " | ".join(row) + "\n-\n" + " | ".join(row.values()) + "\nx | | | | y")
    assert ("structure.csv", 2, column) in [(fault.file, fault.row, fault.column) for fault in region.faults()]
