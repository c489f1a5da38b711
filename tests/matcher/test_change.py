"""A change is seen when it is there: CUSUM as published, by hand, and as often false as it says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from matcher import adjusted_p, cusum, discoveries
from matcher.statistics import began, evidence, signal_limit

# S.H. Steiner (2014), in J.F. Lawless (ed.), Statistics in Action, p. 234: patients with Parsonnet score 0 and 50 who
# lived or died, odds halved. S.E. Rigdon and R.D. Fricker (2015) p. 226: score 19, lived.
PARSONNET = [(-3.68, 0, 0, 0.012), (-3.68, 0, 1, -0.681), (-3.68, 50, 0, 0.316), (-3.68, 50, 1, -0.377)]


@pytest.mark.parametrize(("constant", "score", "died", "published"), PARSONNET)
def test_the_evidence_of_one_is_the_published_one(constant: float, score: int, died: int, published: float) -> None:
    risk = 1 / (1 + math.exp(-(constant + 0.077 * score)))
    assert round(evidence(died, 1, risk, 0.5), 3) == published


def test_the_evidence_of_score_19_is_the_published_one() -> None:
    assert round(evidence(0, 1, 1 / (1 + math.exp(3.67 - 0.077 * 19)), 0.5), 5) == 0.05083


@given(st.integers(1, 300).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))), st.floats(0.05, 0.95))
def test_evidence_is_the_likelihood_ratio_of_scipy(count: tuple[int, int], baseline: float) -> None:
    odds = 1.5 * baseline / (1 - baseline)
    theirs = stats.binom.logpmf(*count, odds / (1 + odds)) - stats.binom.logpmf(*count, baseline)
    assert evidence(*count, baseline, 1.5) == pytest.approx(float(theirs), abs=1e-9)


def test_the_sum_never_falls_under_nought_and_its_climb_begins_after_it() -> None:
    # log(2) a conform line, -log(1.5) a line, at a baseline of a half.
    course = cusum([0, 8, 0, 9, 10], [10, 10, 0, 10, 10], [0.5] * 5, 2.0)
    up = math.log(2), math.log(1.5)
    second = 8 * up[0] - 10 * up[1]
    expected = [0, second, second, second + 9 * up[0] - 10 * up[1], second + 19 * up[0] - 20 * up[1]]
    assert course == pytest.approx(expected)
    assert (began(course), began([0.4, 2.0]), began([1.0, 0.0, 0.0])) == (1, 0, 0)


def test_the_unchanged_signal_no_more_often_than_was_agreed() -> None:
    chance = np.random.default_rng(7)
    months, people = 12, 4000
    n = chance.binomial(60, 0.8, (people, months))
    limit = signal_limit(months, 0.05)
    signals = sum(max(cusum(row.tolist(), [60] * months, [0.8] * months, 1.5)) >= limit for row in n)
    assert signals / people <= 0.05


def test_a_real_change_signals() -> None:
    assert max(cusum([48, 48, 35, 35, 35, 35], [60] * 6, [0.8] * 6, 1 / 1.5)) >= signal_limit(6)


# Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57 (1995), section 3.1: at 0.05 the first four are discoveries.
INFARCTION = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_the_discoveries_are_the_published_ones() -> None:
    assert discoveries(INFARCTION).to_list() == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_values_are_those_of_scipy(values: list[float]) -> None:
    assert adjusted_p(values).to_list() == pytest.approx(list(stats.false_discovery_control(values)))


def test_what_was_not_tested_is_no_discovery_and_does_not_count() -> None:
    assert adjusted_p([0.02, None, 0.9]).to_list() == [pytest.approx(0.04), None, pytest.approx(0.9)]
    assert discoveries([0.02, None, 0.9]).to_list() == [True, False, False]
