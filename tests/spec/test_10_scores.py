"""Chapter 10: how adherent, how sure, and where among peers."""

from typing import Any

import pytest

from tests.worlds import Desk, Rules


def only(desk: Desk, table: str) -> dict[str, Any]:
    """Return the one score of a table."""
    return desk.scored(table)[0]


def test_a_rate_is_numerator_over_denominator(desk: Desk) -> None:
    assert only(desk, "times | medicine\n57 | omeprazol\n43 | lansoprazol")["rate"] == 0.57


def test_the_interval_is_the_one_of_wilson(desk: Desk) -> None:
    row = only(desk, "times | medicine\n57 | omeprazol\n43 | lansoprazol")
    assert (row["interval_low"], row["interval_high"]) == pytest.approx((0.4722, 0.6627), abs=5e-5)


def test_the_bounds_are_what_unidentified_lines_could_make_of_it(desk: Desk) -> None:
    row = only(desk, "times | medicine | label\n6 | omeprazol |\n2 | lansoprazol |\n2 | | XYZZY")
    assert (row["lowest"], row["rate"], row["highest"]) == (0.6, 0.75, 0.8)


def test_without_a_denominator_there_is_no_rate(desk: Desk) -> None:
    row = only(desk, "medicine\nparacetamol")
    assert [row[name] for name in ("rate", "interval_low", "interval_high", "percentile")] == [None] * 4


FIVE = "\n".join(
    ["times | prescriber_agb | medicine"]
    + [f"{n} | 0101234{n} | omeprazol\n{6 - n} | 0101234{n} | lansoprazol" for n in range(1, 6)]
)


def test_the_place_among_peers_runs_from_0_to_100(desk: Desk) -> None:
    assert [row["percentile"] for row in desk.scored(FIVE)] == [0, 25, 50, 75, 100]


def test_with_fewer_peers_than_the_minimum_there_is_no_place(desk: Desk) -> None:
    rows = desk.scored(FIVE, Rules(region="peers_min = 6"))
    assert [(row["peers"], row["percentile"]) for row in rows] == [(5, None)] * 5


def test_who_has_no_denominator_is_no_peer(desk: Desk) -> None:
    rows = desk.scored(f"{FIVE}\n1 | 01012349 | paracetamol")
    assert [(row["peers"], row["percentile"]) for row in rows][-1] == (5, None)


def test_a_score_names_the_versions_it_was_judged_by(desk: Desk) -> None:
    assert only(desk, "medicine\nomeprazol")["formulary_versions"] == "2026"
