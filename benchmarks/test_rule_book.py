"""How long it takes to load the complete sample rule book with 20,000 products: less than a second of cpu."""

import random
import time
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
import pytest

from formulary import gstandaard, load_rulebook, sample_folder

_PRODUCTS = 20_000
_ROUNDS = 5
_FEWEST = 5_000  # products, where only the benchmark itself is checked
_CODES = gstandaard.CODE_KINDS


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The products of the sample and seeded ones like them, each with codes of its own that pass the check digit."""
    n_products = _FEWEST if request.config.getoption("benchmark_disable") else _PRODUCTS
    own = pl.read_csv(sample_folder() / "catalogue.csv", infer_schema=False)
    chance = random.Random(20_000)
    rows = [chance.randrange(own.height) for _ in range(n_products - own.height)]
    stems = iter(range(2_000_000, 8_000_000))
    codes = {kind: [_next_code(stems) for _ in rows] for kind in _CODES}
    more = own[rows].with_columns(
        (pl.col("product_name") + pl.Series([f" {n}" for n in range(len(rows))])).alias("product_name"),
        *(pl.Series(kind, values, dtype=pl.String) for kind, values in codes.items()),
    )
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.csv"
    pl.concat([own, more]).write_csv(path)
    return path


def _next_code(stems: Any) -> str:
    return str(next(code for code in map(gstandaard.with_check_digit, stems) if code is not None))


def test_load_rule_book(catalogue: Path, benchmark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    seconds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        rulebook = load_rulebook(sample_folder(), catalogue)
        seconds.append(time.process_time() - began)
    assert rulebook.catalogue.height >= _FEWEST
    assert rulebook.catalogue.select(pl.col(_CODES).is_null().sum()).row(0) == pl.read_csv(
        sample_folder() / "catalogue.csv"
    ).select(pl.col(_CODES).is_null().sum()).row(0)
    told = f"{median(seconds):.2f} s of cpu, median of {_ROUNDS}"
    with capsys.disabled():
        print(f"\nload the rule book with {rulebook.catalogue.height} products: {told}")
    benchmark.pedantic(load_rulebook, args=(sample_folder(), catalogue), rounds=_ROUNDS)
