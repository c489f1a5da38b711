"""What a draft scheme would have done: edges, luck and what-ifs, held against plain counting and exact chances."""

from datetime import date
from math import comb
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from formulary import PARTICIPATION
from matcher import AdherenceScores, RewardFacts, Simulation, simulate
from tests.cases.reward_case import scheme_of, scores_of

BANDS = [{"name": "half", "threshold_percent": 50, "reward_cents": 100},
         {"name": "heel", "threshold_percent": 80, "reward_cents": 300}]  # fmt: skip
HEAD = {"id": "S", "name": "S", "source": "t", "in_force_from": date(2026, 1, 1)}


def part(**more: Any) -> dict[str, Any]:
    """Return a part on indicator X, with bands where nothing else is given."""
    curve = {} if {"scale", "fixed"} & set(more) else {"bands": BANDS}
    return {"part": "P", "indicator": "X", "denominator_min": 10, **curve, **more}


def scored(*counts: tuple[int, int], **more: str) -> AdherenceScores:
    """Return scores of A, B, C and so on."""
    rows = [{"id": "ABCDEFGH"[k], "indicator": "X", "numerator": str(n), "denominator": str(d)}
            for k, (n, d) in enumerate(counts)]  # fmt: skip
    scores = scores_of(rows)
    given = {name: [int(each) for each in text.split()] for name, text in more.items()}
    return AdherenceScores(scores.with_columns(pl.Series(name, each, pl.Int64()) for name, each in given.items()))


def even(seed: int = 3) -> Any:
    """Return luck that is the same each time."""
    generator = np.random.default_rng(seed)

    def drawn(rows: int, columns: int) -> NDArray[np.float32]:
        return generator.random((rows, columns), dtype=np.float32)

    return drawn


def tried(scores: AdherenceScores, *parts: dict[str, Any], present: dict[str, Any] | None = None,
          facts: RewardFacts | None = None, draws: int = 2000, **more: Any) -> Simulation:  # fmt: skip
    """Return what a scheme of these parts would have done."""
    draft = scheme_of({**HEAD, "parts": list(parts), **more})
    now = None if present is None else scheme_of({**HEAD, "id": "NOW", **present})
    return simulate(scores, (draft, now), facts or RewardFacts(), even(), draws)


def near(simulation: Simulation) -> list[tuple[Any, ...]]:
    """Return who is near another band, by how many lines, and what that changes."""
    return simulation.near.select("id", "lines", "cents").rows()


def test_who_is_near_an_edge_is_told_with_the_fewest_lines_and_the_difference() -> None:
    # A has 79 of 100: one more is 80 %. B has 50 of 100: one fewer is under 50 %. C has 75: five more. D is far away.
    found = tried(scored((79, 100), (50, 100), (75, 100), (65, 100)), part())
    assert near(found) == [("A", 1, 200), ("B", -1, -100), ("C", 5, 200)]


def test_whoever_is_not_paid_on_a_score_has_no_edge() -> None:
    assert near(tried(scored((9, 9)), part())) == []


def test_edges_of_points_are_told_in_their_value() -> None:
    bands = [{"name": "b", "threshold_percent": 80, "points": 3}]
    assert near(tried(scored((79, 100)), part(bands=bands), point_cents=50)) == [("A", 1, 150)]


def test_edges_among_peers_hold_the_others_where_they_are() -> None:
    # C (80) passes D (81) with two lines more, and is passed by nobody.
    scores = scored((60, 100), (70, 100), (80, 100), (81, 100), (95, 100))
    bands = [{"name": "b", "threshold_percent": 75, "reward_cents": 100}]
    found = near(tried(scores, part(measure="PERCENTILE", bands=bands)))
    assert ("C", 2, 100) in found
    assert not [row for row in found if row[0] in ("A", "B")]


def reaching(least: int, d: int, p: float) -> float:
    """Return the chance that at least so many of d lines are conform."""
    return sum(comb(d, k) * p**k * (1 - p) ** (d - k) for k in range(least, d + 1))


def test_how_often_chance_pays_another_band_is_what_the_binomial_says() -> None:
    # Eight payees of 70 of 100 alike: all of them have one true rate, 0.70, and deserve the lower band.
    found = tried(scored(*[(70, 100)] * 8), part(), draws=20_000)
    wrong = reaching(80, 100, 0.70) + 1 - reaching(50, 100, 0.70)
    assert found.chance.payees["wrong_permille"].to_list() == pytest.approx([1000 * wrong] * 8, abs=4)


def test_the_range_of_the_total_holds_its_mean_and_the_sums_agree() -> None:
    chance = tried(scored(*[(70, 100), (60, 100), (80, 100), (90, 100)]), part()).chance
    assert chance.total_low <= chance.total <= chance.total_high
    assert chance.total - chance.true_total == pytest.approx(chance.over - chance.under, abs=2)


def test_the_same_seed_gives_the_same_chance() -> None:
    one, other = (tried(scored((70, 100), (60, 90)), part()).chance for _ in range(2))
    assert (one.wrong, one.total, one.over) == (other.wrong, other.total, other.over)


def test_what_chance_has_no_hold_on_is_always_paid_as_deserved() -> None:
    fixed = {"part": "F", "measure": "NOTHING", "fixed": {"reward_cents": 700}}
    chance = tried(scored((70, 100), (1, 5)), fixed).chance
    assert (chance.wrong, chance.over, chance.under, chance.total) == (0, 0, 0, 1400)


def test_a_scale_is_drawn_around_what_is_deserved() -> None:
    scale = {"lower_percent": 0, "upper_percent": 100, "reward_cents": 10_000}
    chance = tried(scored(*[(70, 100)] * 8), part(scale=scale), draws=5000).chance
    assert chance.total / 8 == pytest.approx(7000, rel=0.02)


@pytest.mark.parametrize("more", [
    {"budget_cents": 50_000}, {"point_cents": 10}, {"point_cents": 10, "cap_cents": 25},
    {"point_cents": 10, "floor_cents": 5, "scheme_cap_cents": 60}])  # fmt: skip
def test_points_caps_and_budgets_are_kept_in_every_draw(more: dict[str, Any]) -> None:
    bands = [{"name": "a", "threshold_percent": 50, "points": 1}, {"name": "b", "threshold_percent": 80, "points": 3}]
    chance = tried(scored((70, 100), (80, 100), (85, 100)), part(bands=bands), **more).chance
    most = more.get("budget_cents", min(more.get("scheme_cap_cents", 90), 3 * more.get("cap_cents", 30)))
    assert chance.total_high <= most + 1


def test_improvement_deciles_and_places_can_all_be_played() -> None:
    from matcher.reward import RewardFacts as Facts
    from tests.cases.reward_case import _FACTS

    rows = [{"id": id_, "indicator": "X", "numerator": "60", "denominator": "100"} for id_ in "ABCDE"]
    facts = Facts(baselines=_FACTS["baselines"](rows))
    parts = [
        part(part="I", measure="IMPROVEMENT", baseline="2025"),
        part(part="D", measure="DECILE", national_cuts_permille=[510, 550, 600, 650, 700, 750, 800, 850, 900]),
        part(part="P", measure="PERCENTILE"),
        part(part="L", certainty="LOWER"),
        part(part="K", certainty="PROBABILITY", probability_min_permille=800),
    ]
    chance = tried(scored((66, 100), (70, 100), (75, 100), (81, 100), (90, 100)), *parts, facts=facts).chance
    assert chance.parts["part"].to_list() == ["I", "D", "P", "L", "K"]
    assert 0 < chance.total_low <= chance.total_high


def test_winners_and_losers_are_told_beside_the_present_scheme() -> None:
    flat = {"part": "F", "measure": "NOTHING", "fixed": {"reward_cents": 200}}
    found = tried(scored((40, 100), (60, 100), (90, 100)), part(), present={"parts": [flat]})
    rows = found.totals.select("id", "cents", "cents_now", "difference").rows()
    assert rows == [("A", 0, 200, -200), ("B", 100, 200, -100), ("C", 300, 200, 100)]


def test_a_present_scheme_that_pays_others_is_not_compared() -> None:
    groups = {"payee": "group", "parts": [{"part": "F", "measure": "NOTHING", "fixed": {"reward_cents": 200}}]}
    assert tried(scored((40, 100)), part(), present=groups).totals["difference"].to_list() == [None]


def test_who_takes_part_in_the_present_scheme_takes_part_in_the_draft() -> None:
    listed = pl.DataFrame([("NOW", "A", date(2026, 1, 1), None)], schema=PARTICIPATION, orient="row")
    present = {"parts": [part()], "taking_part": "LISTED"}
    found = tried(scored((90, 100), (90, 100)), part(), present=present, taking_part="LISTED",
                  facts=RewardFacts(participation=listed))  # fmt: skip
    assert found.totals.select("id", "cents").rows() == [("A", 300)]


def test_what_lines_might_have_been_is_worked_out_by_the_engine() -> None:
    # 79 of 100 with 2 excepted and 5 unidentified.
    found = tried(scored((79, 100), excepted="2", unidentified="5"), part())
    told = {row["what"]: row["difference"] for row in found.what_ifs.rows(named=True)}
    # 79/105 = 75.2 %; 84/105 = 80 %: heel; 79/98 = 80.6 %: heel; ten lines left out: 79/90 = 87.8 %: heel.
    assert list(told.values()) == [0, 200, 200, 200]


def test_nobody_to_pay_is_told_as_nothing() -> None:
    found = tried(AdherenceScores(scored((1, 2)).clear()), part())
    assert (found.cents, found.chance.wrong, found.near.height) == (0, 0, 0)
