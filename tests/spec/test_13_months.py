"""What was judged is also told month by month, for whoever looks at a course in time."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Level
from matcher import Period
from tests.spec.small_region import SmallRegion

LAST = 'population = { lines = "LAST", atc = ["A02BC"] }\nconform = [{ formulary = true }]'
EVERY = "population = {}\nconform = [{ formulary = true }]"
COST = f'{EVERY}\nunit = "COST"'


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    region = SmallRegion(tmp_path)
    return region.indicators(every=EVERY, last=LAST, cost=COST, both='composite = ["EVERY", "LAST"]')


def months(region: SmallRegion, table: str, indicator: str) -> dict[str, tuple[int, int]]:
    """Return numerator and denominator of the region in each month."""
    counted = region.assess(table).months.filter(indicator=indicator, level=Level.REGION)
    return {month: (n, d) for month, n, d in counted.select("month", "numerator", "denominator").rows()}


TABLE = """
    product       | dispensed_on | cost_cents
    -
    pantoprazol   | 2026-01-10   | 100
    omeprazol     | 2026-01-20   | 300
    omeprazol     | 2026-02-01   | 500
    pantoprazol   | 2026-04-30   | 700
    tetanusvaccin | 2026-05-01   | 900
    """


def test_lines_are_counted_in_the_month_of_their_day(region: SmallRegion) -> None:
    assert months(region, TABLE, "EVERY") == {"2026-01": (1, 2), "2026-02": (0, 1), "2026-04": (1, 1)}


def test_the_last_line_of_a_patient_is_that_of_each_month(region: SmallRegion) -> None:
    assert months(region, TABLE, "LAST") == {"2026-01": (0, 1), "2026-02": (0, 1), "2026-04": (1, 1)}


def test_costs_and_composites_have_months_too(region: SmallRegion) -> None:
    assert months(region, TABLE, "COST") == {"2026-01": (100, 400), "2026-02": (0, 500), "2026-04": (700, 700)}
    assert months(region, TABLE, "BOTH") == {"2026-01": (1, 3), "2026-02": (0, 2), "2026-04": (2, 2)}


def test_a_line_without_a_day_is_in_no_month(region: SmallRegion) -> None:
    assert months(region, "product | dispensed_on\n-\npantoprazol | 31-02-2026", "EVERY") == {}


def test_where_a_period_was_asked_for_months_are_not(region: SmallRegion) -> None:
    assert region.assess(TABLE, Period.parse("2026-Q1")).months.is_empty()


DAYS = st.sampled_from(["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-03-31", "2026-04-01"])


@given(st.lists(st.tuples(DAYS, st.sampled_from(["pantoprazol", "omeprazol", "tetanusvaccin"])), max_size=12))
def test_a_quarter_is_the_sum_of_its_months(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]
) -> None:
    region = SmallRegion(tmp_path_factory.mktemp("months")).indicators(every=EVERY)
    table = "dispensed_on | product\n-\n" + "\n".join(f"{day} | {product}" for day, product in lines)
    assessed = region.assess(table)
    added: dict[tuple[str, str, str], list[int]] = {}
    for month, level, id_, _, n, d in assessed.months.rows():
        year, number = month.split("-")
        sums = added.setdefault((f"{year}-Q{(int(number) + 2) // 3}", level, id_), [0, 0])
        sums[:] = [sums[0] + n, sums[1] + d]
    scored = assessed.scores.filter(assessed.scores["denominator"] > 0)
    expected = {(row["period"], row["level"], row["id"]): [row["numerator"], row["denominator"]]
                for row in scored.rows(named=True)}  # fmt: skip
    assert added == expected
