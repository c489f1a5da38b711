"""Chapter 11: what is owed. Rates are compared as whole numbers, so that 57 of 100 is 57 percent."""

from typing import Any

import pytest

from tests.worlds import Desk, Rules, indicator_of, scheme_of


def by(parts: str, more: str = "") -> Rules:
    """Return rules with a scheme of these parts."""
    return Rules(
        indicators=indicator_of("A") + indicator_of("B", 'atc = ["A02BC"]'), schemes=(scheme_of(parts, more=more),)
    )


def owed(desk: Desk, conform: int, deviant: int, rules: Rules) -> dict[str, Any]:
    """Return what is owed for so many lines that are conform and that deviate."""
    rows = [f"{n} | {medicine}" for n, medicine in ((conform, "omeprazol"), (deviant, "lansoprazol")) if n]
    return desk.rewarded("\n".join(["times | medicine", *rows]), rules)[0]


AT_57 = by("indicator | minimum | percent | cents\nA | 10 | 57 | 10000")
TWO_BANDS = by(
    """
    indicator | minimum | band   | percent | cents
    A         | 10      | zilver | 60      | 10000
    A         | 10      | goud   | 80      | 25000
    """
)


@pytest.mark.parametrize(("conform", "cents", "grounds"), [
    (56, 0, "BELOW_BANDS"), (57, 10_000, "BAND_REACHED"), (58, 10_000, "BAND_REACHED"),
])  # fmt: skip
def test_a_threshold_is_reached_exactly_at_it(desk: Desk, conform: int, cents: int, grounds: str) -> None:
    row = owed(desk, conform, 100 - conform, AT_57)
    assert (row["reward_cents"], row["grounds"]) == (cents, grounds)


@pytest.mark.parametrize("percent", [7, 14, 28, 29, 55, 56, 57, 58])
def test_thresholds_at_which_floating_numbers_fail_hold(desk: Desk, percent: int) -> None:
    rules = by(f"indicator | minimum | percent | cents\nA | 10 | {percent} | 10000")
    assert owed(desk, percent, 100 - percent, rules)["reward_cents"] == 10_000


@pytest.mark.parametrize(("lines", "grounds"), [(9, "TOO_FEW_LINES"), (10, "BAND_REACHED")])
def test_below_the_minimum_denominator_nothing_is_said(desk: Desk, lines: int, grounds: str) -> None:
    assert owed(desk, lines, 0, AT_57)["grounds"] == grounds


def test_no_lines_reach_no_band(desk: Desk) -> None:
    row = desk.rewarded("medicine\nparacetamol", by("indicator | minimum | percent | cents\nA | 1 | 1 | 100"))[0]
    assert (row["reward_cents"], row["grounds"]) == (0, "TOO_FEW_LINES")


@pytest.mark.parametrize(("conform", "band", "cents"), [(11, None, 0), (12, "zilver", 10_000), (16, "goud", 25_000)])
def test_the_highest_band_that_is_reached_pays(desk: Desk, conform: int, band: str | None, cents: int) -> None:
    row = owed(desk, conform, 20 - conform, TWO_BANDS)
    assert (row["band"], row["reward_cents"]) == (band, cents)


def test_each_part_of_a_scheme_pays_for_itself(desk: Desk) -> None:
    rules = by("indicator | minimum | percent | cents\nA | 1 | 50 | 100\nB | 1 | 100 | 700")
    rows = desk.rewarded("medicine\nomeprazol\nrosuvastatine", rules)
    assert [(row["indicator"], row["reward_cents"]) for row in rows] == [("A", 100), ("B", 700)]


def test_only_the_kinds_of_provider_that_take_part_are_paid(desk: Desk) -> None:
    rules = by("indicator | minimum | percent | cents\nA | 1 | 50 | 100", 'provider_types = ["01"]\n')
    rows = desk.rewarded("prescriber_agb\n01012345\n03012345", rules)
    assert [row["id"] for row in rows] == ["01012345"]


def test_exceptions_and_what_nobody_could_name_count_against_no_one(desk: Desk) -> None:
    table = """
        times | medicine    | remark | label
        57    | omeprazol   |        |
        43    | lansoprazol |        |
        30    | lansoprazol | 03     |
        30    |             |        | XYZZY
    """
    assert desk.rewarded(table, AT_57)[0]["reward_cents"] == 10_000


def test_the_steps_tell_how_the_amount_came_about(desk: Desk) -> None:
    assessment = desk.assess("times | medicine\n57 | omeprazol\n43 | lansoprazol", rules=AT_57, period="2026",
                             scheme="2026")  # fmt: skip
    assert assessment.reward_steps is not None
    told = assessment.reward_steps.select("step", "value_numerator", "value_denominator", "limit_numerator", "cents")
    assert told.rows() == [
        ("SCORE", 57, 100, None, None), ("LINES", 100, 1, 10, None), ("BAND", 57, 100, 57, 10_000)]  # fmt: skip
