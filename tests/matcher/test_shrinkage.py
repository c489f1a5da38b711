"""Rates of few lines are drawn towards their peers, as published, as scipy works it out, and as it turns out."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from matcher import Prior, ShrunkenRates, fitted_prior, probability_above, shrunken_rates, wilson_interval

# Boys among the first twelve children of 6,115 families of thirteen in Saxony, 1876-1885 (Geissler 1889).
BOYS, FAMILIES = range(13), (3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7)
counts = st.integers(1, 200).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))


def test_the_families_of_saxony_have_the_published_spread() -> None:
    boys = [n for n, families in zip(BOYS, FAMILIES, strict=True) for _ in range(families)]
    prior = fitted_prior(boys, [12] * len(boys))
    assert (prior.alpha, prior.beta) == pytest.approx((34.09558, 31.5715), rel=5e-4)
    # As published, -12492.9; and ours is no lower than that of the published figures.
    found, published = (_height(prior.alpha, prior.beta), _height(34.09558, 31.5715))
    assert (round(found, 1), found >= published) == (-12492.9, True)


def _height(alpha: float, beta: float) -> float:
    return float(np.array(FAMILIES) @ stats.betabinom.logpmf(list(BOYS), 12, alpha, beta))


@pytest.mark.parametrize("seed", range(5))
def test_the_prior_is_the_summit_that_a_search_by_scipy_finds(seed: int) -> None:
    chance = np.random.default_rng(seed)
    d = chance.integers(1, 300, 150)
    n = chance.binomial(d, chance.beta(*[(2, 1), (80, 20), (0.3, 0.3), (5, 60), (9, 0.7)][seed], 150))

    def _cost(at: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
        return -float(np.sum(stats.betabinom.logpmf(n, d, *np.exp(at))))

    best = optimize.minimize(_cost, [0.5, 0.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12})
    prior = fitted_prior(n.tolist(), d.tolist())
    assert (prior.alpha, prior.beta) == pytest.approx(tuple(np.exp(best.x)), rel=1e-5)


def test_where_nobody_differs_the_prior_weighs_as_much_as_all_lines() -> None:
    assert fitted_prior([5, 5, 5], [10, 10, 10]) == Prior(15.0, 15.0)


@pytest.mark.parametrize(("numerators", "mean"), [([10, 10], 19.5 / 20), ([0, 0], 0.5 / 20)])
def test_where_none_or_all_conform_the_mean_stays_half_a_line_from_the_end(numerators: list[int], mean: float) -> None:
    prior = fitted_prior(numerators, [10, 10])
    assert (prior.mean, prior.strength) == pytest.approx((mean, 20))


@pytest.mark.parametrize("pairs", [([], []), ([3], [3]), ([0, 3], [0, 4])])
def test_one_alone_says_nothing_of_a_spread(pairs: tuple[list[int], list[int]]) -> None:
    assert fitted_prior(*pairs) == Prior(0.5, 0.5)


@given(st.lists(counts, min_size=2, max_size=12))
def test_a_prior_is_always_possible(pairs: list[tuple[int, int]]) -> None:
    prior = fitted_prior(*map(list, zip(*pairs, strict=True)))
    assert 0 < prior.mean < 1
    assert 0 < prior.strength <= sum(d for _, d in pairs) * (1 + 1e-12)


@given(st.lists(counts, min_size=2, max_size=12), st.floats(0.01, 0.99))
def test_the_posterior_is_the_beta_distribution_of_scipy(pairs: list[tuple[int, int]], threshold: float) -> None:
    frame = shrunken_rates([n for n, _ in pairs], [d for _, d in pairs], threshold)
    for row in frame.rows(named=True):
        alpha = row["prior_alpha"] + row["numerator"]
        theirs = stats.beta(alpha, row["prior_beta"] + row["denominator"] - row["numerator"])
        told = [row[name] for name in ("posterior_mean", "lower", "upper", "probability_above")]
        assert told == pytest.approx([theirs.mean(), *theirs.ppf([0.025, 0.975]), theirs.sf(threshold)], abs=1e-9)


def test_few_lines_are_drawn_further_than_many() -> None:
    frame = shrunken_rates([3, 300, 60, 70, 0], [3, 300, 100, 100, 0])
    few, many, *_, none = frame.rows(named=True)
    assert few["posterior_mean"] < many["posterior_mean"] < 1
    assert (none["rate"], none["posterior_mean"]) == (None, pytest.approx(none["prior_mean"]))


def test_the_probability_can_be_asked_of_the_frame_as_a_column_and_alone() -> None:
    pairs = ([3, 50, 80], pl.Series([3, 100, 100]))
    frame = shrunken_rates(*pairs)
    asked = [frame.probability_above(0.6), shrunken_rates(*pairs, threshold=0.6)["probability_above"]]
    assert isinstance(frame, ShrunkenRates)
    assert [each.to_list() for each in asked] == [probability_above(*pairs, threshold=0.6).to_list()] * 2
    assert [probability_above(*pairs, threshold=at).to_list() for at in (-0.1, 1)] == [[1.0] * 3, [0.0] * 3]


def test_a_prior_that_is_known_is_used() -> None:
    assert shrunken_rates([1], [2], prior=Prior(1, 1))["posterior_mean"].item() == 0.5


@pytest.mark.parametrize(("numerators", "denominators"), [([2], [1]), ([-1], [1])])
def test_what_is_no_share_is_refused(numerators: list[int], denominators: list[int]) -> None:
    with pytest.raises(ValueError, match="numerator"):
        shrunken_rates(numerators, denominators)


@cache
def _simulated() -> pl.DataFrame:
    """Return prescribers with a known true rate: 150 regions of 250, with the volumes of an indicator in a quarter."""
    chance, regions = np.random.default_rng(20261122), []
    for _ in range(150):
        d = np.maximum(chance.lognormal(4.0, 1.0, 250).astype(int), 1)
        true = chance.beta(32, 8, 250)
        n = chance.binomial(d, true)
        told = shrunken_rates(n.tolist(), d.tolist(), threshold=0.8)
        regions.append(told.with_columns(pl.Series("true", true)))
    return pl.concat(pl.DataFrame(region) for region in regions)


def test_the_interval_of_95_percent_holds_the_true_rate_as_often_as_it_says() -> None:
    held = _simulated().select(pl.col("true").is_between("lower", "upper").mean()).item()
    assert 0.94 <= held <= 0.96


def test_the_probability_of_being_above_a_threshold_comes_true_as_often_as_it_says() -> None:
    tenths = (
        _simulated()
        .group_by((pl.col("probability_above") * 10).floor().clip(0, 9))
        .agg(pl.col("probability_above").mean().alias("told"), (pl.col("true") > 0.8).mean().alias("came"))
    )
    assert tenths.height == 10
    assert tenths.select((pl.col("told") - pl.col("came")).abs().max()).item() < 0.02


def test_wilson_holds_the_true_rate_as_often_as_it_says_over_real_volumes() -> None:
    """At some small volumes it dips (Brown, Cai and DasGupta 2001); over those there are it does not."""
    rows = _simulated().select("numerator", "denominator", "true").rows()
    limits = {pair: wilson_interval(*pair) for pair in {row[:2] for row in rows}}
    held = sum(limits[row[:2]][0] <= row[2] <= limits[row[:2]][1] for row in rows) / len(rows)
    assert 0.94 <= held <= 0.96


def test_wilson_dips_at_a_few_lines_of_a_high_rate() -> None:
    held = {n: _coverage(n, 0.9) for n in range(5, 60)}
    assert min(held.values()) > 0.88
    assert 0.94 < sum(held.values()) / len(held) < 0.96


def _coverage(n: int, true: float) -> float:
    within = [r for r in range(n + 1) if wilson_interval(r, n)[0] <= true <= wilson_interval(r, n)[1]]
    return sum(float(stats.binom.pmf(r, n, true)) for r in within)
