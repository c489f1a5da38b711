"""How long a scheme takes over 10,000 prescribers, 12 indicators and 4 quarters, and its simulation of 1,000 draws."""

from datetime import date
from time import process_time
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from formulary import Level, Scheme
from matcher import ADHERENCE_SCORES, AdherenceScores, RewardFacts, simulate
from matcher.reward import reward_prescribers

PRESCRIBERS, INDICATORS, QUARTERS, DRAWS = 10_000, 12, 4, 1_000
Benchmark = Any  # of pytest-benchmark, which has no types


@pytest.fixture(scope="module")
def scores() -> AdherenceScores:
    """Scores of 20 to 200 lines each, some 82 % of them conform."""
    generator = np.random.default_rng(1)
    rows = PRESCRIBERS * INDICATORS * QUARTERS
    lines = generator.integers(20, 200, rows)
    told = pl.DataFrame({"denominator": lines, "numerator": generator.binomial(lines, 0.82)}).with_columns(
        row=pl.int_range(pl.len()), excepted=pl.lit(3, pl.Int64()), unidentified=pl.lit(4, pl.Int64())
    )
    named = told.with_columns(
        period=pl.format("2026-Q{}", pl.col("row") % QUARTERS + 1),
        indicator=pl.format("I{}", pl.col("row") // QUARTERS % INDICATORS),
        id=pl.format("{}", 1_000_000 + pl.col("row") // (QUARTERS * INDICATORS)),
        level=pl.lit(str(Level.PRESCRIBER), ADHERENCE_SCORES["level"]),
    )
    empty = [pl.lit(None, dtype).alias(name) for name, dtype in ADHERENCE_SCORES.items() if name not in named.columns]
    return AdherenceScores(named.with_columns(empty).select(ADHERENCE_SCORES.names()))


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    """Half bands, half sliding scales, a cap per prescriber."""
    bands = [{"name": str(p), "threshold_percent": p, "reward_cents": 100 * p} for p in (75, 80, 85)]
    scale = {"lower_percent": 60, "upper_percent": 90, "reward_cents": 30_000}
    curves: list[dict[str, Any]] = [{"bands": bands}, {"scale": scale}]
    parts = [{"indicator": f"I{n}", "denominator_min": 30, **curves[n % 2]} for n in range(INDICATORS)]
    head = {"id": "S", "name": "S", "source": "invented", "in_force_from": date(2026, 1, 1), "cap_cents": 150_000}
    return Scheme.model_validate({**head, "parts": parts})


def test_a_scheme(benchmark: Benchmark, scores: AdherenceScores, scheme: Scheme) -> None:
    found = benchmark.pedantic(reward_prescribers, args=(scores, scheme), rounds=5)
    print(f"\n{found.rewards.height:,} rewards with {found.steps.height:,} steps")


def test_a_simulation(benchmark: Benchmark, scores: AdherenceScores, scheme: Scheme) -> None:
    generator = np.random.default_rng(1)

    def luck(rows: int, columns: int) -> NDArray[np.float32]:
        return generator.random((rows, columns), dtype=np.float32)

    began = process_time()
    found = benchmark.pedantic(simulate, args=(scores, (scheme, scheme), RewardFacts(), luck, DRAWS), rounds=1)
    print(f"\n{DRAWS:,} draws, {process_time() - began:.1f} s of processor; paid wrongly {found.chance.wrong:,}")
