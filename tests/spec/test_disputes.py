"""What an upheld dispute makes of its line, and of nothing else."""

import polars as pl
import pytest

from matcher import RULINGS, Assessment, Period, Workplace, assess
from tests.worlds import KEY, Desk, Rules, indicator_of, warm_identifier

TABLE = """
    times | medicine    | prescriber_agb | practice_agb
    7     | omeprazol   | 01012345       | 01000001
    3     | lansoprazol | 01012345       | 01000001
    5     | lansoprazol | 01054321       | 01000002
"""
RULES = Rules(indicators=indicator_of("ALL") + indicator_of("PPI", 'atc = ["A02BC"]', '{ atc = ["A02BC01"] }'))
CONTESTED = 9  # the header counts, so that this is the eighth line: the first that deviates


def ruled(desk: Desk, **ruling: str) -> Assessment:
    """Return the year with one ruling, or none."""
    rows = [{"dispute": 3, "source": "file1.csv", "line_no": CONTESTED, **ruling}] if ruling else []
    workplace = Workplace(KEY, identifier=warm_identifier(), rulings=pl.DataFrame(rows, schema=RULINGS))
    return assess(desk.read(TABLE).lines, desk.rulebook(RULES), Period.parse("2026"), workplace)


def score(assessment: Assessment, prescriber: str, indicator: str) -> tuple[int, ...]:
    """Return numerator, denominator and what was excepted and excluded."""
    row = assessment.scores.row(by_predicate=(pl.col("id") == prescriber) & (pl.col("indicator") == indicator)
                                & (pl.col("level") == "prescriber"), named=True)  # fmt: skip
    return tuple(row[name] for name in ("numerator", "denominator", "excepted", "excluded"))


@pytest.mark.parametrize("indicator", ["ALL", "PPI"])
@pytest.mark.parametrize(("outcome", "wanted"), [("EXCEPTED", (7, 9, 1, 0)), ("EXCLUDED", (7, 9, 0, 1))])
def test_the_line_leaves_the_rate_of_every_indicator(
    desk: Desk, indicator: str, outcome: str, wanted: tuple[int, ...]
) -> None:
    assert score(ruled(desk, outcome=outcome), "01012345", indicator) == wanted


def test_the_line_says_why_and_whose_deviation_it_was(desk: Desk) -> None:
    lines = ruled(desk, outcome="EXCEPTED", attributed_to="PHARMACY").lines.collect()
    line = lines.row(by_predicate=pl.col("line_no") == CONTESTED, named=True)
    told = (line["outcome"], line["reason"], line["attributed_to"])
    assert told == ("EXCEPTED", "DISPUTE_UPHELD", "PHARMACY")


def test_a_line_that_was_anothers_moves_to_the_other(desk: Desk) -> None:
    moved = ruled(desk, prescriber_agb="01054321")
    assert (score(moved, "01012345", "ALL")[:2], score(moved, "01054321", "ALL")[:2]) == ((7, 9), (0, 6))


def test_a_line_that_moves_takes_no_practice_along(desk: Desk) -> None:
    lines = ruled(desk, prescriber_agb="01054321").lines.collect()
    assert lines.filter(pl.col("line_no") == CONTESTED)["practice_agb"].to_list() == [None]


def test_every_other_line_stays_as_it_was(desk: Desk) -> None:
    other = pl.col("line_no") != CONTESTED
    before, after = ruled(desk).lines.collect(), ruled(desk, outcome="EXCEPTED").lines.collect()
    assert after.filter(other).equals(before.filter(other))
