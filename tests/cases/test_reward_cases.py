"""What is owed, worked out by hand: every case in `rewards/` comes out to the cent, and its steps add up to it.

The files are meant to be read and signed: each names what it shows, gives the counts, and does the arithmetic.
"""

import polars as pl
import pytest

from tests.cases.reward_case import cases

CASES = cases()
every_case = pytest.mark.parametrize("name", sorted(CASES))


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


@every_case
def test_a_case_says_what_it_shows_and_does_its_arithmetic(name: str) -> None:
    assert [each for each in ("title", "arithmetic") if not CASES[name].content[each].strip()] == []


@every_case
def test_the_amounts_and_grounds_are_as_worked_out(name: str) -> None:
    found = CASES[name].rewarding().rewards.select("id", "part", "reward_cents", "grounds")
    assert found.rows() == CASES[name].owed


@every_case
def test_the_steps_add_up_to_the_amounts(name: str) -> None:
    rewarding = CASES[name].rewarding()
    key = ["period", "level", "id", "scheme", "part"]
    added = rewarding.steps.group_by(key).agg(pl.col("cents").sum())
    both = rewarding.rewards.join(added, on=key, how="full", coalesce=True)
    assert both.filter(pl.col("cents").ne_missing(pl.col("reward_cents"))).rows() == []


@every_case
def test_the_steps_are_numbered_from_one_without_a_gap(name: str) -> None:
    numbered = CASES[name].rewarding().steps.group_by("period", "id", "part", maintain_order=True).agg("step_no")
    assert [row for row in numbered["step_no"].to_list() if row != list(range(1, len(row) + 1))] == []


STEPS = {name: case for name, case in CASES.items() if "steps" in case.content}


@pytest.mark.parametrize("name", sorted(STEPS))
def test_the_steps_are_those_that_a_statement_must_print(name: str) -> None:
    case = STEPS[name]
    told = case.rewarding().steps.filter(pl.col("id") == case.content["steps_of"])
    pairs = ("value_numerator", "value_denominator", "limit_numerator", "limit_denominator", "cents")
    found = [[str(row["step"]), *("" if row[pair] is None else str(row[pair]) for pair in pairs)]
             for row in told.iter_rows(named=True)]  # fmt: skip
    assert found == [[cell.strip() for cell in line.split("|")] for line in case.content["steps"].strip().splitlines()]
