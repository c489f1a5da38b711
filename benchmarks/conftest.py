"""Seeded lines for every benchmark, and the ratios over the floor that are printed at the end."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from formulary import Rulebook, load_rulebook, sample_folder
from matcher import Identifier, identifier
from service.demo import make_demo_lines

FLOOR = "test_floor"
OF_CLAIMS, OF_PARQUET = "test_path_from_claims", "test_path_from_parquet"
_SEEDED = 100_000  # lines are made once and repeated: a repeated label is what real files are made of


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the number of lines from the command line."""
    parser.addoption("--lines", type=int, default=1_000_000, help="lines to measure with")


@pytest.fixture(scope="session")
def n_lines(request: pytest.FixtureRequest) -> int:
    """How many lines to measure with: few where only the benchmarks themselves are checked."""
    if request.config.getoption("benchmark_disable"):
        return 5_000
    return int(request.config.getoption("--lines"))


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rule book of the sample region."""
    return load_rulebook(sample_folder())


@pytest.fixture(scope="session")
def warm(rulebook: Rulebook) -> Identifier:
    """The catalogue of the sample region, indexed."""
    return identifier(rulebook.catalogue)


@pytest.fixture(scope="session")
def lines_file(tmp_path_factory: pytest.TempPathFactory, n_lines: int) -> Path:
    """A Parquet file of seeded lines under our own headers, as text."""
    folder = tmp_path_factory.mktemp("lines")
    made = make_demo_lines(sample_folder(), folder / "made.csv", lines=min(n_lines, _SEEDED))
    lines = pl.read_csv(made, separator=";", infer_schema=False)
    times = -(-n_lines // lines.height)
    repeated = pl.concat([lines] * times).head(n_lines)
    # Every copy is a file of its own kind of reference, or all but the first would be doubles.
    numbered = repeated.with_columns(
        (pl.col("regelnummer") + "-" + pl.int_range(pl.len()).floordiv(lines.height).cast(pl.String)).alias(
            "regelnummer"
        )
    )
    numbered.write_parquet(folder / "lines.parquet")
    return folder / "lines.parquet"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print every benchmark of lines as a ratio over the floor of the same run."""
    session = getattr(config, "_benchmarksession", None)
    measured = {bench.name: bench.stats.min for bench in getattr(session, "benchmarks", []) if bench.stats.rounds}
    if {OF_CLAIMS, OF_PARQUET} <= measured.keys():
        ratio = measured[OF_CLAIMS] / measured[OF_PARQUET]
        terminalreporter.write_line(f"\npath from a claim over the same lines from Parquet: {ratio:.2f}x")
    if FLOOR not in measured:
        return
    terminalreporter.write_line("")
    terminalreporter.write_line(f"ratio over the floor ({measured[FLOOR]:.2f} s) in this run:")
    for name, seconds in measured.items():
        terminalreporter.write_line(f"  {name:40s} {seconds:8.2f} s  {seconds / measured[FLOOR]:6.2f}x")
