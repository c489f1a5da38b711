"""Chapter 9: how often. Every indicator counts every line once: as conform or not, or as left out and why."""

from typing import Any

from tests.worlds import Desk, Rules, indicator_of

LINES = """
    medicine    | icpc | first_issue | remark | label
    pantoprazol | D84  | ja          |        |
    omeprazol   |      | nee         |        |
    lansoprazol | D84  | ja          |        |
    lansoprazol |      | nee         | 03     |
    paracetamol |      | ja          |        |
                |      |             |        | XYZZY
                |      |             |        |
"""
COUNTED = ("numerator", "denominator", "excepted", "excluded", "unidentified")


def counted(desk: Desk, population: str = "", conform: str = "{ formulary = true }") -> tuple[Any, ...]:
    """Return how the lines are counted by an indicator."""
    row = desk.scored(LINES, Rules(indicators=indicator_of("I", population, conform)))[0]
    return tuple(row[name] for name in COUNTED)


def test_all_lines_by_the_formulary(desk: Desk) -> None:
    assert counted(desk) == (2, 3, 1, 1, 1)


def test_the_seven_lines_are_all_accounted_for(desk: Desk) -> None:
    _, denominator, excepted, excluded, unidentified = counted(desk)
    invalid = 1
    assert denominator + excepted + excluded + unidentified + invalid == 7


def test_an_indicator_of_starts_leaves_repeats_out(desk: Desk) -> None:
    assert counted(desk, 'lines = "STARTS"') == (1, 2, 0, 3, 1)


def test_an_indicator_of_a_group_leaves_other_medicines_out(desk: Desk) -> None:
    assert counted(desk, 'atc = ["A02BC"], atc_except = ["A02BC01"]') == (1, 2, 1, 2, 1)


def test_an_indicator_of_coded_indications_leaves_out_what_has_none(desk: Desk) -> None:
    # The line that nobody could name has no indication either: whatever it is, it is not in this population.
    assert counted(desk, "coded_indication = true") == (1, 2, 0, 4, 0)


def test_an_indicator_may_ask_for_the_first_choice_only(desk: Desk) -> None:
    assert counted(desk, "", "{ formulary = true, rank_max = 1 }") == (1, 3, 1, 1, 1)


def test_an_indicator_may_name_its_own_medicines(desk: Desk) -> None:
    assert counted(desk, 'atc = ["A02BC"]', '{ atc = ["A02BC03"] }') == (1, 3, 1, 1, 1)


def test_a_line_is_conform_when_it_meets_any_one_of_the_conditions(desk: Desk) -> None:
    assert counted(desk, "", '{ rank_max = 1 }, { atc = ["A02BC03"] }') == (2, 3, 1, 1, 1)


def test_an_indicator_may_ask_for_a_form(desk: Desk) -> None:
    rules = Rules(indicators=indicator_of("I", "", '{ form = ["tablet_enteric"] }'))
    row = desk.scored("medicine\nomeprazol tablet\nomeprazol capsule\nomeprazol", rules)[0]
    assert (row["numerator"], row["denominator"]) == (1, 3)


def test_each_prescriber_practice_and_pharmacy_is_counted_and_the_region_as_a_whole(desk: Desk) -> None:
    table = """
        prescriber_agb | practice_agb | pharmacy_agb
        01012345       | 01900001     | 02000001
        01012346       | 01900001     | 02000001
    """
    by_level = {level: [row["denominator"] for row in desk.scored(table, level=level)]
                for level in ("prescriber", "practice", "pharmacy", "region")}  # fmt: skip
    assert by_level == {"prescriber": [1, 1], "practice": [2], "pharmacy": [2], "region": [2]}


def test_without_a_period_every_quarter_is_one(desk: Desk) -> None:
    scores = desk.assess("dispensed_on\n2026-03-31\n2026-04-01").scores.filter(level="region")
    assert scores["period"].to_list() == ["2026-Q1", "2026-Q2"]


def test_lines_outside_the_period_are_history_only(desk: Desk) -> None:
    assert desk.scored("dispensed_on\n2025-12-31\n2026-01-01\n2027-01-01")[0]["excluded"] == 0
