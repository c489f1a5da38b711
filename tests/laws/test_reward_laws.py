"""What holds for every reward, whatever the scheme and the counts; and a second engine that agrees to the cent."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher import AdherenceScores, Rewarding, allocate_cents, wilson_interval
from matcher.reward import reward_prescribers
from matcher.reward.exact import allocated, lower_bounds, order_of_rates, whole
from tests.laws import plain_rewards
from tests.laws.plain_rewards import Known
from tests.laws.random_schemes import payees, schemes, scores_and_facts, written

LIMITS = ("floor_cents", "cap_cents")
few = settings(max_examples=40)


def rewarding(scheme: dict[str, Any], known: dict[str, Known]) -> Rewarding:
    """Return what the engine says."""
    scores, facts = scores_and_facts(known)
    return reward_prescribers(scores, written(scheme), facts)


def by_part(found: Rewarding) -> dict[tuple[str, str], int]:
    """Return the cents of each payee and part."""
    return {(id_, part): cents for id_, part, cents in found.rewards.select("id", "part", "reward_cents").iter_rows()}


def owed(found: Rewarding) -> dict[str, int]:
    """Return what each payee is owed in all."""
    return dict(found.rewards.group_by("id").agg(pl.col("reward_cents").sum()).iter_rows())


@given(schemes(), payees())
@settings(max_examples=120)
def test_a_second_engine_in_fractions_agrees_to_the_cent(scheme: dict[str, Any], known: dict[str, Known]) -> None:
    assert by_part(rewarding(scheme, known)) == plain_rewards.rewards(scheme, known)


@given(schemes(), payees())
@few
def test_the_steps_of_a_part_add_up_to_what_it_pays(scheme: dict[str, Any], known: dict[str, Known]) -> None:
    found = rewarding(scheme, known)
    added = found.steps.group_by("id", "part").agg(pl.col("cents").sum())
    assert {(id_, part): cents for id_, part, cents in added.iter_rows()} == by_part(found)


@given(schemes(), payees())
@few
def test_the_parts_in_points_add_up_to_the_budget(scheme: dict[str, Any], known: dict[str, Known]) -> None:
    assume("budget_cents" in scheme)
    found = rewarding(scheme, known)
    pointed = [part.name for part in written(scheme).parts if part.in_points]
    paid = found.rewards.filter(pl.col("part").is_in(pointed))["reward_cents"].sum()
    points = found.steps.filter(pl.col("step") == "BUDGET")["value_numerator"].sum()
    assert paid == (scheme["budget_cents"] if points else 0)


@given(schemes(), payees())
@few
def test_no_cap_is_passed(scheme: dict[str, Any], known: dict[str, Known]) -> None:
    each = owed(rewarding(scheme, known))
    assert sum(each.values()) <= scheme.get("scheme_cap_cents", 10**12)


@given(schemes(), payees(), st.randoms(use_true_random=False))
@few
def test_the_order_of_payees_changes_nothing(scheme: dict[str, Any], known: dict[str, Known], random: Any) -> None:
    scores, facts = scores_and_facts(known)
    shuffled = AdherenceScores(scores[random.sample(range(scores.height), scores.height)])
    one, other = (reward_prescribers(each, written(scheme), facts) for each in (scores, shuffled))
    assert one.rewards.equals(other.rewards)
    assert one.steps.equals(other.steps)


@given(schemes(), payees(), st.integers(0, 3))
@few
def test_removing_a_part_changes_only_its_own(scheme: dict[str, Any], known: dict[str, Known], at: int) -> None:
    unlimited = {name: each for name, each in scheme.items() if not name.endswith(LIMITS) and name != "budget_cents"}
    plain = [{key: each for key, each in part.items() if key != "weight_percent"} for part in scheme["parts"]]
    assume("budget_cents" not in scheme and at < len(plain) > 1)
    rest = [part for n, part in enumerate(plain) if n != at]
    assume("point_cents" not in scheme or any(plain_rewards._is_in_points(part) for part in rest))
    whole_scheme = by_part(rewarding({**unlimited, "parts": plain}, known))
    without = by_part(rewarding({**unlimited, "parts": rest}, known))
    assert without == {key: cents for key, cents in whole_scheme.items() if key[1] != f"P{at}"}


@given(schemes(), payees(), st.sampled_from(["X", "Y"]), st.data())
@settings(max_examples=80)
def test_a_better_score_never_earns_less(
    scheme: dict[str, Any], known: dict[str, Known], indicator: str, data: st.DataObject
) -> None:
    who, d = data.draw(st.sampled_from(sorted(known))), data.draw(st.integers(1, 60))
    n = data.draw(st.integers(0, d - 1))
    more = data.draw(st.integers(n + 1, d))
    worse, better = (
        {**known, who: replace(known[who], counts={**known[who].counts, indicator: (each, d)})} for each in (n, more)
    )
    before, after = owed(rewarding(scheme, worse))[who], owed(rewarding(scheme, better))[who]
    # Where cents are shared out, others who lose their place among peers may turn single cents.
    assert after >= before - (len(scheme["parts"]) + 2 if _is_shared(scheme) else 0)


def _is_shared(scheme: dict[str, Any]) -> bool:
    return any(name.startswith(("budget", "practice", "scheme")) for name in scheme)


@given(st.integers(1, 500), st.integers(1, 100))
def test_a_threshold_is_reached_at_it_and_not_one_line_below(d: int, percent: int) -> None:
    part = {"part": "P", "indicator": "X", "denominator_min": 1,
            "bands": [{"name": "b", "threshold_percent": percent, "reward_cents": 7}]}  # fmt: skip
    scheme = {"id": "S", "name": "S", "source": "s", "in_force_from": "2026-01-01", "parts": [part]}
    least = -(-percent * d // 100)  # the fewest lines that make the percentage
    known = {name: Known(counts={"X": (n, d), "Y": (0, 0)})
             for name, n in (("A", least - 1), ("B", least), ("C", min(least + 1, d)))}  # fmt: skip
    assert owed(rewarding(scheme, known)) == {"A": 0, "B": 7, "C": 7}


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(1, 10**7)).filter(lambda each: each[0] <= each[1]), max_size=30
    )
)
def test_the_order_of_rates_is_that_of_fractions(pairs: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(pairs, schema={"n": pl.Int64, "d": pl.Int64}, orient="row")
    keys = frame.select(order_of_rates(pl.col("n"), pl.col("d")).alias("key"))["key"].to_list()
    rates = [Fraction(n, d) for n, d in pairs]
    assert [[one < other for other in keys] for one in keys] == [[one < other for other in rates] for one in rates]


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_a_budget_is_shared_as_allocate_cents_shares_it(total: int, weights: list[int]) -> None:
    frame = pl.DataFrame({"weight": weights, "group": [1] * len(weights)})
    expected = allocate_cents(total, weights) if sum(weights) else [0] * len(weights)
    assert allocated(frame, whole(total), "group").to_list() == expected


@pytest.mark.parametrize("pair", [(0, 0), (0, 10), (10, 10), (1, 3), (999_999, 1_000_000)])
def test_a_lower_bound_is_the_largest_ten_thousandth_that_lies_below(pair: tuple[int, int]) -> None:
    found = lower_bounds(pl.DataFrame([pair], schema={"n": pl.Int64, "d": pl.Int64}, orient="row"), 384_160_000)
    expected = 0 if pair[1] == 0 else int(wilson_interval(*pair, confidence=0.9500042)[0] * 10_000)
    assert found.to_list() == [expected]
