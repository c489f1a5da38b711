"""Chapter 18: how far the lines that nobody could name can move a score; only where they may belong do they count."""

import pytest

from tests.worlds import Desk, Rules, Version, indicator_of

# What stands before a bar: the population of the indicator; behind it: numerator, denominator, unidentified, bounds.
LINES = """
    times | atc     | zi       | label                   | icpc   | birth_year | dispensed_on | first_issue
    6     | A02BC01 |          |                         | K86    | 1950       | 2026-03-02   |
    2     | A02BC03 |          |                         | K86    | 1950       | 2026-03-02   |
    1     |         |          | XYZZY                   | K86    | 1950       | 2026-03-02   |
    1     |         |          | OMEPRAZOL ZALF 20MG     |        | 2000       | 2026-03-02   |
    1     |         |          | SALBUTAMOL CREME        | K86    | 1950       | 2026-03-02   |
    1     |         |          | VERBANDGAAS 5X5         | K86    | 1950       | 2026-03-02   |
    1     |         |          | XYZZY                   | K86    | 1950       | 2025-12-31   |
"""
# XYZZY may be anything. The first label is omeprazol for certain, the second salbutamol, the third no medicine.
POPULATIONS = [
    # Of the group of salbutamol the formulary is silent: it could not have been judged, whatever it is.
    ("", (6, 8, 2), (0.6, 0.8)),
    ('atc = ["A02BC"]', (6, 8, 2), (0.6, 0.8)),
    ('atc = ["A02BC01"]', (6, 6, 2), (0.75, 1.0)),
    ('atc = ["A02BC"], atc_except = ["A02BC01"]', (0, 2, 1), (0.0, 1 / 3)),
    ('atc = ["C10AA"]', (0, 0, 1), (0.0, 1.0)),
    ("coded_indication = true", (6, 8, 1), (6 / 9, 7 / 9)),
    ("age_min = 60", (6, 8, 1), (6 / 9, 7 / 9)),
    ("age_max = 59", (0, 0, 1), (0.0, 1.0)),
    ('icpc = ["T90"]', (0, 0, 0), (None, None)),
]


@pytest.mark.parametrize(("population", "counted", "bounds"), POPULATIONS)
def test_a_line_without_a_name_counts_in_the_bounds_of_what_it_may_belong_to(
    desk: Desk, population: str, counted: tuple[int, int, int], bounds: tuple[float, float]
) -> None:
    [row] = desk.scored(LINES, Rules(indicators=indicator_of("I", population)))
    assert tuple(row[name] for name in ("numerator", "denominator", "unidentified")) == counted
    assert (row["lowest"], row["highest"]) == (bounds if bounds[0] is None else pytest.approx(bounds))


@pytest.mark.parametrize(("flag", "unidentified"), [("J", 1), ("N", 0), ("", 1)])
def test_it_may_be_a_start_unless_the_source_says_otherwise(desk: Desk, flag: str, unidentified: int) -> None:
    rules = Rules(indicators=indicator_of("I", 'lines = "STARTS"'), region='first_issue_flag = "TRUSTED"')
    [row] = desk.scored(f"patient | label | first_issue\nP1 | XYZZY | {flag}", rules)
    assert row["unidentified"] == unidentified


def test_on_a_day_without_a_formulary_it_would_not_have_counted_either(desk: Desk) -> None:
    rules = Rules(versions=(Version("V", "2026-02-01"),))
    rows = desk.scored("dispensed_on | label\n2026-01-31 | XYZZY\n2026-02-01 | XYZZY", rules)
    assert [(row["unidentified"], row["excluded"]) for row in rows] == [(1, 1)]


def test_a_code_that_its_label_contradicts_is_one_of_the_two(desk: Desk) -> None:
    table = "zi | label\n11000155 | SIMVASTATINE ACCORD TABLET FO 20MG"
    groups = ("A02BC", "C10AA", "R03AC")
    indicators = "".join(indicator_of(group, f'atc = ["{group}"]') for group in groups)
    rows = desk.scored(table, Rules(indicators=indicators))
    assert [(row["indicator"], row["unidentified"]) for row in rows] == [("A02BC", 1), ("C10AA", 1), ("R03AC", 0)]


def test_a_substance_that_was_read_by_correcting_its_name_may_be_another(desk: Desk) -> None:
    rules = Rules(indicators=indicator_of("I", 'atc = ["C10AA"]'))
    rows = desk.scored("label\nONEPRAZOL ZALF 20MG\nOMEPRAZOL ZALF 20MG", rules)
    assert rows[0]["unidentified"] == 1


# Where a line takes the place of another, or weighs something else than one -----------------------------------------

PATIENTS = """
    patient | medicine    | label | dispensed_on
    P1      | omeprazol   |       | 2026-03-02
    P2      | omeprazol   |       | 2026-03-02
    P3      | lansoprazol |       | 2026-03-02
    P1      |             | XYZZY | 2026-03-09
"""


@pytest.mark.parametrize("rule", ['unit = "PATIENTS"', 'lines = "LAST"'])
def test_of_patients_it_may_take_the_place_of_a_line_that_counted(desk: Desk, rule: str) -> None:
    is_unit = rule.startswith("unit")
    indicator = indicator_of("I", "" if is_unit else rule) + (f"{rule}\n" if is_unit else "")
    [row] = desk.scored(PATIENTS, Rules(indicators=indicator))
    # 2 of 3 patients. P1 may end with a deviation (1 of 3); somebody else could not end better than all conform.
    assert (row["lowest"], row["rate"], row["highest"]) == pytest.approx((1 / 3, 2 / 3, 1.0))


def test_of_cents_it_is_the_cents_of_the_line_and_there_is_no_interval(desk: Desk) -> None:
    table = """
        medicine    | label | cost_cents
        omeprazol   |       | 600
        lansoprazol |       | 200
                    | XYZZY | 200
    """
    [row] = desk.scored(table, Rules(indicators=indicator_of("I") + 'unit = "COST"\n'))
    assert (row["lowest"], row["rate"], row["highest"]) == (0.6, 0.75, 0.8)
    assert (row["interval_low"], row["interval_high"]) == (None, None)
