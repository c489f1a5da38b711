"""Who is compared with whom, and which days may move rates, are tables of the rules folder."""

from datetime import date
from pathlib import Path

from tests.spec.small_region import SmallRegion


def test_peer_groups_and_policy_dates_are_read_as_they_stand(tmp_path: Path) -> None:
    region = SmallRegion(tmp_path).csv("peer_groups.csv", """
        level      | id       | peer_group | valid_from
        -
        prescriber | 01000001 | stad       | 2026-01-01
        """)  # fmt: skip
    region.csv("policy_dates.csv", """
        day        | name_nl  | name_en  | source
        -
        2026-04-01 | campagne | campaign | proef
        """)  # fmt: skip
    found = region.load().circumstances
    assert found.peer_groups.rows() == [("prescriber", "01000001", "stad", date(2026, 1, 1), None)]
    assert [(each.day, each.name_nl, each.name_en) for each in found.policy_dates] == [
        (date(2026, 4, 1), "campagne", "campaign")
    ]


def test_without_the_tables_there_are_none(tmp_path: Path) -> None:
    found = SmallRegion(tmp_path).load().circumstances
    assert (found.peer_groups.height, found.policy_dates) == (0, ())


def test_a_day_that_is_none_and_a_stay_that_ends_before_it_starts_are_faults(tmp_path: Path) -> None:
    region = SmallRegion(tmp_path).csv("policy_dates.csv", """
        day        | name_nl | name_en | source
        -
        2026-04-31 | x       | x       | proef
        """)  # fmt: skip
    region.csv("peer_groups.csv", """
        level      | id       | peer_group | valid_from | valid_until
        -
        prescriber | 01000001 | stad       | 2026-01-02 | 2026-01-01
        """)  # fmt: skip
    assert sorted(fault.file for fault in region.faults()) == ["peer_groups.csv", "policy_dates.csv"]
