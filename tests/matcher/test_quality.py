"""What an indicator is worth: it tells apart, or it cannot; there is room, or there is none."""

from typing import Any

import polars as pl
import pytest

from formulary import Direction, Indicator, Unit
from matcher import ADHERENCE_SCORES, AdherenceScores, indicator_quality

INDICATOR = Indicator.model_validate(
    {"id": "RATE", "name_nl": "x", "name_en": "x", "source": "x", "population": {}, "conform": [{"formulary": True}],
     "denominator_min": 10}
)  # fmt: skip
APART = [(n, 100) for n in range(50, 100, 5)]


def quality(pairs: list[tuple[int, int]], **more: Any) -> dict[str, Any]:
    rows = [
        {"period": "2026-Q3", "level": "prescriber", "id": f"{at:08}", "indicator": "RATE",
         "numerator": n, "denominator": d, "rate": n / d if d else None}
        for at, (n, d) in enumerate(pairs)
    ]  # fmt: skip
    scores = AdherenceScores(pl.DataFrame(rows, schema=ADHERENCE_SCORES))
    [row] = indicator_quality(scores, [INDICATOR.model_copy(update=more)], 5, ["prescriber"]).rows(named=True)
    return row


def test_peers_that_differ_far_more_than_by_chance_are_told_apart() -> None:
    row = quality(APART)
    assert (row["distinction"], row["peers"], row["median"]) == ("TELLS_APART", 10, pytest.approx(0.725))
    assert (row["lower_quartile"], row["upper_quartile"]) == pytest.approx((0.6125, 0.8375))
    assert row["reliability"] > 0.85


def test_few_lines_tell_nobody_apart_however_far_rates_lie() -> None:
    assert quality([(n // 10, 10) for n, _ in APART])["distinction"] == "CANNOT_TELL_APART"


def test_the_headroom_is_how_far_all_are_from_the_best() -> None:
    row = quality(APART)
    assert (row["benchmark"], row["rate"], row["headroom"]) == pytest.approx((0.95, 0.725, 0.225))


def test_where_lower_is_better_the_best_is_the_lowest() -> None:
    row = quality(APART, direction=Direction.LOWER)
    assert (row["benchmark"], row["headroom"]) == pytest.approx((0.5, 0.225))


def test_where_nothing_is_better_there_is_no_room() -> None:
    row = quality(APART, direction=Direction.NONE)
    assert (row["benchmark"], row["headroom"], row["distinction"]) == (None, None, "TELLS_APART")


@pytest.mark.parametrize(("direction", "high"), [(Direction.HIGHER, True), (Direction.LOWER, False)])
def test_what_is_at_its_end_and_alike_is_topped_out(direction: Direction, *, high: bool) -> None:
    pairs = [(n if high else 1000 - n, 1000) for n in (955, 960) * 10]
    assert quality(pairs, direction=direction)["distinction"] == "TOPPED_OUT"


def test_too_few_peers_are_not_compared_and_few_lines_make_no_peer() -> None:
    row = quality([*APART[:4], (9, 9), (0, 0)])
    assert (row["distinction"], row["peers"], row["reliability"]) == ("FEW_PEERS", 4, None)
    assert quality([(0, 0)])["rate"] is None


def test_cents_are_no_separate_choices() -> None:
    row = quality(APART, unit=Unit.COST)
    assert (row["distinction"], row["reliability"], row["peers"]) == ("NOT_COUNTED", None, 10)
